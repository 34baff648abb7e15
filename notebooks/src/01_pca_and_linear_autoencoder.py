# %% [markdown] slideshow={"slide_type": "slide"}
# # PCA and the linear autoencoder
#
# What can an autoencoder learn that has no non-linearity?

# %% [markdown] slideshow={"slide_type": "skip"}
# **What you will learn**
#
# - what principal component analysis (PCA) computes, with a pencil and on handwritten digits;
# - that a linear autoencoder reaches PCA's error and spans its subspace, but that its units are not the principal components;
# - where both fail: they draw straight lines through curved data;
# - how much lower the error of a non-linear autoencoder is, with as many code units.
#
# **The lecture's part:** section 1, PCA and its weakness; section 2, activation functions.
#
# **Before this lesson:** lesson 00, and what an eigenvector is.
#
# **Time:** about 35 minutes, exercises apart

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import plots
from aekit.claims import claim, verified, verify
from aekit.datasets import load_mnist
from aekit.exercises import check, exercise
from aekit.metrics import squared_error
from aekit.touch import Touch
from aekit.training import train
import keras
from keras import layers
import matplotlib.pyplot as plt
import numpy as np
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
# "quick": loads trained networks; "full": trains all of them again, in minutes
profile = "quick"
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two layers without activation
#
# Sixty points of the plane pass through one unit and come back.

# %% [markdown] slideshow={"slide_type": "notes"}
# The network encodes each point as one number, and decodes that number to a point. Both layers are `Dense`, without activation.
# It learns to reconstruct its input, with the squared error as its loss.
#
# **Predict first:** on which points of the plane can the reconstructions lie?

# %%
rng = np.random.default_rng(0)
along_and_across = rng.normal(size=(60, 2)) * [2, 0.6]
points = along_and_across @ [[0.8, 0.6], [-0.6, 0.8]] + [2, 1]
points = points.astype("float32")


def two_layers():
    return keras.Sequential([keras.Input((2,)), layers.Dense(1), layers.Dense(2)])


keras.utils.set_random_seed(seed)
untrained = two_layers()
trained = train(
    two_layers, points, epochs=50, batch_size=5, rate=0.05, loss="mse", seed=seed
)
pca_line = PCA(1).fit(points)

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(7.5, 3.9), sharex=True, sharey=True)
ends = pca_line.mean_ + np.outer([-5.2, 5.2], pca_line.components_[0])
for axis, network, title in zip(
    axes, (untrained, trained), ("Before training", "After training"), strict=True
):
    rebuilt = np.asarray(network(points))
    axis.plot(*ends.T, color=plots.COLORS[1], linestyle="--", label="PCA's line")
    for pair in zip(points, rebuilt, strict=True):
        axis.plot(*np.stack(pair).T, color="#999999", linestyle="-", linewidth=0.8)
    axis.plot(*points.T, "o", color=plots.COLORS[6], markersize=4, label="point")
    axis.plot(
        *rebuilt.T, "s", color=plots.COLORS[0], markersize=4, label="reconstruction"
    )
    axis.set(xlabel="$x_1$", title=title)
    axis.set_aspect("equal")
axes[0].set_ylabel("$x_2$")
figure.legend(
    *axes[0].get_legend_handles_labels(),
    loc="outside lower center",
    ncols=3,
    fontsize=12,
)
plots.show(
    figure,
    alt="Two panels of the same sixty points, each joined to its reconstruction. Before training the "
    "reconstructions lie on a line that has nothing to do with the points. After training they lie on "
    "the dashed line of PCA, each at the foot of the perpendicular from its point.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# One number, decoded without non-linearity, moves along a straight line, before training too. Training moves that line until it is PCA's, the dashed one.

# %% tags=["tolerance-0.2"]
learnt = np.asarray(trained.layers[-1].kernel)[0]
cosine = abs(learnt @ pca_line.components_[0]) / np.linalg.norm(learnt)
claim(
    "Two Dense layers without activation learn the direction of PCA's line: the angle "
    "between the two lines is at most one degree.",
    round(np.degrees(np.arccos(min(1, cosine))), 1),
    at_most=1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What PCA computes
#
# It computes the line, or the plane, that lies closest to the points (Pearson, 1901).
#
# $$\mathbf{h} = \mathbf{U}^\top (\mathbf{x} - \mathbf{m}), \qquad \hat{\mathbf{x}} = \mathbf{m} + \mathbf{U} \mathbf{h}$$
#
# $\mathbf{m}$ is the mean. The columns of $\mathbf{U}$ are the first $k$ **principal directions**.

# %% [markdown] slideshow={"slide_type": "notes"}
# So PCA encodes and decodes a point $\mathbf{x}$. Let $\mathbf{S}$ be the covariance matrix of the points. The principal directions are the eigenvectors of $\mathbf{S}$, of
# length 1 and with the largest eigenvalue first.
#
# The numbers in $\mathbf{h}$ are the **principal components** of $\mathbf{x}$. Take a pencil and five points with the mean (6, 4):
#
# | point | minus the mean | position $t$ | foot | distance² |
# |---|---|---|---|---|
# | (1, 4) | (−5, 0) | −2 | (2, 2) | 5 |
# | (5, 1) | (−1, −3) | −1 | (4, 3) | 5 |
# | (6, 4) | (0, 0) | 0 | (6, 4) | 0 |
# | (9, 3) | (3, −1) | 1 | (8, 5) | 5 |
# | (9, 8) | (3, 4) | 2 | (10, 6) | 5 |
#
# The centred points have $\sum x^2 = 44$, $\sum y^2 = 26$ and $\sum xy = 12$. Check that
#
# $$\mathbf{S} = \frac{1}{5} \begin{pmatrix} 44 & 12 \\ 12 & 26 \end{pmatrix},$$
#
# $$\mathbf{S} \begin{pmatrix} 2 \\ 1 \end{pmatrix} = 10 \begin{pmatrix} 2 \\ 1 \end{pmatrix},$$
#
# $$\mathbf{S} \begin{pmatrix} -1 \\ 2 \end{pmatrix} = 4 \begin{pmatrix} -1 \\ 2 \end{pmatrix} .$$
#
# So PCA's line has the direction (2, 1). A centred point $(x, y)$ has the position $t = (2x + y)/5$ on it, and its reconstruction is the foot $(6, 4) + t \, (2, 1)$.

# %% tags=["exact"]
five = np.array([[1.0, 4.0], [5.0, 1.0], [6.0, 4.0], [9.0, 3.0], [9.0, 8.0]])
pca_of_five = PCA(1).fit(five)
direction = pca_of_five.components_[0]
feet = pca_of_five.inverse_transform(pca_of_five.transform(five))

print("direction, with 1 as its second number:", (direction / direction[1]).round(3))
print("feet:", *(tuple(foot.round(3).tolist()) for foot in feet))
print("mean squared distance:", squared_error(five, feet).mean().round(3))

# %% tags=["hide-input"]
verify(
    "scikit-learn's direction is the one by pencil.",
    abs(direction @ [2, 1]) / 5**0.5,
    at_least=1 - 1e-9,
)
degrees = np.arange(0, 181)
centred = five - five.mean(axis=0)
normals = np.stack([-np.sin(np.radians(degrees)), np.cos(np.radians(degrees))])
lost = ((centred @ normals) ** 2).mean(axis=0)
verify(
    "The smallest loss is the second eigenvalue.", lost.min(), at_least=4, at_most=4.01
)

figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.7), width_ratios=[1.15, 1])
line = five.mean(axis=0) + np.outer([-2.9, 2.6], [2, 1])
left.plot(*line.T, color=plots.COLORS[1], linestyle="--")
for pair in zip(five, feet, strict=True):
    left.plot(*np.stack(pair).T, color="#777777", linestyle=":", linewidth=2)
left.plot(*five.T, "o", color=plots.COLORS[6], markersize=8, label="point")
left.plot(*feet.T, "s", color=plots.COLORS[0], markersize=6, label="foot")
left.set(xlabel="$x$", ylabel="$y$", xticks=range(0, 12, 2), yticks=range(0, 10, 2))
left.set_title("One number a point")
left.set_aspect("equal")
left.legend(loc="upper left", fontsize=11, handletextpad=0.2)
right.plot(degrees, lost, color=plots.COLORS[0])
best = np.degrees(np.arctan2(1, 2))
right.plot(best, 4, "o", color=plots.COLORS[1], markersize=9)
right.annotate("direction (2, 1): 4", (best, 4), xytext=(10, -15), textcoords="offset points", fontsize=11)  # fmt: skip
right.set(xlabel="direction of the line (degrees)", ylabel="mean squared distance")
right.set(xticks=range(0, 181, 45), ylim=(3, 10.5))
right.set_title("PCA's line is closest")
plots.show(
    figure,
    alt="Left: five points, the dashed line in the direction (2, 1) through their mean, and the foot of "
    "each point's perpendicular on it. Right: the mean squared distance of the points from a line through "
    "their mean, against the line's direction: 4 at 27 degrees, the minimum, and 10 at right angles to it.",
    touch=Touch("line", points=five),
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Along PCA's line the variance is 10, across it 4. The sum is 14 for every line, by Pythagoras. So the line that keeps most variance is the line that loses least.
# The loss, 4, is the eigenvalue of the direction that was left out.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## PCA on handwritten digits
#
# The same computation, with 784 pixels in place of two coordinates.

# %% [markdown] slideshow={"slide_type": "notes"}
# Our ruler is the **squared error** of an image, summed over its pixels, averaged over the 10,000 test images. Beside it we print its share of the mean image's error,
# the baseline that needs no code at all. All models learn from the 60,000 training images.
#
# **Predict first:** how many of the 784 components halve the error?

# %% tags=["exact"]
(x_train, _), (x_test, y_test) = load_mnist(flatten=True)
pca = PCA().fit(x_train)


def pca_reconstruct(x, k):
    directions = pca.components_[:k]  # (k, 784)
    code = (x - pca.mean_) @ directions.T  # (n, k)
    return pca.mean_ + code @ directions


errors = {}
for k in (0, 2, 8, 10, 30, 32, 64, 110, 128):
    errors[k] = squared_error(x_test, pca_reconstruct(x_test, k)).mean()
    share = errors[k] / errors[0]
    print(f"{k:3} components   squared error {errors[k]:5.2f}   share {share:4.0%}")

# %%
claim(
    "PCA with 30 components has a squared error of 13.87 on MNIST's test images.",
    errors[30],
    at_least=13.8,
    at_most=13.95,
    source="Hinton and Salakhutdinov (2006)",
    published=13.87,
    tolerance=0.001,
)

# %% tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.5))
number = np.arange(1, 41)
left.plot(number, pca.explained_variance_[:40], marker="o", markersize=4)
left.set(xlabel="component", ylabel="variance", title="Scree plot")
right.plot(list(errors), list(errors.values()), marker="o", markersize=6)
for k in (2, 10, 30, 128):
    right.annotate(f"{k}", (k, errors[k]), xytext=(5, 6), textcoords="offset points", fontsize=12)  # fmt: skip
right.set(
    xlabel="components kept", ylabel="squared error", ylim=(0, 56), title="Test error"
)
plots.show(
    figure,
    alt="Left, the scree plot: the variance of each of the first 40 principal components of MNIST falls "
    "steeply, then ever more slowly, without a corner. Right: the squared error on the test images against "
    "the number of components kept falls in the same way, from 53 with none to 3 with 128.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The **scree plot** shows the variance of each component. It has no corner where the digits would end. The returns diminish: the first ten components lower the
# error by about half, the next hundred by less.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ten digits from 2, 8, 32 and 128 numbers
#
# From how many numbers on can you read them?

# %% tags=["hide-input"]
examples = np.array([np.flatnonzero(y_test == digit)[3] for digit in range(10)])
rows = {"test image": x_test[examples]}
rows |= {f"{k} numbers": pca_reconstruct(x_test[examples], k) for k in (2, 8, 32, 128)}
of_aekit = aekit.metrics.pca_reconstruct(x_train, x_test[:100], 10)
verify(
    "The share of the mean image's error is aekit's.",
    abs(
        aekit.metrics.error_share(x_test, pca_reconstruct(x_test, 2), pca.mean_)
        - errors[2] / errors[0]
    ),
    at_most=1e-4,
)
verify(
    "aekit's PCA reconstructs as these lines do.",
    np.abs(of_aekit - pca_reconstruct(x_test[:100], 10)).max(),
    at_most=1e-3,
)
figure = plots.image_rows(rows, size=0.58)
plots.show(
    figure,
    alt="One test digit of each class and its PCA reconstructions in rows. With 2 components there are "
    "blurs, but for the 0, with 8 grey guesses, with 32 mostly readable digits on a cloudy ground, with 128 nearly the "
    "original.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Two components give blurs, but for the 0. With 32 most digits can be read, on a cloudy ground. With 128 they are close to the original. Two components have another use, **visualisation**: they place each
# image in a plane. Lesson 04 draws that map.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A linear autoencoder on the digits
#
# $\mathbf{h} = \mathbf{W}\mathbf{x} + \mathbf{b}$ and $\hat{\mathbf{x}} = \mathbf{V}\mathbf{h} + \mathbf{c}$

# %% [markdown] slideshow={"slide_type": "notes"}
# **It cannot have a lower training error than PCA.** Whatever the code, the outputs lie in a flat space of $k$ dimensions, which the columns of $\mathbf{V}$ span and $\mathbf{c}$ shifts. The best output in it is the
# foot of the perpendicular from $\mathbf{x}$. PCA's space is the one with the shortest perpendiculars. It can equal PCA, with $\mathbf{W} = \mathbf{U}^\top$ and $\mathbf{V} = \mathbf{U}$.
#
# **The mean matters.** PCA's space goes through the mean image, not through zero. Here the biases learn that. Without biases one has to subtract the mean first.
#
# **Does gradient descent find it?** Baldi and Hornik (1989) proved that every local minimum is global; that descent also avoids the saddle points is a further step, so we look.
#
# **Predict first:** will unit 1 be the first principal component?

# %%
retrain = profile == "full"


def linear_ten():
    return aekit.linear_autoencoder(784, 10)


linear = train(
    linear_ten,
    x_train,
    epochs=15,
    batch_size=500,
    rate=0.01,
    loss="mse",
    seed=seed,
    stored="01_linear",
    retrain=retrain,
)

# %%
directions = pca.components_[:10].T  # (784, 10)
columns = np.asarray(linear.decoder.layers[-1].kernel).T  # V: (784, 10)
random = np.random.default_rng(0).normal(size=columns.shape)
linear_error = squared_error(x_test, linear.reconstruct(x_test)).mean()

print(f"squared error: PCA {errors[10]:.2f}, linear autoencoder {linear_error:.2f}")
for name, space in {"linear autoencoder": columns, "random space": random}.items():
    angle = np.degrees(subspace_angles(space, directions)).max()
    print(f"largest principal angle to PCA's subspace: {name} {angle:.0f} degrees")

# %% [markdown] slideshow={"slide_type": "notes"}
# The error is PCA's. **Principal angles** say how far two subspaces lean apart; all are 0° if the subspaces are the same.
# The decoder's largest angle is close to 0°, that of a random subspace close to 90°.

# %%
claim(
    "A linear autoencoder with 10 units has PCA's error on MNIST's test images: "
    "the ratio of the two errors is 1.",
    linear_error / errors[10],
    at_least=0.995,
    at_most=1.005,
    source="lecture, section 2",
)
claim(
    "The decoder of a linear autoencoder spans PCA's subspace: "
    "the largest principal angle is at most 3 degrees.",
    round(np.degrees(subspace_angles(columns, directions)).max(), 1),
    at_most=3,
    source="Baldi and Hornik (1989)",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Its units are mixtures
#
# What does each unit draw?

# %% tags=["hide-input"]
figure, axes = plt.subplots(2, 5, figsize=(7.5, 3.7))
vectors = [*directions.T[:5], *columns.T[:5]]
names = [f"{kind} {j}" for kind in ("PC", "unit") for j in range(1, 6)]
for axis, vector, name in zip(axes.flat, vectors, names, strict=True):
    plots.draw_image(axis, vector.reshape(28, 28), symmetric=True)
    axis.set_title(name, fontsize=13, loc="center", fontweight="normal")
plots.show(
    figure,
    alt="Top row: the first five principal directions of MNIST, from a ring against a bar to finer and finer "
    "contrasts. Bottom row: what five units of the linear autoencoder draw, mixed patterns of similar "
    "coarseness, none of which is one of the principal directions.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Blue is negative, red is positive. The principal directions (PC) go from coarse to fine. The units are mixtures; none of these five is the first direction.
#
# The loss asks for no more. Mix the code by any invertible matrix $\mathbf{A}$ and let the decoder undo it: $\mathbf{V}\mathbf{A}^{-1} \cdot \mathbf{A}\mathbf{h} = \mathbf{V}\mathbf{h}$.
# The reconstruction is the same, with other units. How close do our units come to the principal directions?


# %%
def closest_cosine(columns):
    """Mean cosine between each column and the principal direction closest to it."""
    unit_length = columns / np.linalg.norm(columns, axis=0)
    return np.abs(directions.T @ unit_length).max(axis=0).mean()


mixtures = [directions @ rng.normal(size=(10, 10)) for _ in range(1000)]
random_mixture = np.mean([closest_cosine(mixture) for mixture in mixtures])
print(f"units {closest_cosine(columns):.2f}, random mixtures {random_mixture:.2f}")
claim(
    "The units of a linear autoencoder are not the principal components: the mean "
    "cosine between a unit's weights and the closest direction is far below 1.",
    closest_cosine(columns),
    at_most=0.8,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The units come no closer to the principal directions than random mixtures do. [A deeper notebook](deeper/01_weight_decay.ipynb) shows what weight decay changes in that.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The weakness: straight lines only
#
# A point on a ring needs one number, its angle. That number is not linear in the point.

# %% [markdown] slideshow={"slide_type": "notes"}
# The next network has one code unit too, but also hidden layers of
# rectified units (`relu`) before and after it. It learns from 1,000 points of a noisy ring; 1,000 others are for testing.
#
# **Predict first:** what can PCA draw with one component, and what can this network draw with one unit?

# %%
angle = rng.uniform(0, 2 * np.pi, (2, 1000))
noise = rng.normal(0, 0.05, (2, 1000, 2))
on_circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
ring, ring_test = (on_circle + noise).astype("float32")


def bent():
    return aekit.dense_autoencoder(
        2, 1, hidden=(64, 64), code_activation="linear", output_activation="linear"
    )


curve = train(bent, ring, epochs=30, batch_size=50, rate=0.02, loss="mse", seed=seed)

# %% tags=["tolerance-0.5"]
ring_pca = PCA(1).fit(ring)
straight = ring_pca.inverse_transform(ring_pca.transform(ring_test))
straight_error = squared_error(ring_test, straight).mean()
curve_error = squared_error(ring_test, curve.reconstruct(ring_test)).mean()
print(f"squared error: PCA {straight_error:.3f}, non-linear {curve_error:.3f}")
claim(
    "One non-linear code unit rebuilds a ring with less than a fifth of the error "
    "of one principal component.",
    curve_error / straight_error,
    at_most=0.2,
    source="lecture, section 1",
)

# %% tags=["hide-input", "tolerance-0.2"]
around = np.linspace(0, 2 * np.pi, 5001)
circle = np.stack([np.cos(around), np.sin(around)], axis=1).astype("float32")
ring_code = curve.encode(circle)[:, 0]
sweep = np.linspace(ring_code.min(), ring_code.max(), 500, dtype="float32")[:, None]
worst = np.sqrt(squared_error(circle, curve.reconstruct(circle)).max())
figure, axes = plt.subplots(1, 3, figsize=(7.5, 3.1))
paths = {"PCA, 1 component": straight, "Non-linear, 1 unit": curve.decode(sweep)}
for axis, (title, path), color in zip(axes, paths.items(), (1, 0), strict=False):
    axis.plot(*ring.T, ".", color="#AAAAAA", markersize=3)
    axis.plot(*path.T, color=plots.COLORS[color], linestyle="-")
    axis.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
    axis.set_title(title, fontsize=12)
    axis.set_aspect("equal")
axes[2].plot(np.degrees(around), ring_code, color=plots.COLORS[0])
axes[2].set(xlabel="angle (degrees)", ylabel="code", xticks=range(0, 361, 90))
axes[2].set_title("The code has a cut", fontsize=12)
axes[1].set_ylabel("")
for axis in axes:
    axis.tick_params(labelsize=10)
plots.show(
    figure,
    alt="Left: a noisy ring of points and PCA's reconstructions, a straight segment through its middle. "
    "Centre: the reconstructions of the non-linear autoencoder, a curve that follows the ring almost all "
    "the way round. Right: its code against the angle on the ring, gradual over most of the ring and very "
    "steep in one place, the cut.",
)
print(f"largest error on the circle without noise: {worst:.2f} radii")

# %% [markdown] slideshow={"slide_type": "notes"}
# PCA draws a line through the middle and loses half of the ring's variance. The non-linear decoder draws a curve that follows the ring. But its code
# has a cut, where it runs back from its largest value to its smallest. There a point can be rebuilt about a diameter away. No training removes
# the cut: a continuous code gives the same value to some pair of opposite points.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Non-linear: ten numbers, a lower error
#
# 784 → 256 → 128 → **10** → 128 → 256 → 784, with `relu` in the hidden layers

# %% [markdown] slideshow={"slide_type": "notes"}
# Two controls show whether depth or non-linearity helps, and where:
#
# - **deep, no activations:** the same layers, all linear;
# - **sigmoid code, linear decoder:** one layer on each side, with a non-linear code. Bourlard and Kamp (1988) proved that it gains nothing: its outputs lie in a flat space.
#
# The deep network's outputs lie between 0 and 1, as pixels do. PCA's do not, so PCA gets a second row, clipped to that range.
#
# **Predict first:** which rows of the table will have PCA's error?


# %%
def ten_units(name, epochs, batch_size, rate, **design):
    return train(
        lambda: aekit.dense_autoencoder(784, 10, **design),
        x_train,
        epochs=epochs,
        batch_size=batch_size,
        rate=rate,
        loss="mse",
        seed=seed,
        stored=name,
        retrain=retrain,
    )


flat = {"code_activation": "linear", "output_activation": "linear"}
widths = {"hidden": (256, 128)}
all_linear = ten_units(
    "01_flat", 10, 500, 0.003, **widths, **flat, hidden_activation="linear"
)
sigmoid_code = ten_units("01_sigmoid_code", 10, 500, 0.03, output_activation="linear")
deep = ten_units("01_deep", 30, 250, 0.003, **widths, code_activation="linear")

# %%
error, drawn = {}, {}


def add_row(name, rebuilt):
    error[name] = squared_error(x_test, rebuilt).mean()
    drawn[name] = rebuilt[examples]
    print(f"{name:30} {error[name]:5.2f}   share {error[name] / errors[0]:4.0%}")


add_row("mean image", np.broadcast_to(pca.mean_, x_test.shape))
add_row("PCA", pca_reconstruct(x_test, 10))
add_row("PCA, clipped", pca_reconstruct(x_test, 10).clip(0, 1))
add_row("linear autoencoder", linear.reconstruct(x_test))
add_row("sigmoid code, linear decoder", sigmoid_code.reconstruct(x_test))
add_row("deep, no activations", all_linear.reconstruct(x_test))
add_row("deep autoencoder", deep.reconstruct(x_test))

# %% [markdown] slideshow={"slide_type": "notes"}
# Depth alone brings nothing: its row is PCA's. The sigmoid code with a linear decoder gains nothing either, and comes within 1 % of PCA. With non-linear layers before and after the code the error falls to less than half of PCA's.

# %%
claim(
    "A deep autoencoder with ten code units has a lower test error than PCA with ten "
    "components, clipped to [0, 1]: at most half of it.",
    error["deep autoencoder"] / error["PCA, clipped"],
    at_most=0.5,
    source="lecture, section 2",
)
claim(
    "Without its activation functions the same deep autoencoder has PCA's error.",
    error["deep, no activations"] / error["PCA"],
    at_least=0.99,
    at_most=1.01,
    source="lecture, section 2",
)
claim(
    "A sigmoid code with a linear decoder gains nothing over PCA.",
    error["sigmoid code, linear decoder"] / error["PCA"],
    at_least=0.995,
    source="Bourlard and Kamp (1988)",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ten digits, each from ten numbers
#
# Can the difference be seen?

# %% tags=["hide-input", "cover"]
chosen = ("PCA", "linear autoencoder", "deep autoencoder")
rows = {"test image": x_test[examples]} | {name: drawn[name] for name in chosen}
figure = plots.image_rows(rows, size=0.52)
plots.show(
    figure,
    alt="Ten test digits and three rows of reconstructions from ten numbers. The rows of PCA and of the "
    "linear autoencoder look the same, grey and blurred. The digits of the deep autoencoder are sharper, "
    "but for a smeared 2.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The rows of PCA and of the linear autoencoder look the same. The strokes of the deep autoencoder are sharper, except in the 2, which it smears. No row keeps the gap at the top of the 0.
#
# This has a price. PCA has no seed and no learning rate, and one fit gives every code size. So PCA comes first, as the baseline that an autoencoder has to beat.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The answer
#
# An autoencoder without non-linearity learns the subspace of PCA, and no more.

# %% [markdown] slideshow={"slide_type": "notes"}
# - It has PCA's error and spans PCA's subspace. Its units are mixtures of the principal directions.
# - Both draw only flat spaces. Non-linear layers after the code bend them: with ten numbers a digit, the error is much lower.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Run the cell below first. You need nothing else of the lesson than its imports and its parameters.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
v_shape = np.linspace(-1, 1, 201)
v_points = np.stack([v_shape, np.abs(v_shape)], axis=1)


@exercise("01.1", expects="a number, the mean squared distance")
def _(answer):
    answer = float(answer)
    if abs(answer - 23) < 0.01:
        return "This is the sum over the five points. Take the mean."
    if abs(answer - 9.4) < 0.01:
        return "This is the variance along the line. How far are the points from it?"
    if abs(answer - 4.6) > 0.011:
        return (
            "For each point: squared distance from the mean = squared position along "
            "the line + squared distance from the line. (1, 1) does not have length 1."
        )


@exercise("01.2", expects="five points, an array or a list of shape (5, 2)")
def _(answer):
    given = np.asarray(answer, dtype=float)
    if given.shape != (5, 2):
        return f"Five points have shape (5, 2). Received: {given.shape}."
    if not np.isfinite(given).all() or len(np.unique(given, axis=0)) < 5:
        return "The five points must be five different ones."
    values, vectors = np.linalg.eigh(np.cov(given.T))
    share = values[0] / values.sum()
    turned = np.degrees(np.arccos(min(1, abs(vectors[:, 1] @ [0.6, 0.8]))))
    if turned > 1:
        return f"Your first principal direction is {turned:.0f} degrees from (3, 4)."
    if abs(share - 0.1) > 0.005:
        return (
            f"The direction is right. One component loses {share:.1%} of the variance, "
            "not 10 %. Change the distances from the line, not the positions along it."
        )


@exercise(
    "01.3", expects="(E, D, F), three matrices of shapes (2, 1), (1, 2) and (2, 2)"
)
def _(answer):
    E, D, F = (np.asarray(matrix, dtype=float) for matrix in answer)
    if (E.shape, D.shape, F.shape) != ((2, 1), (1, 2), (2, 2)):
        return f"The shapes must be (2, 1), (1, 2), (2, 2). Received: {E.shape}, {D.shape}, {F.shape}."
    rebuilt = np.maximum(v_points @ E @ D, 0) @ F
    wrong = np.abs(rebuilt - v_points).max(axis=1)
    for t, arm in ((0.5, "right"), (-0.5, "left")):
        i = np.abs(v_points[:, 0] - t).argmin()
        if wrong[i] > 1e-6:
            seen = ", ".join(f"{value:.2f}" for value in rebuilt[i])
            return (
                f"On the {arm} arm, ({t}, 0.5) comes back as ({seen}). "
                "Which hidden unit is above 0 there, and what does its row of F draw?"
            )
    if wrong.max() > 1e-6:
        return "Some points of the V do not come back as they were."


@exercise(
    "01.4", expects="a function: find(kernel, code) gives an array of shape (k, pixels)"
)
def _(find):
    random = np.random.default_rng(4)
    true = np.linalg.qr(random.normal(size=(30, 4)))[0].T  # (4, 30)
    components = random.normal(size=(4000, 4)) * [4, 3, 2, 1]
    A = random.normal(size=(4, 4))
    code = components @ A + random.normal(size=4) * 5
    kernel = np.linalg.inv(A) @ true
    found = find(kernel.copy(), code.copy())
    if found is None:
        return "Your function returns None."
    found = np.asarray(found, dtype=float)
    if found.shape != true.shape:
        return f"The directions must have shape {true.shape} here. Received: {found.shape}."
    if not np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4):
        return "Principal directions have length 1."
    if np.linalg.norm(found @ true.T, axis=1).min() < 0.99:
        return "A direction lies outside the space that the decoder's rows span."
    cosines = np.abs(found @ true.T)
    if np.diag(cosines).min() > 0.98:
        return None
    if np.sort(cosines.max(axis=0)).min() > 0.98:
        return "These are the directions, but not with the largest variance first."
    return (
        "Your vectors span the subspace, but are not its principal directions. The variance "
        "of what the decoder draws depends on the code too, and is taken around the mean."
    )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. Another line.** What is the mean squared distance of the lesson's five points from the line through their mean in the direction (1, 1)? The points are (1, 4), (5, 1),
# (6, 4), (9, 3), (9, 8), with the mean (6, 4). Use pencil and paper.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
mean_squared_distance = ...  # a number
check("01.1", mean_squared_distance)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Centred, the points are (-5, 0), (-1, -3), (0, 0), (3, -1), (3, 4). The position along (1, 1) is
# (x + y) / sqrt(2), its mean square (25 + 16 + 0 + 4 + 49) / 2 / 5 = 9.4. The mean squared distance
# from the mean is (44 + 26) / 5 = 14. By Pythagoras 14 - 9.4 is left: more than the 4 of PCA's line.
assert check("01.1", 14 - 9.4)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. Construct five points.** Find five different points of the plane such that their first principal direction is (3, 4), up to length and sign, and such that PCA with
# one component loses 10 % of their variance.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
five_points = ...  # five pairs of numbers
check("01.2", five_points)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Three units of length 5 along (3, 4), to both sides, and one unit along (-4, 3), which is at right
# angles to it, to both sides. The sums of squares are 18 units along and 2 across: 2 / 20 = 10 %.
assert check("01.2", [[9, 12], [-9, -12], [-4, 3], [4, -3], [0, 0]])

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. A V by hand.** Construct an autoencoder with one code unit that rebuilds the letter V exactly, the points $(t, |t|)$ with $-1 \le t \le 1$. One principal component loses a fifth of their variance. The
# code is $h = \mathbf{x} E$, two hidden units are $\mathrm{relu}(h D)$, the output is $\mathrm{relu}(h D) F$, without biases. A point $\mathbf{x}$ is a row, so $E$ has
# the shape (2, 1), $D$ (1, 2) and $F$ (2, 2).

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
weights = ...  # (E, D, F), three lists of rows
check("01.3", weights)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The code is t, a linear one. The first hidden unit is above 0 on the right arm, the second on the
# left. Each draws one arm: (1, 1) and (-1, 1). The bend is in the decoder, where it has to be.
assert check("01.3", ([[1], [0]], [[1, -1]], [[1, 1], [-1, 1]]))

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Find the components.** Write a function that finds the principal directions of the data from what a linear autoencoder has learnt, whose units are mixtures of them. It takes
# `kernel`, the decoder's weights of shape (k, pixels), and `code`, the codes of the training images, of shape (n, k). It returns an array of shape (k, pixels), a direction of
# length 1 in each row, the one with the largest variance first.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
find = ...  # a function: find(kernel, code)
check("01.4", find)


# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The reconstructions, without the decoder's bias, are code @ kernel. They lie in PCA's subspace and
# are PCA's own reconstructions, so their principal directions are those of the data.
def find_directions(kernel, code):
    return PCA(len(kernel)).fit(code @ kernel).components_


assert check("01.4", find_directions)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# Lesson 02, The traditional autoencoder, builds one layer by layer and asks what it is good for.

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - K. Pearson, *On lines and planes of closest fit to systems of points in space*, 1901.
# - H. Bourlard and Y. Kamp, *Auto-association by multilayer perceptrons and singular value decomposition*, Biological Cybernetics, 1988.
# - P. Baldi and K. Hornik, *Neural networks and principal component analysis: learning from examples without local minima*, Neural Networks, 1989.
# - G. Hinton and R. Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science, 2006.
