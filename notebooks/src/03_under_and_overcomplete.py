# %% [markdown] slideshow={"slide_type": "slide"}
# # Under- and overcomplete codes
#
# How many units should a code have? Fewer than the input (**undercomplete**), and the network has to
# choose what to keep. More (**overcomplete**), and it can keep everything, without having to learn anything. This lesson measures both.
#
# **What you will learn**
#
# - how the error falls with the size of the code, beside PCA's;
# - that a narrow code is good on its own kind of data only, and how well that tells other data apart;
# - what an overcomplete autoencoder does when nothing stops it: it copies, where the data vary;
# - why more dimensions can help a linear classifier all the same: XOR, and digits;
# - what is owed to learning there, and what to mere width.
#
# **The lecture's part:** section 2, undercomplete and overcomplete. **Before this lesson:** lesson 2, The
# traditional autoencoder. **Time:** about an hour to read and play; the computing takes under a minute on
# two cores.

# %% slideshow={"slide_type": "skip"}
from itertools import product

import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim
import keras
from keras import ops
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all of MNIST, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. An image has 784 pixels, so a code of fewer than 784 units is
# undercomplete, and one of more is overcomplete.

# %% slideshow={"slide_type": "skip"}
n_train, n_test, epochs, wide_epochs = {
    "quick": (10_000, 2_000, 4, 3),
    "full": (60_000, 10_000, 30, 20),
}[profile]
code_sizes = (2, 8, 32, 128)
wide_code = 1024
n_labelled = 1000

(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_train, n_test, flatten=True)
mean_image = x_train.mean(axis=0)
print("training images", x_train.shape, "· test images", x_test.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Undercomplete: the error against the size of the code
#
# We train the same autoencoder with codes of 2, 8, 32 and 128 units, each with a hidden layer of 256 on both sides,
# and fit PCA with as many components to the same images. PCA may leave the range of a pixel, so we clip it, which
# helps it a little. The error is the squared error of an image, summed over its pixels; the baseline, a code of no
# units at all, draws the mean image for everything. We expect the autoencoder below PCA at every size.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
progress = [aekit.callbacks.ProgressBar()]
pca = PCA(max(code_sizes), random_state=seed).fit(x_train)


def pca_reconstruct(images, k):
    directions = pca.components_[:k]
    code = (images - pca.mean_) @ directions.T
    return (pca.mean_ + code @ directions).clip(0, 1)


autoencoders, errors, pca_errors = {}, [], []
for code_dim in code_sizes:
    keras.utils.set_random_seed(seed)
    model = aekit.dense_autoencoder(784, code_dim, hidden=(256,), code_activation="linear")
    model.compile(keras.optimizers.Adam(0.002), loss="binary_crossentropy")
    model.fit(x_train, x_train, 100, epochs=epochs, verbose=0, callbacks=progress)
    autoencoders[code_dim] = model
    errors.append(metrics.squared_error(x_test, model.reconstruct(x_test)).mean())
    pca_errors.append(metrics.squared_error(x_test, pca_reconstruct(x_test, code_dim)).mean())
of_mean = np.mean(np.sum((x_test - mean_image) ** 2, axis=1))

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.lines(
    code_sizes,
    {"PCA, clipped": pca_errors, "autoencoder": errors, "mean image": of_mean},
    "size of the code (logarithmic)",
    "squared error a test image",
    "More units, less error, with falling returns",
    xscale="log",
)
figure.axes[0].set_xticks(code_sizes, code_sizes)
figure.axes[0].minorticks_off()
figure.axes[0].set_ylim(0)
plots.show(
    figure,
    alt="Squared error of a test image against the size of the code, for PCA and the autoencoder, with the "
    "mean image as a level at the top. Both curves fall, steeply at first; the autoencoder's lies below PCA's at 2, 8 "
    "and 32. At 128 PCA has little error left, and in the quick run less than the autoencoder.",
)
for code_dim, error, by_pca in zip(code_sizes, errors, pca_errors, strict=True):
    print(
        f"{code_dim:4} units: autoencoder {error:6.2f}   PCA, clipped {by_pca:6.2f}   ratio {error / by_pca:.2f}"
    )
claim("8 units: error over that of 8 components", errors[1] / pca_errors[1], at_most=0.85)
claim("32 units: the same", errors[2] / pca_errors[2], at_most=0.95)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Where numbers are few the autoencoder is ahead. At 128 we were wrong, in the quick run at least: it is *behind*. PCA is
# the exact optimum among linear codes, found without a single gradient step, and with 128 components it has little left
# to lose. Our network gets there by many small steps, which the quick run cuts short, and through a hidden layer of 256
# units. A bottleneck is worth learning where it is narrow. What do the codes keep?

# %% tags=["cover", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
rows = {"test image": x_test[:10]}
for code_dim, model in autoencoders.items():
    rows[f"{code_dim} units"] = model.reconstruct(x_test)[:10]
plots.show(
    plots.image_rows(rows, "Ten digits through four bottlenecks"),
    alt="Ten test digits and four rows of reconstructions. With 2 units blurred shapes, often of the wrong digit; "
    "with 8 the plain digits are right, others turn into a 9 or a blot; with 32 all but two unusual ones are clear, and "
    "with 128 those too can be read.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Good on its own kind only
#
# A narrow code works because digits are not arbitrary. So it should fail on what is not a digit. We show the one of 32 units
# three other kinds of images: clothes (Fashion-MNIST), noise (each pixel drawn evenly from 0 to 1),
# and test digits turned by 90 degrees, which have the very same pixels in other places.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
_, (clothes, _) = datasets.load_fashion_mnist(flatten=True)
noise = np.random.default_rng(seed).random((n_test, 784), dtype=np.float32)
turned = np.rot90(x_test.reshape(-1, 28, 28), axes=(1, 2)).reshape(-1, 784)
kinds = {"digits": x_test, "clothes": clothes, "noise": noise, "turned digits": turned}

narrow = autoencoders[32]
redrawn = {name: narrow.reconstruct(images) for name, images in kinds.items()}
error_of = {name: metrics.squared_error(images, redrawn[name]) for name, images in kinds.items()}
for name, error in error_of.items():
    print(f"{name:14} squared error: median {np.median(error):6.1f}")

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, axis = plt.subplots(figsize=(9, 4.8))
bins = np.geomspace(1, 400, 70)
for i, (name, error) in enumerate(error_of.items()):
    axis.hist(error, bins, weights=np.full(len(error), 100 / len(error)), histtype="step", linewidth=2.5,
              color=plots.COLORS[i], linestyle=plots.DASHES[i], label=name)  # fmt: skip
axis.set(
    xscale="log", xlabel="squared error of an image (logarithmic)", ylabel="share of the images (%)"
)
axis.set_title("The error tells digits from other images")
axis.set_xticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
axis.legend(loc="upper left")
plots.show(
    figure,
    alt="Histograms of the squared error of single images on a logarithmic axis. Digits lie lowest; turned digits "
    "overlap with them on their right; clothes lie further right and spread widely; noise is a narrow peak at the far right.",
)
examples = np.concatenate([images[:4] for images in kinds.values()])
answers = np.concatenate([redrawn[name][:4] for name in kinds])
plots.show(
    plots.image_rows(
        {"input": examples, "redrawn": answers},
        "Foreign images come back as blobs and broken strokes",
        size=0.75,
    ),
    alt="Four digits, four pieces of clothing, four noise images and four turned digits, over their reconstructions: the "
    "digits are kept, clothes and noise become blobs and broken strokes, and of the turned digits the 0 is kept best.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Can the error be used to *detect* what is foreign? The **AUROC** is the probability that a foreign image drawn at random has the larger
# score of the two: 0.5 is guessing, 1 is perfect. To be fair we need rivals that cost nothing: the error of PCA with 32 components, and
# simply the distance to the mean image, which needs no code at all.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
scores = {
    "autoencoder": error_of,
    "PCA, 32": {n: metrics.squared_error(x, pca_reconstruct(x, 32)) for n, x in kinds.items()},
    "mean image": {n: np.sum((x - mean_image) ** 2, axis=1) for n, x in kinds.items()},
}
auroc = {}
print(f"{'AUROC':14}" + "".join(f"{name:>15}" for name in list(kinds)[1:]))
for score, of_kind in scores.items():
    for name in list(kinds)[1:]:
        foreign = np.r_[np.zeros(n_test), np.ones(len(kinds[name]))]
        auroc[score, name] = roc_auc_score(foreign, np.r_[of_kind["digits"], of_kind[name]])
    print(f"{score:14}" + "".join(f"{auroc[score, name]:15.3f}" for name in list(kinds)[1:]))
claim("AUROC, clothes", auroc["autoencoder", "clothes"], at_least=0.95)
claim("AUROC, noise", auroc["autoencoder", "noise"], at_least=0.99)
claim("AUROC, turned digits", auroc["autoencoder", "turned digits"], at_least=0.75)
gain = auroc["autoencoder", "turned digits"] - auroc["mean image", "turned digits"]
claim("turned digits: better than the distance to the mean image by", gain, at_least=0.1)
gain = auroc["autoencoder", "turned digits"] - auroc["PCA, 32", "turned digits"]
claim("turned digits: better than PCA by little", gain, at_least=-0.03, at_most=0.08)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Read it against the rivals. Noise is so bright that any score finds it. Clothes and turned digits the distance to the mean
# image often misses; the code finds most of them. But so does PCA, nearly as well: it is the *narrow* code that detects, and
# learning it by gradient descent adds little. And there is a trap. The error measures how much there was to draw, too:
# simple images have small errors, foreign or not.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
black = np.zeros((1, 784), np.float32)
of_black = metrics.squared_error(black, narrow.reconstruct(black))[0]
below = np.mean(error_of["digits"] > of_black)
ones, eights = (np.median(error_of["digits"][y_test == digit]) for digit in (1, 8))
print(
    f"median squared error: ones {ones:.1f}, eights {eights:.1f}; an all-black image {of_black:.1f}"
)
claim("share of the digits that err more than a black image", below, at_least=0.8)
claim("eights err more than ones: ratio", eights / ones, at_least=1.5)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Overcomplete: it copies
#
# Now 1,024 units for 784 pixels. Nothing stops unit $j$ from copying pixel $j$: then $W = V = I$ with some units to spare, and
# *everything* is copied, also what was never seen. Does gradient descent find that? We train it beside a narrow one.
# The difference is one argument; both have one layer of relu units and a linear output, trained on the squared error. We
# measure the error as a share of what the mean image of each kind leaves: 0 is a perfect copy, 1 is no better than
# their mean image. The identity would have 0 on all three kinds.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
options = {"code_activation": "relu", "output_activation": "linear"}
keras.utils.set_random_seed(seed)
under = aekit.dense_autoencoder(784, 32, **options)
over = aekit.dense_autoencoder(784, wide_code, **options)
began = [model.encoder.layers[-1].get_weights()[0].T for model in (under, over)]
share = {}
for name, model in {"32 units": under, "1,024 units": over}.items():
    model.compile(keras.optimizers.Adam(0.002), loss="mse")
    model.fit(x_train, x_train, 100, epochs=wide_epochs, verbose=0, callbacks=progress)
    for kind in ("digits", "clothes", "noise"):
        images = kinds[kind]
        left = metrics.squared_error(images, model.reconstruct(images)).mean()
        own_mean = np.mean(np.sum((images - images.mean(axis=0)) ** 2, axis=1))
        share[f"{kind},\n{name}"] = left / own_mean

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.bars(
    share,
    "share of the mean image's error",
    "The wide one copies digits, less of clothes, least of noise",
    baseline=1,
    baseline_label="their own mean image",
)
for text in figure.axes[0].texts:
    text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
figure.axes[0].legend(loc="upper left")
plots.show(
    figure,
    alt="Bars of the error as a share of the mean image's. With 32 units it is below one half for digits, near 1 "
    "for clothes and far above 1 for noise; with 1,024 units close to 0 for digits, under one half for clothes, and by far the highest for noise.",
)
wide_share = {kind: share[f"{kind},\n1,024 units"] for kind in ("digits", "clothes", "noise")}
less = share["clothes,\n32 units"] / wide_share["clothes"]
claim("the wide one copies digits", wide_share["digits"], at_most=0.12, source="lecture, section 2")
claim("and more than half of clothes, which it has never seen", wide_share["clothes"], at_most=0.5)
claim("of clothes the narrow one loses more: ratio", less, at_least=1.7)
claim(
    "of noise it loses more than of clothes: ratio",
    wide_share["noise"] / wide_share["clothes"],
    at_least=1.5,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So it is no identity. Where is it one? The identity passes on every *change* of its input unchanged. So we change an image a little,
# by $\delta$, and look at what comes out:
#
# $$\text{closeness} = 1 - \frac{\lVert g(f(x + \delta)) - g(f(x)) - \delta \rVert^2}{\lVert \delta \rVert^2}$$
#
# which is 1 for the identity, 0 for a network whose output does not change at all, and negative for one that changes it in a wrong
# way. By hand, for a linear network of two pixels and three units: a change $\delta$ of the input becomes $\delta W V$ in the output.


# %% slideshow={"slide_type": "fragment"}
def closeness_to_identity(model, x, change):
    """1 for the identity, 0 for a constant: the median over the examples."""
    x_hat, changed = (ops.convert_to_numpy(model(images)) for images in (x, x + change))
    difference = np.sum((changed - x_hat - change) ** 2, axis=1)
    return np.median(1 - difference / np.sum(change**2, axis=1))


W = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])  # (pixels, units)
V = np.array([[0.5, 0.0], [0.0, 0.5], [0.5, 0.5]])  # (units, pixels)
tiny = aekit.linear_autoencoder(2, code_dim=3)
tiny.set_weights([W, np.zeros(3), V, np.zeros(2)])
for delta, by_hand in (([[1.0, 1.0]], 1.0), ([[1.0, -1.0]], 0.75)):
    print(f"{delta[0]} becomes {(delta @ W @ V)[0].tolist()}: closeness {by_hand}")
    measured = closeness_to_identity(tiny, np.zeros((1, 2)), np.array(delta))
    claim("the function agrees: difference", abs(measured - by_hand), at_most=1e-5)

# %% [markdown]
# Three units for two pixels, and yet one direction is copied and another one only in part. Now the trained networks, and three kinds of changes of test
# digits: a step of a tenth of the way towards another digit, as much towards a piece of clothing, and noise.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
some = x_test[:500]
changes = {
    "towards another digit": 0.1 * (x_test[500:1000] - some),
    "towards clothes": 0.1 * (clothes[:500] - some),
    "noise": 0.1 * (noise[:500] - 0.5),
}
close = {}
for name, change in changes.items():
    close[name] = [closeness_to_identity(model, some, change) for model in (under, over)]
    print(f"{name:22} 32 units {close[name][0]:5.2f}   1,024 units {close[name][1]:5.2f}")
narrow_one, wide_one = close["towards another digit"]
claim("1,024 units: close to the identity towards other digits", wide_one, at_least=0.85)
claim("closer than 32 units by", wide_one - narrow_one, at_least=0.1)
claim("noise: less close by", wide_one - close["noise"][1], at_least=0.25)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The principal components of the training images sort all directions by how much the data vary along them. So we step along one component after the
# other and measure the **gain**: how far the output moves along that component, for a step of 1. The identity has 1 everywhere.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
every = PCA(random_state=seed).fit(x_train)  # all 784 components
component = np.unique(np.round(np.geomspace(1, 784, 28)).astype(int))
gain_along = {}
for name, model in {"32 units": under, "1,024 units": over}.items():
    before, gain_along[name] = model.reconstruct(some[:100]), []
    for k in component:
        v = every.components_[k - 1].astype(np.float32)
        moved = model.reconstruct(some[:100] + 0.1 * v) - before
        gain_along[name].append(np.mean(moved @ v) / 0.1)
frequent, rare = component <= 50, component >= 600
of_wide = np.array(gain_along["1,024 units"])
claim("1,024 units, the first 50 components: least gain", of_wide[frequent].min(), at_least=0.8)
claim("those from the 600th on: greatest gain", of_wide[rare].max(), at_most=0.4)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.lines(
    component,
    gain_along | {"identity": 1.0},
    "principal component of the training images (logarithmic)",
    "gain along it",
    "The identity, learnt where the data vary",
    xscale="log",
)
figure.axes[0].set_xticks([1, 10, 100, 784], ["1", "10", "100", "784"])
figure.axes[0].minorticks_off()
figure.axes[0].legend(loc="lower left")
plots.show(
    figure,
    alt="Gain along the principal components, from the first to the 784th. Both curves begin a little below the identity's level of 1. "
    "That of 32 units falls to 0 by about the 32nd component; that of 1,024 units stays near 1 several times as far, and falls to 0 too.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So it copies, as the lecture says, but not as the formula $W = V = I$ would. Gradient descent learnt the identity *where the data vary*, and left the rest
# alone: no gradient asks for it. And what have its units learnt? The lecture warns that there is no guarantee of meaningful structure. We look at what
# ten units of each network look for.

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
spread = x_train.std(axis=0)  # a large weight on a pixel that never varies means nothing
weights = [model.encoder.layers[-1].get_weights()[0].T * spread for model in (under, over)]
keras.utils.set_random_seed(seed)
untrained = aekit.dense_autoencoder(784, wide_code, **options)
weights.append(untrained.encoder.layers[-1].get_weights()[0].T * spread)
figure = plots.image_grid(
    np.concatenate([w[:10] for w in weights]),
    "What ten units look for (weight × spread)",
    symmetric=True,
)
for row, label in enumerate(("32", "1,024", "untrained")):
    axis = figure.axes[10 * row]
    axis.text(-0.1, 0.5, label, ha="right", va="center", transform=axis.transAxes)
plots.show(
    figure,
    alt="Three rows of ten weight images in blue and red. With 32 units four show red strokes and "
    "patches and the others are speckle; with 1,024 units most are speckle; untrained units are pure speckle.",
)

# %% [markdown]
# Mostly speckle, by eye. Two numbers say it better: the correlation of neighbouring weights (0 for pure noise, high for
# strokes), and the cosine between a unit's weights after training and at its random start.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}


def smoothness(w):
    """Correlation of horizontally adjacent weights within the middle of the image."""
    middle = w.reshape(-1, 28, 28)[:, 6:22, 6:22]
    return np.corrcoef(middle[:, :, 1:].ravel(), middle[:, :, :-1].ravel())[0, 1]


smooth = dict(zip(("32 units", "1,024 units", "untrained"), map(smoothness, weights), strict=True))
cosine = [
    np.median(np.sum(w * v, axis=1) / np.linalg.norm(w, axis=1) / np.linalg.norm(v, axis=1))
    for w, v in zip(weights, (start * spread for start in began), strict=False)
]
print(f"cosine with where a unit began: 32 units {cosine[0]:.2f}, 1,024 units {cosine[1]:.2f}")
claim("the wide one's units stay near where they began: median cosine", cosine[1], at_least=0.7)
print({name: round(float(value), 2) for name, value in smooth.items()})
smoother = smooth["32 units"] - smooth["1,024 units"]
claim("32 units look for smoother things than 1,024: difference", smoother, at_least=0.1)

# %% [markdown]
# Most of the wide one's units stayed near where they began, at random: to copy, random directions are good enough. To make a *wide* code learn something, another constraint is needed: few active units
# (sparse), noise to be undone (denoising), insensitivity (contractive). Those are the later lessons.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why wide at all? XOR
#
# More dimensions make things *separable*. Four points in a plane, labelled by "exactly one of the two is 1":

# %% slideshow={"slide_type": "fragment"}
points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
xor = np.array([0, 1, 1, 0])


def right_of_four(features):
    """How many of the four points the best linear classifier gets right.

    Of all ways to label the four, keeps those that a plane can do: the best agrees most with XOR.
    """
    best = 2  # the same answer for all
    for labels in product((0, 1), repeat=4):
        if 0 < sum(labels) < 4:
            classifier = LogisticRegression(C=1e6, max_iter=10_000).fit(features, labels)
            if classifier.score(features, labels) == 1:
                best = max(best, np.sum(labels == xor))
    return int(best)


# %% [markdown]
# A logistic regression alone would not tell us the best of all lines: where no line is perfect it seeks the least loss, and here
# settles for two points of four. So the function tries all 16 ways to label the points, and keeps those that a line, or a plane, does without a fault.

# %% slideshow={"slide_type": "fragment"}
x1_times_x2 = points[:, :1] * points[:, 1:]
three = np.hstack([points, x1_times_x2])  # a third unit: x1 * x2
wider_but_linear = points @ np.random.default_rng(seed).normal(size=(2, 8))
print("right, of 4: the plane", right_of_four(points), "· with x1*x2", right_of_four(three))
claim(
    "in the plane no line does it",
    right_of_four(points),
    at_least=3,
    at_most=3,
    source="lecture, section 2",
)
claim("with a third unit x1*x2 a plane does", right_of_four(three), at_least=4)
claim("eight *linear* units do not help", right_of_four(wider_but_linear), at_least=3, at_most=3)

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
figure = plt.figure(figsize=(11, 5))
flat, space = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2, projection="3d")
for label, marker in ((0, "o"), (1, "^")):
    of_class = three[xor == label]
    flat.scatter(
        *of_class.T[:2], s=160, color=plots.COLORS[label], marker=marker, label=f"XOR = {label}"
    )
    space.scatter(*of_class.T, s=120, color=plots.COLORS[label], marker=marker, depthshade=False)
flat.set(
    xlabel="$x_1$",
    ylabel="$x_2$",
    title="In the plane: no line",
    xlim=(-0.4, 1.4),
    ylim=(-0.4, 1.4),
)
flat.legend(loc="center")
a, b = np.meshgrid([0, 1], [0, 1])
space.plot_surface(a, b, (a + b - 0.5) / 2, alpha=0.3, color=plots.COLORS[2])
space.set(xlabel="$x_1$", ylabel="$x_2$", zlabel="$x_1 x_2$", title="In space: a plane")
space.set(xticks=[0, 1], yticks=[0, 1], zticks=[0, 1])
space.view_init(elev=18, azim=-70)
plots.show(
    figure,
    alt="Left: the four points of XOR in the plane, the two classes on the two diagonals. Right: the same points in space "
    "with their product as height; a tilted plane passes between the two classes.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The green plane is $x_1 + x_2 - 2 x_1 x_2 = \frac{1}{2}$. The trick is not the width alone (eight linear units still lie in a plane) but width *and*
# non-linearity. Nobody needs to invent the product: let an overcomplete autoencoder, 2-16-2, find its own code of the four points. It is told nothing about
# the labels. We try a few seeds, and beside each the same code *untrained*, which may do as well: it has the width and the bend.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
trained, at_random = [], []
for another_seed in range(3):
    keras.utils.set_random_seed(another_seed)
    xor_model = aekit.dense_autoencoder(2, code_dim=16, code_activation="tanh")
    at_random.append(right_of_four(xor_model.encode(points)))
    xor_model.compile(keras.optimizers.Adam(0.05), loss="mse")
    often = np.tile(points, (100, 1))  # 100 steps in one epoch: quicker than 100 epochs of one
    xor_model.fit(often, often, 4, shuffle=False, verbose=0, callbacks=progress)
    trained.append(right_of_four(xor_model.encode(points)))
print("right, of 4, for each seed: trained", trained, "· untrained", at_random)
claim("trained wide codes are separable, of 4 right: worst seed", min(trained), at_least=4)
claim("untrained ones, too", min(at_random), at_least=4)

# %% [markdown]
# Here learning was not needed: sixteen random bends separate four points already.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A linear classifier on narrow and wide codes
#
# Now digits. A logistic regression gets 1,000 labelled codes and is tested on the test images: over codes of 32, 128 and 1,024 units, beside the raw pixels, and beside
# *untrained* codes, which have the width and the non-linearity, but have learnt nothing.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
labelled = slice(0, n_labelled)  # the training images come in a random order
probe = {}
for code_dim, model in {32: under, 128: None, wide_code: over}.items():
    keras.utils.set_random_seed(seed)
    blank = aekit.dense_autoencoder(784, code_dim, **options)
    if model is None:
        model = aekit.dense_autoencoder(784, code_dim, **options)
        model.compile(keras.optimizers.Adam(0.002), loss="mse")
        model.fit(x_train, x_train, 100, epochs=wide_epochs, verbose=0, callbacks=progress)
    for kind, encoder in {"trained": model, "untrained": blank}.items():
        codes = encoder.encode(x_train[labelled]), encoder.encode(x_test)
        probe[kind, code_dim] = metrics.linear_probe(codes[0], y_train[labelled], codes[1], y_test)
on_pixels = metrics.linear_probe(x_train[labelled], y_train[labelled], x_test, y_test)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
sizes = [32, 128, wide_code]
series = {kind: [probe[kind, size] for size in sizes] for kind in ("trained", "untrained")}
figure = plots.lines(
    sizes,
    series | {"784 raw pixels": on_pixels},
    "units of the code (logarithmic)",
    f"test accuracy, {n_labelled:,} labels",
    "Width helps the untrained codes, learning the narrow ones",
    xscale="log",
)
figure.axes[0].set_xticks(sizes, [f"{size:,}" for size in sizes])
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Test accuracy of a linear classifier against the number of code units, 32, 128 and 1,024, for trained and untrained "
    "codes, with the raw pixels as a level. The untrained curve rises steeply; the trained one is far above it at "
    "32 units, changes little with the width and stays near the pixels. At 1,024 units the untrained code is above both.",
)
for (kind, size), value in probe.items():
    print(f"{kind:10}{size:6,} units: {value:.3f}")
print(f"784 raw pixels: {on_pixels:.3f}")
gain = {size: probe["trained", size] - probe["untrained", size] for size in sizes}
by_width = {kind: probe[kind, wide_code] - probe[kind, 32] for kind in ("trained", "untrained")}
over_pixels = {kind: probe[kind, wide_code] - on_pixels for kind in ("trained", "untrained")}
claim(
    "untrained: 1,024 units over 32",
    by_width["untrained"],
    at_least=0.1,
    source="lecture, section 2",
)
claim("trained: 1,024 units over 32, much less", by_width["trained"], at_most=0.09)
claim("32 units: learning brings", gain[32], at_least=0.05)
claim("1,024 units: learning brings no gain", gain[wide_code], at_most=0.01)
claim(
    "1,024 trained units over raw pixels: no gain to speak of", over_pixels["trained"], at_most=0.03
)
claim("1,024 random units over raw pixels: gain", over_pixels["untrained"], at_least=0.01)

# %% [markdown]
# The lecture is right that more dimensions *can* help a linear classifier: 1,024 random units serve it far better than 32 do. But learning has no part in
# that. The trained wide code is about as good as the raw pixels that it copies, little better than 32 trained units; and the *untrained* one, random weights and a bend, is better
# than both: it mixes the pixels in 1,024 different ways, which is what a linear classifier can use (Cover, 1965). Copying taught the wide network
# nothing that tells digits apart. Where the code is narrow, learning decides.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
summary = {
    "squared error, 8 units over 8 components": errors[1] / pca_errors[1],
    "    128 units over 128 components": errors[3] / pca_errors[3],
    "AUROC by the error of 32 units: clothes": auroc["autoencoder", "clothes"],
    "    turned digits": auroc["autoencoder", "turned digits"],
    "    turned digits, by the distance to the mean image": auroc["mean image", "turned digits"],
    "1,024 units: share of the error left on digits": share["digits,\n1,024 units"],
    "    on clothes": share["clothes,\n1,024 units"],
    "    on noise": share["noise,\n1,024 units"],
    "    closeness to the identity, towards another digit": close["towards another digit"][1],
    "    along noise": close["noise"][1],
    "linear classifier: 32 units": probe["trained", 32],
    "    1,024 units": probe["trained", wide_code],
    "    1,024 units, untrained": probe["untrained", wide_code],
    "    784 raw pixels": on_pixels,
}
for name, value in summary.items():
    print(f"{name:54} {value:6.2f}")

# %% [markdown]
# - A narrow code must choose, and so it learns; it is good where it was trained, and a large error says that it is elsewhere (a small one does not say that it is at home).
# - A wide one copies where the data vary, and only there; its units need not mean anything.
# - Width and non-linearity make classes separable, learnt or not.
#
# ## Exercises
#
# **1.** By hand: give weights and biases of two relu units of $x_1 + x_2$ that make XOR separable, and check them.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# h1 = relu(x1 + x2), h2 = relu(x1 + x2 - 1): XOR is h1 - 2 h2. Two units are enough, if they bend.
total = points.sum(axis=1)
h = np.stack([np.maximum(0, total), np.maximum(0, total - 1)], axis=1)
print("h1 - 2 h2 =", h[:, 0] - 2 * h[:, 1])
claim("two relu units make XOR separable", right_of_four(h), at_least=4)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** Detect foreign images by the error *relative to the image's own ink*, $\lVert x - \hat{x} \rVert^2 / \lVert x \rVert^2$. Does it help
# with turned digits: with all of them, with turned ones, with turned noughts? Explain.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Hardly, taken together. A one has little ink, so that a badly drawn one still has a small error: dividing by the
# ink finds turned ones. A nought has much ink, of which even a turned one is drawn well: there it misleads.
relative = {
    name: error_of[name] / np.sum(kinds[name] ** 2, axis=1) for name in ("digits", "turned digits")
}
foreign = np.r_[np.zeros(n_test), np.ones(n_test)]
by_relative = roc_auc_score(foreign, np.r_[relative["digits"], relative["turned digits"]])
change = {"all": by_relative - auroc["autoencoder", "turned digits"]}
for digit, name in ((0, "noughts"), (1, "ones")):
    mine = y_test == digit
    foreign = np.r_[np.zeros(n_test), np.ones(mine.sum())]
    scores = [np.r_[e["digits"], e["turned digits"][mine]] for e in (error_of, relative)]
    change[name] = np.subtract(*(roc_auc_score(foreign, score) for score in scores[::-1]))
claim(
    "relative error, all turned digits: change of the AUROC",
    change["all"],
    at_least=-0.05,
    at_most=0.05,
)
claim("turned ones", change["ones"], at_least=0.1)
claim("turned noughts", change["noughts"], at_most=-0.04)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** A turned 0 is still a 0. Which turned digits are the hardest to detect? Guess two, then measure the AUROC digit by digit.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The 1, by far: it has so little ink that there is little to get wrong. Next comes a 4 or a 0, well behind:
# a turned 0 is wider than most, and so not quite a 0.
by_digit = {}
for digit in range(10):
    mine = error_of["turned digits"][y_test == digit]
    foreign = np.r_[np.zeros(n_test), np.ones(len(mine))]
    by_digit[digit] = roc_auc_score(foreign, np.r_[error_of["digits"], mine])
for digit in sorted(by_digit, key=by_digit.get):
    print(f"turned {digit}: AUROC {by_digit[digit]:.2f}")
claim("the hardest, ones: AUROC", by_digit[1], at_most=0.8)
others = min(value for digit, value in by_digit.items() if digit != 1)
claim("the next: further by", others - by_digit[1], at_least=0.1)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** Is the wide code really of 1,024 dimensions? How many principal components of the *codes* of the training images hold 99 % of
# their variance? Compare with the pixels.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Far fewer than 1,024: the codes are a bent copy of images that vary in few directions.
needed = {}
for name, features in {"pixels": x_train[:5000], "code": over.encode(x_train[:5000])}.items():
    explained = np.cumsum(PCA(random_state=seed).fit(features).explained_variance_ratio_)
    needed[name] = int(np.searchsorted(explained, 0.99)) + 1
    print(f"{name}: {needed[name]} of {features.shape[1]:,} components for 99 % of the variance")
claim("components needed by the code, of 1,024", needed["code"], at_most=600)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# The next lesson goes deep: several layers, and a bottleneck of two units that you can watch while it learns.
#
# **References**
#
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning*, arXiv 1206.5538 (2013), section 7.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, sections 6.1 (XOR), 14.1 and 14.2 (2016).
# - T. Cover, *Geometrical and statistical properties of systems of linear inequalities with applications in pattern recognition*, IEEE Transactions on
#   Electronic Computers EC-14 (1965): why more dimensions separate.
# - H. Steck, *Autoencoders that don't overfit towards the identity*, NeurIPS (2020): on learning the identity.
