# %% [markdown] slideshow={"slide_type": "slide"}
# # The contractive autoencoder
#
# A good code follows what really changes from one digit to the next, and does not twitch at anything else.
# A **contractive** autoencoder asks for that directly: it pays for every derivative of its code.
#
# **What you will learn**
#
# - the Jacobian and its Frobenius norm: by hand, by finite differences, by aekit, and as pictures;
# - why published code for this penalty is often wrong, and how to see it with three units;
# - what the reconstruction alone, the penalty alone, and both together teach an encoder;
# - how many directions a code still feels, how far its calm reaches, and why saturated units bring it about;
# - whether it is sensitive *along* what digits do (a shift, a turn) and calm *across* it, and what a fair test of that is.
#
# **The lecture's part:** section 7. **Before this lesson:** lessons 3 (overcomplete codes) and 8 (denoising). **Time:** about
# an hour to read and play; the computing takes under a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots
from aekit.claims import claim
from aekit.jacobian import jacobian, singular_values, squared_frobenius_norm
import keras
from keras import ops
import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage
from sklearn.linear_model import Ridge

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all of MNIST, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. All encoders of digits in this lesson are one layer of 128 sigmoid units. $\lambda$, the weight of
# the penalty, goes with a reconstruction loss that is a *mean* over 784 pixels: for a loss summed over the pixels, as papers
# write it, multiply it by 784.

# %% slideshow={"slide_type": "skip"}
n_train, n_test, epochs = {"quick": (10_000, 2_000, 6), "full": (60_000, 10_000, 15)}[profile]
code_dim = 128
weight = 0.005  # lambda
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_train, n_test, flatten=True)
some = x_test[:200]  # for what is costly to measure
mean_image = x_train.mean(axis=0)
print("training images", x_train.shape, "· test images", x_test.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How much does a code feel? The Jacobian
#
# The autoencoder has to tell its training images apart, and for that its code must vary where *they* vary. All other variations
# (a grain of noise, a pixel in a corner) it may ignore: points that are near to one another should stay near in the code. So we limit how
# strongly the code reacts. The reaction of unit $j$ to a small change of input $i$ is a derivative; all of them together
# are the **Jacobian**, with a row for each unit, and the sum of its squares is its squared **Frobenius norm**:
#
# $$J_{ji}(x) = \frac{\partial h_j}{\partial x_i}, \qquad \lVert J(x) \rVert_F^2 = \sum_j \sum_i J_{ji}(x)^2$$
#
# For one layer of sigmoid units, $h = \sigma(W^\top x + b)$, the derivative of the sigmoid is $\sigma' = h (1 - h)$, and
#
# $$J_{ji} = h_j (1 - h_j) \, W_{ij}, \qquad \lVert J \rVert_F^2 = \sum_j \big(h_j (1 - h_j)\big)^2 \sum_i W_{ij}^2$$
#
# By hand: two inputs, three units. First the definition, by finite differences: move one input a little and see what the code does.

# %% slideshow={"slide_type": "fragment"}
W = np.array([[2.0, -2.0, 4.0], [-1.0, 1.0, 4.0]])  # (inputs, units)
b = np.array([0.0, 0.0, 1.0])
x = np.array([0.5, 0.5])


def encode(x):
    return 1 / (1 + np.exp(-(x @ W + b)))


step = 1e-5
by_differences = np.zeros((3, 2))  # a row for each unit, a column for each input
for i in range(2):
    e = step * np.eye(2)[i]
    by_differences[:, i] = (encode(x + e) - encode(x - e)) / (2 * step)

# %% [markdown]
# Then the formula, its sum in closed form, and what aekit says, which differentiates the encoder (`jacobian`) or, for one dense layer,
# uses the closed form (`squared_frobenius_norm`).

# %% slideshow={"slide_type": "subslide"}
h = encode(x)
by_formula = (h * (1 - h))[:, None] * W.T
closed_form = np.sum((h * (1 - h)) ** 2 * np.sum(W**2, axis=0))

tiny = aekit.dense_autoencoder(2, code_dim=3)
tiny.encoder.set_weights([W, b])
x_row = x[None].astype("float32")
by_aekit = jacobian(tiny.encoder, x_row)[0]
norm_by_aekit = float(squared_frobenius_norm(tiny.encoder, x_row)[0])

print("h =", h.round(3), "  h (1 - h) =", (h * (1 - h)).round(4))
print("J =", *by_formula.round(3).tolist(), sep="\n   ")
print("squared norm:", closed_form.round(4))
claim("formula and differences", np.abs(by_formula - by_differences).max(), at_most=1e-7)
claim("aekit and differences", np.abs(by_aekit - by_differences).max(), at_most=1e-5)
claim("closed form and differences", abs(closed_form - np.sum(by_differences**2)), at_most=1e-7)
claim("aekit's norm and differences", abs(norm_by_aekit - closed_form), at_most=1e-5)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Look at the third unit. Its weights are the largest, and yet it feels next to nothing: $h_3 = 0.993$, the sigmoid is flat there. We say that it
# is **saturated**. That is the cheap part of the closed form: $h$ is known anyway, and the norm costs hardly more than a look at the weights.
#
# ### Two wrong penalties that are often published
#
# One is to ask for "the gradient of $h$". A framework that is given a vector differentiates the *sum* of its units, $\sum_j h_j$, and
# opposite rows cancel before they are squared. The other is to forget $h_j(1 - h_j)$. What do they say about our three units?

# %% slideshow={"slide_type": "fragment"}
gradient_of_sum = by_formula.sum(axis=0)  # what tape.gradient(h, x) returns
without_slope = np.sum(W**2)
print(f"right                      {closed_form:8.4f}")
print(f"gradient of the sum of h   {np.sum(gradient_of_sum**2):8.4f}")
print(f"without h (1 - h)          {without_slope:8.4f}")
claim(
    "the gradient of the sum sees of it a share of",
    np.sum(gradient_of_sum**2) / closed_form,
    at_most=0.01,
)
claim("without the slope it is too large: factor", without_slope / closed_form, at_least=50)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Units 1 and 2 are opposite, so that the first wrong penalty believes the code to be deaf: a network can satisfy it with pairs of
# opposite units. The second is dominated by unit 3, the one that feels nothing; it never rewards saturation. In fact it is
# **weight decay**, and that is the right penalty for one kind of encoder: a *linear* one. There the
# Jacobian is $W^\top$ at every $x$, so $\lambda \lVert J \rVert_F^2 = \lambda \sum_{ij} W_{ij}^2$ exactly.

# %% slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
linear = aekit.linear_autoencoder(784, code_dim=16)
norms = ops.convert_to_numpy(squared_frobenius_norm(linear.encoder, x_test[:50]))
weight_decay = np.sum(linear.encoder.layers[-1].get_weights()[0] ** 2)
claim("the same norm at every image: spread", np.ptp(norms) / weight_decay, at_most=1e-5)
claim("and it is weight decay: difference", abs(norms.mean() / weight_decay - 1), at_most=1e-5)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One argument
#
# The loss of the contractive autoencoder is the reconstruction's plus the penalty's:
#
# $$\mathbb{E}_x \big[ L(x, g(f(x))) + \lambda \lVert J_f(x) \rVert_F^2 \big]$$
#
# Here are the plain autoencoder and the contractive one. The difference is one argument. Both are **tied**: the decoder uses $W$
# transposed. Why? Else there is a cheap trick: make the encoder's weights small, the decoder's large. The code
# shrinks, and with it all derivatives, and nothing is gained. With tied weights a small $W$ costs reconstruction.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
plain = aekit.dense_autoencoder(784, code_dim, tied=True)
keras.utils.set_random_seed(seed)
contractive = aekit.dense_autoencoder(784, code_dim, tied=True, penalty=aekit.Contractive(weight))


def train(autoencoder, x=x_train, epochs=epochs, reconstruction=1.0):
    autoencoder.compile(
        keras.optimizers.Adam(0.003), loss="binary_crossentropy", loss_weights=reconstruction
    )
    progress = [aekit.callbacks.ProgressBar()]
    autoencoder.fit(x, x, batch_size=100, epochs=epochs, verbose=0, callbacks=progress)


train(plain)
train(contractive)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Reconstruction alone, penalty alone, both
#
# The lecture says: the reconstruction alone makes an encoder that keeps all information; the penalty alone one that throws all
# away; both, one that keeps only the good information. The third model is trained on the penalty
# only: the reconstruction gets the weight 0. We expect its code to become constant.
#
# How much does a code know of its image? We let ridge regression read the pixels out of it, and give the error as a share of the mean
# image's: 1 is nothing known. (We do not use its own decoder, which the penalty alone has not trained. The ridge matters:
# large weights cost, so that nobody reads a constant code with a microscope.) And how far apart are the codes of two different images?

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
penalty_alone = aekit.dense_autoencoder(784, code_dim, tied=True, penalty=aekit.Contractive(weight))
train(penalty_alone, epochs=3, reconstruction=0.0)


def spread(vectors):
    """The mean distance of two different ones: of the first half from the second half."""
    half = len(vectors) // 2
    return np.linalg.norm(vectors[:half] - vectors[half : 2 * half], axis=1).mean()


three = {"reconstruction alone": plain, "penalty alone": penalty_alone, "both": contractive}
left, apart, read_out = {}, {}, {}
of_mean = metrics.squared_error(x_test, np.tile(mean_image, (n_test, 1))).mean()
for name, model in three.items():
    reader = Ridge(alpha=10.0).fit(model.encode(x_train[:5000]), x_train[:5000])
    read_out[name] = reader.predict(model.encode(x_test)).clip(0, 1)
    left[name] = metrics.squared_error(x_test, read_out[name]).mean() / of_mean
    apart[name] = spread(model.encode(x_test))
    norm = ops.convert_to_numpy(squared_frobenius_norm(model.encoder, x_test)).mean()
    print(
        f"{name:22} unknown {left[name]:5.1%}   codes apart {apart[name]:6.3f}   ‖J‖² {norm:8.4f}"
    )

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
rows = {"test image": x_test[:10]} | {name: images[:10] for name, images in read_out.items()}
plots.show(
    plots.image_rows(rows, "What can be read out of three codes"),
    alt="Ten test digits, and three rows of what ridge regression reads out of their codes: from the code of the reconstruction "
    "alone, digits nearly as they were; of the penalty alone, nearly the same grey blot ten times, close to the mean image; of both, the digits, as well as before or a little softer.",
)
claim("reconstruction alone: share unknown", left["reconstruction alone"], at_most=0.4)
claim(
    "penalty alone: share unknown",
    left["penalty alone"],
    at_least=0.9,
    source="lecture, section 7",
)
collapse = apart["penalty alone"] / apart["reconstruction alone"]
claim("and its codes are all the same: distance over the plain one's", collapse, at_most=0.05)
claim("both: share unknown", left["both"], at_most=0.6)

# %% [markdown] slideshow={"slide_type": "fragment"}
# As the lecture says, if "all" is taken with a grain of salt: a linear reader gets most of the pixels, not all, out of the code that was made for reconstruction. From the code of the penalty alone it gets next to
# nothing, and the codes of all images are practically one. From "both" it gets most of the pixels again. There is a price, which a table
# below shows: its own reconstructions have a larger error. Was it *bad* information that it dropped? That is what the rest of the lesson asks.
#
# ## The Jacobian made visible
#
# Row $j$ of $J$ has a number for each pixel: it is an image, and shows which change of the picture unit $j$ would feel, at this digit. We sort the units
# by the length of their rows, and show some of them for the plain and the contractive encoder, all on one scale. On the
# right, all units together: $\sqrt{\sum_j J_{ji}^2}$, what the whole code feels of pixel $i$.

# %% tags=["hide-input", "cover", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
ranks = (1, 2, 4, 8, 16, 32, 64)
figure, axes = plt.subplots(2, 10, figsize=(14, 3.7), width_ratios=[1.3] + [1] * 9)
limit, limit_all = None, None
for row, (name, model) in zip(
    axes, {"plain": plain, "contractive": contractive}.items(), strict=True
):
    J = jacobian(model.encoder, some[:1])[0]  # (units, pixels)
    strongest = J[np.argsort(-np.linalg.norm(J, axis=1))]
    limit, limit_all = limit or np.abs(J).max(), limit_all or np.linalg.norm(J, axis=0).max()
    for axis in row:
        axis.axis("off")
    row[0].text(1, 0.5, name, ha="right", va="center")
    plots.draw_image(row[1], some[0].reshape(28, 28))
    for axis, rank in zip(row[2:9], ranks, strict=True):
        axis.imshow(strongest[rank - 1].reshape(28, 28), cmap="RdBu_r", vmin=-limit, vmax=limit)
    row[9].imshow(np.linalg.norm(J, axis=0).reshape(28, 28), cmap="Reds", vmin=0, vmax=limit_all)
for axis, title in zip(
    axes[0, 1:], ("digit", *(f"no. {rank}" for rank in ranks), "all"), strict=True
):
    axis.set_title(title, loc="center", fontsize=12, fontweight="normal")
figure.suptitle(
    "What each code unit feels: rows of the Jacobian, one scale",
    x=0.01,
    ha="left",
    fontweight="bold",
)
plots.show(
    figure,
    alt="Two rows of images for one test digit, a 7. Plain: the rows of the Jacobian of the units number 1, 2, 4, 8, 16, 32 and 64 "
    "in red and blue, strongest at first and fading to white at the end. Contractive: the same on the same scale, paler from the first unit on "
    "and white much earlier. The last column, all units together, is dark for plain and pale for contractive.",
)  # fmt: skip

# %% [markdown]
# Most units feel little at this digit, in both networks, and in the contractive one more so. What is left there is quieter and more local: single patches, many of them beside the strokes
# of *this* digit, where it could lean or bend. The plain one feels a little of everything, down to the speckle of the corners. Each row is the unit's weights times $h_j (1 - h_j)$, so it can fade in two ways: by small weights, or by saturation. Which?
#
# ## Saturated units, and the order of the norms
#
# We train the two denoising autoencoders that the literature compares with, on Gaussian and on masking noise. And one more rival, for fairness.
# The contractive one reconstructs worse than the plain one, and perhaps *every* network that reconstructs worse is calmer. So we train a plain one just
# until its error is down to the contractive one's, and stop.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
models = {"plain": plain, "plain, stopped early": None}
corruptions = {
    "denoising, masking": aekit.MaskingNoise(0.3),
    "denoising, Gaussian": aekit.GaussianCorruption(0.3),
}
for name, corruption in corruptions.items():
    keras.utils.set_random_seed(seed)
    models[name] = aekit.dense_autoencoder(784, code_dim, tied=True, corruption=corruption)
    train(models[name])
models["contractive"] = contractive


def error(model, images=x_test):
    return metrics.squared_error(images, model.reconstruct(images)).mean()


keras.utils.set_random_seed(seed)
models["plain, stopped early"] = early = aekit.dense_autoencoder(784, code_dim, tied=True)
train(early, x_train[:1000], epochs=1)
target = error(contractive, some)
for seen in aekit.callbacks.progress(range(1000, epochs * n_train, 1000)):
    if error(early, some) <= target:
        break
    chunk = x_train[seen % n_train :][:1000]
    early.fit(chunk, chunk, batch_size=100, verbose=0)
print(f"stopped after {seen / n_train:.1f} epochs of {epochs}")

# %% [markdown]
# Rifai and others (2011) give the mean $\lVert J \rVert_F$ of such models with 1,000 units, and the share of saturated activations, below 0.05 or above 0.95. Their
# norms are in a unit of their own, so only ratios can be compared; and we have them second-hand, from a reprint of their table 1.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
published = {  # norm over that of the plain one, share saturated: Rifai et al., table 1, second-hand
    "plain": (1.0, 0.4990),
    "denoising, masking": (7.87 / 17.5, 0.6819),
    "denoising, Gaussian": (0.86 / 17.5, 0.1777),
    "contractive": (0.73 / 17.5, 0.8636),
}
codes = {name: model.encode(x_test) for name, model in models.items()}
norm, saturated = {}, {}
print(f"{'':22}{'error':>7}{'‖J‖':>7}{'ratio':>7}{'saturated':>11}   the paper: ratio, saturated")
for name, model in models.items():
    squares = ops.convert_to_numpy(squared_frobenius_norm(model.encoder, x_test))
    norm[name] = np.sqrt(squares).mean()
    saturated[name] = np.mean((codes[name] < 0.05) | (codes[name] > 0.95))
    row = f"{name:22}{error(model):7.1f}{norm[name]:7.2f}{norm[name] / norm['plain']:7.2f}"
    paper = "{:15.2f}{:11.0%}".format(*published[name]) if name in published else ""
    print(f"{row}{saturated[name]:11.0%}{paper}")

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
source = "Rifai et al. (2011), table 1, second-hand"
ratio = {name: value / norm["plain"] for name, value in norm.items()}
claim(
    "norm, contractive over plain",
    ratio["contractive"],
    at_most=0.6,
    source=source,
    published=0.0417,
)
claim("contractive over Gaussian denoising", norm["contractive"] / norm["denoising, Gaussian"], at_most=0.8, source=source, published=0.849)  # fmt: skip
claim("Gaussian over masking", norm["denoising, Gaussian"] / norm["denoising, masking"], at_most=1.0, source=source, published=0.109)  # fmt: skip
claim(
    "masking over plain: about level",
    ratio["denoising, masking"],
    at_least=0.8,
    at_most=1.2,
    source=source,
    published=0.45,
)
claim("contractive over plain, stopped at equal error", norm["contractive"] / norm["plain, stopped early"], at_most=0.75)  # fmt: skip
price = error(contractive) / error(plain)
claim("the price: its error over the plain one's", price, at_least=1.15)
more = saturated["contractive"] - saturated["plain"]
claim(
    "contractive: more saturated than plain by",
    more,
    at_least=0.03,
    source=source,
    published=0.3646,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Of the paper's four the contractive one is the calmest, and Gaussian denoising comes next, as in the paper. Masking does not follow it: here it is about level with the plain one, in the paper at less than half. And the *sizes* differ. In the paper Gaussian denoising is
# nearly as calm as the contractive one, and has few saturated units; here it is far less calm, and has many. We do not
# know which settings make the difference (the paper has 1,000 units, and chose its noise and $\lambda$ by the error of a classifier). Longer training widens the gaps: see the full profile.
#
# And the early stopped one? It is calmer than the plain one that was trained to the end, but far from the contractive one, at the same
# error. So the penalty does more than just spoil the reconstruction. Where does the calm come from?

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, (left_axis, right_axis) = plt.subplots(1, 2, figsize=(13, 4.6))
activation = np.linspace(0, 1, 101)
left_axis.plot(activation, activation * (1 - activation), label="$h (1 - h)$")
for low, high in ((0, 0.05), (0.95, 1)):
    left_axis.axvspan(low, high, color="#777777", alpha=0.3, label="saturated" if low else None)
left_axis.set(
    xlabel="activation $h$", ylabel="slope of the sigmoid", title="A saturated unit does not feel"
)
left_axis.legend(loc="lower center")
bins = np.linspace(0, 1, 21)
for i, name in enumerate(("plain", "plain, stopped early", "contractive")):
    values = codes[name].ravel()
    right_axis.hist(values, bins, weights=np.full(len(values), 100 / len(values)), histtype="step",
                    linewidth=2.5, color=plots.COLORS[i], linestyle=plots.DASHES[i], label=name)  # fmt: skip
right_axis.set(
    xlabel="activation $h$", ylabel="share of the activations (%)", title="Where the units are"
)
right_axis.legend(loc="upper center")
plots.show(
    figure,
    alt="Left: the slope of the sigmoid against its activation, an arch of height one quarter at 0.5 that falls to 0 at both ends, where the bands "
    "below 0.05 and above 0.95 are shaded as saturated. Right: histograms of the activations; plain and contractive are both piled up at 0 and 1, "
    "the contractive one most; the one that was stopped early has more in between.",
)
kernels = {
    name: models[name].encoder.layers[-1].get_weights()[0] for name in ("plain", "contractive")
}
length = {name: np.linalg.norm(kernel) for name, kernel in kernels.items()}
slope = {name: np.sqrt(np.mean((codes[name] * (1 - codes[name])) ** 2)) for name in kernels}
print(f"contractive over plain: length of W {length['contractive'] / length['plain']:.2f}, "
      f"root mean square slope {slope['contractive'] / slope['plain']:.2f}")  # fmt: skip

# %% [markdown]
# Both ways are used: the last line says how much of the calm is owed to shorter weights, and how much to flatter slopes. A saturated code is nearly binary.
# Each unit is a question with the answer yes or no, and is sure of it, except where the answer changes.
#
# ## Few directions: the singular values
#
# A code must feel *something*, in the directions in which digits vary. How many directions does it feel at one image? The **singular values** of $J$ say it: the
# largest is how much the code feels its most important direction, the next the next one at right angles, and so on; their squares add up to
# $\lVert J \rVert_F^2$. They are the roots of the eigenvalues of $J J^\top$, which is small and quickly done. We check that on a few
# images, and take the mean over 100. The table gives the largest one, the 10th, 20th and 40th as shares of it, and how many are needed to hold 99 % of the sum of their squares.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
spectrum = {}
for name, model in aekit.callbacks.progress(models.items()):
    J = jacobian(model.encoder, some[:100]).astype("float64")  # (images, units, pixels)
    eigenvalues = np.linalg.eigvalsh(J @ J.transpose(0, 2, 1))[:, ::-1]
    values = np.sqrt(eigenvalues.clip(0))
    spectrum[name] = values.mean(axis=0)
by_aekit = singular_values(contractive.encoder, some[:3])
claim("eigenvalues and singular values agree", np.abs(values[:3] - by_aekit).max(), at_most=1e-3)
drop = {name: s / s[0] for name, s in spectrum.items()}
held = {name: np.cumsum(s**2) / np.sum(s**2) for name, s in spectrum.items()}
needed = {name: int(np.searchsorted(share, 0.99)) + 1 for name, share in held.items()}
print(f"{'':22}{'largest':>9}{'10th':>8}{'20th':>8}{'40th':>8}{'needed for 99 %':>18}")
for name, s in drop.items():
    shares = "".join(f"{s[k - 1]:8.1%}" for k in (10, 20, 40))
    print(f"{name:22}{spectrum[name][0]:9.2f}{shares}{needed[name]:18}")

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.lines(
    np.arange(1, 81),
    {name: s[:80] for name, s in spectrum.items()},
    "singular value, from the largest",
    "mean over test images (logarithmic)",
    "The contractive code feels fewer directions",
    yscale="log",
    marker=None,
)
figure.axes[0].set_ylim(1e-3)
plots.show(
    figure,
    alt="The first 80 singular values of the Jacobian on a logarithmic axis for five models. The contractive curve is the lowest from the start and falls faster than "
    "those of the plain and the two denoising autoencoders (close together in the quick run). The one stopped early falls quickly at first and then slowly.",
)
for name in ("plain", "denoising, masking", "denoising, Gaussian"):
    claim(f"the 40th over the first: contractive, relative to {name}", drop["contractive"][39] / drop[name][39], at_most=0.7, source="Rifai et al. (2011)")  # fmt: skip
claim(
    "directions for 99 %: contractive over plain",
    needed["contractive"] / needed["plain"],
    at_most=0.8,
)
claim(
    "contractive over the one stopped early",
    needed["contractive"] / needed["plain, stopped early"],
    at_most=0.8,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A fast drop, as the paper found; the plain and the denoising ones fall more slowly. (The one stopped early drops fast at first, but keeps a long tail.) But look at the table before you say "few large values": in the quick run, relative to the largest, the 10th of the contractive code is about what it is for the plain one. The
# first directions are turned down alike, and what is cut off is the long tail behind them. (In the full profile the first ten fall faster, too.) If each image can be changed in a few natural ways only, then this is what we want to see. It is not yet
# shown that the directions that are left are the *right* ones.
#
# ## How far does the calm reach?
#
# The penalty speaks of infinitesimal changes. What happens further away? We move each test image by a random step of length $r$ and measure how far its code moves. To compare fairly, both are
# given in the unit of what lies between two different images:
#
# $$\text{contraction}(r) = \frac{\lVert f(x + r u) - f(x) \rVert \,/\, (\text{mean distance of two codes})}{r \,/\, (\text{mean distance of two images})}, \qquad \lVert u \rVert = 1$$
#
# A code that is merely *smaller* gains nothing by this measure: multiply it by 0.1, and both distances of codes shrink alike. We expect the contractive curve lowest near the image, and rising
# with the distance: far away there are other images, and from those the code must differ.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
rng = np.random.default_rng(seed)


def random_step(images, length):
    """A step in a random direction for each image, all pixels alike, of that length."""
    u = rng.normal(size=images.shape)
    return np.float32(length * u / np.linalg.norm(u, axis=1, keepdims=True))


def code_moves(model, images, step):
    """How far each code moves, in units of the mean distance of two codes."""
    moved = model.encode(images + step) - model.encode(images)
    return np.linalg.norm(moved, axis=1) / spread(model.encode(x_test))


radii = np.array([0.1, 0.5, 1, 2, 4, 8, 16])
between_images = spread(x_test)
contraction = {name: [] for name in models}
for r in radii:
    for name, model in models.items():
        moves = code_moves(model, some, random_step(some, r)).mean()
        contraction[name].append(moves / (r / between_images))

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure = plots.lines(
    radii, contraction, "distance from the image (logarithmic)", "contraction", "Calm near the images", xscale="log"
)  # fmt: skip
figure.axes[0].set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
figure.axes[0].axvline(between_images, color="black", linewidth=1)
top = 1.7 * figure.axes[0].get_ylim()[1]  # room for the legend
figure.axes[0].text(
    between_images * 0.95, 0.98 * top, "two test images", rotation=90, ha="right", va="top", fontsize=12
)  # fmt: skip
figure.axes[0].set_ylim(0, top)
figure.axes[0].legend(loc="upper left")
plots.show(
    figure,
    alt="Contraction against the distance from the image, 0.1 to 16, with a line at the mean distance of two test images, about 10. The plain and both denoising curves "
    "lie above the others and fall with the distance, the one stopped early is lower; the contractive one lies far below them all and is nearly level.",
)
near = {name: values[0] for name, values in contraction.items()}
rise = {name: values[-1] / values[0] for name, values in contraction.items()}
print({name: round(float(value), 2) for name, value in rise.items()})
others = min(value for name, value in near.items() if name != "contractive")
claim("near: contractive over the lowest other one", near["contractive"] / others, at_most=0.85, source="Rifai et al. (2011)")  # fmt: skip
claim("contractive: at distance 16 over at 0.1", rise["contractive"], at_least=0.92)
claim("plain: the same", rise["plain"], at_most=0.9)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Near the images the contractive code is the calmest, by a measure that does not reward shrinking, and also beside the plain one of the same reconstruction error. The other curves fall with the distance
# (a sigmoid can move only so far), and this one does not: it is flat, or rises a little. In the paper the curve rises; ours is at best a gentle slope, no wall. Random directions are *across* nearly everything that digits do. What about directions along it?
#
# ## Along and across
#
# The lecture draws the data as a curve, a **manifold**: a good encoder is sensitive along it and insensitive across it. What is along, for a digit? It may be shifted by a
# pixel, or turned by a few degrees: still a digit. As controls we take changes of *exactly the same length* for each image: a random direction; and, more severe, the change that the shift
# makes, with the sign of each pixel drawn at random: it concerns the same pixels by the same amounts, but it is no shift.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
pictures = some.reshape(-1, 28, 28)
shifted = ndimage.shift(pictures, (0, 0, 1), order=0).reshape(-1, 784)
turned = ndimage.rotate(pictures, 8, axes=(1, 2), reshape=False, order=1).reshape(-1, 784)
shift, turn = shifted - some, turned.clip(0, 1) - some
steps = {
    "shift by a pixel": shift,
    "random, as long": random_step(some, np.linalg.norm(shift, axis=1, keepdims=True)),
    "shift, random signs": shift * rng.choice(np.float32([-1, 1]), shift.shape),
    "turn by 8 degrees": turn,
    "turn: random, as long": random_step(some, np.linalg.norm(turn, axis=1, keepdims=True)),
}
moves = {
    name: {s: code_moves(m, some, step).mean() for s, step in steps.items()}
    for name, m in models.items()
}
along_across = {}
print(f"{'along : across':22}{'shift':>8}{'turn':>8}{'shift : random signs':>24}")
for name, m in moves.items():
    ratios = (
        m["shift by a pixel"] / m["random, as long"],
        m["turn by 8 degrees"] / m["turn: random, as long"],
        m["shift by a pixel"] / m["shift, random signs"],
    )
    along_across[name] = ratios
    print(f"{name:22}{ratios[0]:8.2f}{ratios[1]:8.2f}{ratios[2]:24.2f}")

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, axis = plt.subplots(figsize=(12, 4.8))
for i, s in enumerate(list(steps)[:3]):
    heights = [100 * moves[name][s] for name in models]
    bars = axis.bar(np.arange(len(models)) + 0.27 * (i - 1), heights, 0.25, color=plots.COLORS[i],
                    label=s, hatch=("", "//", "..")[i], edgecolor="white")  # fmt: skip
    axis.bar_label(bars, [f"{height:.0f}" for height in heights], padding=2, fontsize=12)
axis.set_xticks(range(len(models)), [name.replace(", ", ",\n") for name in models])
axis.set(
    ylabel="the code moves by\n(% of the distance of two codes)",
    title="Along: a shift. Across: other changes of the same length",
)
axis.grid(visible=False, axis="x")
axis.margins(y=0.2)
axis.legend(ncols=3, loc="upper right")
plots.show(
    figure,
    alt="For each of five models three bars, how far the code moves for a shift by a pixel, for a random change of the same length and for the shift's change with random signs. The "
    "shift moves every code most. For the contractive one the two random bars are the lowest of all, and lowest in proportion to the shift.",
)
best = max(ratios[0] for name, ratios in along_across.items() if name != "contractive")
claim("contractive: shift over a random step as long", along_across["contractive"][0], at_least=2.5, source="lecture, section 7")  # fmt: skip
claim("that ratio over the best of the others", along_across["contractive"][0] / best, at_least=1.1)
claim("turn over a random step: contractive over plain", along_across["contractive"][1] / along_across["plain"][1], at_least=1.2)  # fmt: skip
claim("shift over random signs: contractive over plain", along_across["contractive"][2] / along_across["plain"][2], at_least=1.05)  # fmt: skip
of_equal_error = {s: moves["contractive"][s] / m for s, m in moves["plain, stopped early"].items()}
claim(
    "beside the plain one of equal error: a shift moves the code as far: ratio",
    of_equal_error["shift by a pixel"],
    at_least=0.8,
    at_most=1.2,
)
claim("and a random step much less", of_equal_error["random, as long"], at_most=0.8)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The lecture is right, with three footnotes. *Every* autoencoder here is more sensitive along than across: it need not be told. The penalty does not leave the sensitivity along untouched: it takes from both, and
# less from the one that the reconstruction defends. Beside the plain one of equal error, a shift moves the contractive code about as far, and a random change much less: that is the gain, and it is a clean one. Last, against the severe
# control the lead is smaller: a part of the calm is only about pixels where digits seldom have ink.
#
# ## The picture in the plane
#
# Last, the lecture's drawing itself: data on a curve in the plane, and an encoder of 64 sigmoid units, plain and contractive. At points of the curve we draw the two singular directions of the Jacobian as
# a cross: each arm is as long as the code is sensitive in its direction.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
angle = np.linspace(1.25, -0.25, 400) * np.pi
curve = np.float32(4.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1))  # (400, 2)
tangent = np.stack([np.sin(angle), -np.cos(angle)], axis=1)
normal = np.stack([np.cos(angle), np.sin(angle)], axis=1)
batches = np.tile(curve, (25, 1))
crosses, in_plane = {}, {}
for name, penalty in {"plain": None, "contractive": aekit.Contractive(1.0)}.items():
    keras.utils.set_random_seed(seed)
    model = aekit.dense_autoencoder(2, 64, output_activation="linear", tied=True, penalty=penalty)
    model.compile(keras.optimizers.Adam(0.02), loss="mse")
    model.fit(
        batches, batches, 100, epochs=12, verbose=0, callbacks=[aekit.callbacks.ProgressBar()]
    )
    crosses[name] = jacobian(model.encoder, curve)  # (400, 64, 2)
    along, across = (
        np.linalg.norm(np.einsum("nji,ni->nj", crosses[name], v), axis=1) for v in (tangent, normal)
    )
    in_plane[name] = np.median(along / across)
    share = np.mean((curve - model.reconstruct(curve)) ** 2) / curve.var()
    print(f"{name:12} error {share:.2%} of the variance; along : across {in_plane[name]:.2f}")

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, axes = plt.subplots(1, 2, figsize=(13, 5.6), sharey=True)
for axis, (name, J) in zip(axes, crosses.items(), strict=True):
    axis.plot(*curve.T, color="#999999", linewidth=3, linestyle="-", zorder=0)
    _, values, directions = np.linalg.svd(J, full_matrices=False)
    for k, color in enumerate(plots.COLORS[1::-1]):
        for i in range(8, 400, 32):
            arm = 1.3 * values[i, k] / values[:, 0].mean() * directions[i, k] / 2
            axis.plot(*np.stack([curve[i] - arm, curve[i] + arm]).T, color=color, linestyle="-", linewidth=(4, 2.5)[k],
                      label=("felt most", "felt least")[k] if i == 8 else None)  # fmt: skip
    axis.set(
        title=f"{name}: {in_plane[name]:.1f} times as sensitive along",
        xlabel="$x_1$",
        aspect="equal",
    )
axes[0].set_ylabel("$x_2$")
axes[0].legend(loc="lower center")
plots.show(
    figure,
    alt="Two panels with a grey arc, three quarters of a circle, and crosses at thirteen of its points. Left, plain: the arms across the arc are more than half as long as "
    "those along it. Right, contractive: the arms along the arc are long, those across it short.",
)
cosine = np.abs(
    np.sum(np.linalg.svd(crosses["contractive"], full_matrices=False)[2][:, 0] * tangent, axis=1)
)
claim(
    "contractive: along over across, median",
    in_plane["contractive"],
    at_least=2.5,
    source="lecture, section 7",
)
claim("contractive over plain", in_plane["contractive"] / in_plane["plain"], at_least=1.5)
claim(
    "its first singular direction lies along the curve: mean cosine", cosine.mean(), at_least=0.95
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# There it is: the contractive encoder feels mostly where it is *on* the curve. All data lie on the curve, and nobody showed it what is beside it: the reconstruction defends the arms along the curve, and the penalty shortens whatever is
# not defended.
#
# ## What we saw

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
compared = ("plain", "plain, stopped early", "contractive")
summary = {
    "squared error of a test image": {name: error(models[name]) for name in compared},
    "‖J‖": norm,
    "saturated activations": saturated,
    "40th singular value over the first": {name: s[39] for name, s in drop.items()},
    "contraction near the images": near,
    "a shift over a random step": {name: m[0] for name, m in along_across.items()},
    "in the plane: along over across": in_plane,
}
print(f"{'':36}" + "".join(f"{name:>22}" for name in compared))
for what, values in summary.items():
    numbers = (f"{values[name]:22.3f}" if name in values else f"{'':22}" for name in compared)
    print(f"{what:36}" + "".join(numbers))
print(f"penalty alone: its codes are {collapse:.1%} as far apart as the plain one's")

# %% [markdown]
# - The Jacobian says what a code feels; for one layer its norm is cheap and exact, and two popular short cuts are wrong.
# - Reconstruction alone keeps what it can, penalty alone throws all away; together they keep fewer directions.
# - The calm comes from shorter weights *and* from saturated units. It costs reconstruction, but is not just bad reconstruction.
# - Any autoencoder feels more along than across; the contractive one more so.
#
# ## Exercises
#
# **1.** By hand: what is the closed form of $\lVert J \rVert_F^2$ for a layer of tanh units, and of relu units? Check both with `jacobian`.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Only the slope changes: 1 - h^2 for tanh; for relu 1 where the unit is on and 0 where it is off, so that
# the penalty is the weight decay of the units that are on.
slopes = {"tanh": lambda h: 1 - h**2, "relu": lambda h: h > 0}
for activation, slope_of in slopes.items():
    keras.utils.set_random_seed(seed)
    model = aekit.dense_autoencoder(784, 32, code_activation=activation)
    kernel = model.encoder.layers[-1].get_weights()[0]
    by_hand = slope_of(model.encode(some[:20])) ** 2.0 @ np.sum(kernel**2, axis=0)
    exact = np.sum(jacobian(model.encoder, some[:20]) ** 2, axis=(1, 2))
    claim(f"{activation}: relative difference", np.abs(by_hand / exact - 1).max(), at_most=1e-4)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** The cheap trick: take a *linear* autoencoder whose decoder is not tied, and change its weights so that the reconstructions stay as they are and the
# penalty falls to a hundredth. Does our contraction measure fall for it?

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A tenth of the encoder, ten times the decoder. The contraction is relative to the distance of two codes, and
# stays as it was. With tied weights the trick is impossible: the decoder would shrink with the encoder.
keras.utils.set_random_seed(seed)
honest, trick = (aekit.linear_autoencoder(784, 16) for _ in range(2))
W, b, V, c = honest.get_weights()
trick.set_weights([W / 10, b / 10, V * 10, c])
same = np.abs(honest.reconstruct(some) - trick.reconstruct(some)).max()
penalties = [float(squared_frobenius_norm(m.encoder, some[:1])[0]) for m in (honest, trick)]
step = random_step(some, 1.0)
contractions = [code_moves(m, some, step).mean() for m in (honest, trick)]
claim("the same reconstructions: difference", same, at_most=1e-3)
claim("the penalty, over what it was", penalties[1] / penalties[0], at_least=0.0099, at_most=0.0101)
claim(
    "our contraction, over what it was",
    contractions[1] / contractions[0],
    at_least=0.99,
    at_most=1.01,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** Make $\lambda$ twenty times as large, and train for 3 epochs. Predict first: what becomes of the error, of the distance of two codes, and of the contraction near the images?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The error rises and the codes fall together, as with the penalty alone. The contraction does not fall with the norm: relative to
# what little the code still moves between two images it is no calmer than before.
keras.utils.set_random_seed(seed)
strict = aekit.dense_autoencoder(784, code_dim, tied=True, penalty=aekit.Contractive(20 * weight))
train(strict, epochs=3)
strict_contraction = code_moves(strict, some, random_step(some, 0.1)).mean() / (
    0.1 / between_images
)
print(f"error {error(contractive):.1f} -> {error(strict):.1f}; codes apart {apart['both']:.2f} -> "
      f"{spread(strict.encode(x_test)):.2f}; contraction {near['contractive']:.2f} -> {strict_contraction:.2f}")  # fmt: skip
claim("error, over what it was", error(strict) / error(contractive), at_least=1.5)
claim(
    "codes apart, over what they were", spread(strict.encode(x_test)) / apart["both"], at_most=0.3
)
claim("contraction, over what it was", strict_contraction / near["contractive"], at_least=0.9)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** For a *deep* encoder there is no cheap closed form: the exact norm costs about as much as a backward pass for each code unit. Show that $\lVert J^\top v \rVert^2$, with random signs $v_j = \pm 1$, is right
# on average (one pass!), and look at how much a single one is off. (`method="random_probe"`; why is it right?)

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# ||J'v||^2 = sum_jk v_j v_k J_j.J_k, and the mean of v_j v_k is 0 but for j = k, where it is 1.
keras.utils.set_random_seed(seed)
deep = aekit.dense_autoencoder(784, 32, hidden=(64,))
signs = keras.random.SeedGenerator(seed)
exact = ops.convert_to_numpy(squared_frobenius_norm(deep.encoder, some[:50]))
probes = np.stack([
    squared_frobenius_norm(deep.encoder, some[:50], method="random_probe", seed=signs) for _ in range(300)
])  # fmt: skip
print(f"a single probe is off by {np.mean(np.abs(probes / exact - 1)):.0%}, typically")
claim(
    "mean of 300 probes over the exact norm", np.mean(probes / exact), at_least=0.95, at_most=1.05
)
claim("a single one is off by", np.mean(np.abs(probes / exact - 1)), at_least=0.02)

# %% [markdown] slideshow={"slide_type": "skip"}
# **5.** Rifai and others compare with weight decay, too. Write it as a penalty of four lines, for the same slot, with $\lambda / 100$, which gives about the contractive one's error, and
# compare the norms and the saturated units.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Weight decay gains nothing from a saturated unit: it shortens W, and leaves more units in the middle. That does most of the
# work already: a strong rival, for one line. The contractive penalty is ahead of it at about the same error.


class WeightDecay(keras.layers.Layer):
    def call(self, code, encoder=None, x=None, training=False):
        return weight / 100 * ops.sum(ops.square(encoder.layers[-1].kernel))


keras.utils.set_random_seed(seed)
decayed = aekit.dense_autoencoder(784, code_dim, tied=True, penalty=WeightDecay())
train(decayed)
values = decayed.encode(x_test)
of_decayed = np.sqrt(ops.convert_to_numpy(squared_frobenius_norm(decayed.encoder, x_test))).mean()
share_saturated = np.mean((values < 0.05) | (values > 0.95))
print(
    f"weight decay: error {error(decayed):.1f}, norm {of_decayed:.2f}, saturated {share_saturated:.0%}"
)
print(
    f"contractive:  error {error(contractive):.1f}, norm {norm['contractive']:.2f}, saturated {saturated['contractive']:.0%}"
)
claim("errors, weight decay over contractive", error(decayed) / error(contractive), at_least=0.8)
claim(
    "norm, weight decay over plain",
    of_decayed / norm["plain"],
    at_most=0.8,
    source=source,
    published=0.286,
)
claim("norm, contractive over weight decay", norm["contractive"] / of_decayed, at_most=0.97)
claim(
    "saturated: contractive over weight decay by",
    saturated["contractive"] - share_saturated,
    at_least=0.2,
    source=source,
    published=0.7339,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# Denoising and contractive autoencoders both buy calm with reconstruction, in two ways. The next lesson puts all variants on the same data and the same budget, and asks which one to use.
#
# **References**
#
# - S. Rifai, P. Vincent, X. Muller, X. Glorot and Y. Bengio, *Contractive auto-encoders: explicit invariance during feature extraction*, ICML (2011), sections 3 to 5, table 1.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), section 14.7.
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning*, arXiv 1206.5538 (2013), section 7.2.
# - M. F. Hutchinson, *A stochastic estimator of the trace of the influence matrix for Laplacian smoothing splines*, Communications in Statistics 18 (1989): the random probe.
