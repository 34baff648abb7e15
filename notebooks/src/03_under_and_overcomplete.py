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
# - what an overcomplete autoencoder does when nothing stops it: it copies;
# - why more dimensions can help a linear classifier all the same: XOR, and digits;
# - what is owed to learning there, and what to mere width.
#
# **The lecture's part:** section 2, undercomplete and overcomplete. **Before this lesson:** lesson 2, The
# traditional autoencoder. **Time:** about an hour to read and play; the computing takes under a minute on
# two cores.

# %% slideshow={"slide_type": "skip"}
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
    "mean image as a level at the top. Both curves fall; the autoencoder's lies below PCA's at 2, 8 and 32, "
    "and above it at 128.",
)
for code_dim, error, by_pca in zip(code_sizes, errors, pca_errors, strict=True):
    print(
        f"{code_dim:4} units: autoencoder {error:6.2f}   PCA, clipped {by_pca:6.2f}   ratio {error / by_pca:.2f}"
    )
claim(
    "8 units: error over that of 8 components",
    errors[1] / pca_errors[1],
    at_most=0.85,
    source="lecture, section 2",
)
claim("32 units: the same", errors[2] / pca_errors[2], at_most=0.95)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Where numbers are few the autoencoder is ahead. At 128 it is *behind* in the quick run: PCA is the exact optimum among
# linear codes, found without a single gradient step, and with 128 components it has little left to lose; our network keeps an error that only
# longer training takes away, and it has to squeeze everything through a layer of 256 bent units, too. A bottleneck is worth learning where it is narrow. What do the codes keep?

# %% tags=["cover", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
rows = {"test image": x_test[:10]}
for code_dim, model in autoencoders.items():
    rows[f"{code_dim} units"] = model.reconstruct(x_test)[:10]
plots.show(
    plots.image_rows(rows, "Ten digits through four bottlenecks"),
    alt="Ten test digits and four rows of reconstructions. With 2 units blurred shapes, often of the wrong digit; "
    "with 8 most digits are right and smooth; with 32 and 128 nearly all details are there.",
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
        "Everything is redrawn with strokes of digits",
        size=0.75,
    ),
    alt="Four digits, four pieces of clothing, four noise images and four turned digits, over their reconstructions: the "
    "digits are kept, clothes and noise become blobs and strokes, turned digits are partly kept.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Can the error be used to *detect* what is foreign? The **AUROC** is the probability that a foreign image drawn at random has a larger
# score than a digit drawn at random: 0.5 is guessing, 1 is perfect. To be fair we need rivals that cost nothing: the error of PCA with 32 components, and
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
claim("AUROC, clothes", auroc["autoencoder", "clothes"], at_least=0.95, source="lecture, section 2")
claim("AUROC, noise", auroc["autoencoder", "noise"], at_least=0.99)
claim("AUROC, turned digits", auroc["autoencoder", "turned digits"], at_least=0.75)
gain = auroc["autoencoder", "turned digits"] - auroc["mean image", "turned digits"]
claim("turned digits: better than the distance to the mean image by", gain, at_least=0.1)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Read against the rivals: clothes and noise are so bright that even the distance to the mean image finds most of them, and PCA finds them as
# well. Turned digits are the real test, and there the learnt code earns its keep. And there is a trap. The error measures how much there
# was to draw, too: simple images have small errors, foreign or not.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
black = np.zeros((1, 784), np.float32)
of_black = metrics.squared_error(black, narrow.reconstruct(black))[0]
below = np.mean(error_of["digits"] > of_black)
ones, eights = (np.median(error_of["digits"][y_test == digit]) for digit in (1, 8))
print(
    f"median squared error: ones {ones:.1f}, eights {eights:.1f}; an all-black image {of_black:.1f}"
)
claim(
    "an all-black image, which is no digit, errs less than this share of the digits",
    below,
    at_least=0.8,
)
claim("eights err more than ones: ratio", eights / ones, at_least=1.5)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Overcomplete: it copies
#
# Now 1,024 units for 784 pixels, and a narrow one beside it. The difference is one argument; both have one layer of relu units and a linear output, trained
# on the squared error. If the wide one learnt the identity, it would copy *everything*, also what it has never seen. We measure the error as a share of what
# the mean image of each kind leaves: 0 is a perfect copy, 1 is worth nothing.

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
    for kind in ("digits", "clothes"):
        images = kinds[kind]
        left = metrics.squared_error(images, model.reconstruct(images)).mean()
        own_mean = np.mean(np.sum((images - images.mean(axis=0)) ** 2, axis=1))
        share[f"{kind},\n{name}"] = left / own_mean

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.bars(
    share,
    "share of the mean image's error",
    "Trained on digits: what is lost",
    baseline=1,
    baseline_label="their own mean image",
)
figure.axes[0].legend(loc="upper right")
plots.show(
    figure,
    alt="Bars of the error as a share of the mean image's. With 32 units it is moderate for digits and near 1 for "
    "clothes; with 1,024 units it is close to 0 for digits and small for clothes too.",
)
claim(
    "the wide one copies digits",
    share["digits,\n1,024 units"],
    at_most=0.12,
    source="lecture, section 2",
)
claim("and most of clothes, which it has never seen", share["clothes,\n1,024 units"], at_most=0.5)
claim(
    "of clothes the narrow one loses more: ratio",
    share["clothes,\n32 units"] / share["clothes,\n1,024 units"],
    at_least=1.7,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# How close is it to the identity itself? The identity passes on every *change* of its input unchanged. So we change a test digit a little, towards another image, by
# $\delta$, and look at what comes out:
#
# $$\text{closeness} = 1 - \frac{\lVert g(f(x + \delta)) - g(f(x)) - \delta \rVert^2}{\lVert \delta \rVert^2}$$
#
# which is 1 for the identity, and 0 for a network whose output does not change at all. We take three kinds of changes: towards another digit, towards a piece of clothing, and
# noise.


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def closeness_to_identity(model, x, change):
    """1 for the identity, 0 for a constant: the median over the examples."""
    x_hat, changed = (ops.convert_to_numpy(model(images)) for images in (x, x + change))
    difference = np.sum((changed - x_hat - change) ** 2, axis=1)
    return np.median(1 - difference / np.sum(change**2, axis=1))


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
claim(
    "1,024 units: close to the identity towards other digits",
    close["towards another digit"][1],
    at_least=0.85,
)
claim("closer than 32 units by", np.subtract(*close["towards another digit"][::-1]), at_least=0.1)
claim("but not along noise, where no training image varies", close["noise"][1], at_most=0.5)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So it copies, as the lecture says, though not as the formula $W = V = I$ would: gradient descent learnt the identity *where the data vary*, and left alone what it never saw
# vary. With more training it comes closer still. And what have its units learnt? The lecture warns that there is no guarantee of meaningful structure. Look at what some units
# look for.

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
    alt="Three rows of ten weight images in blue and red. With 32 units speckle in which patches "
    "can be made out; with 1,024 units fainter patches in finer speckle; untrained units are pure speckle.",
)


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
claim(
    "32 units look for smoother things than 1,024: difference",
    smooth["32 units"] - smooth["1,024 units"],
    at_least=0.1,
)

# %% [markdown]
# Most of the wide one's units stayed near where they began, at random: to copy, random directions are good enough. (A correlation of 0 between neighbouring weights is noise, and real strokes would give a high
# one.) To make a *wide* code learn something, another constraint is needed: few active units
# (sparse), noise to be undone (denoising), insensitivity (contractive). Those are the later lessons.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why wide at all? XOR
#
# More dimensions make things *separable*. Four points in a plane, labelled by "exactly one of the two is 1":

# %% slideshow={"slide_type": "fragment"}
points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
xor = np.array([0, 1, 1, 0])


def right_of_four(features):
    """How many of the four points a linear classifier gets right, at best."""
    classifier = LogisticRegression(C=1e6, max_iter=10_000).fit(features, xor)
    return round(4 * classifier.score(features, xor))


product = points[:, :1] * points[:, 1:]
three = np.hstack([points, product])  # a third unit: x1 * x2
wider_but_linear = points @ np.random.default_rng(seed).normal(size=(2, 8))
print("right, of 4: the plane", right_of_four(points), "· with x1*x2", right_of_four(three))
claim("in the plane no line does it", right_of_four(points), at_most=3, source="lecture, section 2")
claim("with a third unit x1*x2 a plane does", right_of_four(three), at_least=4)
claim("eight *linear* units do not help", right_of_four(wider_but_linear), at_most=3)

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
    xor_model.fit(points, points, batch_size=4, epochs=100, verbose=0)
    trained.append(right_of_four(xor_model.encode(points)))
print("right, of 4, for each seed: trained", trained, "· untrained", at_random)
claim(
    "the wide code of every trained one is separable: worst of the seeds",
    min(trained),
    at_least=4,
    source="lecture, section 2",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A linear classifier on narrow and wide codes
#
# Now digits. A logistic regression gets 1,000 labelled codes and is tested on the test images: over codes of all sizes, beside the raw pixels, and beside
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
    "A wider code serves a linear classifier better",
    xscale="log",
)
figure.axes[0].set_xticks(sizes, [f"{size:,}" for size in sizes])
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Test accuracy of a linear classifier against the number of code units, 32, 128 and 1,024, for trained and untrained "
    "codes, with the raw pixels as a level. Both curves rise. The trained codes are far ahead where they are narrow; at "
    "1,024 units the trained one is near the pixels and the untrained one above them.",
)
for (kind, size), value in probe.items():
    print(f"{kind:10}{size:6,} units: {value:.3f}")
print(f"784 raw pixels: {on_pixels:.3f}")
claim(
    "width alone, untrained: 1,024 units over 32",
    probe["untrained", wide_code] - probe["untrained", 32],
    at_least=0.1,
    source="lecture, section 2",
)
claim(
    "trained wide code over raw pixels: no gain to speak of",
    probe["trained", wide_code] - on_pixels,
    at_most=0.03,
)
claim("32 units: learning brings", probe["trained", 32] - probe["untrained", 32], at_least=0.05)
claim(
    "1,024 units: learning brings no gain",
    probe["trained", wide_code] - probe["untrained", wide_code],
    at_most=0.01,
)
claim(
    "1,024 random units over raw pixels: gain",
    probe["untrained", wide_code] - on_pixels,
    at_least=0.01,
)

# %% [markdown]
# The lecture is right that more dimensions help a linear classifier: 1,024 units serve it better than 32 do. But here learning has no part in it. The
# trained wide code is about as good as the raw pixels that it copies, and the *untrained* one, random weights and a bend, is better
# than both: it mixes the pixels in 1,024 different ways, which is what a linear classifier can use (Cover, 1965). Copying taught the wide network
# nothing about digits. Where the code is narrow, learning decides.

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
# - A narrow code must choose, and so it learns; it is good where it was trained, and its error says when it is elsewhere.
# - A wide one copies where the data vary, and its units need not mean anything.
# - Width and non-linearity make classes separable, learnt or not.
#
# ## Exercises
#
# **1.** Four relu units by hand: give weights and biases of two relu units of $x_1 + x_2$ that make XOR separable, and check them.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# h1 = relu(x1 + x2), h2 = relu(x1 + x2 - 1): XOR is h1 - 2 h2. Two units are enough, if they bend.
total = points.sum(axis=1)
h = np.stack([np.maximum(0, total), np.maximum(0, total - 1)], axis=1)
print("h1 - 2 h2 =", h[:, 0] - 2 * h[:, 1])
claim("two relu units make XOR separable", right_of_four(h), at_least=4)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** Detect foreign images by the error *relative to the image's own ink*, $\lVert x - \hat{x} \rVert^2 / \lVert x \rVert^2$. Does it help
# with turned digits? Explain.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Usually a little: a turned digit has the ink of a digit, but within the digits, much ink means a large
# error; dividing by it removes that spread.
relative = {
    name: error_of[name] / np.sum(kinds[name] ** 2, axis=1) for name in ("digits", "turned digits")
}
foreign = np.r_[np.zeros(n_test), np.ones(n_test)]
by_relative = roc_auc_score(foreign, np.r_[relative["digits"], relative["turned digits"]])
print(
    f"AUROC, turned digits: {auroc['autoencoder', 'turned digits']:.3f}, relative {by_relative:.3f}"
)
claim("the relative error detects turned digits", by_relative, at_least=0.75)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** A turned 0 is still a 0. Which turned digits are the hardest to detect? Guess two, then measure the AUROC digit by digit.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Those that look like a digit when turned. A 0 does; and a turned 1 is a stroke, with little to draw.
by_digit = {}
for digit in range(10):
    mine = error_of["turned digits"][y_test == digit]
    foreign = np.r_[np.zeros(n_test), np.ones(len(mine))]
    by_digit[digit] = roc_auc_score(foreign, np.r_[error_of["digits"], mine])
for digit in sorted(by_digit, key=by_digit.get):
    print(f"turned {digit}: AUROC {by_digit[digit]:.2f}")
claim("the hardest: AUROC", min(by_digit.values()), at_most=0.8)

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
