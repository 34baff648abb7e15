# %% [markdown] slideshow={"slide_type": "slide"}
# # Where it led
#
# Undo noise, hide parts, keep few units on. **What became of these three ideas?**

# %% [markdown] slideshow={"slide_type": "notes"}
# The lecture ends its list of uses with new images from the latent space. This lesson takes the next step of three ideas.
#
# **What you will learn**
#
# - how a denoiser makes digits from noise;
# - how a masked autoencoder rebuilds a digit from a quarter of it, and what its code is worth;
# - how a sparse code takes the activations of a network apart.
#
# **The lecture's part:** section 2, generative modelling, and beyond.
#
# **Before this lesson:** lessons 07 (sparse), 08 (denoising) and 09 (stacked autoencoders).
#
# **Time:** about 30 minutes, without the exercises.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots, stacking
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.noise import Corruption
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
from keras import layers, ops
import matplotlib.pyplot as plt
import numpy as np

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(flatten=True)
mean_image = x_train.mean(axis=0)


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def classifier():
    first = [layers.Dense(256, activation="relu"), layers.Dropout(0.5)]
    top = layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((784,)), *first, top])


words = {"loss": "sparse_categorical_crossentropy", "stored": "05_judge"}
judge = train(classifier, x_train, y_train, epochs=10, **words)  # lesson 05's

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them all again
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Undo noise: one denoiser for all levels
#
# The arrow of lesson 08: $D(x) - x = \sigma^2 \, \nabla \log p_\sigma(x)$. It points to where noisy data are dense. In training each image gets noise of its own
# strength, from 0.05 to 3. The network is not told which [5].

# %% [markdown] slideshow={"slide_type": "notes"}
# $D(x)$ is the best answer (in mean squared error) to a noisy image $x$, $p_\sigma$ the density of images under Gaussian noise of strength $\sigma$ [1]. Under strong noise many digits are possible, and the answer is their weighted mean.
#
# The target is the clean image, as in lesson 08. In the network, one convolution makes 7 × 7 places with 64 numbers. Three pairs of convolutions *add* a change to
# them (**residual** blocks). A transposed one draws the answer.


# %%
class AnyNoise(Corruption):
    """Gaussian noise, for each image of another strength, from 0.05 to 3."""

    def corrupted(self, x, seed):
        u = keras.random.uniform((ops.shape(x)[0], 1, 1, 1), seed=seed)
        sigma = 0.05 * 60**u  # log-uniform
        return x + sigma * keras.random.normal(ops.shape(x), seed=seed)


# %% slideshow={"slide_type": "skip"}
def denoiser():
    def conv(kind, n, size, stride=1, activation="relu"):
        return kind(n, size, stride, padding="same", activation=activation)

    down, up = layers.Conv2D, layers.Conv2DTranspose
    image = keras.Input((28, 28, 1))
    h = conv(down, 64, 8, 4)(image)  # (7, 7, 64)
    for _ in range(3):
        change = conv(down, 64, 3)(conv(down, 64, 3)(h))
        h = layers.add([h, change])
    code = keras.Input((7, 7, 64))
    answer = conv(up, 1, 8, 4, "sigmoid")(code)  # (28, 28, 1)
    encoder, decoder = keras.Model(image, h), keras.Model(code, answer)
    return aekit.Autoencoder(encoder, decoder, corruption=AnyNoise())


retrain = profile == "full"
images = x_train.reshape(-1, 28, 28, 1)
recipe = {"epochs": 12, "batch_size": 50, "seed": seed, "retrain": retrain}
network = train(denoiser, images, stored="12_denoiser", **recipe)
print(f"{network.count_params():,} weights")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it answers
#
# **Predict first:** its answer to noise of $\sigma = 0.3$, of 1, and of 3?

# %% tags=["hide-input", "tolerance-0.2"]
rng = np.random.default_rng(seed)
clean = x_test[:200].reshape(-1, 28, 28, 1)
noise = rng.standard_normal(clean.shape, "float32")
columns = []
for sigma in (0.1, 0.3, 0.6, 1, 2, 3):
    noisy = clean + sigma * noise
    answer = network.reconstruct(noisy)
    error = metrics.squared_error(clean, answer).mean()
    share = metrics.error_share(clean, answer, mean_image.reshape(28, 28, 1))
    print(
        f"sigma {sigma:3}: squared error {error:5.1f}, {share:4.0%} of the mean image's"
    )
    columns.append((sigma, noisy[[2, 18]], answer[[2, 18]]))
figure, axes = plt.subplots(4, 7, figsize=(7.5, 4.6))
for axis, digit in zip(axes[:, 0], (2, 2, 18, 18), strict=True):
    plots.draw_image(axis, clean[digit])
axes[0, 0].set_title("clean", fontsize=12, loc="center", fontweight="normal")
for axis, text in zip(axes[1::2, 0], ("answers →", "answers →"), strict=True):
    axis.clear()
    axis.axis("off")
    axis.text(
        1, 0.5, text, ha="right", va="center", fontsize=12, transform=axis.transAxes
    )
for column, (sigma, noisy, answer) in zip(axes.T[1:], columns, strict=True):
    column[0].set_title(f"σ = {sigma}", fontsize=12, loc="center", fontweight="normal")
    for axis, picture in zip(
        column, (noisy[0], answer[0], noisy[1], answer[1]), strict=True
    ):
        plots.draw_image(axis, np.clip(picture, 0, 1))
plots.show(
    figure,
    alt="Two test digits under noise of six strengths, and the network's answers. Up to a strength of 0.6 the answers are "
    "nearly the digits, at 1 their form has changed (the 1 looks like a 7), at 2 and 3 they are grey forms.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Under weak noise the network gives nearly the digit. At $\sigma = 1$ the forms have changed, at 2 and 3 both are grey; at 3 the error is 86 % of the mean image's.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Walk down the levels
#
# $$x \leftarrow x + h \, (D(x) - x) + \text{a little fresh noise}$$
#
# We go only a part $h$ of the arrow, to the next lower level, and ask again.

# %% [markdown] slideshow={"slide_type": "notes"}
# We start from the mean image under noise with $\sigma = 3$. The answer to it is a blot. With
# $h = 1 - r^2$, where $r$ is the next level over the present one, some old noise is left, and fresh noise fills it up to the next level (if the answer were the clean image).
#
# Up to the scale of $x$ this is the step of Ho et al. (2020), the *denoising diffusion model* [2]; their network is told the level, and answers with the noise. Song and Ermon (2019) walked along the score, $\nabla \log p_\sigma$ [3]. **Predict first:** at which level does one see
# which digit it will be?


# %%
levels = np.append(np.geomspace(3, 0.05, 40), 0)  # 3, 2.7, ..., 0.05, 0


def walk(x, denoise):
    """Down the levels, from noise to images; all that it passes."""
    path = [x]
    for sigma, lower in zip(levels[:-1], levels[1:], strict=True):
        h = 1 - (lower / sigma) ** 2
        fresh = lower * np.sqrt(h) * rng.standard_normal(x.shape, "float32")
        x = x + h * (denoise(x) - x) + fresh
        path.append(x)
    return path


noise = rng.standard_normal((200, 28, 28, 1), "float32")
start = mean_image.reshape(28, 28, 1) + 3 * noise
path = walk(start, network.reconstruct)
walked = path[-1].reshape(-1, 784)

# %% tags=["hide-input", "cover"]
sigma, lower = levels[:-1], levels[1:]
h = 1 - (lower / sigma) ** 2
after = np.sqrt(((1 - h) * sigma) ** 2 + lower**2 * h)
verify(
    "Old and fresh noise together are just the next level, if the answer is the clean image.",
    np.abs(after - lower).max(),
    at_most=1e-9,
)
at = (0, 8, 14, 18, 22, 26, 30, 35, 40)
figure, axes = plt.subplots(6, len(at), figsize=(7.5, 5.4))
for column, step in zip(axes.T, at, strict=True):
    seen = path[step][[0, 1, 2]]
    answers = network.reconstruct(seen) if step < 40 else seen
    for k in range(3):
        plots.draw_image(column[2 * k], np.clip(seen[k], 0, 1))
        plots.draw_image(column[2 * k + 1], np.clip(answers[k], 0, 1))
    column[0].set_title(
        f"{levels[step]:.2g}", fontsize=12, loc="center", fontweight="normal"
    )
figure.suptitle(
    "Three walks from σ = 3 to 0; under each the answer to it (last: the end)",
    x=0.01,
    ha="left",
    fontsize=13,
    fontweight="bold",
)
passed = [seen[:4] for seen in path[::2]]
answered = [network.reconstruct(seen) for seen in passed[:-1]] + passed[-1:]
plots.show(
    figure,
    alt="Three walks in nine columns, from noise of strength 3 to none. Under each noisy image is the network's answer: first "
    "a grey blot, then a blurred form that becomes a definite one on the way. The first walk ends in a broken form, the second in a 9, the third in an unclear one.",
    touch=Touch(
        "walk",
        levels=levels[::2].tolist(),
        seen=as_bytes(passed).reshape(-1, 4, 784),
        answers=as_bytes(answered).reshape(-1, 4, 784),
    ),
)
del path

# %% [markdown] slideshow={"slide_type": "notes"}
# The answers begin as a blot and become definite on the way; here below 0.45 only details change. The first walk ends in a broken form, the second in a 9, the third in a form that is no clear digit.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Are they digits, and all ten?
#
# Beside them: decoded random codes, and test digits.

# %% [markdown] slideshow={"slide_type": "notes"}
# The judge is lesson 05's classifier. Of how many pictures is it *sure* (above 0.9)? Which classes does it see? If all are equally frequent, their *effective number* (the exponential of the entropy) is
# 10. How many of the pixels above 0.25 are *grey* (below 0.75)? How far is the nearest training image?
#
# The rival is lesson 05's deep autoencoder, with codes from one Gaussian (of 10,000 training codes), or from ten, one a class, which needs labels.


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def sixteen():
    return aekit.dense_autoencoder(784, 16, hidden=(256, 128), code_activation="linear")


deep = train(sixteen, x_train, epochs=30, stored="05_deep")


def nearest(pictures):
    """Of each picture the nearest of the 60,000 training images: its index and squared distance."""
    index, least = [], []
    for part in np.split(x_train, 60):
        squared = np.sum(part**2, axis=1) - 2 * pictures @ part.T
        index.append(squared.argmin(axis=1) + len(part) * len(index))
        least.append(squared.min(axis=1))
    of_part = np.argmin(least, axis=0), np.arange(len(pictures))
    squared_length = np.sum(pictures**2, axis=1)
    return np.array(index)[of_part], np.array(least)[of_part] + squared_length


def gaussian(codes, n):
    return rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), size=n)


codes, labels = deep.encode(x_train[:10_000]), y_train[:10_000]
of_digit = [gaussian(codes[labels == digit], 20) for digit in range(10)]

# %% tags=["tolerance-0.2"]
made = {
    "walk": walked,
    "one Gaussian": deep.decode(gaussian(codes, 200)),
    "ten Gaussians": deep.decode(np.concatenate(of_digit)),
    "test digits": x_test[:200],
}
sure, classes, grey, distance = {}, {}, {}, {}
for name, pictures in made.items():
    p = judge.predict(pictures, batch_size=200, verbose=0)
    seen = np.bincount(p.argmax(axis=1), minlength=10) / 200
    sure[name] = np.mean(p.max(axis=1) > 0.9)
    classes[name] = np.exp(-np.sum(seen * np.log(seen + 1e-9)))
    distance[name] = nearest(pictures)[1]
    grey[name] = np.mean(np.abs(pictures - 0.5) < 0.25) / np.mean(pictures > 0.25)
    print(f"{name:14} sure {sure[name]:4.0%}, classes {classes[name]:4.1f}", end="")
    print(f", grey {grey[name]:4.0%}", end="")
    print(f", squared distance {np.median(distance[name]):4.1f}")

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "Walks from noise with a convolutional denoiser lead to all ten digits (effective number of classes).",
    classes["walk"],
    at_least=9.1,
)
claim(
    "A classifier is sure (above 0.9) of a smaller share of the pictures from walks than of test digits (difference).",
    sure["test digits"] - sure["walk"],
    at_least=0.1,
    unit="points",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Are they new?
#
# Each walk's end, above the nearest of all 60,000 training images.

# %% tags=["hide-input"]
closest = nearest(walked[:20])[0]
rows = {"walk": walked[:10], "its nearest": x_train[closest[:10]]}
rows |= {"walk ": walked[10:20], "its nearest ": x_train[closest[10:]]}
rows |= {"one Gaussian": made["one Gaussian"][:10]}
rows |= {"one Gaussian ": made["one Gaussian"][10:20]}
rows |= {"ten Gaussians": made["ten Gaussians"][::20]}
plots.show(
    plots.image_rows(rows, "Made from noise, and from random codes", size=0.54),
    alt="Two times ten images from walks, above the nearest training image of each; then twenty "
    "decoded codes from one Gaussian and ten from ten Gaussians. The walks end in sharp strokes; "
    "about a third of them are broken. The decoded codes are softer, and many of the "
    "one Gaussian's are no digit.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# All ten digits come out, with sharper edges than even the test digits (24 % grey against 34 %). They are no copies. But about a third of the twenty shown are broken. The judge is sure of 66 %, of the one Gaussian's pictures of 55 %. The ten Gaussians, which use
# labels, are ahead in sureness, not in sharpness.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "Pictures from walks are no copies: even the nearest 5 % are farther from the training images than the nearest 5 % "
    "of test digits (ratio of the 5 % quantiles of the squared distances).",
    np.quantile(distance["walk"], 0.05) / np.quantile(distance["test digits"], 0.05),
    at_least=1.5,
)
claim(
    "Pictures from walks have a smaller share of grey among their lit pixels than decoded codes from one Gaussian "
    "(ratio).",
    grey["walk"] / grey["one Gaussian"],
    at_most=0.85,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Hide parts: the masked autoencoder
#
# Three quarters of a digit are hidden, in patches of 4 × 4 pixels. Rebuild them from the rest.

# %% [markdown] slideshow={"slide_type": "notes"}
# He et al. (2022) hide 75 % of the patches of photographs [4]. Of our 7 × 7 patches 12 stay visible, drawn anew for each image and step.
#
# As in their work only hidden pixels teach: visible ones are copied, whatever the weights are.


# %%
class PatchMasking(Corruption):
    """Leaves 12 of the 49 patches of a digit visible, and sets the others to 0."""

    def corrupted(self, x, seed):
        u = keras.random.uniform((ops.shape(x)[0], 49), seed=seed)
        seen = ops.cast(u <= ops.sort(u, axis=1)[:, 11:12], x.dtype)  # the 12 lowest
        seen = ops.reshape(seen, (-1, 7, 1, 7, 1)) * ops.ones((1, 7, 4, 7, 4))
        return x * ops.reshape(seen, (-1, 784))


class MaskedAutoencoder(aekit.Autoencoder):
    """Rebuilds what is hidden; what is visible is copied, and teaches nothing."""

    def call(self, x, training=False):
        seen = self.corruption(ops.ones_like(x), training=training)  # 1 or 0
        rebuilt = self.decoder(self.encoder(seen * x))
        return seen * x + (1 - seen) * rebuilt


# %%
def plain():
    return aekit.dense_autoencoder(784, 64, hidden=(256, 128), code_activation="relu")


def masked():
    parts = plain()
    return MaskedAutoencoder(parts.encoder, parts.decoder, corruption=PatchMasking())


recipe = {"epochs": 30, "batch_size": 250, "seed": seed, "retrain": retrain}
plain_ae = train(plain, x_train, stored="12_plain", **recipe)
masked_ae = train(masked, x_train, stored="12_masked", **recipe)

# %% [markdown] slideshow={"slide_type": "notes"}
# Both networks are dense, 784-256-128-64 and back. They differ in the masking and in what the loss counts. The encoder of He et al. takes a list of the visible patches *only* (a Transformer). Ours sees a picture with black holes.
#
# Two rivals need no network: the mean image, and the mean of the 15 training images that are nearest *on the visible patches*. **Predict first:** who rebuilds best?

# %%
digits = x_test[:300]
seen = PatchMasking(seed=seed).corrupt(np.ones_like(digits))  # 1: visible
parts = np.split(x_train, 60)  # distances on what is visible, but for a constant:
squared = [seen @ (p**2).T - 2 * (seen * digits) @ p.T for p in parts]
nearest_15 = [np.argpartition(row, 15)[:15].copy() for row in np.hstack(squared)]
guesses = {
    "mean image": np.broadcast_to(mean_image, digits.shape),
    "15 nearest": x_train[nearest_15].mean(axis=1),
    "plain": plain_ae.reconstruct(seen * digits),
    "masked": masked_ae.reconstruct(seen * digits),
}
hidden_error = {}
for name, guess in guesses.items():
    rebuilt = seen * digits + (1 - seen) * guess
    hidden_error[name] = metrics.squared_error(digits, rebuilt).mean()
    share = hidden_error[name] / hidden_error["mean image"]
    print(
        f"{name:10} squared error {hidden_error[name]:5.2f}, {share:4.0%} of the mean's"
    )

# %% tags=["hide-input"]
squared = None  # 72 MB
rows = {"digit": digits, "visible": np.where(seen > 0, digits, 0.35)}
for name in ("masked", "15 nearest", "plain"):
    rows[name] = seen * digits + (1 - seen) * guesses[name]
rows = {name: images[:10] for name, images in rows.items()}
plots.show(
    plots.image_rows(rows, "Rebuilt from a quarter of the patches", size=0.56),
    alt="Ten digits, the quarter of their patches that is visible, and three rebuilt versions. The "
    "masked network and the 15 nearest give mostly the right digit, a little blurred; the plain "
    "network leaves black holes.",
)

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "From a quarter of its patches a masked autoencoder rebuilds a digit with less than two thirds of the mean "
    "image's error (ratio).",
    hidden_error["masked"] / hidden_error["mean image"],
    at_most=0.66,
)
claim(
    "From a quarter of its patches a masked autoencoder rebuilds a digit as well as the 15 training images that are "
    "nearest on them (ratio of the errors).",
    hidden_error["masked"] / hidden_error["15 nearest"],
    at_least=0.9,
    at_most=1.1,
)
claim(
    "From a quarter of its patches the same network, trained without masking, on all pixels, rebuilds a digit with a higher error "
    "than the mean image (ratio).",
    hidden_error["plain"] / hidden_error["mean image"],
    at_least=1.2,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The masked network halves the mean image's error. So do the 15 nearest images: no difference shows on 300 digits. But they keep all 60,000 images, and the network its 484,944 weights. The
# plain network copies the holes, and is worse than the mean image.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What is the code worth with few labels?
#
# A linear classifier on the code, a *linear probe*: 100 or 1,000 labels, 5,000 test images.

# %% [markdown] slideshow={"slide_type": "notes"}
# The labelled images are those of lesson 09, in five draws. Beside the two codes stand lesson 09's
# two stacks, with 50 units, and the raw pixels. **Predict first:** which code is best with 100 labels?


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def stacked(noise, stored):
    """The function that encodes by lesson 09's stack, 784-200-100-50."""

    def build():
        parts = []
        for n_in, n_code in ((784, 200), (200, 100), (100, 50)):
            mask = aekit.MaskingNoise(noise, seed=n_in) if noise else None
            parts.append(aekit.dense_autoencoder(n_in, n_code, corruption=mask))
        return stacking.Stack(parts)

    words = {"epochs": 20, "batch_size": 250, "rate": 0.01, "stored": stored}
    trained = train(build, x_train, **words)
    encoder = stacking.stack([layer.encoder for layer in trained.autoencoders])
    return lambda images: encoder.predict(images, batch_size=5_000, verbose=0)


# %%
rng = np.random.default_rng(seed)
labelled = rng.permutation(len(x_train))[:5_000]  # those of lesson 09
counts = 100, 1_000
encoders = {
    "raw pixels": np.asarray,
    "plain stack (09)": stacked(0.0, "09_plain"),
    "denoising stack (09)": stacked(0.25, "09_denoising"),
    "plain": plain_ae.encode,
    "masked": masked_ae.encode,
}


def probe_errors(encode, n):
    """Errors (%) of a linear probe that knows n labels, in five draws of them."""
    h, h_judge = encode(x_train[labelled]), encode(x_test[::2])
    draws = np.arange(5 * n).reshape(5, n)
    known = [(h[d], y_train[labelled[d]], h_judge, y_test[::2]) for d in draws]
    return [100 - 100 * metrics.linear_probe(*one) for one in known]


errors = {(k, n): probe_errors(f, n) for k, f in encoders.items() for n in counts}

# %% tags=["hide-input"]
mean_errors = {key: np.mean(values) for key, values in errors.items()}
print(f"{'errors of a linear probe':24}", *(f"{n:6,} labels" for n in counts))
for name in encoders:
    print(f"{name:24}", *(f"{mean_errors[name, n]:11.1f} %" for n in counts))
figure, axis = plt.subplots(figsize=(7.5, 3.2))
for place, name in enumerate(encoders):
    for i, n in enumerate(counts):
        color = plots.COLORS[i]
        values = errors[name, n]
        axis.plot(values, [place] * len(values), "o", color=color, alpha=0.35, ms=6)
        axis.plot(np.mean(values), place, "|", color=color, ms=18, mew=3)
for i, n in enumerate(counts):
    axis.plot([], [], "o", color=plots.COLORS[i], label=f"{n:,} labels")
axis.set_yticks(range(len(encoders)), list(encoders))
axis.set_ylim(4.6, -0.6)
axis.set(
    xlabel="test error (%)", xlim=(0, 42), title="Five draws of labels, and their mean"
)
axis.legend(loc="lower right", fontsize=11)
plots.show(
    figure,
    alt="Test errors of linear probes in five rows, with 100 and 1,000 labels: raw pixels, lesson "
    "09's plain and denoising stack, the plain and the masked network. In the row of the masked "
    "network the errors are lowest.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# In one training each, hiding parts made the code better: by 10 points with 100 labels. The masked code is also ahead of lesson 09's denoising stack, but
# that stack also has sigmoids, fewer units and another training.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "With 100 labels a linear probe makes fewer errors on the code of a masked autoencoder than on that of the same "
    "network trained without masking, on all pixels (points, mean of five draws).",
    mean_errors["plain", 100] - mean_errors["masked", 100],
    at_least=3,
)
claim(
    "With 100 labels a linear probe makes fewer errors on 64 units of a masked autoencoder than on 50 of lesson 09's "
    "denoising stack (points, mean of five draws).",
    mean_errors["denoising stack (09)", 100] - mean_errors["masked", 100],
    at_least=1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Few units on: a dictionary for a network
#
# What do the units of a trained network stand for? A sparse autoencoder learns from its *activations*.

# %% [markdown] slideshow={"slide_type": "notes"}
# Lesson 07 wrote an image as a sum of few features. Bricken et al. (2023) did so with a language model's activations: a single neuron often
# responds to several unrelated things, a feature of a wide sparse code to fewer [6].


# %%
def top_16(h):
    """The 16 largest activations of each row, if above 0; the others are 0."""
    least = ops.top_k(h, 16)[0][:, -1:]
    return ops.where(h >= least, ops.relu(h), 0)


class Dictionary(keras.Model):
    """A sparse autoencoder of the judge's activations."""

    def __init__(self):
        super().__init__()
        words = {"code_activation": top_16, "output_activation": "linear"}
        self.sparse = aekit.dense_autoencoder(256, 512, **words)

    def fit(self, images, _, **options):
        a = activations(images)
        self.sparse.compile(self.optimizer, self.loss)
        self.history = self.sparse.fit(a, a, **options)


# %% [markdown] slideshow={"slide_type": "notes"}
# Our network is the judge, 784-256-10. Its 256 activations are the inputs of a sparse autoencoder with 512 units. For each image the 16 largest stay on, if above 0; the
# others are set to 0: with relu added, the $k$-sparse autoencoder of Makhzani and Frey (2014) [7]. (Bricken et al. use an L1 penalty.)

# %% slideshow={"slide_type": "skip"}
first_weights, first_bias = judge.layers[0].get_weights()


def activations(images):
    """The judge's 256 hidden units, (n, 256)."""
    a = images @ first_weights + first_bias
    return np.maximum(a, 0, out=a)


recipe = {"epochs": 10, "batch_size": 250, "loss": "mse", "seed": seed}
words = {"stored": "12_dictionary", "retrain": retrain}
sparse = train(Dictionary, x_train, **words, **recipe).sparse
a_train, a_test = activations(x_train), activations(x_test)

# %%
h = sparse.encode(a_test)
units_on = np.sum(h > 0, axis=1).mean()
most = [sparse.encode(part).max(axis=0) for part in np.split(a_train, 12)]
dead = np.sum(np.max(most, axis=0) == 0)
mean_a = a_train.mean(axis=0)
left = metrics.error_share(a_test, sparse.decode(h), mean_a)
pca_16 = metrics.error_share(
    a_test, metrics.pca_reconstruct(a_train, a_test, 16), mean_a
)
print(
    f"of the judge's 256 units {np.sum(a_test > 0, axis=1).mean():.0f} are on per image"
)
print(f"of the dictionary's 512 {units_on:.1f}; dead on the training images: {dead}")
print(
    f"variance explained: {1 - left:.0%}; by PCA with 16 components: {1 - pca_16:.0%}"
)

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
a_train = None  # 61 MB
claim(
    "A dictionary with at most 16 of 512 units on misses less of the variance of a classifier's 256 hidden units "
    "than PCA with 16 components, the same for all images (ratio).",
    left / pca_16,
    at_most=0.8,
)
claim(
    "Of a dictionary of 512 units with the 16 largest on, more than a fifth are dead: on for no training image.",
    dead / 512,
    at_least=0.2,
    unit="%",
)
kept = top_16(ops.convert_to_tensor([[*range(-2, 30)]], "float32"))
by_hand = np.append(np.zeros(16), np.arange(14, 30))
verify(
    "Of 32 numbers the 16 largest are kept.",
    np.abs(ops.convert_to_numpy(kept)[0] - by_hand).max(),
    at_most=1e-6,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What single units stand for
#
# The test images that light a unit most.

# %% [markdown] slideshow={"slide_type": "notes"}
# For each unit we take the 50 test images that light it most. **Purity** is the share of their most frequent class; **spread** is their error around their own mean, as a share of that of all images.
#
# **Predict first:** what is the purity of 50 images drawn at random?


# %%
def purity(units, n=50):
    """Share of the largest class among the n images that light a unit most."""
    lit = np.flatnonzero(np.sum(units > 0, axis=0) >= n)
    brightest = np.argsort(-units[:, lit], axis=0)[:n].copy()  # (n, lit)
    largest = [np.bincount(y_test[rows]).max() / n for rows in brightest.T]
    return np.array(largest), brightest.T


last_weights, last_bias = judge.layers[-1].get_weights()
judge_outputs = a_test @ last_weights + last_bias
judge_outputs -= judge_outputs.min()  # above 0, which changes no order
rng = np.random.default_rng(seed)
directions = rng.normal(size=(256, 512)).astype("float32")
directions /= np.linalg.norm(directions, axis=0)
kinds = {
    "dictionary": h,
    "judge's units": a_test,
    "random directions": np.maximum((a_test - mean_a) @ directions, 0),
    "shuffled": rng.permuted(h, axis=0),
    "judge's outputs": judge_outputs,
}
pure = {name: purity(units) for name, units in kinds.items()}

# %% tags=["hide-input"]
kinds = None  # 80 MB
chance = metrics.squared_error(x_test, np.broadcast_to(mean_image, x_test.shape)).mean()


def share_left(rows):
    """Squared error of each group of images around its own mean, as a share of all images'."""
    around = [
        metrics.squared_error(
            x_test[r], np.broadcast_to(x_test[r].mean(axis=0), (len(r), 784))
        )
        for r in rows
    ]
    return np.mean([values.mean() for values in around]) / chance


of_classes = share_left([np.flatnonzero(y_test == digit) for digit in range(10)])
print(f"{'':18} units  mean purity  at least 90 % pure  spread")
for name, (values, rows) in pure.items():
    print(
        f"{name:18} {len(values):5} {values.mean():12.0%} {np.mean(values >= 0.9):19.0%} "
        f"{share_left(rows):7.0%}"
    )
print(f"spread of one whole class, mean of the ten: {of_classes:.0%}")

# %% tags=["hide-input"]
shown = {}
for name, short in (("dictionary", "dict."), ("judge's units", "judge")):
    values, brightest = pure[name]
    order = np.argsort(-values, kind="stable")
    for place in np.linspace(0.1, 0.9, 4):
        unit = order[int(place * len(order))]
        digit = np.bincount(y_test[brightest[unit]]).argmax()
        label = f"{short} {values[unit]:.0%} {digit}s"
        shown[label + " " * (label in shown)] = x_test[brightest[unit][:10]]
plots.show(
    plots.image_rows(shown, "What lights a unit most, and its purity", size=0.5),
    alt="Eight rows of ten digits, four for units of the dictionary and four for units of the judge, "
    "from pure to mixed. In the purest rows all ten are of one class; in "
    "the others there are two to four classes.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The dictionary's units are purer than the judge's own, and both are far above chance. But random directions have 63 %, so a pure unit alone proves little. Counted are only units that light 50 test images, 188 of 282 that are not dead. Their images are also more alike than a whole class (61 % against 79 %). But so are the 50 images that raise one of the judge's outputs most: no proof that a unit stands for one
# way to write a digit.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "The 50 images that light a unit of the dictionary most are more often of one class than those that light a "
    "unit of the classifier most (difference of the mean purities).",
    pure["dictionary"][0].mean() - pure["judge's units"][0].mean(),
    at_least=0.08,
    unit="points",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What was left out
#
# Variational autoencoders and adversarial networks: two other ways to new images.

# %% [markdown] slideshow={"slide_type": "notes"}
# A **variational autoencoder** gives each image a small cloud of codes, and pulls all clouds to one fixed Gaussian, so that random draws from it decode to images [8]. A **generative adversarial network** has no encoder: its
# generator learns to fool a second network [9].

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **Undo noise: new digits. Hide parts: a better code. Keep few units on: purer units.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - A denoiser for many levels of noise makes new digits: sharp ones, no copies, many broken ones.
# - A masked autoencoder has a better code for a linear classifier than the same network without masking. It rebuilds no better than 15 neighbours.
# - A sparse code of activations has purer units than the network itself, among those that light 50 test images; many are dead.
#
# Here the course ends.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Whoever begins here runs the first cells, up to the parameters, and then the next one, which is folded. It gives you `walk(x, denoise)`, now for a `denoise(x, sigma)` that is told the
# level, and images `(n, 784)`; `error_with(visible)` for exercise 2; and of the judge and the dictionary: `activations(images)`, `read(a)`, the class that the judge reads from activations, and `directions` (512, 256), what each
# unit of the dictionary adds to the activations, scaled to length 1.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
levels = np.append(np.geomspace(3, 0.05, 40), 0)
rng = np.random.default_rng(seed)
few = x_train[:200]


def walk(x, denoise):
    """Down the levels, from noise to images, by a denoiser that is told the level."""
    for sigma, lower in zip(levels[:-1], levels[1:], strict=True):
        h = 1 - (lower / sigma) ** 2
        fresh = lower * np.sqrt(h) * rng.standard_normal(x.shape)
        x = x + h * (denoise(x, sigma) - x) + fresh
    return x


def error_with(visible):
    """Squared error of 500 test digits, rebuilt by 15 neighbours that fit the visible patches."""
    seen = np.kron(np.reshape(visible, (7, 7)), np.ones((4, 4))).reshape(784) > 0
    some, digits = x_train[:5_000], x_test[:500]
    squared = np.sum(some[:, seen] ** 2, axis=1) - 2 * digits[:, seen] @ some[:, seen].T
    guess = some[np.argpartition(squared, 15, axis=1)[:, :15]].mean(axis=1)
    return metrics.squared_error(digits[:, ~seen], guess[:, ~seen]).mean()


def top_16(h):
    """The 16 largest activations of each row, if above 0; the others are 0."""
    least = ops.top_k(h, 16)[0][:, -1:]
    return ops.where(h >= least, ops.relu(h), 0)


class Dictionary(keras.Model):
    """A sparse autoencoder of the judge's activations."""

    def __init__(self):
        super().__init__()
        words = {"code_activation": top_16, "output_activation": "linear"}
        self.sparse = aekit.dense_autoencoder(256, 512, **words)

    def fit(self, images, _, **options):
        a = activations(images)
        self.sparse.compile(self.optimizer, self.loss)
        self.history = self.sparse.fit(a, a, **options)


first_weights, first_bias = judge.layers[0].get_weights()
last_weights, last_bias = judge.layers[-1].get_weights()


def activations(images):
    """The judge's 256 hidden units, (n, 256)."""
    return np.maximum(images @ first_weights + first_bias, 0)


def read(a):
    """The class that the judge reads from activations (n, 256)."""
    return np.argmax(a @ last_weights + last_bias, axis=1)


recipe = {"epochs": 10, "batch_size": 250, "loss": "mse", "seed": seed}
sparse = train(Dictionary, x_train, stored="12_dictionary", **recipe).sparse
directions = sparse.decoder.layers[-1].get_weights()[0]
directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
fours = activations(x_test[y_test == 4])
mean_length = np.linalg.norm(fours, axis=1).mean()


def best_answer(noisy, sigma):
    squared = np.sum((noisy[:, None] - few) ** 2, axis=-1)
    weight = np.exp((squared.min(axis=1, keepdims=True) - squared) / (2 * sigma**2))
    return weight @ few / weight.sum(axis=1, keepdims=True)


@exercise("12.1", expects="(place, strength): two numbers")
def _(answer):
    place, strength = (float(value) for value in answer)
    if abs(place - 1.482) < 0.01:
        return "For the place, h is 1 - r squared, not 1 - r."
    if abs(place - 0.964) < 0.01:
        return (
            "That is the best answer. The step goes only a part h of the arrow to it."
        )
    if not abs(place - 1.223) <= 0.01:
        return f"The place is not {place:g}. The arrow leads from 2 to 0.964. How large is h?"
    if not abs(strength - 0.433) <= 0.005:
        return (
            f"The place is right, the strength is not {strength:g}. What is left of the old noise "
            "and the fresh noise have the strength 0.5 together; their squares add."
        )


@exercise("12.2", expects="an array (7, 7): 1 for a visible patch, 0 for a hidden one")
def _(visible):
    visible = np.asarray(visible, dtype=float).reshape(7, 7)
    if not np.isin(visible, (0, 1)).all() or visible.sum() != 12:
        return f"It must hold 12 ones, and zeros; its sum is {visible.sum():g}."
    error = error_with(visible)
    if not error <= 10:
        return (
            f"The squared error is {error:.1f}; at most 10 is asked for. What is visible has no "
            "error. Which patches differ most from digit to digit?"
        )


@exercise("12.3", expects="a function of images (n, 784) and a level: (n, 784)")
def _(denoise):
    draw = np.random.default_rng(1)
    for sigma in (0.05, 0.5, 1.0, 2.0, 3.0):
        noisy = few[:20] + sigma * draw.standard_normal((20, 784))
        answer = np.asarray(denoise(noisy, sigma), dtype=float)
        if answer.shape != (20, 784):
            return f"The answers must have the shape (20, 784), not {answer.shape}."
        if not np.isfinite(answer).all():
            return (
                f"At the level {sigma} an answer is not a number: all weights are 0. Divide them "
                "by the largest: subtract the smallest squared distance in the exponent."
            )
        off = np.abs(answer - best_answer(noisy, sigma)).max()
        if off > 0.01:
            return (
                f"At the level {sigma} a pixel is off by {off:.2f}. Each of the 200 digits may be "
                "the origin; how likely, given its squared distance and the level?"
            )


@exercise("12.4", expects="(unit, strength): a unit of the dictionary, and a number")
def _(answer):
    unit, strength = int(answer[0]), float(answer[1])
    if not 0 <= unit < 512:
        return f"Units have the numbers 0 to 511, not {unit}."
    if not abs(strength) <= mean_length + 0.01:
        return f"The strength may be from {-mean_length:.1f} to {mean_length:.1f}, not {strength:g}."
    turned = np.mean(read(fours + strength * directions[unit]) == 9)
    if turned < 0.8:
        return (
            f"{turned:.0%} of the fours are read as nines. It is not enough that a direction raises "
            "the nine: it may raise other classes too. A strength may be below 0. `read` tells what comes of it."
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. By hand.** Where does a step of a walk lead from $x = 2$ before the fresh noise is added, and how strong is the fresh noise, if the data are two points, −1 and 1? The level is
# $\sigma = 1$, and the next one 0.5. The best answer is $\tanh 2 = 0.964$ (lesson 08).

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
step = ...  # (place, strength)
check("12.1", step)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# h = 1 - (0.5 / 1)^2 = 0.75 of the arrow; a quarter of the old noise, 0.25, is left. Fresh noise of
# strength 0.5 sqrt(0.75) fills it up: 0.25^2 + 0.433^2 = 0.5^2.
assert check("12.1", (2 + 0.75 * (0.964 - 2), 0.5 * np.sqrt(0.75)))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. Which quarter?** Choose the 12 patches yourself, the same for all digits, such that the error of the *whole* image is at most 10 when the hidden ones are filled in by the 15 nearest
# neighbours (`error_with(visible)`). With 12 patches at random it is about 25 (the neighbours are of 5,000 images only).

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
visible = ...  # an array (7, 7) of zeros and 12 ones
check("12.2", visible)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The patches whose pixels vary most: they would cost most if they were hidden.
variance = x_train[:5_000].var(axis=0).reshape(7, 4, 7, 4).sum(axis=(1, 3))
visible = variance >= np.sort(variance.ravel())[-12]
assert check("12.2", visible)
print(f"squared error {error_with(visible):.1f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. The perfect denoiser.** Write the best denoiser of the 200 images `few`, as if they were all the data there are. It is the mean of the possible origins, as in lesson 08. Then walk with it from noise:
# `walk(3 * rng.standard_normal((50, 784)), denoise)`. What do you get?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
denoise = ...  # a function: noisy images (n, 784), level → images (n, 784)
check("12.3", denoise)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Nothing new: each walk ends at one of the 200 images. The perfect denoiser of a training set copies
# it. What is new in the lesson's digits must come from where the network differs from the perfect
# denoiser of these 60,000.


def denoise(noisy, sigma):
    squared = np.sum((noisy[:, None] - few) ** 2, axis=-1)
    nearest_first = squared - squared.min(axis=1, keepdims=True)
    weight = np.exp(-nearest_first / (2 * sigma**2))
    return weight @ few / weight.sum(axis=1, keepdims=True)


assert check("12.3", denoise)
ends = walk(3 * rng.standard_normal((50, 784)), denoise)
apart = np.sum((ends[:, None] - few) ** 2, axis=-1).min(axis=1)
print(f"{np.mean(apart < 0.01):.0%} of the walks end at one of the 200 images")

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Turn fours into nines.** Add `strength * directions[unit]` to the activations of the test fours (`fours`), with one unit of the dictionary and one strength, such that the judge reads at
# least 80 % of them as nines. The strength may be negative; its absolute value may be at most `mean_length`, the mean length of the fours' activations. Activations below 0 are allowed here.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
steering = ...  # (unit, strength)
check("12.4", steering)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Try all units at full strength, with both signs. Adding a unit gives half at most, subtracting one
# enough. But this takes away more than the unit adds to a four, and leaves activations below 0,
# which relu never gives: it moves the judge, and explains little.
turned = {}
for strength in (mean_length, -mean_length):
    for unit, one in enumerate(directions):
        turned[unit, strength] = np.mean(read(fours + strength * one) == 9)
for sign in (1, -1):
    most = max(turned[key] for key in turned if key[1] * sign > 0)
    print(f"sign {sign:+d}: at most {most:.0%} nines")
unit, strength = max(turned, key=turned.get)
assert check("12.4", (unit, strength))
print(f"unit {unit}, strength {strength:.1f}: {turned[unit, strength]:.0%}")

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# 1. P. Vincent, *A connection between score matching and denoising autoencoders*, Neural Computation 23 (2011).
# 2. J. Ho, A. Jain and P. Abbeel, *Denoising diffusion probabilistic models*, NeurIPS (2020).
# 3. Y. Song and S. Ermon, *Generative modeling by estimating gradients of the data distribution*, NeurIPS (2019).
# 4. K. He, X. Chen, S. Xie, Y. Li, P. Dollár and R. Girshick, *Masked autoencoders are scalable vision learners*, CVPR (2022).
# 5. Z. Kadkhodaie and E. Simoncelli, *Stochastic solutions for linear inverse problems using the prior implicit in a denoiser*, NeurIPS (2021): one denoiser that is not told the level.
# 6. T. Bricken, A. Templeton and others, *Towards monosemanticity: decomposing language models with dictionary learning*, Transformer Circuits Thread (2023).
# 7. A. Makhzani and B. Frey, *k-sparse autoencoders*, ICLR (2014).
# 8. D. Kingma and M. Welling, *Auto-encoding variational Bayes*, ICLR (2014).
# 9. I. Goodfellow and others, *Generative adversarial nets*, NIPS (2014).
