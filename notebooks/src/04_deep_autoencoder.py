# %% [markdown] slideshow={"slide_type": "slide"}
# # A deep autoencoder, live
#
# Andrej Karpathy's ConvNetJS has a web page on which an autoencoder trains in the browser. One watches
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
# lesson 1. **Time:** about 45 minutes to read and play; the computing takes under a minute on two cores.

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
from sklearn.neighbors import KNeighborsClassifier

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all 60,000 digits, some minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes: a small deep network on 10,000 digits, or the paper's on all 60,000. All
# 10,000 test images are used in both. No network is trained on them.

# %% slideshow={"slide_type": "skip"}
n_train, epochs, deep_epochs, deep_hidden, deep_rate = {
    "quick": (10_000, 6, 6, (256, 128), 0.004),
    "full": (60_000, 10, 10, (1000, 500, 250), 0.001),
}[profile]
short = {"quick": 2, "full": 1}[profile]  # epochs of the last experiment
batch_size, deep_batch_size, frames = 100, 200, 25
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
# $$h_1 = s(x W_1 + b_1) \qquad z = \tanh(h_1 W_2 + b_2) \qquad g_1 = s(z V_1 + c_1) \qquad
# \hat{x} = \sigma(g_1 V_2 + c_2)$$
#
# The hidden layers use $s = \mathrm{relu}$, $\mathrm{relu}(a) = \max(a, 0)$. The code $z$ goes
# through a tanh, so that every digit lies between $-1$ and 1 and the picture keeps its frame. The output is
# the sigmoid $\sigma$, since pixels lie between 0 and 1. First by hand: three pixels, two hidden
# units, one code unit.


# %% slideshow={"slide_type": "fragment"}
def relu(a):
    return np.maximum(a, 0)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


x = np.array([[1.0, 0.0, 0.5]])
W1, b1 = np.array([[1.0, -1.0], [0.5, 2.0], [2.0, -2.0]]), np.array([0.0, 0.5])
W2, b2 = np.array([[0.5], [-1.0]]), np.array([-0.5])
V1, c1 = np.array([[1.0, -1.0]]), np.array([-0.5, 0.0])
V2, c2 = np.array([[1.0, -2.0, 0.5], [2.0, 1.0, 0.0]]), np.array([0.0, -1.0, 0.0])

z = np.tanh(relu(x @ W1 + b1) @ W2 + b2)
x_hat = sigmoid(relu(z @ V1 + c1) @ V2 + c2)
print("code           z ", z.round(3))
print("reconstruction x^", x_hat.round(3))

# %% [markdown]
# In aekit depth is one argument, `hidden`: the widths on the way down, which are used in reverse on
# the way up.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
tiny = aekit.dense_autoencoder(3, code_dim=1, hidden=(2,), code_activation="tanh")
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
# | hidden activation | tanh | relu |
# | code | linear | tanh |
# | output and loss | linear, squared error | sigmoid, binary cross-entropy |
# | optimiser | Adadelta, weight decay (L1 and L2) | Adam, no decay |
# | digits on display | 200 that may also be trained on | 1,000 test digits |
#
# Lesson 2 showed that a start at the mean image saves a plateau. We do it again: the output bias is
# $\log \frac{m}{1 - m}$ with the mean image $m$. One function builds all larger networks of this lesson.


# %% slideshow={"slide_type": "fragment"}
def build(code_dim, hidden, **activations):
    """A dense autoencoder whose output begins close to the mean image."""
    keras.utils.set_random_seed(seed)
    autoencoder = aekit.dense_autoencoder(784, code_dim, hidden, **activations)
    m = np.clip(mean_image, 0.002, 0.998)  # log 0 is no bias
    autoencoder.decoder.layers[-1].bias.assign(np.log(m / (1 - m)))
    return autoencoder


def train(autoencoder, optimizer, epochs, callbacks=(), batch_size=batch_size):
    autoencoder.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["mse"])
    callbacks = [aekit.callbacks.ProgressBar(), *callbacks]
    autoencoder.fit(x_train, x_train, batch_size, epochs, verbose=0, callbacks=callbacks)


def test_error(autoencoder):
    """Squared error of a test image, summed over its 784 pixels, on average."""
    return metrics.squared_error(x_test, autoencoder.reconstruct(x_test)).mean()


hidden = (128, 64, 32)
deep_2 = build(2, hidden, code_activation="tanh")
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


def output_of(model, images):
    return keras.ops.convert_to_numpy(model(images))


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
        last = self.params["epochs"] * self.params["steps"]
        self.moments = set(np.round(last * np.linspace(0, 1, frames) ** 2).astype(int))
        self.step, self.seen, self.handle = 0, [], None
        self.look()

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.step in self.moments:
            if hasattr(self.model, "jax_state_sync"):  # on JAX the weights live elsewhere meanwhile
                self.model.jax_state_sync()
            self.look()

    def look(self):
        encoder, pictures = self.model.encoder, output_of(self.model, watched)
        moment = {"images": self.step * batch_size, "pictures": pictures}
        moment["codes"] = output_of(encoder, watched[:1000])
        moment["error"] = metrics.squared_error(watched, pictures).mean()
        moment["vote"] = vote(lambda x: output_of(encoder, x), watched, watched_labels)
        self.seen.append(moment)
        self.handle = redraw(self.handle, moment)


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def redraw(handle, moment):
    """Show the map of one moment, in the place of the one before; returns the handle to it."""
    title = f"{moment['images']:,} images seen, vote {moment['vote']:.2f}"
    figure = plots.code_map(moment["codes"], y_test[:1000], title)
    figure.axes[0].set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
    figure.set_layout_engine("none")  # draws faster
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


# %% [markdown]
# Everything is ready. Start the cell and watch.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
watch = Watch()
train(deep_2, keras.optimizers.Adam(0.003), epochs, [watch])

# %% [markdown] slideshow={"slide_type": "subslide"}
# Here is the whole run as a film, for those who read and do not run. The axes stay the same in all
# frames. On the right: ten test digits and what the network makes of them at that moment.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
first_of_class = [np.flatnonzero(y_test[:2000] == digit)[0] for digit in range(10)]


def side_by_side(pictures):
    """Ten test digits and what is drawn of them, as one picture of 5 by 4."""
    pairs = np.stack([watched[first_of_class], pictures[first_of_class]], axis=1)
    pairs = pairs.reshape(2, 5, 2, 28, 28).swapaxes(0, 1).reshape(5, 4, 28, 28)
    framed = np.pad(pairs, ((0, 0), (0, 0), (2, 2), (2, 2)), constant_values=1)
    return framed.swapaxes(1, 2).reshape(5 * 32, 4 * 32)


def frame(moment):
    figure = plt.figure(figsize=(8.5, 5), dpi=90, layout="none")
    axis = figure.add_axes([0.12, 0.12, 0.52, 0.79])
    plots.draw_code_map(axis, moment["codes"][:600], y_test[:600])
    axis.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), xlabel="code unit 1", ylabel="code unit 2")
    axis.set_title(
        f"{moment['images']:,} seen · error {moment['error']:.1f} · vote {moment['vote']:.2f}"
    )
    axis = figure.add_axes([0.66, 0.05, 0.33, 0.86])
    plots.draw_image(axis, side_by_side(moment["pictures"]))
    for column, word in enumerate(("test", "drawn", "test", "drawn")):
        axis.text(32 * column + 16, -4, word, ha="center", fontsize=12)
    return figure


# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
plots.show_animation(
    (frame(moment) for moment in aekit.callbacks.progress(watch.seen)),
    alt="An animation of the training. On the left, test digits in the plane of the code: first in "
    "one heap, then spread over the square up to its edges, then sorted into regions by digit, some of "
    "which overlap. On the right ten test digits and their reconstructions: at first ten times the same blurred mean, at "
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
claim("better than PCA's map: gain in the vote", vote_2 - vote_2_pca, at_least=0.07, source=lecture)
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

# %% tags=["cover", "hide-input"] slideshow={"slide_type": "subslide"}
mosaic = drawn.reshape(side, side, 28, 28)[::-1].swapaxes(1, 2).reshape(28 * side, 28 * side)
half = (opposite - corner) / (side - 1) / 2
(left, bottom), (right, top) = corner - half, opposite + half
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
    "axes: the decoded images at 18 times 18 points. Stretches of clear digits of one kind pass "
    "gradually, through blurred shapes in between, into stretches of another.",
)

# %% [markdown]
# Is it as smooth as it looks, and is each of these pictures a digit? Two measurements. First, how
# much a picture differs from its right-hand neighbour, against two pictures chosen at random. Second,
# how grey it is: $4 \hat{x} (1 - \hat{x})$ is 0 for a black or white pixel and 1 for middle grey. We compare
# points whose 15 nearest training codes all have one label with points where no label has more than half.
# We expect the second, the border regions, to be greyer: there the decoder must hedge.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
jump = np.sum(np.diff(drawn.reshape(side, side, 784), axis=1) ** 2, axis=2).mean()
shuffled = np.random.default_rng(seed).permutation(len(drawn))
apart = np.sum((drawn - drawn[shuffled]) ** 2, axis=1).mean()

voters = KNeighborsClassifier(15).fit(train_codes, y_train)
agreement = voters.predict_proba(points).max(axis=1)
grey = (4 * drawn * (1 - drawn)).sum(axis=1)
clear, border = grey[agreement == 1].mean(), grey[agreement <= 0.5].mean()
print(f"squared difference: neighbours {jump:.1f}, random pairs {apart:.1f}")
print(f"grey, in pixels: where all 15 agree {clear:.0f}, where half or fewer do {border:.0f}")
claim("neighbours look alike: difference, over that of random pairs", jump / apart, at_most=0.3)
claim("border regions are greyer: ratio", border / clear, at_least=1.15)

# %% [markdown]
# So the plane has no holes, but it has borders, and a picture from a border is a blend, not a digit.
# Nothing in the objective asks that every point of the plane be a digit. (A *variational*
# autoencoder changes the objective for this very purpose; it is not part of this course.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is it the depth?
#
# A network with *one* wide hidden layer on each side can bend the plane as well. So the fair rival
# has about as many weights as the deep one, and the same code, activations, optimiser, epochs and
# seed. Only `hidden` differs. With width $w$ and a code of $k$ units it has
#
# $$784 w + w + w k + k + k w + w + 784 w + 784 = w \, (2 \cdot 784 + 2 k + 2) + k + 784$$
#
# weights, which we solve for $w$. We compare twice: at 2 code units, and at 30. The hidden layers of the pair at 30
# use the elu ($a$ for $a > 0$, else $e^a - 1$), and a linear code as the paper does: here this learns
# faster than relu.


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def one_layer_like(autoencoder, code_dim):
    return (round((autoencoder.count_params() - code_dim - 784) / (2 * 784 + 2 * code_dim + 2)),)


wide_2 = build(2, one_layer_like(deep_2, 2), code_activation="tanh")
train(wide_2, keras.optimizers.Adam(0.003), epochs)

settings = {"hidden_activation": "elu", "code_activation": "linear"}
deep_30 = build(30, deep_hidden, **settings)
train(deep_30, keras.optimizers.Adam(deep_rate), deep_epochs, batch_size=deep_batch_size)
wide_30 = build(30, one_layer_like(deep_30, 30), **settings)
train(wide_30, keras.optimizers.Adam(deep_rate), deep_epochs, batch_size=deep_batch_size)
for model in (deep_2, wide_2, deep_30, wide_30):
    widths = "-".join(str(layer.units) for layer in model.encoder.layers)
    print(f"784-{widths:20} {model.count_params():9,} weights")

# %% [markdown]
# The weights agree within a percent. Their test errors, beside PCA's:

# %% slideshow={"slide_type": "subslide"}
error_wide_2, error_30, error_wide_30 = (test_error(m) for m in (wide_2, deep_30, wide_30))
pca_30, pca_30_raw, pca_30_error = pca_of(30)
figure, axes = plt.subplots(1, 2, figsize=(12, 4.5))
for axis, title, errors in (
    (axes[0], "2 code units: depth helps", (pca_2_error, error_wide_2, error_2)),
    (
        axes[1],
        "30 code units: wide and deep both pass PCA",
        (pca_30_error, error_wide_30, error_30),
    ),
):
    drawn_bars = axis.bar(
        ("PCA, clipped", "one wide layer", "deep"), errors, color=plots.COLORS[:3]
    )
    axis.bar_label(drawn_bars, [f"{error:.1f}" for error in errors], padding=3)
    axis.set(ylabel="squared error an image (test)", title=title)
    axis.margins(y=0.15)
    axis.grid(visible=False, axis="x")
plots.show(
    figure,
    alt="Two bar charts of the test error of PCA, of an autoencoder with one wide hidden layer, and "
    "of a deep one with as many weights. With 2 code units the deep one is lowest and PCA highest. "
    "With 30 code units PCA is highest by far; the two autoencoders are lower and nearer to each other.",
)

# %% tags=["nbval-ignore-output"]
claim("2 units: deep over wide, error", error_2 / error_wide_2, at_most=0.96)
claim("30 units: deep over wide, error", error_30 / error_wide_30, at_least=0.5, at_most=1.5)
claim("30 units: wide over PCA, error", error_wide_30 / pca_30_error, at_most=0.75)

# %% [markdown]
# Depth is not good in itself. With two code units the decoder must bend a plane through all the digits,
# and composed layers bend it better for about the same number of weights. With thirty units and so few
# epochs both are far ahead of PCA, and nearer to each other; the figure and the claim say which of them
# leads. That is no verdict on long training, nor on other sizes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Thirty numbers: the result of 2006
#
# Hinton and Salakhutdinov made deep autoencoders famous with one figure: MNIST's test digits
# through 784-1000-500-250-**30** and back, beside PCA with 30 components. Their average squared
# errors an image, summed over the pixels:
#
# | | published |
# |---|---|
# | deep autoencoder, 30 units | 3.00 |
# | logistic PCA, 30 components | 8.01 |
# | PCA, 30 components | 13.87 |
#
# They pretrained each pair of layers as a restricted Boltzmann machine, then fine-tuned the whole
# with the cross-entropy on 60,000 images. We train from random weights with Adam, for a few epochs; the
# profile `quick` also has a smaller network and a sixth of the images. So PCA should match their figure (nearly,
# on fewer images), and we expect to beat PCA clearly, and *not* to reach 3.00.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
pca_30_published = metrics.squared_error(x_test, pca_30_raw).mean()
rows = {
    "test image": x_test[:10],
    f"deep, 30 units: {error_30:.1f}": deep_30.reconstruct(x_test[:10]),
    f"PCA, 30, clipped: {pca_30_error:.1f}": np.clip(pca_30_raw[:10], 0, 1),
}
plots.show(
    plots.image_rows(rows, "Thirty numbers each: the deep network draws cleaner digits"),
    alt="Ten test digits, their reconstructions by the deep autoencoder and by PCA, with the mean "
    "test errors in the labels. The deep network's digits have even strokes on a black ground; "
    "PCA's are blurred, with grey clouds around the strokes.",
)
claim(
    "PCA with 30 components",
    pca_30_published,
    at_least=13.8,
    at_most=14.1,
    source=paper,
    published=13.87,
)
claim("deep, 30 units: squared error", error_30, at_most=9.5, source=paper, published=3.00)
claim("deep over clipped PCA, 30 numbers", error_30 / pca_30_error, at_most=0.75, source=paper)
print(
    f"ours is {error_30 / 3.00:.1f} times the published 3.00, and {error_30 / 13.87:.2f} of the published PCA"
)

# %% [markdown]
# The order of the paper holds: clearly below PCA, also below its clipped form. As to the size, the line
# above says how far we are from 3.00. Their training was far longer and pretrained, and in `quick` also on six
# times our images, with six times our weights. Exercise 5 asks how many components PCA would need to do as well as these thirty units.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why depth was hard
#
# Before 2006 deep autoencoders were seldom trained with success. With small initial weights, Hinton and
# Salakhutdinov write, the gradients in the early layers are tiny. Why? Take the simplest deep autoencoder: one unit in each layer, six weights $w_1, \dots, w_6$ in a row, sigmoids, a linear code
# ($w_3$). The chain rule for the first weight:
#
# $$\frac{\partial L}{\partial w_1} = (\hat{x} - x) \cdot w_6 \, s'(a_5) \cdot w_5 \, s'(a_4) \cdot w_4 \cdot
# w_3 \, s'(a_2) \cdot w_2 \, s'(a_1) \cdot x$$
#
# The slope of a sigmoid is $s' = s(1 - s) \le \frac{1}{4}$. Four such factors and five weights, all
# below 1, make a tiny product. By hand, and by one step of Keras' gradient descent, whose size we
# choose large so that the 32-bit numbers can show it:

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
w, pixel, step = 0.5, 1.0, 1000.0
h1 = sigmoid(w * pixel)
h2 = sigmoid(w * h1)
g2 = sigmoid(w * (w * h2))  # the code in between is linear
g1 = sigmoid(w * g2)
out = sigmoid(w * g1)
slopes = [h * (1 - h) for h in (h1, h2, g2, g1)]
first, last = (out - pixel) * w**5 * np.prod(slopes) * pixel, (out - pixel) * g1

chain = aekit.dense_autoencoder(
    1, 1, hidden=(1, 1), hidden_activation="sigmoid", code_activation="linear"
)
chain.set_weights([np.full(v.shape, w if v.ndim == 2 else 0.0) for v in chain.get_weights()])
chain.compile(optimizer=keras.optimizers.SGD(step), loss="binary_crossentropy")
chain.fit(np.array([[pixel]]), np.array([[pixel]]), verbose=0)
by_keras = (w - chain.get_weights()[0].item()) / step
print(f"slopes {np.round(slopes, 3)}\nfirst weight: by hand {first:.3e}, by Keras {by_keras:.3e}")
claim(
    "the chain rule by hand is Keras' gradient: ratio",
    by_keras / first,
    at_least=0.99,
    at_most=1.01,
)
claim("first weight's gradient over the last's", first / last, at_most=0.001)

# %% [markdown]
# Now the real network, 784-256-128-30-128-256-784, with three starts. **Small random weights**, here with a
# standard deviation of 0.01, had long been a common choice. **Glorot and Bengio** (2010) choose the variance
# $2 / (n_\text{in} + n_\text{out})$, so that signals and gradients roughly keep their size from layer to
# layer; it is Keras' default. We take the gradient of each layer's weights on 1,000 images, by the
# same trick. With small weights we expect the gradient to shrink on its way back to the input.


# %% slideshow={"slide_type": "fragment"}
def begin(activation, small):
    model = build(30, (256, 128), hidden_activation=activation, code_activation="linear")
    if small:
        layers = model.encoder.layers + model.decoder.layers
        for number, layer in enumerate(layers):
            layer.kernel.assign(keras.random.normal(layer.kernel.shape, 0, 0.01, seed=number))
    return model


def gradients(model, step=1e4):
    """Root mean square of the gradient of each layer's weight matrix, from input to output."""
    before = model.get_weights()
    model.compile(optimizer=keras.optimizers.SGD(step), loss="binary_crossentropy")
    model.train_on_batch(x_train[:1000], x_train[:1000])
    after = model.get_weights()
    moved = [(b - a) / step for b, a in zip(before[::2], after[::2], strict=True)]
    return np.array([np.sqrt(np.mean(gradient**2)) for gradient in moved])


starts = {
    "sigmoid, small weights": ("sigmoid", True),
    "elu, small weights": ("elu", True),
    "elu, Glorot": ("elu", False),
}

# %% [markdown]
# No training here, only one gradient for each start:

# %% slideshow={"slide_type": "subslide"}
sizes = {name: gradients(begin(*start)) for name, start in starts.items()}
figure = plots.lines(
    None,
    sizes,
    "layer, from the input to the output",
    "root mean square gradient",
    "Small weights starve the layers of gradient",
    yscale="log",
)
plots.show(
    figure,
    alt="Gradient size by layer on a logarithmic axis. With Glorot's start it is about the same in all six "
    "layers. With sigmoids and small weights it is as large in the last layer, and lower by many powers of ten "
    "in the first. With elu and small weights it is lower by some powers of ten in all layers.",
)

# %% tags=["nbval-ignore-output"]
ratio = {name: size[0] / size[-1] for name, size in sizes.items()}
for name, value in ratio.items():
    print(f"{name:24} first layer's gradient over the last's: {value:.1e}")
claim("sigmoid, small weights: first over last", ratio["sigmoid, small weights"], at_most=1e-4)
claim("elu, Glorot: first over last", ratio["elu, Glorot"], at_least=0.1)
largest = sizes["elu, small weights"].max() / sizes["elu, Glorot"].max()
claim("elu, small weights: largest gradient over that of Glorot's start", largest, at_most=0.01)

# %% [markdown]
# The sigmoid does as expected. The elu with small weights surprises: its gradient is nearly even, and tiny *everywhere*.
# A layer's gradient is the error that comes back times the signal that came in. A sigmoid gives at
# least its $\frac{1}{2}$ to the next layer; an elu near 0 passes on what it gets, so with small weights the
# *signal* shrinks on its way to the output just as the error shrinks on its way back.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Stuck, and freed
#
# What does that do to training? The same network from the three starts, by gradient descent with a
# step of 10, and from the last start by Adam as well. We expect the starved ones to go on drawing the
# mean image, whichever their activation.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
outcome = {}
for name, start in starts.items():
    model = begin(*start)
    train(model, keras.optimizers.SGD(10.0), short)
    outcome[name.replace(", ", ",\n") + ",\nSGD"] = test_error(model)
model = begin("elu", small=False)
train(model, keras.optimizers.Adam(0.003), short)
outcome["elu,\nGlorot,\nAdam"] = test_error(model)
plots.show(
    plots.bars(
        outcome,
        "squared error an image (test)",
        "The start decides whether it learns",
        mean_error,
        "mean image",
        number="{:.1f}",
    ),
    alt="Bars of the test error after a short training. Both starts with small weights stay at the mean "
    "image's level. Glorot's start with SGD is far below, and with Adam lower still.",
)

# %% tags=["nbval-ignore-output"]
stuck_sigmoid, stuck_elu, by_sgd, by_adam = outcome.values()
claim(
    "sigmoid, small weights: error over the mean image's", stuck_sigmoid / mean_error, at_least=0.97
)
claim("elu, small weights: error over the mean image's", stuck_elu / mean_error, at_least=0.97)
claim("elu, Glorot, SGD: error over the mean image's", by_sgd / mean_error, at_most=0.65)
claim("Adam over SGD, same start", by_adam / by_sgd, at_most=0.85)

# %% [markdown]
# The widths are the same; the start decides, and the elu alone does not help. The pretraining of 2006
# was a way to *find* a good start: it gave each layer sensible weights before the gradient had
# to travel through all of them. (Lesson 9 does this with autoencoders.) Today a variance chosen well, an activation
# that does not flatten, and Adam, which rescales each weight's step, do the job without it. That is a
# statement about this network. Much deeper ones need more care still.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# All of it measured in this run:

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
summary = {
    "squared error an image (test): mean image": mean_error,
    "    2 numbers: PCA, clipped": pca_2_error,
    "    2 numbers: one wide layer": error_wide_2,
    "    2 numbers: deep": error_2,
    "    30 numbers: PCA, clipped": pca_30_error,
    "    30 numbers: one wide layer": error_wide_30,
    "    30 numbers: deep (published: 3.00)": error_30,
    "vote of 15 neighbours, 2 numbers: PCA": vote_2_pca,
    "    deep": vote_2,
}
for name, value in summary.items():
    print(f"{name:45} {value:6.2f}")

# %% [markdown]
# - Depth is composition: one argument in the code, one formula inside the other on paper.
# - The digits sort themselves in the plane without labels, better than in PCA's, and not well: two
#   numbers are few.
# - The decoder draws smoothly at every point. At the borders it draws blends.
# - At about equal weights depth helped the code of two units. With thirty units the gap to PCA is far larger
#   than that between one wide layer and several.
# - Gradients are products. Starved at the start, a deep network draws the mean image; a fitting
#   variance and Adam free it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# **1.** How many weights has the paper's 784-1000-500-250-30 autoencoder, both halves? Compute it
# from the widths, then ask aekit.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Each layer has (inputs + 1) × outputs weights, the 1 being the bias.
widths = [784, 1000, 500, 250, 30, 250, 500, 1000, 784]
count = sum((i + 1) * o for i, o in zip(widths[:-1], widths[1:], strict=True))
its_model = aekit.dense_autoencoder(784, 30, hidden=(1000, 500, 250))
print(f"{count:,} weights by the formula, {its_model.count_params():,} by aekit")
claim("the formula counts all weights", its_model.count_params() - count, at_least=0, at_most=0)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** In the chain of six weights, replace the sigmoids of the hidden layers by relus and set all
# weights to 1. What are the slopes, and what is the first weight's gradient over the last's?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Each relu passes its positive input on with slope 1, so nothing shrinks: every factor is 1.
chain = aekit.dense_autoencoder(1, 1, hidden=(1, 1), code_activation="linear")
before = [np.full(v.shape, 1.0 if v.ndim == 2 else 0.0) for v in chain.get_weights()]
chain.set_weights(before)
chain.compile(optimizer=keras.optimizers.SGD(1.0), loss="binary_crossentropy")
chain.fit(np.array([[0.5]]), np.array([[0.5]]), verbose=0)
moved = [(b - a).item() for b, a in zip(before[::2], chain.get_weights()[::2], strict=True)]
print("gradients from the first weight to the last:", np.round(moved, 4).tolist())
claim(
    "first weight's gradient over the last's, relu",
    moved[0] / moved[-1],
    at_least=0.99,
    at_most=1.01,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** Which two digits does the vote mix up most often in the plane? Guess from the map, then count.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Count every wrong vote under its pair of digits, in either direction; there are 45 pairs.
said = voters.predict(deep_2.encode(x_test))
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (y_test, said), 1)
pairs = np.triu(confusion + confusion.T, k=1)
worst = np.argsort(pairs, axis=None)[::-1][:3]
for one, other in zip(*np.unravel_index(worst, pairs.shape), strict=True):
    print(f"{one} and {other}: {pairs[one, other] / pairs.sum():.0%} of all wrong votes")
claim("the worst pair's share of the wrong votes", pairs.max() / pairs.sum(), at_least=0.06)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** Train the network of the web page on our images: 784-50-50-2 and back, tanh, a linear code and
# output, half the squared error summed over the pixels, Adadelta with a rate of 1, batches of 50,
# without its weight decay. After half as many images as ours saw, how do its error and its vote on the
# watched digits compare with ours at that moment?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# It is smaller, and its linear output is not kept between 0 and 1 (so we clip it, as with PCA).
keras.utils.set_random_seed(seed)
original = aekit.dense_autoencoder(
    784, 2, (50, 50), hidden_activation="tanh", code_activation="linear", output_activation="linear"
)
original.compile(
    optimizer=keras.optimizers.Adadelta(1.0),
    loss=lambda x, x_hat: keras.ops.sum((x - x_hat) ** 2, axis=-1) / 2,
)
progress = [aekit.callbacks.ProgressBar()]
original.fit(x_train, x_train, batch_size=50, epochs=epochs // 2, verbose=0, callbacks=progress)
clipped = np.clip(original.reconstruct(watched), 0, 1)
its_error = metrics.squared_error(watched, clipped).mean()
its_vote = vote(original.encode, watched, watched_labels)
then = np.array(seen) * 1000, epochs // 2 * n_train  # the moments of the film, and ours to compare
our_error, our_vote = (
    np.interp(then[1], then[0], [moment[key] for moment in watch.seen]) for key in ("error", "vote")
)
print(
    f"web page's: error {its_error:.1f}, vote {its_vote:.3f}; ours: {our_error:.1f}, {our_vote:.3f}"
)
claim("ours over the web page's, error", our_error / its_error, at_most=0.97)

# %% [markdown] slideshow={"slide_type": "skip"}
# **5.** How many components does PCA need to reach the test error of our thirty deep units?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The components are ordered, so one decomposition serves all sizes: keep the first k.
pca = PCA(160, random_state=seed).fit(x_train)
scores = pca.transform(x_test)
needed = 30
while needed < 160:
    partial = scores[:, :needed] @ pca.components_[:needed] + pca.mean_
    if metrics.squared_error(x_test, np.clip(partial, 0, 1).astype(np.float32)).mean() <= error_30:
        break
    needed += 5
print(f"PCA, clipped, needs about {needed} components")
claim("components of PCA that thirty deep units are worth", needed, at_least=40)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where next
#
# Lesson 5 walks between two codes: latent interpolation.
#
# **References**
#
# - A. Karpathy, *ConvNetJS: autoencoder demo* (2014), the page that this lesson rebuilds.
# - G. E. Hinton and R. R. Salakhutdinov, *Reducing the dimensionality of data with neural networks*,
#   Science 313 (2006), figure 2.
# - X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural
#   networks*, AISTATS (2010).
# - D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, ICLR (2015).
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, chapters 8 and 14 (2016).
