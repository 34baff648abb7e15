# %% [markdown] slideshow={"slide_type": "slide"}
# # Which starts train?
#
# A deep autoencoder may draw the mean image for a long time. What decides whether it leaves?

# %% [markdown] slideshow={"slide_type": "skip"}
# This goes deeper than [lesson 02](../02_traditional_autoencoder.ipynb), whose code is relu, and [lesson 04](../04_deep_autoencoder.ipynb), whose output starts at the mean image. Both choices are measured here, on small networks.
#
# **Time:** about 15 minutes

# %% slideshow={"slide_type": "skip"}
from functools import partial
import itertools

import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim
from aekit.training import train
import keras
import matplotlib.pyplot as plt
import numpy as np

plots.use_style()
(x_train, _), (x_test, _) = datasets.load_mnist(10_000, 2_000, flatten=True)
mean_image = x_train.mean(axis=0)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
# both profiles train the same small networks
profile = "quick"
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Eight deep networks
#
# Activation × first weights × optimiser: 784-128-64-**16** and back, three epochs of 10,000 images.

# %% [markdown] slideshow={"slide_type": "notes"}
# An early deep network had sigmoids, small random first weights and plain gradient descent (SGD). We change three things: the activation to elu, the first weights to a fitting variance (Glorot and Bengio, 2010; Keras' default), and the optimiser to Adam. Which of the three matters?
#
# We train all eight combinations. Each gets two learning rates, and we keep the one with the lower training loss. The measure is the error on test images, as a share of the mean image's.
#
# **Predict first:** is one change enough? Which one?


# %%
def begin(activation, start):
    network = aekit.dense_autoencoder(
        784, 16, (128, 64), hidden_activation=activation, code_activation="linear"
    )
    for layer in network.encoder.layers + network.decoder.layers:
        if start == "small":
            normal = keras.random.normal(layer.kernel.shape, 0, 0.01)
            layer.kernel.assign(normal)
    return network


def left_after(network, optimizer, epochs):
    """The training loss, and the share of the mean image's error that is left."""
    network.compile(optimizer, loss="binary_crossentropy")
    run = network.fit(x_train, x_train, batch_size=100, epochs=epochs, verbose=0)
    loss = run.history["loss"][-1]
    if not np.isfinite(loss):  # the rate was too large
        return np.inf, np.inf
    return loss, metrics.error_share(x_test, network.reconstruct(x_test), mean_image)


# %%
SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
rates = {SGD: (3.0, 10.0), Adam: (0.003, 0.01)}
activations, starts = ("sigmoid", "elu"), ("small", "Glorot")
left = {}
for activation, start, optimiser in itertools.product(activations, starts, rates):
    runs = []
    for rate in rates[optimiser]:
        keras.utils.set_random_seed(seed)
        runs.append(left_after(begin(activation, start), optimiser(rate), epochs=3))
    left[activation, start, optimiser.__name__] = min(runs)[1]
    shares = ", ".join(f"{share:.0%}" for _, share in runs)
    print(f"{activation:8} {start:7} {optimiser.__name__:5} {shares}")

# %% tags=["hide-input"]
rows = {
    "none": [("sigmoid", "small", "SGD")],
    "one": [
        ("sigmoid", "Glorot", "SGD"),
        ("elu", "small", "SGD"),
        ("sigmoid", "small", "Adam"),
    ],
    "two": [
        ("elu", "small", "Adam"),
        ("sigmoid", "Glorot", "Adam"),
        ("elu", "Glorot", "SGD"),
    ],
    "three": [("elu", "Glorot", "Adam")],
}


def dots(axis, shares, colours):
    """One row a network: how much of the mean image's error is left."""
    axis.axvline(100, color="black", linestyle="--", linewidth=1)
    for y, share in enumerate(shares.values()):
        axis.plot(100 * share, -y, "o", markersize=10, color=colours[y])
        beside = {"textcoords": "offset points", "xytext": (-10, 0), "va": "center"}
        axis.annotate(f"{share:.0%}", (100 * share, -y), ha="right", **beside)
    axis.set_yticks(-np.arange(len(shares)), shares)
    axis.set(xlim=(0, 104), xlabel="error left, in % of the mean image's")


named = {", ".join(which): left[which] for of in rows.values() for which in of}
counts = [number for number, of in enumerate(rows.values()) for _ in of]
figure, axis = plt.subplots(figsize=(7.5, 4.2))
dots(axis, named, [plots.COLORS[count] for count in counts])
axis.set_title("One change is not enough")
plots.show(
    figure,
    alt="A row of one dot for each of eight networks. Without a change and with one change the "
    "dots lie near the dashed line at 100 percent, the mean image. With two changes they are "
    "lower. With elu, Glorot's weights and Adam the dot is far to the left of all others.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The first row has none of the changes, the next three have one, the next three have two, the last has all three. After three epochs at these rates, one change leaves the network near the mean image, whichever it is. All three together leave the least by far. With sigmoids and SGD, the fitting weights alone change nothing.
#
# So "the activation", "the start" or "the optimiser" alone is no answer. The networks are short of time here: a longer training may free more of them. [Lesson 09](../09_stacked_autoencoder.ipynb) shows what pretraining did about it.

# %%
one_change = min(left[which] for which in rows["one"])
claim(
    "Elu, Glorot's first weights or Adam: one of the three alone leaves a deep network "
    "of sigmoids with over 85 % of the mean image's error after three epochs.",
    one_change,
    at_least=0.85,
)
claim(
    "Elu, Glorot's first weights and Adam together leave less than two thirds of the "
    "error that any two of them leave.",
    left["elu", "Glorot", "Adam"] / min(left[which] for which in rows["two"]),
    at_most=2 / 3,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A shallow one can get stuck as well
#
# 784-**32**-784 with Adam: four activations of the code, with and without a start at the mean image.

# %% [markdown] slideshow={"slide_type": "notes"}
# The biases of the output can be set so that the network draws the mean image before the first step: $c = \log(m / (1 - m))$ for a mean $m$. Lesson 04 does this, lesson 02 does not. Does it matter?
#
# **Predict first:** which activations need it?


# %%
def shallow(activation, at_mean):
    network = aekit.dense_autoencoder(784, 32, code_activation=activation)
    m = np.clip(mean_image, 0.002, 0.998)
    if at_mean:
        network.decoder.layers[-1].bias.assign(np.log(m / (1 - m)))
    return network


recipe = {"epochs": 4, "rate": 0.01, "seed": seed}
of_code = {}
for activation in ("sigmoid", "tanh", "relu", "elu"):
    for at_mean in (False, True):
        network = train(partial(shallow, activation, at_mean), x_train, **recipe)
        drawn = network.reconstruct(x_test)
        share = metrics.error_share(x_test, drawn, mean_image)
        of_code[activation, at_mean] = share

# %% tags=["hide-input"]
figure, axis = plt.subplots(figsize=(7.5, 4.2))
words = {False: "zero biases", True: "mean image"}
named = {f"{name}, {words[at]}": share for (name, at), share in of_code.items()}
dots(axis, named, [plots.COLORS[at] for _, at in of_code])
axis.set_title("Sigmoid and tanh codes get stuck at zero biases")
plots.show(
    figure,
    alt="Two dots for each of four activations of the code. Sigmoid and tanh with zero biases: "
    "100 percent of the mean image's error is left. All others leave far less; each activation "
    "leaves less when it starts at the mean image.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With zero biases a sigmoid or tanh code hardly leaves the mean image in these four epochs. The start at the mean image frees both. Codes of relu and elu leave it by themselves; the start lowers their error by a third or more. So lesson 02 takes relu. Lesson 04, whose map has to be a square and so has a tanh code, starts at the mean image.

# %%
claim(
    "Without a start at the mean image, sigmoid and tanh codes of 32 units still make "
    "over 80 % of the mean image's error after four epochs of 10,000 images.",
    min(of_code[name, False] for name in ("sigmoid", "tanh")),
    at_least=0.8,
)
claim(
    "Codes of 32 relu or elu units leave the mean image without that start: at most "
    "60 % of its error is left.",
    max(of_code[name, False] for name in ("relu", "elu")),
    at_most=0.6,
)
claim(
    "With a start at the mean image, codes of sigmoid, tanh, relu and elu units all "
    "leave it: at most half of its error is left.",
    max(of_code[name, True] for name in ("sigmoid", "tanh", "relu", "elu")),
    at_most=0.5,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The answer
#
# Activation, first weights and optimiser decide together. Where the code is bounded, the start at the mean image decides.

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - G. E. Hinton and R. R. Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science 313, 2006.
# - X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010.
