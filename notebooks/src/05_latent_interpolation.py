# %% [markdown] slideshow={"slide_type": "slide"}
# # Between two digits: interpolation in the code
#
# What lies halfway between a 3 and an 8, and is it still a digit?

# %% [markdown] slideshow={"slide_type": "notes"}
# Two images can be mixed pixel by pixel: one fades while the other appears. Two *codes* can be mixed as well, and the decoder turns
# the mixture into an image. **What does a straight line in the code become in the image, and does it stay among the digits?**
#
# **What you will learn**
#
# - how to interpolate between two codes in Keras, and how the result differs from mixed pixels;
# - why a linear autoencoder shows no difference;
# - three ways to judge an interpolation, each with its baseline;
# - what a decoder draws from random codes.
#
# **The lecture's part:** section 2, latent interpolation. **Before this lesson:** lesson 2, The traditional autoencoder; lesson 4, A
# deep autoencoder, helps. **Time:** about 30 minutes, exercises apart.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
from keras import layers
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import rotate
from sklearn.neighbors import NearestNeighbors

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(flatten=True)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them again
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The formula
#
# $h_\alpha = \alpha \, h_1 + (1 - \alpha) \, h_2$, decoded: $x_\alpha = g(h_\alpha)$

# %% [markdown] slideshow={"slide_type": "notes"}
# Encode two images, $h_1 = f(x_1)$ and $h_2 = f(x_2)$. Mix the codes with a number $\alpha$ between 0 and 1, and decode the mixture.
# Note the ends: $\alpha = 1$ gives the *first* code, $\alpha = 0$ the second.
#
# An example with two units: $h_1 = (4, 0)$ and $h_2 = (0, 2)$. **Predict first:** what is the mixture at $\alpha = 0.25$? The five codes below lie on a
# straight line, at equal distances.


# %% tags=["exact"]
def mix(first, second, alpha):
    return alpha * first + (1 - alpha) * second


h_1, h_2 = np.array([4.0, 0.0]), np.array([0.0, 2.0])
for alpha in (0, 0.25, 0.5, 0.75, 1):
    print(f"α = {alpha:4}: h = {mix(h_1, h_2, alpha)}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three networks
#
# **16 units:** 784-256-128-16 and back, with a linear code.
#
# **2 units:** the same, but for this number.
#
# **Linear, 16:** one linear layer each way. It shows what non-linearity changes.
#
# All three learn from the 60,000 training images.


# %%
def sixteen():
    return aekit.dense_autoencoder(784, 16, hidden=(256, 128), code_activation="linear")


def two():
    return aekit.dense_autoencoder(784, 2, hidden=(256, 128), code_activation="linear")


def linear_sixteen():
    return aekit.linear_autoencoder(784, 16)


again = {"seed": seed, "retrain": profile == "full"}
deep = train(sixteen, x_train, epochs=30, stored="05_deep", **again)
narrow = train(two, x_train, epochs=30, stored="05_narrow", **again)
linear = train(
    linear_sixteen, x_train, epochs=10, loss="mse", stored="05_linear", **again
)

# %% tags=["hide-input"]
networks = {"linear, 16": linear, "2 units": narrow, "16 units": deep}
mean_image = x_train.mean(axis=0)
for name, model in networks.items():
    reconstruction = model.reconstruct(x_test)
    error = metrics.squared_error(x_test, reconstruction).mean()
    share = metrics.error_share(x_test, reconstruction, mean_image)
    print(f"{name:10} squared error {error:5.2f}, {share:4.0%} of the mean image's")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Interpolation in Keras
#
# The lecture's listing: encode, mix, decode, with two Keras models.

# %%
alphas = np.linspace(0, 1, 11)[:, None]  # (11, 1)
example = [np.flatnonzero(y_test == digit)[1] for digit in range(10)]  # one a class
x_1, x_2 = x_test[example[8]], x_test[example[3]]

h_1, h_2 = deep.encoder.predict(np.stack([x_1, x_2]), verbose=0)  # encode
h = alphas * h_1 + (1 - alphas) * h_2  # mix: (11, 16)
codes_mixed = deep.decoder.predict(h, verbose=0)  # decode: (11, 784)

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
# The same model in plain Keras, from examples/interpolation.py.


def encoder_and_decoder():
    encoder = keras.Sequential([keras.Input((784,))])
    for units in (256, 128):
        encoder.add(layers.Dense(units, activation="relu"))
    encoder.add(layers.Dense(16))  # the code, linear
    decoder = keras.Sequential([keras.Input((16,))])
    for units in (128, 256):
        decoder.add(layers.Dense(units, activation="relu"))
    decoder.add(layers.Dense(784, activation="sigmoid"))
    return encoder, decoder


plain_keras = keras.Sequential(encoder_and_decoder())
of_both = [[w.shape for w in m.get_weights()] for m in (plain_keras, deep)]
verify("The weights of both have the same shapes.", of_both[0] == of_both[1])

# %% [markdown] slideshow={"slide_type": "slide"}
# ### From a 3 to an 8
#
# **Predict first:** what will be in the middle of each row?

# %% tags=["cover", "hide-input"]
plots.show(
    plots.image_rows(
        {"pixels mixed": mix(x_1, x_2, alphas), "codes mixed": codes_mixed},
        "From a 3 (α = 0) to an 8 (α = 1), in steps of 0.1",
        size=0.52,
    ),
    alt="Two rows of eleven images from a 3 to an 8. Above, pixels mixed: one digit fades while the other "
    "appears, and in the middle both are seen. Below, codes mixed: the strokes of one digit move and close.",
)
verify(
    "The ends of a path are the reconstructions of the two images.",
    np.abs(codes_mixed[[-1, 0]] - deep.reconstruct(np.stack([x_1, x_2]))).max(),
    at_most=1e-4,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Above is a cross-fade: in the middle both digits are there, at half their brightness. Below is *one* digit whose strokes move.
#
# The folded cell before the figure is the model without aekit; `examples/interpolation.py` is all of it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Halfway between any two digits
#
# Ten test images, α = 0.5. Is every pair as good as the 3 and the 8?

# %% [markdown] slideshow={"slide_type": "notes"}
# Run the next cell in Jupyter to get a slider: choose two digits and move α. The figure under it has one image of each digit. It shows the
# middle of each path, with the ten reconstructions on the diagonal. Each pair is there twice: codes mixed above it, and pixels of the
# two reconstructions mixed below.

# %% tags=["hide-input"]
of_example = deep.encode(x_test[example])


def slider():
    """Two digits and α; the two images, and between them their mixtures of pixels and codes."""
    from io import BytesIO

    import ipywidgets
    from PIL import Image

    def png(picture):
        grey = (255 * np.clip(picture, 0, 1)).astype(np.uint8).reshape(28, 28)
        file = BytesIO()
        Image.fromarray(grey).resize((140, 140), Image.Resampling.NEAREST).save(
            file, "png"
        )
        return file.getvalue()

    names = "second, α = 0", "pixels mixed", "codes mixed", "first, α = 1"
    images = [ipywidgets.Image(format="png", width=140, height=140) for _ in names]
    columns = [
        ipywidgets.VBox([ipywidgets.Label(name), image])
        for name, image in zip(names, images, strict=True)
    ]
    first = ipywidgets.Dropdown(options=range(10), value=8, description="first")
    second = ipywidgets.Dropdown(options=range(10), value=3, description="second")
    alpha = ipywidgets.FloatSlider(value=0.5, min=0, max=1, step=0.05, description="α")

    def draw(_=None):
        a, b = first.value, second.value
        between = deep.decode(mix(of_example[[a]], of_example[[b]], alpha.value))
        x_a, x_b = x_test[example[a]], x_test[example[b]]
        pictures = x_b, mix(x_a, x_b, alpha.value), between, x_a
        for image, picture in zip(images, pictures, strict=True):
            image.value = png(picture)

    for control in (first, second, alpha):
        control.observe(draw, names="value")
    draw()
    return ipywidgets.VBox([first, second, alpha, ipywidgets.HBox(columns)])


if aekit.callbacks.is_watched():  # somebody has opened this notebook in Jupyter
    from IPython.display import display

    display(slider())

rows, columns = np.indices((10, 10)).reshape(2, 100)
of_codes = deep.decode(mix(of_example[rows], of_example[columns], 0.5))
ends = deep.decode(of_example)
of_pixels = mix(ends[rows], ends[columns], 0.5)
one, other = of_example[np.array(np.triu_indices(10))][:, :, None]  # 55 pairs
between = deep.decode(mix(one, other, alphas).reshape(-1, 16))
plots.show(
    plots.image_grid(
        np.where((columns >= rows)[:, None], of_codes, of_pixels),
        "Halfway: codes mixed above the diagonal, pixels below",
        size=0.62,
    ),
    alt="A ten by ten table of images, the digits 0 to 9 on its diagonal. Above it each image is one drawing, "
    "sometimes a digit and sometimes a blurred form; below it each shows two digits over one another.",
    touch=Touch("mix", paths=as_bytes(between.reshape(55, 11, 784))),
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Above the diagonal there is one drawing in each image. Some of them are digits, some are a *third* digit, and some are no digit at
# all. Below it two digits lie over one another.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Without non-linearity nothing bends
#
# If $g$ is linear, $g(h_\alpha) = \alpha \, g(h_1) + (1 - \alpha) \, g(h_2)$.

# %% [markdown] slideshow={"slide_type": "notes"}
# So for a linear decoder, PCA's too, mixing codes *is* mixing the pixels of the reconstructions. This holds with a bias as well, because the
# two weights sum to 1. We compare both mixtures in the linear and in the deep network.


# %%
def both_mixtures(model, first, second, alpha):
    """By codes, and by the pixels of the two reconstructions."""
    h_1, h_2 = model.encode(first), model.encode(second)
    by_pixels = mix(model.decode(h_1), model.decode(h_2), alpha)
    return model.decode(mix(h_1, h_2, alpha)), by_pixels


rows, gap = {}, {}
for name, model in {"linear": linear, "deep": deep}.items():
    by_codes, by_pixels = both_mixtures(model, x_1[None], x_2[None], alphas)
    rows |= {f"{name}: codes": by_codes, f"{name}: pixels": by_pixels}
    gap[name] = np.abs(by_codes - by_pixels).max()
    print(f"{name:6} largest difference of a pixel {gap[name]:.4f}")

# %% tags=["hide-input"]
plots.show(
    plots.image_rows(
        rows, "Codes mixed, and pixels of the reconstructions mixed", size=0.5
    ),
    alt="Four rows of eleven images from a 3 to an 8. The linear network's two rows are the same "
    "cross-fade; the deep network's two rows differ in the middle.",
)
claim(
    "With a linear autoencoder, mixing two codes is mixing the pixels of the two reconstructions.",
    gap["linear"],
    at_most=1e-4,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### How far does a path bend?
#
# We measure how far the decoded path leaves the straight line between its ends.

# %% [markdown] slideshow={"slide_type": "notes"}
# An image is a point in a space of 784 dimensions. Mixed pixels move along the straight line from one reconstruction to the other. The
# figure shows how far the decoded path is along that line, and how far off it, in lengths of the line. Only the linear network stays on
# it.


# %% tags=["hide-input"]
def along_and_off(path):
    """Where the pictures of a path are, seen from the line between its ends."""
    line, steps = path[-1] - path[0], path - path[0]
    along = steps @ line / (line @ line)
    off = np.linalg.norm(steps - along[:, None] * line, axis=1)
    return along, off / np.linalg.norm(line)


figure, axis = plt.subplots(figsize=(7.5, 3.6))
for name, model in networks.items():
    path, _ = both_mixtures(model, x_1[None], x_2[None], np.linspace(0, 1, 21)[:, None])
    axis.plot(*along_and_off(path), marker="o", markersize=5, label=name)
axis.set(
    xlabel="along the straight line from the 3 to the 8",
    ylabel="off the line",
    title="The path from the 3 to the 8, seen from the side",
)
axis.legend()
plots.show(
    figure,
    alt="Three paths from 0 to 1. The linear network's lies on the straight line; those of 2 and of 16 units rise "
    "far from it and come back.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Is that so for other pairs? We take 1,000 pairs of test digits of different classes, and measure in the middle of their paths how far
# the decoded mixture is from the mean of the two reconstructions.

# %%
rng = np.random.default_rng(seed)
first, second = rng.integers(0, len(x_test), (2, 2_000))
different = np.flatnonzero(y_test[first] != y_test[second])[:1_000]
first, second = first[different], second[different]

bend = {}
for name, model in networks.items():
    by_codes, by_pixels = both_mixtures(model, x_test[first], x_test[second], 0.5)
    line = model.reconstruct(x_test[first]) - model.reconstruct(x_test[second])
    off = np.linalg.norm(by_codes - by_pixels, axis=1) / np.linalg.norm(line, axis=1)
    bend[name] = np.median(off)
    print(f"{name:10} {bend[name]:.2f} of the distance of the ends (median)")
claim(
    "Halfway between two codes of 16 units, the decoded image is off the mean of "
    "the two reconstructions by 0.3 of their distance or more (median).",
    bend["16 units"],
    at_least=0.3,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## First judge: a path that we know
#
# Turn a digit. Mix the codes of its first and its last picture. Compare with the true turns.

# %% [markdown] slideshow={"slide_type": "notes"}
# Between a 3 and an 8 nobody knows the right picture. Between a digit and the same digit, turned, we do: it is the digit, turned half
# as far. So we can measure an error. The rival is the mixed pixels of the same two reconstructions. The standard
# to reach is the network's own reconstruction of the true picture.


# %%
def turned(images, degrees):
    turns = rotate(
        images.reshape(-1, 28, 28), degrees, axes=(2, 1), reshape=False, order=1
    )
    return np.clip(turns, 0, 1).reshape(-1, 784)


def halfway_errors(digits, degrees):
    """Squared errors against the picture halfway through a turn."""
    truth = turned(digits, degrees / 2)
    by_codes, by_pixels = both_mixtures(deep, digits, turned(digits, degrees), 0.5)
    guesses = by_pixels, by_codes, deep.reconstruct(truth)
    return [metrics.squared_error(truth, guess).mean() for guess in guesses]


angles = [10, 20, 30, 40, 50, 60, 70, 80, 90]
errors = np.array([halfway_errors(x_test[:500], degrees) for degrees in angles])

# %% tags=["hide-input"]
digit, quarters = x_test[[example[7]]], np.linspace(0, 1, 5)[:, None]
by_codes, by_pixels = both_mixtures(deep, turned(digit, 60), digit, quarters)
true_turns = np.concatenate([turned(digit, degrees) for degrees in (0, 15, 30, 45, 60)])
plots.show(
    plots.image_rows(
        {
            "true turns": true_turns,
            "reconstructed": deep.reconstruct(true_turns),
            "codes mixed": by_codes,
            "pixels mixed": by_pixels,
        },
        "A 7 turned by 0 to 60 degrees",
        size=0.85,
    ),
    alt="Four rows of five images of a 7 turned by 0, 15, 30, 45 and 60 degrees. The true turns and their reconstructions "
    "are alike. With mixed codes the middle image is no 7; with mixed pixels two sevens cross there.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The network can draw the turned 7, as the second row shows. But the straight line between the codes of the two ends does not lead
# through it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A short path follows the turn, a long one does not
#
# **Predict first:** for which turns are mixed codes no better than mixed pixels?

# %% tags=["hide-input"]
names = "pixels mixed", "codes mixed", "true picture, reconstructed"
figure = plots.lines(
    angles,
    dict(zip(names, errors.T, strict=True)),
    "turn between the two ends, in degrees",
    "squared error an image",
    "How far from the true picture, halfway? (500 test digits)",
)
figure.set_size_inches(7.5, 4)
plots.show(
    figure,
    alt="Squared error halfway against the turn from 10 to 90 degrees. Mixed codes begin near the reconstruction of the "
    "true picture, and rise towards the mixed pixels, which are above them from 20 to 80 degrees.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# At 10 degrees both mixtures are as good as the network can be. From 20 to 50 degrees mixed codes are clearly better than mixed pixels. At 90
# degrees the lead is gone. A straight line in the code follows the turn for a short way only.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
at = dict(zip(angles, errors, strict=True))
claim(
    "Halfway through a turn of 30 degrees, mixed codes have a lower error than mixed pixels (ratio).",
    at[30][1] / at[30][0],
    at_most=0.75,
)
claim(
    "Halfway through a turn of 60 degrees, mixed codes have a larger error than the reconstruction "
    "of the true picture (ratio).",
    at[60][1] / at[60][2],
    at_least=2,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Second judge: the distance to the data
#
# How far is an image from its nearest training image?

# %% [markdown] slideshow={"slide_type": "notes"}
# Back to pairs of different digits. Here no true picture is known, but we can ask whether a mixture is still near the data. The measure
# is the squared distance to the nearest of 10,000 training images.
#
# A decoded image is a little blurred, and squared distance favours what is blurred. So all pictures of this comparison are decoded ones,
# and the baseline is the *ends* of the same paths, where nothing is mixed.

# %%
nearest = NearestNeighbors(n_neighbors=1).fit(x_train[:10_000])


def distance_to_data(images):
    return nearest.kneighbors(images)[0][:, 0] ** 2


places = np.linspace(0, 1, 5)
some = x_test[first[:300]], x_test[second[:300]]
away = {
    f"{units} units: {what}": [] for units in (16, 2) for what in ("codes", "pixels")
}
for place in aekit.callbacks.progress(places):
    for units, model in {16: deep, 2: narrow}.items():
        by_codes, by_pixels = both_mixtures(model, *some, place)
        away[f"{units} units: codes"].append(np.median(distance_to_data(by_codes)))
        away[f"{units} units: pixels"].append(np.median(distance_to_data(by_pixels)))


# %% tags=["hide-input"]
def curves(places, values, ylabel, title):
    """A colour for each network, solid for codes and dotted for pixels."""
    figure, axis = plt.subplots(figsize=(7.5, 3.8))
    for name, along in values.items():
        color = plots.COLORS[name.startswith("2")]
        style = "-" if name.endswith("codes") else ":"
        axis.plot(places, along, color=color, linestyle=style, marker="o", label=name)
    axis.set(xlabel="α", ylabel=ylabel, title=title)
    axis.set_ylim(bottom=0)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


title = "Distance to the nearest training image (median)"
figure = curves(places, away, "squared distance", title)
plots.show(
    figure,
    alt="Median squared distance to the nearest training image against α, four curves. With 16 units mixed codes rise in the "
    "middle, and mixed pixels rise more. With 2 units mixed codes are nearly level, and mixed pixels rise steeply.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With 16 units the path leaves the data in its middle. Mixed pixels leave it farther, in both networks. With 2 units the decoded path stays about
# as near as its ends are.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
ends_and_middle = {name: (np.mean([d[0], d[-1]]), d[2]) for name, d in away.items()}
for name, (at_ends, halfway) in ends_and_middle.items():
    print(f"{name:16} ends {at_ends:5.1f}, halfway {halfway:5.1f}")
claim(
    "Halfway between two codes of 16 units, decoded images are farther from the training images "
    "than at the ends of the same paths (ratio).",
    ends_and_middle["16 units: codes"][1] / ends_and_middle["16 units: codes"][0],
    at_least=1.08,
)
claim(
    "Halfway, mixed codes of 16 units are nearer to the training images than the mixed pixels of "
    "the same reconstructions (ratio).",
    ends_and_middle["16 units: codes"][1] / ends_and_middle["16 units: pixels"][1],
    at_most=0.95,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Third judge: does a mixed code still give a digit?
#
# Between a 3 and an 8 nobody should see a 5. How often does such a **third digit** appear?

# %% [markdown] slideshow={"slide_type": "notes"}
# A classifier reads the pictures along the 1,000 paths. It also errs where nothing is mixed. So we look at the ends of each path too: only
# what comes on top is due to mixing. First we check that it can read reconstructions.
#
# **Predict first:** does mixing do more harm among 2 units or among 16?


# %%
def classifier():
    hidden = [layers.Dense(256, activation="relu"), layers.Dropout(0.5)]
    return keras.Sequential(
        [keras.Input((784,)), *hidden, layers.Dense(10, activation="softmax")]
    )


judge = train(
    classifier,
    x_train,
    y_train,
    epochs=10,
    loss="sparse_categorical_crossentropy",
    stored="05_judge",
    **again,
)


def read(images):
    return judge.predict(images, batch_size=1_000, verbose=0).argmax(axis=1)


images, labels = x_test[:2_000], y_test[:2_000]
print(f"test images: {np.mean(read(images) == labels):.1%} read rightly")
print(f"reconstructed: {np.mean(read(deep.reconstruct(images)) == labels):.1%}")

# %%
third, added = {name: [] for name in away}, {}
for place in np.linspace(0, 1, 7):
    for units, model in {16: deep, 2: narrow}.items():
        mixtures = both_mixtures(model, x_test[first], x_test[second], place)
        for what, images in zip(("codes", "pixels"), mixtures, strict=True):
            seen = read(images)
            strange = (seen != y_test[first]) & (seen != y_test[second])
            third[f"{units} units: {what}"].append(strange.mean())

for name, shares in third.items():
    ends = np.mean([shares[0], shares[-1]])
    added[name] = np.mean(shares) - ends
    print(f"{name:16} ends {ends:4.0%}, halfway {shares[3]:4.0%}", end=", ")
    print(f"mean of the path {np.mean(shares):4.0%}, added {added[name]:4.0%}")

# %% tags=["hide-input"]
title = "How often does the classifier see a third digit?"
figure = curves(np.linspace(0, 1, 7), third, "share of 1,000 pairs", title)
plots.show(
    figure,
    alt="Share of third digits against α, four curves. Codes of 2 units rise at once to a high plateau. Codes of 16 units begin "
    "near 0 and have a peak in the middle. The curves of mixed pixels peak in the middle too.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# At the ends, reconstructions of 16 units are misread far less often. Along the path, mixing adds far more third digits with 2 units.
# Soon after its beginning the share is high, although the last section found these pictures near the data: the path leads through other
# digits. Just halfway the difference between the networks is smaller.
#
# Halfway, mixed pixels give *fewer* third digits than mixed codes. Of two digits that lie over one another, the classifier mostly names
# one. It does not ask whether the picture is a clean digit. So no judge alone says what a good mixture is.

# %% tags=["hide-input"]
claim(
    "Along straight paths, mixing two codes adds more third digits with 2 units than with 16 "
    "(difference of the mean shares).",
    added["2 units: codes"] - added["16 units: codes"],
    at_least=0.03,
    unit="points",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Random codes
#
# Does any code give a digit? That depends on what "random" means.

# %% [markdown] slideshow={"slide_type": "notes"}
# Nothing in the training says which codes there are. We try two definitions of a random code. *One Gaussian*: the mean and the covariance
# of all training codes. *Ten Gaussians*: those of each digit's codes, for which we need labels. The baseline is reconstructions of test
# digits.


# %%
def gaussian(codes, n):
    return rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), size=n)


h_train = deep.encode(x_train[:10_000])
of_digit = [h_train[y_train[:10_000] == digit] for digit in range(10)]
drawn = {
    "one Gaussian": deep.decode(gaussian(h_train, 300)),
    "ten Gaussians": deep.decode(np.concatenate([gaussian(h, 30) for h in of_digit])),
    "test digits": deep.reconstruct(x_test[:300]),
}
away_from = {
    name: np.median(distance_to_data(images)) for name, images in drawn.items()
}
for name, distance in away_from.items():
    print(f"{name:14} squared distance to the nearest training image {distance:.1f}")

# %% tags=["hide-input"]
shown = {name: images[::30] for name, images in drawn.items()}
plots.show(
    plots.image_rows(
        shown, "Decoded: random codes, and codes of test digits", size=0.56
    ),
    alt="Three rows of ten images. Among those of one Gaussian there are tangles of strokes; codes from one Gaussian for each digit give "
    "mostly digits; the third row are reconstructed test digits.",
)
claim(
    "Codes drawn from one Gaussian, with the mean and covariance of the training codes, give images "
    "farther from the training images than reconstructed test digits are (ratio).",
    away_from["one Gaussian"] / away_from["test digits"],
    at_least=1.3,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Codes from one Gaussian give pictures far from the data, and many are no digits. Codes from ten Gaussians give nearer ones, by the *same*
# decoder. So new digits need a model of the codes, and a plain autoencoder learns none. A *variational* autoencoder learns both
# together [1].

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **A straight line in the code is a bent path in the image, and it may leave the data.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - Mixed codes move strokes; mixed pixels lay one digit over the other. In a linear network both are the same.
# - A short path in the code follows a turn; a long one does not.
# - With 16 units the middle of a path is farther from the data than its ends. With 2 units it is not, but it shows other digits.
#
# The next lesson gives the autoencoder convolutions, which know that pixels have neighbours.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Whoever begins here runs the first cells, up to the parameters, and then the next one, which is folded. It gives you `deep` and `narrow`,
# the networks with 16 and 2 units, `mean_code`, the mean code of each digit, `read(images)`, the classifier, and `distance_to_data(images)`.


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def sixteen():
    return aekit.dense_autoencoder(784, 16, hidden=(256, 128), code_activation="linear")


def two():
    return aekit.dense_autoencoder(784, 2, hidden=(256, 128), code_activation="linear")


def classifier():
    hidden = [layers.Dense(256, activation="relu"), layers.Dropout(0.5)]
    return keras.Sequential(
        [keras.Input((784,)), *hidden, layers.Dense(10, activation="softmax")]
    )


def read(images):
    return judge.predict(images, batch_size=1_000, verbose=0).argmax(axis=1)


def distance_to_data(images):
    return nearest.kneighbors(images)[0][:, 0] ** 2


deep = train(sixteen, x_train, epochs=30, stored="05_deep")
narrow = train(two, x_train, epochs=30, stored="05_narrow")
judge = train(
    classifier,
    x_train,
    y_train,
    epochs=10,
    loss="sparse_categorical_crossentropy",
    stored="05_judge",
)
nearest = NearestNeighbors(n_neighbors=1).fit(x_train[:10_000])
h_train, labels = deep.encode(x_train[:10_000]), y_train[:10_000]
mean_code = np.stack([h_train[labels == digit].mean(axis=0) for digit in range(10)])
of_test_digits = np.median(distance_to_data(x_test[:500]))


@exercise("05.1", expects="a number: α")
def _(alpha):
    units = 4 * float(alpha), 2 * (1 - float(alpha))
    if not 0 <= alpha <= 1:
        return "α is between 0 and 1 on the way from one code to the other."
    if abs(units[0] - units[1]) > 0.05:
        return f"At that α the two units are {units[0]:.2f} and {units[1]:.2f}."


@exercise("05.2", expects="(i, j): the indices of two test images")
def _(pair):
    i, j = pair
    wanted = y_test[i], y_test[j]
    if wanted[0] == wanted[1]:
        return f"Both images are a {wanted[0]}. Choose two different digits."
    h_1, h_2 = narrow.encode(x_test[[i, j]])
    steps = np.linspace(0, 1, 11)[:, None]
    seen = read(narrow.decode(steps * h_1 + (1 - steps) * h_2))
    if (seen[-1], seen[0]) != wanted:
        return (
            f"The images are a {wanted[0]} and a {wanted[1]}, but their reconstructions are read as "
            f"a {seen[-1]} and a {seen[0]}. Choose images that 2 units reconstruct well."
        )
    for alpha, digit in zip(steps[:, 0], seen, strict=True):
        if digit not in wanted:
            return (
                f"At α = {alpha:.1f} the classifier sees a {digit}. Which digits are neighbours in the "
                "map of the codes, plots.code_map(narrow.encode(x_test), y_test, '')?"
            )


@exercise("05.3", expects="(a, b, shift): two digits, and an array of 16 numbers")
def _(answer):
    a, b, shift = answer
    shift = np.asarray(shift, dtype=float).reshape(16)
    if a == b:
        return "The two digits must differ."
    longest = 1.5 * np.linalg.norm(mean_code[b] - mean_code[a])
    if np.linalg.norm(shift) > longest:
        return f"The shift has length {np.linalg.norm(shift):.1f}; at most {longest:.1f} is allowed."
    share = np.mean(read(deep.decode(deep.encode(x_test[y_test == a]) + shift)) == b)
    if share < 0.8:
        return (
            f"{share:.0%} of the images of a {a} are read as a {b}; 80 % are asked for. Which direction leads from "
            f"the codes of one digit to those of the other? Some pairs are easier than others."
        )


@exercise("05.4", expects="an array of 784 numbers")
def _(picture):
    picture = np.asarray(picture, dtype=np.float32).reshape(1, 784)
    if picture.min() < 0 or picture.max() > 0.2:
        return f"The pixels are from {picture.min():.2f} to {picture.max():.2f}; allowed is 0 to 0.2."
    distance = distance_to_data(picture)[0]
    if distance >= of_test_digits:
        return (
            f"Its squared distance is {distance:.1f}; half of the test digits are nearer than "
            f"{of_test_digits:.1f}. How much does each bright pixel add where the training image is black?"
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. By hand.** At which $\alpha$ are the two units of $h_\alpha$ equal, if $h_1 = (4, 0)$ and $h_2 = (0, 2)$?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
alpha = ...  # a number
check("05.1", alpha)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The first unit is 4 α, the second 2 (1 − α). They are equal where 6 α = 2.
assert check("05.1", 1 / 3)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. A path without a third digit.** Find two test images of different digits such that the classifier sees one of the two digits at each
# of eleven values of $\alpha$ from 0 to 1, with **2 units** (`narrow`). At the ends it should read both of them rightly.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
pair = ...  # (i, j): the indices of two test images
check("05.2", pair)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A 4 and a 6. Their regions touch in the plane of the two units, and both images lie well inside. Most
# other pairs fail: of 3,000 random ones about one in six passes.
assert check("05.2", (2256, 4019))

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. Arithmetic with codes.** Choose two digits $a$ and $b$, and *one* shift of 16 numbers, such that most images of an $a$ are read as a
# $b$ once the shift is added to their codes. At least 80 % of the decoded test images are asked for (`deep`). The shift may be at most 1.5
# times as long as the distance between the mean codes of the two digits.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
answer = ...  # (a, b, shift): two digits, and an array of 16 numbers
check("05.3", answer)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The difference of the two mean codes is the direction from one digit to the other. Each code gets
# the same shift, and most 1s become a 7.
assert check("05.3", (1, 7, mean_code[7] - mean_code[1]))
ones = x_test[y_test == 1][:10]
sevens = deep.decode(deep.encode(ones) + mean_code[7] - mean_code[1])
plots.show(
    plots.image_rows(
        {"a 1": ones, "plus (7 − 1)": sevens}, "Arithmetic with codes", size=0.56
    ),
    alt="Ten handwritten ones, and under them the decoded images after the shift: most look like sevens.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Fool the second judge.** Construct a picture in which one can hardly see anything, with no pixel brighter than 0.2, that is nearer to
# the training images than half of the real test digits are.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
picture = ...  # an array of 784 numbers from 0 to 0.2
check("05.4", picture)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# All black. Its nearest training image is the one with the least ink. Squared distance favours what is
# dim, so it can be trusted only among pictures of one kind, as above among decoded ones.
assert check("05.4", np.zeros(784))

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# 1. D. Kingma and M. Welling, *Auto-encoding variational Bayes*, ICLR (2014).
# 2. D. Berthelot, C. Raffel, A. Roy and I. Goodfellow, *Understanding and improving interpolation in autoencoders via an adversarial
#    regularizer*, ICLR (2019): interpolations of lines with a known answer.
# 3. Y. Bengio, G. Mesnil, Y. Dauphin and S. Rifai, *Better mixing via deep representations*, ICML (2013).
# 4. I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, chapter 14 (2016).
