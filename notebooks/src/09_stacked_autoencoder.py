# %% [markdown] slideshow={"slide_type": "slide"}
# # The stacked autoencoder
#
# Labels are dear, images are cheap. Can the images without labels help a deep classifier? The idea of this lesson: do not
# start its weights at random. Let autoencoders choose them, one layer after the other, and bring in the labels only then.
#
# **What you will learn**
#
# - the two phases: train each layer's autoencoder on the codes of the one below, then connect a classifier and fine-tune;
# - what each layer of a stack sees, and what gets lost on the way up;
# - an SVM and a softmax layer on the codes, before and after fine-tuning;
# - whether such a start beats a random one with 100 and 1,000 labels (in the full profile also 10,000), and where it does not;
# - for which networks the trick was needed, and what people do today instead.
#
# **The lecture's part:** section 6. **Before this lesson:** lessons 2 and 8. **Time:** about 50 minutes to read and play;
# the computing takes under a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import datasets, metrics, plots, stacking
from aekit.claims import claim
import keras
from keras import ops
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": 60,000 images, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. Of the training images, 1,000 are set apart with their labels: every choice, such as an SVM's $C$ or a
# learning rate, is made on them, never on the test images. The others are our *unlabelled* images; of some of them we uncover the label later.

# %% slideshow={"slide_type": "skip"}
n_all, n_test, layer_epochs, max_rounds, n_seeds, label_counts = {
    "quick": (11_000, 2_000, 5, 3, 3, (100, 1_000)),
    "full": (60_000, 10_000, 5, 15, 3, (100, 1_000, 10_000)),
}[profile]
widths = (784, 200, 100, 50)  # the input and three codes
lecture = "lecture, section 6"

(x_all, y_all), (x_test, y_test) = datasets.load_mnist(n_all, n_test, flatten=True)
order = np.random.default_rng(seed).permutation(n_all)
x_train, x_valid = x_all[order[1000:]], x_all[order[:1000]]
y_train, y_valid = y_all[order[1000:]], y_all[order[:1000]]
print("unlabelled", x_train.shape, "· validation", x_valid.shape, "· test", x_test.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two phases
#
# **Phase 1**, without labels: AE 1 learns to redraw $x$; its code is $h_1$. AE 2 learns to redraw $h_1$, and AE 3 to redraw $h_2$. A
# layer is finished before the next begins, which is why this is called *greedy*. **Phase 2**, with labels: the decoders are thrown
# away, the encoders stand on one another, and a classifier comes on top.

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
figure, (first, second) = plt.subplots(1, 2, figsize=(13, 5.2), width_ratios=[3, 2])


def box(axis, x, y, text, color):
    style = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": color, "lw": 2.5}
    axis.text(x, y, text, ha="center", va="center", fontsize=14, bbox=style)


def arrow(axis, start, end, color):
    style = {"arrowstyle": "->", "lw": 2, "color": color, "shrinkA": 20, "shrinkB": 20}
    axis.annotate("", end, start, arrowprops=style)


names = ("$x$", "$h_1$", "$h_2$", "$h_3$")
for k in range(3):
    box(first, k, 0, names[k], "black")
    box(first, k, 1, names[k + 1], plots.COLORS[k])
    box(first, k, 2, f"$\\hat{{{names[k][1]}}}{names[k][2:-1]}$", "#777777")
    arrow(first, (k, 0), (k, 1), plots.COLORS[k])
    arrow(first, (k, 1), (k, 2), "#777777")
    first.text(k - 0.06, 0.62, f"encoder {k + 1}", ha="right", va="center", color=plots.COLORS[k])
    first.text(k + 0.1, 1.5, "decoder", va="center", color="#777777")
    if k < 2:
        arrow(first, (k, 1), (k + 1, 0), "black")
for k, name in enumerate((*names, "10 classes")):
    box(second, 0, k / 2, name, "black" if k == 0 else (*plots.COLORS[:3], "black")[k - 1])
    if k < 4:
        arrow(second, (0, k / 2), (0, (k + 1) / 2), (*plots.COLORS[:3], "black")[k])
        text = f"encoder {k + 1}, from phase 1" if k < 3 else "SVM or softmax"
        second.text(0.08, k / 2 + 0.25, text, va="center", color=(*plots.COLORS[:3], "black")[k])
first.set(title="Phase 1: one autoencoder after the other", xlim=(-0.6, 2.6), ylim=(-0.3, 2.3))
second.set(title="Phase 2: a classifier on top", xlim=(-0.4, 0.9), ylim=(-0.3, 2.3))
first.axis("off")
second.axis("off")
plots.show(
    figure,
    alt="Left, three autoencoders side by side, each drawn upwards from input to code to reconstruction: of x, of h1 and of h2; an arrow leads "
    "from the code of each to the input of the next. Right, a column of x, h1, h2, h3 and ten classes, joined by encoders 1, 2 and 3 from phase 1 and an SVM or a softmax.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# With sigmoid layers $s$ the stack computes $h_k = s(h_{k-1} W_k + b_k)$, with $h_0 = x$. Two layers by hand on two inputs, and the same
# by `stacking.stack`, which puts encoders on top of one another:

# %% slideshow={"slide_type": "fragment"}
tiny = [aekit.dense_autoencoder(2, 3), aekit.dense_autoencoder(3, 1)]
W_1, W_2 = np.array([[1.0, 0, -1], [0, 2, 1]]), np.array([[1.0], [-1], [2]])
b_1, b_2 = np.array([0.0, -1, 0]), np.array([0.5])
tiny[0].encoder.set_weights([W_1, b_1])
tiny[1].encoder.set_weights([W_2, b_2])

x = np.array([[0.5, 1.0]])
h_1 = 1 / (1 + np.exp(-(x @ W_1 + b_1)))
h_2 = 1 / (1 + np.exp(-(h_1 @ W_2 + b_2)))
by_aekit = ops.convert_to_numpy(stacking.stack([a.encoder for a in tiny])(x))
print("h1 =", h_1.round(3), " h2 =", h_2.round(3), " stack:", by_aekit.round(3))
claim("by hand and aekit: difference", np.abs(h_2 - by_aekit).max(), at_most=1e-6)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Phase 1, by hand
#
# Three autoencoders, 784 → 200 → 100 → 50. Pixels and sigmoid codes both lie in $[0, 1]$, so the cross-entropy serves for all three. No
# label is used.

# %% slideshow={"slide_type": "fragment"}
training = {"batch_size": 200, "verbose": 0, "callbacks": [aekit.callbacks.ProgressBar()]}


def compiled(autoencoder, **options):
    autoencoder.compile(keras.optimizers.Adam(0.005), loss="binary_crossentropy", **options)
    return autoencoder


keras.utils.set_random_seed(seed)
ae_1, ae_2, ae_3 = (compiled(aekit.dense_autoencoder(784, 200)),
                    compiled(aekit.dense_autoencoder(200, 100)),
                    compiled(aekit.dense_autoencoder(100, 50)))  # fmt: skip
ae_1.fit(x_train, x_train, epochs=layer_epochs, **training)
h_1 = ae_1.encode(x_train)
ae_2.fit(h_1, h_1, epochs=layer_epochs, **training)
h_2 = ae_2.encode(h_1)
ae_3.fit(h_2, h_2, epochs=layer_epochs, **training)
print("x", x_train.shape, "→ h1", h_1.shape, "→ h2", h_2.shape, "→ h3", ae_3.encode(h_2[:5]).shape)

# %% [markdown] slideshow={"slide_type": "subslide"}
# `stacking.pretrain` does just this, in a loop, and returns the stacked encoders. To see that it is the same we train two small stacks from the
# same random start, one by hand and one by `pretrain`, on 50 images.

# %% slideshow={"slide_type": "fragment"}
few = x_train[:50]


def small_stack():
    keras.utils.set_random_seed(seed)
    pairs = ((784, 20), (20, 10))
    return [compiled(aekit.dense_autoencoder(a, b), run_eagerly=True) for a, b in pairs]


lower, upper = small_stack()
lower.fit(few, few, batch_size=50, epochs=3, verbose=0)
code = lower.encode(few)
upper.fit(code, code, batch_size=50, epochs=3, verbose=0)
by_hand = upper.encode(code)

by_pretrain = stacking.pretrain(small_stack(), few, epochs=3, batch_size=50)
difference = np.abs(by_hand - ops.convert_to_numpy(by_pretrain(few))).max()
claim("by hand and by pretrain: difference of the codes", difference, at_most=1e-4)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One line of difference: a denoising stack
#
# Any autoencoder can be a layer. Beside the plain stack we train one of **denoising** autoencoders (lesson 8), which is Vincent's *stacked denoising
# autoencoder*. The difference is one argument. The noise is only there while a layer trains: the next one gets *clean* codes. (Each
# noise layer has its own seed; two with the same seed would make the same noise.)

# %% slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
pairs = list(zip(widths, widths[1:], strict=False))
# plain:   aekit.dense_autoencoder(a, b)
denoising = [
    compiled(aekit.dense_autoencoder(a, b, corruption=aekit.MaskingNoise(0.25, seed=seed + a)))
    for a, b in pairs
]
stacks = {
    "plain": stacking.stack([ae_1.encoder, ae_2.encoder, ae_3.encoder]),
    "denoising": stacking.pretrain(
        denoising, x_train, layer_epochs, batch_size=200,
        callbacks=lambda x: [aekit.callbacks.ProgressBar()],
    ),
}  # fmt: skip
print({name: encoder.output_shape for name, encoder in stacks.items()})

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What each layer sees
#
# We send test images up to $h_k$ and back down through the decoders. Each layer only learnt to redraw the one below, and nobody corrected
# the sum of their errors. So we expect to lose something at every layer. PCA with 50 components, as many numbers as $h_3$, is the rival.


# %% tags=["cover", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
def through(autoencoders, images):
    """Up through the encoders, and back down through the decoders."""
    for autoencoder in autoencoders:
        images = autoencoder.encode(images)
    for autoencoder in reversed(autoencoders):
        images = autoencoder.decode(images)
    return images


plain = [ae_1, ae_2, ae_3]
redrawn = {f"through $h_{k}$": through(plain[:k], x_test) for k in (1, 2, 3)}
pca = PCA(50, random_state=seed).fit(x_train)
redrawn["PCA, 50"] = pca.inverse_transform(pca.transform(x_test)).clip(0, 1)
rows = {"test image": x_test[:10]} | {name: images[:10] for name, images in redrawn.items()}
plots.show(
    plots.image_rows(rows, "Up the stack and down again: each layer loses some of the picture"),
    alt="Ten test digits, and their reconstructions through one, two and three layers of the stack, and by PCA with 50 components. The further up, "
    "the softer the digits; a 2 and a 5 get lost on the way. PCA keeps all ten, with grey traces around them.",
)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
error = {name: metrics.squared_error(x_test, images).mean() for name, images in redrawn.items()}
of_mean = np.mean(np.sum((x_test - x_train.mean(axis=0)) ** 2, axis=1))
print(f"squared error a test image: mean image {of_mean:.1f}")
for name, value in error.items():
    print(f"   {name:14} {value:.1f}")
loss = error["through $h_3$"] / error["through $h_1$"]
claim("through three layers more is lost than through one: ratio", loss, at_least=1.2)
of_pca = error["through $h_3$"] / error["PCA, 50"]
claim("more than PCA with as many numbers: ratio", of_pca, at_least=1)
claim("but it is far below the mean image's: ratio", error["through $h_3$"] / of_mean, at_most=0.75)

# %% [markdown] slideshow={"slide_type": "subslide"}
# As a compressor the greedy stack is *worse* than PCA: no layer was ever trained to redraw the image through all the others. (A deep autoencoder, trained as
# a whole, beats PCA: lesson 4.) It is not made for that, but to give a classifier its start. And what does a unit stand for? We set the code to its mean, move one unit from 0 to 1, and draw how the picture changes: red gets brighter, blue
# gets darker.


# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def effect_of_units(autoencoders, units=10):
    """What the picture gains when one unit of the top code goes from 0 to 1, the others at their mean."""
    code = x_train[:1000]
    for autoencoder in autoencoders:
        code = autoencoder.encode(code)
    ends = []
    for value in (0, 1):
        picture = np.repeat(code.mean(axis=0, keepdims=True), units, axis=0)
        picture[np.arange(units), np.arange(units)] = value
        for autoencoder in reversed(autoencoders):
            picture = autoencoder.decode(picture)
        ends.append(picture)
    return ends[1] - ends[0]


effects = np.concatenate([effect_of_units(plain[:k]) for k in (1, 2, 3)])
plots.show(
    plots.image_grid(
        effects, "Ten units each of $h_1$, $h_2$ and $h_3$ (top to bottom)", symmetric=True
    ),
    alt="Three rows of ten pictures in red and blue, each to its own scale: what one unit of the first, second and third code "
    "adds to the picture and takes from it.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why random weights can be a bad start
#
# Look at how much the units of each layer *differ* from one image to the next. In a stack of sigmoids with random weights, each layer
# averages over many units and squeezes the result, so the images look more and more alike further up. A classifier on top sees almost the same for a 3 and an 8. A layer that must redraw the one below cannot afford that. And how much of the labels' gradient finds its way down to the first
# layer? One step of SGD with learning rate 1 takes the gradient off the weights, so we read it from their difference. (Random weights here: Glorot's, Keras' default.)


# %% slideshow={"slide_type": "fragment"}
def new_encoder(activation="sigmoid"):
    dense = [keras.layers.Dense(width, activation=activation) for width in widths[1:]]
    return keras.Sequential([keras.Input((784,)), *dense])


def spread_of_codes(encoder):
    code, spreads = x_test[:1000], []
    for layer in encoder.layers:
        code = ops.convert_to_numpy(layer(code))
        spreads.append(code.std(axis=0).mean())
    return spreads


def gradient_norms(encoder):
    """Norm of the gradient of the loss on 1,000 labelled images, for the weights of each layer."""
    model = stacking.add_softmax(stacking.stack([encoder]), classes=10)
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy", run_eagerly=True)
    before = model.get_weights()
    model.train_on_batch(x_train[:1000], y_train[:1000])
    steps = [old - new for old, new in zip(before, model.get_weights(), strict=True)]
    return [np.linalg.norm(step) for step in steps[::2]]  # without the biases


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
spread, gradient = {}, {}
for name, encoder in {"random": new_encoder(), "pretrained": stacks["plain"]}.items():
    spread[name], gradient[name] = spread_of_codes(encoder), gradient_norms(encoder)
    print(f"{name} start")
    print("   spread of a unit in h1, h2, h3:     ", *(f"{v:.4f}" for v in spread[name]))
    print("   gradient of layers 1, 2, 3, softmax:", *(f"{v:.4f}" for v in gradient[name]))
ratio = spread["pretrained"][2] / spread["random"][2]
claim("pretrained over random in h3", ratio, at_least=3)
claim("random: h3 over h1", spread["random"][2] / spread["random"][0], at_most=0.7)
share = {name: norms[0] / norms[-1] for name, norms in gradient.items()}
for name, value in share.items():
    claim(f"{name}: gradient of layer 1 over the softmax layer's", value, at_most=0.3)

# %% [markdown] slideshow={"slide_type": "slide"}
# The gradient gets smaller on its way down at *both* starts, in the quick run by about the same factor. What pretraining surely changes is what the layers pass up: their units differ from one
# image to the next.
#
# ## Phase 2, any classifier: an SVM
#
# Now uncover some labels. The lecture's first choice is an SVM on the codes. The honest rivals get the same labels and the raw pixels: the same SVM, and logistic
# regression. We draw the labelled images a few times and give the mean error and its standard deviation. How soft the boundary is, the $C$ of both, is chosen from two
# values for each draw, on the validation images.


# %% slideshow={"slide_type": "fragment"}
def draw(n, number):
    """Indices of n labelled images; the same number, the same images."""
    return np.random.default_rng([seed, number]).permutation(len(x_train))[:n]


def encoded(encoder):
    return [ops.convert_to_numpy(encoder(x)) for x in (x_train, x_valid, x_test)]


def test_errors(candidates, codes, n):
    """Test error in % for each draw of n labels, of the candidate with the best validation score."""
    of_train, of_valid, of_test = codes
    errors = []
    for drawn in [draw(n, number) for number in range(n_seeds)]:
        fitted = [clone(c).fit(of_train[drawn], y_train[drawn]) for c in candidates]
        best = max(fitted, key=lambda classifier: classifier.score(of_valid, y_valid))
        errors.append(100 - 100 * best.score(of_test, y_test))
    return errors


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
svms = [SVC(C=1), SVC(C=10)]
linear = [LogisticRegression(C=C, tol=0.01, max_iter=300) for C in (0.1, 1)]
codes = {"raw pixels": (x_train, x_valid, x_test)}
codes |= {f"{name} $h_3$": encoded(encoder) for name, encoder in stacks.items()}
svm = {
    (name, n): test_errors(svms, codes[name], n)
    for n in aekit.callbacks.progress(label_counts)
    for name in codes
}
logistic = {
    n: test_errors(linear, codes["raw pixels"], n) for n in aekit.callbacks.progress(label_counts)
}
rows = {(f"SVM, {name}", n): values for (name, n), values in svm.items()}
rows |= {("logistic regression, raw", n): values for n, values in logistic.items()}
for (name, n), values in rows.items():
    print(f"{n:6} labels  {name:25} {np.mean(values):5.1f} ± {np.std(values):.1f} %")
mean_svm = {key: np.mean(values) for key, values in svm.items()}
gain = mean_svm["plain $h_3$", 100] - mean_svm["denoising $h_3$", 100]
claim("100 labels: gain of the denoising over the plain code (points)", gain, at_least=-2)
gain = mean_svm["raw pixels", 100] - mean_svm["denoising $h_3$", 100]
claim("100 labels: better than raw pixels by (points)", gain, at_least=1)
gain -= mean_svm["raw pixels", 1000] - mean_svm["denoising $h_3$", 1000]
claim("with 1,000 labels the lead over raw pixels is smaller by (points)", gain, at_least=1)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Read it plainly. With 100 labels the denoising stack's code beats raw pixels. The plain stack's is behind it in the stored run, but not always: with the random numbers of another backend, JAX, the two were level. With 1,000 labels that lead is gone in the quick run: the SVM on
# raw pixels, with its curved boundary, is as good or better. Fifty numbers made to redraw a digit are not made to tell digits apart, and what they
# threw away a classifier with enough labels can use. Logistic regression shows what a *linear* boundary on raw pixels is worth.
#
# ## Phase 2, a softmax layer: before and after fine-tuning
#
# The other choice is a softmax layer, `stacking.add_softmax`. **Frozen**: only the softmax layer learns, the stack stays as phase 1 left it.
# **Fine-tuned**: all weights learn. UFLDL did this with 60,000 labels. We uncover the labels of all training images here. (Adam with 0.01, one rate for both, is not tuned.)


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def error_of(model, x, y):
    """Share of wrong answers in %."""
    return 100 * np.mean(ops.convert_to_numpy(model(x)).argmax(axis=1) != y)


keras.utils.set_random_seed(seed)
classifier = stacking.add_softmax(stacking.stack([a.encoder for a in plain]), classes=10)
compiled_for_labels = {"loss": "sparse_categorical_crossentropy"}
accuracy = {}
for phase, trainable in {"frozen": False, "fine-tuned": True}.items():
    classifier.layers[0].trainable = trainable
    classifier.compile(keras.optimizers.Adam(0.01), **compiled_for_labels)
    classifier.fit(x_train, y_train, epochs=5, **training)
    accuracy[phase] = 100 - error_of(classifier, x_test, y_test)
    print(f"{phase:11} test accuracy {accuracy[phase]:.1f} %")
ufldl = "UFLDL, Exercise: Implement deep networks for digit classification"
claim("before fine-tuning (%)", accuracy["frozen"], at_least=65, source=ufldl, published=87.7)
claim("after fine-tuning (%)", accuracy["fine-tuned"], at_least=90, source=ufldl, published=97.6)
gain = accuracy["fine-tuned"] - accuracy["frozen"]
claim("gain (points)", gain, at_least=3, source=ufldl, published=9.9)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The direction is UFLDL's: fine-tuning is where most of the rest is won. The numbers are not to be compared digit by digit: UFLDL has two layers of 200 *sparse* units
# (ρ = 0.1, β = 3, with weight decay) and we have three narrowing plain ones; it trains with L-BFGS for 400 iterations a layer and we with Adam for a few epochs; it has 60,000 labels, and our quick
# run 10,000.
#
# ## Against random initialisation
#
# Now the question of the lesson. The *same* network, 784-200-100-50-10 of sigmoids, starts once from random weights (Glorot's) and once from a stack. The rules are the same for both:
#
# - Adam, batches of 100 labelled images, rounds of 50 updates. After each round we measure the error on the 1,000 validation images, and the test error that counts is that of the best round.
# - Each start gets the best of four learning rates. It is chosen by the validation error with 1,000 labels, in a draw that is not used again.
# - One seed is one draw of labelled images, one random start and one order of batches; the two stacks are trained once, so their own luck is not in the spread.
#
# Three cautions. With 100 labels nobody would have 1,000 more for validation; both starts get the same favour. The number of rounds is fixed, there is no patience rule. And the quick run has only three rounds:
# the networks have not converged by then, and **short training favours the start that is already good**. The full profile trains five times as long.


# %% slideshow={"slide_type": "fragment"}
def blank_slate(activation, optimizer):
    """A compiled classifier, and its optimizer's state at the start: trained many times, compiled once."""
    model = stacking.add_softmax(new_encoder(activation), classes=10)
    model.compile(optimizer, **compiled_for_labels)
    optimizer.build(model.trainable_variables)
    return model, [ops.convert_to_numpy(v).copy() for v in optimizer.variables]


# %% slideshow={"slide_type": "fragment"}
def fine_tune(slate, rate, n, number, start=None):
    """Validation and test error (%) at the best round; `start` is a pretrained encoder, None a random start."""
    model, state = slate
    keras.utils.set_random_seed(1000 * seed + number)
    for layer in (*model.layers[0].layers, model.layers[-1]):
        kernel = keras.initializers.GlorotUniform()(layer.kernel.shape)
        layer.set_weights([kernel, np.zeros(layer.units)])
    if start is not None:
        model.layers[0].set_weights(start.get_weights())
    for variable, value in zip(model.optimizer.variables, state, strict=True):
        variable.assign(value)
    model.optimizer.learning_rate = rate
    drawn, best = draw(n, number), (100.0, 100.0)
    for round_number in range(max_rounds):
        labelled = np.resize(np.roll(drawn, -5000 * round_number), 5000)  # 50 batches of 100
        model.fit(x_train[labelled], y_train[labelled], batch_size=100, verbose=0)
        valid = error_of(model, x_valid, y_valid)
        if valid < best[0]:
            best = valid, error_of(model, x_test, y_test)
    return best


def best_rate(slate, rates, start=None):
    return min(rates, key=lambda rate: fine_tune(slate, rate, 1000, 999, start)[0])


# %% [markdown] slideshow={"slide_type": "skip"}
# 100 and 1,000 labels, in the full profile 10,000 too, and a few seeds for each.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "subslide"}
slate = blank_slate("sigmoid", keras.optimizers.Adam())
starts = {"random": None, "pretrained": stacks["denoising"]}
rates = {
    name: best_rate(slate, (0.002, 0.005, 0.01, 0.02), start)
    for name, start in aekit.callbacks.progress(starts.items())
}
print("learning rates chosen:", rates)
errors = {(name, n): [] for name in starts for n in label_counts}
runs = [(name, n, number) for name, n in errors for number in range(n_seeds)]
for name, n, number in aekit.callbacks.progress(runs):
    errors[name, n].append(fine_tune(slate, rates[name], n, number, starts[name])[1])
for (name, n), values in errors.items():
    each = ", ".join(f"{value:.1f}" for value in values)
    print(f"{n:6} labels  {name:11} {np.mean(values):5.1f} ± {np.std(values):.1f} %   ({each})")
gain = {n: np.subtract(errors["random", n], errors["pretrained", n]) for n in label_counts}
for n, values in gain.items():
    print(f"{n:6} labels: pretraining gains {values.mean():5.1f} ± {values.std():.1f} points")
claim("1,000 labels: pretraining gains (points)", gain[1000].mean(), at_least=0, source=lecture)
above = np.mean(errors["pretrained", 100]) - mean_svm["denoising $h_3$", 100]
claim("100 labels: the fine-tuned stack above the SVM on its code by (points)", above, at_least=0)

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "subslide"}
figure, axis = plt.subplots(figsize=(9.5, 5))
curves = {f"{name} start, fine-tuned": [errors[name, n] for n in label_counts] for name in starts}
curves["SVM, raw pixels"] = [svm["raw pixels", n] for n in label_counts]
curves["logistic regression, raw pixels"] = [logistic[n] for n in label_counts]
for i, (name, values) in enumerate(curves.items()):
    at = np.array(label_counts[: len(values)]) * (0.94 + 0.04 * i)
    means, deviations = np.mean(values, axis=1), np.std(values, axis=1)
    axis.errorbar(at, means, deviations, marker="o", capsize=5, label=name)
axis.set(xscale="log", xlabel="labels (logarithmic)", ylabel="test error (%)", ylim=(0, None))
axis.set_title("Mean and standard deviation over the seeds")
axis.set_xticks(label_counts, [f"{n:,}" for n in label_counts])
axis.minorticks_off()
axis.legend()
plots.show(
    figure,
    alt="Test error against the number of labels with error bars, for the same network from a random and from a pretrained start, "
    "and for an SVM and logistic regression on raw pixels. All fall.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# In the quick run the pretrained start is ahead by a point or two, on average. With 100 labels the luck of the draw makes about as much difference (the error bars are of that size), so
# read the *paired* gains above: both starts get the same images. So it helps here, but no miracle happens, and there is a plain rival: with 1,000 labels the
# SVM on raw pixels is better than both networks in the quick run, and with 100 labels the SVM on the denoising code is better than fine-tuning the whole stack. Where labels
# are few, a simple classifier on a fixed code is a rival to be tried first.
#

# ## Where it was needed, and what people do today
#
# In 2006 networks were made of sigmoids and trained by plain gradient descent (SGD). So we take Adam away and start the same two networks again, with
# 1,000 labels, the same rounds, and again for each start the best of two or three learning rates. And then the other way: random weights, but relu units and Adam, which is what people do today.

# %% tags=["tolerance-0.8"] slideshow={"slide_type": "fragment"}
by_sgd = blank_slate("sigmoid", keras.optimizers.SGD())
relu = blank_slate("relu", keras.optimizers.Adam())
tried = {
    "sigmoid, SGD, random": (by_sgd, (0.5, 2.0), None),
    "sigmoid, SGD, pretrained": (by_sgd, (0.5, 2.0), stacks["denoising"]),
    "relu, Adam, random": (relu, (0.0005, 0.002, 0.01), None),
}
modern = {f"sigmoid, Adam, {name}": errors[name, 1000] for name in starts}
for name, (slate, grid, start) in aekit.callbacks.progress(tried.items()):
    rate = best_rate(slate, grid, start)
    modern[name] = [fine_tune(slate, rate, 1000, i, start)[1] for i in range(n_seeds)]
    print(f"{name}: learning rate {rate}")
for name, values in modern.items():
    print(f"{name:26} {np.mean(values):5.1f} ± {np.std(values):.1f} %")
mean = {name: np.mean(values) for name, values in modern.items()}
gain_sgd = mean["sigmoid, SGD, random"] - mean["sigmoid, SGD, pretrained"]
claim("SGD: pretraining gains (points)", gain_sgd, at_least=2, source=lecture)
claim("relu and Adam, from random weights: error (%)", mean["relu, Adam, random"], at_most=18)

# %% [markdown] slideshow={"slide_type": "subslide"}
# With sigmoids and SGD the random start is far behind in the quick run, while the pretrained one learns. That is the setting for which greedy pretraining was found. Adam
# scales up small gradients, which alone takes away nearly all of the difference, and relu units do not squeeze the signal on its way up; with both, a random start is strong, at no cost. Today one would
# start there. What has stayed is the idea: learn from data without labels first, then fine-tune with few.
#
# ## What we saw

# %% tags=["hide-input", "nbval-ignore-output"] slideshow={"slide_type": "fragment"}
print("1,000 labels, test error in %:")
for name, values in modern.items():
    print(f"   {name:30} {np.mean(values):5.1f}")
print(f"   {'SVM, raw pixels':30} {mean_svm['raw pixels', 1000]:5.1f}")
print("100 labels:")
for name in starts:
    print(f"   {name + ' start, fine-tuned':30} {np.mean(errors[name, 100]):5.1f}")
for name in codes:
    print(f"   {'SVM, ' + name:30} {mean_svm[name, 100]:5.1f}")
print(
    f"all labels: frozen {accuracy['frozen']:.1f} %, fine-tuned {accuracy['fine-tuned']:.1f} % right"
)

# %% [markdown]
# - Phase 1 needs no label: each autoencoder is trained on the codes of the one below. Phase 2 connects any classifier.
# - Each layer loses a little of the picture; random sigmoid layers lose the differences between pictures.
# - With few labels an SVM does better on the code of a denoising stack than on raw pixels; whether the denoising code beats the plain one depends on the random start.
# - With many labels fine-tuning wins most of what the frozen stack lacks; with 100, in the quick run, an SVM on the fixed code did better.
# - Pretraining was needed for sigmoids and plain gradient descent. With relu and Adam a random start is strong, and an SVM on raw pixels is a rival to be named.
#
# ## Exercises
#
# **1.** Count the weights that phase 1 sets, and those that a label must set if the stack is frozen.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Each unit has a weight for every unit below, and a bias.
in_stack = sum((a + 1) * b for a, b in pairs)
in_softmax = (widths[-1] + 1) * 10
print(in_stack, "in the stack,", in_softmax, "in the softmax layer")
by_keras = stacks["plain"].count_params()
claim("the count is right: difference", abs(in_stack - by_keras), at_most=0)
claim("a softmax on the code has few: share of all weights", in_softmax / in_stack, at_most=0.01)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** Is the training worth it at all? Put the SVM on the code of a stack with *random* weights, never trained, with 100 labels. Mind the scale of the codes.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The units of a random stack hardly differ between images, so an SVM on the bare codes guesses. On standardized ones it shows what
# random features keep of the digit; the code of the denoising stack is better, even as it is.
keras.utils.set_random_seed(seed)
untrained = new_encoder()
code = encoded(untrained)
bare = np.mean(test_errors(svms, code, 100))
scaled = [make_pipeline(StandardScaler(), candidate) for candidate in svms]
of_random = np.mean(test_errors(scaled, code, 100))
print(
    f"SVM on a random stack {bare:.1f} %, standardized {of_random:.1f} %, on the denoising one {mean_svm['denoising $h_3$', 100]:.1f} %"
)
claim("points lost by random weights", of_random - mean_svm["denoising $h_3$", 100], at_least=2)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** Which layer of the denoising stack is best for an SVM with 100 labels: $h_1$, $h_2$ or $h_3$? Predict first.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# In the quick run they lie close together; after longer pretraining the third gains some points. Higher is not
# better by itself. In a paper's table look for what a layer was chosen by.
of_layer = {}
for k in (1, 2, 3):
    part = stacking.stack([autoencoder.encoder for autoencoder in denoising[:k]])
    of_layer[k] = np.mean(test_errors(svms, encoded(part), 100))
print({f"h{k}": round(float(value), 1) for k, value in of_layer.items()})
claim("points gained by going up from h1 to h3", of_layer[1] - of_layer[3], at_most=8)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# Noise made the code indifferent to lost pixels, at random. The next lesson asks for calm directly, by a penalty on the derivatives of the code.
#
# **References**
#
# - Y. Bengio, P. Lamblin, D. Popovici and H. Larochelle, *Greedy layer-wise training of deep networks*, NIPS (2007).
# - P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio and P.-A. Manzagol, *Stacked denoising autoencoders*, JMLR 11 (2010): section 2.4 for the
#   stack, section 6 for the experiments.
# - UFLDL, Stanford, *Stacked autoencoders* and *Exercise: Implement deep networks for digit classification*: 87.7 and 97.6 %.
# - X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS (2010).
# - X. Glorot, A. Bordes and Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS (2011): relu without pretraining.
