# %% [markdown] slideshow={"slide_type": "slide"}
# # Weight decay and the principal components
#
# Can the principal directions be read off the decoder of a linear autoencoder?

# %% [markdown] slideshow={"slide_type": "skip"}
# This goes deeper than [lesson 01](../01_pca_and_linear_autoencoder.ipynb), where the decoder of a linear autoencoder spans PCA's subspace, but its units are mixtures. You need singular values.
#
# **Time:** about 10 minutes

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import plots
from aekit.claims import claim
from aekit.datasets import load_mnist
from aekit.metrics import squared_error
from aekit.training import train
import keras
from keras import layers
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
# "quick": loads trained networks; "full": trains all of them again, in minutes
profile = "quick"
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why the plain loss is not enough
#
# The decoder is $\mathbf{V} = \mathbf{U}\mathbf{C}$, with PCA's directions in $\mathbf{U}$ and *some* invertible $\mathbf{C}$.

# %% [markdown] slideshow={"slide_type": "notes"}
# Plaut (2018) proposed to recover the directions from the trained weights by a singular value decomposition (SVD). The left singular vectors of $\mathbf{V}$ are the principal
# directions only if $\mathbf{C}\mathbf{C}^\top$ is diagonal, and the plain loss does not ask for that. So the SVD needs more than the plain loss. A penalty on the weights gives it:
#
# $$J_\lambda = \frac{1}{n} \sum_i \lVert \mathbf{x}_i - \hat{\mathbf{x}}_i \rVert^2 + \lambda \left( \lVert \mathbf{W} \rVert_F^2 + \lVert \mathbf{V} \rVert_F^2 \right) .$$
#
# Kunin and others (2019) proved that at the minimum of this loss the left singular vectors of $\mathbf{V}$ are the principal directions. There $\mathbf{W} = \mathbf{V}^\top$, and a singular value $s_j$ costs
# $\sigma_j^2 (1 - s_j^2)^2 + 2 \lambda s_j^2$, where $\sigma_j^2$ is the variance of component $j$. The minimum is at
#
# $$s_j^2 = 1 - \lambda / \sigma_j^2 \quad \text{for } \lambda \le \sigma_j^2 .$$
#
# Different variances give different singular values, so the order is back. The theorem is about centred data, so both networks learn from images minus their mean. Keras' `mse` divides by the 784 pixels, so the penalty is divided too.

# %%
retrain = profile == "full"
(x_train, _), (x_test, _) = load_mnist(flatten=True)
pca = PCA(10).fit(x_train)
x_train -= pca.mean_
x_test -= pca.mean_
decay = 0.3


def linear_ten():
    return aekit.linear_autoencoder(784, 10)


def decayed_ten():
    encoder = keras.Sequential([keras.Input((784,))])
    encoder.add(layers.Dense(10, kernel_regularizer=keras.regularizers.L2(decay / 784)))
    decoder = keras.Sequential([keras.Input((10,))])
    decoder.add(
        layers.Dense(784, kernel_regularizer=keras.regularizers.L2(decay / 784))
    )
    return aekit.Autoencoder(encoder, decoder)


# %%
recipe = dict(batch_size=500, rate=0.01, loss="mse", seed=seed, retrain=retrain)
plain = train(linear_ten, x_train, epochs=15, stored="01_centred", **recipe)
stored = f"01_decay_{decay}"
decayed = train(decayed_ten, x_train, epochs=20, stored=stored, **recipe)

# %% [markdown] slideshow={"slide_type": "notes"}
# We compare the left singular vectors of both decoders with PCA's directions: the absolute cosine of the first with the first, of the second with the second, and so on. The smallest of the ten is printed.

# %%
vectors, values, cosines = {}, {}, {}
for name, network in {"without decay": plain, "with decay": decayed}.items():
    kernel = np.asarray(network.decoder.layers[-1].kernel).T  # V: (784, 10)
    vectors[name], values[name], _ = np.linalg.svd(kernel, full_matrices=False)
    cosines[name] = np.abs(np.sum(vectors[name] * pca.components_.T, axis=0))
    print(f"{name:14} smallest cosine {cosines[name].min():.2f}")

predicted = np.sqrt(1 - decay / pca.explained_variance_)
print("singular values:", values["with decay"].round(3))
print("predicted:      ", predicted.round(3))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## With decay the directions are there
#
# A black diagonal means: the same directions, in the same order.

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.1))
for axis, (name, found) in zip(axes, vectors.items(), strict=True):
    picture = axis.imshow(
        np.abs(found.T @ pca.components_.T), cmap="Greys", vmin=0, vmax=1
    )
    axis.set(xlabel="principal direction", title=name.capitalize())
    axis.set(xticks=range(10), yticks=range(10))
    axis.set_xticklabels(range(1, 11), fontsize=11)
    axis.set_yticklabels(range(1, 11), fontsize=11)
    axis.grid(visible=False)
axes[0].set_ylabel("singular vector of the decoder")
figure.colorbar(picture, ax=axes, label="absolute cosine", shrink=0.75)
plots.show(
    figure,
    alt="Two 10 by 10 maps of absolute cosines between the decoder's left singular vectors and PCA's "
    "directions. Without weight decay: grey all over. With weight decay: a black diagonal on white.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Only the right map is a diagonal. A rotation of the code is still free, so the *units* stay mixtures; the singular vectors do not depend on it.

# %%
claim(
    "Without weight decay the SVD of a linear decoder does not give the principal "
    "directions: the smallest cosine is far below 1.",
    cosines["without decay"].min(),
    at_most=0.8,
)
claim(
    "With weight decay the SVD of a linear decoder gives the principal directions: "
    "the smallest cosine is near 1.",
    cosines["with decay"].min(),
    at_least=0.98,
    source="Kunin and others (2019)",
)
claim(
    "With weight decay the singular values of a linear decoder are as predicted: "
    "the largest difference is at most 0.01.",
    np.abs(values["with decay"] - predicted).max(),
    at_most=0.01,
    source="Kunin and others (2019)",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The price is a small bias: all $s_j$ are below 1, so each reconstruction is drawn towards the mean.

# %%
by_pca = x_test @ pca.components_.T @ pca.components_
pca_error = squared_error(x_test, by_pca).mean()
decayed_error = squared_error(x_test, decayed.reconstruct(x_test)).mean()
print(f"squared error: PCA {pca_error:.2f}, with weight decay {decayed_error:.2f}")
claim(
    "Weight decay of 0.3 makes the error of a linear autoencoder higher than PCA's, "
    "by less than 5 %.",
    decayed_error / pca_error - 1,
    at_least=0.0005,
    at_most=0.05,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The answer
#
# The directions can be read off the decoder by an SVD, if weight decay was part of the loss.

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - E. Plaut, *From principal subspaces to principal components with linear autoencoders*, 2018, arXiv 1804.10253.
# - D. Kunin, J. Bloom, A. Goeva and C. Seed, *Loss landscapes of regularized linear autoencoders*, ICML 2019, arXiv 1901.08168.
