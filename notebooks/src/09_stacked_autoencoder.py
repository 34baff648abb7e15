# %% [markdown] slideshow={"slide_type": "slide"}
# # The stacked autoencoder
#
# Labels are expensive, images are cheap. **When do images without labels help a deep classifier?**

# %% [markdown] slideshow={"slide_type": "notes"}
# A deep classifier starts from random weights, and labels must do all the rest. Images without labels can be much more plentiful. Here autoencoders
# choose the first weights from them, one layer after the other. The labels come only then.
#
# **What you will learn**
#
# - why deep networks of sigmoids did not learn from small random weights;
# - how a stack is trained, layer after layer, and what that costs;
# - how an SVM or a softmax layer uses the code;
# - for how many labels, and how long a training, a pretrained start is better than a random one.
#
# **The lecture's part:** section 6, stacked autoencoders.
#
# **Before this lesson:** lesson 02, The traditional autoencoder; lesson 08, The denoising autoencoder.
#
# **Time:** about 25 minutes, exercises apart.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import metrics, plots, stacking
from aekit.claims import claim, verified, verify
from aekit.datasets import load_mnist
from aekit.exercises import check, exercise
from aekit.touch import Touch
from aekit.training import train
import keras
from keras import layers, ops
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC

plots.use_style()
(x_train, y_train), (x_test, y_test) = load_mnist(flatten=True)
mean_image = x_train.mean(axis=0)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": loads trained networks; "full": trains them all again
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why deep networks did not learn
#
# $$\frac{\partial L}{\partial w_1} = x \cdot s'(a_1) \, w_2 \cdot s'(a_2) \, w_3 \cdot s'(a_3) \, w_4 \cdot
# \frac{\partial L}{\partial a_4}, \qquad s' \le \tfrac{1}{4}$$

# %% [markdown] slideshow={"slide_type": "notes"}
# Take a chain with one sigmoid unit $s$ in each layer. Its weights are $w_1, \dots, w_4$, and $a_k$ is what the $k$-th unit
# gets. By the chain rule, the first weight's gradient has a factor $s'(a_k) \, w_{k+1}$ for each layer above. The slope $s'$ is at most $\tfrac{1}{4}$. With small weights
# each factor is tiny, and so is their product.
#
# Now our classifier: three layers of sigmoids and a softmax layer. *Small* random weights, here with a standard deviation of 0.01, had long
# been common. Glorot and Bengio (2010) chose a larger spread, which roughly keeps the size of signals and gradients from layer to layer [4]. It is
# Keras' default. We measure the gradient of each layer's weights on 1,000 images, before any training.


# %%
widths = (784, 200, 100, 50)  # the input, and three codes


def network(activation):
    hidden = [layers.Dense(n, activation=activation) for n in widths[1:]]
    top = layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((784,)), *hidden, top])


# %% tags=["hide-input"]
def set_random(net, small=False):
    """New random weights: Glorot's, or small ones."""
    for number, layer in enumerate(net.layers, start=10 * seed):
        draw = keras.initializers.GlorotUniform(seed=number)
        if small:
            draw = keras.initializers.RandomNormal(stddev=0.01, seed=number)
        layer.set_weights([draw(layer.kernel.shape), np.zeros(layer.units)])


def gradient_sizes(net, step=1e4):
    """Root mean square of the gradient of each layer's weight matrix: what one step of SGD adds."""
    before = net.get_weights()
    loss = "sparse_categorical_crossentropy"
    net.compile(keras.optimizers.SGD(step), loss, run_eagerly=True)
    net.train_on_batch(x_train[:1000], y_train[:1000])
    after = net.get_weights()
    moved = [(b - a) / step for b, a in zip(before[::2], after[::2], strict=True)]
    return np.array([np.sqrt(np.mean(gradient**2)) for gradient in moved])


sizes = {}
for name, activation, small in (
    ("sigmoid, small weights", "sigmoid", True),
    ("sigmoid, Glorot's start", "sigmoid", False),
    ("relu, Glorot's start", "relu", False),
):
    net = network(activation)
    set_random(net, small)
    sizes[name] = gradient_sizes(net)
    first_to_last = sizes[name][0] / sizes[name][-1]
    print(f"{name:24} first layer's gradient over the last's: {first_to_last:.1e}")

figure, axis = plt.subplots(figsize=(7.5, 3.8))
for name, values in sizes.items():
    axis.plot(["$W_1$", "$W_2$", "$W_3$", "softmax"], values, marker="o", label=name)
axis.set(yscale="log", ylabel="gradient", title="The gradient of each layer")
axis.legend(loc="lower right")
plots.show(
    figure,
    alt="Root mean square gradient of the four weight matrices, on a logarithmic axis. With sigmoids and small weights it falls by powers of "
    "ten from the softmax layer to the first. With Glorot's start it falls much less, and with relu least.",
)
claim(
    "With sigmoids and weights of standard deviation 0.01, the gradient of the first of four layers "
    "is less than a ten-thousandth of the last layer's.",
    sizes["sigmoid, small weights"][0] / sizes["sigmoid, small weights"][-1],
    at_most=1e-4,
    source="Hinton and Salakhutdinov (2006)",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With small weights almost nothing arrives at the first layer. Glorot's start mends a part of it, and relu most of the rest. But both became usual after
# 2006. The answer of 2006: train first weights layer by layer, without labels; soon also by autoencoders [1].

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two phases
#
# First each layer by itself, without labels. Then a classifier on top, with labels.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Phase 1**, without labels: AE 1 learns to reconstruct $x$; its code is $h_1$. AE 2 learns to reconstruct $h_1$, and AE 3 $h_2$. A
# layer is finished before the next begins. This is called *greedy*. **Phase 2**, with labels: the decoders are thrown away. The encoders stand on one another,
# $h_k = s(h_{k-1} W_k + b_k)$ with $h_0 = x$. Any classifier comes on top: an SVM, or a softmax layer that is then fine-tuned with all layers below.

# %% tags=["hide-input"]
figure, (first, second) = plt.subplots(1, 2, figsize=(7.5, 3.6), width_ratios=[3, 2])
grey = "#777777"


def box(axis, x, y, text, color):
    style = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": color, "lw": 2}
    axis.text(x, y, text, ha="center", va="center", fontsize=12, bbox=style)


def arrow(axis, start, end, color):
    style = {"arrowstyle": "->", "lw": 2, "color": color, "shrinkA": 14, "shrinkB": 14}
    axis.annotate("", end, start, arrowprops=style)


names = ("$x$", "$h_1$", "$h_2$", "$h_3$")
for k in range(3):
    color = plots.COLORS[k]
    box(first, k, 0, names[k], "black")
    box(first, k, 1, names[k + 1], color)
    box(first, k, 2, "$\\hat{x}$" if k == 0 else f"$\\hat{{h}}_{k}$", grey)
    arrow(first, (k, 0), (k, 1), color)
    arrow(first, (k, 1), (k, 2), grey)
    first.text(k + 0.08, 0.5, f"enc. {k + 1}", va="center", color=color, fontsize=11)
    first.text(k + 0.08, 1.5, "dec.", va="center", color=grey, fontsize=11)
    if k < 2:
        arrow(first, (k, 1), (k + 1, 0), "black")
colors = ("black", *plots.COLORS[:3], "black")
for k, name in enumerate((*names, "10 classes")):
    box(second, 0, k / 2, name, colors[k])
    if k < 4:
        arrow(second, (0, k / 2), (0, (k + 1) / 2), (*plots.COLORS[:3], "black")[k])
        text = f"encoder {k + 1}" if k < 3 else "SVM or softmax"
        color = (*plots.COLORS[:3], "black")[k]
        second.text(0.1, k / 2 + 0.25, text, va="center", color=color, fontsize=11)
first.set(title="Phase 1: no labels", xlim=(-0.3, 2.6), ylim=(-0.3, 2.3))
second.set(title="Phase 2: labels", xlim=(-0.4, 1), ylim=(-0.3, 2.3))
first.axis("off")
second.axis("off")
plots.show(
    figure,
    alt="Left, three autoencoders side by side, each drawn upwards from input to code to reconstruction: of x, of h1 and of h2. An arrow leads "
    "from the code of each to the input of the next. Right, a column of x, h1, h2, h3 and ten classes, joined by the three encoders and an SVM or a softmax.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Phase 1, by hand
#
# Train an autoencoder, take its codes, train the next one on them.

# %% [markdown] slideshow={"slide_type": "notes"}
# Here is phase 1, for a short training: 10,000 images, 5 epochs a layer. Pixels and sigmoid codes both lie between 0 and 1, so
# binary cross-entropy serves for all three layers. No label is used.

# %% tags=["tolerance-0.2"]
pairs = list(zip(widths, widths[1:], strict=False))
keras.utils.set_random_seed(seed)
short = [aekit.dense_autoencoder(n_in, n_code) for n_in, n_code in pairs]
h = x_train[:10_000]
for k, autoencoder in enumerate(short, start=1):
    autoencoder.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
    history = autoencoder.fit(h, h, batch_size=100, epochs=5, verbose=0).history
    h = autoencoder.encode(h)
    losses = " ".join(f"{loss:.3f}" for loss in history["loss"])
    print(f"layer {k}: loss {losses}, code {h.shape}")

# %% [markdown] slideshow={"slide_type": "notes"}
# The loss of each layer falls. Now the same loop on all 60,000 images, 20 epochs a layer, with another rate and batch. aekit has it
# as `stacking.pretrain`, and as the method `fit` of `stacking.Stack`, which `train` can store.


# %%
def plain_stack():
    return stacking.Stack([aekit.dense_autoencoder(*pair) for pair in pairs])


recipe = {"epochs": 20, "batch_size": 250, "rate": 0.01}
again = {"seed": seed, "retrain": profile == "full"}
plain = train(plain_stack, x_train, stored="09_plain", **recipe, **again)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Up the stack and down again
#
# Encode up to $h_k$, decode back down. **Predict first:** is this better than PCA with 50 components after a short training? What is gained if all layers
# are trained *together*?

# %% [markdown] slideshow={"slide_type": "notes"}
# Each layer has learnt to reconstruct only the layer below. So every layer may lose something. The rival, PCA, has as many numbers
# as $h_3$. *Together* means as one deep autoencoder that starts from the stack: 5 epochs on 10,000 images.


# %%
def encoder_of(stack):
    return stacking.stack([layer.encoder for layer in stack.autoencoders])


three = plain.autoencoders
together = aekit.Autoencoder(
    encoder_of(plain),
    stacking.stack([layer.decoder for layer in reversed(three)]),
)
together.compile(keras.optimizers.Adam(0.001), "binary_crossentropy")
few = x_train[:10_000]
history = together.fit(few, few, batch_size=100, epochs=5, verbose=0)


# %% tags=["tolerance-0.2"]
def through(autoencoders):
    """Up through the encoders, and back down through the decoders."""
    return stacking.Stack(autoencoders).predict(x_test, batch_size=1_000, verbose=0)


rows, error = {"test image": x_test[:10]}, {}


def judge(name, images):
    rows[name] = images[:10].copy()
    error[name] = metrics.squared_error(x_test, images).mean()
    share = metrics.error_share(x_test, images, mean_image)
    label = name.replace("$", "")
    print(f"{label:10} error {error[name]:5.2f}, {share:4.0%} of the mean image's")


for k in 1, 3:
    judge(f"short, $h_{k}$", through(short[:k]))
for k in 1, 2, 3:
    judge(f"$h_{k}$", through(three[:k]))
judge("PCA, 50", metrics.pca_reconstruct(x_train, x_test, 50))
judge("together", together.reconstruct(x_test))

# %% tags=["cover", "hide-input"]
plots.show(
    plots.image_rows(rows, "Up to a layer of the stack, and down again", size=0.56),
    alt="Ten test digits, and their reconstructions by a shortly trained stack through one and three layers, by the stack through one, two and three layers of the stack, by PCA with 50 components, and "
    "by the three layers trained together.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# After the short training, three layers are clearly worse than PCA. Stacking is not the first reason: layer 1 *alone* has several times the error that it has after the
# long training. The long training brings the whole stack to PCA's error. Five more epochs of all three layers together
# lower the error clearly. But a
# stack is made to start a classifier, not to compress.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
claim(
    "A stack of three layers that was trained for 5 epochs on 10,000 images has a larger error than PCA with "
    "as many numbers (ratio).",
    error["short, $h_3$"] / error["PCA, 50"],
    at_least=1.3,
)
claim(
    "Three layers that are trained together, from the greedy stack's weights, have a lower error "
    "than the greedy stack (ratio).",
    error["together"] / error["$h_3$"],
    at_most=0.8,
)
claim(
    "One layer of 200 units that was trained for 5 epochs on 10,000 images has more than three times its error after "
    "20 epochs on 60,000.",
    error["short, $h_1$"] / error["$h_1$"],
    at_least=3,
)
verify(
    "The stacked encoder gives the codes of the three encoders in a row.",
    np.abs(
        encoder_of(plain).predict(x_test[:100], verbose=0)
        - three[2].encode(three[1].encode(three[0].encode(x_test[:100])))
    ).max(),
    at_most=1e-5,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Phase 2, any classifier: an SVM
#
# Labels for 100, 1,000 or 5,000 images. Is the code of 60,000 images without labels worth more than the raw pixels?

# %% [markdown] slideshow={"slide_type": "notes"}
# The SVM (RBF kernel, $C = 10$) gets the code, or the raw pixels of the same images. Beside the plain stack we take one of *denoising* autoencoders
# [2]: while a layer trains, a quarter of its inputs is set to 0. We count errors on 5,000 test
# images, and take the mean of five draws of the labelled images (of one with 5,000). **Predict first:** which of the three wins with 100 labels?


# %%
def masked(n_in, n_code, **words):
    noise = aekit.MaskingNoise(0.25, seed=n_in)
    return aekit.dense_autoencoder(n_in, n_code, corruption=noise, **words)


def denoising_stack():
    return stacking.Stack([masked(*pair) for pair in pairs])


denoising = train(denoising_stack, x_train, stored="09_denoising", **recipe, **again)

rng = np.random.default_rng(seed)
labelled = rng.permutation(len(x_train))[:5_000]  # a part of these have a label
counts = 100, 1_000, 5_000
x_judge, y_judge = x_test[::2], y_test[::2]  # (5000, 784)

codes = {"raw pixels": (x_train[labelled], x_judge)}
for name, trained in {"plain stack": plain, "denoising stack": denoising}.items():
    encoder = encoder_of(trained)
    both = codes["raw pixels"]
    codes[name] = [encoder.predict(x, batch_size=5_000, verbose=0) for x in both]


# %%
def svm_errors(inputs, judged, n):
    """Errors (%) of an SVM that knows n labels: five draws, or one of all 5,000."""
    gamma = 1 / (inputs.shape[1] * inputs.var())
    errors = []
    for drawn in np.arange(5_000)[: 5 * n].reshape(-1, n):
        known = inputs[drawn].astype("float64")  # as the SVM asks for: no second copy
        svm = SVC(C=10, kernel="precomputed")
        svm.fit(rbf_kernel(known, gamma=gamma), y_train[labelled[drawn]])
        parts = np.split(judged, 5)  # a kernel of all of them would be large
        seen = [svm.predict(rbf_kernel(part, known, gamma)) for part in parts]
        errors.append(100 * np.mean(np.concatenate(seen) != y_judge))
    return errors


svm = {(name, n): svm_errors(*codes[name], n) for name in codes for n in counts}
mean = {key: np.mean(errors) for key, errors in svm.items()}
print(f"{'SVM on':16}", *(f"{n:6,} labels" for n in counts))
for name in codes:
    print(f"{name:16}", *(f"{mean[name, n]:11.1f} %" for n in counts))

# %% tags=["hide-input"]
claim(
    "With 100 labels, an SVM makes fewer errors on the code of a stack of denoising autoencoders than on "
    "raw pixels (difference in points, mean of five draws of labels).",
    mean["raw pixels", 100] - mean["denoising stack", 100],
    at_least=1.5,
)
claim(
    "With 100 labels, an SVM makes more errors on the code of a stack of plain autoencoders than on "
    "raw pixels (difference in points, mean of five draws of labels).",
    mean["plain stack", 100] - mean["raw pixels", 100],
    at_least=3,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With 100 labels the code of the denoising stack is better than raw pixels. The code of the plain stack is *worse*: a code that reconstructs well need not
# separate the digits. From 1,000 labels on, raw pixels are best.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Phase 2, a softmax layer: frozen or fine-tuned?
#
# Frozen: only the softmax layer learns. Fine-tuned: all layers learn.

# %% [markdown] slideshow={"slide_type": "notes"}
# A softmax layer on the frozen code is a logistic regression (here on standardised codes). Then we fine-tune: the network starts from the
# stack, and all its weights learn from the labels, in 500 updates by plain gradient descent (SGD) with 50 labelled images each.


# %%
def start_from(net, start, encoder):
    set_random(net, small=start == "small")
    if start == "pretrained":
        for layer, trained in zip(net.layers[:3], encoder.layers, strict=True):
            layer.set_weights(trained.get_weights())


def fine_tune(net, rate, n, updates=(50, 100, 150, 200, 300, 500)):
    """Test errors (%) after so many updates, each with 50 of the n labelled images."""
    for variable in net.optimizer.variables:  # nothing is left of the run before
        variable.assign(ops.zeros_like(variable))
    net.optimizer.learning_rate = rate
    rows = np.resize(labelled[:n], 50 * updates[-1])
    errors = []
    for part in np.split(rows, [50 * k for k in updates[:-1]]):
        net.fit(x_train[part], y_train[part], batch_size=50, shuffle=False, verbose=0)
        seen = net.predict(x_judge, batch_size=5_000, verbose=0).argmax(axis=1)
        errors.append(100 * np.mean(seen != y_judge))
    return errors


# %% tags=["tolerance-0.2"]
sigmoids, loss = network("sigmoid"), "sparse_categorical_crossentropy"
sigmoids.compile(keras.optimizers.SGD(), loss, steps_per_execution=50)
frozen, tuned = {}, {}
h, h_judge = codes["denoising stack"]
for n in counts:
    accuracy = metrics.linear_probe(h[:n], y_train[labelled[:n]], h_judge, y_judge)
    start_from(sigmoids, "pretrained", encoder_of(denoising))
    frozen[n], tuned[n] = 100 - 100 * accuracy, fine_tune(sigmoids, 1.5, n)
    print(f"{n:5,} labels: frozen {frozen[n]:4.1f} %, fine-tuned {tuned[n][-1]:4.1f} %")

# %% tags=["hide-input", "tolerance-0.2"] slideshow={"slide_type": "skip"}
claim(
    "With 5,000 labels, fine-tuning all layers of a pretrained stack leaves fewer errors than a softmax layer on "
    "its frozen code (ratio).",
    tuned[5_000][-1] / frozen[5_000],
    at_most=0.95,
    source="UFLDL, stacked autoencoders",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With 100 and 5,000 labels fine-tuning helps; with 1,000 by less than a point. UFLDL reports it for 60,000 labels and another stack: 87.7 % right before, 97.6 % after [6].

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Pretrained or random?
#
# The same network, labels and updates; only the start differs. **Predict first:** where is the gain largest?

# %% [markdown] slideshow={"slide_type": "notes"}
# We compare the starts with few and many labels, after a short and a long training, and for two kinds of network. *Sigmoids with SGD* are what people had in
# 2006. There we also show small random weights. *Relu with Adam* is usual today. It gets its own denoising stack, of relu layers. Their
# codes have no upper limit, so the loss is the squared error.
#
# The learning rates, 1.5 and 0.003, were chosen before, on 1,000 other labelled images.


# %%
def relu_layers():
    outputs = "sigmoid", "linear", "linear"  # only pixels end at 1
    for pair, output in zip(pairs, outputs, strict=True):
        yield masked(*pair, code_activation="relu", output_activation=output)


words = {"loss": "mse", "stored": "09_relu"} | recipe | {"rate": 0.003} | again
relu_stack = train(lambda: stacking.Stack(list(relu_layers())), x_train, **words)

relus = network("relu")
relus.compile(keras.optimizers.Adam(), loss, steps_per_execution=50)
path = {("sigmoid", "pretrained", n): tuned[n] for n in counts}
start_from(sigmoids, "small", None)
path["sigmoid", "small", 5_000] = fine_tune(sigmoids, 1.5, 5_000)
for n in counts:
    start_from(sigmoids, "random", None)
    path["sigmoid", "random", n] = fine_tune(sigmoids, 1.5, n)
    for start in ("random", "pretrained"):
        start_from(relus, start, encoder_of(relu_stack))
        path["relu", start, n] = fine_tune(relus, 0.003, n)

# %% tags=["hide-input", "tolerance-0.2"]
test = {key: (errors[0], errors[-1]) for key, errors in path.items()}
for (activation, start, n), (early, late) in sorted(test.items()):
    print(
        f"{activation:7} {start:10} {n:5,} labels: {early:4.1f} %, then {late:4.1f} %"
    )

figure, axes = plt.subplots(1, 2, figsize=(7.5, 5), sharey=True, sharex=True)
blue, orange, green = plots.COLORS[:3]
look = {
    "random start": ("o", "none", orange, 11),
    "pretrained start": ("o", blue, blue, 6),
    "small random start": ("x", "black", "black", 8),
    "SVM on the code": ("D", green, green, 7),
    "SVM on raw pixels": ("|", "black", "black", 14),
}
handles = {}


def dot(axis, name, value, y):
    marker, face, edge, size = look[name]
    style = {"mfc": face, "mec": edge, "mew": 2, "ms": size, "linestyle": "none"}
    (handles[name],) = axis.plot(value, y, marker=marker, **style)


ticks = {}
for axis, activation in zip(axes, ("sigmoid", "relu"), strict=True):
    for group, n in enumerate(counts):
        of = {s: e for (a, s, m), e in test.items() if (a, m) == (activation, n)}
        for i, updates in enumerate((50, 500)):
            y = 3.6 * group + i
            ticks[y] = f"{n:,} labels, {updates} updates"
            ends = [of[start][i] for start in ("random", "pretrained")]
            axis.plot(ends, (y, y), color="#999999", linestyle="-", zorder=1)
            for start, errors in of.items():
                name = "small random" if start == "small" else start
                dot(axis, f"{name} start", errors[i], y)
        y = 3.6 * group + 2
        ticks[y] = f"{n:,} labels, SVM"
        dot(axis, "SVM on the code", svm["denoising stack", n][0], y)
        dot(axis, "SVM on raw pixels", svm["raw pixels", n][0], y)
    axis.set(xscale="log", xlim=(3.5, 110), xlabel="test error (%)")
    axis.set_xticks((5, 10, 20, 40, 90), ("5", "10", "20", "40", "90"))
    axis.minorticks_off()
axes[0].set_title("Sigmoids, SGD")
axes[1].set_title("Relu, Adam")
axes[0].set_yticks(list(ticks), list(ticks.values()), fontsize=11)
axes[0].invert_yaxis()
entries = [handles[name] for name in look]
figure.legend(entries, list(look), loc="outside lower center", ncols=3, fontsize=11)
plots.show(
    figure,
    alt="Two panels of paired dots: test errors of a random and of a pretrained start, with 100, 1,000 and 5,000 labels after 50 and 500 updates. With sigmoids and SGD "
    "the pretrained start is far ahead after 50 updates and still ahead after 500. With relu and Adam the random start is as good or better. Below each pair of rows, SVMs on the code and on raw pixels.",
    touch=Touch(
        "starts",
        networks=("Sigmoids, SGD", "Relu, Adam"),
        starts=("Random start", "Pretrained start"),
        labels=counts,
        updates=(50, 100, 150, 200, 300, 500),
        errors=[
            [
                [path[net, start, n] for n in counts]
                for start in ("random", "pretrained")
            ]
            for net in ("sigmoid", "relu")
        ],
        rivals=("SVM on raw pixels", "SVM on the code"),
        rival_errors=[
            [svm[name, n][0] for n in counts]
            for name in ("raw pixels", "denoising stack")
        ],
    ),
)

# %% tags=["hide-input", "tolerance-0.2"] slideshow={"slide_type": "skip"}
gain = {
    (activation, n, i): test[activation, "random", n][i]
    - test[activation, "pretrained", n][i]
    for activation in ("sigmoid", "relu")
    for n in counts
    for i in (0, 1)
}
claim(
    "With sigmoids and SGD, after 50 updates with 1,000 labels the pretrained start has at least 40 points fewer errors "
    "than a random one.",
    gain["sigmoid", 1_000, 0],
    at_least=40,
    source="lecture, section 6",
)
claim(
    "With relu and Adam, a stack of its own gains at most 2 points over a random start, with 100, 1,000 and 5,000 labels, "
    "after 50 and after 500 updates (the largest gain, in whole points).",
    round(max(points for (net, *_), points in gain.items() if net == "relu")),
    at_most=2,
)
claim(
    "With sigmoids and SGD, the pretrained start has fewer errors than a random one with 100, 1,000 and 5,000 labels, after "
    "50 and after 500 updates (the least difference, in points).",
    min(points for (activation, *_), points in gain.items() if activation == "sigmoid"),
    at_least=2,
    source="lecture, section 6",
)
claim(
    "With sigmoids and small random weights, 500 updates of SGD with 5,000 labels leave more than 70 % errors.",
    test["sigmoid", "small", 5_000][1],
    at_least=70,
    source="Hinton and Salakhutdinov (2006)",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Sigmoids with SGD: after 50 updates the random start still guesses, and the pretrained one has learnt a lot. After 500 updates it is still ahead, in each row.
# From small weights the network has hardly begun to learn.
#
# Relu with Adam: from random weights it learns about as fast as the pretrained sigmoids. Its own stack gains nothing; with 5,000 labels it costs 9 points
# after 50 updates.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What is left of the gain?
#
# Few labels: unlabelled images still help. Many labels: a random start of relus is as good.

# %% tags=["tolerance-0.2"]
table = {
    "SVM on raw pixels": [svm["raw pixels", n][0] for n in counts],
    "SVM on the code": [svm["denoising stack", n][0] for n in counts],
    "relu, Adam, random": [test["relu", "random", n][1] for n in counts],
    "sigmoid, SGD, pretrained": [tuned[n][-1] for n in counts],
}
print(f"{'test error':24}", *(f"{n:6,} labels" for n in counts))
for name, errors in table.items():
    print(f"{name:24}", *(f"{value:11.1f} %" for value in errors))

# %% [markdown] slideshow={"slide_type": "notes"}
# These are the first of the five draws of labels, and one random start each: a difference of one point may be luck. With 100 labels the two that use images without labels have the fewest
# errors; the SVM on raw pixels follows. With 1,000 and 5,000 labels relus from a random start are as good as pretrained sigmoids, and the SVM on raw pixels is the best of all;
# the networks had only 500 updates.
#
# So this stack did not help relu and Adam. The idea is: learn from much data without labels first, then from few labels.

# %% tags=["hide-input", "tolerance-0.2"] slideshow={"slide_type": "skip"}
claim(
    "After 500 updates with 100 labels, pretrained sigmoids with SGD make fewer errors than relus with Adam from a "
    "random start (difference in points).",
    test["relu", "random", 100][1] - test["sigmoid", "pretrained", 100][1],
    at_least=2,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **Images without labels helped sigmoids with SGD everywhere, most where the training was short, and SVMs where labels were few. They did not help relu with Adam.**

# %% [markdown] slideshow={"slide_type": "notes"}
# - Phase 1 needs no labels: each autoencoder learns the codes of the one below. Phase 2 connects any classifier.
# - A stack must be trained long enough. To tune all its layers together then lowers its error further.
# - A code that reconstructs well may classify badly: denoising made the difference.
# - Relu and Adam made the pretrained start unnecessary here. With 100 labels an SVM on the code still beat one on pixels.
#
# The next lesson asks for a code that small changes of the image do not change.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Whoever begins here runs the first cells, up to the parameters, and then the next one, which is folded. It gives you `h_train`, the codes of the first 10,000
# training images by the denoising stack, `h_test`, those of 5,000 test images, and `chain_gradients(w)`, the gradients of four weights in a chain.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
widths = (784, 200, 100, 50)
pairs = list(zip(widths, widths[1:], strict=False))


def denoising_stack():
    masks = [aekit.MaskingNoise(0.25, seed=n_in) for n_in in widths[:-1]]
    layers = zip(pairs, masks, strict=True)
    return stacking.Stack(
        [aekit.dense_autoencoder(*pair, corruption=mask) for pair, mask in layers]
    )


denoising = train(
    denoising_stack,
    x_train,
    stored="09_denoising",
    epochs=20,
    batch_size=250,
    rate=0.01,
    seed=seed,
)
encoder = stacking.stack([layer.encoder for layer in denoising.autoencoders])
h_train = encoder.predict(x_train[:10_000], batch_size=5_000, verbose=0)
h_test = encoder.predict(x_test[::2], batch_size=5_000, verbose=0)


def chain_gradients(w):
    """Gradients of the four weights w of a chain of sigmoid units, for x = 1 and dL/dh_4 = 1."""
    h = [1.0]
    for weight in w:
        h.append(1 / (1 + np.exp(-weight * h[-1])))
    gradients, back = np.zeros(4), 1.0
    for k in (3, 2, 1, 0):
        back *= h[k + 1] * (1 - h[k + 1])
        gradients[k] = back * h[k]
        back *= w[k]
    return gradients


def errors_with(chosen):
    """Test error (%) of an SVM on the code that knows the labels of the chosen images."""
    svm = SVC(C=10).fit(h_train[chosen], y_train[chosen])
    return 100 - 100 * svm.score(h_test, y_test[::2])


@exercise("09.1", expects="(a, b): two numbers of weights")
def _(answer):
    of_stack, of_softmax = (int(n) for n in answer)
    true_stack, true_softmax = sum((a + 1) * b for a, b in pairs), 51 * 10
    if of_stack in (sum(a * b for a, b in pairs), true_stack - 350):
        return "Each unit has a bias too."
    if of_stack == true_stack + sum((b + 1) * a for a, b in pairs):
        return "The decoders are thrown away after phase 1."
    if of_stack != true_stack:
        return (
            "In the stack, each unit has a weight for every unit below it, and a bias."
        )
    if of_softmax != true_softmax:
        return "The softmax layer has 10 units. What is below them?"


@exercise("09.2", expects="an array of four weights")
def _(w):
    w = np.asarray(w, dtype=float).reshape(4)
    gradients = chain_gradients(w)
    ratio = abs(gradients[0] / gradients[3])
    if not np.isfinite(ratio):
        return "The weights must be four finite numbers."
    if np.abs(w).max() > 4.0001:
        return f"The largest weight is {np.abs(w).max():.2f}; allowed is -4 to 4."
    if ratio < 1:
        return (
            f"The first gradient is {ratio:.3f} of the last. A weight multiplies the gradient, but it also moves "
            "the next unit away from 0, where its slope is steepest. What do weights of both signs do?"
        )


@exercise("09.3", expects="30 different numbers from 0 to 9,999")
def _(chosen):
    chosen = np.unique(np.asarray(chosen, dtype=int).ravel())
    if len(chosen) != 30:
        return f"These are {len(chosen)} different images; 30 are asked for."
    if chosen.min() < 0 or chosen.max() > 9_999:
        return "The images are the first 10,000 training images."
    errors = errors_with(chosen)
    if errors > 34:
        return (
            f"The SVM makes {errors:.0f} % errors; at most 34 % are asked for. Images that are alike "
            "tell it the same thing. How would you spread 30 images over all codes?"
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. Who sets the weights?** How many weights, biases included, does phase 1 set in the stack 784-200-100-50? How many are left for the labels if
# only a softmax layer for 10 digits is trained on the frozen code?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
answer = ...  # (a, b): weights of the stack, weights of the softmax layer
check("09.1", answer)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Each unit has a weight for every unit below, and a bias.
assert check("09.1", (785 * 200 + 201 * 100 + 101 * 50, 51 * 10))

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. A chain that learns.** Find four weights from −4 to 4, of four sigmoid units in a row, for which the gradient of the
# *first* weight is at least as large as the last one's, whatever the signs. The input is 1, and there are no biases. (With weights of 0.01 it is less than a ten-millionth of it.) `chain_gradients(w)` computes all four.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
w = ...  # an array of four weights
check("09.2", w)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# A weight of 4 times a slope of 1/4 would keep a gradient as it is. But 4 drives the next unit to its end, where
# it is flat. The small first weight keeps units 1 and 2 off their ends. Unit 3 is near 0, which shrinks
# the *last* gradient, since h_3 is a factor of it.
assert check("09.2", [-1.0, 4.0, -4.0, 4.0])

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. Which labels would you buy?** Choose 30 of the first 10,000 training images, without looking at any label, so that
# an SVM on the code that knows the labels of these 30 (`errors_with(chosen)`) makes at most 34 % errors on test images. Call it only for your final choice.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
chosen = ...  # 30 different numbers from 0 to 9,999
check("09.3", chosen)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Without labels one can still see which images are alike: find 30 clusters of codes, and buy
# the label of the image nearest to each centre.
from sklearn.cluster import KMeans

kmeans = KMeans(30, n_init=3, random_state=0).fit(h_train)
nearest = np.argmin(kmeans.transform(h_train), axis=0)
assert check("09.3", nearest)

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# 1. Y. Bengio, P. Lamblin, D. Popovici and H. Larochelle, *Greedy layer-wise training of deep networks*, NIPS (2007).
# 2. P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio and P.-A. Manzagol, *Stacked denoising autoencoders*, JMLR 11 (2010).
# 3. G. Hinton and R. Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science (2006).
# 4. X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS (2010).
# 5. X. Glorot, A. Bordes and Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS (2011): relu without pretraining.
# 6. UFLDL, Stanford, *Stacked autoencoders*.
