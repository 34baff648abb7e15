# %% [markdown] slideshow={"slide_type": "slide"}
# # The sparse autoencoder
#
# Can a network learn meaningful features *without* a smaller code?
#
# **What you will learn**
#
# - how a penalty on the mean activation keeps most units of a code off, and what that costs;
# - how a digit becomes a sum of a few features;
# - whether sparse features help a classifier that has few labels;
# - how edge detectors come out of photographs.
#
# **The lecture's part:** section 4. **Before this lesson:** lesson 3, Under- and overcomplete codes.
# **Time:** about 30 minutes, exercises apart.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.regularizers import kl_divergence
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
from keras import layers, ops, regularizers
import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(flatten=True)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains anew, in minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Another constraint than a narrow code
#
# Each unit's mean activation $\hat\rho_j = \frac{1}{m} \sum_i a_j(x_i)$ shall be near a small $\rho$. What differs is punished:
#
# $$\mathrm{KL}(\rho \,\|\, \hat\rho_j) = \rho \log \frac{\rho}{\hat\rho_j} + (1 - \rho) \log \frac{1 - \rho}{1 - \hat\rho_j}$$

# %% [markdown] slideshow={"slide_type": "notes"}
# $a_j(x)$ is the activation of hidden unit $j$ on input $x$, between 0 (off) and 1 (on) for a sigmoid. $\hat\rho_j$ is its mean over the $m$ training
# images. $\rho$ is the **sparsity parameter**, for example 0.05.
#
# Read both as the probability that a unit is on. The Kullback-Leibler divergence KL compares such probabilities.
#
# **Predict first**, for $\rho = 0.2$: unit 0 has the activations 0.1, 0.2 and 0.3 on three images, unit 1 has 0.9, 0.7 and 0.8. Which unit
# is punished?

# %% tags=["exact"]
a = np.array([[0.1, 0.9], [0.2, 0.7], [0.3, 0.8]])  # a_j(x_i): 3 images, 2 units
rho_hat = a.mean(axis=0)
kl = 0.2 * np.log(0.2 / rho_hat) + 0.8 * np.log(0.8 / (1 - rho_hat))
print("rho_hat", rho_hat.round(2), "· KL", np.abs(kl).round(3))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The penalty of one unit
#
# It is 0 where $\hat\rho_j = \rho$, and grows on both sides.

# %% tags=["hide-input"]
by_aekit = ops.convert_to_numpy(kl_divergence(0.2, ops.convert_to_tensor(rho_hat)))
verify("KL by hand is aekit's.", np.abs(by_aekit - kl).max(), at_most=1e-5)
penalty = float(aekit.KLSparsity(0.2, beta=3.0)(ops.convert_to_tensor(a, "float32")))
verify("The penalty is 3 (KL_0 + KL_1).", abs(penalty - 3 * kl.sum()), at_most=1e-5)
grid = np.linspace(0.002, 0.998, 499)
curve = 0.2 * np.log(0.2 / grid) + 0.8 * np.log(0.8 / (1 - grid))
verify("KL is smallest at rho.", abs(grid[curve.argmin()] - 0.2), at_most=0.002)
verify("KL falls up to rho.", np.diff(curve)[grid[1:] <= 0.2].max(), at_most=0)
verify("KL rises from rho on.", np.diff(curve)[grid[:-1] >= 0.2].min(), at_least=0)
figure, axis = plt.subplots(figsize=(7, 3.6))
axis.plot(grid, curve)
axis.axvline(0.2, color="black", linestyle=":", linewidth=1.5)
axis.annotate("$\\rho = 0.2$", (0.2, 2.2), xytext=(6, 0), textcoords="offset points")
for unit, (r, value) in enumerate(zip(rho_hat, kl, strict=True)):
    axis.plot(r, value, "o", color=plots.COLORS[1], markersize=9)
    axis.annotate(
        f"unit {unit}",
        (r, value),
        xytext=(-8, 12),
        textcoords="offset points",
        ha="right",
    )
axis.set(
    xlabel="mean activation $\\hat\\rho_j$", ylabel="KL", xlim=(0, 1), ylim=(-0.08, 2.6)
)
axis.set_title("Zero at the target, growing away from it")
plots.show(
    figure,
    alt="The KL divergence against the mean activation, for a target of 0.2. The curve is 0 at 0.2, rises a little "
    "towards 0 and steeply towards 1. Unit 0 lies at the bottom, unit 1 at 0.8 on the steep part.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One argument of difference
#
# $$J_\text{sparse} = J + \beta \sum_j \mathrm{KL}(\rho \,\|\, \hat\rho_j)$$
#
# $J$ is the cost without the penalty, and $\beta$ weighs the penalty.

# %% [markdown] slideshow={"slide_type": "notes"}
# In UFLDL, where the lecture's formula comes from, $J$ is half the squared error of
# an image plus a small **weight decay** $\frac{\lambda}{2} \sum w^2$. Without decay a network can keep all activations small and
# make up for it by large weights.
#
# Two networks have 196 code units, as in UFLDL's exercise. They differ in the penalty only: same start, same 60,000 images, same number of epochs.
# **Predict first:** nothing tells the plain network to keep a unit off. How many of its units will be lit?


# %% slideshow={"slide_type": "skip"}
units, rho, beta, decay = 196, 0.05, 0.5, 3e-4
retrain = profile == "full"


def half_squared_error(x, x_hat):
    return 0.5 * ops.sum(ops.square(x - x_hat), axis=-1)


def one_layer(penalty=None):
    def dense(n):
        return layers.Dense(n, "sigmoid", kernel_regularizer=regularizers.L2(decay / 2))

    encoder = keras.Sequential([keras.Input((784,)), dense(units)])
    decoder = keras.Sequential([keras.Input((units,)), dense(784)])
    return aekit.Autoencoder(encoder, decoder, penalty=penalty)


recipe = {"epochs": 40, "batch_size": 250, "rate": 0.015, "loss": half_squared_error}
recipe |= {"seed": seed, "retrain": retrain}


# %%
def one_sparse_layer():
    return one_layer(penalty=aekit.KLSparsity(rho, beta))


plain = train(one_layer, x_train, stored="07_plain", **recipe)
sparse = train(one_sparse_layer, x_train, stored="07_sparse", **recipe)
networks = {"plain": plain, "sparse": sparse}

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A sparse code, and its price
#
# A code of 196 units drawn as a map of 14 × 14.

# %% tags=["cover", "hide-input"]
shown = [np.flatnonzero(y_test == digit)[0] for digit in range(10)]
h = {name: network.encode(x_test) for name, network in networks.items()}
rows = {"input": x_test[shown]}
for name, network in networks.items():
    rows[f"code, {name}"] = h[name][shown]
    rows[f"out, {name}"] = network.reconstruct(x_test[shown])
plots.show(
    plots.image_rows(rows, "Activation maps: black is off, white is on", size=0.58),
    alt="Ten digits; below them the plain codes as 14 by 14 maps, full of grey and white dots, and their reconstructions; then the "
    "sparse codes, mostly black with some bright dots, different ones for each digit, and their reconstructions.",
)

# %% slideshow={"slide_type": "fragment"}
mean_image = x_train.mean(axis=0)
error, lit = {}, {}
print("        above 0.1  above 0.5  squared error  share of the mean image's")
for name, network in networks.items():
    x_hat = network.reconstruct(x_test)
    error[name] = metrics.squared_error(x_test, x_hat).mean()
    share = metrics.error_share(x_test, x_hat, mean_image)
    lit[name] = np.mean(h[name] > 0.1)
    print(
        f"{name:7}{lit[name]:10.1%}{np.mean(h[name] > 0.5):11.1%}"
        f"{error[name]:15.2f}{share:27.1%}"
    )

# %% [markdown] slideshow={"slide_type": "notes"}
# The plain maps are the lecture's **bad example**: most units are lit. The sparse maps are dark.
#
# In the sparse code 6 % of the activations are above 0.5: some 12 of 196 for each image. The price is in the last two columns. Both networks were trained alike, and the sparse one has 2.3 times
# the error.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "With the KL penalty fewer than a quarter of the activations are above 0.1.",
    lit["sparse"],
    at_most=0.25,
    unit="%",
)
claim(
    "The sparse code costs reconstruction: a higher squared error than the plain code's, "
    "after the same training.",
    error["sparse"] / error["plain"],
    at_least=1.1,
)
claim(
    "Without a penalty most units of a sigmoid code are lit: above 0.1.",
    lit["plain"],
    at_least=0.6,
    unit="%",
    source="lecture, section 4",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Is the constraint met?
#
# $\hat\rho_j$ of all 196 units, over the training set.

# %% tags=["hide-input"]
rho_hats = {n: network.encode(x_train).mean(axis=0) for n, network in networks.items()}
figure, axis = plt.subplots(figsize=(7, 3.4))
for i, (name, values) in enumerate(rho_hats.items()):
    axis.hist(
        values,
        np.linspace(0, 1, 51),
        alpha=0.7,
        color=plots.COLORS[i],
        hatch=("", "//")[i],
        label=name,
    )
axis.axvline(rho, color="black", linestyle=":", label=f"target $\\rho$ = {rho}")
axis.set(
    xlabel="mean activation $\\hat\\rho_j$ over the training set",
    ylabel="units",
    xlim=(0, 1),
)
axis.set_title("The penalty moves every unit down, towards the target")
axis.legend()
plots.show(
    figure,
    alt="Histogram of the mean activations of 196 units. Those of the plain network lie around one half, those of the sparse one in "
    "a narrow heap just above the target of 0.05.",
)
for name, values in rho_hats.items():
    print(
        f"{name:7} mean {values.mean():.3f}, from {values.min():.3f} to {values.max():.3f}"
    )

# %% [markdown] slideshow={"slide_type": "notes"}
# All 196 units come down, and stop above the target.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "With the KL penalty even the most active unit has less than a third of the "
    "mean activation of the least active unit without it.",
    rho_hats["sparse"].max() / rho_hats["plain"].min(),
    at_most=0.33,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why a pass over the whole training set?
#
# $\hat\rho_j$ must be known before the step. A batch's mean is only an estimate, and its penalty is too high on average.

# %% [markdown] slideshow={"slide_type": "notes"}
# **By hand:** a unit is 0, 0.8, 0 and 0 on four images, and $\rho = 0.2$. Its penalty is 0. In two batches of two its means are 0.4 and 0, and both are punished.

# %% [markdown] slideshow={"slide_type": "notes"}
# $\hat\rho_j$ is a mean over *all* images, so the lecture has a forward pass over the whole training set come first. KL is convex, so such random errors do
# not average out, and in small batches the penalty also asks each unit to be the same on every image. Our batches of 250 add less than a tenth of the reconstruction's cost, and
# `KLSparsity(rho, beta, estimate="training_set")` makes the lecture's pass.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
unit = np.array([0.0, 0.8, 0.0, 0.0])
by_batch = [float(kl_divergence(0.2, unit[i : i + 2].mean())) for i in (0, 2)]
verify("The unit's penalty is 0.", abs(float(kl_divergence(0.2, unit.mean()))) < 1e-6)
verify("Both batches are punished.", min(by_batch), at_least=0.05)


def penalty_in_batches(codes, m):
    """Mean over the batches of m images of the sum of KL over the units."""
    means = ops.convert_to_tensor(codes.reshape(-1, m, units).mean(axis=1))
    return float(ops.mean(ops.sum(kl_divergence(rho, means), axis=1)))


codes = sparse.encode(x_train)
excess = penalty_in_batches(codes, 250) - penalty_in_batches(codes, len(codes))
verify(
    "Batches of 250 add less than a tenth of half the squared error to the cost.",
    beta * excess / (error["sparse"] / 2),
    at_most=0.1,
)
del codes  # frees memory

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the features look like
#
# A unit that is on adds its **feature** $v_j$, a row of the decoder's weights, to the picture. **Predict first:** are sparse ones larger
# or smaller than plain ones?

# %% tags=["hide-input"]
figure, axes = plt.subplots(
    5, 13, figsize=(7.5, 3.3), width_ratios=[1] * 6 + [0.4] + [1] * 6
)
for axis in axes.flat:
    axis.axis("off")
for block, (name, network) in enumerate(networks.items()):
    features = network.decoder.layers[-1].get_weights()[0][:30]
    for j, feature in enumerate(features):
        axis = axes[j // 6][7 * block + j % 6]
        plots.draw_image(axis, feature.reshape(28, 28), symmetric=True)
    axes[0][7 * block].set_title(name, fontsize=13)
plots.show(
    figure,
    alt="Two blocks of 30 features in red and blue. Plain: most are speckle over the whole picture, a few are single dots. Sparse: "
    "most are short strokes or dots at one place, a few look like a whole digit.",
)


# %% slideshow={"slide_type": "skip"}
def pixels_for_half(network):
    """For each feature: how many pixels hold half of its squared weights."""
    squares = network.decoder.layers[-1].get_weights()[0] ** 2
    largest_first = np.sort(squares, axis=1)[:, ::-1]
    held = np.cumsum(largest_first, axis=1) / squares.sum(axis=1, keepdims=True)
    return 1 + np.sum(held < 0.5, axis=1)


# %% [markdown] slideshow={"slide_type": "notes"}
# Does that come at once? A third network learned for 400 steps only, on 10,000 images.

# %% slideshow={"slide_type": "skip"}
young = train(
    one_sparse_layer,
    x_train[:10_000],
    stored="07_sparse_400_steps",
    **(recipe | {"epochs": 10}),
)
size = {}
for name, network in (networks | {"sparse, 400 steps": young}).items():
    size[name] = np.median(pixels_for_half(network))
    left = metrics.squared_error(x_test, network.reconstruct(x_test)).mean()
    print(
        f"{name:18} half of a feature is in {size[name]:3.0f} of 784 pixels (median), "
        f"squared error {left:5.2f}"
    )

# %% [markdown] slideshow={"slide_type": "notes"}
# Most sparse features are short strokes and dots; a few are nearly whole digits. Most plain ones fill the whole picture. After 400 steps on 10,000 images
# the sparse features are still large, and the error is 2.6 times as high.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "Features of the sparse code are smaller than those of the plain one: half of a "
    "feature's squared weights lie in less than half as many pixels.",
    size["sparse"] / size["plain"],
    at_most=0.49,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A digit 7 as a sum of a few features
#
# $$\hat x = \sigma\Big(c + \sum_j a_j(x) \, v_j\Big)$$ Red draws, blue erases.

# %% [markdown] slideshow={"slide_type": "notes"}
# The lecture writes a 7 as $1 \cdot f_1 + 1 \cdot f_2 + \dots + 0.8 \cdot f_9$. Before the last sigmoid this is the decoder's own formula: unit $j$ adds its feature, times its activation. $c$ is the decoder's bias. We sort the units by how much they add, $a_j \lVert v_j \rVert$, and add
# one term after the other.


# %% slideshow={"slide_type": "skip"}
def sums(network, a, start=0):
    """Pictures by 0, 1, 2, … terms, (units + 1, 784), and the order of the units."""
    v, c = network.decoder.layers[-1].get_weights()  # (units, pixels), (pixels,)
    start = np.broadcast_to(start, units)
    order = np.argsort(-np.abs(a - start) * np.linalg.norm(v, axis=1))
    terms = (a - start)[order, None] * v[order]
    logits = c + start @ v + np.vstack([np.zeros(784), np.cumsum(terms, axis=0)])
    return 1 / (1 + np.exp(-logits.clip(-60, 60))), order


sevens = x_test[y_test == 7][:50]
a = sparse.encode(sevens)[0]
pictures, order = sums(sparse, a)

# %% tags=["hide-input"]
verify(
    "All terms together give the decoder's picture.",
    np.abs(pictures[-1] - sparse.reconstruct(sevens[:1])[0]).max(),
    at_most=1e-3,
)
v = sparse.decoder.layers[-1].get_weights()[0]
figure, axes = plt.subplots(3, 9, figsize=(7.5, 3.5))
counts = (10, 12, 15, 20, 30, 40, 80, 120, 196)
for k in range(9):
    plots.draw_image(axes[0][k], v[order[k]].reshape(28, 28), symmetric=True)
    plots.draw_image(axes[1][k], pictures[k + 1].reshape(28, 28))
    plots.draw_image(axes[2][k], pictures[counts[k]].reshape(28, 28))
    for row, title in enumerate(
        (f"{a[order[k]]:.2f} · $f_{k + 1}$", f"{k + 1}", f"{counts[k]}")
    ):
        axes[row][k].set_title(title, loc="center", fontsize=11, fontweight="normal")
figure.suptitle(
    "Features with their activations; below, sums of 1 to 196 terms",
    x=0.01,
    ha="left",
    fontsize=13,
    fontweight="bold",
)
plots.show(
    figure,
    alt="Nine features in red and blue with their activations, from 0.97 to 0.69: strokes and dots along a 7. Below them the sums: "
    "after one term a blot, after five a soft 7, after nine a clear one; from 20 to 196 terms no change is visible.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The first nine terms give a 7, with activations near the lecture's "1" and "0.8". From about 20 terms on hardly anything changes.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does the penalty make the sum short?
#
# The error of sums of $k$ terms, for 50 sevens.

# %% [markdown] slideshow={"slide_type": "notes"}
# The plain code has a 7 as a sum, too. Is it longer? A sum begins with all units off, as in the lecture, or with the mean code: then the terms are
# differences from the average. We try both starts for both networks. **Predict first:** which of the four sums is the best after ten terms?

# %%
errors_after = {}
for name, network in networks.items():
    for start_name, start in {"all off": 0, "mean code": rho_hats[name]}.items():
        errors_after[f"{name}, from {start_name}"] = np.mean(
            [
                np.sum((sums(network, a, start)[0] - image) ** 2, axis=1)
                for image, a in zip(sevens, network.encode(sevens), strict=True)
            ],
            axis=0,
        )

# %% tags=["hide-input"]
figure = plots.lines(
    np.arange(1, units + 1),
    {name: values[1:] for name, values in errors_after.items()},
    "terms (logarithmic)",
    "squared error of a 7",
    "Ten terms: the sparse code is ahead",
    xscale="log",
    marker=None,
)
figure.set_size_inches(7.2, 3.9)
figure.axes[0].set_xticks([1, 2, 5, 10, 20, 50, 100, 196])
figure.axes[0].set_xticklabels([1, 2, 5, 10, 20, 50, 100, 196])
figure.axes[0].minorticks_off()
figure.axes[0].set_ylim(0, None)

# The first seven, drawn by so many terms, and the last term of each sum.
counts = np.array([*range(31), 40, 60, 80, 120, 196])
to_touch = {"sums": {}, "terms": {}, "errors": {}}
for name, values in errors_after.items():
    network = networks[name.split(",")[0]]
    start = rho_hats[name.split(",")[0]] if name.endswith("mean code") else 0
    a = network.encode(sevens)[0]
    pictures, order = sums(network, a, start)
    last = order[counts - 1]
    terms = (a - start)[last, None] * network.decoder.layers[-1].get_weights()[0][last]
    terms[0] = 0  # no term yet
    scale = np.abs(terms).max(axis=1, keepdims=True) + 1e-9
    to_touch["sums"][name] = as_bytes(pictures[counts])
    to_touch["terms"][name] = np.round(128 + 31 * terms / scale).astype(np.uint8)
    to_touch["errors"][name] = values[counts].round(2).tolist()
plots.show(
    figure,
    alt="Squared error against the number of terms, logarithmic, four curves. Both of the sparse code fall from about 40 to below 13 "
    "at ten terms. Of the plain code the one from the mean code is at 33 there, the other at 71; both end lowest, from about 100 terms on.",
    touch=Touch(
        "terms",
        image=as_bytes(sevens[0]),
        counts=counts,
        judged="50 sevens",
        **to_touch,
    ),
)
print("terms" + " " * 22 + "".join(f"{k:8}" for k in (0, 5, 10, 20, 40, 80, 196)))
for name, values in errors_after.items():
    row = "".join(f"{values[k]:8.1f}" for k in (0, 5, 10, 20, 40, 80, 196))
    print(f"{name:27}{row}")

# %% [markdown] slideshow={"slide_type": "notes"}
# After ten terms the sparse code is far ahead, from either start. The plain code needs more than 40 terms for the same error. With all 196 terms the plain code is better: that is the price again.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
after_ten = {name: values[10] for name, values in errors_after.items()}
claim(
    "Ten terms of a sparse code draw a 7 with less error than ten terms of a plain code, "
    "from the better start of each.",
    min(value for name, value in after_ten.items() if "sparse" in name)
    / min(value for name, value in after_ten.items() if "plain" in name),
    at_most=0.75,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Do sparse features generalise better?
#
# A linear classifier learns from few labelled codes.

# %% [markdown] slideshow={"slide_type": "notes"}
# The lecture says that they do. One test of it: the classifier is tested on 2,000 new images. The rivals are the plain code, the raw pixels, and a code with random weights. Three draws of the labelled images are averaged.
# **Predict first:** with 100 labels, is the sparse code better than the pixels? And with 1,000?


# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(seed)
untrained = one_layer()
encoders = {"sparse": sparse.encode, "plain": plain.encode}
encoders |= {"untrained": untrained.encode, "pixels": np.asarray}
labels = (100, 300, 1000)


def accuracies(encode, n):
    """Test accuracy of a linear classifier with n labels, for three draws of them."""
    code, test_code = encode(x_train[: 3 * n]), encode(x_test[:2000])
    draws = [slice(draw * n, (draw + 1) * n) for draw in range(3)]
    return [
        metrics.linear_probe(code[d], y_train[d], test_code, y_test[:2000])
        for d in draws
    ]


with threadpool_limits(1):  # the matrices are small
    probe = {
        name: np.array([accuracies(f, n) for n in labels])
        for name, f in encoders.items()
    }

# %% tags=["hide-input"]
figure = plots.lines(
    labels,
    {name: values.mean(axis=1) for name, values in probe.items()},
    "labelled images (logarithmic)",
    "test accuracy",
    "Few labels: four kinds of features",
    xscale="log",
)
figure.set_size_inches(7.2, 3.8)
figure.axes[0].set_xticks(labels, labels)
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Test accuracy against the number of labels, 100, 300 and 1,000. The curve of the sparse code lies five to ten points above "
    "those of the plain code, the untrained code and the pixels.",
)
print(
    f"{'labels':12}{labels[0]:>7}{labels[1]:>7}{labels[2]:>7}   largest range of 3 draws"
)
for name, values in probe.items():
    row = "".join(f"{value:7.3f}" for value in values.mean(axis=1))
    print(f"{name:12}{row}{np.ptp(values, axis=1).max():12.3f}")

# %% [markdown] slideshow={"slide_type": "notes"}
# On average the sparse code is the best at each number of labels, by 5 to 7 points. The plain code is about as good as the pixels. The width is no reason: all three codes have 196 units.
# This is one data set and one network of each kind, and in reconstruction the sparse network stays the worse one.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
means = {name: values.mean(axis=1) for name, values in probe.items()}
rivals = [values for name, values in means.items() if name != "sparse"]
lead = means["sparse"] - np.max(rivals, axis=0)
claim(
    "With 100, 300 and 1,000 labels a linear classifier is better on a sparse code than on "
    "a plain one, an untrained one and the pixels (least difference).",
    min(lead),
    at_least=0.02,
    unit="points",
    source="lecture, section 4",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Edges from photographs
#
# 25 units see patches of 8 × 8 pixels, with a small target: $\rho = 0.01$, $\beta = 3$.

# %% [markdown] slideshow={"slide_type": "notes"}
# This is the classical experiment of Olshausen and Field (1996) and of UFLDL. The patches come from two photographs. They are
# **whitened**: fine detail is made stronger. Sizes, $\rho$ and $\beta$ are UFLDL's, with $\lambda = 10^{-4}$.
#
# Here we follow the lecture to the letter: each step begins with a pass over all 10,000 patches, which gives $\hat\rho_j$. The folded
# cell has the cost and its gradient, written by hand, for UFLDL's optimiser (L-BFGS).
#
# Two more networks have the same start: one without a penalty, one with the target $\rho = 0.5$. **Predict first:** is it the penalty that
# makes features, or the small target?

# %% tags=["hide-input", "tolerance-0.2"] slideshow={"slide_type": "skip"}
patches = datasets.natural_image_patches(10_000, side=8, seed=seed)


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def parts(theta):
    """W (64, 25), V (25, 64), b (25,) and c (64,) in one vector."""
    W, V, b, c = np.split(theta, [1600, 3200, 3225])
    return W.reshape(64, 25), V.reshape(25, 64), b, c


def cost(theta, x, rho, beta, decay):
    """J_sparse with weight decay, and its gradient, over the whole set x (patches, 64)."""
    W, V, b, c = parts(theta.astype(np.float32))
    m = len(x)
    h = sigmoid(x @ W + b)
    rho_hat = h.mean(axis=0)  # the full pass
    x_hat = sigmoid(h @ V + c)
    kl = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    J = 0.5 * np.sum((x_hat - x) ** 2) / m
    J += beta * kl.sum() + 0.5 * decay * (np.sum(W**2) + np.sum(V**2))
    delta_x = (x_hat - x) * x_hat * (1 - x_hat) / m
    slope = -rho / rho_hat + (1 - rho) / (1 - rho_hat)  # of KL
    delta_h = (delta_x @ V.T + beta / m * slope) * h * (1 - h)
    gradient = (
        x.T @ delta_h + decay * W,
        h.T @ delta_x + decay * V,
        delta_h.sum(axis=0),
        delta_x.sum(axis=0),
    )
    return float(J), np.concatenate([part.ravel() for part in gradient]).astype(float)


start = np.random.default_rng(seed).uniform(-0.26, 0.26, 3200)
start = np.concatenate([start, np.zeros(25 + 64)])
keras.utils.set_random_seed(seed)
twin = aekit.dense_autoencoder(64, 25, penalty=aekit.KLSparsity(0.01, 3.0))
W, V, b, c = parts(start)
twin.set_weights([W, b, V, c])
twin.compile(keras.optimizers.SGD(1.0), loss=half_squared_error)
J, gradient = cost(start, patches[:1000], 0.01, 3.0, decay=0)
by_keras = float(twin.train_on_batch(patches[:1000], patches[:1000]))
W1, b1, V1, c1 = twin.get_weights()  # a step of rate 1 is minus the gradient
moved = np.concatenate([p.ravel() for p in (W - W1, V - V1, b - b1, c - c1)])
verify("J_sparse by hand is aekit's.", abs(J / by_keras - 1), at_most=1e-3)
verify(
    "The gradient by hand is aekit's.",
    np.linalg.norm(gradient - moved) / np.linalg.norm(moved),
    at_most=1e-2,
)


# %% tags=["tolerance-0.2"] slideshow={"slide_type": "skip"}
def fit(rho, beta, iterations=150):
    """The encoder's filters (25, 64), mean activations and squared error, by L-BFGS."""
    settings = {"maxiter": iterations, "maxcor": 20}
    with threadpool_limits(1):
        arguments = (patches, rho, beta, 1e-4)
        found = minimize(cost, start, arguments, "L-BFGS-B", jac=True, options=settings)
    W, V, b, c = parts(found.x)
    h = sigmoid(patches @ W + b)
    errors = metrics.squared_error(patches, sigmoid(h @ V + c))
    return W.T, h.mean(axis=0), errors.mean()


fitted = {
    "sparse": fit(rho=0.01, beta=3.0),
    "no penalty": fit(rho=0.01, beta=0.0),
    "target 0.5": fit(rho=0.5, beta=3.0),
}

# %% tags=["hide-input", "tolerance-0.2"]
figure, axes = plt.subplots(
    5, 11, figsize=(7.5, 3.7), width_ratios=[1] * 5 + [0.5] + [1] * 5
)
for axis in axes.flat:
    axis.axis("off")
for block, name in enumerate(("sparse", "no penalty")):
    for j, weights in enumerate(fitted[name][0]):
        axis = axes[j // 5][6 * block + j % 5]
        plots.draw_image(axis, weights.reshape(8, 8), symmetric=True)
axes[0][0].set_title("sparse", fontsize=13)
axes[0][6].set_title("no penalty", fontsize=13)
plots.show(
    figure,
    alt="Two blocks of 5 by 5 filters in red and blue. Sparse: bars, edges and stripes in several directions, a few chequered. No penalty: "
    "irregular specks without a direction.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Most of the sparse filters are bars, edges and stripes.
#
# We measure it. The Fourier transform splits a filter into waves, each with a direction $\theta$ and an energy $P$. The measure
#
# $$\text{concentration} = \Big| \sum P \, e^{2 i \theta} \Big| \Big/ \sum P$$
#
# is near 1 for stripes, and 0 where the directions cancel, as for a round spot. Random filters are the baseline.


# %% tags=["tolerance-0.2"] slideshow={"slide_type": "skip"}
def concentration(filters):
    """How much of each filter's energy lies in one direction: 0 to 1, for (n, 64)."""
    frequency = np.fft.fftfreq(32)
    twice = 2 * np.arctan2(frequency[:, None], frequency)
    pictures = filters.reshape(-1, 8, 8) - filters.mean(axis=1)[:, None, None]
    energy = np.abs(np.fft.fft2(pictures, s=(32, 32))) ** 2
    arrows = np.sum(energy * np.exp(1j * twice), axis=(1, 2))
    return np.abs(arrows) / np.sum(energy, axis=(1, 2))


filters = {name: result[0] for name, result in fitted.items()}
filters["random"] = np.random.default_rng(seed).normal(size=(200, 64))
oriented = {name: concentration(f) for name, f in filters.items()}
median = {name: np.median(values) for name, values in oriented.items()}

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Only the small target makes edges
#
# Each dot is a filter, the lines are medians.

# %% tags=["hide-input", "tolerance-0.2"]
row, column = np.mgrid[-3.5:4.5, -3.5:4.5]
stripes, spot = np.sin(np.pi / 2 * column), np.exp(-(row**2 + column**2) / 4)
of_stripes, of_spot = concentration(np.stack([stripes.ravel(), spot.ravel()]))
verify("Stripes are concentrated.", of_stripes, at_least=0.8)
verify("A round spot is not.", of_spot, at_most=0.05)
figure, axis = plt.subplots(figsize=(7.2, 3.4))
scatter = np.random.default_rng(seed)
for i, values in enumerate(oriented.values()):
    height = 3 - i + scatter.uniform(-0.25, 0.25, len(values))
    axis.scatter(
        values, height, s=35, alpha=0.6, color=plots.COLORS[i], marker="o^sD"[i]
    )
    axis.plot([np.median(values)] * 2, [2.6 - i, 3.4 - i], color="black", linestyle="-")
axis.set(xlim=(0, 1), xlabel="concentration in one direction")
axis.set_yticks([3, 2, 1, 0], list(oriented))
plots.show(
    figure,
    alt="Dots of the concentration of single filters. The sparse filters lie between 0.3 and 0.85, with the median at about 0.6. Those "
    "without a penalty, with the target 0.5 and random ones lie together below 0.35, with medians below 0.2.",
)
of_mean = metrics.squared_error(
    patches, np.broadcast_to(patches.mean(axis=0), patches.shape)
).mean()
print(
    "            concentration  mean activation  squared error  share of the mean patch's"
)
for name, (_, means, value) in fitted.items():
    print(
        f"{name:12}{median[name]:13.2f}{means.mean():17.3f}{value:15.2f}"
        f"{value / of_mean:27.0%}"
    )
print(f"{'random':12}{median['random']:13.2f}")

# %% [markdown] slideshow={"slide_type": "notes"}
# With the small target nearly all filters are more oriented than any of the others. The same penalty with the target 0.5 makes no edges: the penalty alone is not enough. The price is high: four
# fifths of the mean patch's error are left.

# %% tags=["hide-input", "tolerance-0.2"] slideshow={"slide_type": "skip"}
claim(
    "Filters learnt from photographs with a small target are more oriented than without a "
    "penalty: the median concentration is at least twice as high.",
    median["sparse"] / median["no penalty"],
    at_least=2,
    source="UFLDL, Sparse autoencoder",
)
claim(
    "The same penalty with the target 0.5 makes no oriented filters: the median "
    "concentration is at most half of that with the target 0.01.",
    median["target 0.5"] / median["sparse"],
    at_most=0.5,
)
claim(
    "Without a penalty the filters are about as oriented as random ones: the medians of the "
    "concentration are at most 0.1 apart.",
    abs(median["no penalty"] - median["random"]),
    at_most=0.1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **Few units on at a time make features: a digit becomes a short sum, and photographs give edges.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - A penalty on the mean activation keeps a code of the same size mostly off.
# - Most units then draw a short stroke, and ten of them draw a 7.
# - The price is the reconstruction: 2.3 times the squared error of the plain network.
# - With few labels a linear classifier is better on the sparse code.
# - In photographs the small target makes edges; a large one does not.
#
# The next lesson gives the network a harder task: to remove noise.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# The folded cell makes what the exercises need: the stored sparse network `sparse`, its features `v`, its bias `c`, the test digit `seven`, and
# `drawn(features)`, the picture of some features.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
decay = 3e-4


def half_squared_error(x, x_hat):
    return 0.5 * ops.sum(ops.square(x - x_hat), axis=-1)


def sparse_network():
    def dense(n):
        return layers.Dense(n, "sigmoid", kernel_regularizer=regularizers.L2(decay / 2))

    encoder = keras.Sequential([keras.Input((784,)), dense(196)])
    decoder = keras.Sequential([keras.Input((196,)), dense(784)])
    return aekit.Autoencoder(encoder, decoder, penalty=aekit.KLSparsity(0.05, 0.5))


sparse = train(
    sparse_network,
    x_train,
    epochs=40,
    batch_size=250,
    rate=0.015,
    loss=half_squared_error,
    seed=seed,
    stored="07_sparse",
)
v, c = sparse.decoder.layers[-1].get_weights()  # (196, 784), (784,)
seven = x_test[y_test == 7][0]
a = sparse.encode(seven[None])[0]
nine = np.argsort(-a * np.linalg.norm(v, axis=1))[:9]  # the strongest


def drawn(features):
    """The picture of `features`, a dict from units to activations; all others are off."""
    logit = c + sum(activation * v[unit] for unit, activation in features.items())
    return 1 / (1 + np.exp(-logit))


def left(features):
    """Squared error of their picture to `seven`."""
    return float(np.sum((drawn(features) - seven) ** 2))


own = left({int(j): float(a[j]) for j in nine})


def divergence(rho, rho_hat):
    ratio, other = rho / rho_hat, (1 - rho) / (1 - rho_hat)
    return rho * np.log(ratio) + (1 - rho) * np.log(other)


@exercise("07.1", expects="a function of rho and rho_hat that returns a number")
def _(slope):
    for r, r_hat in ((0.2, 0.5), (0.2, 0.1), (0.05, 0.05), (0.05, 0.3), (0.5, 0.9)):
        step = 1e-5
        change = divergence(r, r_hat + step) - divergence(r, r_hat - step)
        by_difference, given = change / (2 * step), float(slope(r, r_hat))
        if abs(given - by_difference) > 1e-3 * max(1, abs(by_difference)):
            side = "rises" if r_hat > r else "falls" if r_hat < r else "is flat"
            return (
                f"At rho = {r} and rho_hat = {r_hat} yours is {given:.3f}, and that is not KL's "
                f"slope: KL {side} there. Check the sign of each term, and the inner derivative."
            )


@exercise("07.2", expects="an array of 4 images and 3 units, shape (4, 3)")
def _(code):
    code = np.asarray(code, float)
    if code.shape != (4, 3):
        return f"The shape must be (4, 3): a row for each image. Received: {code.shape}"
    if code.min() < 0 or code.max() > 1:
        return "Activations of a sigmoid lie between 0 and 1."
    means = code.mean(axis=0)
    if np.abs(means - 0.05).max() > 1e-6:
        return f"The penalty is not 0: the units' means are {means.round(4).tolist()}."
    for image, activations in enumerate(code):
        if activations.max() == 0 or np.ptp(activations) > 1e-6:
            return (
                f"On image {image} the units must all have the same activation, above 0. "
                f"They have {activations.tolist()}."
            )


@exercise("07.3", expects="a dict from units to activations, such as {17: 1, 120: 0.8}")
def _(features):
    features = {int(unit): float(value) for unit, value in features.items()}
    if len(features) > 9:
        return f"These are {len(features)} features; nine are allowed."
    if not set(features) <= set(range(196)):
        return "The units have the numbers 0 to 195."
    if min(features.values()) < 0 or max(features.values()) > 1:
        return "Activations of a sigmoid lie between 0 and 1."
    if left(features) > 0.92 * own:
        return (
            f"The squared error is {left(features):.1f}; it must be at most {0.92 * own:.1f}. "
            "The strongest nine units are a good start. What else is there to choose?"
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. The slope of the penalty.** Derive $\mathrm{d\,KL} / \mathrm{d} \hat\rho$ by pencil, as training needs it, and write it as a function.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
slope = ...  # for instance: lambda rho, rho_hat: rho - rho_hat
check("07.1", slope)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# d/dr of rho log(rho / r) is -rho / r; of (1 - rho) log((1 - rho) / (1 - r)) it is
# (1 - rho) / (1 - r). Below rho the slope is negative, above it positive: descent leads to rho.
assert check("07.1", lambda rho, rho_hat: -rho / rho_hat + (1 - rho) / (1 - rho_hat))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. No penalty, and not sparse.** Find a code of 4 images and 3 units whose penalty is zero at $\rho = 0.05$, and which is not sparse at all. On each image all
# units have the same activation, above 0. What keeps a trained network from it?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
code = ...  # 4 rows (images) of 3 activations each
check("07.2", code)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Every unit is at 0.05 on every image. The penalty asks for a mean only. The reconstruction
# needs units that vary, and weight decay makes it expensive to read tiny variations.
assert check("07.2", np.full((4, 3), 0.05))

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. A 7 of nine features.** Draw `seven` with at most nine features, as the lecture does, and with less error than the network's own nine. Choose the units and their activations, from 0 to 1. The nine strongest
# units with the network's own activations leave a squared error of `own`. Get at least 8 % below it. `nine` and `a` are the strongest units and the activations of all units;
# `left(features)` is the error.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
features = ...  # {unit: activation, ...}, for instance {int(j): a[j] for j in nine}
check("07.3", features)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Nine units alone leave out what the others add. They have to do more: turn them up.
features = {int(j): 1.0 for j in nine}
print(f"network's own: {own:.1f}, all nine at 1: {left(features):.1f}")
assert check("07.3", features)

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - A. Ng, *Sparse autoencoder*, CS294A lecture notes (Stanford, 2011), section 3 for the penalty and its gradient; the UFLDL tutorial's exercise of the same name.
# - B. Olshausen and D. Field, *Emergence of simple-cell receptive field properties by learning a sparse code for natural images*, Nature 381 (1996);
#   *Sparse coding with an overcomplete basis set*, Vision Research 37 (1997), for the whitening.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), section 14.2.1 on sparse autoencoders.
