# %% [markdown] slideshow={"slide_type": "slide"}
# # The traditional autoencoder
#
# A network gets an image and must give the same image back. **What can it learn from that?**
#
# **What you will learn**
#
# - what encoder, code and decoder are, and the one equation of this course;
# - why copying is trivial, and what makes it worth learning;
# - two losses, one training step by hand, and a real training;
# - what the code is good for, and where it fails.
#
# **The lecture's part:** section 2, the traditional autoencoder.
#
# **Before this lesson:** lesson 01, PCA and the linear autoencoder.
#
# **Time:** about 25 minutes

# %% slideshow={"slide_type": "skip"}
import io

import aekit
from aekit import metrics, plots
from aekit.claims import claim, verified, verify
from aekit.datasets import load_fashion_mnist, load_mnist
from aekit.exercises import check, exercise
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images
from sklearn.decomposition import PCA

plots.use_style()
(x_train, y_train), (x_test, y_test) = load_mnist(flatten=True)
(clothes_train, clothes_y_train), (clothes, clothes_y) = load_fashion_mnist(
    flatten=True
)
mean_image = x_train.mean(axis=0)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them all again
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Encode, decode
#
# $$h = s(W x + b) \qquad\qquad \hat{x} = s'(V h + c)$$
#
# The **encoder** $f$ turns an image $x$ into a **code** $h$. The **decoder** $g$ turns the code into a **reconstruction** $\hat{x}$.

# %% [markdown] slideshow={"slide_type": "notes"}
# $W$ and $V$ hold weights, $b$ and $c$ are biases. $s$ and $s'$ are activation functions, applied to each number by itself.
#
# Take a pencil. An image has two pixels, $x = (1, 0.5)$. The code is one unit with the weights $(0.5, 1)$ and relu, which turns negative
# numbers into 0. The decoder has the weights $(0.5, 1)$ and no activation. All biases are 0. **Predict first:** what are $h$, $\hat{x}$?

# %% tags=["exact"]
x = np.array([[1.0, 0.5]])  # one image, a row of two pixels
W, b = np.array([[0.5], [1.0]]), np.array([0.0])  # two pixels, one unit
V, c = np.array([[0.5, 1.0]]), np.array([0.0, 0.0])  # one unit, two pixels

h = np.maximum(x @ W + b, 0)
x_hat = h @ V + c
print("code", h[0], "· reconstruction", x_hat[0])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same in Keras
#
# Real images: 784 pixels, a code of 32 units, 784 pixels. The sigmoid keeps each pixel between 0 and 1.


# %%
def narrow():
    encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(32, "relu")])
    decoder = keras.Sequential([keras.Input((32,)), keras.layers.Dense(784, "sigmoid")])
    return aekit.Autoencoder(encoder, decoder, corruption=None, penalty=None)


print(narrow())

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
retrain = profile == "full"
tiny = aekit.dense_autoencoder(2, 1, code_activation="relu", output_activation="linear")
tiny.set_weights([W, b, V, c])
verify(
    "Keras computes the formula that was computed by hand.",
    abs(tiny.reconstruct(x) - x_hat).max(),
    at_most=1e-6,
)
by_layers = narrow()
in_one_line = aekit.dense_autoencoder(784, 32, code_activation="relu")
in_one_line.set_weights(by_layers.get_weights())
verify(
    "Built by layers or in one line, the network is the same.",
    abs(in_one_line.reconstruct(x_test[:9]) - by_layers.reconstruct(x_test[:9])).max(),
    at_most=1e-6,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One equation for the whole course
#
# $$\min_{f, g} \; \mathbb{E}_{x, \tilde{x}} \left[ L(x, g(f(\tilde{x}))) \right] + \lambda \, \Omega(f), \qquad \tilde{x} \sim C(\cdot \mid x)$$
#
# | slot | what it is | in this lesson | in other lessons |
# |---|---|---|---|
# | $f$, $g$ | encoder, decoder | one layer each | deep (04), convolutional (06) |
# | $L$ | loss | squared error, cross-entropy | the same two |
# | $C$ | corruption of the input | none: $\tilde{x} = x$ | denoising (08) |
# | $\Omega$ | penalty, with weight $\lambda$ | none: $\lambda = 0$ | sparse (07), contractive (10) |

# %% [markdown] slideshow={"slide_type": "notes"}
# Every autoencoder of this course fills these slots. `Autoencoder` has an argument for each; the loss goes to Keras' `compile`.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Copying is trivial, unless something forbids it
#
# We ask for $g(f(x)) \approx x$, an approximation of the identity. With 784 code units, $W = V = I$ does it at once.

# %% tags=["exact"]
noise = np.random.default_rng(seed).random((2_000, 784), dtype=np.float32)
wide = aekit.linear_autoencoder(784, code_dim=784)
wide.set_weights([np.eye(784), np.zeros(784)] * 2)  # W, b, V, c
for name, images in {
    "digits": x_test[::5],
    "clothes": clothes,
    "noise": noise,
}.items():
    error = metrics.squared_error(images, wide.reconstruct(images)).mean()
    print(f"{name}: squared error {error:.1f}")

# %% [markdown] slideshow={"slide_type": "notes"}
# This network copies all three alike. It has learnt nothing.
#
# So we forbid the copy by a **narrow** code. 32 numbers cannot hold 784 free numbers. They are enough only if the pixels depend on one
# another, and only for a network that knows *how*. A code smaller than the input is called **undercomplete**. Later lessons use other
# constraints: sparse, denoising, contractive.
#
# So far this is an argument. Now we test it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Squared error or cross-entropy?
#
# A loss says what we assume about a pixel $x$ when the decoder answers $\hat{x}$.
#
# - **Squared error** $(x - \hat{x})^2$: a real number of any size.
# - **Cross-entropy** $-x \log \hat{x} - (1 - x) \log(1 - \hat{x})$: a bit, or the probability of one, from 0 to 1.

# %% [markdown] slideshow={"slide_type": "notes"}
# Both are negative log-probabilities of $x$, up to constants: the first under Gaussian noise around $\hat{x}$, the second of a bit that is
# 1 with probability $\hat{x}$. **Predict first:** a grey pixel is $x = 0.3$. Which $\hat{x}$ is best for each loss? Is the loss 0 there?

# %% tags=["hide-input", "exact"]
guess = np.linspace(0.001, 0.999, 999)
losses = {
    "cross-entropy": -0.3 * np.log(guess) - 0.7 * np.log(1 - guess),
    "squared error": (0.3 - guess) ** 2,
}
figure, axis = plt.subplots(figsize=(7, 3.6))
for name, loss in losses.items():
    (line,) = axis.plot(guess, loss, label=name)
    axis.plot(0.3, loss.min(), "o", color=line.get_color(), markersize=9)
    at = (0.3, loss.min() + 0.12)
    axis.annotate(f"{abs(loss.min()):.2f}", at, ha="center")
axis.set(xlabel="reconstruction x̂ of a pixel x = 0.3", ylabel="loss", ylim=(-0.08, 2))
axis.set_title("Both losses are smallest at x̂ = x")
axis.legend(loc="upper center")
plots.show(
    figure,
    alt="Two curves of the loss over the reconstruction of a pixel of 0.3. Both have their "
    "minimum at 0.3: the squared error is 0 there, the cross-entropy is 0.61.",
)
watched = x_test[::5]
bits = np.clip(watched, 1e-6, 1 - 1e-6)
floor = np.mean(-bits * np.log(bits) - (1 - bits) * np.log(1 - bits))
print(f"cross-entropy of a perfect copy of 2,000 test digits: {floor:.3f} a pixel")

# %% [markdown]
# Both losses ask for $\hat{x} = x$. But of grey pixels even a perfect copy has a cross-entropy above 0. So we compare networks by the
# **squared error of an image**, summed over its pixels, and by its **share of the mean image's error**: 0 % is a perfect copy, 100 % is the
# error of drawing the mean image every time.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One step of gradient descent, by hand
#
# An autoencoder is trained like any fully connected network. Only the target is special: it is the input, so no label is needed.

# %% [markdown] slideshow={"slide_type": "notes"}
# The pencil again. Above, $h = 1$ and $\hat{x} = (0.5, 1)$. The loss is the mean of the two squares, $L = 0.25$, so its derivative with
# respect to $\hat{x}$ is $\hat{x} - x = (-0.5, 0.5)$. The chain rule carries it back:
#
# - decoder: $\partial L / \partial V = h \, (\hat{x} - x) = (-0.5, 0.5)$, and $\partial L / \partial c$ is the same;
# - code: $V \cdot (\hat{x} - x) = 0.5 \cdot (-0.5) + 1 \cdot 0.5 = 0.25$; relu passes it on, since $h > 0$;
# - encoder: $\partial L / \partial W = 0.25 \, x = (0.25, 0.125)$, and $\partial L / \partial b = 0.25$.
#
# A step of size 0.2 subtracts 0.2 times each of these. **Predict first:** what is the new $V$? How large is the loss now?

# %%
rate = 0.2
at_output = x_hat - x
at_code = (at_output @ V.T) * (h > 0)
W1, b1 = W - rate * x.T @ at_code, b - rate * at_code[0]
V1, c1 = V - rate * h.T @ at_output, c - rate * at_output[0]

after = np.maximum(x @ W1 + b1, 0) @ V1 + c1
print("V", V[0], "→", V1[0], "· W", W[:, 0], "→", W1[:, 0])
print(f"loss {np.mean((x - x_hat) ** 2):.3f} → {np.mean((x - after) ** 2):.3f}")

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
tiny.compile(keras.optimizers.SGD(rate), loss="mse")
tiny.fit(x, x, verbose=0)
pairs = zip(tiny.get_weights(), [W1, b1, V1, c1], strict=True)
verify(
    "One step by hand is one step of Keras.",
    max(abs(theirs - ours).max() for theirs, ours in pairs),
    at_most=1e-6,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Before, during and after training
#
# First a short training, here and now: 10,000 digits, 5 epochs. Then a long one: 60,000 digits, 30 epochs.

# %% [markdown] slideshow={"slide_type": "notes"}
# `train` trains by Adam, a gradient descent that adapts the step of each weight. The loss is the cross-entropy, unless we name another. The
# long training was done once, by exactly this call; its weights are `stored` and loaded here. Why relu for the code? [A
# deeper notebook](deeper/04_which_starts_train.ipynb) shows which others get stuck. **Predict first:** what will the network draw
# before training, and after one epoch?


# %%
class Snapshots(keras.callbacks.Callback):
    """Keeps reconstructions: before the training, and after each epoch."""

    def on_train_begin(self, logs=None):
        self.kept = [self.model.reconstruct(watched)]

    def on_epoch_end(self, epoch, logs=None):
        self.kept.append(self.model.reconstruct(watched))


snapshots, recipe = Snapshots(), {"epochs": 30, "seed": seed, "retrain": retrain}
short = train(narrow, x_train[:10_000], epochs=5, seed=seed, callbacks=[snapshots])
digits = train(narrow, x_train, stored="02_digits", **recipe)

# %% tags=["cover", "hide-input", "tolerance-0.2"]
moments = {
    "before": snapshots.kept[0],
    "1 epoch": snapshots.kept[1],
    f"{len(snapshots.kept) - 1} epochs": snapshots.kept[-1],
    "long training": digits.reconstruct(watched),
}
rows = {"test image": watched[:8]}
for name, output in moments.items():
    left = metrics.error_share(watched, output, mean_image)
    rows[f"{name}: {left:.0%}"] = output[:8]
plots.show(
    plots.image_rows(rows, "A network learns to reconstruct digits", size=0.65),
    alt="Eight test digits and their reconstructions at four moments, with the error as a share "
    "of the mean image's. Before training all are grey. After one epoch they are blurred, and "
    "some cannot be told apart. After five epochs most are readable, after the long training "
    "close to the test image.",
)

# %% [markdown]
# The percentages are shares of the mean image's error. Before training all pictures are the same grey. After one epoch the coarse shapes
# are there; then come the details.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The trained network, in numbers
#
# The mean image, PCA and three trainings, on the 10,000 test digits.

# %%
squares = train(narrow, x_train, loss="mse", stored="02_squares", **recipe)


def error_of(output):
    return metrics.squared_error(x_test, output).mean()


errors = {
    "mean image": error_of(np.broadcast_to(mean_image, x_test.shape)),
    "PCA, 32 components": error_of(metrics.pca_reconstruct(x_train, x_test, 32)),
    "short training": error_of(short.reconstruct(x_test)),
    "long, squared error": error_of(squares.reconstruct(x_test)),
    "long, cross-entropy": error_of(digits.reconstruct(x_test)),
}
for name, error in errors.items():
    print(f"{name:20} {error:6.2f} {error / errors['mean image']:6.0%}")

claim(
    "A trained autoencoder with 32 units makes at most a sixth of the mean image's "
    "error on test digits.",
    errors["long, cross-entropy"] / errors["mean image"],
    at_most=1 / 6,
    unit="%",
)

# %% [markdown]
# Both losses lead to nearly the same squared error here. 32 numbers leave 14 % of the mean image's error.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the units draw
#
# The decoder adds up one picture for each unit: $\hat{x} = s'(h_1 V_1 + \dots + h_{32} V_{32} + c)$.

# %% tags=["hide-input"]
number = 0
code = digits.encode(x_test[[number]])
one_off = digits.decode(np.repeat(code, 32, axis=0) * (1 - np.eye(32)))
added = digits.decode(code) - one_off  # (32, 784)
strongest = np.argsort((added**2).sum(axis=1))[::-1][:6]
figure, axes = plt.subplot_mosaic(
    [["x", "h", "h", "h", "h", "x^"], list("012345")], figsize=(7.5, 3.3)
)
plots.draw_image(axes["x"], x_test[number].reshape(28, 28))
plots.draw_image(axes["x^"], digits.decode(code).reshape(28, 28))
axes["h"].bar(range(32), code[0], color=plots.COLORS[0])
axes["h"].set(title="code h: 32 numbers", xticks=[])
axes["x"].set_title("image x", fontweight="normal", fontsize=12)
axes["x^"].set_title("x̂", fontweight="normal", fontsize=12)
for place, unit in enumerate(strongest):
    plots.draw_image(axes[str(place)], added[unit].reshape(28, 28), symmetric=True)
    axes[str(place)].set_title(f"unit {unit}", fontsize=11, fontweight="normal")
plots.show(
    figure,
    alt="A test digit 7, the bars of its 32 code numbers, and its reconstruction. Below, in red "
    "and blue, what six units add to the picture and take away from it: pieces of strokes in and "
    "around the digit.",
)

# %% [markdown]
# Top: an image, its code, its reconstruction. Bottom: how $\hat{x}$ would differ with one unit at 0. Red is what the unit adds, blue what it
# takes away. None of these six draws the whole 7. All 32 together do.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Out of distribution
#
# Two networks of one size: one learnt digits for 30 epochs, the other clothes for 90. Each gets both kinds, and others.

# %% [markdown] slideshow={"slide_type": "notes"}
# The others are digits turned by 90°, pieces of photographs, and noise. **Predict first:** what will the network of digits draw for a shoe?


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def photograph_pieces():
    """Pieces of 28 × 28 pixels of two photographs, grey."""
    pieces = []
    for photo in load_sample_images().images:  # (427, 640, 3)
        grey = photo.mean(axis=2)[:420, :616] / 255
        pieces.append(grey.reshape(15, 28, 22, 28).swapaxes(1, 2).reshape(-1, 784))
    return np.concatenate(pieces).astype(np.float32)


turned = np.rot90(watched.reshape(-1, 28, 28), axes=(1, 2)).reshape(-1, 784)
kinds = {
    "digits": watched,
    "clothes": clothes,
    "turned digits": turned,
    "photographs": photograph_pieces(),
    "noise": noise,
}

# %%
wardrobe = train(narrow, clothes_train, stored="02_clothes", **recipe | {"epochs": 90})
pca = PCA(32).fit(x_train[:10_000])
answers = {
    "network of digits": digits.reconstruct,
    "network of clothes": wardrobe.reconstruct,
    "PCA of digits": lambda images: pca.inverse_transform(pca.transform(images)),
}
answered = {
    name: {kind: answer(images) for kind, images in kinds.items()}
    for name, answer in answers.items()
}

# %% tags=["hide-input"]
chosen = {
    "digits": [0, 4],
    "clothes": [0, 1, 2],
    "turned digits": [2],
    "photographs": [40, 470],
    "noise": [0],
}


def examples(of_kinds):
    return np.concatenate([of_kinds[kind][places] for kind, places in chosen.items()])


plots.show(
    plots.image_rows(
        {"input": examples(kinds)} | {n: examples(o) for n, o in answered.items()},
        "Each network draws what it has learnt to draw",
        size=0.58,
    ),
    alt="Two digits, three clothes, a turned digit, two pieces of photographs and noise, with "
    "three rows of reconstructions. The network of digits draws good digits, a rough turned digit, "
    "and broken strokes for the rest. The network of clothes draws good clothes, "
    "and dark, cloth-like blots for digits. PCA draws blurred digits, and blobs.",
    touch=Touch(
        "draw",
        networks=[
            ("network of digits", digits.encoder, digits.decoder),
            ("network of clothes", wardrobe.encoder, wardrobe.decoder),
        ],
        examples=[(k, as_bytes(kinds[k][places[:1]])) for k, places in chosen.items()],
    ),
)

# %% [markdown]
# The network of digits answers with strokes of digits, whatever it is given. The network of clothes draws clothes well: 32 units are enough
# for them. The first network has learnt other data.

# %% [markdown] slideshow={"slide_type": "notes"}
# ### Out of distribution, in numbers
#
# The error as a share of that of the mean image of *those* images.

# %%
share = {name: {} for name in answered}
for kind, images in kinds.items():
    for name, outputs_of in answered.items():
        own_mean = images.mean(axis=0)
        share[name][kind] = metrics.error_share(images, outputs_of[kind], own_mean)
    print(f"{kind:14}", *(f"{name} {of[kind]:4.0%}  " for name, of in share.items()))

claim(
    "On clothes, a narrow autoencoder of digits makes more error than the clothes' "
    "mean image.",
    share["network of digits"]["clothes"],
    at_least=1.05,
    unit="%",
    source="lecture, section 2",
)
claim(
    "On clothes, a narrow autoencoder of digits makes at least four times the error "
    "of one of the same size that was trained on clothes.",
    share["network of digits"]["clothes"] / share["network of clothes"]["clothes"],
    at_least=4,
)

# %% [markdown]
# Each network is good on its own kind. On clothes, the network of digits is worse than one constant picture. PCA was worse on digits, but
# is better here. Two rows spoil a simple story: on turned digits the network of digits stays ahead of PCA, and on photographs and noise the
# network of clothes errs far less.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Features for a classifier
#
# The lecture: good features for the training distribution, bad ones for other inputs. Among 5,000 labelled images, the 15 nearest vote.

# %%
keras.utils.set_random_seed(seed)
features = {
    "784 pixels": lambda images: images,
    "PCA of digits": pca.transform,
    "code, untrained": narrow().encode,
    "code of digits": digits.encode,
    "code of clothes": wardrobe.encode,
}
data = {
    "digits": (x_train[:5_000], y_train[:5_000], x_test[:2_000], y_test[:2_000]),
    "clothes": (clothes_train[:5_000], clothes_y_train[:5_000], clothes, clothes_y),
}
right = {}
for name, encode in features.items():
    for kind, (a, y_a, b, y_b) in data.items():
        right[name, kind] = metrics.knn_probe(encode(a), y_a, encode(b), y_b)
    print(f"{name:15}", *(f"{kind} {right[name, kind]:.1%}" for kind in data))

# %%
for kind, other in (("digits", "clothes"), ("clothes", "digits")):
    claim(
        f"On {kind}, a code that was trained on {kind} has a higher "
        f"15-nearest-neighbour accuracy than one that was trained on {other}.",
        right[f"code of {kind}", kind] - right[f"code of {other}", kind],
        at_least=0.02,
        unit="points",
        source="lecture, section 2",
    )

# %% [markdown]
# On its own kind a code of 32 numbers is about as good as 784 pixels. On the other kind it is worse than the pixels, but better than an
# untrained code. PCA of digits does better still on digits, and worse on clothes. No label was used to learn these features.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What it is good for
#
# - An old idea: LeCun described it in 1987.
# - Used for **dimensionality reduction**, for **features**, and lately for **generative models**.
# - Not used for **compression**: it is specific to its data, and lossy.

# %% [markdown] slideshow={"slide_type": "notes"}
# How lossy? We count bits. PNG and JPEG get all 10,000 test digits as one big picture, since a file of one digit would be mostly header.
# The code's 32 numbers take 32 bits each, or 4 when rounded to 16 levels. The decoder, shared among 10,000 images, is another 83 bits an
# image.


# %% tags=["hide-input"]
del answered, moments, snapshots  # not needed any more, 100 MB


def as_file(**options):
    """The test digits as one picture in a file: bits an image, and what comes back."""
    mosaic = x_test.reshape(100, 100, 28, 28).swapaxes(1, 2).reshape(2800, 2800)
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * mosaic).astype(np.uint8)).save(file, **options)
    back = np.asarray(Image.open(file), dtype=np.float32) / 255
    back = back.reshape(100, 28, 100, 28).swapaxes(1, 2).reshape(-1, 784)
    return 8 * file.getbuffer().nbytes / len(x_test), back


def through_16_levels(images):
    """The reconstructions from a code whose units are rounded to 16 levels each."""
    levels = 15 / digits.encode(x_train[:10_000]).max(axis=0)
    rounded = np.clip(np.rint(digits.encode(images) * levels), 0, 15)
    return digits.decode(rounded / levels)


ways = {
    "PNG": lambda: as_file(format="PNG"),
    "JPEG": lambda: as_file(format="JPEG", quality=10, optimize=True),
    "JPEG, lowest": lambda: as_file(format="JPEG", quality=1, optimize=True),
    "code": lambda: (32 * 32, digits.reconstruct(x_test)),
    "code, rounded": lambda: (32 * 4, through_16_levels(x_test)),
}
rows, size, lost = {}, {}, {}
for name, way in ways.items():
    bits, back = way()
    size[name], lost[name] = bits, error_of(back)
    rows[f"{name}, {bits:,.0f} bits: {lost[name]:.1f}"] = back[:6].copy()
    del back
verify(
    "The decoder costs 83 bits an image.",
    32 * digits.decoder.count_params() / 10_000,
    at_least=82.5,
    at_most=83.5,
)
plots.show(
    plots.image_rows(rows, "Bits an image, and squared error", size=0.65),
    alt="Six digits in five rows. PNG shows them exactly, JPEG with 515 bits nearly so. JPEG at "
    "its lowest quality is blocky. The two rows of codes are smooth, with faults in thin strokes.",
)
taken = size["code"] / size["JPEG"]
verify("The code takes nearly twice the bits of that JPEG.", taken, at_least=1.9)
claim(
    "A JPEG of digits makes less error than a code of 32 units that takes more bits.",
    lost["JPEG"] / lost["code"],
    at_most=0.8,
)

# %% [markdown]
# At few bits the code does well, also with its decoder: it has less error than the smallest JPEG. But eight times the bits lower its error
# only from 8.4 to 7.4, while JPEG goes on improving. And on other images it fails. Both reasons of the lecture hold.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **A narrow code cannot copy everything. To make a small error it must learn what the data are like, and it learns only that.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - An autoencoder is an encoder, a decoder and a loss. It needs no labels, and is trained by ordinary gradient descent.
# - A wide code can copy anything; a narrow one copies what is like its training data.
# - It loses detail and fails on other data. So it is no codec; it is a way to learn features.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# The next cell prepares them. It needs only the imports and the parameters at the top of this lesson.


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def narrow():
    encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(32, "relu")])
    decoder = keras.Sequential([keras.Input((32,)), keras.layers.Dense(784, "sigmoid")])
    return aekit.Autoencoder(encoder, decoder)


digits = train(narrow, x_train, epochs=30, seed=seed, stored="02_digits")


@exercise("02.1", expects="(W, b, V, c): 2 numbers, 1 number, 2 numbers, 2 numbers")
def _(weights):
    W, b, V, c = (np.ravel(np.asarray(part, float)) for part in weights)
    if (len(W), len(b), len(V), len(c)) != (2, 1, 2, 2):
        return "W has 2 numbers, b has 1, V has 2, and c has 2."
    if not (np.allclose(W, [0.5, 1]) and np.allclose(b, -2)):
        return "W and b: what does relu pass back where its input is below 0?"
    if not np.allclose(V, [0.5, 1]):
        return "V: its gradient is h times (x̂ − x). How large is h now?"
    if np.allclose(c, 0):
        return "c: its gradient is x̂ − x. What is x̂ when h is 0?"
    if not np.allclose(c, [0.2, 0.1], atol=1e-3):
        return "c: subtract 0.2 times (x̂ − x), and mind the sign."
    return None


def cross_entropy_for_all(picture):
    """Mean over the training images and the pixels, of one picture drawn for every image."""
    p = np.clip(np.asarray(picture, np.float64), 1e-7, 1 - 1e-7)
    return np.mean(-mean_image * np.log(p) - (1 - mean_image) * np.log(1 - p))


@exercise("02.2", expects="one picture: 784 numbers from 0 to 1")
def _(picture):
    picture = np.ravel(np.asarray(picture, float))
    if picture.shape != (784,) or picture.min() < 0 or picture.max() > 1:
        return "A picture has 784 numbers from 0 to 1."
    loss, best = cross_entropy_for_all(picture), cross_entropy_for_all(mean_image)
    if loss > best + 1e-4:
        return (
            f"Its cross-entropy is {loss:.4f} a pixel, and {best:.4f} is possible. For one pixel, "
            "sum the derivative of the loss over all images, and set it to 0."
        )
    return None


@exercise("02.3", expects="a trained network, as `train` returns it")
def _(network):
    if network.code_shape[-1] > 32:
        return f"Its code has {network.code_shape[-1]} units; 32 are allowed."
    for name, images in {"digits": x_test[::5], "clothes": clothes}.items():
        left = metrics.error_share(
            images, network.reconstruct(images), images.mean(axis=0)
        )
        if left > 0.5:
            return f"On {name} {left:.0%} is left; 50 % are allowed. What should it have seen?"
    return None


@exercise("02.4", expects="two images of 784 numbers from 0 to 1")
def _(two):
    one, other = np.reshape(np.asarray(two, np.float32), (2, 784))
    if min(one.min(), other.min()) < 0 or max(one.max(), other.max()) > 1:
        return "Each pixel must be from 0 to 1."
    apart = metrics.squared_error([one], [other])[0]
    if apart < 30:
        return f"The images differ by a squared error of {apart:.1f}; at least 30 is asked."
    codes = abs(np.subtract(*digits.encode(np.stack([one, other])))).max()
    if codes > 0.01:
        return (
            f"In one unit the codes differ by {codes:.2g}; at most 0.01 is allowed. The encoder sees "
            "an image only through x @ W. Which changes of x leave x @ W as it is?"
        )
    return None


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. A unit that is off.** With a pencil, make one step of size 0.2 for the network of two pixels, but now with $b = -2$. As before,
# $W = (0.5, 1)$, $V = (0.5, 1)$, $c = (0, 0)$, relu at the code, none at the output, $x = (1, 0.5)$ and
# $L = \frac{1}{2} \sum_i (x_i - \hat{x}_i)^2$. What are $W$, $b$, $V$ and $c$ after the step?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
weights = ...  # (W, b, V, c), for instance ([0.5, 1], -2, [0.5, 1], [0, 0])
check("02.1", weights)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The unit's input is 0.5 + 0.5 - 2 = -1, so relu gives h = 0, and x^ = c = (0, 0).
# V's gradient is h (x^ - x) = 0. Relu is flat at -1, so nothing reaches W and b.
# Only c moves: c - 0.2 (x^ - x) = 0.2 (1, 0.5). A unit that is off for every image learns nothing.
assert check("02.1", ([0.5, 1], -2, [0.5, 1], [0.2, 0.1]))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. One picture for all.** Which picture, drawn for every image, has the lowest cross-entropy over the training images `x_train`?
# Without a code, a decoder can draw no more than one picture. Derive it, then make it.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
picture = ...  # 784 numbers from 0 to 1
check("02.2", picture)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# For one pixel the derivative of -x log p - (1 - x) log(1 - p) is (p - x) / (p (1 - p)).
# Its sum over all images is 0 where p is the mean of x: the mean image. (The squared error, with
# the derivative 2 (p - x), has its minimum there too.)
assert check("02.2", x_train.mean(axis=0))

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. One network for two kinds.** Train a network of 32 code units on images of your choice, such that at most 50 % of the own mean
# image's error is left on digits, and at most 50 % on clothes. A minute of training is enough. At hand: `narrow`, `x_train`,
# `clothes_train`.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
network = ...  # for instance train(narrow, x_train[:10_000], epochs=5)
check("02.3", network)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# It must have seen both kinds. Its 32 units then serve two distributions.
both = np.concatenate([x_train[:3_000], clothes_train[:3_000]])
assert check("02.3", train(narrow, both, epochs=10))

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Two images, one code.** Construct two images, with pixels from 0 to 1, that differ by a squared error of at least 30 although
# `digits` gives both the same code, up to 0.01 in each unit. What does the code leave out? They need not be digits.
# `digits.encoder.get_weights()` has $W$ and $b$.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
two = ...  # [one, other]: two images of 784 numbers
check("02.4", two)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The encoder sees x only through x @ W, which has 32 columns. So 752 of the 784 directions are
# invisible. Take noise, and subtract its part in the span of the columns (Q, by QR). Then add
# the rest to a grey image, and subtract it from the same grey image.
W, _ = digits.encoder.get_weights()
Q, _ = np.linalg.qr(np.float64(W))
unseen = np.random.default_rng(seed).uniform(-1, 1, size=784)
unseen -= Q @ (Q.T @ unseen)
unseen *= 0.499 / abs(unseen).max()
assert check("02.4", [0.5 + unseen, 0.5 - unseen])

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# Lesson 03 asks what the width of the code does.

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - Y. LeCun, *Modèles connexionnistes de l'apprentissage*, PhD thesis, Université Paris 6 (1987).
# - H. Bourlard and Y. Kamp, *Auto-association by multilayer perceptrons and singular value decomposition*, Biological Cybernetics 59
#   (1988).
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning*, arXiv 1206.5538 (2013).
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, chapter 14 (2016).
