# %% [markdown] slideshow={"slide_type": "slide"}
# # PCA and the linear autoencoder
#
# An autoencoder without non-linearity can do what principal component analysis (PCA) does, and no more.
# This lesson measures that sentence from both sides.
#
# **You will learn**
#
# - what PCA computes, by hand and with scikit-learn, and how well it compresses handwritten digits;
# - where it fails: it draws straight lines through curved data;
# - why a linear autoencoder, trained by gradient descent, ends at PCA's error and PCA's subspace, but not at PCA's components;
# - what weight decay changes in that;
# - how much a non-linear autoencoder wins with a code of the same size, and what it costs.
#
# **Before this lesson:** lesson 0, Learning with and without labels, and what an eigenvector is.
# **Time:** about an hour to read and play; the computing takes under a minute on two cores, minutes with profile `full`.

# %% slideshow={"slide_type": "skip"}
import math

import aekit
from aekit import plots
from aekit.claims import claim
from aekit.datasets import load_mnist
from aekit.metrics import knn_probe, squared_error
import keras
from keras import layers, ops
import matplotlib.pyplot as plt
import numpy as np
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all images, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# PCA is cheap, so it gets all 60,000 training images. The networks train on `n_train` of them,
# and whenever a network is compared with PCA, PCA is fitted on the same `n_train` images.
# The 10,000 test images are used for measuring only.

# %% slideshow={"slide_type": "skip"}
n_train, linear_epochs, deep_epochs = {
    "quick": (10_000, 20, 4),
    "full": (60_000, 30, 20),
}[profile]
code_dim = 10

(x_all, y_all), (x_test, y_test) = load_mnist(flatten=True)
(x_train, y_train), _ = load_mnist(n_train, flatten=True)
print("PCA alone:   ", x_all.shape, "training images")
print("the networks:", x_train.shape, "training images")
print("measured on: ", x_test.shape, "test images, pixels from", x_test.min(), "to", x_test.max())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What PCA computes
#
# Karl Pearson asked in 1901 for the line, or plane, that lies closest to a cloud of points. Let $\mathbf{m}$ be the mean
# of the $n$ points and $\mathbf{S}$ their covariance matrix,
#
# $$\mathbf{S} = \frac{1}{n-1} \sum_{i=1}^{n} (\mathbf{x}_i - \mathbf{m})(\mathbf{x}_i - \mathbf{m})^\top .$$
#
# Its eigenvectors $\mathbf{u}_1, \mathbf{u}_2, ...$ of length 1, sorted by their eigenvalues $\sigma_1^2 \ge \sigma_2^2 \ge ...$, are the **principal directions**.
# With the first $k$ of them as the columns of $\mathbf{U}_k$, the code and the reconstruction are
#
# $$\mathbf{h} = \mathbf{U}_k^\top (\mathbf{x} - \mathbf{m}) \text{   and   } \hat{\mathbf{x}} = \mathbf{m} + \mathbf{U}_k \mathbf{h} .$$
#
# No other linear code of $k$ numbers has a smaller squared error on the data it was fitted to, and $\sigma_j^2$ is the variance of the data along $\mathbf{u}_j$.
#
# First by hand, on five points in the plane. The eigenvectors of $\mathbf{S}$, the singular vectors of the centred data,
# and scikit-learn should give the same direction, up to its sign.

# %%
tiny = np.array([[2.0, 1.0], [0.0, 0.5], [-1.0, -1.0], [3.0, 2.5], [1.0, 2.0]])
centred = tiny - tiny.mean(axis=0)

covariance = centred.T @ centred / (len(tiny) - 1)
eigenvalues, eigenvectors = np.linalg.eigh(covariance)  # in ascending order
by_hand = eigenvectors[:, -1]
by_svd = np.linalg.svd(centred)[2][0]
by_sklearn = PCA(1).fit(tiny).components_[0]

by_hand, by_svd, by_sklearn = (u * np.sign(u[0]) for u in (by_hand, by_svd, by_sklearn))
for name, u in (("eigenvector", by_hand), ("SVD", by_svd), ("scikit-learn", by_sklearn)):
    print(f"{name:13}", u.round(4))
disagreement = max(abs(by_hand - by_svd).max(), abs(by_hand - by_sklearn).max())
claim("eigenvector, SVD and PCA are one direction: gap", round(disagreement, 9), at_most=1e-9)

# %% tags=["hide-input"]
projected = tiny.mean(axis=0) + np.outer(centred @ by_hand, by_hand)
line = tiny.mean(axis=0) + np.outer([-3.2, 3.2], by_hand)
figure, axis = plt.subplots(figsize=(7, 5))
axis.plot(*line.T, color=plots.COLORS[1], linestyle="--", label="first principal direction")
for point, foot in zip(tiny, projected, strict=True):
    axis.plot(*np.stack([point, foot]).T, color="#777777", linestyle=":", linewidth=2)
axis.plot(*tiny.T, "o", color=plots.COLORS[0], markersize=11, label="data")
axis.plot(
    *projected.T, "s", color=plots.COLORS[1], markersize=8, label="reconstruction from 1 number"
)
axis.set(xlabel="$x_1$", ylabel="$x_2$", title="PCA keeps the foot of each perpendicular")
axis.set_aspect("equal")
axis.legend(loc="upper left", fontsize=11)
axis.set_ylim(-2.2, 4.6)
plots.show(
    figure,
    alt="Five points in the plane and the dashed line of their first principal direction. A dotted "
    "segment joins each point to its reconstruction, the foot of its perpendicular on the line.",
)

# %% [markdown]
# Three ways, one direction. Each point keeps one number, its position along the line, and loses the dotted segment.
# The sum of the squared dotted lengths is what PCA makes as small as a line can make it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## PCA on handwritten digits
#
# The same computation in 784 dimensions. One fit gives all directions: a smaller code only takes fewer of them.
# We expect the variances to fall quickly, since the pixels of a digit are far from independent.

# %%
pca_all = PCA().fit(x_all)
cumulative = np.cumsum(pca_all.explained_variance_ratio_)


def pca_reconstruct(pca, x, k):
    """The reconstruction of `x` from the first `k` principal components."""
    directions = pca.components_[:k]  # (k, 784)
    code = (x - pca.mean_) @ directions.T  # (n, k)
    return pca.mean_ + code @ directions


for k in (2, 8, 32, 128):
    print(f"{k:4} components of 784 explain {cumulative[k - 1]:6.1%} of the variance")

# %% tags=["hide-input"]
number = np.arange(1, 129)
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.5))
left.plot(number[:40], pca_all.explained_variance_[:40], marker="o", markersize=5)
left.set(xlabel="component $j$", ylabel=r"variance $\sigma_j^2$ (pixel value²)")
left.set_title("The variances fall fast …")
right.plot(number, 100 * cumulative[:128], color=plots.COLORS[1])
for k in (2, 8, 32, 128):
    right.plot(k, 100 * cumulative[k - 1], "o", color=plots.COLORS[1], markersize=8)
    below = (-8, 8) if k == 128 else (10, -14)
    right.annotate(f"$k$ = {k}", (k, 100 * cumulative[k - 1]), xytext=below, ha="right" if k == 128 else "left", textcoords="offset points")  # fmt: skip
right.set(xlabel="components kept, $k$", ylabel="variance explained (%)", ylim=(0, 105))
right.set_title("… so a few explain most of it")
plots.show(
    figure,
    alt="Left, the scree plot: the variance of each of the first 40 principal components of MNIST "
    "falls steeply and then flattens. Right: the cumulative share of variance explained against "
    "the number of components, up to 128, with marks at 2, 8, 32 and 128.",
)

# %% [markdown]
# The scree plot has no sharp corner: there is no number at which the digits "end".
# A principal direction is a vector of 784 weights, so it can be looked at as an image. Blue is negative, red is positive;
# the sign of a whole image means nothing.

# %%
figure = plots.image_grid(
    pca_all.components_[:20],
    title="The first 20 principal directions of MNIST",
    labels=range(1, 21),
    symmetric=True,
)
plots.show(
    figure,
    alt="Twenty images of principal directions in blue and red. The first are large smooth blobs, "
    "the first one a ring against a centre; later ones have finer and more numerous stripes.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The first direction is a 0 minus a bar, the next ones are coarse contrasts, the later ones finer and finer stripes.
# None is a single stroke: each spreads over the whole middle of the image, and a digit is the mean plus and minus many of them.
# Next, what is left of ten test digits with 2, 8, 32 and 128 components?

# %%
examples = np.array([np.flatnonzero(y_test == digit)[3] for digit in range(10)])
rows = {"test image": x_test[examples]}
for k in (2, 8, 32, 128):
    rows[f"{k} components"] = pca_reconstruct(pca_all, x_test[examples], k)
figure = plots.image_rows(rows, title="Ten test digits, rebuilt by PCA")
plots.show(
    figure,
    alt="One test digit of each class and its PCA reconstructions in rows. With 2 components only "
    "blurs, with 8 a grey guess, with 32 mostly readable digits on a cloudy background, with 128 nearly "
    "the original.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two components give blurs, 32 give digits that are mostly readable, on a cloudy ground, 128 are close to the original.
#
# To put a number on it we use one definition throughout this lesson: the **squared error of an image**, summed over its 784 pixels, averaged over the test images,
#
# $$E = \frac{1}{n} \sum_{i=1}^{n} \lVert \mathbf{x}_i - \hat{\mathbf{x}}_i \rVert^2 ,$$
#
# which is 784 times what Keras calls `mse`. It is also the unit of Hinton and Salakhutdinov (2006), who report **13.87** for PCA with 30 components.
# The baseline is $k = 0$: answer every image with the mean image.

# %%
sizes = np.array([0, 1, 2, 4, 8, 16, 30, 64, 128])
errors = np.array(
    [squared_error(x_test, pca_reconstruct(pca_all, x_test, k)).mean() for k in sizes]
)

for k, error in zip(sizes, errors, strict=True):
    print(f"k = {k:3}   squared error {error:6.2f}   mse {error / 784:.4f}")
claim(
    "PCA with 30 components has a squared error of 13.87 a test image",
    errors[sizes == 30].item(),
    at_least=13.865,
    at_most=13.875,
    source="Hinton and Salakhutdinov (2006), figure 2",
)

# %%
figure = plots.lines(
    sizes,
    {"PCA": errors, "mean image ($k = 0$)": errors[0]},
    xlabel="components kept, $k$",
    ylabel="squared error a test image",
    title="More components, less error, with falling returns",
)
plots.show(
    figure,
    alt="The squared error of PCA on the test images against the number of components: it falls "
    "steeply from the level of the mean image, then ever more slowly up to 128 components.",
)

# %% [markdown]
# The published figure is met to its last digit, so we measure what the paper measured. The curve falls ever more slowly: the last details are spread over hundreds of components.
#
# The other use of PCA is **visualisation**: two components place every image in a plane. Labels only choose the colours here; PCA never saw them.

# %%
shown = np.arange(2000)
pca_map = (x_test - pca_all.mean_) @ pca_all.components_[:2].T
figure = plots.code_map(
    pca_map[shown],
    y_test[shown],
    title="2,000 test digits in the plane of two components",
    xlabel="principal component 1",
    ylabel="principal component 2",
)
plots.show(
    figure,
    alt="A scatter plot of 2,000 test digits by their first two principal components, coloured by "
    "class. The ones lie on the far left and the zeros on the far right; the other classes overlap "
    "in the middle.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Zeros and ones stand apart, along the first component; most of the other digits lie over one another (the badge of the 9 hides that of the 4). Two straight axes are not enough.
#
# ## The weakness: straight lines only
#
# A PCA code moves the reconstruction along a straight line, a plane, a flat space. Data need not be flat. Take a noisy ring in the plane:
# one number, the angle, describes each point almost fully. Yet it is not a *linear* number. We give PCA one component, and a small
# non-linear autoencoder one code unit. 1,000 points are for training, 1,000 others for testing.

# %%
rng = np.random.default_rng(0)
angle = rng.uniform(0, 2 * np.pi, (2, 1000))
noise = rng.normal(0, 0.05, (2, 1000, 2))
exact = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
ring, ring_test = (exact + noise).astype("float32")


def train(autoencoder, x, epochs, batch_size, learning_rate):
    """Fit to the squared error by Adam, whose learning rate falls to 0 along a cosine."""
    steps = epochs * math.ceil(len(x) / batch_size)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    autoencoder.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
    progress = [aekit.callbacks.ProgressBar()]
    autoencoder.fit(x, x, batch_size, epochs=epochs, verbose=0, callbacks=progress)


keras.utils.set_random_seed(seed)
bent = aekit.dense_autoencoder(
    2, code_dim=1, hidden=(64, 64), code_activation="linear", output_activation="linear"
)
train(bent, ring, epochs=30, batch_size=50, learning_rate=0.02)

# %% tags=["nbval-ignore-output"]
as_array = ops.convert_to_numpy
ring_pca = PCA(1).fit(ring)
straight_error = squared_error(ring_test, pca_reconstruct(ring_pca, ring_test, 1)).mean()
bent_error = squared_error(ring_test, as_array(bent(ring_test))).mean()
print(f"one principal component: squared error {straight_error:.3f}")
print(f"one non-linear unit:     squared error {bent_error:.3f}")
print(f"what a perfect curve would leave, the noise across the ring: {0.05**2:.4f}")
claim("one principal component loses half of a ring", straight_error, at_least=0.45, at_most=0.55)
claim(
    "one non-linear unit keeps it: its error, in parts of PCA's",
    bent_error / straight_error,
    at_most=0.2,
    source="lecture, section 1",
)

# %% [markdown]
# The ring has variance ½ along each axis. A line keeps one of them, so PCA has to lose about ½. The picture shows what each model can draw when its one number runs through all its values.

# %% tags=["hide-input"]
around = np.linspace(0, 2 * np.pi, 2001)
circle = np.stack([np.cos(around), np.sin(around)], axis=1).astype("float32")
ring_code = as_array(bent.encoder(circle))[:, 0]
sweep = np.linspace(ring_code.min(), ring_code.max(), 500, dtype="float32")[:, None]
figure, axes = plt.subplots(1, 3, figsize=(14, 4.8))
for axis in axes[:2]:
    axis.plot(*ring.T, ".", color="#999999", markersize=4, label="data")
    axis.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.6, 1.6), ylim=(-1.35, 1.75))
    axis.set_aspect("equal")
straight = pca_reconstruct(ring_pca, ring, 1)
axes[0].plot(*straight.T, color=plots.COLORS[1], linestyle="-", label="all reconstructions")
axes[0].set_title("PCA, 1 component: a line")
axes[1].plot(*as_array(bent.decoder(sweep)).T, color=plots.COLORS[0], label="all reconstructions")
axes[1].set_title("Autoencoder, 1 unit: a curve")
for axis in axes[:2]:
    axis.legend(loc="upper center", ncols=2, fontsize=11, columnspacing=1, handlelength=1.5)
axes[2].plot(np.degrees(around), ring_code, color=plots.COLORS[0])
axes[2].set(xlabel="angle on the ring (degrees)", ylabel="code", xticks=range(0, 361, 90))
axes[2].set_title("Its code has a cut")
plots.show(
    figure,
    alt="Left: a noisy ring of points and PCA's reconstructions, a straight segment through its "
    "middle. Centre: the reconstructions of the autoencoder, a curve that follows the ring almost "
    "all the way round. Right: the autoencoder's code against the angle, gradual over most of the "
    "ring and very steep in one place, the cut.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The curve follows the ring. But look at the right panel: the code cannot go round. It runs along the ring and must come back, in one steep place, to where it started: **the cut**.
#
# No training removes it. An encoder $f$ is continuous, so $d(\theta) = f(\theta) - f(\theta + \pi)$ is too, and $d(\theta + \pi) = -d(\theta)$: it changes its sign,
# hence is zero somewhere. There two *opposite* points have the same code and the same reconstruction, and at least one of them is off by a radius or more.
# (This is the theorem of Borsuk and Ulam in one dimension.) Bisection finds the pair.


# %% tags=["nbval-ignore-output"]
def opposite_points(theta):
    """The points at `theta` and `theta + pi` on the circle, and their codes."""
    angles = np.array([theta, theta + np.pi])
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype("float32")
    return points, as_array(bent.encoder(points))[:, 0]


low, high = 0.0, np.pi
sign_at_low = np.sign(np.subtract(*opposite_points(low)[1]))
for _ in range(25):
    middle = (low + high) / 2
    same_sign = np.sign(np.subtract(*opposite_points(middle)[1])) == sign_at_low
    low, high = (middle, high) if same_sign else (low, middle)
points, codes = opposite_points(middle)
distance = np.sqrt(squared_error(points, as_array(bent.decoder(codes[:, None]))))
print(f"codes of two opposite points: {codes[0]:.4f} and {codes[1]:.4f}")
claim("a 1-unit code of a ring is wrong by a radius somewhere", distance.max(), at_least=0.99)

# %% [markdown]
# So the average error is small, and yet somewhere the error is as large as the argument says: near the cut a point can land on the far side of the ring. A code's *shape* matters, not only its size:
# a ring does not fit on a line without a cut.
#
# The non-linear autoencoder bends, because its hidden units do. What if we take the bending away?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A linear autoencoder
#
# One linear layer down, one linear layer up. On centred data the biases have nothing to do, and we leave them out of the formulas:
#
# $$\mathbf{h} = \mathbf{W} \mathbf{x}, \text{   } \hat{\mathbf{x}} = \mathbf{V} \mathbf{h} = \mathbf{V} \mathbf{W} \mathbf{x}, \text{   } J = \frac{1}{n} \sum_{i} \lVert \mathbf{x}_i - \mathbf{V}\mathbf{W}\mathbf{x}_i \rVert^2 .$$
#
# **Why this must be PCA's capacity.** Fix the decoder $\mathbf{V}$. Its outputs lie in the $k$-dimensional space of its columns, and the closest output to $\mathbf{x}$ is the
# orthogonal projection $\mathbf{P}\mathbf{x}$ onto that space. A linear encoder can compute it. Then, up to the factor $\frac{n-1}{n}$, the error is
# $\text{tr}(\mathbf{S}) - \text{tr}(\mathbf{P}\mathbf{S})$, and the trace of $\mathbf{P}\mathbf{S}$ is largest, $\sigma_1^2 + ... + \sigma_k^2$, for the space of the first $k$ principal directions.
#
# **Why gradient descent finds it.** Baldi and Hornik (1989) showed that every local minimum of $J$ is global (they assume that $\mathbf{S}$ has full rank and different eigenvalues; MNIST's always-black border pixels break the first, and do no harm, as we will see): all other points where the gradient vanishes,
# such as the space of directions 1, 2 and 5, are saddle points, with a way further down.
#
# **What is left open.** For any invertible $k$ by $k$ matrix $\mathbf{A}$, the pair $\mathbf{A}\mathbf{W}$ and $\mathbf{V}\mathbf{A}^{-1}$ has the same product, hence the same error. So we expect PCA's error and PCA's *subspace*, but not PCA's *components*.

# %%
pca = PCA(code_dim).fit(x_train)  # on the same images as the network
mean = pca.mean_

keras.utils.set_random_seed(seed)
linear = aekit.linear_autoencoder(784, code_dim)
train(linear, x_train - mean, linear_epochs, batch_size=500, learning_rate=0.03)
print(linear)

# %% tags=["nbval-ignore-output"]
linear_reconstruction = linear.reconstruct(x_test - mean) + mean
pca_error = squared_error(x_test, pca_reconstruct(pca, x_test, code_dim)).mean()
linear_error = squared_error(x_test, linear_reconstruction).mean()
columns = as_array(linear.decoder.layers[-1].kernel).T  # V: (784, code_dim)
angles = np.degrees(subspace_angles(columns, pca.components_.T))

random_columns = np.random.default_rng(0).normal(size=columns.shape)
random_angle = np.degrees(subspace_angles(random_columns, pca.components_.T)).max()

print(f"squared error a test image: PCA {pca_error:.2f}, linear autoencoder {linear_error:.2f}")
print(f"largest angle to PCA's subspace, of a random one: {random_angle:.0f} degrees")
claim(
    "a linear autoencoder has PCA's test error: their ratio",
    linear_error / pca_error,
    at_least=0.99,
    at_most=1.01,
    source="lecture, section 2",
)
claim(
    "its decoder spans PCA's subspace: largest principal angle in degrees",
    angles.max(),
    at_most=5,
    source="Baldi and Hornik (1989)",
)

# %% [markdown]
# Same error, same subspace. A principal angle measures how far two subspaces lean away from each other: 0° in all of them means that they are equal. The baseline is a random subspace, which stands nearly at right angles.
#
# And the components? A decoder column is what one code unit paints. Above are PCA's ten directions, below the ten decoder columns.

# %%
figure = plots.image_grid(
    np.concatenate([pca.components_, columns.T]),
    title="PCA's directions (PC) and the decoder's columns (unit)",
    labels=[f"PC {j}" for j in range(1, 11)] + [f"unit {j}" for j in range(1, 11)],
    symmetric=True,
)
plots.show(
    figure,
    alt="Top row: ten principal directions, from coarse to fine. Bottom row: the ten decoder "
    "columns of the linear autoencoder, mixtures of all of them, none coarser than another.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The bottom row is made of the same ingredients, stirred. No unit is first or last. We measure it in two ways: the cosine between each column and
# the direction that it resembles most (1 for PCA itself), and what a random matrix $\mathbf{A}$ does to the code and to the reconstruction.

# %% tags=["nbval-ignore-output"]
unit_columns = columns / np.linalg.norm(columns, axis=0)
resemblance = np.abs(unit_columns.T @ pca.components_.T).max(axis=1)
claim("no unit is a component: mean cosine with the closest", resemblance.mean(), at_most=0.9)

code = linear.encode(x_test - mean)
A = np.random.default_rng(1).normal(size=(code_dim, code_dim))
stirred = code @ A.T  # the code of A W
same = np.abs(stirred @ np.linalg.inv(A).T @ columns.T - code @ columns.T).max()
correlation = np.abs([np.corrcoef(a, b)[0, 1] for a, b in zip(code.T, stirred.T, strict=True)])
claim("stirring the code changes no reconstruction: largest pixel change", same, at_most=1e-3)
claim("yet the units are others: mean correlation, old to new", correlation.mean(), at_most=0.8)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Weight decay takes the freedom away
#
# Can the principal directions be read off the decoder? In general $\mathbf{V} = \mathbf{U}_k \mathbf{C}$ with *some* invertible $\mathbf{C}$, and the left singular vectors of $\mathbf{V}$ are
# the principal directions only if $\mathbf{C}\mathbf{C}^\top$ is diagonal. Nothing in the plain loss asks for that. A penalty on the weights does:
#
# $$J_\lambda = \frac{1}{n} \sum_{i} \lVert \mathbf{x}_i - \mathbf{V}\mathbf{W}\mathbf{x}_i \rVert^2 + \lambda \left( \lVert \mathbf{W} \rVert_F^2 + \lVert \mathbf{V} \rVert_F^2 \right) .$$
#
# Plaut (2018) proposed to recover the directions from the trained weights by a singular value decomposition; Kunin and others (2019) proved for this loss that the left singular vectors of $\mathbf{V}$ are the principal directions.
# At the minimum $\mathbf{W} = \mathbf{V}^\top$, and with singular values $s_j$ of $\mathbf{V}$ the loss is, besides what is lost anyway, $\sum_j \sigma_j^2 (1 - s_j^2)^2 + 2 \lambda s_j^2$. Setting the derivative by $s_j^2$ to zero gives
#
# $$s_j^2 = 1 - \frac{\lambda}{\sigma_j^2} \text{   for } \lambda \le \sigma_j^2 .$$
#
# Different $\sigma_j^2$ give different $s_j$, so the order is back. A rotation of the *code* is still free: the columns stay stirred.
# `mse` divides by 784, so the penalty has to, too. (It is a term of the loss; the `weight_decay` argument of Adam is something else.) Here are the two Keras layers.

# %%
weight_decay = 0.3


def regularized_linear_autoencoder():
    def penalty():
        return keras.regularizers.L2(weight_decay / 784)

    encoder = keras.Sequential(
        [keras.Input((784,)), layers.Dense(code_dim, kernel_regularizer=penalty())]
    )
    decoder = keras.Sequential(
        [keras.Input((code_dim,)), layers.Dense(784, kernel_regularizer=penalty())]
    )
    return aekit.Autoencoder(encoder, decoder, name="regularized")


keras.utils.set_random_seed(seed)
regularized = regularized_linear_autoencoder()
train(regularized, x_train - mean, linear_epochs, batch_size=500, learning_rate=0.03)

# %% tags=["nbval-ignore-output"]
decayed = as_array(regularized.decoder.layers[-1].kernel).T
plain_left = np.linalg.svd(columns, full_matrices=False)[0]
left, singular_values, _ = np.linalg.svd(decayed, full_matrices=False)
predicted = np.sqrt(1 - weight_decay / pca.explained_variance_)

cosine_plain = np.abs(np.sum(plain_left * pca.components_.T, axis=0))
cosine = np.abs(np.sum(left * pca.components_.T, axis=0))
print("singular values, measured: ", singular_values.round(2))
print("singular values, predicted:", predicted.round(2))
decayed_error = squared_error(x_test, regularized.reconstruct(x_test - mean) + mean).mean()
print(f"squared error a test image: PCA {pca_error:.2f}, with weight decay {decayed_error:.2f}")
claim("without decay, the SVD misses components: worst cosine", cosine_plain.min(), at_most=0.9)
claim("with decay, the SVD finds them all: worst cosine", cosine.min(), at_least=0.97)
off = np.abs(singular_values - predicted).max()
claim("the singular values are as predicted: largest difference", off, at_most=0.03)
claim("the price: its error over PCA's", decayed_error / pca_error, at_least=1.0, at_most=1.05)

# %% [markdown]
# The prediction holds. The next figure compares three sets of ten vectors with PCA's ten directions; a black diagonal means "the same, in the same order".

# %% tags=["hide-input"]
comparisons = {
    "Decoder columns, no decay": unit_columns,
    "Left singular vectors, no decay": plain_left,
    "Left singular vectors, decay": left,
}
figure, axes = plt.subplots(1, 3, figsize=(14, 4.8), layout="constrained")
for axis, (title, vectors) in zip(axes, comparisons.items(), strict=True):
    cosines = np.abs(vectors.T @ pca.components_.T)
    picture = axis.imshow(cosines, cmap="Greys", vmin=0, vmax=1)
    axis.set_title(title, fontsize=13)
    axis.set(xlabel="PCA direction", xticks=range(10), yticks=range(10))
    axis.set_xticklabels(range(1, 11))
    axis.set_yticklabels(range(1, 11))
    axis.grid(visible=False)
axes[0].set_ylabel("vector")
figure.colorbar(picture, ax=axes, label="absolute cosine", shrink=0.85)
plots.show(
    figure,
    alt="Three 10 by 10 grey maps of absolute cosines with PCA's directions. Decoder columns without "
    "decay: grey all over. Left singular vectors without decay: smeared beside "
    "the diagonal. Left singular vectors with weight decay: a black diagonal on white.",
)

# %% [markdown]
# Only the third map is a clean diagonal. The price is a slight bias: $s_j < 1$ shrinks every reconstruction towards the mean, so its error is a little above PCA's.
# Exercise 3 finds the directions without any penalty.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Bending helps: a non-linear autoencoder on the digits
#
# Now hidden layers of rectified units on both sides, and the same ten numbers in the middle: 784-256-64-**10**-64-256-784. The code is linear, the output a sigmoid, the loss the squared error.
#
# One advantage is cheap: a sigmoid output stays in $[0, 1]$, PCA's does not. So we give PCA a second line in the table, clipped to $[0, 1]$, and compare with *that*.

# %%
keras.utils.set_random_seed(seed)
deep = aekit.dense_autoencoder(
    784, code_dim, hidden=(256, 64), code_activation="linear", name="deep"
)
train(deep, x_train, deep_epochs, batch_size=64, learning_rate=0.003)
print(deep)

# %% tags=["nbval-ignore-output"]
reconstructions = {
    "mean image": np.broadcast_to(mean, x_test.shape),
    "PCA": pca_reconstruct(pca, x_test, code_dim),
    "PCA, clipped": pca_reconstruct(pca, x_test, code_dim).clip(0, 1),
    "linear autoencoder": linear_reconstruction,
    "deep autoencoder": deep.reconstruct(x_test),
}
error_of = {name: squared_error(x_test, r).mean() for name, r in reconstructions.items()}
print("code of 10 numbers   squared error   mse")
for name, error in error_of.items():
    print(f"{name:20} {error:10.2f} {error / 784:12.4f}")
claim(
    "at 10 numbers, a deep autoencoder passes PCA: ratio of test errors",
    error_of["deep autoencoder"] / error_of["PCA, clipped"],
    at_most=0.8,
    source="lecture, section 2",
)

# %% [markdown]
# Among the codes of ten numbers the table has one clear step, between the linear models and the
# non-linear one. Can it be seen?

# %% tags=["cover"]
figure = plots.image_rows(
    {"test image": x_test[examples]}
    | {
        name: reconstructions[name][examples]
        for name in ("PCA", "linear autoencoder", "deep autoencoder")
    },
    title="The same ten digits, each from ten numbers",
)
plots.show(
    figure,
    alt="Ten test digits and three rows of reconstructions from ten numbers. The rows of PCA and of "
    "the linear autoencoder look the same, grey and blurred; the deep autoencoder's digits are "
    "sharper, but for a smeared 2, on a black ground.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The rows of PCA and of the linear autoencoder cannot be told apart. The deep autoencoder's strokes are sharper, except in the 2, which it smears, and its ground is black.
# Not everything is won: no row keeps the gap at the top of the 0. Ten numbers have no room for what is rare.
#
# Last, the map: a code of two. We ask how well the five nearest neighbours in the plane predict a test digit's label; guessing gives about 10 %.

# %%
keras.utils.set_random_seed(seed)
deep_2 = aekit.dense_autoencoder(784, 2, hidden=(256, 64), code_activation="linear", name="deep_2")
train(deep_2, x_train, deep_epochs, batch_size=64, learning_rate=0.003)

maps, errors_2, scores = {}, {}, {}
maps["PCA"] = [(x - mean) @ pca.components_[:2].T for x in (x_train, x_test)]
maps["Deep autoencoder"] = [deep_2.encode(x) for x in (x_train, x_test)]
errors_2["PCA"] = squared_error(x_test, pca_reconstruct(pca, x_test, 2).clip(0, 1)).mean()
errors_2["Deep autoencoder"] = squared_error(x_test, deep_2.reconstruct(x_test)).mean()
for name, (train_map, test_map) in maps.items():
    scores[name] = knn_probe(train_map, y_train, test_map, y_test)

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(14, 6.8))
for axis, (name, (_, test_map)) in zip(axes, maps.items(), strict=True):
    plots.draw_code_map(axis, test_map[shown], y_test[shown])
    axis.set_title(f"{name}: 2 numbers")
    number = "component" if name == "PCA" else "code unit"
    axis.set_xlabel(f"{number} 1\n\n5 nearest neighbours: {scores[name]:.0%} right")
    axis.set_ylabel(f"{number} 2")
plots.show(
    figure,
    alt="Two maps of the same 2,000 test digits. Left, PCA: most classes lie over one another. Right, "
    "the 2-unit deep autoencoder: the ones lie apart, some classes at the edges of one crowd, "
    "and others still overlap inside it. Under each map stands the share of test digits "
    "that five nearest neighbours get right.",
)

# %% [markdown]
# In PCA's plane most classes lie over one another; the autoencoder pulls some of them further apart, and it never saw a label: the ones lie by themselves, others at the edges of the crowd. Its error is lower, too. But the classes are far from separated: half a dozen of them share one crowd.

# %% tags=["nbval-ignore-output"]
for name in maps:
    print(f"{name:17} squared error {errors_2[name]:.2f}   5 neighbours {scores[name]:.1%} right")
claim(
    "at 2 numbers, a deep autoencoder passes clipped PCA: ratio of test errors",
    errors_2["Deep autoencoder"] / errors_2["PCA"],
    at_most=0.92,
)
claim(
    "its map knows more of the classes: gain in 5-neighbour accuracy",
    scores["Deep autoencoder"] - scores["PCA"],
    at_least=0.08,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The price
#
# PCA has one exact solution (up to signs, when the variances differ), found by one eigendecomposition in seconds. Its components are ordered: take fewer and you have the smaller model.
# It has no learning rate, no seed, nothing to tune but $k$. The autoencoder has none of these: it is slower, its code depends on the seed, and each code size is a new training.

# %%
steps = deep_epochs * math.ceil(n_train / 64)
print("                       PCA   deep autoencoder")
print(f"numbers to store  {pca.components_.size + mean.size:8,} {deep.count_params():18,}")
print(f"gradient steps    {0:8,} {steps:18,}")
print(f"code sizes a fit  {'all':>8} {'one':>18}")
print(f"solution          {'unique':>8} {'by the seed':>18}")

# %% [markdown]
# So PCA comes first, always: as a baseline that an autoencoder has to beat, and often as all that is needed.
#
# ## What we saw

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "slide"}
print(f"PCA, 30 components, all of MNIST     squared error {errors[sizes == 30].item():.2f}")
print(f"a ring, 1 number: PCA                squared error {straight_error:.2f}")
print(f"                  non-linear         squared error {bent_error:.3f}, but with a cut")
print(f"linear autoencoder against PCA       {linear_error / pca_error:.3f} of its error")
print(f"                                     {angles.max():.1f} degrees from its subspace")
print(f"decoder columns against components   mean best cosine {resemblance.mean():.2f}")
print(f"singular vectors, with weight decay  worst cosine {cosine.min():.2f}")
print(f"deep against clipped PCA, 10 numbers {error_of['deep autoencoder'] / error_of['PCA, clipped']:.2f} of its error")  # fmt: skip
print(f"                           2 numbers {errors_2['Deep autoencoder'] / errors_2['PCA']:.2f} of its error")  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# - PCA is the best *linear* compression, and it cannot bend.
# - A linear autoencoder has PCA's capacity: its error, its subspace, but not its components.
# - Weight decay brings the components back, as singular vectors of the decoder.
# - A non-linear decoder passes PCA with the same number of code units, at a price.
#
# ## Exercises
#
# **1.** How many components keep 95 % of the variance of all MNIST training images?

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
needed = int(np.searchsorted(cumulative, 0.95)) + 1
print(needed, "of 784 components")
claim("fewer than a fifth of the components keep 95 % of the variance", needed / 784, at_most=0.2)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** The scree plot knows the training error: show that PCA's squared error on the images it was fitted to is the sum of the discarded variances, times $\frac{n-1}{n}$. Why does this not hold on the test images?

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
n = len(x_all)
discarded = pca_all.explained_variance_[30:].sum() * (n - 1) / n
measured = squared_error(x_all, pca_reconstruct(pca_all, x_all, 30)).mean()
print(f"training images: {measured:.2f}, discarded variance: {discarded:.2f}")
print("The test images have a covariance of their own; the directions were not chosen for it.")
claim("training error over discarded variance", measured / discarded, at_least=0.999, at_most=1.001)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** Recover PCA's directions from the linear autoencoder *without* weight decay. Hint: its reconstructions of the training images lie in the right subspace; which are their directions of largest variance?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
recovered = PCA(code_dim).fit(linear.reconstruct(x_train - mean))
agreement = np.abs(np.sum(recovered.components_ * pca.components_, axis=1))
print("absolute cosine with PCA's directions:", agreement.round(3))
claim(
    "PCA of the reconstructions gives PCA's directions: worst cosine",
    agreement.min(),
    at_least=0.97,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** Is a non-linear *code* enough? Put a sigmoid on the code of the linear autoencoder, but keep one layer on each side and a linear output. Can its error on the *training* images pass PCA's? Argue first, then measure.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(seed)
shallow = aekit.dense_autoencoder(
    784, code_dim, code_activation="sigmoid", output_activation="linear"
)
train(shallow, x_train - mean, linear_epochs // 2, batch_size=500, learning_rate=0.03)
shallow_error = squared_error(x_train - mean, shallow.reconstruct(x_train - mean)).mean()
best = squared_error(x_train, pca_reconstruct(pca, x_train, code_dim)).mean()
print("No: a linear output layer paints in a flat space of 10 dimensions, whatever the code is,")
print("and PCA is the best flat space (Bourlard and Kamp, 1988). The bending must come")
print("after the code: in hidden layers of the decoder, or at its output (lesson 2).")
claim(
    "sigmoid code, linear output: training error over PCA's", shallow_error / best, at_least=0.9999
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **5.** Open the ring: keep only the angles from 0° to 225° and train the same 1-unit autoencoder. Does Borsuk and Ulam's argument still apply? What is the largest error on the noiseless arc? Then try 270° with a few seeds: that a good map *exists* does not mean that training finds it.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
end = np.radians(225)
on_arc = angle[0] < end
keras.utils.set_random_seed(seed)
arc_model = aekit.dense_autoencoder(
    2, code_dim=1, hidden=(64, 64), code_activation="linear", output_activation="linear"
)
train(arc_model, ring[on_arc], epochs=30, batch_size=50, learning_rate=0.02)
clean_arc = circle[around < end]
worst = np.sqrt(squared_error(clean_arc, as_array(arc_model(clean_arc))).max())
print("No: some points have no opposite point. An arc has two ends and fits on a line.")
claim("an open arc needs no cut: worst distance, in radii", worst, at_most=0.3)

# 270 degrees: a good map exists as well, but the ends are nearer, and training may cut the arc.
end = np.radians(270)
for another_seed in (0, 2):
    keras.utils.set_random_seed(another_seed)
    arc_model = aekit.dense_autoencoder(
        2, code_dim=1, hidden=(64, 64), code_activation="linear", output_activation="linear"
    )
    train(arc_model, ring[angle[0] < end], epochs=30, batch_size=50, learning_rate=0.02)
    clean_arc = circle[around < end]
    worst = np.sqrt(squared_error(clean_arc, as_array(arc_model(clean_arc))).max())
    print(f"270 degrees, seed {another_seed}: worst distance {worst:.2f} radii")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# Lesson 2, The traditional autoencoder, builds one layer by layer and looks at its training, its loss and what it is good for.
#
# **References**
#
# - K. Pearson, *On lines and planes of closest fit to systems of points in space*, 1901.
# - H. Bourlard and Y. Kamp, *Auto-association by multilayer perceptrons and singular value decomposition*, Biological Cybernetics, 1988.
# - P. Baldi and K. Hornik, *Neural networks and principal component analysis: learning from examples without local minima*, Neural Networks, 1989.
# - G. Hinton and R. Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science, 2006.
# - E. Plaut, *From principal subspaces to principal components with linear autoencoders*, 2018, arXiv 1804.10253.
# - D. Kunin, J. Bloom, A. Goeva and C. Seed, *Loss landscapes of regularized linear autoencoders*, ICML 2019, arXiv 1901.08168.
