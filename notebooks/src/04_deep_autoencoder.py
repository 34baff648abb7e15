# %% [markdown] slideshow={"slide_type": "slide"}
# # A deep autoencoder, live
#
# In 2014 Andrej Karpathy put an autoencoder on a web page. It trains in the browser, and one watches
# the digits wander through the plane of its two code units until like lies near like. This lesson
# rebuilds the page, measures what the eye believes to see, and then asks what the *depth* is good for.
#
# **What you will learn**
#
# - what "deep" means: layers composed, computed by hand and with aekit;
# - how a map of digits forms during training, and how good it is beside PCA's;
# - what the decoder draws at each point of the plane, and where it draws nonsense;
# - where depth pays and where it does not, at the same number of weights;
# - how far thirty numbers bring us towards the result of Hinton and Salakhutdinov (2006);
# - why deep networks were hard to train, and what cured it.
#
# **Lecture:** section 2, the traditional autoencoder. **Before this lesson:** lesson 2, and PCA from
# lesson 1. **Time:** about 45 minutes to read and play; the computing takes about half a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import io

import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim
from IPython.display import display
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, half a minute; "full": all 60,000 digits, some minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes: a small deep network on 10,000 digits, or the paper's on all 60,000. All
# 10,000 test images are used in both. No network is trained on them.

# %% slideshow={"slide_type": "skip"}
n_train, epochs, deep_epochs, deep_hidden, deep_rate = {
    "quick": (10_000, 8, 8, (256, 128), 0.003),
    "full": (60_000, 10, 10, (1000, 500, 250), 0.001),
}[profile]
short = {"quick": 3, "full": 1}[profile]  # epochs of the last experiment
batch_size, frames = 100, 32
lecture = "lecture, section 2"
paper = "Hinton and Salakhutdinov 2006, figure 2"

(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_train=n_train, flatten=True)
mean_image = x_train.mean(axis=0)
print(f"{len(x_train):,} training and {len(x_test):,} test images of {x_train.shape[1]} pixels")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Deep means composed
#
# A deep encoder is a chain of layers, and the decoder is a chain back. With one hidden layer on each
# side:
#
# $$h_1 = s(x W_1 + b_1) \qquad z = h_1 W_2 + b_2 \qquad g_1 = s(z V_1 + c_1) \qquad
# \hat{x} = \sigma(g_1 V_2 + c_2)$$
#
# The code $z$ is *linear* here, so a digit may lie anywhere in the plane. The hidden layers use
# $s = \mathrm{elu}$: $\mathrm{elu}(a) = a$ for $a > 0$, and $e^a - 1$ otherwise. The output is the
# sigmoid $\sigma$, since pixels lie between 0 and 1. First by hand: three pixels, two hidden units,
# one code unit.


# %% slideshow={"slide_type": "fragment"}
def elu(a):
    return np.where(a > 0, a, np.exp(np.minimum(a, 0)) - 1)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


x = np.array([[1.0, 0.0, 0.5]])
W1, b1 = np.array([[1.0, -1.0], [0.5, 2.0], [2.0, -2.0]]), np.array([0.0, 0.5])
W2, b2 = np.array([[0.5], [-1.0]]), np.array([0.1])
V1, c1 = np.array([[1.0, -1.0]]), np.array([-0.5, 0.0])
V2, c2 = np.array([[1.0, -2.0, 0.5], [2.0, 1.0, 0.0]]), np.array([0.0, -1.0, 0.0])

z = elu(x @ W1 + b1) @ W2 + b2
x_hat = sigmoid(elu(z @ V1 + c1) @ V2 + c2)
print("code           z ", z.round(3))
print("reconstruction x^", x_hat.round(3))

# %% [markdown]
# In aekit depth is one argument, `hidden`: the widths on the way down, which are used in reverse on
# the way up.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
tiny = aekit.dense_autoencoder(
    3, code_dim=1, hidden=(2,), hidden_activation="elu", code_activation="linear"
)
tiny.set_weights([W1, b1, W2, b2, V1, c1, V2, c2])
difference = keras.ops.convert_to_numpy(tiny(x)) - x_hat
claim("aekit composes the layers as we did", abs(difference).max(), at_most=1e-6, source=lecture)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The network of the web page, and ours
#
# Two numbers for an image of 784 pixels. We keep the idea and change what helps it along; exercise 4
# trains the original.
#
# | | ConvNetJS demo | here |
# |---|---|---|
# | layers | 784-50-50-**2**-50-50-784 | 784-128-64-32-**2**-32-64-128-784 |
# | hidden activation | tanh | elu |
# | code | linear | linear |
# | output and loss | linear, squared error | sigmoid, binary cross-entropy |
# | optimiser | Adadelta, weight decay (L1 and L2) | Adam, no decay |
# | digits on display | 200 that may also be trained on | 1,000 test digits |
#
# Lesson 2 showed that a start at the mean image saves a plateau. We do it again: the output bias is
# $\log \frac{m}{1 - m}$ with the mean image $m$. One function builds all larger networks of this lesson.


# %% slideshow={"slide_type": "fragment"}
def build(code_dim, hidden, activation="elu", name="deep"):
    """An autoencoder with a linear code whose output begins close to the mean image."""
    keras.utils.set_random_seed(seed)
    autoencoder = aekit.dense_autoencoder(
        784, code_dim, hidden, hidden_activation=activation, code_activation="linear", name=name
    )
    m = np.clip(mean_image, 0.002, 0.998)  # log 0 is no bias
    autoencoder.decoder.layers[-1].bias.assign(np.log(m / (1 - m)))
    return autoencoder


def train(autoencoder, optimizer, epochs, callbacks=()):
    autoencoder.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["mse"])
    callbacks = [aekit.callbacks.ProgressBar(), *callbacks]
    autoencoder.fit(x_train, x_train, batch_size, epochs, verbose=0, callbacks=callbacks)


def test_error(autoencoder):
    """Squared error of a test image, summed over its 784 pixels, on average."""
    return metrics.squared_error(x_test, autoencoder.reconstruct(x_test)).mean()


hidden = (128, 64, 32)
deep_2 = build(2, hidden, name="deep_2")
print(deep_2)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The yardstick
#
# "Like lies near like" can be measured: give each test digit the label that is commonest among its 15
# nearest *training* digits in the plane, and count how often that is right. We call it the
# **vote**. The labels serve the measurement only; no network sees them. Guessing gets about 0.1.
#
# The rival is PCA with two components. Its reconstructions are clipped to $[0, 1]$, which helps it.
# Errors are squared errors of an image, summed over its pixels.


# %% slideshow={"slide_type": "fragment"}
def pca_of(components):
    """PCA of the training images, its test reconstructions, and their error once clipped."""
    pca = PCA(components, random_state=seed).fit(x_train)
    raw = pca.inverse_transform(pca.transform(x_test)).astype(np.float32)
    return pca, raw, metrics.squared_error(x_test, np.clip(raw, 0, 1)).mean()


def vote(encode, images, labels):
    return metrics.knn_probe(encode(x_train), y_train, encode(images), labels, neighbours=15)


watched, watched_labels = x_test[:2000], y_test[:2000]
pca_2, _, pca_2_error = pca_of(2)
pca_2_vote = vote(pca_2.transform, watched, watched_labels)
mean_error = np.sum((x_test - mean_image) ** 2, axis=1).mean()

# %% tags=["nbval-ignore-output"]
print(f"mean image: error {mean_error:.1f}")
print(f"PCA, 2 components, clipped: error {pca_2_error:.1f}, vote {pca_2_vote:.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Live
#
# A callback looks at the network while it trains: often at first, when much happens, then more
# seldom. It keeps what it sees. And if you run this lesson in JupyterLab, the picture below the cell
# is redrawn each time: `display` returns a handle, and `handle.update` replaces the picture. What is
# stored is the last one only.
#
# We expect the digits to begin in one heap, to spread, and to sort themselves, without a label.


# %% slideshow={"slide_type": "fragment"}
class Watch(keras.callbacks.Callback):
    """Keeps codes, errors and pictures of the watched digits, and redraws their map."""

    def on_train_begin(self, logs=None):
        total = self.params["epochs"] * self.params["steps"]
        self.moments = set(np.round(total * np.linspace(0, 1, frames) ** 2).astype(int))
        self.step, self.seen, self.handle = 0, [], None
        self.look()

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.step in self.moments:
            if hasattr(self.model, "jax_state_sync"):  # on JAX the weights live elsewhere meanwhile
                self.model.jax_state_sync()
            self.look()

    def look(self):
        output = self.numpy(self.model, watched)
        right = vote(lambda images: self.numpy(self.model.encoder, images), watched, watched_labels)
        moment = {
            "images": self.step * batch_size,
            "codes": self.numpy(self.model.encoder, watched[:1000]),
            "error": metrics.squared_error(watched, output).mean(),
            "vote": right,
            "pictures": output,
        }
        self.seen.append(moment)
        self.handle = redraw(self.handle, moment)

    def numpy(self, model, images):
        return keras.ops.convert_to_numpy(model(images))


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def redraw(handle, moment):
    """Show the map of one moment, in the place of the one before; returns the handle to it."""
    title = f"{moment['images']:,} images seen, vote {moment['vote']:.2f}"
    figure = plots.code_map(moment["codes"], y_test[:1000], title)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=60, facecolor="white")
    plt.close(figure)
    alt = (
        "1,000 test digits as coloured dots in the plane of the two code units, when training "
        "ends: each digit has its region, some by themselves, some overlapping near the middle."
    )
    shown = {"image/png": picture.getvalue(), "text/plain": f"[figure] {alt}"}
    metadata = {"image/png": {"alt": alt}}
    if handle is None:
        return display(shown, metadata=metadata, raw=True, display_id=True)
    handle.update(shown, metadata=metadata, raw=True)
    return handle


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
watch = Watch()
train(deep_2, keras.optimizers.Adam(0.003), epochs, [watch])

# %% [markdown] slideshow={"slide_type": "subslide"}
# Here is the whole run as a film, for those who read and do not run. The axes stay the same in all
# frames. On the right: ten test digits and what the network makes of them at that moment.

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
first_of_class = [np.flatnonzero(y_test[:2000] == digit)[0] for digit in range(10)]
low, high = np.percentile(watch.seen[-1]["codes"], [1, 99], axis=0)
low, high = low - 0.15 * (high - low), high + 0.15 * (high - low)


def frame(moment):
    figure = plt.figure(figsize=(9, 5))
    plane, right = figure.subfigures(1, 2, width_ratios=[2.1, 1])
    axis = plane.subplots()
    plots.draw_code_map(axis, moment["codes"][:600], y_test[:600])
    for name in axis.texts:
        name.set_clip_on(True)
    axis.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axis.set(xlabel="code unit 1", ylabel="code unit 2")
    axis.set_title(
        f"{moment['images']:>7,} images seen · error {moment['error']:.1f} · vote {moment['vote']:.2f}"
    )
    pairs = right.subplots(5, 4)
    for column, digits in ((0, range(5)), (2, range(5, 10))):
        for row, digit in zip(pairs, digits, strict=True):
            i = first_of_class[digit]
            plots.draw_image(row[column], watched[i].reshape(28, 28))
            plots.draw_image(row[column + 1], moment["pictures"][i].reshape(28, 28))
    for column in range(4):
        word = "drawn" if column % 2 else "test"
        pairs[0, column].set_title(word, fontsize=11, loc="center", fontweight="normal")
    return figure


plots.show_animation(
    (frame(moment) for moment in watch.seen),
    alt="An animation of the training. On the left, test digits in the plane of the code: at first "
    "all in one heap, then a spreading cloud in which each digit takes a region of its own. On the "
    "right ten test digits and their reconstructions: at first ten times the same blurred mean, at "
    "the end a typical digit for each, not always the right one.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the eye saw, in numbers
#
# The film suggests that the map gets better and better. Does it? We expect both curves to pass PCA
# early: the network can bend the plane, PCA cannot.

# %% slideshow={"slide_type": "fragment"}
seen = [moment["images"] / 1000 for moment in watch.seen]
figure, axes = plt.subplots(1, 2, figsize=(12, 4.5))
for axis, key, level, title in (
    (axes[0], "error", pca_2_error, "The error falls below PCA's"),
    (axes[1], "vote", pca_2_vote, "The vote rises above PCA's"),
):
    axis.plot(seen, [moment[key] for moment in watch.seen], marker="o", label="deep autoencoder")
    axis.axhline(level, color=plots.COLORS[1], linestyle="--", label="PCA, 2 components")
    axis.set(xlabel="training images seen, thousands", title=title)
axes[0].set(ylabel="squared error an image", ylim=(0, None))
axes[1].set(ylabel="share of right votes", ylim=(0, 1))
axes[0].legend(loc="lower left")
plots.show(
    figure,
    alt="Two curves over the images seen in training. The squared error falls steeply, passes PCA's "
    "level early and then descends slowly. The share of right votes rises steeply, passes PCA's "
    "level early, and then rises slowly with small ups and downs.",
)

# %% tags=["nbval-ignore-output"]
start, end = watch.seen[0], watch.seen[-1]
error_2, vote_2 = test_error(deep_2), vote(deep_2.encode, x_test, y_test)
vote_2_pca = vote(pca_2.transform, x_test, y_test)
print(f"vote at the start {start['vote']:.2f}, at the end {end['vote']:.2f}")
print(f"all test digits: vote {vote_2:.3f}, PCA {vote_2_pca:.3f}")
claim("training sorts the digits: gain in the vote", end["vote"] - start["vote"], at_least=0.15)
claim(
    "better than PCA's map: gain in the vote", vote_2 - vote_2_pca, at_least=0.07, source=lecture
)
claim("and nearer to the images: error over PCA's", error_2 / pca_2_error, at_most=0.88)

# %% [markdown]
# Both pass PCA, and early. But read the error as well: it is more than half of the mean image's, and
# the vote is wrong for a good part of the digits. Two numbers are few. The network was never asked
# to sort anything; it sorts because digits that look alike can share a region of the decoder.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the decoder draws at each point
#
# The decoder is a function on the plane: it draws something at *every* point, whether a digit was ever
# coded there or not. We lay a grid over the range of the training codes and decode each point. We
# expect neighbours to look alike, since the decoder is continuous.

# %% slideshow={"slide_type": "fragment"}
side = 18
train_codes = deep_2.encode(x_train)
corner, opposite = np.percentile(train_codes, [1, 99], axis=0)
across = np.linspace(corner[0], opposite[0], side)
up = np.linspace(corner[1], opposite[1], side)
points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)  # row by row, from below
drawn = deep_2.decode(points.astype(np.float32))
print(f"{len(points)} points, {drawn.shape[1]} pixels each")

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
mosaic = drawn.reshape(side, side, 28, 28)[::-1].swapaxes(1, 2).reshape(28 * side, 28 * side)
half = (opposite - corner) / (side - 1) / 2
left, right, bottom, top = (
    corner[0] - half[0],
    opposite[0] + half[0],
    corner[1] - half[1],
    opposite[1] + half[1],
)
figure, axes = plt.subplots(1, 2, figsize=(14, 7), sharex=True, sharey=True)
plots.draw_code_map(axes[0], deep_2.encode(x_test[:2000]), y_test[:2000])
axes[1].imshow(mosaic, cmap="gray", vmin=0, vmax=1, extent=(left, right, bottom, top))
axes[1].grid(visible=False)
for axis, title in zip(axes, ("Where the test digits lie", "What is drawn there"), strict=True):
    axis.set(xlim=(left, right), ylim=(bottom, top), aspect="auto", title=title)
    axis.set(xlabel="code unit 1", ylabel="code unit 2")
plots.show(
    figure,
    alt="Left: 2,000 test digits in the plane of the code, coloured by class. Right, on the same "
    "axes: the decoded images at 18 times 18 points. Regions of one digit pass smoothly into those "
    "of another; where no test digit lies the pictures stay the same over wide stretches or are no digits.",
)

# %% [markdown]
# The borders are gradual: on the way from one digit to the next the decoder draws shapes in between.
# Are the pictures digits everywhere? We measure how far each of them is from the *nearest training
# image*, and compare points with many training codes nearby and points with none.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
column = np.round((train_codes[:, 0] - corner[0]) / (across[1] - across[0])).astype(int)
row = np.round((train_codes[:, 1] - corner[1]) / (up[1] - up[0])).astype(int)
inside = (column >= 0) & (column < side) & (row >= 0) & (row < side)
crowd = np.bincount((row * side + column)[inside], minlength=side**2)

sample = x_train[:5000]
squares = (drawn**2).sum(axis=1)[:, np.newaxis] + (sample**2).sum(axis=1)
nearest = (squares - 2 * drawn @ sample.T).min(axis=1)
crowded, empty = crowd >= np.quantile(crowd, 0.8), crowd == 0
jumps = np.sum(np.diff(drawn.reshape(side, side, 784), axis=1) ** 2, axis=2)
apart = np.sum((drawn - drawn[np.random.default_rng(seed).permutation(len(drawn))]) ** 2, axis=1)
print(f"{empty.mean():.0%} of the points have no training digit in their cell")
print(f"to the nearest training image: crowded {nearest[crowded].mean():.1f}, empty {nearest[empty].mean():.1f}")
