# %% [markdown] slideshow={"slide_type": "slide"}
# # Between two digits: interpolation in the code
#
# Two images have a mixture, pixel by pixel: one fades while the other appears. Two *codes* have a
# mixture as well, and the decoder turns it into an image. Is there something between a 3 and an 8?
# This lesson looks, and then measures where it goes wrong.
#
# **What you will learn**
#
# - how to interpolate between two codes in Keras, and how it differs from mixing pixels;
# - why a linear autoencoder cannot show any difference;
# - what a slider through the code feels like (and what remains on paper);
# - where interpolation leaves the data: holes in the code, found with a nearest-neighbour distance
#   and with a classifier;
# - that a plain autoencoder is not a generative model.
#
# **The lecture's part:** section 2, latent interpolation. **Before this lesson:** lesson 2, The
# traditional autoencoder; lesson 4, A deep autoencoder, helps. **Time:** about 45 minutes to read and play; the computing takes
# under a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim
import ipywidgets
from keras import optimizers, utils
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all of MNIST, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. `n_pairs` pairs of test digits are used for measuring.

# %% slideshow={"slide_type": "skip"}
n_train, n_test, epochs, n_pairs = {
    "quick": (10_000, 2_000, 6, 300),
    "full": (60_000, 10_000, 30, 1_000),
}[profile]
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_train, n_test, flatten=True)
print("training images", x_train.shape, "· test images", x_test.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The formula
#
# Encode two images, $z_1 = f(x_1)$ and $z_2 = f(x_2)$. For $\alpha$ between 0 and 1,
#
# $$z_\alpha = \alpha \, z_1 + (1 - \alpha) \, z_2, \qquad x_\alpha = g(z_\alpha)$$
#
# Mind the ends: at $\alpha = 1$ it is the *first* one, at $\alpha = 0$ the second. By hand, with two
# codes of two units, from the second to the first:

# %% slideshow={"slide_type": "fragment"}
z_1, z_2 = np.array([4.0, 0.0]), np.array([0.0, 2.0])
for alpha in (0, 0.25, 0.5, 0.75, 1):
    print(f"alpha = {alpha:4}: z = {alpha * z_1 + (1 - alpha) * z_2}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The codes lie on a straight line. What the decoder makes of a straight line need not be straight.
#
# We need a model. One deep autoencoder with a code of 16 units, and one that differs in one argument
# only: a code of 2. And a linear one, to see what non-linearity is good for.


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def train(autoencoder, loss="binary_crossentropy"):
    autoencoder.compile(optimizers.Adam(0.002), loss=loss)
    progress = [aekit.callbacks.ProgressBar()]
    autoencoder.fit(x_train, x_train, 100, epochs=epochs, verbose=0, callbacks=progress)
    return autoencoder


utils.set_random_seed(seed)
deep = train(aekit.dense_autoencoder(784, 16, hidden=(256, 128), code_activation="linear"))
utils.set_random_seed(seed)
narrow = train(aekit.dense_autoencoder(784, 2, hidden=(256, 128), code_activation="linear"))
utils.set_random_seed(seed)
linear = train(aekit.linear_autoencoder(784, 16), loss="mse")

mean_error = metrics.squared_error(x_test, np.tile(x_train.mean(0), (n_test, 1))).mean()
reconstructed = {}
for name, model in {"16 units": deep, "2 units": narrow, "linear, 16": linear}.items():
    reconstructed[name] = model.reconstruct(x_test)
    error = metrics.squared_error(x_test, reconstructed[name]).mean()
    print(f"{name:11} squared error a test image {error:6.2f} (mean image {mean_error:.2f})")
    claim(f"{name}: a share of the mean image's error", error / mean_error, at_most=0.9)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Interpolation in Keras
#
# The lecture's listing, in three lines: encode, mix, decode.


# %% slideshow={"slide_type": "fragment"}
def interpolate(autoencoder, x_1, x_2, alphas):
    """Images between `x_2` (alpha = 0) and `x_1` (alpha = 1): shape `(len(alphas), 784)`."""
    z_1, z_2 = autoencoder.encode(np.stack([x_1, x_2]))
    z = [alpha * z_1 + (1 - alpha) * z_2 for alpha in alphas]
    return autoencoder.decode(np.stack(z))


def mix_pixels(x_1, x_2, alphas):
    return np.stack([alpha * x_1 + (1 - alpha) * x_2 for alpha in alphas])


alphas = np.linspace(0, 1, 11)
first_of = [np.flatnonzero(y_test == digit)[1] for digit in range(10)]

# %% tags=["cover", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
x_1, x_2 = x_test[first_of[8]], x_test[first_of[3]]
strip = interpolate(deep, x_1, x_2, alphas)
plots.show(
    plots.image_rows(
        {
            "pixels mixed": mix_pixels(x_1, x_2, alphas),
            "codes mixed": strip,
        },
        "From a 3 (alpha = 0) to an 8 (alpha = 1), in steps of 0.1",
    ),
    alt="Two rows of eleven images from a 3 to an 8. Above, pixels mixed: one digit fades while the "
    "other appears, two ghosts at once in the middle. Below, codes mixed: the strokes of one drawing move and close.",
)
ends = np.abs(strip[[0, -1]] - deep.reconstruct(np.stack([x_2, x_1]))).max()
claim("the ends are the reconstructions of the two", ends, at_most=1e-4)

# %% [markdown]
# Above a cross-fade: in its middle both digits are there at once, at half their brightness. Below *one*
# drawing whose strokes move. Several pairs, to be sure that it was not a lucky one:

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
pairs = [(4, 9), (7, 1), (0, 6), (5, 2)]
rows = {}
for a, b in pairs:
    ends = x_test[first_of[a]], x_test[first_of[b]]
    rows[f"{b} to {a}: pixels"] = mix_pixels(*ends, alphas)
    rows[f"{b} to {a}: codes"] = interpolate(deep, *ends, alphas)
plots.show(
    plots.image_rows(rows, "Four pairs, each mixed in both ways"),
    alt="Eight rows in pairs: 9 to 4, 1 to 7, 6 to 0 and 2 to 5. In the rows of mixed pixels two "
    "digits lie over one another in the middle; in the rows of mixed codes the strokes change shape, "
    "sometimes through blurred forms that are no digit.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two directions at once: four digits at the corners, and all their mixtures between them,
# $z = \beta(\alpha z_1 + (1 - \alpha) z_2) + (1 - \beta)(\alpha z_3 + (1 - \alpha) z_4)$.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
corners = deep.encode(x_test[[first_of[digit] for digit in (6, 0, 1, 7)]])
steps = np.linspace(1, 0, 9)
grid = [
    beta * (alpha * corners[0] + (1 - alpha) * corners[1])
    + (1 - beta) * (alpha * corners[2] + (1 - alpha) * corners[3])
    for beta in steps
    for alpha in steps
]
plots.show(
    plots.image_grid(deep.decode(np.stack(grid)), "Between 6, 0, 1 and 7", columns=9),
    alt="A grid of nine by nine decoded images with a 6, a 0, a 1 and a 7 in its corners, which change "
    "gradually into one another; in the middle of the grid they are blurred.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why a linear autoencoder shows nothing new
#
# With a linear encoder and decoder (and PCA is such a pair) $g(\alpha z_1 + (1 - \alpha) z_2)$ equals
# $\alpha \, g(z_1) + (1 - \alpha) \, g(z_2)$: the mixture of the codes *is* the mixture of the
# reconstructions, pixel by pixel. (The two shares sum to 1, so this holds with biases, too.) The bending is all that makes the difference.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
rows, gap = {}, {}
for name, model in {"linear": linear, "non-linear": deep}.items():
    by_codes = interpolate(model, x_1, x_2, alphas)
    by_pixels = mix_pixels(*model.reconstruct(np.stack([x_1, x_2])), alphas)
    gap[name] = np.abs(by_codes - by_pixels).max()
    rows[f"{name}: codes"] = by_codes
    rows[f"{name}: pixels"] = by_pixels
claim("linear: largest difference between the two mixtures", gap["linear"], at_most=1e-3)
claim("non-linear: the same", gap["non-linear"], at_least=0.3)
plots.show(
    plots.image_rows(rows, "Codes mixed, and their two reconstructions' pixels mixed"),
    alt="Four rows of eleven images from a 3 to an 8. The linear autoencoder's two rows, codes mixed and "
    "pixels mixed, are the same cross-fade; the non-linear one's two rows differ in the middle.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A slider
#
# In Jupyter, choose two digits and move $\alpha$. Each digit stands for one test image. Where no kernel runs, as on a
# printed page, the strip below the slider is what remains of it: the same path, at eleven places.


# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def picture(a, b, alpha):
    """`b` at alpha = 0, `a` at alpha = 1, and the decoded mixture of their codes."""
    ends = x_test[first_of[a]], x_test[first_of[b]]
    between = interpolate(deep, *ends, [alpha])[0]
    figure, axes = plt.subplots(1, 3, figsize=(6, 2.4))
    names = f"alpha = 0: a {b}", f"alpha = {alpha:.2f}", f"alpha = 1: a {a}"
    for axis, name, image in zip(axes, names, (ends[1], between, ends[0]), strict=True):
        plots.draw_image(axis, image.reshape(28, 28))
        axis.set_title(name, fontsize=12)
    return figure


def slider():
    """Two choices of a digit and a slider, over the picture that they make."""
    controls = {
        "a": ipywidgets.Dropdown(options=range(10), value=8, description="first"),
        "b": ipywidgets.Dropdown(options=range(10), value=3, description="second"),
        "alpha": ipywidgets.FloatSlider(value=0.5, min=0, max=1, step=0.05, description="alpha"),
    }

    def draw(**values):
        plots.show(picture(**values), alt="The two chosen digits and the mixture between them.")

    return ipywidgets.VBox([*controls.values(), ipywidgets.interactive_output(draw, controls)])


if aekit.callbacks.is_watched():  # somebody has opened this notebook in Jupyter
    from IPython.display import display

    display(slider())
plots.show(
    plots.image_rows({"3 to 8": strip}, "The slider's path from alpha = 0 to alpha = 1"),
    alt="Eleven decoded images on the way from a 3 to an 8.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it leave the data?
#
# "It looks good" is no measurement. How far is an image from the *data*? We take the squared distance to its nearest
# training image. A mixture that is like a digit should be about as near to some training image as a
# reconstruction of a real test digit is; that is the baseline. We draw pairs of *different* digits from the
# test images, and measure along the way for three mixtures: of pixels, and of codes of 16 and of 2 units.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
rng = np.random.default_rng(seed)
first, second = rng.integers(0, n_test, (2, 4 * n_pairs))
different = np.flatnonzero(y_test[first] != y_test[second])[:n_pairs]
first, second = first[different], second[different]
index = NearestNeighbors(n_neighbors=1).fit(x_train)


def distance_to_data(images):
    """Squared distance to the nearest training image, `(n,)`."""
    return index.kneighbors(images)[0][:, 0] ** 2


def halfway(autoencoder, alpha=0.5):
    z = autoencoder.encode(x_test)
    return autoencoder.decode(alpha * z[first] + (1 - alpha) * z[second])


places = np.linspace(0, 1, 5)
away = {"pixels": [], "16 units": [], "2 units": []}
for alpha in aekit.callbacks.progress(places):
    mixed = alpha * x_test[first] + (1 - alpha) * x_test[second]
    away["pixels"].append(np.median(distance_to_data(mixed)))
    away["16 units"].append(np.median(distance_to_data(halfway(deep, alpha))))
    away["2 units"].append(np.median(distance_to_data(halfway(narrow, alpha))))

# %% slideshow={"slide_type": "subslide"}
figure = plots.lines(
    places,
    {f"{name} mixed": values for name, values in away.items()},
    "alpha",
    "squared distance",
    "How far from the nearest training image? (median of the pairs)",
)
plots.show(
    figure,
    alt="Median squared distance to the nearest training image against alpha, for mixed pixels and mixed "
    "codes of 16 and of 2 units. Mixed pixels rise highest in the middle; codes of 16 units are lowest, "
    "with a bump in the middle; codes of 2 units are nearly level.",
)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
bump = {name: values[2] / np.mean([values[0], values[-1]]) for name, values in away.items()}
for name, value in bump.items():
    print(f"{name:9} distance in the middle over distance at the ends: {value:.2f}")
claim("16 units: halfway is farther from the data than the ends", bump["16 units"], at_least=1.05)
claim(
    "halfway, codes of 16 units over pixels: distance",
    away["16 units"][2] / away["pixels"][2],
    at_most=0.92,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# So halfway both mixtures leave the data, and mixed codes of 16 units stay nearer to it than mixed pixels. The curve of
# 2 units is nearly level, for no good reason: such a narrow code draws blurred, typical digits
# everywhere, ends included. Indeed the squared distance rewards what is dim or blurred (exercise 4 makes that plain). So we
# ask a second judge, who looks at shape.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The second judge: a classifier
#
# A logistic regression, trained on the reconstructions of the training images with their labels, gives each image
# probabilities of the ten digits. At the ends of a path it should find the two digits. What does it find
# in between: one of the two, or a **third** digit, which nobody asked for? And how sure is it?

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
shown = slice(0, 4000)
judge = LogisticRegression(C=0.1, max_iter=300).fit(
    deep.reconstruct(x_train[shown]), y_train[shown]
)
middle = {
    "test digits": x_test[first],
    "pixels": 0.5 * x_test[first] + 0.5 * x_test[second],
    "16 units": halfway(deep),
    "2 units": halfway(narrow),
}
third, sure = {}, {}
for name, images in middle.items():
    probability = judge.predict_proba(images)
    found = probability.argmax(axis=1)
    third[name] = np.mean((found != y_test[first]) & (found != y_test[second]))
    sure[name] = np.median(probability.max(axis=1))
    print(
        f"{name:12} a third digit: {third[name]:6.1%}   median probability of its answer: {sure[name]:.2f}"
    )
claim(
    "16 units: a third digit turns up halfway more often than by misreading",
    third["16 units"] - third["test digits"],
    at_least=0.02,
)
claim("2 units: far more often", third["2 units"], at_least=0.25)
claim(
    "a code of 16 units is the better one to mix",
    third["2 units"] - third["16 units"],
    at_least=0.1,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# With 2 units the way from one digit to another leads through the regions of others: in a plane there is no
# room to go round. With 16 units there is, and it happens less often, but still in far more cases than the judge's plain
# misreadings explain. Mixed pixels do not come off worse here: a cross-fade shows two digits at once, so the
# judge mostly names one of the two, though it is seldom sure of it. No judge alone says what a good mixture is.
#
# The next figure shows the plane of the two units, and one straight way through it.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
z_test = narrow.encode(x_test)
on_the_way = np.linspace(0, 1, 9)
ways = on_the_way[:, None, None] * z_test[first] + (1 - on_the_way)[:, None, None] * z_test[second]
found = judge.predict(narrow.decode(ways.reshape(-1, 2))).reshape(9, -1)
between = (found != y_test[first]) & (found != y_test[second])
right_ends = (found[0] == y_test[second]) & (found[-1] == y_test[first])
choice = np.argmax(between.sum(axis=0) * right_ends)  # the longest way through a third digit

figure, axis = plt.subplots(figsize=(9, 7))
plots.draw_code_map(axis, z_test, y_test)
axis.plot(*ways[:, choice].T, color="black", linestyle="-", marker="o", markersize=9)
axis.set(xlabel="code unit 1", ylabel="code unit 2")
a, b = y_test[first[choice]], y_test[second[choice]]
axis.set_title(f"A straight way from a {b} to a {a}, through other digits")
low, high = np.percentile(z_test, [0.5, 99.5], axis=0)
ends = np.vstack([ways[:, choice], low, high])
axis.set(
    xlim=(ends[:, 0].min() - 1, ends[:, 0].max() + 1),
    ylim=(ends[:, 1].min() - 1, ends[:, 1].max() + 1),
)
plots.show(
    figure,
    alt="The test digits in the plane of two code units, coloured by digit, and a straight black line with "
    "nine dots between two of them, which crosses the regions of other digits.",
)
plots.show(
    plots.image_grid(
        narrow.decode(ways[:, choice]),
        "What the decoder draws along that way, and what the judge reads",
        columns=9,
        labels=found[:, choice],
    ),
    alt="Nine decoded images along the way, each with the digit that the classifier reads in it: the digit "
    "changes on the way to one or more that are neither of the two ends.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Holes
#
# Nothing in the training asked the code to be filled evenly. The decoder learnt what to draw where training codes lie; everywhere else
# it draws *something*. If the code were a good map of all digits, any point of the right size would decode to one. We
# draw random codes from a Gaussian with the mean and the covariance of the training codes, and ask both judges.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
z_train = deep.encode(x_train)
random_codes = rng.multivariate_normal(z_train.mean(axis=0), np.cov(z_train.T), size=n_pairs)
drawn = deep.decode(random_codes.astype("float32"))
of_random = np.median(distance_to_data(drawn))
of_test = np.median(distance_to_data(reconstructed["16 units"][:n_pairs]))
sure_random = np.median(judge.predict_proba(drawn).max(axis=1))
sure_test = np.median(judge.predict_proba(reconstructed["16 units"][:n_pairs]).max(axis=1))
print(f"distance to the data: random codes {of_random:.1f}, test digits {of_test:.1f}")
print(
    f"probability of the judge's answer: random codes {sure_random:.2f}, test digits {sure_test:.2f}"
)
claim("random codes are farther from the data: ratio", of_random / of_test, at_least=1.3)
claim("and the judge is less sure of them: difference", sure_test - sure_random, at_least=0.05)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
plots.show(
    plots.image_grid(drawn[:20], "Decoded random codes: some digits, many non-digits"),
    alt="Twenty images decoded from random codes. Some look like digits; many are tangles of strokes or "
    "blurs that are no digit.",
)

# %% [markdown]
# So a plain autoencoder is no generative model: it says how to draw from a code, not which codes there are. (Variational autoencoders add just that: a
# penalty that makes the codes fill a Gaussian. They are beyond this course.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
summary = {
    "linear: mixed codes against mixed pixels, largest difference": gap["linear"],
    "non-linear": gap["non-linear"],
    "halfway, a third digit: pixels": third["pixels"],
    "    codes of 16 units": third["16 units"],
    "    codes of 2 units": third["2 units"],
    "    test digits, by misreading": third["test digits"],
    "distance to the data: test digits, reconstructed": of_test,
    "    halfway, 16 units": away["16 units"][2],
    "    random codes": of_random,
}
for name, value in summary.items():
    print(f"{name:62} {value:8.3f}")

# %% [markdown]
# - Mixing codes moves strokes; mixing pixels lays one digit over the other. Without non-linearity the two are the same.
# - A straight line in the code need not stay where the data are: it may cross other digits, or holes.
# - More code units make better ways, and more room for holes.
#
# ## Exercises
#
# **1.** What do you get for $\alpha = 1.5$ or $\alpha = -0.5$? Extrapolate between a 3 and an 8, by codes and by pixels.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The code goes on along the line: an 8 that is even less of a 3. Pixels leave [0, 1]; the decoder's
# sigmoid cannot.
beyond = np.array([-0.5, -0.25, 0, 1, 1.25, 1.5])
by_codes, by_pixels = interpolate(deep, x_1, x_2, beyond), mix_pixels(x_1, x_2, beyond)
print(f"pixels: from {by_pixels.min():.2f} to {by_pixels.max():.2f}")
print(f"codes:  from {by_codes.min():.2f} to {by_codes.max():.2f}")
claim("mixed pixels leave their range", by_pixels.max(), at_least=1.2)
claim("decoded images do not", by_codes.max(), at_most=1.0)
plots.show(
    plots.image_rows({"codes": by_codes, "pixels": by_pixels}, "alpha from −0.5 to 1.5"),
    alt="Two rows of six images, by codes and by pixels, for alpha −0.5, −0.25, 0, 1, 1.25 and 1.5.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** Interpolate between two images of the *same* digit. Are their mixtures nearer to the data than those of different digits?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Yes: within one digit's region the straight way rarely leaves it.
mates = rng.integers(0, n_test, (2, 20 * n_pairs))
same = np.flatnonzero((y_test[mates[0]] == y_test[mates[1]]) & (mates[0] != mates[1]))[:n_pairs]
z = deep.encode(x_test)
within = deep.decode((z[mates[0][same]] + z[mates[1][same]]) / 2)
of_same = np.median(distance_to_data(within))
print(f"halfway: same digit {of_same:.1f}, different digits {away['16 units'][2]:.1f}")
claim(
    "same digit: distance over that of different digits",
    of_same / away["16 units"][2],
    at_most=0.95,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** "The 3 minus the 8": a *direction* in the code. Add the difference between the mean codes of the 9s and the 4s to the codes of
# test images of a 4. How many of them does the judge then read as a 9?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Most of them: a difference of mean codes closes the top of a 4.
direction = z_train[y_train == 9].mean(axis=0) - z_train[y_train == 4].mean(axis=0)
fours = x_test[y_test == 4]
turned = deep.decode(deep.encode(fours) + direction)
read = judge.predict(turned)
before = np.mean(judge.predict(deep.reconstruct(fours)) == 9)
print(f"read as a 9: {before:.0%} before, {np.mean(read == 9):.0%} after")
claim("fours that have become nines", np.mean(read == 9) - before, at_least=0.4)
plots.show(
    plots.image_rows({"a 4": fours[:10], "plus (9 − 4)": turned[:10]}, "Arithmetic with codes"),
    alt="Ten handwritten fours, and under them the decoded images after adding the difference of the mean "
    "codes of nines and fours: most look like nines.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** The distance of a pixel mixture to the data is small "for a bad reason". Show it: how far is the all-black image from the data,
# beside the raw test digits?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Its nearest training image is the one with the least ink. It is no digit, and yet it is nearer to the
# data than a real test digit usually is: squared distance rewards what is dim.
black = distance_to_data(np.zeros((1, 784), "float32"))[0]
raw = np.median(distance_to_data(x_test[:n_pairs]))
print(f"all black {black:.1f}; raw test digits, median {raw:.1f}")
claim(
    "an all-black image is nearer to the data than real test digits: ratio",
    black / raw,
    at_most=0.9,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# So far every layer was dense. The next lesson gives the autoencoder convolutions, which know that pixels have neighbours.
#
# **References**
#
# - Y. Bengio, G. Mesnil, Y. Dauphin and S. Rifai, *Better mixing via deep representations*, ICML (2013): interpolation at different depths.
# - D. Kingma and M. Welling, *Auto-encoding variational Bayes*, ICLR (2014): codes that fill a Gaussian.
# - D. Berthelot, C. Raffel, A. Roy and I. Goodfellow, *Understanding and improving interpolation in autoencoders via an
#   adversarial regularizer*, ICLR (2019).
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, chapter 14 (2016).
