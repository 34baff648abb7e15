# %% [markdown] slideshow={"slide_type": "slide"}
# # Under- and overcomplete codes
#
# What does a network learn when its code has more units than the image has pixels?
#
# **What you will learn**
#
# - how the error falls with the size of a narrow code, beside PCA's;
# - that a wide code copies, and how to measure which changes of the image it copies;
# - that a wide layer can have far fewer working units than it seems;
# - why more dimensions can help a linear classifier, and how much of that is due to training.
#
# **The lecture's part:** section 2, undercomplete and overcomplete. **Before this lesson:** lesson 2, The
# traditional autoencoder. **Time:** about 30 minutes, exercises apart.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(flatten=True)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains anew, in minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "notes"}
# An image has 784 pixels. A code of fewer than 784 units is **undercomplete**, a code of more is **overcomplete**. All networks
# here have one layer down to the code and one back. They learn from 60,000 images.

# %% slideshow={"slide_type": "skip"}
retrain = profile == "full"
recipe = {"epochs": 12, "batch_size": 250, "seed": seed, "retrain": retrain}
pca = PCA(svd_solver="covariance_eigh").fit(x_train)  # all 784 components


def along_components(images, k):
    """What is left of the images when only the first k components are kept."""
    v = pca.components_[:k]
    return pca.mean_ + (images - pca.mean_) @ v.T @ v


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Undercomplete: the error against the size of the code
#
# With fewer units than pixels, the network must choose what to keep.

# %% [markdown] slideshow={"slide_type": "notes"}
# Four networks have 2, 8, 32 and 128 code units, with a linear code and sigmoid pixels. The rival is PCA with as many
# components, its images clipped to [0, 1], which helps it a little.
#
# **Predict first:** at which sizes does the autoencoder have the lower error?


# %% slideshow={"slide_type": "skip"}
def bottleneck(k):
    return lambda: aekit.dense_autoencoder(784, k, code_activation="linear")


bottlenecks, errors, pca_errors = {}, [], []
for k in (2, 8, 32, 128):
    model = train(
        bottleneck(k), x_train, rate=0.006, stored=f"03_bottleneck_{k}", **recipe
    )
    by_pca = along_components(x_test, k).clip(0, 1)
    errors.append(metrics.squared_error(x_test, model.reconstruct(x_test)).mean())
    pca_errors.append(metrics.squared_error(x_test, by_pca).mean())
    bottlenecks[k] = model

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### More units, less error
#
# More dimensions can model a more complex distribution: the error falls at every step.

# %% tags=["hide-input"]
of_mean = metrics.squared_error(x_test, np.broadcast_to(pca.mean_, x_test.shape)).mean()
sizes = list(bottlenecks)
figure = plots.lines(
    sizes,
    {"PCA, clipped": pca_errors, "autoencoder": errors, "mean image": of_mean},
    "size of the code",
    "squared error an image",
    "The autoencoder and PCA, of four sizes",
    xscale="log",
    yscale="log",
)
figure.set_size_inches(7.2, 4)
figure.axes[0].set_xticks(sizes, sizes)
figure.axes[0].set_yticks([2, 5, 10, 20, 50], [2, 5, 10, 20, 50])
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Squared error of a test image against the size of the code, both logarithmic. Both curves fall; the autoencoder's "
    "lies just above PCA's at 2 units and below it from 8 on, farthest at 128. The mean image is a level above both.",
)
print("units   autoencoder   share of the mean image's   PCA, clipped   ratio")
for k, error, by_pca in zip(sizes, errors, pca_errors, strict=True):
    print(
        f"{k:5}{error:14.2f}{error / of_mean:28.1%}{by_pca:15.2f}{error / by_pca:8.2f}"
    )

# %% [markdown] slideshow={"slide_type": "notes"}
# The ratio is the autoencoder's error over PCA's. With 2 units PCA is a little better. From 8 units on the autoencoder has the lower error, and with 128 it has
# half of PCA's. Both codes are linear. Lesson 4 asks what depth adds.

# %% slideshow={"slide_type": "skip"}
claim(
    "With 32 units a one-layer autoencoder has a lower error than clipped PCA.",
    errors[2] / pca_errors[2],
    at_most=0.9,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What each code keeps
#
# 2 units leave a blur, 8 units get the 7, the 0 and the 1s right, and with 128 units all can be read.

# %% tags=["hide-input"]
rows = {"test image": x_test[:10].copy()}
rows |= {
    f"{k} units": model.reconstruct(x_test[:10]) for k, model in bottlenecks.items()
}
plots.show(
    plots.image_rows(rows, "Ten digits through four codes", size=0.58),
    alt="Ten test digits and four rows of reconstructions. With 2 units they are blurs; with 8 the 7, the 0 "
    "and the 1s are right and others are blots; with 32 all but one are clear, and with 128 all are.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Overcomplete: nothing forbids copying
#
# With 1,024 units for 784 pixels, $W = V = I$ is possible: unit $j$ copies pixel $j$, and some units are spare. This identity copies
# *every* image and knows nothing about digits.
#
# **Does gradient descent find it?**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Gain: how much of a change comes out
#
# $$\text{gain along } v = \frac{1}{\delta}\; v \cdot \big(g(f(x + \delta v)) - g(f(x))\big), \qquad \lVert v \rVert = 1$$
#
# Change the image by a small step $\delta$ along $v$. How far does the output move along $v$? For the identity the gain is 1 along every
# direction. Where it is 0, the change does not come out along $v$.

# %% [markdown] slideshow={"slide_type": "notes"}
# **By hand**, for a linear network with two pixels and three units. A change $d$ comes out as $d\,W V$:
#
# $$W = \begin{pmatrix} 1 & 0 & \frac12 \\ 0 & 1 & \frac12 \end{pmatrix},$$
#
# $$V = \begin{pmatrix} \frac12 & 0 \\ 0 & \frac12 \\ \frac12 & \frac12 \end{pmatrix},$$
#
# $$W V = \frac14 \begin{pmatrix} 3 & 1 \\ 1 & 3 \end{pmatrix}$$
#
# $(1, 1)$ comes out as $(1, 1)$: gain 1. $(1, -1)$ comes out as $(\frac12, -\frac12)$: gain ½. Three units for
# two pixels, and still one direction is copied only by half.


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A narrow and a wide network
#
# They differ in one argument: 32 or 1,024 units. The activation is elu, the output is linear.

# %% [markdown] slideshow={"slide_type": "notes"}
# Along which directions do we measure? Along the principal components: the training images vary most along the first, and not at all along the
# last.


# %% slideshow={"slide_type": "skip"}
def gain(model, images, v, step=0.1):
    """How far the output moves along v, of length 1, for a step of 1 along it."""
    moved = model.reconstruct(images + step * v) - model.reconstruct(images)
    return np.mean(moved @ v) / step


places = np.array([1, 8, 16, 24, 32, 40, 50, 75, *range(100, 784, 50), 784])


class GainWatch(keras.callbacks.Callback):
    """Adds the gain along some components to the history after each epoch."""

    def on_epoch_end(self, epoch, logs):
        for k in places:
            logs[f"gain {k}"] = gain(self.model, x_test[:100], pca.components_[k - 1])


# %% slideshow={"slide_type": "fragment"}
def one_layer(k, activation="elu"):
    return lambda: aekit.dense_autoencoder(
        784, k, code_activation=activation, output_activation="linear"
    )


networks = {}
for k in (32, 1024):
    networks[k] = train(
        one_layer(k),
        x_train,
        loss="mse",
        callbacks=[GainWatch()],
        stored=f"03_{k}_units",
        **recipe,
    )

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
tiny = aekit.linear_autoencoder(2, code_dim=3)
W, V = np.array([[1, 0, 0.5], [0, 1, 0.5]]), np.array([[0.5, 0], [0, 0.5], [0.5, 0.5]])
tiny.set_weights([W, np.zeros(3), V, np.zeros(2)])
for change, by_hand in (([1, 1], 1), ([1, -1], 0.5)):
    v = np.array(change, np.float32) / np.sqrt(2, dtype=np.float32)
    error = abs(gain(tiny, np.zeros((1, 2), np.float32), v) - by_hand)
    verify(f"The gain along {change} is {by_hand}, as by hand.", error, at_most=1e-5)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Are the units alive?
#
# A relu unit that is never active codes nothing. We count before we conclude.


# %%
def active_units(model):
    """Number of units that are above 0 on more than 1 % of 2,000 test images."""
    return np.sum(np.mean(model.encode(x_test[:2000]) > 0, axis=0) > 0.01)


for k, model in networks.items():
    print(f"{active_units(model):,} of {k:,} elu units are active")
claim(
    "Of 1,024 elu units at least 1,000 are active on more than 1 % of the digits.",
    active_units(networks[1024]),
    at_least=1000,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# All units work. With relu that is not certain. A relu unit whose input is below 0 on all images gives 0, and its gradient is 0
# too: it is **dead** and learns no more. We train the wide network with relu for 20 steps.
#
# **Predict first:** how many of the 1,024 relu units are still active after that?

# %% tags=["tolerance-0.2"] slideshow={"slide_type": "fragment"}
relu_network = train(
    one_layer(1024, "relu"),
    x_train[:5000],
    epochs=1,
    batch_size=250,
    loss="mse",
    seed=seed,
)
active_relu = active_units(relu_network)
print(f"{active_relu} of 1,024 relu units are active")
claim(
    "A short training leaves fewer than half of 1,024 relu units active on more "
    "than 1 % of the digits.",
    active_relu / 1024,
    at_most=0.49,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Fewer working units than pixels are left: such a network is overcomplete only by name. Count the units before you conclude anything.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## It copies where the data vary
#
# **Predict first:** along which components does the wide network have gain 1? Is the gain a matter of width alone?


# %% tags=["hide-input"]
def watched(k, epoch):
    history = networks[k].history.history
    return np.array([history[f"gain {place}"][epoch - 1] for place in places])


figure, (above, below) = plt.subplots(
    2, 1, figsize=(7.5, 5.6), sharex=True, height_ratios=[2.2, 1]
)
above.axhline(1, color="black", linewidth=1, linestyle=":")
curves = {f"1,024 units, epoch {e}": watched(1024, e) for e in (12, 3, 1)}
for name, values in (curves | {"32 units, epoch 12": watched(32, 12)}).items():
    above.plot(places, values, marker="o", markersize=4, label=name)
above.set(ylabel="gain", ylim=(-0.1, 1.45), yticks=[0, 0.25, 0.5, 0.75, 1])
above.set_title("The identity, learnt where the data vary")
above.legend(loc="upper right", ncols=2, fontsize=11)
below.plot(range(1, 785), np.sqrt(pca.explained_variance_.clip(1e-9)), color="black")
below.set(
    yscale="log",
    ylim=(1e-3, 5),
    xlabel="principal component of the training images",
    ylabel="standard deviation\nof the images",
)
below.yaxis.label.set_fontsize(11)
plots.show(
    figure,
    alt="Above, the gain along the principal components, from the first to the 784th. The curve of 32 units falls "
    "from 1 to 0 at the 32nd. Those of 1,024 units stay near 1 up to about the 100th, 300th and 550th after 1, 3 and 12 epochs, and fall to 0. "
    "Below, the standard deviation of the images along the components, which falls to nothing.",
)
print("component   32 units   1,024 units after 1, 3, 12 epochs")
for place in (1, 32, 50, 200, 400, 600, 784):
    row = [watched(32, 12), *(watched(1024, epoch) for epoch in (1, 3, 12))]
    row = [values[places == place].item() for values in row]
    print(f"{place:9}{row[0]:11.2f}" + "".join(f"{value:10.2f}" for value in row[1:]))

# %% [markdown] slideshow={"slide_type": "notes"}
# 32 units have gain 1 up to about the 32nd component and then 0: they keep the directions along which the images vary most.
#
# With 1,024 units the gain is near 1 up to about the 100th component after one epoch, the 300th after three, the 550th after twelve. So width allows the
# copying, and training decides how far it gets. At the end the gain stays near 0: 67 pixels are
# black in all training images, and a weight that is always multiplied by 0 never learns.

# %% slideshow={"slide_type": "skip"}
after_1, after_12 = watched(1024, epoch=1), watched(1024, epoch=12)
claim(
    "The gain of 1,024 units is near 1 along the first 400 principal components.",
    after_12[places <= 400].min(),
    at_least=0.95,
)
claim(
    "The gain of 1,024 units stays near 0 along the last principal component.",
    abs(after_12[-1]),
    at_most=0.2,
)
claim(
    "Along the 200th principal component the gain of 1,024 units grows with training.",
    (after_12 - after_1)[places == 200].item(),
    at_least=0.2,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which images does it copy?
#
# **Predict first:** sort digits, rotated digits, clothes and noise by how well 1,024 units copy them.

# %% [markdown] slideshow={"slide_type": "notes"}
# Both networks have seen digits only; the other kinds are out of distribution. We divide the error by that of the mean image *of the same kind*:
# 0 is a perfect copy, 1 is no better than an output that never changes.

# %% slideshow={"slide_type": "skip"}
_, (clothes, _) = datasets.load_fashion_mnist(flatten=True)
digits = x_test[:2000]
rotated = np.rot90(digits.reshape(-1, 28, 28), axes=(1, 2)).reshape(-1, 784)
noise = np.random.default_rng(seed).random((2000, 784), dtype=np.float32)
kinds = {"digits": digits, "rotated digits": rotated, "clothes": clothes}
kinds |= {"noise": noise, "noise along 400": along_components(noise, 400)}
share = {
    (kind, k): metrics.error_share(
        images, model.reconstruct(images), images.mean(axis=0)
    )
    for kind, images in kinds.items()
    for k, model in networks.items()
}

# %% tags=["cover", "hide-input"]
figure = plt.figure(figsize=(7.5, 5.4))
grid = figure.add_gridspec(5, 4, width_ratios=[1, 1, 1, 3.6])
for row, images in enumerate(kinds.values()):
    one = images[3:4]
    shown = {"input": one} | {
        f"{k:,} units": m.reconstruct(one) for k, m in networks.items()
    }
    for column, (name, image) in enumerate(shown.items()):
        axis = figure.add_subplot(grid[row, column])
        plots.draw_image(axis, image.reshape(28, 28))
        if row == 0:
            axis.set_title(name, fontsize=11, loc="center", fontweight="normal")
axis = figure.add_subplot(grid[:, 3])
axis.axvline(1, color="black", linestyle=":", linewidth=1.5)
for k, color, marker in ((32, plots.COLORS[1], "s"), (1024, plots.COLORS[0], "o")):
    values = [share[kind, k] for kind in kinds]
    axis.plot(values, range(5), marker, color=color, markersize=10)
axis.text(
    share["digits", 1024] * 1.5, 0, "1,024 units", va="center", color=plots.COLORS[0]
)
axis.text(
    share["digits", 32] / 1.5,
    0,
    "32 units",
    va="center",
    ha="right",
    color=plots.COLORS[1],
)
axis.set(xscale="log", ylim=(4.5, -0.5), xlabel="share of the mean image's error")
labels = ("digits", "rotated\ndigits", "clothes", "noise", "noise in 400\ncomponents")
axis.set_yticks(range(5), labels, fontsize=11)
axis.set_title("1,024 units copy, but not noise", fontsize=13)

counts = [1, 4, 16, 32, 64, 100, 200, 300, 400, 500, 600, 700, 784]
to_touch = []
for kind in ("noise", "digits", "clothes"):
    kept = [along_components(kinds[kind][:500], k) for k in counts]
    made = [[m.reconstruct(images) for images in kept] for m in networks.values()]
    shares = [
        [
            metrics.error_share(x, y, x.mean(axis=0))
            for x, y in zip(kept, of, strict=True)
        ]
        for of in made
    ]
    inputs, outputs = np.array(kept)[:, 3], np.array(made)[:, :, 3]
    images = {"inputs": as_bytes(inputs), "outputs": as_bytes(outputs)}
    to_touch.append({"name": kind, "shares": np.array(shares), **images})
plots.show(
    figure,
    alt="Left, a digit, a rotated digit, trousers, noise, and noise in 400 components, with what 32 and 1,024 units make of them. "
    "Right, the error as a share of the mean image's, on a logarithmic axis: for 32 units from 0.28 to 2.7; for 1,024 units "
    "below 0.001 for digits, rotated digits and noise in 400 components, 0.04 for clothes, and 1 for noise.",
    touch=Touch(
        "components",
        counts=counts,
        networks=[f"{k:,} units" for k in networks],
        kinds=to_touch,
    ),
)
for kind in kinds:
    print(
        f"{kind:15}  32 units {share[kind, 32]:7.4f}   1,024 units {share[kind, 1024]:7.4f}"
    )

# %% [markdown] slideshow={"slide_type": "notes"}
# The wide network copies digits almost perfectly. It also copies rotated digits and most of what clothes show, which it has never seen. It
# does not copy noise: a plain grey image is as good. Noise also varies along the components after the 400th. Do these do the harm? The last row leaves them out: the rest is copied.
#
# The narrow network is good on digits only. Of clothes it loses 80 %, and on noise it is worse than the mean image.

# %% slideshow={"slide_type": "skip"}
claim(
    "1,024 units copy digits: less than 1 % of the mean image's error is left.",
    share["digits", 1024],
    at_most=0.01,
    unit="%",
    source="lecture, section 2",
)
claim(
    "1,024 units do not copy noise: more than half of the mean image's error is left.",
    share["noise", 1024],
    at_least=0.5,
    unit="%",
)
claim(
    "1,024 units copy noise along the first 400 principal components: less than 1 % of "
    "the mean image's error is left.",
    share["noise along 400", 1024],
    at_most=0.01,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What the units have become
#
# Copying does not need meaningful units. Are the weights still those that training began with?

# %% tags=["hide-input"]
# A weight on a pixel that never varies does nothing.
spread = x_train[:10_000].std(axis=0)[:, np.newaxis]
looks, cosine = {}, {}
for k, model in networks.items():
    keras.utils.set_random_seed(seed)  # the same start as in the training
    began, ended = (
        m.encoder.get_weights()[0] * spread for m in (one_layer(k)(), model)
    )
    lengths = np.linalg.norm(began, axis=0) * np.linalg.norm(ended, axis=0)
    cosine[k] = np.median(np.sum(began * ended, axis=0) / lengths)
    for name, weights in {"at the start": began, "trained": ended}.items():
        limit = 3 * weights.std(
            axis=0
        )  # a few large weights would make the others pale
        looks[f"{k:,} {name}"] = weights.clip(-limit, limit).T[:9]
figure = plots.image_grid(
    np.concatenate(list(looks.values())),
    "Encoder weights of nine units",
    columns=9,
    symmetric=True,
    size=0.6,
)
figure.set_size_inches(7.5, 3.9)
for row, label in enumerate(looks):
    axis = figure.axes[9 * row]
    axis.text(-0.15, 0.5, label, ha="right", va="center", transform=axis.transAxes)
plots.show(
    figure,
    alt="Weights of nine units in four rows. At the start all are speckle. The 32 trained units show smooth strokes and "
    "blobs, the 1,024 trained ones speckle as before.",
)
for k, value in cosine.items():
    print(
        f"{k:5,} units: median cosine of a unit's weights before and after training {value:.2f}"
    )

# %% [markdown] slideshow={"slide_type": "notes"}
# The 32 trained units show strokes. The 1,024 trained units still look much like their random start: to copy, they hardly had to change. The lecture warns that an overcomplete code need not have a meaningful structure.

# %% slideshow={"slide_type": "skip"}
claim(
    "After training, 1,024 units still look much like their random start.",
    cosine[1024],
    at_least=0.6,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why wide at all? XOR
#
# Four points have two classes: 1 where exactly one of $x_1$ and $x_2$ is 1. No straight line separates them.

# %% [markdown] slideshow={"slide_type": "notes"}
# **By hand.** For any linear function $s = a x_1 + b x_2 + c$,
#
# $$s(0, 0) + s(1, 1) = a + b + 2c = s(0, 1) + s(1, 0).$$
#
# To separate the classes, $s$ must be larger at both points of one class. Then their sum is larger too, but the two sums are equal.
# More *linear* units do not help: a weighted sum of eight of them is such a function again.
#
# One non-linear unit is enough. With $x_1 x_2$ as a third number, $x_1 + x_2 - 2 x_1 x_2$ is 1 for one class and 0 for the other.

# %% tags=["hide-input"]
points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
xor = np.array([0, 1, 1, 0])
eight_linear = points @ np.random.default_rng(seed).normal(size=(2, 8)) + 1
sums = eight_linear[0] + eight_linear[3], eight_linear[1] + eight_linear[2]
verify("Both classes have equal sums in eight linear units.", np.allclose(*sums))
with_product = np.column_stack([points, points[:, 0] * points[:, 1]])
verify("x1 + x2 - 2 x1 x2 is XOR.", np.all(with_product @ [1, 1, -2] == xor))
figure = plt.figure(figsize=(7.5, 3.8))
flat, space = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2, projection="3d")
for label, marker in ((0, "o"), (1, "^")):
    of_class = with_product[xor == label].T
    style = {"color": plots.COLORS[label], "marker": marker}
    flat.scatter(*of_class[:2], s=140, label=f"XOR = {label}", **style)
    space.scatter(*of_class, s=100, depthshade=False, **style)
flat.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-0.4, 1.4), ylim=(-0.4, 1.4))
flat.set(xticks=[0, 1], yticks=[0, 1], aspect="equal")
flat.set_title("In the plane: no line", fontsize=13)
flat.legend(loc="center", fontsize=11)
a, b = np.meshgrid([0, 1], [0, 1])
space.plot_surface(a, b, (a + b - 0.5) / 2, alpha=0.3, color=plots.COLORS[2])
space.set(xlabel="$x_1$", ylabel="$x_2$", zlabel="$x_1 x_2$")
space.set_title("In space: a plane", fontsize=13)
space.set(xticks=[0, 1], yticks=[0, 1], zticks=[0, 1])
space.view_init(elev=18, azim=-70)
space.set_box_aspect(None, zoom=0.85)
plots.show(
    figure,
    alt="Left, the four points of XOR in the plane, each class on a diagonal. Right, the same points in space "
    "with their product as height; a tilted plane passes between the two classes.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# In space the point (1, 1) is lifted, and a plane passes between the classes. It took one dimension more *and* a non-linear unit.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A linear classifier on narrow and wide codes
#
# **Predict first:** which code serves it best? Narrow or wide, trained or with random weights?

# %% [markdown] slideshow={"slide_type": "notes"}
# A logistic regression learns from 1,000 labelled codes and is tested on 5,000. The rivals are the raw pixels and codes with *random* weights, of the same width, with three activations.


# %%
def linear_accuracy(encode):
    codes, test_codes = encode(x_train[:1000]), encode(x_test[:5000])
    return metrics.linear_probe(codes, y_train[:1000], test_codes, y_test[:5000])


accuracy = {}
for k, model in networks.items():
    accuracy["trained elu", k] = linear_accuracy(model.encode)
    for activation in ("linear", "elu", "relu"):
        keras.utils.set_random_seed(seed)
        blank = one_layer(k, activation)()
        accuracy[f"random {activation}", k] = linear_accuracy(blank.encode)
accuracy["raw pixels", 784] = linear_accuracy(np.asarray)
print(f"raw pixels, 784 numbers: {accuracy['raw pixels', 784]:.3f}")
print("                32 units   1,024 units")
for name in ("trained elu", "random linear", "random elu", "random relu"):
    print(f"{name:13}{accuracy[name, 32]:11.3f}{accuracy[name, 1024]:14.3f}")

# %% [markdown] slideshow={"slide_type": "notes"}
# Width helps random codes: 1,024 units are far better than 32. But *linear* ones get no further than the raw pixels, as with XOR, and elu units hardly; relu units do.
#
# Training makes 32 units as good as the 784 pixels. To 1,024 units it adds nothing. So the lecture is right that more dimensions *can* help a linear
# classifier. Random relu units do it here; the training to copy does not.

# %% slideshow={"slide_type": "skip"}
claim(
    "A linear classifier is better on 1,024 random relu units than on raw pixels.",
    accuracy["random relu", 1024] - accuracy["raw pixels", 784],
    at_least=0.01,
    unit="points",
    source="lecture, section 2",
)
claim(
    "Training 1,024 elu units to copy brings a linear classifier at most one point.",
    accuracy["trained elu", 1024] - accuracy["random elu", 1024],
    at_most=0.01,
    unit="points",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **A wide code learns to copy, but only where the data vary.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - A narrow code must choose. It keeps the directions along which the digits vary most.
# - A wide code copies whatever varies along the directions of the training images, digit or not. How far it gets is a matter of training too.
# - Its units need not mean anything, and some may be dead: count them.
# - Width with relu helps a linear classifier; with elu it does not. Training to copy adds nothing to a wide code.
#
# So a wide code needs another constraint. The lessons on sparse, denoising and contractive autoencoders add one each. The next lesson stays with
# narrow codes and goes deep.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# The folded cell makes what the exercises need.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
xor = np.array([0, 1, 1, 0])
wide = train(
    lambda: aekit.dense_autoencoder(
        784, 1024, code_activation="elu", output_activation="linear"
    ),
    x_train,
    loss="mse",
    epochs=12,
    batch_size=250,
    seed=seed,
    stored="03_1024_units",
)
codes = wide.encode(x_train[:5000])
seven = x_test[0]


def lost(image):
    """Squared error of the wide network on one image, as a share of its sum of squares."""
    image = np.asarray(image, np.float32).reshape(1, 784)
    return float(
        metrics.squared_error(image, wide.reconstruct(image))[0] / np.sum(image**2)
    )


@exercise(
    "03.1", expects="(W, b, v, c): arrays of shapes (2, 2), (2,), (2,) and a number"
)
def _(answer):
    W, b, v, c = (np.asarray(part, float) for part in answer)
    h = np.maximum(0, points @ W.reshape(2, 2) + b.reshape(2))
    s = h @ v.reshape(2) + float(c)
    wrong = np.flatnonzero((s > 0) != (xor == 1))
    if len(wrong):
        x, value = points[wrong[0]], s[wrong[0]]
        need = "above 0" if xor[wrong[0]] else "at most 0"
        units = h[wrong[0]].round(2).tolist()
        return f"At {x.tolist()} the units are {units} and s = {value:.2f}; it must be {need}."


@exercise("03.2", expects="a whole number from 1 to 1,024")
def _(number):
    variances = np.linalg.eigvalsh(np.cov(codes.T))[::-1]
    kept = np.cumsum(variances)[int(number) - 1] / variances.sum()
    one_less = kept - variances[int(number) - 1] / variances.sum()
    if int(number) != number or number < 1:
        return "The number of components is a whole number, at least 1."
    if kept < 0.99:
        return f"These components hold {kept:.2%} of the variance. Take more."
    if one_less > 0.9905:
        return "They hold 99 %, but fewer do so too."


@exercise("03.3", expects="an image of 784 numbers")
def _(image):
    image = np.asarray(image, np.float32).reshape(784)
    if not np.allclose(np.sort(image), np.sort(seven), atol=1e-4):
        return "The 784 numbers must be those of `seven`, in another order."
    if lost(image) <= 0.9:
        return (
            f"The network loses {lost(image):.0%} of this image. "
            "Where in the picture do the training images never vary?"
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. XOR with two relu units, by pencil.** Find weights of a code $h = \text{relu}(x W + b)$ with two units, and of $s = h \cdot v + c$, such that $s > 0$ exactly where XOR is 1.
# Hint: start from $x_1 + x_2$, which is 0, 1, 1 and 2 on the four points.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
answer = ...  # (W, b, v, c), for instance ([[1, 0], [0, 1]], [0, 0], [1, 1], -1)
check("03.1", answer)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The sum t = x1 + x2 is 0, 1, 1, 2. relu(t) - 2 relu(t - 1) rises to 1 and falls back to 0.
# Half a unit lower, it is above 0 exactly where t = 1.
W, b = [[1, 1], [1, 1]], [0, -1]
assert check("03.1", (W, b, [1, -2], -0.5))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. The dimensions of the wide code.** How many principal components of `codes` hold 99 % of their variance? `codes` are the codes of
# 5,000 training images, 1,024 numbers each. Guess first.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
number = ...  # of components
check("03.2", number)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The images vary along a few hundred directions only. So do their codes, however wide.
held = np.cumsum(PCA(svd_solver="covariance_eigh").fit(codes).explained_variance_ratio_)
number = 1 + np.argmax(held >= 0.99)
print(number, "of 1,024")
assert check("03.2", number)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. An image that the wide network does not copy.** Take the first test image, `seven`, and put its 784 numbers in another order, such that the wide network loses more than
# 90 % of the image. `lost(image)` measures that: for `seven` itself it is nearly 0.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
image = ...  # 784 numbers
check("03.3", image)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# No weight of a pixel that is always black was ever trained. So the ink goes where the training
# images have least of it: there the gain is near 0, and what comes out is something else.
image = np.zeros(784, np.float32)
image[np.argsort(x_train.mean(axis=0))] = np.sort(seven)[::-1]
plots.show(
    plots.image_rows(
        {
            "seven": [seven],
            "in another order": [image],
            "wide network": wide.reconstruct(image[None]),
        },
        size=1,
    ),
    alt="A 7; the same ink around the border of the picture; and what comes out of the wide network.",
)
assert check("03.3", image)

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning*, arXiv 1206.5538 (2013), section 7.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, sections 6.1 (XOR), 14.1 and 14.2 (2016).
# - T. Cover, *Geometrical and statistical properties of systems of linear inequalities with applications in pattern recognition*, IEEE Transactions on
#   Electronic Computers EC-14 (1965): why more dimensions separate.
# - H. Steck, *Autoencoders that don't overfit towards the identity*, NeurIPS (2020): on learning the identity.
