# %% [markdown] slideshow={"slide_type": "slide"}
# # Which autoencoder?
#
# Plain, narrow, sparse, denoising, contractive: **which one should you take?**
#
# **What you will learn**
#
# - how to compare variants at one price, beside baselines;
# - whether denoising makes the *reconstruction* robust to *finite* changes, contraction the *encoder* to *infinitesimal* ones;
# - what each variant is best at;
# - what the whole course has shown.
#
# **The lecture's part:** section 8. **Before this lesson:** lessons 07, 08 and 10 (sparse, denoising, contractive).
#
# **Time:** about 25 minutes, exercises apart

# %% slideshow={"slide_type": "skip"}
from collections import namedtuple
from functools import partial

import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.jacobian import squared_frobenius_norm
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
from keras import ops
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_test=2_000, flatten=True)
mean_image = x_train.mean(axis=0)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them anew
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A guide, still empty
#
# **Predict first:** for each purpose, which variant is best?

# %% [markdown]
# | you want | best: PCA, plain, narrow, sparse, masking, Gaussian or contractive? |
# |---|---|
# | a faithful copy of clean digits | |
# | clean digits from digits under Gaussian noise | |
# | clean digits from digits with lost pixels | |
# | a code that a tiny change of the image hardly moves | |
# | a reconstruction that noise hardly moves | |
# | features for a linear classifier with few labels | |
#
# "Masking" and "Gaussian" are denoising autoencoders.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One objective, one argument each
#
# $$\mathbb{E}_{x, \tilde{x}} \left[ L(x, g(f(\tilde{x}))) \right] + \lambda \, \Omega(f), \qquad \tilde{x} \sim C(\cdot \mid x)$$
#
# $L$ is the binary cross-entropy, $C$ the corruption, $\Omega$ the penalty.

# %% [markdown] slideshow={"slide_type": "notes"}
# All networks have sigmoids, 64 units (narrow: 16), and a decoder that uses the encoder's
# weights, transposed. Each variant differs from the plain one in one argument. All get the same 60,000 images, 30 epochs, and two seeds.


# %%
def network(units=64, **slot):
    return aekit.dense_autoencoder(784, units, tied=True, **slot)


builders = {
    "plain": network,
    "narrow": lambda: network(16),
    "sparse": lambda: network(penalty=aekit.KLSparsity(rho=0.1, beta=0.00025)),
    "masking": lambda: network(corruption=aekit.MaskingNoise(0.1)),
    "Gaussian": lambda: network(corruption=aekit.GaussianCorruption(0.3, clip=None)),
    "contractive": lambda: network(penalty=aekit.Contractive(0.0003)),
}

# %%
recipe = {"epochs": 30, "batch_size": 250, "rate": 0.03, "retrain": profile == "full"}
seeds = (seed, seed + 1)
models = {
    (name, s): train(build, x_train, stored=f"11_{name}_{s}", seed=s, **recipe)
    for name, build in builders.items()
    for s in seeds
}

# %% [markdown]
# Two baselines: PCA with 64 components; the **input itself**, a "code" of 784 pixels.


# %%
Codec = namedtuple("Codec", "encode decode")
pca = PCA(64, svd_solver="covariance_eigh").fit(x_train)
linear = Codec(encode=pca.transform, decode=pca.inverse_transform)
copy = Codec(encode=np.asarray, decode=np.asarray)
for s in seeds:
    models["PCA", s], models["input itself", s] = linear, copy
names = ["input itself", "PCA", *builders]


def reconstruct(model, x):
    return model.decode(model.encode(x))


def for_each(measure):
    """`measure(model)` of each model: from a name to one value a seed."""
    of = {m: measure(m) for m in {models[n, s] for n in names for s in seeds}}
    return {n: np.array([of[models[n, s]] for s in seeds]) for n in names}


# %% [markdown] slideshow={"slide_type": "slide"}
# ## The price: clean digits
#
# Squared error of the reconstruction of a clean test digit.

# %% [markdown] slideshow={"slide_type": "notes"}
# A network can be made as robust as you like if its reconstructions may be bad. So we compare at **one price**: with the strengths below (β, the two kinds of noise,
# λ) five networks have nearly the same error on training digits.
#
# **Predict first:** PCA has the least squared error of all linear codes of 64 numbers. Is the plain network below it?


# %%
def squared_error(model, x=x_test):
    return metrics.squared_error(x_test, reconstruct(model, x)).mean()


error = for_each(squared_error)
of_mean = metrics.squared_error(x_test, mean_image + 0 * x_test).mean()
for name in names[1:]:
    share = error[name].mean() / of_mean
    print(f"{name:12} error {error[name].round(2)}, {share:4.0%} of the mean image's")
activity = for_each(lambda model: model.encode(x_test).mean())
for name in ("plain", "sparse"):
    print(f"{name:12} mean activation {activity[name].mean():.2f}")

# %% tags=["hide-input"]
wide = ["plain", "sparse", "masking", "Gaussian", "contractive"]
figure, axis = plt.subplots(figsize=(7, 3.2))
for row, name in enumerate(reversed(names[1:])):
    color = plots.COLORS[1 if name in wide else 0]
    axis.barh(row, error[name].mean(), color=color, height=0.6, alpha=0.6)
    axis.plot(error[name], [row] * len(seeds), "o", color="black", markersize=5)
axis.set_yticks(range(len(names) - 1), names[:0:-1])
axis.set(
    xlabel="squared error on clean digits",
    title="Five networks at one price",
)
axis.grid(visible=False, axis="y")
plots.show(
    figure,
    alt="Bars of the squared error on clean digits. PCA has the shortest; plain, sparse, masking, "
    "Gaussian and contractive end close together, with a dot for each seed; narrow is more than "
    "twice as long.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The five networks of 64 units differ by at most 5 %. PCA's error is a quarter lower than the plain network's. But the networks minimise the cross-entropy, PCA the squared error, by which we measure.
#
# At this price the sparse network is hardly sparse: its mean activation is 0.42, the plain one's 0.51. Its row says little about sparse codes.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
prices = [error[name].mean() for name in wide]
claim(
    "The plain, the sparse, both denoising and the contractive network are compared at one clean "
    "error (largest over smallest).",
    max(prices) / min(prices),
    at_most=1.08,
)
claim(
    "On clean digits PCA has a lower squared error than each network of as many units, 64 (least "
    "ratio, network over PCA).",
    min(min(error[name] / error["PCA"]) for name in wide),
    at_least=1.2,
)
last = x_train[-2_000:]
on_train = [
    np.mean(
        [
            metrics.squared_error(last, reconstruct(models[n, s], last)).mean()
            for s in seeds
        ]
    )
    for n in wide
]
verify(
    "On the last 2,000 training digits the five errors are as close.",
    max(on_train) / min(on_train),
    at_most=1.1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Sensitivity, by one measure
#
# $$S_\varphi(\sigma)^2 = \frac{1}{\sigma^2} \cdot \frac{\mathbb{E} \lVert \varphi(x + \sigma n) - \varphi(x) \rVert^2}{\mathbb{E} \lVert \varphi(x') - \varphi(x) \rVert^2}$$
#
# $\varphi$ is the encoder $f$ or the whole reconstruction $g \circ f$; $n$ holds a standard normal number for each pixel; $x$ and $x'$ are images drawn at random. The numerator: how far $\varphi$ moves under noise. The denominator, which lesson 10 had not: how far
# apart two images are in it. Without it a code divided by ten would be ten times as robust.

# %% [markdown] slideshow={"slide_type": "notes"}
# For $\sigma \to 0$ this is the Jacobian's norm: $S_\varphi(0)^2 = \mathbb{E} \lVert \partial \varphi / \partial x \rVert_F^2 / \mathbb{E} \lVert \varphi(x') - \varphi(x) \rVert^2$, an
# *infinitesimal* change. At $\sigma = 0.3$ the change is *finite*, the noise of the network "Gaussian" in training.
#
# With a pencil: two images have the codes 0 and 2, each moves by 1, and $\sigma = 1$. Two draws are equally often 0 and 2 apart, squared 2 on average. So $S^2 = 1/2$, and $S$ is its root.


# %%
def sensitivity(values, moved, sigma):
    """How far `moved` is from `values`, over sigma."""
    squared = np.sum((moved - values) ** 2, axis=1).mean()
    return np.sqrt(squared / (2 * values.var(axis=0).sum())) / sigma


sigmas = np.array([0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0])
some = x_test[:1_000]
normal = np.random.default_rng(seed).normal(size=some.shape).astype("float32")


def both_sensitivities(model):
    """S of the encoder and of the reconstruction, for each sigma: (2, sigmas)."""
    images = np.concatenate([some, *(some + sigma * normal for sigma in sigmas)])
    code = model.encode(images.astype("float32"))
    of = []
    for values in (code, model.decode(code)):
        still, *moved = np.split(values, len(sigmas) + 1)
        of.append(
            [sensitivity(still, m, s) for m, s in zip(moved, sigmas, strict=True)]
        )
    return np.array(of)


curve = for_each(both_sensitivities)  # of a name: (seeds, 2, sigmas)

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
codes = np.array([[0.0], [2.0]])
verify(
    "S of the pencil's example.",
    abs(sensitivity(codes, codes + 1, 1) - np.sqrt(0.5)) < 1e-9,
)
ratio = sensitivity(codes / 10, (codes + 1) / 10, 1) / sensitivity(codes, codes + 1, 1)
verify("A code divided by ten has the same sensitivity.", abs(ratio - 1) < 1e-9)
for name in builders:
    encoder = models[name, seed].encoder
    squared = ops.convert_to_numpy(squared_frobenius_norm(encoder, some)).mean()
    variance = models[name, seed].encode(some).var(axis=0).sum()
    off = np.sqrt(squared / (2 * variance)) / curve[name][0, 0, 0] - 1
    verify(
        f"At σ = 0.01 S of the encoder is the Jacobian's ({name}).",
        abs(off),
        at_most=0.05,
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Infinitesimal and finite changes
#
# The lecture: a denoising autoencoder (DAE) makes the *reconstruction* robust to *small but finite* changes, a contractive one (CAE) the *encoder* to *infinitesimal* ones.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Predict first:** draw both curves, DAE and CAE, over σ from 0 to 1, for the encoder and for the reconstruction. Do they cross?

# %% tags=["cover", "hide-input"]
shown = {"plain": 0, "sparse": 2, "masking": 3, "Gaussian": 1, "contractive": 4}
figure, axes = plt.subplots(1, 2, figsize=(7.5, 4.2), sharey=True)
for part, (axis, title) in enumerate(
    zip(axes, ("The encoder", "The reconstruction"), strict=True)
):
    for i, (name, color) in enumerate(shown.items()):
        axis.plot(
            sigmas,
            curve[name][:, part].mean(axis=0),
            marker="osDv^"[i],
            color=plots.COLORS[color],
            markersize=5,
            label=name,
        )
    axis.axvline(0.3, color="black", linestyle=":", linewidth=1)
    axis.set(xlabel="σ of the noise", title=title, xlim=(0, 1.04), ylim=(0, None))
    axis.set_xticks([0, 0.3, 0.6, 1])
axes[0].set_ylabel("sensitivity S")
axes[1].legend(fontsize=11)
plots.show(
    figure,
    alt="Two panels, sensitivity over the size of the noise, for five networks; all curves fall. In "
    "both, plain, sparse and masking run together at the top, Gaussian and contractive lie "
    "below. Encoder: contractive is the lower one. Reconstruction: the two nearly coincide.",
)

# %%
print("                          DAE     CAE   plain")
at = {0.01: "σ → 0", 0.3: "σ = 0.3", 0.5: "σ = 0.5", 0.7: "σ = 0.7", 1.0: "σ = 1"}
for part, what in enumerate(("encoder", "reconstruction")):
    for sigma, words in at.items():
        column = list(sigmas).index(sigma)
        of = [curve[n][:, part, column] for n in ("Gaussian", "contractive", "plain")]
        print(f"{what:15}{words:8}", *(f"{v.mean():7.3f}" for v in of))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One half holds clearly
#
# Both hold against the plain network. DAE against CAE, the finite half is level at σ = 0.3.

# %% [markdown] slideshow={"slide_type": "notes"}
# - *CAE, encoder, infinitesimal:* yes. At σ = 0.01 its encoder is the least sensitive of the networks: 1.13, the DAE's 1.31, the plain one's 2.44. (PCA: 0.87 at each σ.)
# - *DAE, reconstruction, finite:* yes beside the plain network: 0.84 against 1.22 at σ = 0.3. But there the CAE's is level, 0.85. For tiny changes the CAE's is 4 % lower, from 0.5 on the DAE's, by 2 to 3 %.
#
# Each of the two makes encoder *and* reconstruction more robust, to tiny *and* to finite changes.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
tiny, trained_for = 0, list(sigmas).index(0.3)
dae, cae, none = (curve[name] for name in ("Gaussian", "contractive", "plain"))
claim(
    "To infinitesimal changes a contractive encoder is less sensitive than a denoising one of "
    "the same clean error (worst ratio of two seeds).",
    max(cae[:, 0, tiny] / dae[:, 0, tiny]),
    at_most=0.95,
    source="lecture, section 8",
)
claim(
    "To noise of the size that it was trained for a denoising autoencoder's reconstruction is "
    "less sensitive than a plain one's (worst ratio of two seeds).",
    max(dae[:, 1, trained_for] / none[:, 1, trained_for]),
    at_most=0.9,
    source="lecture, section 8",
)
claim(
    "At the noise that the denoising autoencoder was trained for, a contractive one's "
    "reconstruction is at most 3 % more sensitive (worst ratio of two seeds).",
    max(cae[:, 1, trained_for] / dae[:, 1, trained_for]),
    at_most=1.03,
)
claim(
    "To noise of σ = 0.7 a denoising autoencoder's reconstruction is less sensitive than a "
    "contractive one's of the same clean error (worst ratio of two seeds, contractive over "
    "denoising).",
    min((cae[:, 1] / dae[:, 1])[:, list(sigmas).index(0.7)]),
    at_least=1.01,
    source="lecture, section 8",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it undo the damage?
#
# To move little is one thing, to come back another. **Predict first:** is the contractive network better than the plain one, though it has never seen noise?

# %% [markdown] slideshow={"slide_type": "notes"}
# Test digits get Gaussian noise of σ = 0.3, or lose pixels with probability 0.3 (masking network's training: 0.1). The error is against the *clean* digit.


# %%
spoilt = {
    "Gaussian noise": aekit.GaussianCorruption(0.3, clip=None, seed=1).corrupt(x_test),
    "lost pixels": aekit.MaskingNoise(0.3, seed=1).corrupt(x_test),
}
restored = {}
for kind, x in spoilt.items():
    restored[kind] = for_each(lambda model, x=x: squared_error(model, x))
    print(kind)
    print(*(f"    {n:13}{v.mean():6.2f}" for n, v in restored[kind].items()), sep="\n")

# %% tags=["hide-input"]
noisy = spoilt["Gaussian noise"]
rows = {"clean": x_test[:10], "noisy": noisy[:10].clip(0, 1)}
for name in ("PCA", "plain", "contractive", "Gaussian"):
    rows[name] = reconstruct(models[name, seed], noisy[:10])


def under(damage):
    """Errors of all models under a damage of each strength, and the first digit's pictures."""
    errors, pictures = [], []
    for strength in strengths:
        x = damage(strength).corrupt(x_test)
        of = for_each(lambda model, x=x: squared_error(model, x))
        errors.append([of[name].mean() for name in names[1:]])
        made = [reconstruct(models[name, seed], x[:1]) for name in names[1:]]
        pictures.append(np.concatenate([x[:1], *made]))
    return {"errors": np.array(errors), "pictures": as_bytes(pictures)}


strengths = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7]
damages = {
    "Gaussian noise": under(partial(aekit.GaussianCorruption, clip=None, seed=1)),
    "lost pixels": under(partial(aekit.MaskingNoise, seed=1)),
}
plots.show(
    plots.image_rows(rows, "Noise of σ = 0.3, restored by four models", size=0.56),
    alt="Six rows of ten digits: clean; with grey grain, still readable; and what PCA, the plain, the "
    "contractive and the Gaussian network make of them: blurred digits, those of PCA on a stained "
    "ground, those of the plain network with the most broken strokes.",
    touch=Touch("damage", strengths=strengths, names=names[1:], damages=damages),
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The masking network leads where pixels are lost, PCA is second. Under Gaussian noise PCA, the Gaussian and the contractive network are level, and far below the plain one.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
by_noise, by_loss = restored.values()
claim(
    "Under Gaussian noise a network trained to remove it has a lower error than a plain one "
    "(worst ratio of two seeds).",
    max(by_noise["Gaussian"] / by_noise["plain"]),
    at_most=0.95,
    source="lecture, section 5",
)
claim(
    "Under the noise of its training a denoising network of 64 units has, within 5 %, the error of "
    "PCA with 64 components (largest difference of two seeds, as a share).",
    max(abs(by_noise["Gaussian"] / by_noise["PCA"] - 1)),
    at_most=0.05,
    unit="%",
)
claim(
    "Where pixels are lost, the network trained to fill them in has a lower error than PCA and "
    "each other network (worst ratio of two seeds).",
    max(max(by_loss["masking"] / by_loss[n]) for n in names[1:] if n != "masking"),
    at_most=0.95,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Features for a classifier
#
# A linear classifier gets the codes of 300 labelled images.

# %% [markdown] slideshow={"slide_type": "notes"}
# The accuracy is a mean over five choices of 300 labelled images, the same five for all. Each code is centred and divided by **one number**, so that its mean variance is 1 (first two columns: seeds). Then it is **standardised** instead (last two): each unit by its own spread, which
# makes PCA's 64 components equally large. One more baseline: an **untrained** network.

# %%
for s in seeds:
    keras.utils.set_random_seed(s)
    models["untrained", s] = network()
choices = [slice(300 * i, 300 * (i + 1)) for i in range(5)]


def accuracy(model):
    """Per cent with 300 labels: divided by one number; standardised."""
    codes, test_codes = model.encode(x_train[:1_500]), model.encode(x_test)
    mean, size = codes.mean(axis=0), np.sqrt(codes.var(axis=0).mean())
    codes, test_codes = (codes - mean) / size, (test_codes - mean) / size
    of = []
    for c in choices:
        few = codes[c], y_train[c]
        with threadpool_limits(1):  # more threads would mostly wait
            probe = LogisticRegression(max_iter=1_000).fit(*few)
        by_one = probe.score(test_codes, y_test)
        of.append([by_one, metrics.linear_probe(*few, test_codes, y_test)])
    return 100 * np.mean(of, axis=0)


# %%
names.append("untrained")
both = for_each(accuracy)  # of a name: (seeds, 2)
accurate = {name: values[:, 0] for name, values in both.items()}
for name, of in both.items():
    print(f"{name:13}", *(f"{value:6.1f} %" for value in of.T.ravel()))

# %% [markdown] slideshow={"slide_type": "notes"}
# Divided by one number, no code is better than the raw pixels by more than 2 points, and PCA's is among the best. Standardised, PCA's is no better than the untrained network's. **The way of measuring decides as well.** We keep the first.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "With 300 labels a linear classifier is more accurate on each trained code of 64 units than on "
    "an untrained one (least lead, in points).",
    min(accurate[n].min() for n in wide) - accurate["untrained"].max(),
    at_least=2,
)
claim(
    "With 300 labels no code of 64 numbers makes a linear classifier more accurate than the raw "
    "pixels by more than 2 points (largest lead).",
    max(accurate[n].max() for n in ["PCA", *wide]) - accurate["input itself"].max(),
    at_most=2,
)
claim(
    "With 300 labels a linear classifier loses accuracy where each of PCA's 64 components is "
    "standardised, instead of all divided by one number (points lost).",
    both["PCA"][0, 0] - both["PCA"][0, 1],
    at_least=4,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The table
#
# Darker is better.

# %% [markdown] slideshow={"slide_type": "notes"}
# Means of two seeds; the shade compares within a column. A dash: not defined, or 0 by construction. **Predict first:** is one row the darkest in every column?


# %%
def at_sigma(part, sigma):
    column = list(sigmas).index(sigma)
    return {name: values[:, part, column] for name, values in curve.items()}


table = {
    "error,\nclean": error,
    "error,\nnoisy": restored["Gaussian noise"],
    "error,\npixels lost": restored["lost pixels"],
    "encoder,\nS(0.01)": at_sigma(0, 0.01),
    "encoder,\nS(0.3)": at_sigma(0, 0.3),
    "reconstr.,\nS(0.01)": at_sigma(1, 0.01),
    "reconstr.,\nS(0.3)": at_sigma(1, 0.3),
    "accuracy,\n300 labels": accurate,
}
variants = ["PCA", *builders]

# %% tags=["hide-input"]
order = ["input itself", "untrained", *variants]
cells = np.full((len(order), len(table)), np.nan)
for j, values in enumerate(table.values()):
    for i, name in enumerate(order):
        if name in values and not (name == "input itself" and j == 0):
            cells[i, j] = values[name].mean()
goodness = cells * np.where(np.arange(len(table)) == len(table) - 1, 1, -1)
low, high = (f(goodness[2:], axis=0) for f in (np.min, np.max))
shade = 0.05 + 0.8 * ((goodness - low) / (high - low)).clip(0, 1)
figure, axis = plt.subplots(figsize=(7.5, 4.4))
axis.imshow(
    np.where(np.isnan(shade), 0, shade), cmap="Blues", vmin=0, vmax=1, aspect="auto"
)
for i, j in np.ndindex(cells.shape):
    text = "–" if np.isnan(cells[i, j]) else f"{cells[i, j]:.1f}"
    if 3 <= j <= 6:
        text = text if text == "–" else f"{cells[i, j]:.2f}"
    dark = not np.isnan(shade[i, j]) and shade[i, j] > 0.5
    axis.text(
        j,
        i,
        text,
        ha="center",
        va="center",
        color="white" if dark else "black",
        fontsize=11,
    )
axis.axhline(1.5, color="black", linewidth=1.5)
axis.set_xticks(range(len(table)), table, fontsize=9)
axis.set_yticks(range(len(order)), order, fontsize=11)
axis.xaxis.tick_top()
axis.grid(visible=False)
plots.show(
    figure,
    alt="A table of nine rows and eight measures, darker is better. PCA is dark in every column but "
    "lost pixels, where masking is darkest; Gaussian and contractive are dark in noisy error, in the "
    "sensitivities and in accuracy; narrow is pale nearly everywhere.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# No row is. PCA is dark in most columns, but its reconstruction moves a little more under noise than the DAE's and CAE's, and masking is ahead where pixels are lost.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The guide, filled in
#
# Read off the table: the best variant, and those within 5 % of it.


# %%
purposes = {
    "a faithful copy": "error,\nclean",
    "undo Gaussian noise": "error,\nnoisy",
    "undo lost pixels": "error,\npixels lost",
    "a code that moves little, tiny change": "encoder,\nS(0.01)",
    "a reconstruction that moves little": "reconstr.,\nS(0.3)",
    "features, few labels": "accuracy,\n300 labels",
}
for purpose, column in purposes.items():
    power = -1 if column.startswith("accuracy") else 1  # the lowest is best
    values = {n: table[column][n].mean() ** power for n in variants}
    best = min(values.values())
    level = sorted((n for n in variants if values[n] <= 1.05 * best), key=values.get)
    print(f"{purpose:38} {', '.join(level)}")

# %% [markdown] slideshow={"slide_type": "notes"}
# PCA stands in every line but that of lost pixels, where the masking network is alone. For features all but the narrow one are level.
#
# The guide holds for these digits and one layer of 64 units. Elsewhere, measure again.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Simpler, or exact
#
# - The DAE is simpler: no Jacobian. The lecture: one or two lines more than a plain autoencoder.
# - For a given batch the CAE's gradient is exact: no noise is drawn. The lecture: it is perhaps more stable.
# - The lecture counts one hyper-parameter less for the CAE, the noise level. But the CAE has λ instead: each has one.
# - For little Gaussian noise and the squared error, denoising is nearly a contraction penalty on the *reconstruction* [1].

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **Choose by what you measure, beside a baseline: no variant was best at everything.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - Both halves of the lecture's sentence hold beside the plain network. DAE against CAE, the finite half is level at the noise of training, and holds by 2 to 3 % for more noise.
# - *Both do well*, says the lecture. Under noise both were far better than the plain network, and level with PCA.
# - The baselines changed several answers, the classifier's scaling another one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Looking back
#
# Each lesson in a sentence.

# %% [markdown]
# | lesson | what it showed |
# |---|---|
# | [00](00_unsupervised_learning.ipynb) | Structure can be learnt without labels. |
# | [01](01_pca_and_linear_autoencoder.ipynb) | A linear autoencoder finds PCA's subspace, and no more. |
# | [02](02_traditional_autoencoder.ipynb) | A narrow code must learn what the data are like. |
# | [03](03_under_and_overcomplete.ipynb) | Width alone copies, and only where the data vary. |
# | [04](04_deep_autoencoder.ipynb) | Two numbers arrange the digits without labels. |
# | [05](05_latent_interpolation.ipynb) | A straight path in the code is bent in the image, and may leave the data. |
# | [06](06_convolutional_autoencoder.ipynb) | Filters that are used everywhere need few weights. |
# | [07](07_sparse_autoencoder.ipynb) | Few units on at a time make features. |
# | [08](08_denoising_autoencoder.ipynb) | To undo noise, one must know where the data lie. |
# | [09](09_stacked_autoencoder.ipynb) | Images without labels helped sigmoids with SGD, most in short trainings; not relus with Adam. |
# | [10](10_contractive_autoencoder.ipynb) | Contraction lowers a code's sensitivity across the data by a larger share than along them. |
# | 11 | Choose by what you measure. |
# | [12](12_where_it_led.ipynb) | Denoising led to generating, masking to masked autoencoders, sparsity to dictionaries for networks. |

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Whoever begins here runs the first cells, up to the parameters, and then the next one, which is folded. It gives you two networks of the lesson, `plain_network` and
# `gaussian_network`; `error_on(network, spoilt)`, the error against the clean test digits `x_test`; and `sensitivity_of(matrix)`, the sensitivity $S(0)$ of the linear
# code `x @ matrix`.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
stored = {"epochs": 30, "batch_size": 250, "rate": 0.03, "seed": seed}
plain_network = train(
    lambda: aekit.dense_autoencoder(784, 64, tied=True),
    x_train,
    stored=f"11_plain_{seed}",
    **stored,
)
gaussian_network = train(
    lambda: aekit.dense_autoencoder(
        784, 64, tied=True, corruption=aekit.GaussianCorruption(0.3, clip=None)
    ),
    x_train,
    stored=f"11_Gaussian_{seed}",
    **stored,
)
covariance = x_train.T @ x_train / len(x_train) - np.outer(mean_image, mean_image)


def error_on(network, spoilt):
    return metrics.squared_error(x_test, network.reconstruct(spoilt)).mean()


def sensitivity_of(matrix):
    """S of the code x @ matrix, the same for each sigma: of (784, k)."""
    spread = 2 * np.sum(matrix * (covariance @ matrix))
    return np.sqrt(np.sum(matrix**2) / spread)


of_components = sensitivity_of(np.linalg.eigh(covariance)[1][:, -16:])


@exercise("11.1", expects="a number: the sensitivity S")
def _(value):
    value = float(value)
    for wrong, hint in (
        (0.5774, "What you have is not yet divided by σ."),
        (1.6330, "The mean squared distance of two draws is twice the variance."),
        (1.3333, "That is S squared: the root is missing."),
        (0.6667, "That is a ratio of squares: the root is missing."),
        (
            0.9428,
            "Both draws may be the same image: nine pairs, three of them 0 apart.",
        ),
    ):
        if abs(value - wrong) < 2e-3:
            return hint
    if not abs(value - 2 / np.sqrt(12) / 0.5) <= 2e-3:
        return f"{value:g} is not it. How far apart, squared, are two draws on average?"


@exercise("11.2", expects="a function choose(error, measure, most)")
def _(choose):
    rng = np.random.default_rng(7)
    for trial in range(50):
        names = rng.permutation(["plain", "narrow", "sparse", "masking", "PCA"])
        names = names.tolist()
        error = dict(zip(names, rng.uniform(1, 9, 5), strict=True))
        measure = dict(zip(names, rng.uniform(1, 9, 5), strict=True))
        most = -1.0 if trial == 40 else rng.uniform(min(error.values()), 9)
        if trial % 5 == 1:  # exactly as much as the variant with the lowest measure
            most = error[min(measure, key=measure.get)]
        given = dict(error), dict(measure)
        chosen = choose(error, measure, most)
        if (error, measure) != given:
            return "The function changes the tables that it gets."
        allowed = [n for n in names if error[n] <= most]
        if not allowed:
            if chosen is not None:
                return f"No variant costs at most {most:g}: None is asked for, not {chosen!r}."
            continue
        if chosen not in names:
            return f"It returns {chosen!r}, which is the name of no variant."
        if chosen not in allowed:
            return f"It chooses an error of {error[chosen]:.1f}, where {most:.1f} is allowed."
        if measure[chosen] > min(measure[n] for n in allowed):
            return "It chooses a variant that is allowed, but another one has a lower measure."


@exercise("11.3", expects="an array of the shape of x_test, (2000, 784)")
def _(spoilt):
    spoilt = np.asarray(spoilt, dtype="float32")
    if not np.all(np.isfinite(spoilt)):
        return "Some values are no finite numbers."
    strength = metrics.squared_error(x_test, spoilt).mean()
    if not strength >= 70:
        return f"The squared error of these images is {strength:.1f}; at least 70 is asked for."
    plain, denoiser = (error_on(m, spoilt) for m in (plain_network, gaussian_network))
    if not plain <= 0.8 * denoiser:
        if plain <= 1.05 * error_on(plain_network, x_test):
            return (
                f"Errors: plain {plain:.1f}, denoising {denoiser:.1f}. The plain network does "
                "not see this noise. Make it stronger, or put it where the other one looks."
            )
        return (
            f"Errors: plain {plain:.1f}, denoising {denoiser:.1f}. The plain encoder sees an "
            "image only through x @ W. Which noise does it not see at all?"
        )


@exercise("11.4", expects="an array (784, 16), no column of zeros")
def _(matrix):
    matrix = np.asarray(matrix, dtype=float)
    if matrix.shape != (784, 16):
        return f"The matrix has the shape {matrix.shape}; (784, 16) is asked for."
    if not np.all(np.linalg.norm(matrix, axis=0) > 1e-9):
        return "A column is zero, or holds what is no number."
    of = sensitivity_of(matrix)
    if not of <= 0.65 * of_components:
        return (
            f"S is {of:.3f}, {of / of_components:.2f} of that of 16 principal components. Its "
            "size does not matter. How much do digits vary along a column, and how much noise?"
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. By hand.** What is $S$, if three images have the codes 0, 3 and 6, of one number, and noise of σ = 0.5 moves each code by 2?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
value = ...  # a number
check("11.1", value)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# The variance of 0, 3, 6 is 6, so that two draws are 12 apart, squared, on average.
assert check("11.1", np.sqrt(2**2 / 12) / 0.5)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. The best that you can afford.** Write `choose(error, measure, most)`, which returns the name with the lowest
# measure among the variants whose error is at most `most`, and `None` where there is none. `error` and `measure` are dicts from a variant's name to a number.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
choose = ...  # a function: error, measure, most → a name
check("11.2", choose)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}


def choose(error, measure, most):
    # The price first: only then is the lowest measure asked for.
    affordable = [name for name in error if error[name] <= most]
    return min(affordable, key=measure.get, default=None)


assert check("11.2", choose)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. Where the plain one wins.** Construct corrupted test digits, with a squared error of at least 70 (that of the noise above) and as much more as you like, on which
# the plain network's error is at most 0.8 of the denoising one's. Under Gaussian noise the denoising network is better. (Values outside of [0, 1] are allowed.)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
spoilt_digits = ...  # an array (2000, 784)
check("11.3", spoilt_digits)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# 64 units look in 64 directions, and 720 remain in which the encoder is blind. Noise from which
# those 64 are removed does not change the plain code at all. The other network looks elsewhere.
W = plain_network.get_weights()[0]  # (784, 64)
seen, _ = np.linalg.qr(W)
noise = np.random.default_rng(3).normal(size=x_test.shape)
blind = noise - noise @ seen @ seen.T
assert check("11.3", x_test + blind)
for name, network_ in {"plain": plain_network, "Gaussian": gaussian_network}.items():
    print(f"{name:9} clean {error_on(network_, x_test):5.2f}", end=", ")
    print(
        f"with this noise {error_on(network_, (x_test + blind).astype('float32')):5.2f}"
    )

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Robust, and of no use.** Construct a linear code of 16 numbers, a matrix $(784, 16)$ without a column of zeros, whose sensitivity is at most 0.65 of that of the first 16 principal components.
# What is its price?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
my_matrix = ...  # an array (784, 16)
check("11.4", my_matrix)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Noise is as strong in every direction, and digits vary most along the first component. So take
# that one 16 times. The code is a single number now, and the error is that of one component:
# robustness alone is no aim.
first = np.linalg.eigh(covariance)[1][:, -1:]
assert check("11.4", np.tile(first, 16))
for k in (1, 16):
    pictures = metrics.pca_reconstruct(x_train, x_test, k)
    share = metrics.error_share(x_test, pictures, mean_image)
    print(f"{k:2} components: {share:.0%} of the mean image's error")

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# 1. G. Alain and Y. Bengio, *What regularized auto-encoders learn from the data-generating distribution*, JMLR 15 (2014).
# 2. Y. Bengio, A. Courville and P. Vincent, *Representation learning*, section 7.2, arXiv 1206.5538 (2013).
# 3. I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, chapter 14 (2016).
# 4. S. Rifai, P. Vincent, X. Muller, X. Glorot and Y. Bengio, *Contractive auto-encoders*, ICML (2011).
# 5. P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio and P.-A. Manzagol, *Stacked denoising autoencoders*, JMLR 11 (2010).
