# %% [markdown] slideshow={"slide_type": "slide"}
# # The denoising autoencoder
#
# A network gets a spoilt image and must give back the clean one. **What must it know to undo the noise?**
#
# **What you will learn**
#
# - where the best answer to a noisy point lies;
# - the denoising objective, and three corruptions;
# - what a denoising autoencoder does better than a plain one, and what worse;
# - how a convolutional one removes heavy noise.
#
# **The lecture's part:** section 5, denoising.
#
# **Before this lesson:** lessons 02 (the traditional autoencoder) and 06 (the convolutional one).
#
# **Time:** about 30 minutes, exercises apart

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.touch import Touch
from aekit.training import train
import keras
from keras import layers
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import median_filter
from sklearn.decomposition import PCA

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_test=2_000, flatten=True)
mean_image = x_train.mean(axis=0)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them all again
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Geometry: back to the manifold
#
# Noise moves a point off the data. The best answer to a noisy point $\tilde{x}$ is the *mean* of its possible origins: $\mathbb{E}[x \mid \tilde{x}]$.


# %% [markdown] slideshow={"slide_type": "notes"}
# Digits lie near a thin, bent sheet in the space of all images, a **manifold**. Here is one in two dimensions: three quarters of a circle. Gaussian noise with
# $\sigma = 0.2$ moves points off it.
#
# From $\tilde{x}$ alone one cannot know $x$. The squared error is least for the mean of all candidates, each weighted by how likely it became
# $\tilde{x}$: $\exp(-\lVert \tilde{x} - x \rVert^2 / 2 \sigma^2)$.
#
# **Predict first:** draw the arrow from a point outside the circle to its best answer, and from one inside.


# %%
rng, sigma = np.random.default_rng(seed), 0.2


def ring(n):
    """Points on three quarters of a circle."""
    angle = rng.uniform(-np.pi / 4, 5 * np.pi / 4, n)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype("float32")


def mean_of_origins(noisy, data, sigma):
    """E[x | x~], where each row of `data` is equally frequent."""
    squared = np.sum((noisy[:, None] - data) ** 2, axis=-1)
    nearest = squared.min(axis=1, keepdims=True)
    weight = np.exp((nearest - squared) / (2 * sigma**2))
    return weight @ data / weight.sum(axis=1, keepdims=True)


data, points = ring(2_000), ring(1_000)
noisy_points = (points + sigma * rng.normal(size=points.shape)).astype("float32")
best = mean_of_origins(noisy_points, data, sigma)


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
line = np.stack([np.linspace(-1.3, 1.3, 2_000), np.zeros(2_000)], axis=1)
grid = np.stack(np.meshgrid(*[np.linspace(-1.5, 1.5, 17)] * 2), axis=-1)
grid = grid.reshape(-1, 2).astype("float32")


def draw_field(axis, answer, shape, title):
    """Arrows from a grid of points towards `answer`, drawn at 0.6 of their length."""
    near = np.min(np.sum((grid[:, None] - shape) ** 2, axis=-1), axis=1) < 0.65**2
    start = grid[near]
    arrows = answer(start) - start
    axis.scatter(*shape.T, s=5, color=plots.COLORS[0], linewidths=0)
    axis.quiver(
        *start.T,
        *(0.6 * arrows).T,
        np.linalg.norm(arrows, axis=1),
        cmap="plasma",
        clim=(0, 0.8),
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.006,
    )
    frame(axis, title)


def frame(axis, title):
    axis.set(aspect="equal", xlim=(-1.7, 1.7), ylim=(-1.7, 1.7))
    axis.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axis.set_title(title, fontsize=12)


# %% tags=["hide-input", "cover"]
figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.1))
axes[0].scatter(*data.T, s=5, color=plots.COLORS[0], linewidths=0)
before = {"s": 12, "color": plots.COLORS[1], "linewidths": 0, "alpha": 0.8}
after = {"s": 14, "color": plots.COLORS[2], "linewidths": 0, "marker": "^"}
axes[0].scatter(*noisy_points[:300].T, label=r"noisy $\tilde{x}$", **before)
axes[0].scatter(*best[:300].T, label=r"$\mathbb{E}[x \mid \tilde{x}]$", **after)
axes[0].legend(loc="lower center", fontsize=11, ncols=2, columnspacing=0.8)
frame(axes[0], "Noisy points, best answers")
draw_field(
    axes[1],
    lambda at: mean_of_origins(at, data, sigma),
    data[::4],
    r"The arrows $\mathbb{E}[x \mid \tilde{x}] - \tilde{x}$",
)
plots.show(
    figure,
    alt="Left: three quarters of a circle, a cloud of noisy points around it, and the best answers, "
    "which lie on the circle or a little inside. Right: arrows around the same curve; from inside "
    "and from outside they point to it, longer where they start farther away.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# From both sides the arrows point back to the data. The best answers lie a little *inside* the circle, since they are means of points on a curve.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The arrow points uphill
#
# $$\mathbb{E}[x \mid \tilde{x}] - \tilde{x} = \sigma^2 \, \nabla \log p(\tilde{x})$$
#
# Here $p$ is the density of the *noisy* points; $\nabla \log p$ is called the **score** [1, 2]. So the arrow points to where noisy data are dense.

# %% [markdown] slideshow={"slide_type": "notes"}
# With a pencil: $x$ is $-1$ or $1$ with equal chance, and $\sigma = 1$. Then the best answer is $\tanh \tilde{x}$: to $0$ it is $0$,
# to $2$ it is $0.96$.
#
# Diffusion models follow such arrows, step by step, from pure noise to an image.


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
at = np.array([[-2.0], [-0.5], [0.0], [1.5]])
by_formula = mean_of_origins(at, np.array([[-1.0], [1.0]]), sigma=1.0)
verify("The pencil's example.", np.abs(by_formula - np.tanh(at)).max(), at_most=1e-6)


def log_density(at):
    squared = np.sum((at[:, None] - data.astype(float)) ** 2, axis=-1)
    return np.log(np.exp(-squared / (2 * sigma**2)).sum(axis=1))


here = noisy_points[:100].astype(float)
slope = [
    (log_density(here + step) - log_density(here - step)) / 2e-4
    for step in 1e-4 * np.eye(2)
]
verify(
    "The arrow is the score times the variance of the noise.",
    np.abs(sigma**2 * np.transpose(slope) - (best[:100] - here)).max(),
    at_most=1e-4,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A network learns the arrows
#
# It sees points with new noise each time; only the loss sees the clean ones.


# %% [markdown] slideshow={"slide_type": "notes"}
# We train it here, in seconds. Its layer `corruption` puts noise on the input; the loss compares with the clean point.
#
# Beside it stand the best answers for *other data*, a straight line, under the same noise. **Predict first:** do they lower the error of our points?


# %%
def small():
    return aekit.dense_autoencoder(
        2,
        64,
        hidden=(64,),
        hidden_activation="tanh",
        code_activation="tanh",
        output_activation="linear",
        corruption=aekit.GaussianCorruption(sigma, clip=None),
    )


denoiser = train(small, data, epochs=30, rate=0.01, loss="mse", seed=seed)
answers = {
    "no denoising": noisy_points,
    "best answers": best,
    "network": denoiser.reconstruct(noisy_points),
    "best for a line": mean_of_origins(noisy_points, line, sigma),
}

# %% tags=["tolerance-0.2"]
plane_error = {}
for name, answer in answers.items():
    plane_error[name] = metrics.squared_error(points, answer).mean()
    share = metrics.error_share(points, answer, data.mean(axis=0))
    print(f"{name:15} error {plane_error[name]:.3f}, {share:4.0%} of the mean point's")

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.1))
draw_field(axes[0], denoiser.reconstruct, data[::4], "Learnt from the circle")
draw_field(
    axes[1],
    lambda at: mean_of_origins(at, line, sigma),
    line[::4],
    "Same noise, other data",
)
plots.show(
    figure,
    alt="Two fields of arrows. Left, learnt by the network: from inside and outside the arrows point "
    "to three quarters of a circle, as the best ones do. Right, the best arrows for data on a "
    "straight line: they point to the line, beyond its ends slanted inward.",
    touch=Touch(
        "origins",
        data={"the circle": data, "a line": line},
        encoder=denoiser.encoder,
        decoder=denoiser.decoder,
        learnt={"name": "the circle", "sigma": sigma},
    ),
)

# %% tags=["hide-input", "tolerance-0.2"]
missed = np.sum((answers["network"] - best) ** 2) / np.sum((best - noisy_points) ** 2)
claim(
    "In the plane a denoising autoencoder learns the arrows to the mean of the possible origins "
    "(share of their squared length that it misses).",
    missed,
    at_most=0.05,
    unit="%",
    source="Vincent (2011); Alain and Bengio (2014)",
)
away = {
    name: np.sqrt(np.min(np.sum((p[:, None] - data) ** 2, axis=-1), axis=1)).mean()
    for name, p in answers.items()
}
claim(
    "In the plane a denoising autoencoder moves noisy points back to the data (mean distance to the "
    "nearest data point, after over before).",
    away["network"] / away["no denoising"],
    at_most=0.3,
    source="lecture, section 5",
)
claim(
    "The best denoiser of one data set can raise the error of another one under the same noise "
    "(ratio to no denoising).",
    plane_error["best for a line"] / plane_error["no denoising"],
    at_least=2,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The network comes close to the best answers; only where noisy points are rare, as in the gap at the bottom, its arrows are off. The best answers for a
# line raise the error, though the noise is the same. Knowing the noise is not enough.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Undo, do not copy
#
# $$\min_{f, g} \; \mathbb{E}_{x, \tilde{x}} \left[ L(x, g(f(\tilde{x}))) \right], \qquad \tilde{x} \sim C(\cdot \mid x)$$
#
# The network sees $\tilde{x}$, a copy of $x$ that $C$ corrupted at random; the loss $L$ compares with the *noiseless* $x$.

# %% [markdown] slideshow={"slide_type": "notes"}
# A plain autoencoder minimises $L(x, g(f(x)))$. A network that copies its input now copies the noise too, however wide its code.
#
# The corruption $C$ changes each pixel by itself. The lecture names the first two:
#
# - **Gaussian:** $\tilde{x}_i = x_i + \sigma n_i$ with $n_i \sim \mathcal{N}(0, 1)$, clipped to $[0, 1]$;
# - **masking:** $\tilde{x}_i = 0$ with probability $v$, else $x_i$;
# - **salt and pepper:** with probability $v$ a fair coin makes it 0 or 1.
#
# Masking is not dropout: the pixels that survive keep their value. **Predict first:** which ones change the black ground?

# %%
corruptions = {
    "Gaussian 0.5": aekit.GaussianCorruption(0.5, seed=seed),
    "masking 0.5": aekit.MaskingNoise(0.5, seed=seed),
    "salt, pepper 0.3": aekit.SaltAndPepperNoise(0.3, seed=seed),
}
corrupted = {name: layer.corrupt(x_test) for name, layer in corruptions.items()}

# %% tags=["hide-input"]
rows = {"clean": x_test} | corrupted
shown = {name: images[:10] for name, images in rows.items()}
plots.show(
    plots.image_rows(shown, "Three ways to spoil a digit", size=0.56),
    alt="Ten clean digits, and the same under three corruptions. Gaussian noise covers the whole "
    "picture with grey grain; masking makes black holes in the strokes and leaves the ground "
    "black; salt and pepper puts white dots on the ground and black ones into the strokes.",
)
x = np.array([[0.0, 0.0, 0.2, 0.6, 1.0, 1.0]], "float32")
n = keras.random.normal(x.shape, seed=keras.random.SeedGenerator(6))
u = keras.random.uniform(x.shape, seed=keras.random.SeedGenerator(6))
n, u = keras.ops.convert_to_numpy(n), keras.ops.convert_to_numpy(u)
for layer, by_hand in {
    aekit.GaussianCorruption(0.5, seed=6): np.clip(x + 0.5 * n, 0, 1),
    aekit.MaskingNoise(0.5, seed=6): np.where(u < 0.5, 0, x),
    aekit.SaltAndPepperNoise(0.5, seed=6): np.where(
        u < 0.25, 0, np.where(u < 0.5, 1, x)
    ),
}.items():
    off = np.abs(layer.corrupt(x) - by_hand).max()
    verify(f"{type(layer).__name__} is its formula.", off, at_most=1e-6)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Plain and denoising, side by side
#
# Two networks, 784-256-784, differ in one argument. 2,000 test images: clean, and with half of the pixels masked.


# %% [markdown] slideshow={"slide_type": "notes"}
# The decoder uses the encoder's weights, transposed (`tied`). The error is always against the *clean* image.
#
# **Predict first:** four errors. Which network is better on which images?


# %%
def network(corruption=None):
    return aekit.dense_autoencoder(784, 256, tied=True, corruption=corruption)


def masked():
    return network(aekit.MaskingNoise(0.5))


recipe = {
    "epochs": 30,
    "batch_size": 250,
    "seed": seed,
    "retrain": profile == "full",
}
plain = train(network, x_train, stored="08_plain", **recipe)
denoising = train(masked, x_train, stored="08_masking_0.5", **recipe)

half = corrupted["masking 0.5"]

# %%
error, redrawn = {}, {}
for kind, images in {"clean": x_test, "half lost": half}.items():
    redrawn |= {("input", kind): images}
    redrawn |= {("plain", kind): plain.reconstruct(images)}
    redrawn |= {("denoising", kind): denoising.reconstruct(images)}
for (name, kind), images in redrawn.items():
    error[name, kind] = metrics.squared_error(x_test, images).mean()
    share = metrics.error_share(x_test, images, mean_image)
    print(
        f"{kind:9} {name:9} error {error[name, kind]:5.2f}, {share:4.0%} of the mean's"
    )

# %% tags=["hide-input"]
shown = {}
for (name, kind), pictures in redrawn.items():
    end = "" if kind == "clean" else " "  # no two labels may be the same
    shown[kind if name == "input" else f"→ {name}{end}"] = pictures[:10]
plots.show(
    plots.image_rows(shown, "What goes in, and what comes out", size=0.56),
    alt="Six rows of ten digits. Clean digits and what the plain and the denoising network make of "
    "them: good copies by the plain one, bolder ones by the other. Digits with half of their pixels masked: the plain network draws them "
    "with gaps and grey spots, the denoising network draws whole strokes.",
)
ink = redrawn["denoising", "clean"].mean() / x_test.mean()
print(f"clean digits, drawn by the denoising network: {ink:.2f} times the brightness")
claim(
    "On digits with half of the pixels masked, a denoising autoencoder has a lower error than a "
    "plain one (ratio).",
    error["denoising", "half lost"] / error["plain", "half lost"],
    at_most=0.5,
    source="lecture, section 5",
)
claim(
    "On clean digits a plain autoencoder has a lower error than a denoising one (ratio).",
    error["plain", "clean"] / error["denoising", "clean"],
    at_most=0.5,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Each network is better at what it was trained for. The denoising network pays for it on clean digits: more than four times the error of the plain one. It
# draws them too bright: it adds ink, though none is missing.


# %% [markdown] slideshow={"slide_type": "slide"}
# ### The process, step by step
#
# $x \to \tilde{x} \to h = f(\tilde{x}) \to \hat{x} = g(h)$, and $\hat{x}$ is compared with $x$, not with $\tilde{x}$.
#
# Where the holes were, the stroke is closed again. (The order of the units in the square of $h$ means nothing.)

# %% tags=["hide-input"]
one, spoilt = x_test[:1], half[:1]
h = denoising.encode(spoilt)  # (1, 256), drawn as a square
x_hat = denoising.decode(h)
steps = ["$x$", r"$\tilde{x}$", r"$h$", r"$\hat{x}$", r"$\hat{x} - x$"]
between = ["corrupt", "encode", "decode", "compare\nwith $x$"]
figure, axes = plt.subplots(1, 9, figsize=(7.5, 1.6), width_ratios=[2, 1.2] * 4 + [2])
pictures = (one, spoilt, h, x_hat, x_hat - one)
for axis, picture, step in zip(axes[::2], pictures, steps, strict=True):
    side = round(picture.size**0.5)
    axis.set_title(step, loc="center")
    if step == steps[-1]:
        axis.imshow(picture.reshape(side, side), cmap="RdBu_r", vmin=-1, vmax=1)
        axis.axis("off")
    else:
        plots.draw_image(axis, picture.reshape(side, side))
for axis, word in zip(axes[1::2], between, strict=True):
    arrow = {"arrowstyle": "->", "lw": 2}
    axis.annotate(
        "", (1.1, 0.42), (-0.1, 0.42), arrowprops=arrow, annotation_clip=False
    )
    axis.text(0.5, 0.52, word, ha="center", va="bottom", fontsize=10)
    axis.set(xlim=(0, 1), ylim=(0, 1))
    axis.axis("off")
plots.show(
    figure,
    alt="Five pictures joined by arrows: a clean 7; the same with half of its pixels black; its code "
    "of 256 units as a square of greys; the reconstruction, a whole 7; and the difference between "
    "reconstruction and clean digit, pale except at the edges of the strokes.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fresh noise at every step
#
# The objective asks for a new $\tilde{x}$ each time an $x$ is seen. What if the noise is drawn once, before training?


# %% [markdown] slideshow={"slide_type": "notes"}
# In the plane, one network sees the same 40 noisy points again and again, the other new noise each time. The first one learns its noise by
# heart; on new points and noise the other one is ahead. aekit's corruption layers draw anew in each training step.


# %% tags=["hide-input"]
few = data[:40]
drawn_once = (few + sigma * rng.normal(size=few.shape)).astype("float32")
many, many_once = np.repeat(few, 25, axis=0), np.repeat(drawn_once, 25, axis=0)


def without_layer():
    model = small()
    return aekit.Autoencoder(model.encoder, model.decoder)


long = {"epochs": 40, "batch_size": 40, "rate": 0.01, "loss": "mse"}
long |= {"seed": seed, "retrain": profile == "full"}
by_once = train(without_layer, many_once, many, stored="08_once", **long)
by_fresh = train(small, many, stored="08_fresh", **long)

on_new = {}
for name, model in {"once": by_once, "fresh": by_fresh}.items():
    own = metrics.squared_error(few, model.reconstruct(drawn_once)).mean()
    on_new[name] = metrics.squared_error(points, model.reconstruct(noisy_points)).mean()
    print(
        f"{name:6} on that noise {own:.3f}, on new points and noise {on_new[name]:.3f}"
    )
claim(
    "A denoiser trained with noise that was drawn once has a higher error on new points and "
    "noise than one trained with fresh noise (ratio).",
    on_new["once"] / on_new["fresh"],
    at_least=1.1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## No single feature can be trusted
#
# We erase one bright pixel of each test image. How much darker does a network draw *that* pixel? **Predict first:** does the plain one draw it black?

# %% [markdown] slideshow={"slide_type": "notes"}
# A denoiser learns the correlations between features. With a pencil: two inputs have variances 1 and correlation 0.8; $\Sigma$ is their covariance. The best
# linear answer is $\hat{x} = \tilde{x} M$ with $M = (\Sigma + \sigma^2 I)^{-1} \Sigma$. Without noise
# $M$ is the identity: each output uses its own input alone. With $\sigma = 1$ it uses 0.40 of its own input and 0.24 of the *other* one.

# %%
each = np.arange(len(x_test))
random = np.random.default_rng(seed).random(x_test.shape, dtype="float32")
bright = np.argmax(random * (x_test > 0.9), axis=1)  # one bright pixel of each image
erased = x_test.copy()
erased[each, bright] = 0

darker = {}
for name, model in {"plain": plain, "denoising": denoising}.items():
    with_it = model.reconstruct(x_test)[each, bright].mean()
    without_it = model.reconstruct(erased)[each, bright].mean()
    darker[name] = 1 - without_it / with_it
    print(f"{name:9} drawn {with_it:.2f}, erased {without_it:.2f}", end=", ")
    print(f"{darker[name]:.0%} darker")

# %% tags=["hide-input"]
covariance = np.array([[1.0, 0.8], [0.8, 1.0]])
by_hand = {0.0: np.eye(2), 1.0: np.array([[0.405, 0.238], [0.238, 0.405]])}
pairs = rng.multivariate_normal([0, 0], covariance, 200_000)
for noise, M in by_hand.items():
    formula = np.linalg.inv(covariance + noise**2 * np.eye(2)) @ covariance
    verify("M by hand is the formula.", np.abs(M - formula).max(), at_most=1e-3)
    fitted = np.linalg.lstsq(pairs + noise * rng.normal(size=pairs.shape), pairs)[0]
    verify("Least squares find M.", np.abs(fitted - M).max(), at_most=0.02)
claim(
    "Erasing one bright pixel darkens its reconstruction less in a denoising autoencoder than in a "
    "plain one (ratio).",
    darker["denoising"] / darker["plain"],
    at_most=0.3,
    source="lecture, section 5",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Even the plain network does not draw it black. The denoising one hardly misses it.


# %% [markdown] slideshow={"slide_type": "slide"}
# ### What single units look for
#
# The weights of 24 units of each network, times the spread of their pixels. Red: ink speaks for the unit; blue: against it.

# %% tags=["hide-input"]
spread = x_train[:10_000].std(axis=0)
filters = {
    name: model.encoder.layers[-1].get_weights()[0].T * spread
    for name, model in {"plain": plain, "denoising": denoising}.items()
}
shown = {
    f"{name}{end}": weights[start : start + 12]
    for name, weights in filters.items()
    for start, end in ((0, ""), (12, " "))
}
figure, axes = plt.subplots(4, 12, figsize=(7.5, 2.9))
for row, (name, weights) in zip(axes, shown.items(), strict=True):
    for axis, weight in zip(row, weights, strict=True):
        plots.draw_image(axis, weight.reshape(28, 28), symmetric=True)
    if not name.endswith(" "):
        row[0].set_title(name, fontsize=12)
plots.show(
    figure,
    alt="Small pictures of weights in blue and red, two rows of twelve for each network. Plain: "
    "most are patchworks of spots all over the place of the digit. Denoising: about half of the units have one "
    "compact blob or a piece of a stroke and little else; the others are patchworks too.",
)
place = np.indices((28, 28)).reshape(2, -1).T
radius = {}
for name, weights in filters.items():
    energy = weights**2 / np.sum(weights**2, axis=1, keepdims=True)
    variance = energy @ place**2 - (energy @ place) ** 2  # down and across
    of_units = np.sqrt(variance.sum(axis=1))
    radius[name] = np.median(of_units)
    print(f"{name:9} median radius {radius[name]:.1f} pixels", end=", ")
    print(f"below 5 pixels {np.mean(of_units < 5):.0%} of the units")
claim(
    "Masking noise makes the units of an autoencoder more local (median radius of their weights, "
    "over that without noise).",
    radius["denoising"] / radius["plain"],
    at_most=0.85,
    source="Vincent et al. (2010), section 5",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The radius says how far a unit's squared weights lie from their centre. Most plain units are patchworks.
# With noise about half of the units look at one spot or a piece of a stroke.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Features for a classifier
#
# The lecture's use: a robust representation. Which code still works for spoilt digits?


# %% [markdown] slideshow={"slide_type": "notes"}
# We measure the 15-nearest-neighbour accuracy of test codes among the codes of 5,000 *clean* training digits. Beside them stand the raw pixels and an
# untrained network.


# %%
keras.utils.set_random_seed(seed)
codes = {
    "pixels": lambda images: images,
    "untrained": network().encode,
    "plain": plain.encode,
    "denoising": denoising.encode,
}
accuracy = {}
for name, encode in codes.items():
    known = encode(x_train[:5_000]), y_train[:5_000]
    for kind, images in {"clean": x_test, "half lost": half}.items():
        accuracy[name, kind] = metrics.knn_probe(*known, encode(images), y_test)
    print(
        f"{name:10}", *(f"{k} {accuracy[name, k]:.1%}" for k in ("clean", "half lost"))
    )

# %% tags=["hide-input"]
claim(
    "With half of the pixels masked, codes of a denoising autoencoder keep a higher "
    "15-nearest-neighbour accuracy than those of a plain one (difference).",
    accuracy["denoising", "half lost"] - accuracy["plain", "half lost"],
    at_least=0.08,
    unit="points",
    source="lecture, section 5",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With half of the pixels lost, the denoising code loses few points, the plain code many more, and the raw pixels most. The classifier never
# saw a spoilt image; the encoder did. On clean digits the two codes are level.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## The convolutional one, at noise factor 0.5
#
# The lecture's example: a convolutional autoencoder, and Gaussian noise with $\sigma = 0.5$ on every pixel.

# %% [markdown] slideshow={"slide_type": "notes"}
# Its code has $7 \times 7 \times 16 = 784$ numbers, as many as pixels: it could copy, but a copy keeps the noise. Convolutions are slow here, so
# we trained it on 10,000 images for 10 epochs. The slide has 32 filters and 50 epochs:
# `examples/denoising.py` is that, in plain Keras, and its model stands folded below.
#
# It needs rivals. A **median filter** replaces each pixel by the median of its window. **PCA** keeps $k$ components. Window and $k$ are the best
# ones on 1,000 training images. **Predict first:** which removes more noise, the median or PCA?


# %%
def conv():
    noise = aekit.GaussianCorruption(0.5)
    model = aekit.conv_autoencoder(
        filters=(16, 16), downsampling="strides", corruption=noise
    )
    bias = model.decoder.get_layer("reconstruction").bias
    bias.assign(np.full(bias.shape, np.log(0.13 / 0.87)))  # it starts at the mean pixel
    return model


images = x_train[:10_000].reshape(-1, 28, 28, 1)
recipe |= {"epochs": 10, "batch_size": 32, "rate": 0.01}
conv_digits = train(conv, images, stored="08_conv_digits", **recipe)


def by_network(noisy, model=conv_digits):
    return model.reconstruct(noisy.reshape(-1, 28, 28, 1)).reshape(-1, 784)


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
# The same model in plain Keras, from examples/denoising.py.


def autoencoder():
    conv = {"activation": "relu", "padding": "same"}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(32, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),  # the code: 7 x 7 x 32
            layers.Conv2D(32, 3, **conv),
            layers.UpSampling2D(2),
            layers.Conv2D(32, 3, **conv),
            layers.UpSampling2D(2),
            layers.Conv2D(1, 3, activation="sigmoid", padding="same"),
        ]
    )


as_on_the_slide = aekit.conv_autoencoder(filters=(32, 32))
plain_keras = autoencoder()
of_both = [[w.shape for w in m.get_weights()] for m in (plain_keras, as_on_the_slide)]
verify("The weights of both have the same shapes.", of_both[0] == of_both[1])

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
pca = PCA(96, svd_solver="covariance_eigh").fit(x_train[:10_000])
some = x_train[:1_000]
some_noisy = aekit.GaussianCorruption(0.5, seed=seed + 1).corrupt(some)


def by_median(noisy, side):
    windows = (1, side, side)
    return median_filter(noisy.reshape(-1, 28, 28), windows).reshape(-1, 784)


def by_pca(noisy, k):
    code = (noisy - some_noisy.mean(axis=0)) @ pca.components_[:k].T
    return np.clip(pca.mean_ + code @ pca.components_[:k], 0, 1)


def chosen(denoise, settings):
    errors = [
        metrics.squared_error(some, denoise(some_noisy, s)).mean() for s in settings
    ]
    return settings[int(np.argmin(errors))]


side, k = chosen(by_median, (3, 5, 7)), chosen(by_pca, (8, 16, 32, 48, 64, 96))

# %%
clean, noisy = x_test, corrupted["Gaussian 0.5"]
restored = {
    "noisy input": noisy,
    f"median {side} × {side}": by_median(noisy, side),
    f"PCA, {k}": by_pca(noisy, k),
    "network": by_network(noisy),
}
of = {}
for name, pictures in restored.items():
    of[name] = metrics.squared_error(clean, pictures).mean()
    share = metrics.error_share(clean, pictures, mean_image)
    print(f"{name:12} squared error {of[name]:6.2f}, {share:4.0%} of the mean image's")

# %% tags=["hide-input"]
rows = {"clean": clean} | restored
shown = {name: pictures[:10] for name, pictures in rows.items()}
plots.show(
    plots.image_rows(shown, "Noise factor 0.5, and three denoisers", size=0.56),
    alt="Five rows of ten test digits: clean; under heavy grey noise; by the median filter, mottled "
    "grey grounds and ragged strokes; by PCA, blurred digits on a stained ground; and by the "
    "convolutional network, mostly whole digits on a black ground, soft at the edges.",
)
_, _, of_pca, of_network = of.values()
claim(
    "At noise factor 0.5 a convolutional denoising autoencoder removes most of the noise "
    "(its error over that of the noisy input).",
    of_network / of["noisy input"],
    at_most=0.2,
    source="lecture, section 5",
)
claim(
    "At noise factor 0.5 a convolutional denoising autoencoder has a lower error than PCA (ratio).",
    of_network / of_pca,
    at_most=0.7,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The median filter leaves a mottled ground and breaks thin strokes; PCA leaves stains. The network gives mostly whole strokes on black. The
# slide reports 92 % "accuracy" for this example; lesson 06 shows what such a number counts.


# %% [markdown] slideshow={"slide_type": "slide"}
# ### Is it the noise that it knows, or the digits?
#
# As in the plane, a second network learns from other data: 10,000 clothes of Fashion-MNIST. Both then denoise digits and clothes. **Predict first:** on
# digits, is the network of the clothes better than PCA?


# %%
(clothes_train, _), (clothes, _) = datasets.load_fashion_mnist(10_000, 2_000)
clothes_train = clothes_train.reshape(-1, 28, 28, 1)
conv_clothes = train(conv, clothes_train, stored="08_conv_clothes", **recipe)

clothes = clothes.reshape(-1, 784)
noisy_clothes = aekit.GaussianCorruption(0.5, seed=seed).corrupt(clothes)
kinds = {
    "digits": (clean, noisy, mean_image),
    "clothes": (clothes, noisy_clothes, clothes_train.mean(axis=0).reshape(784)),
}
crossed = {}
for test, (target, spoilt, mean) in kinds.items():
    for trained, model in {"digits": conv_digits, "clothes": conv_clothes}.items():
        answer = by_network(spoilt, model)
        crossed[trained, test] = metrics.squared_error(target, answer).mean()
        share = metrics.error_share(target, answer, mean)
        print(f"test {test:7} trained on {trained:7}: ", end="")
        print(f"{crossed[trained, test]:5.2f}, {share:3.0%} of the mean image's")

# %% tags=["hide-input"]
clothes_train = None  # 31 MB
claim(
    "On noisy digits, a denoiser trained on clothes has a higher error than one trained on digits "
    "(ratio).",
    crossed["clothes", "digits"] / crossed["digits", "digits"],
    at_least=1.3,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# On both kinds the right network has about half of the other's error: the data matter. But on digits the wrong network is about as good as PCA of
# digits, so part of what it learnt holds for both kinds.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **To undo noise well, a network must know where the data lie.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - The best answer to a noisy point is the mean of its possible origins.
# - A denoising autoencoder has one argument more than a plain one. It is better on images spoilt as in its training, and worse on clean ones.
# - Its code is more robust to that noise.
#
# The next lesson stacks autoencoders for a classifier.


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Whoever begins here runs the first cells, up to the parameters, and then the next one, which is folded. It gives you `mean_of_origins(noisy, data, sigma)`,
# the convolutional `by_network(noisy)`, `by_median(noisy, side)`, and the 2,000 test digits: `clean`, and `noisy` at noise factor 0.5, both of shape
# `(2000, 784)`.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
clean, noisy = x_test, aekit.GaussianCorruption(0.5, seed=seed).corrupt(x_test)
noise = aekit.GaussianCorruption(0.5, seed=seed + 1)
noisy_train = np.empty((10_000, 784), "float32")
for part in np.split(np.arange(10_000), 10):  # all at once would take 200 MB more
    noisy_train[part] = noise.corrupt(x_train[part])


def mean_of_origins(noisy, data, sigma):
    """E[x | x~], where each row of `data` is equally frequent."""
    squared = np.sum((noisy[:, None] - data) ** 2, axis=-1)
    nearest = squared.min(axis=1, keepdims=True)
    weight = np.exp((nearest - squared) / (2 * sigma**2))
    return weight @ data / weight.sum(axis=1, keepdims=True)


def conv():
    noise = aekit.GaussianCorruption(0.5)
    model = aekit.conv_autoencoder(
        filters=(16, 16), downsampling="strides", corruption=noise
    )
    bias = model.decoder.get_layer("reconstruction").bias
    bias.assign(np.full(bias.shape, np.log(0.13 / 0.87)))
    return model


conv_digits = train(
    conv,
    x_train[:10_000].reshape(-1, 28, 28, 1),
    epochs=10,
    batch_size=32,
    rate=0.01,
    seed=seed,
    stored="08_conv_digits",
)


def by_network(noisy, model=conv_digits):
    return model.reconstruct(noisy.reshape(-1, 28, 28, 1)).reshape(-1, 784)


def by_median(noisy, side):
    windows = (1, side, side)
    return median_filter(noisy.reshape(-1, 28, 28), windows).reshape(-1, 784)


@exercise("08.1", expects="a number: the squared error that is expected")
def _(value):
    value = float(value)
    if abs(value - 0.1) < 1e-3:
        return "That is the mean over the six pixels. The squared error of an image is their sum."
    if abs(value - 0.7) < 1e-3:
        return "A pixel that is lost errs by its square, not by itself."
    if abs(value - 1.8) < 1e-3:
        return "That is what survives. A pixel is lost with probability 0.25."
    if not abs(value - 0.6) <= 1e-3:
        return f"{value:g} is not it. By how much does one lost pixel err, and how often is it lost?"


@exercise("08.2", expects="an array (n, 2): data points in the plane")
def _(chosen):
    chosen = np.asarray(chosen, dtype=float).reshape(-1, 2)
    distance = np.linalg.norm(chosen, axis=1)
    if not np.all(distance < 10):
        return "The points must be finite, and nearer to the origin than 10."
    if distance.min() < 1:
        return f"A point lies {distance.min():.2f} from the origin; at least 1 is asked for."
    if not 0.2 <= np.ptp(distance) <= 1:
        return (
            "The farthest point should be between 0.2 and 1 farther than the nearest."
        )
    x, y = mean_of_origins(np.zeros((1, 2)), chosen, 0.5)[0]
    if np.hypot(x, y) > 0.01:
        return (
            f"The best answer to the origin is ({x:.3f}, {y:.3f}). Which weight has a point "
            "at distance r, and how can the weighted points balance?"
        )


@exercise(
    "08.3", expects="a corruption layer of aekit, such as aekit.MaskingNoise(0.5)"
)
def _(corruption):
    digits = clean[:500]
    spoilt = np.clip(corruption.corrupt(digits), 0, 1)
    before = metrics.squared_error(digits, spoilt).mean()
    after = metrics.squared_error(digits, by_network(spoilt)).mean()
    if before < 2:
        return f"The corruption has a squared error of {before:.1f}; at least 2 is asked for."
    if after < before:
        return (
            f"The network lowers the squared error, from {before:.1f} to {after:.1f}. What "
            "is its error on clean digits? Which noise leaves something for it to spoil?"
        )


_pca = PCA(96, svd_solver="covariance_eigh").fit(x_train[:10_000])
_pca_error = min(
    metrics.squared_error(
        clean,
        _pca.mean_
        + (noisy - noisy_train.mean(axis=0))
        @ _pca.components_[:k].T
        @ _pca.components_[:k],
    ).mean()
    for k in (16, 24, 32, 48, 64)
)


@exercise(
    "08.4", expects="a function of noisy images (n, 784) that returns images (n, 784)"
)
def _(denoise):
    a, b, black = noisy[:20], noisy[20:40], np.zeros((20, 784), "float32")
    bent = denoise(a + b) - denoise(a) - denoise(b) + denoise(black)
    if np.abs(bent).max() > 1e-2:
        return "It is not linear: f(a + b) − f(a) − f(b) + f(0) is not 0. Do not clip either."
    unseen = aekit.GaussianCorruption(0.5, seed=seed + 2).corrupt(clean)
    error = metrics.squared_error(clean, denoise(unseen)).mean()
    if error > 0.9 * _pca_error:
        return (
            f"Its squared error is {error:.1f}; at most {0.9 * _pca_error:.1f} is asked for, 0.9 of "
            "PCA's. Which matrix is best on pairs of noisy and clean images? The lesson finds M so."
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. By hand.** What is the expected squared error of $\tilde{x}$, summed over its pixels, if masking noise with $v = 0.25$ spoils an image of six pixels,
# $x = (0, 0, 0.2, 0.6, 1, 1)$?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
expected_error = ...  # a number
check("08.1", expected_error)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A lost pixel errs by its square, and each is lost with probability v: v times the sum of squares.
assert check("08.1", 0.25 * (0.2**2 + 0.6**2 + 1 + 1))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. An answer where no data lie.** Construct data points in the plane such that the best denoiser with $\sigma = 0.5$ leaves the origin
# where it is, although no data point is nearer to it than 1. The points must not be equally far from the origin: the farthest should be between 0.2 and 1 farther than
# the nearest.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
my_data = ...  # an array (n, 2)
check("08.2", my_data)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Each point has an opposite one at the same distance, so that the weighted mean is 0. Points
# without such partners can balance too: many far ones against one near one.
assert check("08.2", [(1, 0), (-1, 0), (0, 1.5), (0, -1.5)])

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. Made for one noise.** Find a corruption with a squared error of at least 2 that the convolutional network makes *worse*.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
corruption = ...  # such as aekit.MaskingNoise(0.5)
check("08.3", corruption)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Weak noise. The network redraws every stroke, and errs even on clean digits. Stronger noise of
# another kind it does remove: salt and pepper, which it never saw, better than the median filter
# does. But its lead is smaller there than on its own noise.
assert check("08.3", aekit.MaskingNoise(0.04, seed=1))
salted = aekit.SaltAndPepperNoise(0.1, seed=1).corrupt(clean)
by = {"input": salted, "median": by_median(salted, 3), "network": by_network(salted)}
for name, pictures in by.items():
    print(f"{name:8} {metrics.squared_error(clean, pictures).mean():5.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. As far as a line goes.** Write a *linear* denoiser for noise factor 0.5 (a matrix, and a constant if you like) whose squared error is at most 0.9 of that of PCA
# with the best number of components. `x_train[:10_000]` and `noisy_train` are pairs to learn from.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
linear_denoiser = ...  # a function: noisy images (n, 784) → images (n, 784)
check("08.4", linear_denoiser)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Least squares weigh each direction by how much the data vary there beside the noise, where PCA
# keeps it or drops it. A little ridge helps a little.
inputs = noisy_train - noisy_train.mean(axis=0)
ridge = 0.02 * len(inputs) * np.eye(784)
matrix = np.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ x_train[:10_000])


def linear_denoiser(noisy):
    shifted = noisy - noisy_train.mean(axis=0)
    return x_train[:10_000].mean(axis=0) + shifted @ matrix


assert check("08.4", linear_denoiser)
for name, answer in {"linear": linear_denoiser, "network": by_network}.items():
    print(f"{name:8} {metrics.squared_error(clean, answer(noisy)).mean():.1f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# 1. K. Miyasawa, *An empirical Bayes estimator of the mean of a normal population*, Bulletin of the International Statistical Institute 38 (1961).
# 2. P. Vincent, *A connection between score matching and denoising autoencoders*, Neural Computation 23 (2011).
# 3. P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio and P.-A. Manzagol, *Stacked denoising autoencoders*, JMLR 11 (2010).
# 4. G. Alain and Y. Bengio, *What regularized auto-encoders learn from the data-generating distribution*, JMLR 15 (2014).
# 5. I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, section 14.5 (2016).
