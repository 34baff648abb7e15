# %% [markdown] slideshow={"slide_type": "slide"}
# # The contractive autoencoder
#
# Some changes of an input matter, others do not. **Which ones should a code follow?**
#
# **What you will learn**
#
# - the sensitivity of a code along the data and across them, in a picture;
# - the Jacobian and its Frobenius norm, by hand;
# - what reconstruction alone, the penalty alone, and both together make of an encoder;
# - what the penalty does beyond weight decay and noise, at the same reconstruction error.
#
# **The lecture's part:** section 7, contractive.
#
# **Before this lesson:** lessons 03 (overcomplete codes) and 08 (denoising).
#
# **Time:** about 25 minutes, without the exercises

# %% slideshow={"slide_type": "skip"}
from functools import partial

import aekit
from aekit import datasets, metrics, plots, touch
from aekit.claims import claim, verified, verify
from aekit.exercises import check, exercise
from aekit.jacobian import jacobian, squared_frobenius_norm
from aekit.training import train
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

plots.use_style()
(x_train, y_train), (x_test, y_test) = datasets.load_mnist(n_test=2_000, flatten=True)
mean_image = x_train.mean(axis=0)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them all again
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A curve in the plane
#
# All data lie on a curve. Which moves of the input should the code follow?

# %% [markdown] slideshow={"slide_type": "notes"}
# The lecture draws the data as a curve, a **manifold**. Along it one data point changes into another: the code must follow, or the
# decoder cannot tell them apart. Across it there are no data: the code may stay the same, be **invariant**.
#
# **Sensitivity** in a direction is how far the code moves for a small step of the input, divided by the length of the step. Where it is small,
# near stays near.


# %%
angle = np.linspace(1.25, -0.25, 400) * np.pi
# At each point of the curve:
across = np.stack([np.cos(angle), np.sin(angle)], axis=1)
along = np.stack([np.sin(angle), -np.cos(angle)], axis=1)
curve = (4.5 * across).astype("float32")  # (400, 2): three quarters of a circle


def sensitivity(model, x, direction, step=0.05):
    """How far the code moves for a small step in a direction, over its length."""
    ahead, behind = (model.encode(x + s * direction) for s in (step, -step))
    return np.linalg.norm(ahead - behind, axis=1) / (2 * step)


# %% tags=["hide-input"]
figure, axis = plt.subplots(figsize=(7.5, 3.6))
axis.plot(*curve.T, color="#999999", linewidth=2, linestyle="-", zorder=0)
words = ("along: the code must follow", "across: it may stay the same")
for direction, color, text, y in zip(
    (along, across), plots.COLORS, words, (1.5, 0), strict=False
):
    for sign in (1, -1):
        axis.quiver(
            *curve[38::54].T,
            *(sign * 1.3 * direction[38::54]).T,
            color=color,
            angles="xy",
            scale_units="xy",
            scale=1,
            width=0.006,
        )
    axis.text(0, y, text, color=color, ha="center", va="center", fontsize=12)
axis.set(aspect="equal", xlim=(-6.2, 6.2), ylim=(-4.4, 6))
axis.axis("off")
plots.show(
    figure,
    alt="Three quarters of a circle. At seven of its points two arrows lie along the curve, and two "
    "stand across it.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A penalty on sensitivity
#
# $$\text{loss} = \text{reconstruction error} + \lambda \, (\text{along}^2 + \text{across}^2)$$

# %% [markdown] slideshow={"slide_type": "notes"}
# $\lambda$ is the penalty's weight. We train encoders of 64 sigmoid units: without it, with three values of $\lambda$, and with a rival, **weight decay**, which
# asks for small weights. It was tuned to the error of $\lambda = 1$.
#
# The penalty treats both directions alike. **Predict first:** which one falls by the larger share?


# %% tags=["hide-input"]
def network(inputs=784, units=128, decay=0, **slots):
    """One layer of sigmoid units; the decoder uses the same weights, transposed."""
    model = aekit.dense_autoencoder(inputs, units, tied=True, **slots)
    if decay:
        layer = model.encoder.layers[-1]
        l2 = keras.regularizers.L2(decay)
        layer.kernel_regularizer = layer.kernel.regularizer = l2
    return model


# %%
settings = {
    "plain": {},
    "contraction 0.1": {"penalty": aekit.Contractive(0.1)},
    "contraction 1": {"penalty": aekit.Contractive(1.0)},
    "contraction 10": {"penalty": aekit.Contractive(10.0)},
    "weight decay": {"decay": 0.026},
}
many = np.tile(curve, (10, 1))
recipe = {"seed": seed, "retrain": profile == "full"}
plane = {}
for name, slots in settings.items():
    plane[name] = train(
        partial(network, 2, 64, output_activation="linear", **slots),
        many,
        epochs=60,
        rate=0.02,
        loss="mse",
        stored=f"10_plane_{name.replace(' ', '_')}",
        **recipe,
    )

# %% [markdown]
# The mean sensitivities over all 400 points of the curve:

# %%
plane_ratio, plane_error = {}, {}
for name, model in plane.items():
    sides = [sensitivity(model, curve, v).mean() for v in (along, across)]
    plane_ratio[name] = sides[0] / sides[1]
    plane_error[name] = metrics.error_share(
        curve, model.reconstruct(curve), curve.mean(axis=0)
    )
    print(f"{name:16} along {sides[0]:.2f}, across {sides[1]:.2f}, ratio ", end="")
    print(
        f"{plane_ratio[name]:.1f} · error {plane_error[name]:.2%} of the mean point's"
    )

# %% tags=["hide-input", "cover"]
turn = np.linspace(0, 2 * np.pi, 100)
circle = np.stack([np.cos(turn), np.sin(turn)])  # (2, 100)
figure, axes = plt.subplots(2, 3, figsize=(7.5, 4.8))
for axis, (name, model) in zip(axes.flat, plane.items(), strict=False):
    axis.plot(*curve.T, color="#999999", linewidth=1.5, linestyle="-", zorder=0)
    points = curve[20::45]
    for point, J in zip(points, jacobian(model.encoder, points), strict=True):
        _, lengths, directions = np.linalg.svd(J, full_matrices=False)
        ellipse = directions.T @ (lengths[:, None] * (directions @ circle))
        axis.fill(*(point[:, None] + 1.9 * ellipse), color=plots.COLORS[5], lw=0)
        small = {"color": plots.COLORS[1], "linestyle": "-", "linewidth": 1}
        axis.plot(*(point[:, None] + 0.75 * circle), **small)
    axis.set(aspect="equal", xlim=(-5.7, 5.7), ylim=(-4.6, 5.6))
    axis.set_title(
        name.replace("contraction", "contraction, λ ="), loc="center", fontsize=12
    )
    label = f"along : across\n= {plane_ratio[name]:.1f}\nerror {plane_error[name]:.2%}"
    axis.text(0, -0.4, label, ha="center", va="center", fontsize=11)
    axis.axis("off")
axes[1, 2].axis("off")
words = (
    "orange: a small step\nin all directions\n\nblue: how far the code\nmoves for it, drawn\n"
    "at 2.5 times its size\n\nerror: share of the\nmean point's"
)
axes[1, 2].text(
    0.02, 0.5, words, transform=axes[1, 2].transAxes, fontsize=12, va="center"
)
plots.show(
    figure,
    alt="Five panels with three quarters of a circle, and at nine of its points a small circle and "
    "the ellipse that the encoder makes of it. Plain: the ellipses nearly fill the circles. With a "
    "larger λ they become thin and lie along the curve; at λ = 10 those at the two ends are also short. "
    "With weight decay they are rounder than the plain ones.",
    touch=touch.Touch(
        "ellipse",
        curve=curve[::4],
        names=list(plane),
        encoders=[model.encoder for model in plane.values()],
        errors=[f"{error:.2%} of the mean point's" for error in plane_error.values()],
    ),
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The encoder turns a circle of small steps into an ellipse. Its half-axes show
# the largest and the smallest sensitivity.
#
# From the plain network to $\lambda = 1$ the sensitivity across falls from 0.31 to 0.14; along only from 0.46 to 0.41. The penalty is the same for both, but the reconstruction
# needs the one along. With $\lambda = 10$ both fall, and the error rises to 1.4 %.
#
# At the error of $\lambda = 1$, weight decay has lowered neither sensitivity (0.46 and 0.34).

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "On a curve in the plane a contractive encoder is more sensitive along the curve than across "
    "it (ratio of the mean sensitivities).",
    plane_ratio["contraction 1"],
    at_least=2.5,
    source="lecture, section 7",
)
claim(
    "On a curve in the plane, contraction turns the sensitivity more towards the curve than weight "
    "decay does at the same reconstruction error (ratio of along to across, over weight decay's).",
    plane_ratio["contraction 1"] / plane_ratio["weight decay"],
    at_least=1.3,
)
verify(
    "In the plane the errors of weight decay and contraction differ by at most 10 %.",
    abs(plane_error["weight decay"] / plane_error["contraction 1"] - 1),
    at_most=0.1,
)
for name, model in plane.items():
    squares = sum(sensitivity(model, curve, v, 0.01) ** 2 for v in (along, across))
    norms = keras.ops.convert_to_numpy(squared_frobenius_norm(model.encoder, curve))
    verify(
        f"Along and across, squared, add up to the squared norm: {name}.",
        np.abs(squares / norms - 1).max(),
        at_most=0.02,
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## All derivatives in one table: the Jacobian
#
# $$J_{ji}(x) = \frac{\partial h_j}{\partial x_i}, \qquad \lVert J(x) \rVert_F^2 = \sum_j \sum_i J_{ji}(x)^2$$
#
# The **Jacobian** $J$ has a row for each code unit, of activation $h_j$, and a column for each input. A small step $v$ moves the code by about $J v$.
# So $\lVert J v \rVert$ is the sensitivity in a direction $v$ of length 1. Its squares, summed over as many perpendicular directions as inputs
# (in the plane: along and across), are the squared **Frobenius norm** $\lVert J \rVert_F^2$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### By hand
#
# Two inputs, two sigmoid units. Each line of code is a line of mathematics.

# %% [markdown] slideshow={"slide_type": "notes"}
# - the code: $h = \sigma(W^\top x + b)$;
# - the slope of the sigmoid: $\sigma' = h (1 - h)$;
# - the Jacobian: $J_{ji} = h_j (1 - h_j) \, W_{ij}$;
# - the norm: $\lVert J \rVert_F^2 = \sum_j \sum_i J_{ji}^2$.
#
# **Predict first:** unit 2 has the larger weights. Has it the longer row in $J$?

# %% tags=["exact"]
W = np.array([[2.0, 4.0], [-1.0, 4.0]])  # (inputs, units)
b = np.array([0.0, -2.0])
x = np.array([0.5, 1.0])

h = 1 / (1 + np.exp(-(x @ W + b)))
slope = h * (1 - h)
J = slope[:, None] * W.T  # (units, inputs)
squared_norm = np.sum(J**2)
print("h =", h.round(3), "· slope =", slope.round(3))
print("J =", J.round(3).tolist(), "· squared norm", squared_norm.round(3))


# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
def by_hand(x):
    return 1 / (1 + np.exp(-(x @ W + b)))


moved = [by_hand(x + e) - by_hand(x - e) for e in 1e-5 * np.eye(2)]
off = np.abs(J - np.transpose(moved) / 2e-5).max()
verify("The Jacobian by hand is that of differences.", off, at_most=1e-8)
tiny = aekit.dense_autoencoder(2, 2)
tiny.encoder.set_weights([W, b])
row = x[None].astype("float32")
by_aekit = jacobian(tiny.encoder, row)[0]
verify("J is aekit's.", np.abs(J - by_aekit).max(), at_most=1e-5)
by_aekit = float(squared_frobenius_norm(tiny.encoder, row)[0])
verify("The norm is aekit's.", abs(squared_norm - by_aekit), at_most=1e-5)

# %% [markdown] slideshow={"slide_type": "notes"}
# Unit 2 has the larger weights and the shorter row of $J$, 0.10 against 0.56. Its activation is 0.98, where the sigmoid is flat: the unit is **saturated**. So smaller weights lower the norm, and saturated units too. Weight decay asks for the first only.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One argument
#
# $$\mathbb{E}_x \left[ L(x, g(f(x))) \right] + \lambda \, \mathbb{E}_x \left[ \lVert J_f(x) \rVert_F^2 \right]$$
#
# $f$ is the encoder, $g$ the decoder, $\mathbb{E}_x$ the mean over the data. In aekit the penalty is one argument:
#
# ```python
# aekit.dense_autoencoder(784, 128, tied=True, penalty=aekit.Contractive(0.001))
# ```

# %% [markdown] slideshow={"slide_type": "notes"}
# On the curve $L$ was the squared error; on digits it is the binary cross-entropy, a mean over 784 pixels. The decoder uses the encoder's weights, transposed (`tied`). Otherwise the penalty is easily
# avoided by a small encoder and a large decoder (exercise 3).
#
# The networks below have 128 units and learn from 60,000 digits. The rivals are weight decay and denoising with two corruptions.
#
# A network that reconstructs worse may be less sensitive for that reason alone. So each rival's strength was tuned
# for nearly equal errors. A second plain network gets 8 epochs, not 20.

# %%
recipes = {  # what differs, and the number of epochs
    "plain": ({}, 20),
    "fewer epochs": ({}, 8),
    "masking noise": ({"corruption": aekit.MaskingNoise(0.4)}, 20),
    "Gaussian noise": ({"corruption": aekit.GaussianCorruption(0.55, clip=None)}, 20),
    "weight decay": ({"decay": 9e-6}, 20),
    "contractive": ({"penalty": aekit.Contractive(0.001)}, 20),
}
models = {}
for name, (slots, epochs) in recipes.items():
    models[name] = train(
        partial(network, **slots),
        x_train,
        epochs=epochs,
        batch_size=250,
        stored=f"10_{name.replace(' ', '_')}",
        **recipe,
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Reconstruction alone, penalty alone, both
#
# The lecture: the first keeps all good information, the second throws all away, both keep only good information.

# %% [markdown] slideshow={"slide_type": "notes"}
# For "penalty alone" the reconstruction loss is 0. We train it here, on 10,000 images.
#
# How much does a code tell of its image? A linear reader (ridge regression) learns to draw 5,000 images from their codes. It divides each unit by its standard deviation, so a small code is no handicap.
# **Predict first:** what will it draw from the codes of "penalty alone"?


# %% tags=["tolerance-0.2"]
def nothing(x, reconstruction):
    return 0 * keras.ops.mean(reconstruction, axis=-1)


pays = partial(network, penalty=aekit.Contractive(0.001))
alone = train(
    pays, x_train[:10_000], epochs=6, batch_size=250, rate=0.02, loss=nothing, seed=seed
)
three = {
    "reconstruction": models["plain"],
    "penalty": alone,
    "both": models["contractive"],
}
read, left, apart = {}, {}, {}
for name, model in three.items():
    reader = make_pipeline(StandardScaler(), Ridge(alpha=10.0))
    reader.fit(model.encode(x_train[:5_000]), x_train[:5_000])
    h = model.encode(x_test)
    read[name] = reader.predict(h).clip(0, 1)
    left[name] = metrics.error_share(x_test, read[name], mean_image)
    apart[name] = np.linalg.norm(h[:1_000] - h[1_000:], axis=1).mean()
    print(f"{name:15} codes {apart[name]:.3f} apart, reader's error {left[name]:.0%}")

# %% tags=["hide-input"]
shown = {"digit": x_test[:10]} | {name: images[:10] for name, images in read.items()}
plots.show(
    plots.image_rows(shown, "What a linear reader draws from three codes", size=0.56),
    alt="Ten test digits, and three rows of what is read from their codes. Reconstruction alone: "
    "digits, softly drawn. Penalty alone: the 1s can be read, all others are grey blots. Both: digits again.",
)
claim(
    "The penalty alone gives nearly the same code to all digits (share of a plain autoencoder's "
    "mean distance of two codes that is gone).",
    1 - apart["penalty"] / apart["reconstruction"],
    at_least=0.95,
    unit="%",
    source="lecture, section 7",
)
claim(
    "From the code of a contractive autoencoder a linear reader draws digits far better than the "
    "mean image (share of its error).",
    left["both"],
    at_most=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Printed: the mean distance of two digits' codes, and the reader's error as a share of the mean image's. With the penalty alone the codes are about a thousandth as far apart. Enlarged again, they tell the reader little: whether it is a 1, but hardly more.
#
# With reconstruction alone the reader's error is 22 %, with both it is 23 %: this reader loses little. (The network's own decoder loses more, see below.) What has the penalty removed?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Along and across, for digits
#
# Along: the digit moves sideways. Across: a random direction.

# %% [markdown] slideshow={"slide_type": "notes"}
# A digit that moves sideways is still a digit. So the difference between the digit moved right and moved left points *along*
# the data. A random direction among 784 is nearly perpendicular to it: *across*.
#
# But a random direction also changes pixels that never change in digits. A harder control is the sideways move **of another digit**.
#
# **Predict first:** is a plain code more sensitive to the move of its own digit than to that of another one?


# %%
def of_length_1(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


images = x_test.reshape(-1, 28, 28)
right, left = (np.roll(images, pixels, axis=2) for pixels in (1, -1))
own_move = of_length_1((right - left).reshape(-1, 784))
another_move = np.roll(own_move, 1, axis=0)  # of the image before
noise = np.random.default_rng(seed).normal(size=own_move.shape)
random = of_length_1(noise.astype("float32"))
directions = {"own": own_move, "another": another_move, "random": random}

# %% tags=["hide-input"]
shown = {"digit": images} | directions
figure, axes = plt.subplots(2, 4, figsize=(6, 3.4))
for i, row in zip((3, 2), axes, strict=True):
    for axis, (name, pictures) in zip(row, shown.items(), strict=True):
        plots.draw_image(axis, pictures[i].reshape(28, 28), symmetric=name != "digit")
        if i == 3:
            axis.set_title(name, loc="center", fontsize=12, fontweight="normal")
plots.show(
    figure,
    alt="For a 0 and a 1: the digit; then three directions in red and blue: its own move, red and "
    "blue edges of its strokes; the move of another digit, edges of other strokes; a random "
    "direction, speckle everywhere.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Six networks, five of nearly one error
#
# Which one is sensitive to its digit's move, and to little else?

# %% [markdown] slideshow={"slide_type": "notes"}
# The columns: squared error and its share of the mean image's; norm of the Jacobian; three sensitivities; share of saturated activations (below 0.05 or above 0.95); 15-nearest-neighbour accuracy from 10,000 labelled codes.

# %%
table = {}
for name, model in models.items():
    h, known = model.encode(x_test), model.encode(x_train[:10_000])
    norms = keras.ops.convert_to_numpy(squared_frobenius_norm(model.encoder, x_test))
    again = model.reconstruct(x_test)
    table[name] = {
        "error": metrics.squared_error(x_test, again).mean(),
        "share": metrics.error_share(x_test, again, mean_image),
        "norm": np.sqrt(norms).mean(),
        **{d: sensitivity(model, x_test, v).mean() for d, v in directions.items()},
        "sat.": np.mean((h < 0.05) | (h > 0.95)),
        "15-NN": metrics.knn_probe(known, y_train[:10_000], h, y_test),
    }
print(" " * 14, *(f"{name:>8}" for name in table["plain"]))
for name, row in table.items():
    print(f"{name:14}", *(f"{value:8.3f}" for value in row.values()))

# %% tags=["hide-input"]
figure, axis = plt.subplots(figsize=(7.5, 3.6))
for place, row in enumerate(reversed(table.values())):
    ends = [row[name] for name in directions]
    axis.plot(
        [min(ends), max(ends)], [place] * 2, color="#BBBBBB", linestyle="-", zorder=0
    )
for name, color, marker in zip(directions, plots.COLORS, "o^s", strict=False):
    values = [row[name] for row in reversed(table.values())]
    label = {"own": "own move", "another": "another's move"}.get(
        name, "random direction"
    )
    axis.plot(values, range(len(table)), marker, color=color, label=label, markersize=9)
axis.set_yticks(
    range(len(table)),
    [f"{name}, error {row['error']:.1f}" for name, row in reversed(table.items())],
)
axis.set(xlabel="sensitivity", xlim=(0, None), ylim=(-0.5, 6.3))
axis.legend(
    ncols=3, loc="upper right", fontsize=11, columnspacing=0.8, handletextpad=0.1
)
plots.show(
    figure,
    alt="A row for each of six networks with three markers on an axis of sensitivity: random "
    "direction 0.19 to 0.36, own move 0.70 to 0.94. The move of another digit is 0.15 below the "
    "own one with contraction, 0.07 with Gaussian noise, 0.05 with weight decay, else within 0.04.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# All six are more sensitive to a digit's own move than to a random direction, 2.6 to 3.9 times. So this alone does not speak for a penalty.
#
# At nearly one error contraction has the smallest norm and the largest ratio. Beside weight decay, the strongest rival in these two, it is about as sensitive to the own move, and less to the two others. With the plain network and masking noise, own and another's move are nearly alike; the contractive code is 1.26 times as sensitive to its own. Gaussian noise
# comes next with 1.11.
#
# Contraction has the most saturated activations, weight decay the fewest.
#
# Compared with the plain network, contraction removed half of the sensitivity to random directions (0.36 to 0.19), and a quarter of that to the own move (0.94 to 0.72). The cost: the error rises from 8.5 to 11.2. The 15-nearest-neighbour accuracy is 92 or 93 % for all six: here the penalty gains nothing.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
rivals = ("fewer epochs", "masking noise", "Gaussian noise", "weight decay")
ours = table["contractive"]
errors = [table[name]["error"] for name in (*rivals, "contractive")]
verify(
    "The errors of all but the plain network differ by at most 5 %.",
    max(errors) / min(errors) - 1,
    at_most=0.05,
)
claim(
    "A contractive autoencoder of digits is more sensitive to the sideways move of its own digit "
    "than to that of another digit (ratio).",
    ours["own"] / ours["another"],
    at_least=1.15,
)
claim(
    "At nearly equal reconstruction error a contractive autoencoder tells a digit's own sideways move "
    "from another digit's more than a plain one of fewer epochs, weight decay and two denoising "
    "ones (ratio of the two sensitivities, over the largest of theirs).",
    ours["own"]
    / ours["another"]
    / max(table[name]["own"] / table[name]["another"] for name in rivals),
    at_least=1.05,
)
claim(
    "A contractive autoencoder of digits is more sensitive to a sideways move of its digit than to "
    "a random direction (ratio).",
    ours["own"] / ours["random"],
    at_least=3,
    source="lecture, section 7",
)
claim(
    "At nearly equal reconstruction error a contractive autoencoder of digits has a larger ratio of "
    "sensitivity along (sideways move) to across (random direction) than a plain one of fewer "
    "epochs, weight decay and two denoising ones (over the largest of theirs).",
    ours["own"]
    / ours["random"]
    / max(table[name]["own"] / table[name]["random"] for name in rivals),
    at_least=1.1,
)
claim(
    "At nearly equal reconstruction error a contractive autoencoder of digits has a smaller Jacobian than "
    "a plain one of fewer epochs, weight decay and two denoising ones (its norm over the least of theirs).",
    ours["norm"] / min(table[name]["norm"] for name in rivals),
    at_most=0.95,
)
J = jacobian(models["contractive"].encoder, x_test[:20])
exact = np.linalg.norm(np.einsum("nji,ni->nj", J, own_move[:20]), axis=1)
by_steps = sensitivity(models["contractive"], x_test[:20], own_move[:20])
verify(
    "Sensitivity by a small step is that of the Jacobian (contractive, own move, 20 digits).",
    np.abs(by_steps / exact - 1).max(),
    at_most=0.02,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The rows of the Jacobian are images
#
# Row $j$ shows which change of this digit moves unit $j$.

# %% [markdown] slideshow={"slide_type": "notes"}
# Red: more ink raises the unit; blue: more ink lowers it. We draw the six longest rows of four networks at a 7; on the right all units together: $\sqrt{\sum_j J_{ji}^2}$ for each pixel $i$.
# **Predict first:** where will red and blue remain with contraction?

# %% tags=["hide-input"]
chosen = ("plain", "fewer epochs", "weight decay", "contractive")
figure, axes = plt.subplots(4, 8, figsize=(7.5, 4.0), width_ratios=[1.6] + [1] * 7)
limit, limit_all = None, None
for row, name in zip(axes, chosen, strict=True):
    h = models[name].encode(x_test[:1])[0]
    J = (h * (1 - h))[:, None] * models[name].encoder.layers[-1].get_weights()[0].T
    strongest = J[np.argsort(-np.linalg.norm(J, axis=1))]
    limit = limit or np.abs(J).max()
    limit_all = limit_all or np.linalg.norm(J, axis=0).max()
    for axis in row:
        axis.axis("off")
    row[0].text(1, 0.5, name.replace(" ", "\n"), ha="right", va="center", fontsize=12)
    for axis, pattern in zip(row[1:7], strongest, strict=False):
        axis.imshow(pattern.reshape(28, 28), cmap="RdBu_r", vmin=-limit, vmax=limit)
    together = np.linalg.norm(J, axis=0).reshape(28, 28)
    row[7].imshow(together, cmap="Reds", vmin=0, vmax=limit_all)
for axis, title in zip(
    axes[0, 1:], (*(f"no. {i}" for i in range(1, 7)), "all"), strict=True
):
    axis.set_title(title, loc="center", fontsize=12, fontweight="normal")
plots.show(
    figure,
    alt="Four rows of seven images for a test digit 7. Plain: red and blue blots over the whole "
    "middle. Fewer epochs and weight decay: similar blots, paler. Contractive: a few short patches. The "
    "last column, all units together, is a filled blot in the first three and shows a 7 in the last.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Plain: these rows, and all units together, cover the middle of the image. Fewer epochs and weight decay make the rows paler. With contraction they become short patches, and all units together draw the 7: by eye, at this one digit, the code is most sensitive at and beside the strokes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **Contraction keeps a code sensitive along the data, and makes it less sensitive across them.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - The Jacobian holds the sensitivity in all directions.
# - The penalty alone makes the code nearly constant. Beside the reconstruction, it lowers the sensitivity across by a larger share than the one along.
# - At nearly one reconstruction error, contraction turned the sensitivity more along the data than its four rivals.
#
# The next lesson asks which autoencoder to use.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Whoever begins here runs the first cells, up to the parameters, and then the next one, which is folded. All four are done with NumPy alone. A layer is `W` of shape `(inputs, units)` and `b` of
# shape `(units,)`.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
TANH_W = np.array([[1.0, 2.0], [2.0, -1.0], [0.0, 1.0]])
TANH_X = np.array([1.0, -0.5, -1.5])


def slopes_of(x, W, b):
    """h (1 - h) of sigmoid units, and their Jacobian (units, inputs)."""
    a = np.clip(np.asarray(x, float) @ W + b, -500, 500)
    h = 1 / (1 + np.exp(-a))
    return h * (1 - h), (h * (1 - h))[:, None] * W.T


def layer_of(answer, inputs):
    W, b = (np.asarray(part, dtype=float) for part in answer)
    if W.ndim != 2 or W.shape[0] != inputs or b.shape != (W.shape[1],):
        raise ValueError(f"W has shape {W.shape} and b {b.shape}")
    if not (np.all(np.isfinite(W)) and np.all(np.isfinite(b))):
        raise ValueError("W and b must be finite")
    return W, b


@exercise("10.1", expects="a number: the squared Frobenius norm")
def _(value):
    value, a = float(value), TANH_X @ TANH_W
    lengths = np.sum(TANH_W**2, axis=0)
    right = np.sum((1 - np.tanh(a) ** 2) ** 2 * lengths)
    hints = {
        np.sum(
            lengths
        ): "That is the sum of the squared weights. What is the slope of tanh?",
        np.sum((1 - np.tanh(a) ** 2) * lengths): "The slope must be squared, too.",
        np.sqrt(right): "That is the norm. Its square is asked for.",
    }
    for other, hint in hints.items():
        if abs(value - other) < 1e-3 * other:
            return hint
    if not abs(value - right) <= 0.01 * right:
        return f"{value:g} is not it. Begin with a = xᵀW, then the slope 1 − tanh(a)²."


@exercise("10.2", expects="W (2, units), b (units,): a layer of sigmoid units")
def _(answer):
    W, b = layer_of(answer, 2)
    _, J = slopes_of([0.5, 0.5], W, b)
    wrong, right = np.sum(J.sum(axis=0) ** 2), np.sum(J**2)
    if not right >= 1:
        return f"The right penalty is {right:.3g}; at least 1 is asked for."
    if not wrong <= 0.01:
        return (
            f"The wrong penalty is {wrong:.3g}; at most 0.01 is asked for. It squares the sum "
            "of the rows of J. When is that sum 0?"
        )


@exercise("10.3", expects="a function: W, b, V, c → four arrays of the same shapes")
def _(trick):
    rng = np.random.default_rng(1)
    W, V = rng.normal(size=(12, 5)), rng.normal(size=(5, 12))
    b, c, x = rng.normal(size=5), rng.normal(size=12), rng.normal(size=(8, 12))
    new = [
        np.asarray(part, float)
        for part in trick(W.copy(), b.copy(), V.copy(), c.copy())
    ]
    if [part.shape for part in new] != [(12, 5), (5,), (5, 12), (12,)]:
        raise ValueError("the shapes have changed")
    off = np.abs((x @ new[0] + new[1]) @ new[2] + new[3] - ((x @ W + b) @ V + c)).max()
    if not off < 1e-4:
        return f"The reconstructions have changed, by up to {off:.2g}. Who can undo a smaller code?"
    share = np.sum(new[0] ** 2) / np.sum(W**2)
    if not share <= 0.0101:
        return f"The penalty is {share:.2g} of what it was; 0.01 is asked for."


@exercise(
    "10.4", expects="W (2, units), b (units,): a layer of at most 16 sigmoid units"
)
def _(answer):
    W, b = layer_of(answer, 2)
    if W.shape[1] > 16:
        return f"It has {W.shape[1]} units; at most 16 are allowed."
    for angle in np.arange(8) * np.pi / 4:
        across = np.array([np.cos(angle), np.sin(angle)])
        along = np.array([-np.sin(angle), np.cos(angle)])
        _, J = slopes_of(across, W, b)
        sides = np.linalg.norm(J @ along), np.linalg.norm(J @ across)
        if not sides[0] >= 0.1:
            return (
                f"At {np.degrees(angle):.0f} degrees the sensitivity along the circle is "
                f"{sides[0]:.2g}; at least 0.1 is asked for."
            )
        if not sides[0] >= 5 * sides[1]:
            return (
                f"At {np.degrees(angle):.0f} degrees it is {sides[0]:.2g} along and "
                f"{sides[1]:.2g} across. Which units are sensitive there, and which could be "
                "saturated there?"
            )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. By hand.** What is $\lVert J(x) \rVert_F^2$ of two units with three inputs, and with tanh in place of the sigmoid, whose slope is $1 - \tanh(a)^2$? `TANH_W` has the weights, there is no bias, and $x$ is `TANH_X`, which is $(1, -0.5, -1.5)$.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
tanh_norm = ...  # a number; TANH_W and TANH_X are arrays
check("10.1", tanh_norm)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Only the slope differs. a = (0, 1): the first unit has the slope 1 and the weights (1, 2, 0),
# which makes 5. The second has the slope 0.42 and adds 0.42² · 6, about 1.06.
slope = 1 - np.tanh(TANH_X @ TANH_W) ** 2
assert check("10.1", np.sum(slope**2 * np.sum(TANH_W**2, axis=0)))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. A wrong penalty.** Construct a layer of sigmoid units for which, at $x = (0.5, 0.5)$, a wrong penalty, the squared length of the gradient of the *sum* of the units, is at most 0.01, and the right
# one, $\lVert J \rVert_F^2$, at least 1. It is easy to write the wrong one, "the gradient of h": TensorFlow's `GradientTape.gradient`, given a vector, differentiates the sum.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
opposite = ...  # (W, b)
check("10.2", opposite)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Two opposite units: their rows of J cancel in the sum, but not when each is squared. At x they
# have a = 0, so that the slope is 0.25 and the right penalty is 2 · 0.25² · (16 + 16) = 4.
W = np.array([[4.0, -4.0], [-4.0, 4.0]])
assert check("10.2", (W, np.zeros(2)))

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. The cheap way out.** Write a function that changes the weights of a linear autoencoder, whose decoder is *not* tied, such that all
# reconstructions stay as they are, and the contraction penalty falls to a hundredth or less. The autoencoder is $h = W^\top x + b$, $\hat{x} = V^\top h + c$.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
trick = ...  # a function: W, b, V, c → new W, b, V, c
check("10.3", trick)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A tenth of the encoder, ten times the decoder. The ratio of along to across is as before: nothing
# is gained. With tied weights the decoder would shrink with the encoder.
assert check("10.3", lambda W, b, V, c: (W / 10, b / 10, 10 * V, c))

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Along by design.** Construct a layer of at most 16 sigmoid units which is sensitive along a circle and not across it. At the eight points
# $(\cos \alpha, \sin \alpha)$ with $\alpha = 0°, 45°, \dots, 315°$, the sensitivity along the circle shall be at least 0.1, and at least five times that across it.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
around = ...  # (W, b)
check("10.4", around)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A unit whose weights point along the circle at one point has a = 0 there, so it is sensitive, and
# only along. At the other points it must be saturated: large weights do that. A unit serves two
# opposite points, so that four are enough.
alpha = np.arange(4) * np.pi / 4
W = 20 * np.stack([-np.sin(alpha), np.cos(alpha)])
assert check("10.4", (W, np.zeros(4)))

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# 1. S. Rifai, P. Vincent, X. Muller, X. Glorot and Y. Bengio, *Contractive auto-encoders: explicit invariance during feature extraction*, ICML (2011).
# 2. Y. Bengio, A. Courville and P. Vincent, *Representation learning*, arXiv 1206.5538 (2013), section 7.2.
# 3. I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), section 14.7.
