# %% [markdown] slideshow={"slide_type": "slide"}
# # The sparse autoencoder
#
# Can a network learn meaningful features *without* a smaller code? We keep the size of the code and ask for
# something else: that each unit be on for few inputs, and so that each input be made of few features.
#
# **What you will learn**
#
# - what the activations of a code look like without and with a sparsity penalty;
# - the penalty $\sum_j \mathrm{KL}(\rho \,\|\, \hat\rho_j)$: by formula, by hand, by aekit, and its weight $\beta$ and target $\rho$ swept;
# - a digit 7 as a sum of features, exact up to rounding;
# - why the lecture asks for a pass over the whole training set: the bias of a batch's estimate;
# - how L1 differs, and whether sparse features "generalise better";
# - how edge detectors come out of photographs.
#
# **The lecture's part:** section 4. **Before this lesson:** lesson 3, Under- and overcomplete codes. **Time:** about
# an hour to read and play; the computing takes under a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import callbacks, datasets, metrics, plots
from aekit.claims import claim
from aekit.regularizers import kl_divergence, mean_activation
import keras
from keras import ops
import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all of MNIST, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. The code has 196 units in every model of digits, as in UFLDL's exercise: drawn as a picture of
# $14 \times 14$, a code can be looked at. The order of its units means nothing.

# %% slideshow={"slide_type": "skip"}
n_train, n_test, epochs, n_small, n_patches, iterations = {
    "quick": (5_000, 2_000, 8, 2_000, 5_000, 200),
    "full": (60_000, 10_000, 5, 10_000, 10_000, 400),
}[profile]
code_dim = 196
rho, beta = 0.05, 0.5
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_train, n_test, flatten=True)
print("training images", x_train.shape, "· test images", x_test.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we ask of a unit
#
# Write $a_j(x)$ for the activation of hidden unit $j$ on input $x$, between 0 and 1 for a sigmoid. Its **average over the
# training set** of $m$ images is
#
# $$\hat\rho_j = \frac{1}{m} \sum_{i=1}^{m} a_j(x_i)$$
#
# and the constraint is $\hat\rho_j \approx \rho$, where $\rho$, the **sparsity parameter**, is small, such as 0.05. How far is
# $\hat\rho_j$ from $\rho$? We read both as the probability that a unit is on, and take the Kullback-Leibler divergence of the two coins:
#
# $$\mathrm{KL}(\rho \,\|\, \hat\rho_j) = \rho \log \frac{\rho}{\hat\rho_j} + (1 - \rho) \log \frac{1 - \rho}{1 - \hat\rho_j}$$
#
# It is 0 where the two agree and grows on both sides. Three images and two units, by hand, for $\rho = 0.2$, then by aekit:

# %% slideshow={"slide_type": "fragment"}
a = np.array([[0.1, 0.9], [0.2, 0.7], [0.3, 0.8]])  # a_j(x_i): (images, units)
rho_hat = a.sum(axis=0) / 3
by_hand = [
    0.2 * np.log(0.2 / 0.2) + 0.8 * np.log(0.8 / 0.8),  # unit 0: rho_hat = 0.2
    0.2 * np.log(0.2 / 0.8) + 0.8 * np.log(0.8 / 0.2),  # unit 1: rho_hat = 0.8
]
by_aekit = ops.convert_to_numpy(kl_divergence(0.2, mean_activation(ops.convert_to_tensor(a))))
penalty = aekit.KLSparsity(rho=0.2, beta=3.0)
in_the_cost = float(penalty(ops.convert_to_tensor(a, "float32")))
print("rho_hat", rho_hat.round(3), "· KL by hand", np.round(by_hand, 4))
claim("KL by hand and by aekit: difference", np.abs(by_aekit - by_hand).max(), at_most=1e-5)
claim("the penalty is 3 (KL_0 + KL_1)", abs(in_the_cost - 3 * sum(by_hand)), at_most=1e-5)

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
grid = np.linspace(0.005, 0.995, 199)
curve = ops.convert_to_numpy(kl_divergence(0.2, ops.convert_to_tensor(grid)))
by_formula = 0.2 * np.log(0.2 / grid) + 0.8 * np.log(0.8 / (1 - grid))
figure, axis = plt.subplots(figsize=(8, 4.2))
axis.plot(grid, by_formula, label="by formula")
axis.plot(grid[::9], curve[::9], "o", color=plots.COLORS[1], label="by aekit")
axis.axvline(0.2, color="black", linestyle=":", linewidth=1.5)
axis.annotate("$\\rho = 0.2$", (0.2, 1.6), xytext=(8, 0), textcoords="offset points")
axis.set(xlabel="mean activation $\\hat\\rho_j$", ylabel="KL (nats)", xlim=(0, 1), ylim=(-0.05, 3))
axis.set_title("The penalty of one unit: zero at $\\rho$, and growing away from it")
axis.legend(loc="upper center")
plots.show(
    figure,
    alt="The KL divergence against the mean activation, for a target of 0.2. The curve is zero at 0.2, rises a little "
    "towards 0 and steeply towards 1; dots computed by aekit lie on it.",
)
steps = np.diff(curve)
claim("by formula and by aekit: difference", np.abs(curve - by_formula).max(), at_most=1e-5)
claim("smallest at", grid[curve.argmin()], at_least=0.198, at_most=0.202)
claim("left of rho it falls: largest step", steps[grid[1:] <= 0.2].max(), at_most=0)
claim("right of rho it rises: smallest step", steps[grid[:-1] >= 0.2].min(), at_least=0)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One argument of difference
#
# The cost that is trained becomes
#
# $$J_\text{sparse} = J + \beta \sum_j \mathrm{KL}(\rho \,\|\, \hat\rho_j)$$
#
# where $J$ is the reconstruction error. In UFLDL, where the formula comes from, it is $\frac{1}{2} \lVert x - \hat x \rVert^2$, *summed* over the
# pixels of an image. (Keras' `mse` is the mean over the 784 pixels, so that beside it the same
# $\beta$ would weigh 392 times as much: a $\beta$ means nothing without its $J$.) The plain autoencoder and the sparse one, side by side:


# %% slideshow={"slide_type": "fragment"}
def half_squared_error(x, x_hat):
    return 0.5 * ops.sum(ops.square(x - x_hat), axis=-1)


def train(autoencoder, x=x_train, epochs=epochs, batch_size=100):
    autoencoder.compile(keras.optimizers.Adam(0.005), loss=half_squared_error)
    progress = [callbacks.ProgressBar()]
    autoencoder.fit(x, x, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=progress)
    return autoencoder


keras.utils.set_random_seed(seed)
plain = aekit.dense_autoencoder(784, code_dim)
keras.utils.set_random_seed(seed)
sparse = aekit.dense_autoencoder(784, code_dim, penalty=aekit.KLSparsity(rho, beta))
for model in (plain, sparse):
    train(model)

# %% [markdown]
# Both began from the same weights and saw the same images. We expect the plain code to be lit everywhere, the lecture's **bad
# example**, and the sparse one to be dark but for a few units. Nothing tells the plain one to keep a unit off.

# %% tags=["cover"] slideshow={"slide_type": "subslide"}
shown = [np.flatnonzero(y_test == digit)[0] for digit in range(10)]
h_plain, h_sparse = plain.encode(x_test), sparse.encode(x_test)
plots.show(
    plots.image_rows(
        {
            "input": x_test[shown],
            "code, plain": h_plain[shown],
            "code, sparse": h_sparse[shown],
            "from the sparse code": sparse.reconstruct(x_test[shown]),
        },
        "Activation maps: black is off, white is on",
    ),
    alt="Ten digits; below them the plain codes as 14 by 14 maps, full of grey and white dots; the sparse codes, mostly "
    "black with some bright dots, others for each digit; and the reconstructions from the sparse codes, somewhat soft.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# How sparse is that? Two measures that do not change when all activations are halved. **Population sparsity**: how few units does an
# image light? **Lifetime sparsity**: how few images light a unit? Both are 0 when all are equal, and 1 when one alone is lit:
#
# $$\left(1 - \frac{\text{mean}(a)^2}{\text{mean}(a^2)}\right) \Big/ \left(1 - \frac{1}{n}\right)$$
#
# over the $n$ units of one image, or the $n$ images of one unit.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
measured = {}
print(f"{'':8}{'a > 0.5':>9}{'a > 0.1':>9}{'population':>12}{'lifetime':>10}{'sq. error':>11}")
for name, h, model in (("plain", h_plain, plain), ("sparse", h_sparse, sparse)):
    error = metrics.squared_error(x_test, model.reconstruct(x_test)).mean()
    sparsity = metrics.population_sparsity(h).mean(), np.nanmean(metrics.lifetime_sparsity(h))
    measured[name] = (np.mean(h > 0.5), np.mean(h > 0.1), *sparsity, error)
    print(f"{name:8}" + "{:9.1%}{:9.1%}{:12.2f}{:10.2f}{:11.2f}".format(*measured[name]))
of_mean = np.mean(np.sum((x_test - x_train.mean(axis=0)) ** 2, axis=1))
print(f"the mean image has a squared error of {of_mean:.2f}")
p, s = measured["plain"], measured["sparse"]
claim("plain: share of activations above 0.1", p[1], at_least=0.6, source="lecture, section 4")
claim("sparse: the same", s[1], at_most=0.35)
claim("population sparsity: gain", s[2] - p[2], at_least=0.2)
claim("the price: its squared error over the plain one's", s[4] / p[4], at_least=1.1, at_most=5)
claim("its error as a share of the mean image's", s[4] / of_mean, at_most=0.45)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The constraint costs reconstruction: a code that may say less, says less. Was it met? The mean activations of all units, before
# training, after training without the penalty, and with it:

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
before = aekit.dense_autoencoder(784, code_dim).encode(x_train).mean(axis=0)
rho_hats = {
    "untrained": before,
    "plain": plain.encode(x_train).mean(axis=0),
    "sparse": sparse.encode(x_train).mean(axis=0),
}
figure, axis = plt.subplots(figsize=(9, 4.4))
for i, (name, values) in enumerate(rho_hats.items()):
    axis.hist(
        values,
        np.linspace(0, 1, 51),
        alpha=0.65,
        color=plots.COLORS[(6, 0, 1)[i]],
        hatch=("..", "", "//")[i],
        label=name,
    )
axis.axvline(rho, color="black", linestyle=":", label=f"target $\\rho$ = {rho}")
axis.set(xlabel="mean activation $\\hat\\rho_j$ over the training set", ylabel="units")
axis.set_title("The penalty moves every unit down towards the target")
axis.legend()
plots.show(
    figure,
    alt="Histogram of the mean activations of 196 units. Untrained units and those of the plain autoencoder lie around one "
    "half (in the quick run some of the plain ones near 1), the sparse ones in a narrow heap just above the target of 0.05.",
)
for name, values in rho_hats.items():
    print(f"{name:10} mean {values.mean():.3f}, from {values.min():.3f} to {values.max():.3f}")
claim("plain: mean of all rho_hat_j", rho_hats["plain"].mean(), at_least=0.3)
claim("sparse: the same", rho_hats["sparse"].mean(), at_least=0.02, at_most=0.15)

# %% [markdown]
# Near the target, and above it: at the optimum the pull of the reconstruction, which would have units on, balances that of the penalty.
# $\rho$ is a wish, and $\beta$ says how strong a wish.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A digit 7 as a sum of a few features
#
# The lecture writes a 7 as $1 \cdot f_1 + 1 \cdot f_2 + \dots + 0.8 \cdot f_9$. Can we? Unit $j$ of the code, when on, adds *its
# column of the decoder's weights*, $v_j$, to the picture. Before the last sigmoid that is no metaphor but the formula:
#
# $$\hat x = \sigma\Big(c + \sum_j a_j(x) \, v_j\Big)$$
#
# with $c$ the decoder's bias. So we take a 7, sort the units by how much they add, $a_j \lVert v_j \rVert$, and add one after the other.

# %% slideshow={"slide_type": "fragment"}
seven = x_test[[np.flatnonzero(y_test == 7)[0]]]
v, c = sparse.decoder.layers[-1].get_weights()  # (units, pixels), (pixels,)
weight = sparse.encode(seven)[0]
order = np.argsort(-weight * np.linalg.norm(v, axis=1))


def partial_sum(k):
    """The picture by the k strongest features, (784,)."""
    logit = c + weight[order[:k]] @ v[order[:k]]
    return 1 / (1 + np.exp(-logit))


by_network = sparse.reconstruct(seven)[0]
gap = {k: np.sum((partial_sum(k) - by_network) ** 2) for k in (0, 5, 10, 20, 40, 80, 196)}
largest = np.abs(partial_sum(code_dim) - by_network).max()
claim("all 196 terms give the decoder's picture: largest difference", largest, at_most=1e-4)

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, axes = plt.subplots(3, 11, figsize=(15, 5), width_ratios=[1.1] + [1] * 10)
for axis in axes.flat:
    axis.axis("off")
for row, label in enumerate(("feature", "sum so far", "sum so far")):
    axes[row][0].text(1, 0.5, label, ha="right", va="center")
for k, j in enumerate(order[:10]):
    plots.draw_image(axes[0][k + 1], v[j].reshape(28, 28), symmetric=True)
    axes[0][k + 1].set_title(f"+ {weight[j]:.2f} ·", loc="center", fontsize=12)
    plots.draw_image(axes[1][k + 1], partial_sum(k + 1).reshape(28, 28))
counts = (12, 15, 20, 25, 30, 40, 60, 80, 120, 196)
for axis, k in zip(axes[2][1:], counts, strict=True):
    plots.draw_image(axis, partial_sum(k).reshape(28, 28))
    axis.set_title(f"{k} terms", loc="center", fontsize=12, fontweight="normal")
figure.suptitle(
    "The strongest features of a 7, and their sum",
    x=0.01,
    ha="left",
    fontsize=14,
    fontweight="bold",
)
plots.show(
    figure,
    alt="Ten decoder columns in red and blue with their activations as factors: strokes and dark surroundings. Below them the "
    "sum after each term, from a blot to a 7, and in a third row the sum of 12 to all 196 terms, which does not change visibly at the end.",
)
for k, value in gap.items():
    print(f"{k:3} terms: squared distance to the network's own picture {value:7.3f}")
claim("40 terms: distance left, as a share of none's", gap[40] / gap[0], at_most=0.25)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Several factors are near the lecture's "1" and "0.8", and the sum is short: a few more than the slide's nine terms give a good 7, and the rest, many units that are a little
# on, only clear the background. And a feature is not only a stroke: its blue parts *erase* what others have drawn. Is it the penalty
# that made the sum short? We count in both codes: how many terms until less than a tenth of the distance is left?

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}


def terms_needed(model, images, left=0.1):
    """For each image: how many of its strongest terms leave less than `left` of the distance."""
    v, c = model.decoder.layers[-1].get_weights()
    needed = []
    for h, x_hat in zip(model.encode(images), model.reconstruct(images), strict=True):
        strongest = np.argsort(-h * np.linalg.norm(v, axis=1))
        logits = c + np.vstack([np.zeros(784), np.cumsum(h[strongest, None] * v[strongest], 0)])
        distance = np.sum((1 / (1 + np.exp(-logits.clip(-60, 60))) - x_hat) ** 2, axis=1)
        needed.append(np.flatnonzero(distance >= left * distance[0])[-1] + 1)
    return np.array(needed)


sevens = x_test[y_test == 7][:40]
needed = {name: terms_needed(m, sevens) for name, m in (("plain", plain), ("sparse", sparse))}
for name, counts in needed.items():
    print(f"{name:7} median {np.median(counts):.0f} of {code_dim} terms for 40 sevens")
ratio = np.median(needed["sparse"]) / np.median(needed["plain"])
claim("a sparse 7 needs fewer terms than a plain one: ratio", ratio, at_most=0.7)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why the whole training set?
#
# $\hat\rho_j$ is an average over *all* images. So the lecture has a forward pass over the whole training set come first, and UFLDL's
# code does one before each step. A step of ours sees a batch. May we take the batch's mean? Four images, on which a unit is 0, 0, 0 and
# 0.8: its mean is 0.2, exactly $\rho$, so its penalty should be 0. In batches of two:

# %% slideshow={"slide_type": "fragment"}
unit = np.array([0.0, 0.8, 0.0, 0.0])
whole = float(kl_divergence(0.2, unit.mean()))
of_batches = [float(kl_divergence(0.2, unit[i : i + 2].mean())) for i in (0, 2)]
print(f"whole set {whole:.3f} · batches {of_batches[0]:.3f} and {of_batches[1]:.3f}")
claim("the whole set's penalty", abs(whole), at_most=1e-6)
claim("the mean of the batches'", np.mean(of_batches), at_least=0.1)

# %% [markdown] slideshow={"slide_type": "subslide"}
# One batch is above the target, one below, and both are punished. (The second has a mean of 0, where KL is infinite: aekit, like other code, cuts $\hat\rho$ at a tiny number, here $10^{-7}$, and
# its penalty is as large as that cut makes it.) KL is convex, so the errors of chance never cancel. How much is it? Near its zero, KL is a parabola with
# curvature $1 / \rho(1-\rho)$, and the mean of a batch of $m$ images scatters with variance $\mathrm{Var}(a)/m$. So
#
# $$\mathrm{E}\left[\mathrm{KL}(\rho \,\|\, \hat\rho_\text{batch})\right] \approx \frac{\mathrm{Var}(a)}{2 m \, \rho (1 - \rho)} \le \frac{1}{2m}$$
#
# for *each* unit, at most for one that is fully on or off, where $\mathrm{Var}(a) = \rho(1-\rho)$. We check it with such units: 196 of them, each on for exactly 5 % of 20,000 images.

# %% slideshow={"slide_type": "fragment"}
random = np.random.default_rng(seed)
on_off = np.zeros((20_000, code_dim), np.float32)
on_off[:1000] = 1
on_off = random.permuted(on_off, axis=0)  # each unit on for its own 1,000 images


def batch_penalty(code, m):
    """Mean over the batches of m of sum_j KL(rho || mean of the batch)."""
    means = code[: len(code) // m * m].reshape(-1, m, code.shape[1]).mean(axis=1)
    return ops.convert_to_numpy(kl_divergence(rho, ops.convert_to_tensor(means))).sum(1).mean()


batch_sizes = np.array([16, 32, 64, 128, 256, 512, 1024])
bias = np.array([batch_penalty(on_off, m) for m in batch_sizes])
expected = code_dim / (2 * batch_sizes)
for m, value, theory in zip(batch_sizes, bias, expected, strict=True):
    print(f"batches of {m:5}: {value:7.3f}   by the formula {theory:7.3f}")
claim("over the whole set the penalty is 0", batch_penalty(on_off, 20_000), at_most=1e-3)
claim("256: measured over the formula", bias[4] / expected[4], at_least=0.85, at_most=1.3)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The formula holds for larger batches. In small ones a unit is often not on at all, where the parabola is no longer a good picture of the
# curve, and there the excess is far worse; by how much, the cut decides. Now the real units of our sparse autoencoder, on the training images. Their penalty is not zero over the
# whole set, so we draw the *excess* of the batches over it.

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
codes = sparse.encode(x_train)
over_all = batch_penalty(codes, len(codes))
excess = np.array([batch_penalty(codes, m) for m in batch_sizes]) - over_all
figure = plots.lines(
    batch_sizes,
    {"on/off units": bias, "the formula's most, 1/2m a unit": expected, "our sparse code": excess},
    "images in the batch (logarithmic)",
    "excess of the sum of KL, 196 units",
    "A batch's estimate is too high, a small batch's much",
    xscale="log",
    yscale="log",
)
figure.axes[0].set_xticks(batch_sizes, batch_sizes)
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="The excess of the penalty against the batch size, both logarithmic. For on/off units whose mean is right it falls along the formula's straight line "
    "from 256 images on, and lies far above it at 16. That of the trained code lies below the formula and falls as well.",
)
print(f"our code: whole set {over_all:.2f}; excess at 16 {excess[0]:.2f}, at 128 {excess[3]:.2f}")
claim("our code: excess at 16 images", excess[0], at_least=0.8)
claim("the excess at 16 over that at 128", excess[0] / excess[3], at_least=2.5)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So in small batches the penalty asks for something else as well: a small *variance*, a unit that is the same for every image, the opposite of what we wanted.
# The lecture's way is one argument away: `estimate="training_set"` takes $\hat\rho_j$ from a pass over the whole set, which
# `fit` makes before the first step and then every so often, here every 5 steps. We train both in batches of 10.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
small = x_train[:n_small]
keras.utils.set_random_seed(seed)
by_batch = aekit.dense_autoencoder(784, code_dim, penalty=aekit.KLSparsity(rho, beta))
keras.utils.set_random_seed(seed)
whole = aekit.KLSparsity(rho, beta, estimate="training_set", every_steps=5)
by_set = aekit.dense_autoencoder(784, code_dim, penalty=whole)
for model in (by_batch, by_set):
    train(model, small, epochs=2, batch_size=10)

lifetime, small_errors = {}, {}
for name, model in {"batches of 10": by_batch, "training set": by_set}.items():
    h = model.encode(x_test)
    lifetime[name] = np.nanmean(metrics.lifetime_sparsity(h))
    small_errors[name] = metrics.squared_error(x_test, model.reconstruct(x_test)).mean()
    print(f"{name:14} mean activation {h.mean():.3f}, std {h.std(axis=0).mean():.3f}, lifetime sparsity "
          f"{lifetime[name]:.2f}, squared error {small_errors[name]:.2f}")  # fmt: skip
claim(
    "training set: lifetime sparsity, gain",
    lifetime["training set"] - lifetime["batches of 10"],
    at_least=0.02,
)

# %% [markdown]
# At a similar mean activation the whole set's estimate leaves the units freer to be clearly on or off. In batches of 100, as
# in the rest of this lesson, the bias times $\beta$ is small beside the reconstruction error, and we accept it. The pass has a price of its own: it costs time, and between two passes the
# estimate grows stale. (Try `every_steps=50`, and see what a pull that does not notice its own success can do.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How strong a wish: $\beta$ and $\rho$ swept
#
# Four more sparse autoencoders, of the same budget: $\beta$ five times weaker and four times stronger, $\rho$ five times lower and four times
# higher. We expect that a stronger $\beta$ brings $\hat\rho_j$ nearer to $\rho$, and that both a strong $\beta$ and a low $\rho$ cost
# reconstruction.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
sweep = {(rho, 0.0): plain, (rho, beta): sparse}
for setting in ((rho, beta / 5), (rho, beta * 4), (rho / 5, beta), (rho * 4, beta)):
    keras.utils.set_random_seed(seed)
    penalty = aekit.KLSparsity(*setting)
    sweep[setting] = train(aekit.dense_autoencoder(784, code_dim, penalty=penalty))

swept = {}
print(f"{'rho':>5}{'beta':>6}{'mean rho_hat':>14}{'population':>12}{'sq. error':>11}")
for setting, model in sorted(sweep.items(), key=lambda item: item[0]):
    h = model.encode(x_test)
    error = metrics.squared_error(x_test, model.reconstruct(x_test)).mean()
    swept[setting] = h.mean(), metrics.population_sparsity(h).mean(), error
    print("{:5.2f}{:6.1f}{:14.3f}{:12.2f}{:11.2f}".format(*setting, *swept[setting]))

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, axes = plt.subplots(1, 2, figsize=(13, 4.6))
for axis, settings, name, at in (
    (axes[0], [(rho, b) for b in (0.0, beta / 5, beta, beta * 4)], "$\\beta$", 1),
    (axes[1], [(r, beta) for r in (rho / 5, rho, rho * 4)], "$\\rho$", 0),
):
    ticks = [f"{setting[at]:g}" for setting in settings]
    axis.plot(ticks, [swept[one][2] for one in settings], marker="o", color=plots.COLORS[0])
    axis.set(xlabel=name, ylim=(0, None))
    axis.set_ylabel("squared error a test image", color=plots.COLORS[0])
    twin = axis.twinx()
    twin.plot(ticks, [swept[one][0] for one in settings], "s--", color=plots.COLORS[1])
    twin.set(ylim=(0, None))
    twin.set_ylabel("mean activation", color=plots.COLORS[1])
    twin.grid(visible=False)
axes[0].set_title(f"A stronger wish ($\\rho$ = {rho})")
axes[1].set_title(f"A higher target ($\\beta$ = {beta})")
plots.show(
    figure,
    alt="Left: with growing beta the mean activation falls from about one half to just above 0.05, and the squared error rises. "
    "Right: with a growing rho the mean activation rises with it, and the squared error falls.",
)
weak, strong = swept[rho, beta / 5], swept[rho, beta * 4]
low, high = swept[rho / 5, beta], swept[rho * 4, beta]
claim(
    "a stronger beta: distance to rho, strong over weak",
    (strong[0] - rho) / (weak[0] - rho),
    at_most=0.7,
)
claim("its price: squared error, strong over weak", strong[2] / weak[2], at_least=1.2)
claim("a lower rho costs: squared error at rho 0.01 over 0.2", low[2] / high[2], at_least=1.2)

# %% [markdown]
# So $\beta$ trades the two parts of the cost, and $\rho$ sets where the balance lies. A strong $\beta$ or a low $\rho$ is no virtue in itself. Look
# at the column of population sparsity, too: in the quick run the strongest $\beta$ has the mean nearest to its target and yet not the sparsest code. The constraint is on
# the *mean*; that a unit is off for most images is what the reconstruction makes of it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## L1 beside KL
#
# A simpler way to darken a code: $\lambda \sum_j |a_j(x)|$, the **L1 penalty**. It acts on each activation of each image, needs no
# average over a set, and so has no bias of a batch. And it has no target: less is always better. One argument again; we choose $\lambda$ so that the
# code comes out about as sparse, by the measure of population sparsity.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
l1 = train(aekit.dense_autoencoder(784, code_dim, penalty=aekit.L1Sparsity(0.1)))
used = {}
for name, model in {"KL": sparse, "L1": l1}.items():
    h = model.encode(x_test)
    error = metrics.squared_error(x_test, model.reconstruct(x_test)).mean()
    mean = h.mean(axis=0)
    used[name] = np.mean(mean < 0.01), mean.max()
    print(f"{name}: mean activation {mean.mean():.3f}, population sparsity {metrics.population_sparsity(h).mean():.2f}, "
          f"squared error {error:.2f}, units below 0.01: {used[name][0]:.0%}, busiest unit {used[name][1]:.2f}")  # fmt: skip
claim("L1: units that are nearly never on", used["L1"][0], at_least=0.05)
claim("KL: the same", used["KL"][0], at_most=0.02)
claim("L1: busiest unit over KL's", used["L1"][1] / used["KL"][1], at_least=1.1)

# %% [markdown]
# KL keeps *every* unit in use, near the target. L1 lets some units go out for good and others be on often: nothing in it asks for a fair share.
# That is not only a fault: here L1 reconstructs better than KL at nearly the same population sparsity. An equal share for all units has its price.
# L1 can be cheated, too: halve all activations, double the decoder's weights, and it is halved for the same picture (exactly so for a linear or relu code). That is why we
# measured sparsity by numbers that such a scaling does not change, and why weight decay often stands beside L1.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Do sparse features generalise better?
#
# The lecture says so. We measure one meaning of it: a linear classifier learns from *few* labelled codes and is tested on new ones. Beside the sparse code
# stand the plain one, the raw pixels, and an *untrained* code, which lesson 3 taught us to fear. Three draws of the labelled images.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
blank = aekit.dense_autoencoder(784, code_dim)
features = {name: (model.encode(x_train), model.encode(x_test[:2000])) for name, model in
            {"sparse": sparse, "plain": plain, "untrained": blank}.items()}  # fmt: skip
features["pixels"] = x_train, x_test[:2000]
labels, draws = (100, 300, 1000), 3


def accuracies(code, test_code, n):
    """Test accuracy with n labels, for each of the draws (one thread: the matrices are small)."""
    parts = [slice(draw * n, (draw + 1) * n) for draw in range(draws)]
    with threadpool_limits(1):
        return [
            metrics.linear_probe(code[part], y_train[part], test_code, y_test[:2000])
            for part in parts
        ]


probe = {name: [accuracies(*codes, n) for n in labels] for name, codes in features.items()}

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.lines(
    labels,
    {name: [np.mean(accuracy) for accuracy in probe[name]] for name in probe},
    "labelled images (logarithmic)",
    "test accuracy",
    "A linear classifier on four kinds of features",
    xscale="log",
)
figure.axes[0].set_xticks(labels, labels)
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Test accuracy against the number of labels, 100, 300 and 1,000. The curve of the sparse code lies above those of the plain code, "
    "the pixels and the untrained code everywhere; these three are closer together.",
)
for name, of_name in probe.items():
    spread = np.mean([np.ptp(of_draws) for of_draws in of_name])
    print(f"{name:10}" + "".join(f"{np.mean(a):8.3f}" for a in of_name) + f"   range {spread:.3f}")
gain = {name: np.mean(probe["sparse"][-1]) - np.mean(probe[name][-1]) for name in probe}
source = "lecture, section 4"
claim("1,000 labels: sparse over plain, gain", gain["plain"], at_least=0.015, source=source)
claim("1,000 labels: sparse over the pixels, gain", gain["pixels"], at_least=0.015)
claim("1,000 labels: sparse over untrained, gain", gain["untrained"], at_least=0.03)

# %% [markdown]
# Here the lecture is right, and it is not the width: the codes have 196 units each. (In the quick run the plain one is about as good as the pixels.) Note what the measurement does *not* say. As an
# autoencoder the sparse one does worse on new images, as we saw. And this is one data set and one classifier: a linear one, which gains from features that are
# already like parts of a class.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## UFLDL's experiment: edges from photographs
#
# The classical demonstration (Olshausen and Field, 1996, for sparse coding; UFLDL for the autoencoder). Cut patches of $8 \times 8$ pixels from photographs of nature, **whiten** them (lift the fine detail, so that broad shades, which neighbouring pixels share, do not drown it), and train
# 64-25-64 with $\rho = 0.01$, $\beta = 3$ and a **weight decay** $\frac{\lambda}{2} \sum w^2$ with $\lambda = 10^{-4}$. What will 25 units look for, if each may be on
# for one patch in a hundred only? UFLDL had ten photographs; we have the two that come with scikit-learn, a temple and a flower.
#
# Only 3,289 weights, so we can afford the lecture's method to the letter: **the whole set at every step**. All formulas by hand. With $h = \sigma(xW + b)$ and
# $\hat x = \sigma(hV + c)$, the chain rule gives at the output and at the code
#
# $$\delta_{\hat x} = \frac{1}{m} (\hat x - x) \, \hat x (1 - \hat x) \qquad
# \delta_h = \Big(\delta_{\hat x} V^\top + \frac{\beta}{m} \underbrace{\Big(-\frac{\rho}{\hat\rho} + \frac{1 - \rho}{1 - \hat\rho}\Big)}_{\mathrm{d\,KL} / \mathrm{d} \hat\rho}\Big) \, h (1 - h)$$
#
# $\hat\rho$ must be known before the first $\delta_h$ can be computed: that is the pass that "comes first".


# %% slideshow={"slide_type": "fragment"}
def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def cost(theta, x, units, rho, beta, decay):
    """J_sparse with weight decay, and its gradient, over the whole set `x`, (images, pixels)."""
    pixels, m = x.shape[1], len(x)
    W, V = theta[: 2 * pixels * units].reshape(2, pixels, units)
    V, (b, c) = V.reshape(units, pixels), np.split(theta[2 * pixels * units :], [units])
    h = sigmoid(x @ W + b)
    rho_hat = h.mean(axis=0)  # the full pass
    x_hat = sigmoid(h @ V + c)
    kl = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    J = 0.5 * np.sum((x_hat - x) ** 2) / m
    J += beta * kl.sum() + 0.5 * decay * (np.sum(W**2) + np.sum(V**2))
    delta_x = (x_hat - x) * x_hat * (1 - x_hat) / m
    slope = -rho / rho_hat + (1 - rho) / (1 - rho_hat)
    delta_h = (delta_x @ V.T + beta / m * slope) * h * (1 - h)
    gradient = [
        x.T @ delta_h + decay * W,
        h.T @ delta_x + decay * V,
        delta_h.sum(0),
        delta_x.sum(0),
    ]
    return J, np.concatenate([part.ravel() for part in gradient])


# %% [markdown] slideshow={"slide_type": "subslide"}
# Is it right? aekit has its own penalty, and Keras its own gradient. One step of plain gradient descent with learning rate 1 moves each weight by
# minus its gradient, so a step shows the gradient. (Without weight decay, which `KLSparsity` knows nothing of.)

# %% slideshow={"slide_type": "fragment"}
patches = datasets.natural_image_patches(n_patches, side=8, seed=seed)
units, edge_rho, edge_beta, decay = 25, 0.01, 3.0, 1e-4

keras.utils.set_random_seed(seed)
by_aekit = aekit.dense_autoencoder(64, units, penalty=aekit.KLSparsity(edge_rho, edge_beta))
W, b, V, c = by_aekit.get_weights()
theta = np.concatenate([W.ravel(), V.ravel(), b, c]).astype(float)
value, gradient = cost(theta, patches[:1000].astype(float), units, edge_rho, edge_beta, decay=0)

by_aekit.compile(keras.optimizers.SGD(1.0), loss=half_squared_error)
loss = float(by_aekit.train_on_batch(patches[:1000], patches[:1000]))
steps = [old - new for old, new in zip((W, b, V, c), by_aekit.get_weights(), strict=True)]
autodiff = np.concatenate([steps[i].ravel() for i in (0, 2, 1, 3)])
apart = np.linalg.norm(gradient - autodiff) / np.linalg.norm(gradient)
claim("J_sparse by hand and by aekit: relative difference", abs(value / loss - 1), at_most=1e-4)
claim("gradient by hand and by autodiff: relative difference", apart, at_most=1e-3)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now UFLDL's optimiser, L-BFGS (it guesses the curvature of the cost from its last gradients, and needs the exact gradient of the whole set), with the penalty and without it ($\beta = 0$), from the same start.


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def fit(rho, beta):
    """W `(units, pixels)`, mean activations and squared error a patch, by L-BFGS."""
    x = patches.astype(float)
    limit = np.sqrt(6 / (64 + units + 1))
    start = np.random.default_rng(seed).uniform(-limit, limit, 2 * 64 * units)
    start = np.concatenate([start, np.zeros(units + 64)])
    options = {"maxiter": iterations, "maxcor": 20}
    with threadpool_limits(1), callbacks.progress(None, total=iterations) as bar:
        theta = minimize(cost, start, (x, units, rho, beta, decay), "L-BFGS-B", jac=True,
                         callback=lambda theta: bar.update(), options=options).x  # fmt: skip
    W, V = theta[: 64 * units].reshape(64, units), theta[64 * units : 128 * units]
    h = sigmoid(x @ W + theta[128 * units :][:units])
    x_hat = sigmoid(h @ V.reshape(units, 64) + theta[-64:])
    return W.T, h.mean(axis=0), np.mean(np.sum((x - x_hat) ** 2, axis=1))


edges, edges_rho_hat, edges_error = fit(edge_rho, edge_beta)
no_edges, no_rho_hat, no_error = fit(edge_rho, 0.0)
random_filters = np.random.default_rng(seed).normal(size=(200, 64))
mean_patch = np.mean(np.sum((patches - patches.mean(axis=0)) ** 2, axis=1))

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
pictures = np.concatenate([patches[:25] - 0.5, edges, no_edges])
figure = plots.image_grid(pictures, "", columns=25, symmetric=True, size=0.6)
figure.suptitle(
    "With the penalty, units look for edges and stripes",
    x=0.01,
    ha="left",
    fontsize=14,
    fontweight="bold",
)
for row, label in enumerate(("patches", "sparse", "no penalty")):
    axis = figure.axes[25 * row]
    axis.text(-0.1, 0.5, label, ha="right", va="center", transform=axis.transAxes)
plots.show(
    figure,
    alt="Three rows of 25 pictures of 8 by 8 in blue and red: whitened patches; the weights of the sparse units, most of them bars, edges and "
    "stripes at several angles, a few chequered; and those without the penalty, irregular blots without a direction.",
)
print(f"mean activation: sparse {edges_rho_hat.mean():.4f}, no penalty {no_rho_hat.mean():.2f}")
print(f"squared error: mean patch {mean_patch:.2f}, sparse {edges_error:.2f}, none {no_error:.2f}")
claim("sparse: mean activation, target 0.01", edges_rho_hat.mean(), at_least=0.008, at_most=0.015)
claim("no penalty: mean activation", no_rho_hat.mean(), at_least=0.3)
claim(
    "sparse: error as a share of the mean patch's",
    edges_error / mean_patch,
    at_least=0.5,
    at_most=0.9,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# An eye that wants to see edges finds them, so we measure. The Fourier transform splits a filter into waves, each with a direction $\theta$ and an energy
# $P$. Draw each energy as an arrow at the *doubled* angle (a wave and its reverse, half a turn apart, are the same wave), and add the arrows up:
#
# $$\text{concentration} = \frac{\left| \sum P \, e^{2 i \theta} \right|}{\sum P}$$
#
# It is 1 when all energy lies in one direction, as for endless stripes, and 0 when directions cancel, as for a round spot. (Stripes that end at the border of 8 pixels stay somewhat below 1.)


# %% slideshow={"slide_type": "fragment"}
def concentration(filters):
    """How much a filter's energy lies in one direction: 0 to 1, for `(n, 64)`."""
    frequency = np.fft.fftfreq(32)
    twice = 2 * np.arctan2(frequency[:, None], frequency)
    pictures = filters.reshape(-1, 8, 8) - filters.mean(axis=1)[:, None, None]
    energy = np.abs(np.fft.fft2(pictures, s=(32, 32))) ** 2
    arrows = np.sum(energy * np.exp(1j * twice), axis=(1, 2))
    return np.abs(arrows) / np.sum(energy, axis=(1, 2))


row, column = np.mgrid[-3.5:4.5, -3.5:4.5]
stripes = np.sin(np.pi / 2 * column)
spot = np.exp(-(row**2 + column**2) / 4)
of_stripes, of_spot = concentration(np.stack([stripes.ravel(), spot.ravel()]))
claim("stripes", of_stripes, at_least=0.8)
claim("a round spot", of_spot, at_most=0.05)

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
oriented = {"sparse": edges, "no penalty": no_edges, "random": random_filters}
oriented = {name: concentration(filters) for name, filters in oriented.items()}
figure, axis = plt.subplots(figsize=(9, 3.6))
scatter = np.random.default_rng(seed)
for i, values in enumerate(oriented.values()):
    height = 2 - i + scatter.uniform(-0.25, 0.25, len(values))
    axis.scatter(values, height, s=40, alpha=0.6, color=plots.COLORS[i], marker="o^s"[i])
    axis.plot([np.median(values)] * 2, [1.6 - i, 2.4 - i], color="black", linestyle="-")
axis.set(xlim=(0, 1), xlabel="concentration in one direction")
axis.set_yticks([2, 1, 0], list(oriented))
axis.set_title("Each dot a filter, the lines are medians")
plots.show(
    figure,
    alt="Dots of the concentration of single filters. Sparse filters lie mostly between 0.3 and 0.9; those without the penalty and random ones "
    "lie together at the left, mostly below 0.3.",
)
median = {name: np.median(values) for name, values in oriented.items()}
print({name: round(float(value), 2) for name, value in median.items()})
claim(
    "sparse: median concentration",
    median["sparse"],
    at_least=0.35,
    source="UFLDL, Sparse autoencoder",
)
claim("no penalty: median", median["no penalty"], at_most=0.3)
claim("random filters: median", median["random"], at_most=0.25)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Edge detectors, told by a number: without the penalty the filters are no more oriented than random ones. Nobody mentioned edges to the network. A patch of nature
# has few edges at a time, so edges are the features of which few suffice. The reconstructions pay dearly: one patch in a hundred for each of 25 units leaves more than half of
# the mean patch's error. The features were the aim. (They are the edges of two photographs, which are not all of nature.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
summary = {
    "share of activations above 0.1: plain": measured["plain"][1],
    "share of activations above 0.1: sparse": measured["sparse"][1],
    "squared error a test image: mean image": of_mean,
    "squared error a test image: plain": measured["plain"][4],
    "squared error a test image: sparse": measured["sparse"][4],
    "terms of a 7 (median): plain": np.median(needed["plain"]),
    "terms of a 7 (median): sparse": np.median(needed["sparse"]),
    "penalty of on/off units that are right: batches of 32": bias[1],
    "penalty of on/off units that are right: batches of 256": bias[4],
    f"test accuracy with {labels[-1]:,} labels: plain": np.mean(probe["plain"][-1]),
    f"test accuracy with {labels[-1]:,} labels: sparse": np.mean(probe["sparse"][-1]),
    "concentration of filters: no penalty": median["no penalty"],
    "concentration of filters: sparse": median["sparse"],
}
for name, value in summary.items():
    print(f"{name:56} {value:7.2f}")

# %% [markdown]
# - A penalty on the mean activation makes a code of the same size sparse, and a digit a short sum.
# - It costs reconstruction, and buys features: strokes, edges, and a better start for a linear classifier.
# - A batch's mean activation makes the penalty too high, and a small batch's asks for constant units.
# - KL has a target and keeps all units in use; L1 has none, and lets some go.
#
# ## Exercises
#
# **1.** Derive $\mathrm{d\,KL}/\mathrm{d}\hat\rho$ and check it at $\rho = 0.2$, $\hat\rho = 0.5$ by a small difference.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# -rho/rho_hat + (1-rho)/(1-rho_hat) = -0.4 + 1.6 = 1.2: positive, so that descent lowers rho_hat.
kl = [0.2 * np.log(0.2 / r) + 0.8 * np.log(0.8 / (1 - r)) for r in (0.4999, 0.5001)]
by_difference = (kl[1] - kl[0]) / 0.0002
print(round(by_difference, 4))
claim("the derivative is 1.2: difference", abs(by_difference - 1.2), at_most=1e-4)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** Find a code of 4 images and 3 units whose penalty is zero at $\rho = 0.05$, and which is not sparse at all. What keeps a trained network from it?

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Every unit at 0.05 for every image: the mean is right, the population sparsity is 0. The penalty asks for a mean only;
# the reconstruction asks the units to vary, and weight decay makes it dear to live from tiny variations.
constant = np.full((4, 3), 0.05)
zero = float(ops.sum(kl_divergence(0.05, ops.convert_to_tensor(constant.mean(axis=0)))))
spread = np.abs(metrics.population_sparsity(constant)).max()
claim("its penalty", round(abs(zero), 6), at_most=1e-6)
claim("its population sparsity, largest of the four", round(spread, 6), at_most=1e-6)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** Give the code relu units (`code_activation="relu"`) with the KL penalty. What does aekit say, and why?

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A relu's mean may be above 1, where log(1 - rho_hat) does not exist: the formula reads it as a probability.
try:
    aekit.dense_autoencoder(784, 196, code_activation="relu", penalty=aekit.KLSparsity(0.05, 1.0))
    refused = 0
except ValueError as error:
    refused = 1
    print(error)
claim("it is refused", refused, at_least=1)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** Train on the patches with $\rho = 0.5$, a target that is not sparse. Is it the *penalty* that makes edges, or the small target?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The small target: a sigmoid code without a penalty has a mean near one half anyway.
half, _, half_error = fit(0.5, edge_beta)
of_half = np.median(concentration(half))
print(f"rho = 0.5: concentration {of_half:.2f}, squared error {half_error:.2f}")
claim("rho = 0.5: median concentration", of_half, at_most=0.3)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# Another way to make a code learn without making it smaller: give the network a harder task. The next lesson spoils the input and asks for the clean image.
#
# **References**
#
# - A. Ng, *Sparse autoencoder*, CS294A lecture notes (Stanford, 2011), section 3 for the penalty and its gradient; the UFLDL tutorial's exercise of the same name.
# - B. Olshausen and D. Field, *Emergence of simple-cell receptive field properties by learning a sparse code for natural images*, Nature 381 (1996);
#   *Sparse coding with an overcomplete basis set*, Vision Research 37 (1997), for the whitening.
# - W. Vinje and J. Gallant, *Sparse coding and decorrelation in primary visual cortex during natural vision*, Science 287 (2000): the measure of sparsity.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), section 14.2.1 on sparse autoencoders.
