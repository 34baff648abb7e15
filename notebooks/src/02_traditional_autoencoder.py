# %% [markdown] slideshow={"slide_type": "slide"}
# # The traditional autoencoder
#
# PCA compresses images with flat, linear components. An autoencoder learns its own compression by
# gradient descent, and its layers may bend. This lesson builds one layer by layer, trains it, and
# measures what it can do and what it cannot.
#
# **What you will learn**
#
# - the formula of an autoencoder, computed by hand and then with Keras;
# - why copying the input is worth learning only under a constraint;
# - how training looks from inside: one gradient step by hand, a plateau, and what cures it;
# - squared error or cross-entropy: what each assumes, and what each does to the gradient;
# - why an autoencoder is no substitute for JPEG, and what it is good for.
#
# **Before this lesson:** lesson 1, PCA and the linear autoencoder. **Time:** about an hour to read
# and play; the computing takes under a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import inspect
import io

import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim
import keras
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images
from sklearn.decomposition import PCA

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all 60,000 digits, some minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. All 10,000 test images are used in both. The test set is only watched:
# no network is trained on it.

# %% slideshow={"slide_type": "skip"}
n_train, epochs = {"quick": (10_000, 8), "full": (60_000, 30)}[profile]
short = 3  # epochs of the side experiments
code_dim = 32
lecture = "lecture, section 2"

(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_train=n_train, flatten=True)
print(f"{len(x_train):,} training and {len(x_test):,} test images of {x_train.shape[1]} pixels")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Encode, decode
#
# The **encoder** turns an image $x$ into a **code** $h$. The **decoder** turns the code into a
# **reconstruction** $\hat{x}$:
#
# $$h = s(W x + b) \qquad\qquad \hat{x} = s'(V h + c)$$
#
# $W$ and $V$ are matrices of weights, $b$ and $c$ are biases, and $s$ and $s'$ are activation
# functions ($s'$ is a second one, not a derivative), applied to each number by itself. Here both
# are the sigmoid, $s(a) = 1 / (1 + e^{-a})$, so that the code and the pixels lie between 0 and 1.
#
# We begin with an image of four pixels and a code of two units. In NumPy and Keras an image is a
# *row*, so we write `x @ W`: this `W` is the transpose of the formula's $W$.


# %% slideshow={"slide_type": "subslide"}
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


x = np.array([[1.0, 0.0, 0.5, 0.0]])  # one image of four pixels
W = np.array([[1.0, -1.0], [0.0, 1.0], [2.0, 0.0], [1.0, 1.0]])  # (pixels, units)
b = np.array([-1.0, 0.5])
V = np.array([[2.0, -1.0, 0.0, 1.0], [-2.0, 1.0, 1.0, 0.0]])  # (units, pixels)
c = np.array([0.0, -1.0, 0.0, -1.0])

h = sigmoid(x @ W + b)
x_hat = sigmoid(h @ V + c)
print("code h           ", h.round(3))
print("reconstruction x^", x_hat.round(3))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same in Keras
#
# Now for real images: 784 pixels, 32 code units, 784 pixels. Encoder and decoder are two small
# Keras models. `aekit.Autoencoder` connects them, and `aekit.dense_autoencoder` builds the same in
# one line. With the same weights both must give the same pictures, and the network of four pixels
# must give what we computed by hand.

# %% slideshow={"slide_type": "fragment"}
encoder = keras.Sequential(
    [keras.Input((784,)), keras.layers.Dense(code_dim, activation="sigmoid")], name="encoder"
)
decoder = keras.Sequential(
    [keras.Input((code_dim,)), keras.layers.Dense(784, activation="sigmoid")], name="decoder"
)
by_layers = aekit.Autoencoder(encoder, decoder)
in_one_line = aekit.dense_autoencoder(784, code_dim=code_dim)
print(by_layers)
print(in_one_line)

# %% tags=["nbval-ignore-output"]
in_one_line.set_weights(by_layers.get_weights())
difference = in_one_line.reconstruct(x_test[:100]) - by_layers.reconstruct(x_test[:100])
claim("by layers or in one line: the same model", abs(difference).max(), at_most=1e-6)

tiny = aekit.dense_autoencoder(4, code_dim=2)
tiny.encoder.set_weights([W, b])
tiny.decoder.set_weights([V, c])
difference = keras.ops.convert_to_numpy(tiny(x)) - x_hat
claim("aekit computes the formula", abs(difference).max(), at_most=1e-6, source=lecture)

# %% [markdown] slideshow={"slide_type": "subslide"}
# They agree. How does `Autoencoder` connect the two? This is all of its forward pass:

# %% slideshow={"slide_type": "fragment"}
print(inspect.getsource(aekit.Autoencoder.call))

# %% [markdown]
# Every autoencoder of this course is this function. With the loss that is given to `compile` it
# makes one objective,
#
# $$J(\theta) = \mathbb{E}_x \left[ L(x, g(f(\tilde{x}))) \right] + \lambda \, \Omega(f, \tilde{x})$$
#
# with an encoder $f$, a decoder $g$, a reconstruction loss $L$, a corruption that turns $x$ into
# $\tilde{x}$, and a penalty $\Omega$. In this lesson the slots `corruption` and `penalty` are
# empty, so $\tilde{x} = x$ and $\lambda = 0$. Later lessons fill them, one at a time.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Copying is trivial, unless something forbids it
#
# We ask for $g(f(x)) \approx x$: an approximation of the identity. Without a constraint this is no
# task at all. Give a linear autoencoder 784 code units and set $W = V = I$: it copies everything,
# digits and pure noise alike, and has learnt nothing about either.
#
# Now make the code **narrow**. With 32 linear units we expect that digits can still be
# approximated, because their pixels depend on one another. Pixels of noise do not, so nothing can
# stand for anything else. We train one such autoencoder on digits and another one on noise. The
# error is given as a share of the error that the mean image makes: 0 is a perfect copy, 1 is no
# better than drawing the mean for every image.

# %% slideshow={"slide_type": "fragment"}
noise = np.random.default_rng(seed).random((12_000, 784), dtype=np.float32)
data = {"digits": (x_train[:10_000], x_test), "noise": (noise[:10_000], noise[10_000:])}

wide = aekit.linear_autoencoder(784, code_dim=784)
wide.set_weights([np.eye(784), np.zeros(784)] * 2)  # W, b, V, c

left, pictures = {}, {"input": [], "784 units": [], "32 units": []}
for name, (train_images, test_images) in data.items():
    keras.utils.set_random_seed(seed)
    narrow = aekit.linear_autoencoder(784, code_dim=code_dim)
    narrow.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
    progress = [aekit.callbacks.ProgressBar()]
    narrow.fit(train_images, train_images, 100, epochs=short, verbose=0, callbacks=progress)
    mean_error = np.mean((test_images - train_images.mean(axis=0)) ** 2)
    for width, model in (("784 units", wide), ("32 units", narrow)):
        output = keras.ops.convert_to_numpy(model(test_images))
        left[f"{name},\n{width}"] = np.mean((test_images - output) ** 2) / mean_error
        pictures[width].extend(output[:5])
    pictures["input"].extend(test_images[:5])

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
plots.show(
    plots.image_rows(
        {name: np.clip(images, 0, 1) for name, images in pictures.items()},
        "A wide code copies anything, a narrow one only what has structure",
    ),
    alt="Three rows of five digits and five noise images. The row of 784 units repeats the inputs "
    "exactly. The row of 32 units shows slightly blurred digits, and grey fog for the noise.",
)
plots.show(
    plots.bars(left, "share of the mean image's error", "What is lost on test images"),
    alt="Bars of the error as a share of the mean image's. With 784 units it is 0 for digits and "
    "for noise. With 32 units it is about a quarter for digits and about 1 for noise.",
)
claim("the identity copies digits", left["digits,\n784 units"], at_most=1e-9)
claim("the identity copies noise just as well", left["noise,\n784 units"], at_most=1e-9)
claim("32 units keep most of what is in digits", left["digits,\n32 units"], at_most=0.45)
claim(
    "32 units keep next to nothing of noise", left["noise,\n32 units"], at_least=0.9, source=lecture
)

# %% [markdown]
# The narrow code cannot copy. To be good on digits it had to find out how digits vary. *That* is
# the reason to learn an approximation of the identity: the constraint turns copying into learning
# the structure of the data. A narrow code is called **undercomplete**. It is one constraint among
# several: the sparse, denoising and contractive autoencoders of later lessons use others.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One step of gradient descent, by hand
#
# An autoencoder is trained like any fully connected network: the loss flows back through the
# layers and each weight takes a small step downhill. The loss here is the **binary cross-entropy**
# (explained below), averaged over the pixels as Keras does:
#
# $$L(x, \hat{x}) = -\frac{1}{n} \sum_i \left[ x_i \log \hat{x}_i + (1 - x_i) \log(1 - \hat{x}_i) \right]$$
#
# With a sigmoid at the output, its gradient with respect to what enters that sigmoid is simply
# $(\hat{x}_i - x_i)/n$. The chain rule does the rest. The target is the input itself: no label is
# needed anywhere. We expect one step by hand and one step of Keras to agree in all four arrays
# $W, b, V, c$, up to the rounding of Keras' 32-bit numbers.

# %% slideshow={"slide_type": "fragment"}
rate = 1.0
at_output = (x_hat - x) / x.size  # with respect to h V + c
at_code = (at_output @ V.T) * h * (1 - h)  # with respect to x W + b
by_hand = [
    W - rate * x.T @ at_code,
    b - rate * at_code.sum(axis=0),
    V - rate * h.T @ at_output,
    c - rate * at_output.sum(axis=0),
]

tiny.compile(optimizer=keras.optimizers.SGD(rate), loss="binary_crossentropy")
tiny.fit(x, x, verbose=0)
by_keras = tiny.get_weights()
print("V by hand ", by_hand[2].round(4).tolist())
print("V by Keras", np.float64(by_keras[2]).round(4).tolist())

# %% tags=["nbval-ignore-output"]
difference = max(abs(ours - theirs).max() for ours, theirs in zip(by_hand, by_keras, strict=True))
claim("one step by hand is one step of Keras", difference, at_most=1e-5, source=lecture)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## First attempt: stuck at the mean image
#
# Now the real network. An error means nothing alone, so we first compute two baselines on the test
# images, both learnt from the training images: drawing the **mean image** for everything, and
# **PCA** with 32 components. PCA may leave the range of a pixel, so we also clip it to $[0, 1]$,
# which helps it a little and makes the comparison fair.
#
# All errors are the squared error per pixel (Keras' `mse`). One function trains a model on `x_train`
# and returns the curves. Keras watches the test images after each epoch and learns nothing from
# them. (A progress bar shows while a person watches.)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
mean_image = x_train.mean(axis=0)
pca = PCA(code_dim, random_state=seed).fit(x_train)


def pca_reconstruct(images):
    return np.clip(pca.inverse_transform(pca.transform(images)), 0, 1).astype(np.float32)


mean_mse = np.mean((x_test - mean_image) ** 2)
pca_mse = np.mean((x_test - pca_reconstruct(x_test)) ** 2)
print(f"test mse: mean image {mean_mse:.4f}, PCA with {code_dim} components, clipped {pca_mse:.4f}")


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
def train(autoencoder, optimizer, loss="binary_crossentropy", epochs=short, callbacks=()):
    autoencoder.compile(optimizer=optimizer, loss=loss, metrics=["mse"])
    history = autoencoder.fit(
        x_train,
        x_train,
        batch_size=100,
        epochs=epochs,
        validation_data=(x_test, x_test),
        validation_batch_size=1000,
        callbacks=[aekit.callbacks.ProgressBar(), *callbacks],
        verbose=0,
    )
    return history.history


keras.utils.set_random_seed(seed)
stuck = aekit.dense_autoencoder(784, code_dim=code_dim)
curves = train(stuck, keras.optimizers.Adam(0.015))
for epoch, error in enumerate(curves["val_mse"], start=1):
    print(f"epoch {epoch}: test mse {error:.4f}, the mean image's {mean_mse:.4f}")
claim("the first attempt only draws the mean image", curves["val_mse"][-1] / mean_mse, at_least=0.9)

# %% [markdown] slideshow={"slide_type": "subslide"}
# It reconstructs every digit as the mean image, and still does after the last epoch. What happened? At the start every
# code unit is near $s(0) = 1/2$ for every image, and every pixel is drawn near $1/2$, while four of
# five pixels are black. So nearly all pixels pull in one direction: *darker*. The quickest way there
# is through the code: the decoder's weights turn negative, and every unit is pushed up, for every
# image, until it is fully on. There the sigmoid is flat, and a flat unit has next to no gradient
# that could bring it back. We look at the code of the test images.

# %% tags=["nbval-ignore-output"]
code = stuck.encode(x_test)
spread = code.std(axis=0)
print(
    f"{np.sum(spread < 0.01)} of {code_dim} code units vary by less than 0.01 over the test images"
)
claim("the code units are fully on", code.mean(), at_least=0.9)
claim("most of them are flat", np.mean(spread < 0.01), at_least=0.5)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The cure: begin at the mean image
#
# The output bias alone can draw the mean image $m$. So we set it there before training. With all
# code units at $1/2$ we want $s(V \cdot \frac{1}{2} + c) = m$, hence
#
# $$c = \log \frac{m}{1 - m} - \frac{1}{2} \sum_j V_j$$
#
# where $V_j$ is what unit $j$ draws, its 784 weights in $V$.
# Now there is nothing left to push in one direction, and from the first step the gradient is about
# what *differs* between digits. A callback keeps pictures from each epoch, for later.


# %% slideshow={"slide_type": "fragment"}
def begin_at_the_mean(autoencoder):
    output = autoencoder.decoder.layers[-1]
    kernel, _ = output.get_weights()
    m = np.clip(mean_image, 0.002, 0.998)  # log 0 is no bias
    output.set_weights([kernel, np.log(m / (1 - m)) - kernel.sum(axis=0) / 2])
    return autoencoder


class Snapshots(keras.callbacks.Callback):
    """Keeps the reconstructions of ten test images, before training and after each epoch."""

    def on_train_begin(self, logs=None):
        self.pictures = [keras.ops.convert_to_numpy(self.model(x_test[:10]))]

    def on_epoch_end(self, epoch, logs=None):
        self.pictures.append(keras.ops.convert_to_numpy(self.model(x_test[:10])))


# %% [markdown]
# Same network, same seed, same optimiser; only the start differs. We expect to leave the mean
# image behind, and hope to pass PCA.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
keras.utils.set_random_seed(seed)
autoencoder = begin_at_the_mean(aekit.dense_autoencoder(784, code_dim=code_dim))
weights_before = autoencoder.encoder.layers[-1].get_weights()[0]
snapshots = Snapshots()
curves = train(autoencoder, keras.optimizers.Adam(0.015), epochs=epochs, callbacks=[snapshots])
mse = curves["val_mse"][-1]
claim("it makes a small part of the mean image's error", mse / mean_mse, at_most=0.3)
claim("32 code units beat 32 principal components", mse / pca_mse, at_most=1)

# %% slideshow={"slide_type": "fragment"}
figure = plots.lines(
    None,
    {
        "training images": curves["mse"],
        "test images": curves["val_mse"],
        "mean image (test)": mean_mse,
        "PCA, 32 components (test)": pca_mse,
    },
    xlabel="epoch",
    ylabel="squared error per pixel",
    title="The autoencoder passes PCA at the same code size",
)
figure.axes[0].set_ylim(0)
plots.show(
    figure,
    alt="Squared error per pixel over the epochs, for training and test images. Both curves fall "
    "quickly at first, then slowly, and end below the level of PCA with 32 components. The mean "
    "image's level is far above.",
)

# %% [markdown]
# Both curves fall together: the network did not learn the training images by heart. The training
# curve starts higher because Keras averages it *during* the epoch, while the weights still change;
# the test error is measured at the epoch's end.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Before, during and after training
#
# What do those numbers look like? We expect the untrained network to draw the same picture for all
# digits: the mean image, where we made it begin.

# %% tags=["cover"] slideshow={"slide_type": "fragment"}
plots.show(
    plots.image_rows(
        {
            "test image": x_test[:10],
            "before": snapshots.pictures[0],
            "1 epoch": snapshots.pictures[1],
            "3 epochs": snapshots.pictures[3],
            "at the end": snapshots.pictures[-1],
        },
        "From one blurred mean to ten different pictures",
    ),
    alt="Ten test digits and their reconstructions at four moments. Before training all ten are "
    "nearly the same blurred blob. After one epoch most digits can be told apart. At the end most "
    "are close to the test image, with faults in thin and unusual strokes.",
)

# %% [markdown]
# Coarse shape first, then detail; after one epoch a 4 can still pass for a 9. Thin and unusual
# strokes stay imperfect: 32 numbers do not hold all of it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Plain gradient descent and Adam
#
# We used Adam. Does plain gradient descent (SGD) do it as well? Keras' default step is 0.01. But
# the loss is an *average* over 784 pixels, so each gradient is small, and we expect that step to be
# far too small. We also try a step of 30, and a step of 10 with momentum.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
optimizers = {
    "SGD, step 0.01 (default)": keras.optimizers.SGD(0.01),
    "SGD, step 30": keras.optimizers.SGD(30.0),
    "SGD, step 10, momentum 0.9": keras.optimizers.SGD(10.0, momentum=0.9),
}
by_optimizer = {}  # the last model, with momentum, is looked at again below
for name, optimizer in optimizers.items():
    keras.utils.set_random_seed(seed)
    with_momentum = begin_at_the_mean(aekit.dense_autoencoder(784, code_dim=code_dim))
    by_optimizer[name] = train(with_momentum, optimizer)["val_mse"]
by_optimizer["Adam, step 0.015"] = curves["val_mse"][:short]
slow, *others = (by_optimizer[name][-1] for name in optimizers)
claim("the default step of SGD hardly leaves the mean image", slow / mean_mse, at_least=0.9)
claim("steps of 30, and of 10 with momentum, do: the worse", max(others) / mean_mse, at_most=0.75)
claim("Adam gets further than both", curves["val_mse"][short - 1] / min(others), at_most=0.95)

# %% slideshow={"slide_type": "fragment"}
figure = plots.lines(
    None,
    by_optimizer,
    "epoch",
    "squared error per pixel (test)",
    "The same network, four ways downhill",
)
figure.axes[0].set_ylim(0)
figure.axes[0].legend(loc="lower left")
plots.show(
    figure,
    alt="Test error over the first epochs. SGD with a step of 0.01 stays flat at the top. A "
    "step of 30 descends, momentum descends faster, and Adam is lowest at every epoch.",
)

# %% [markdown]
# Gradient descent works, once its step fits the scale of the loss. Adam scales each step by the
# size of the recent gradients and so hardly cares about that scale. This is why it is the usual
# first choice, not because it would find something that gradient descent cannot.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the units have learnt
#
# Each code unit has 784 weights, one for each pixel: an image. Where it is red, ink turns the unit
# on; where it is blue, ink turns it off. A large weight on a pixel that is nearly always black
# matters little, so the second row multiplies each weight by its pixel's standard deviation. The
# decoder's weights, in the third row, say what the unit *draws* when it is on. Each image has its own
# scale.

# %% slideshow={"slide_type": "fragment"}
weights = autoencoder.encoder.layers[-1].get_weights()[0]  # (784, 32)
drawn = autoencoder.decoder.layers[-1].get_weights()[0]  # (32, 784)
weighted = weights * x_train.std(axis=0)[:, np.newaxis]
figure = plots.image_grid(
    np.concatenate([weights.T[:8], weighted.T[:8], drawn[:8]]),
    "What eight of the 32 units look for, and what they draw",
    columns=8,
    symmetric=True,
    size=1.1,
)
for row, label in enumerate(("encoder", "encoder × spread", "decoder")):
    axis = figure.axes[8 * row]
    axis.text(-0.1, 0.5, label, ha="right", va="center", transform=axis.transAxes)
plots.show(
    figure,
    alt="Three rows of eight weight images. The encoder's own weights are strongest in a ring near "
    "the border and faint inside. Multiplied by the pixels' spread they show fine-grained patches "
    "in the middle. The decoder's show smooth strokes and blobs all over the digit's area.",
)

# %% [markdown]
# None of these eight looks like one digit: the decoder's features are strokes and blobs, and each
# digit is a mixture of all 32. The first row is a warning: the largest weights sit on the rim, on pixels that
# are seldom lit, and few images object to whatever they are. Is that the network, or Adam, which
# takes steps of full size where gradients are small? We compare with the model trained above by SGD
# with momentum, from the same start (for fewer epochs, so we compare the two kinds of pixels within
# each model). And pixels that are *never* lit in training multiply each
# gradient by 0, so their weights should still be the random ones.

# %% tags=["nbval-ignore-output"]
lit = (x_train > 0).mean(axis=0)  # share of the training images in which a pixel is lit
never, seldom, often = lit == 0, (lit > 0) & (lit < 0.01), lit > 0.2
moved = abs(weights - weights_before)
moved_by_sgd = abs(with_momentum.encoder.layers[-1].get_weights()[0] - weights_before)
by_adam, by_sgd = (m[seldom].mean() / m[often].mean() for m in (moved, moved_by_sgd))
print(f"pixels never lit: {never.sum()}, seldom lit: {seldom.sum()}, often lit: {often.sum()}")
claim("weights from pixels never lit do not move", moved[never].max(), at_most=1e-7)
claim("Adam moves the seldom lit at least as far as the often lit: ratio", by_adam, at_least=1)
claim("SGD hardly moves the weights of the seldom lit ones: ratio", by_sgd, at_most=0.25)

# %% [markdown]
# So the ring is Adam's doing. Large weights are not always important ones.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the non-linearity helps
#
# Lesson 1 showed that without activation functions an autoencoder has PCA's capacity. Is *any*
# non-linearity enough to pass it? No. If the decoder is linear, every reconstruction is $c$ plus a
# mixture of 32 fixed images: a flat, 32-dimensional slice of the space of images. On the training
# images PCA is the best of all flat slices, with the best point on it, so no encoder whatsoever can
# win (Bourlard and Kamp, 1988). We try: a tanh code, but a linear output.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
flat = aekit.dense_autoencoder(784, code_dim, code_activation="tanh", output_activation="linear")
flat.decoder.layers[-1].bias.assign(mean_image)
train(flat, keras.optimizers.Adam(0.003), loss="mse", epochs=2 * short)

paper = "Bourlard and Kamp 1988"
best_flat = np.mean((x_train - pca.inverse_transform(pca.transform(x_train))) ** 2)
of_flat = np.mean((x_train - keras.ops.convert_to_numpy(flat(x_train))) ** 2)
of_bent = np.mean((x_train - keras.ops.convert_to_numpy(autoencoder(x_train))) ** 2)
for name, error in (("tanh code, linear output", of_flat), ("sigmoid output", of_bent)):
    print(f"{name:25}: {error / best_flat:.3f} of PCA's error on the training images")
claim("a linear decoder does not beat PCA", of_flat / best_flat, at_least=1.0, source=paper)
claim("though it comes close", of_flat / best_flat, at_most=1.2)
claim("a sigmoid at the output bends the slice and beats it", of_bent / best_flat, at_most=0.9)

# %% [markdown]
# So what passed PCA above is the sigmoid of the *output*: black stays black whatever the code
# says. More layers in the decoder would bend the slice further. Note that these two lines use PCA
# *without* clipping, since the theorem is about linear maps, and training images. Against clipped PCA
# on test images the win is smaller, as the learning curve shows.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Squared error or cross-entropy?
#
# Each loss is a log-likelihood in disguise: it says what we believe about a pixel $x$ when the
# decoder says $\hat{x}$.
#
# - **Gaussian:** $x$ is $\hat{x}$ plus noise of variance $\sigma^2$. Then
#   $-\log p(x | \hat{x}) = (x - \hat{x})^2 / (2 \sigma^2) + \text{const}$: the **squared error**.
#   Right for real-valued inputs of any range.
# - **Bernoulli:** $x$ is a bit, on with probability $\hat{x}$. Then
#   $-\log p(x | \hat{x}) = -x \log \hat{x} - (1 - x) \log(1 - \hat{x})$: the **cross-entropy**.
#   Right for bits, and used for grey pixels read as the probability of a bit.
#
# For a grey pixel the cross-entropy splits into two parts,
#
# $$L(x, \hat{x}) = H(x) + \text{KL}(x, \hat{x}), \qquad H(x) = -x \log x - (1 - x) \log(1 - x)$$
#
# The second part, a Kullback-Leibler divergence, is 0 exactly at $\hat{x} = x$. The first, the
# entropy of the pixel, no model can remove. So both losses want $\hat{x} = x$, but the
# cross-entropy of a *perfect* reconstruction is not 0. Let us compute that floor for the test
# images.


# %% slideshow={"slide_type": "fragment"}
def cross_entropy(x, x_hat):
    """Per pixel, in nats, with 0 log 0 = 0."""
    x, x_hat = np.float64(x), np.clip(np.float64(x_hat), 1e-7, 1 - 1e-7)
    return -x * np.log(x_hat) - (1 - x) * np.log1p(-x_hat)


guesses = np.linspace(0.001, 0.999, 999)
best = guesses[np.argmin(cross_entropy(0.3, guesses))]
floor = np.mean(cross_entropy(x_test, x_test))
claim("for a pixel of 0.3, the best guess is 0.3", best, at_least=0.2999, at_most=0.3001)
claim("its loss there is H(0.3), not 0", cross_entropy(0.3, best), at_least=0.610, at_most=0.612)
claim("the floor of MNIST's test images, in nats a pixel", floor, at_least=0.0580, at_most=0.0582)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The two differ in how they push. Let $a$ be what enters the output's sigmoid. Then
#
# $$\frac{\partial}{\partial a} L_{\text{CE}} = \hat{x} - x \qquad\qquad \frac{\partial}{\partial a} (x - \hat{x})^2 = 2 (\hat{x} - x) \, \hat{x} (1 - \hat{x})$$
#
# The factor $\hat{x}(1 - \hat{x})$ vanishes where the sigmoid is flat, *also when the answer is
# completely wrong*. To see what that costs we let a single pixel learn: its target is 1, it starts
# at $a = -6$, nearly black, and takes 50 steps of size 1 down each loss.

# %% tags=["hide-input"] slideshow={"slide_type": "fragment"}
figure, axes = plt.subplots(1, 3, figsize=(15, 4.6))
ce, se = "cross-entropy", "squared error"
axes[0].plot(guesses, cross_entropy(0.3, guesses), label=ce)
axes[0].plot(guesses, (0.3 - guesses) ** 2, label=se)
axes[0].axvline(0.3, color=plots.COLORS[6], linestyle=":", linewidth=1.5)
axes[0].annotate("floor H(0.3)", (0.3, 0.611), (0.36, 0.95), arrowprops={"arrowstyle": "->"})
axes[0].set(
    xlabel="reconstruction x̂", ylabel="loss", title="Same minimum (x = 0.3)", ylim=(-0.05, 2)
)
a = np.linspace(-8, 8, 200)
axes[1].plot(a, 1 - sigmoid(a), label=ce)
axes[1].plot(a, 2 * (1 - sigmoid(a)) * sigmoid(a) * (1 - sigmoid(a)), label=se)
axes[1].set(xlabel="input a of the output's sigmoid", ylabel="size of the gradient")
axes[1].set_title("Wrong and flat: no push (x = 1)")

pixel = {ce: [-6.0], se: [-6.0]}
for _ in range(50):
    a_ce, a_se = pixel[ce][-1], pixel[se][-1]
    pixel[ce].append(a_ce - (sigmoid(a_ce) - 1))
    pixel[se].append(a_se - 2 * (sigmoid(a_se) - 1) * sigmoid(a_se) * (1 - sigmoid(a_se)))
for name, values in pixel.items():
    axes[2].plot(sigmoid(np.array(values)), label=name)
axes[2].set(
    xlabel="step", ylabel="reconstruction x̂", title="One pixel learns (x = 1)", ylim=(-0.05, 1.05)
)
for axis in axes:
    axis.legend()
plots.show(
    figure,
    alt="Three panels. Left: both losses have their minimum at 0.3, the cross-entropy at about 0.61 "
    "and the squared error at 0. Middle: for a target of 1 the gradient of the cross-entropy is near "
    "1 on the left, where that of the squared error is near 0. Right: over 50 steps the pixel "
    "nearly reaches 1 under cross-entropy and stays near 0 under squared error.",
)
claim("after 50 steps the cross-entropy has it nearly white", sigmoid(pixel[ce][-1]), at_least=0.9)
claim("and the squared error has hardly moved it", sigmoid(pixel[se][-1]), at_most=0.1)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Does it matter for our autoencoder? Ours begins at the mean image, not at a confident mistake. So
# we expect little difference. Same seed, same number of epochs, squared error as the loss; both
# models are compared on both measures.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
by_squares = begin_at_the_mean(aekit.dense_autoencoder(784, code_dim=code_dim))
train(by_squares, keras.optimizers.Adam(0.015), loss="mse", epochs=epochs)

print("trained with     test mse   test cross-entropy   above its floor")
results = {}
for name, model in ((ce, autoencoder), (se, by_squares)):
    output = keras.ops.convert_to_numpy(model(x_test))
    error, nats = np.mean((x_test - output) ** 2), np.mean(cross_entropy(x_test, output))
    results[name] = error, nats - floor
    print(f"{name:15} {error:9.4f} {nats:20.4f} {nats - floor:17.4f}")
claim("on mse both come out alike", results[ce][0] / results[se][0], at_least=0.85, at_most=1.15)
claim("more than half of the loss is floor", floor / (floor + results[ce][1]), at_least=0.5)
claim("above the floor, cross-entropy is not behind", results[ce][1] / results[se][1], at_most=1.05)

# %% [markdown]
# A cross-entropy of 0.1 says little by itself: more than half of it is the floor. Only what is
# *above the floor* can be improved. This is one reason why we compare models on `mse`, whichever
# loss trained them.
#
# And outside of $[0, 1]$ the cross-entropy makes no sense: there is no probability of 255. Keras
# would compute a number all the same, and a meaningless one. `aekit` refuses:

# %% slideshow={"slide_type": "fragment"}
try:
    autoencoder.fit(255 * x_train[:64], 255 * x_train[:64], verbose=0)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Specific to its data
#
# The narrow code became good at digits by giving up the rest. We show it two kinds of images that
# it has never seen: clothes (Fashion-MNIST), and pieces of 28 × 28 pixels cut from two
# photographs, whose colours we average to grey. We expect failure, and compare with two baselines: PCA, also
# learnt from the digits, and the mean image of *those* images, which needs no code at all. The
# table first, then the pictures.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
_, (clothes, _) = datasets.load_fashion_mnist(flatten=True)
photos = []
for photo in load_sample_images().images:  # (427, 640, 3), both of them
    grey = np.rint(photo.mean(axis=2)[:420, :616]) / 255
    photos.append(grey.reshape(15, 28, 22, 28).swapaxes(1, 2).reshape(-1, 784))
photos = np.concatenate(photos).astype(np.float32)

kinds = {"digits": x_test, "clothes": clothes, "photos": photos}
foreign = {}
print("mse on        autoencoder   PCA of digits   their own mean image")
for name, images in kinds.items():
    foreign[name] = [
        np.mean((images - output) ** 2)
        for output in (
            autoencoder.reconstruct(images),
            pca_reconstruct(images),
            images.mean(axis=0),
        )
    ]
    print(f"{name:12} {foreign[name][0]:12.4f} {foreign[name][1]:15.4f} {foreign[name][2]:22.4f}")
of, by_pca, own_mean = foreign["clothes"]
claim("clothes: worse than their own mean image", of / own_mean, at_least=1.0, source=lecture)
claim("clothes: at least four times the error on digits", of / foreign["digits"][0], at_least=4)
claim("clothes: worse than PCA of the same digits", of / by_pca, at_least=1.1)
claim("photos: far worse than theirs", foreign["photos"][0] / foreign["photos"][2], at_least=1.5)

# %% slideshow={"slide_type": "subslide"}
foreigners = np.concatenate([clothes[:6], photos[[40, 170, 200, 470, 560, 575]]])
plots.show(
    plots.image_rows(
        {
            "input": foreigners,
            "autoencoder": autoencoder.reconstruct(foreigners),
            "PCA of digits": pca_reconstruct(foreigners),
        },
        "An autoencoder of digits answers with strokes of digits",
    ),
    alt="Six pieces of clothing and six pieces of photographs, with two rows of reconstructions. The "
    "autoencoder draws broken, digit-like strokes. PCA of digits draws blurred blobs that keep a "
    "little of the outline.",
)

# %% [markdown]
# The autoencoder answers with strokes, confident and wrong, even to an empty sky. PCA lost at home,
# and is *less* wrong here: it is a projection and cannot bend. Better at home, worse abroad: being
# good on one distribution is all that was asked for.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Lossy, and at what price? Beside JPEG and PNG
#
# If it compresses, can it replace JPEG? We count bits. A JPEG of one digit would be mostly header,
# so we let JPEG and PNG encode *all* images of a kind as one big mosaic, and divide by their
# number. Our 32 code units become bits by rounding each to one of $2^k$ levels. To be fair to JPEG
# we also count the decoder, which must be shipped with the pictures: its 32-bit weights, spread
# over 10,000 images. (Our bits could still be squeezed by an entropy coder, as JPEG's are; we do
# not.) The table gives the bits for an image and its squared error, summed over the 784 pixels.


# %% slideshow={"slide_type": "fragment"}
def as_file(images, columns, **options):
    """Bits an image and squared error an image, when the images are one mosaic in a file."""
    rows = len(images) // columns
    mosaic = images.reshape(rows, columns, 28, 28).swapaxes(1, 2).reshape(28 * rows, 28 * columns)
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * mosaic).astype(np.uint8)).save(file, **options)
    decoded = np.asarray(Image.open(file), dtype=np.float32) / 255
    return 8 * file.getbuffer().nbytes / len(images), np.sum((mosaic - decoded) ** 2) / len(images)


def quantise(code, bits):
    """The code, each unit rounded to the nearest of `2 ** bits` levels from 0 to 1."""
    return np.round(code * (2**bits - 1)) / (2**bits - 1)


decoder_bits = 32 * autoencoder.decoder.count_params() / 10_000
print(
    f"the decoder has {autoencoder.decoder.count_params():,} weights: {decoder_bits:.1f} bits an image"
)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "skip"}
bits_a_unit = np.array([8, 6, 4, 3, 2])
columns = {"digits": 100, "clothes": 50, "photos": 22}
png, jpeg, ours = {}, {}, {}
for name, images in aekit.callbacks.progress(kinds.items()):
    png[name] = as_file(images, columns[name], format="PNG")
    jpeg[name] = np.array(
        [
            as_file(images, columns[name], format="JPEG", quality=q, optimize=True)
            for q in (40, 20, 10, 5, 1)
        ]
    )
    code = autoencoder.encode(images)
    ours[name] = np.array(
        [
            metrics.squared_error(images, autoencoder.decode(quantise(code, k))).mean()
            for k in bits_a_unit
        ]
    )
    print(f"{name}: PNG {png[name][0]:.0f} bits, squared error {png[name][1]:.1g}")
    for (bits, error), k, own in zip(jpeg[name], bits_a_unit, ours[name], strict=True):
        print(
            f"    JPEG {bits:5.0f} bits: {error:6.2f}      {k} bits × 32 = {32 * k:3} bits: {own:6.2f}"
        )

# %% [markdown]
# The same drawn, for the three kinds of images. Lower is better, and so is further left.

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
titles = {
    "digits": "Digits: rates below JPEG's lowest",
    "clothes": "Clothes: far behind",
    "photos": "Photos: further behind",
}
figure, axes = plt.subplots(1, 3, figsize=(15, 5), sharey=True)
for axis, name in zip(axes, kinds, strict=True):
    axis.plot(32 * bits_a_unit, ours[name], marker="o", label="autoencoder of digits")
    axis.plot(32 * bits_a_unit + decoder_bits, ours[name], marker="s", label="… with its decoder")
    axis.plot(*jpeg[name].T, marker="^", label="JPEG, quality 40 to 1")
    axis.axvline(png[name][0], color=plots.COLORS[6], linestyle=":", label="PNG (no error)")
    axis.set(xscale="log", yscale="log", xlabel="bits an image", title=titles[name])
    axis.set_xticks([64, 256, 1024, 4096], ["64", "256", "1,024", "4,096"])
    axis.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axis.minorticks_off()
    axis.set_xlim(42, 5200)
axes[0].set_ylabel("squared error an image")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.show(
    figure,
    alt="Three panels of squared error against bits an image, on logarithmic axes. On digits the "
    "autoencoder needs fewer bits than JPEG's coarsest setting, at an error a little above it; with "
    "the decoder counted little of this is left, and JPEG goes on to much smaller errors. On clothes and photos the "
    "autoencoder's error is several times that of JPEG at any rate.",
)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
error = ours["digits"][2]  # at 4 bits a unit, 128 bits an image
coarsest, its_error = jpeg["digits"][-1]
print(f"ours: 128 bits ({128 + decoder_bits:.0f} with the decoder), squared error {error:.1f}")
print(f"JPEG at its coarsest: {coarsest:.0f} bits, squared error {its_error:.1f}")
claim("digits: JPEG's smallest file over our 128 bits", coarsest / 128, at_least=1.4)
claim("the same with our decoder counted", coarsest / (128 + decoder_bits), at_least=1.0)
claim("our error there, over that of JPEG's smallest file", error / its_error, at_most=1.3)
claim("twice the bits hardly help ours", ours["digits"][0] / error, at_least=0.9, at_most=1.01)
claim("while PNG has no error at all", png["digits"][1], at_most=1e-6)
for name in ("clothes", "photos"):
    ratio = ours[name].min() / jpeg[name][-1, 1]
    claim(f"{name}: error over that of the worst JPEG", ratio, at_least=4, source=lecture)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So the honest answer has two halves. **At home**, on the very kind of image it was trained on, a
# tiny autoencoder reaches rates that JPEG cannot reach at all, with an error a little above that of
# JPEG's coarsest file. It can, since it knows what JPEG cannot know: that all images are digits.
# The decoder that must be shipped eats up most of this gain. **Anywhere else** it is useless, and even at home its error has a floor that more bits do not lower. JPEG
# does not care what it is given and gets as good as you pay for.
#
# *Specific to its data, and lossy:* the lecture's two reasons hold. (Learnt codecs that do compete
# with JPEG exist. They train on all kinds of images, and on the bits themselves.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What it is good for
#
# The idea is old. LeCun described it in 1987, Bourlard and Kamp analysed it in 1988, Hinton and
# Zemel derived it from the shortest description of the data in 1994. It has been used for
# **dimensionality reduction**, for **learning features**, and more recently for **generative
# modelling** through its latent space.
#
# Are 32 numbers good features? A **linear probe** answers: a logistic regression that must tell the
# ten digits apart from the code alone. We give it 3,000 labelled training images, and compare with
# the 784 raw pixels, with PCA's 32 numbers, with the code of an *untrained* encoder, and with
# guessing. We expect the code to keep what matters, at a twenty-fifth of the size.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
untrained = aekit.dense_autoencoder(784, code_dim=code_dim)
features = {
    "784 pixels": lambda images: images,
    "32 of PCA": pca.transform,
    "32 code units": autoencoder.encode,
    "32, untrained": untrained.encode,
}
accuracy = {
    name: metrics.linear_probe(f(x_train[:3000]), y_train[:3000], f(x_test), y_test)
    for name, f in features.items()
}
guess = np.bincount(y_test).max() / len(y_test)
figure = plots.bars(
    accuracy, "test accuracy", "The code keeps what tells digits apart", guess, "commonest digit"
)
figure.axes[0].set_ylim(0, 1.2)
figure.axes[0].legend(loc="upper right")
plots.show(
    figure,
    alt="Test accuracy of a linear probe. Pixels, PCA and the trained code reach nearly the same "
    "height; the untrained code is lower. Guessing is far below all of them.",
)
gain = {name: accuracy["32 code units"] - other for name, other in accuracy.items()}
claim("as good as 784 pixels, or nearly", gain["784 pixels"], at_least=-0.03, source=lecture)
claim("training made the code better", gain["32, untrained"], at_least=0.05)

# %% [markdown]
# The code keeps what tells the digits apart although no label was used to learn it. But be fair:
# PCA's 32 numbers are as good for a *linear* classifier. A narrow code of one layer is a good
# summary, not yet a clever one. What makes codes better than their inputs is the subject of the
# following lessons.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# All of it measured in this run:

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
summary = {
    "squared error per pixel (test), mean image": mean_mse,
    "    PCA, 32 components, clipped": pca_mse,
    "    autoencoder, 32 units, stuck on its plateau": np.mean(
        (x_test - stuck.reconstruct(x_test)) ** 2
    ),
    "    autoencoder, 32 units, begun at the mean image": mse,
    "    the same on clothes": foreign["clothes"][0],
    "floor of the cross-entropy, nats a pixel": floor,
    "probe, test accuracy: 784 pixels": accuracy["784 pixels"],
    "    32 code units": accuracy["32 code units"],
}
for name, value in summary.items():
    print(f"{name:52} {value:.4f}")

# %% [markdown]
# - An autoencoder is two maps and a loss between input and output. No labels.
# - The identity is trivial. The narrow code makes it worth learning.
# - Training is ordinary gradient descent; where it begins and how its step is scaled can decide
#   whether it learns at all.
# - A linear decoder cannot beat PCA. A non-linear one can.
# - Squared error believes in Gaussian pixels, cross-entropy in bits. On grey pixels the
#   cross-entropy has a floor above 0.
# - It is specific to its data, and lossy: no codec, but a way to learn features.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# **1.** How many weights has the 784-32-784 autoencoder? Compute it from the formula, then ask
# the model.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# W and b of the encoder, V and c of the decoder.
count = (784 * 32 + 32) + (32 * 784 + 784)
print(f"{count:,} weights by the formula, {autoencoder.count_params():,} by Keras")
claim("the formula counts all weights", autoencoder.count_params() - count, at_least=0, at_most=0)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** What is the floor of the cross-entropy for digits made black and white at 0.5? And for the
# clothes: is it higher or lower than for digits? Think first, then compute.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A bit has no entropy: 0 log 0 = 0 and 1 log 1 = 0. Clothes have many grey pixels, digits few.
floor_of_bits = np.mean(cross_entropy(x_test > 0.5, x_test > 0.5))
floor_of_clothes = np.mean(cross_entropy(clothes, clothes))
claim("black and white digits have no floor", floor_of_bits, at_least=0, at_most=1e-6)
claim("clothes have a higher floor than digits: ratio", floor_of_clothes / floor, at_least=4)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** Which single picture, drawn for every image, has the lowest cross-entropy? And which the
# lowest squared error? Derive it from the gradients above, then check it on the training images.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The mean image, for both. Sum of (x^ - x) over the images = 0 gives x^ = mean of x, and with
# squared error the factor 2 x^ (1 - x^) > 0 changes nothing. That is why training gets stuck *there*.
images = x_train[:5000]
center = np.clip(images.mean(axis=0), 0.01, 0.99)
excess = []
for shift in (-0.005, 0.005):
    for loss in (cross_entropy, lambda x, x_hat: (x - x_hat) ** 2):
        inner = (center > 0.02) & (center < 0.98)
        at_mean = np.mean(loss(images[:, inner], center[inner]))
        excess.append(np.mean(loss(images[:, inner], center[inner] + shift)) - at_mean)
print("what a picture costs beyond the mean image:   cross-entropy   squared error")
for name, costs in (("a little darker", excess[:2]), ("a little brighter", excess[2:])):
    print(f"{name:45} {costs[0]:14.1e} {costs[1]:15.1e}")
claim("any shift away from the mean image costs something", min(excess), at_least=1e-6)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** At 128 bits an image JPEG has no setting of its own. Help it: shrink the mosaic of digits to half
# its size, save that as JPEG, and enlarge what comes back. Does it then beat the autoencoder?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# It reaches the rate, but not the error: half the resolution loses the strokes.
mosaic = x_test.reshape(100, 100, 28, 28).swapaxes(1, 2).reshape(2800, 2800)
small = Image.fromarray(np.rint(255 * mosaic).astype(np.uint8)).resize((1400, 1400))
halved = {}
for quality in (1, 5, 10, 20):
    file = io.BytesIO()
    small.save(file, format="JPEG", quality=quality, optimize=True)
    decoded = np.asarray(Image.open(file).resize((2800, 2800)), dtype=np.float32) / 255
    halved[quality] = 8 * file.getbuffer().nbytes / 10_000, np.sum((mosaic - decoded) ** 2) / 10_000
    print(
        f"quality {quality:2}: {halved[quality][0]:4.0f} bits, squared error {halved[quality][1]:.1f}"
    )
bits, errors = np.array(list(halved.values())).T
at_128 = np.interp(128, bits, errors)
claim("half-size JPEG errs more at 128 bits", at_128 / ours["digits"][2], at_least=1.5)

# %% [markdown] slideshow={"slide_type": "skip"}
# **5.** Train one autoencoder on digits *and* clothes. What happens to its error on clothes? And
# on digits, compared with our specialist after as many epochs? Explain the second.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The 32 units must now serve two distributions. The generalist sees as many digits as the
# specialist, and pays for the clothes with an error on digits.
(clothes_train, _), _ = datasets.load_fashion_mnist(flatten=True)
specialised = x_train[:10_000]
errors = {}
for name, images in (
    ("specialist", specialised),
    ("generalist", np.concatenate([specialised, clothes_train])),
):
    keras.utils.set_random_seed(seed)
    model = begin_at_the_mean(aekit.dense_autoencoder(784, code_dim=code_dim))
    model.compile(keras.optimizers.Adam(0.015), loss="binary_crossentropy")
    progress = [aekit.callbacks.ProgressBar()]
    model.fit(images, images, batch_size=100, epochs=short, verbose=0, callbacks=progress)
    errors[name] = [
        np.mean((x - keras.ops.convert_to_numpy(model(x))) ** 2) for x in (x_test, clothes)
    ]
    print(f"{name}: digits {errors[name][0]:.4f}, clothes {errors[name][1]:.4f}")
on_digits, on_clothes = np.divide(errors["generalist"], errors["specialist"])
claim("clothes: under half the specialist's error", on_clothes, at_most=0.5)
claim("digits: the generalist pays for it", on_digits, at_least=1.02)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where next
#
# Lesson 3 asks what the width of the code does: undercomplete and overcomplete autoencoders.
#
# **References**
#
# - Y. LeCun, *Modèles connexionnistes de l'apprentissage*, PhD thesis, Université Paris 6 (1987).
# - H. Bourlard and Y. Kamp, *Auto-association by multilayer perceptrons and singular value
#   decomposition*, Biological Cybernetics 59 (1988).
# - G. E. Hinton and R. S. Zemel, *Autoencoders, minimum description length and Helmholtz free
#   energy*, NIPS 6 (1994).
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning*, arXiv 1206.5538 (2013).
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, chapter 14 (2016).
