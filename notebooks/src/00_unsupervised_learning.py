# %% [markdown] slideshow={"slide_type": "slide"}
# # Learning with and without labels
#
# **What can be learnt from images when nobody says what they show?**

# %% [markdown] slideshow={"slide_type": "notes"}
# **What you will learn**
#
# - what a classifier loses when labels are wrong, or few;
# - how to see structure in images without labels: correlations and clusters;
# - what an autoencoder is, and that it needs this structure;
# - how much its code helps a classifier that has only 100 labels.
#
# **The lecture's part:** section 1, Unsupervised learning.
#
# **Before this lesson:** a little Python and NumPy; nothing from this course.
#
# **Time:** about 35 minutes, exercises apart.

# %% slideshow={"slide_type": "skip"}
import itertools

import aekit
from aekit import metrics, plots
from aekit.claims import claim, verified, verify
from aekit.datasets import load_mnist
from aekit.exercises import check, exercise
from aekit.touch import Touch, as_bytes
from aekit.training import train
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

plots.use_style()
(x_train, y_train), (x_test, y_test) = load_mnist(n_test=2_000, flatten=True)

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
# "quick": loads trained networks; "full": trains all of them again, in minutes
profile = "quick"
seed = 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Supervised learning: pairs (X, Y)
#
# Learn a function $f$ with $f(x) = y$ from examples $x$ and their answers $y$.

# %% [markdown] slideshow={"slide_type": "notes"}
# MNIST has 60,000 training images of handwritten digits. Each image $x$ is a row of 28 × 28 = 784 pixels from
# 0 (black) to 1 (white); its label $y$ comes from a person. We measure on 2,000 test images.
#
# If $y$ is a class, as here, the task is **classification**. If $y$ is a number, it is **regression**.
#
# | task | the answer $y$ | methods, or an example |
# |---|---|---|
# | classification | a class | decision trees, naive Bayes, nearest neighbours (k-NN), support vector machines, perceptron, multi-layer perceptron, logistic regression |
# | regression | a number | linear regression (exercise 2) |
# | localisation | a class, a box | a dog |
# | detection | a box for each object | traffic signs |
# | instance segmentation | each object's pixels | cells |
#
# Logistic regression is a classifier: it computes a probability for each class.

# %% tags=["exact"] slideshow={"slide_type": "skip"}
retrain = profile == "full"
print("training images", x_train.shape, "· test images", x_test.shape)

# %% tags=["hide-input"]
figure = plots.image_grid(
    x_train[:8], "Pairs: an image x and its label y", labels=y_train[:8], columns=8
)
plots.show(
    figure, alt="Eight handwritten digits in a row, each with its label above it."
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Ask the nearest neighbours
#
# A new image gets the most frequent label of its $k$ nearest labelled images (k-NN): those with the smallest
# sum of squared differences between pixels.

# %% tags=["hide-input"]
new = 4  # a test image
squares = np.sum((x_train[:3_000] - x_test[new]) ** 2, axis=1)
nearest = np.argsort(squares)[:15]
figure = plots.image_grid(
    np.concatenate([x_test[[new]], x_train[nearest]]),
    "A new image (?) and its 15 nearest of 3,000, with their labels",
    labels=["?", *y_train[nearest]],
    columns=8,
)
plots.show(
    figure,
    alt="A 4, marked with a question mark, and the fifteen labelled images nearest to it: eleven of a 4, three of a 9, "
    "the nearest one among them, and one of a 7.",
)

# %% slideshow={"slide_type": "-"}
x_labelled, y_labelled = x_train[:3_000], y_train[:3_000]  # the rest has no labels
accuracy = metrics.knn_probe(x_labelled, y_labelled, x_test, y_test, neighbours=15)
claim(
    "With 3,000 labels, 15 nearest neighbours read over 80 % of unseen digits.",
    accuracy,
    at_least=0.8,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if labels are wrong?
#
# We replace a share $p$ of the training labels, each by one of the nine other digits.

# %% [markdown] slideshow={"slide_type": "notes"}
# A guess is right once in ten times.
#
# For one neighbour ($k = 1$) a pencil is enough. With right labels, let it be right with probability $a$. Two
# cases add up: its class is right and it kept its label, or its class is wrong and it got the right label by accident:
#
# $$a_p \approx a\,(1 - p) + (1 - a)\,\frac{p}{9}$$
#
# With $a = 0.9$ and $p = 0.4$ this is $0.9 \cdot 0.6 + 0.1 \cdot 0.4 / 9 \approx 0.54$.
#
# **Predict first:** how much does a vote of 15 neighbours lose when 40 % of the labels are wrong?


# %% slideshow={"slide_type": "skip"}
shares = np.array([0.0, 0.2, 0.4, 0.6])
votes = {1: [], 15: []}
for share in shares:
    rng = np.random.default_rng(seed)
    wrong = rng.permutation(3_000)[: round(share * 3_000)]
    noisy = y_labelled.astype(int)
    noisy[wrong] = (noisy[wrong] + rng.integers(1, 10, len(wrong))) % 10
    for k, scores in votes.items():
        scores.append(
            metrics.knn_probe(x_labelled, noisy, x_test, y_test, neighbours=k)
        )

for k, scores in votes.items():
    print(f"{k:2} neighbours:", *(f"{score:.1%}" for score in scores))
lost = {k: scores[0] - scores[2] for k, scores in votes.items()}
claim(
    "With 40 % wrong labels, one neighbour loses over 20 points more than 15 do.",
    lost[1] - lost[15],
    at_least=0.2,
    unit="points",
)

# %% tags=["hide-input"]
by_formula = votes[1][0] * (1 - shares) + (1 - votes[1][0]) * shares / 9
deviation = np.abs(by_formula - votes[1]).max()
verify("One neighbour follows the formula.", deviation, at_most=0.03)

figure, axis = plt.subplots(figsize=(7, 3.8))
for k, name in {15: "vote of 15 neighbours", 1: "one neighbour"}.items():
    (line,) = axis.plot(100 * shares, votes[k], marker="o")
    place = (37, votes[k][2] + 0.06)
    axis.annotate(name, place, color=line.get_color(), fontweight="bold")
axis.axhline(0.1, color="black", linestyle=":", linewidth=1.5)
axis.annotate("a blind guess", (0, 0.12))
axis.set(
    xlabel="wrong labels in the training set (%)",
    ylabel="accuracy on test images",
    title="A vote tolerates wrong labels",
    xticks=[0, 20, 40, 60],
    ylim=(0, 1),
)
plots.show(
    figure,
    alt="Accuracy over 0, 20, 40 and 60 per cent wrong labels. One neighbour falls steadily from "
    "0.9 to below 0.4. The vote of 15 stays nearly level up to 40 per cent and falls at 60.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# One neighbour loses what the formula says. The vote loses little up to 40 %, more at 60 %. Only
# the number of voters differs, so averaging is the cause. With right labels, the vote is slightly worse.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if labels are missing?
#
# An image costs little. A label costs a person's time. So labels are often few.

# %% [markdown] slideshow={"slide_type": "notes"}
# Now all labels are right, but only 100 to 3,000 images have one, as many of each digit; means of three draws.
#
# **Predict first:** what does the nearest neighbour read with 100 labels?


# %% slideshow={"slide_type": "skip"}
def draw_labelled(n, draw):
    """Indices of n of the first 10,000 training images, as many of each digit."""
    rng = np.random.default_rng([seed, draw])
    of_digit = [np.flatnonzero(y_train[:10_000] == digit) for digit in range(10)]
    return np.concatenate([rng.choice(i, n // 10, replace=False) for i in of_digit])


few = {}
for n in (100, 300, 1000, 3000):
    draws = [draw_labelled(n, draw) for draw in range(3)]
    few[n] = np.mean(
        [metrics.knn_probe(x_train[d], y_train[d], x_test, y_test, 1) for d in draws]
    )
claim(
    "The nearest neighbour loses over 15 points with 100 labels instead of 3,000.",
    few[3000] - few[100],
    at_least=0.15,
    unit="points",
)

# %% tags=["hide-input"]
figure, axis = plt.subplots(figsize=(7, 3.4))
axis.plot(list(few), list(few.values()), marker="o")
for n, score in few.items():
    axis.annotate(f"{score:.0%}", (n, score), (-8, -22), textcoords="offset points")
axis.set(
    xscale="log",
    xlabel="labelled images (logarithmic)",
    ylabel="1-nearest-neighbour accuracy",
    title="Each further point costs more labels",
    ylim=(0.55, 0.95),
    xlim=(80, 4000),
)
axis.set_xticks(list(few), [f"{n:,}" for n in few])
axis.minorticks_off()
plots.show(
    figure,
    alt="Accuracy of the nearest neighbour over 100, 300, 1,000 and 3,000 labels: it rises from "
    "about 0.65 to 0.89, steeply at first and then more slowly.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# With 100 labels, it misreads every third digit. The last step costs 2,000 labels and brings less
# than the first, which costs 200. Can images *without* labels help?


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Unsupervised learning: X alone
#
# Without labels, the **structure** of the data is left to learn.

# %% [markdown] slideshow={"slide_type": "notes"}
# From here to the last experiment nothing learns from a label.
#
# To see structure, we destroy it. We shuffle each pixel by itself among the images: pixel 300 of an image moves
# to one image, pixel 301 to another. Each pixel keeps its values. Only the connections *between* pixels are lost.


# %% slideshow={"slide_type": "skip"}
# each column of the array, one pixel, is shuffled by itself
shuffled = np.random.default_rng(seed).permuted(x_train, axis=0)

# %% tags=["hide-input"]
moved = np.abs(shuffled[:, ::8].mean(axis=0) - x_train[:, ::8].mean(axis=0)).max()
verify("Shuffling keeps the mean of a pixel.", moved, at_most=1e-3)
figure = plots.image_rows(
    {"digits": x_train[:8], "pixels shuffled": shuffled[:8]},
    "The same pixel values, with and without structure",
    size=0.66,
)
plots.show(
    figure,
    alt="Above, eight digits. Below, eight pictures of scattered grey and white dots around the "
    "middle, made of the same pixel values.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which pixels vary together?
#
# The correlation of two pixels is near 1 if they are bright in the same images.

# %% [markdown] slideshow={"slide_type": "notes"}
# In the lower row no digit is left: the digit lies in the connections. So we measure them. At correlation 0 two
# pixels do not vary together; below 0, one tends to be dark where the other is bright.
#
# **Predict first:** which pixels vary together with the one in the middle?


# %% slideshow={"slide_type": "skip"}
def correlations_with(row, column, images):
    """Correlation of one pixel with every pixel, over the images: shape (28, 28)."""
    deviation = images - images.mean(axis=0)
    scaled = deviation / np.maximum(deviation.std(axis=0), 1e-6)
    return (scaled[:, 28 * row + column] @ scaled / len(images)).reshape(28, 28)


def of_neighbours(images):
    """Correlation of pixels side by side, over all places and images."""
    deviation = (images - images.mean(axis=0)).reshape(-1, 28, 28)
    a, b = deviation[:, :, :-1], deviation[:, :, 1:]
    return np.mean(a * b) / np.sqrt(np.mean(a**2) * np.mean(b**2))


claim(
    "Neighbouring pixels of digits are correlated; after shuffling they are not.",
    of_neighbours(x_train[:5_000]) - abs(of_neighbours(shuffled[:5_000])),
    at_least=0.6,
    source="lecture, section 1",
)

# %% tags=["hide-input"]
after = abs(of_neighbours(shuffled[:5_000]))
verify("No correlation is left after shuffling.", after, at_most=0.02)
pixels, maps = [(14, 14), (7, 16), (20, 11)], {}
figure, axes = plt.subplots(2, 3, figsize=(7.2, 4.5))
for row, (name, images) in zip(
    axes, {"digits": x_train, "pixels shuffled": shuffled}.items(), strict=True
):
    for axis, pixel in zip(row, pixels, strict=True):
        drawn = axis.imshow(
            correlations_with(*pixel, images[:5_000]), cmap="RdBu_r", vmin=-1, vmax=1
        )
        axis.plot(
            *pixel[::-1],
            marker="s",
            markersize=7,
            color="none",
            markeredgecolor="black",
        )
        axis.set(xticks=[], yticks=[])
        axis.grid(visible=False)
    row[0].set_ylabel(name)
    with np.errstate(invalid="ignore"):  # a pixel that never varies has none, here -1
        r = np.corrcoef(images[:5_000], rowvar=False).reshape(28, 28, 784)
    every_second = np.nan_to_num(r[::2, ::2], nan=-1).reshape(196, 784)
    maps[name] = as_bytes(
        (1 + every_second) / 2
    )  # from -1 to 1, as bytes from 0 to 255
del images  # or it would keep all shuffled images in memory
bar = figure.colorbar(drawn, ax=axes, shrink=0.8, ticks=[-1, -0.5, 0, 0.5, 1])
bar.set_label("correlation with the framed pixel", fontsize=11)
figure.suptitle(
    "What one pixel says about the others",
    x=0.01,
    ha="left",
    fontsize=14,
    fontweight="bold",
)
plots.show(
    figure,
    alt="Six maps of correlations with one framed pixel. For digits a red patch surrounds the "
    "framed pixel, with blue and pale red bands around it. For shuffled pixels the maps are "
    "white, but for the framed pixel itself.",
    touch=Touch("correlation", maps=maps),
)

# %% [markdown] slideshow={"slide_type": "notes"}
# For digits, near pixels vary together (red), some farther ones in opposite ways (blue). For shuffled pixels
# only the pixel itself is left. So a pixel is partly predictable from its neighbours, without labels.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Clusters: groups without names
#
# **k-means** finds $k$ centres such that each image is near to one of them.

# %% [markdown] slideshow={"slide_type": "notes"}
# It repeats two steps: each image joins its nearest centre, and each centre moves to the mean of its images. We
# ask for ten groups and judge them by **purity**: the share of images with the most frequent label of their
# cluster. The baseline is the purity with shuffled labels.
#
# **Predict first:** will the groups be the ten digits?


# %% slideshow={"slide_type": "skip"}
y_pool = y_train[:10_000]
kmeans = KMeans(n_clusters=10, n_init=2, random_state=seed).fit(x_train[:10_000])


def counts_of(labels):
    """How many images of each digit (column) are in each cluster (row)."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (kmeans.labels_, labels), 1)
    return counts


found = counts_of(y_pool).max(axis=1).sum() / 10_000
shuffled_labels = np.random.default_rng(seed).permutation(y_pool)
by_chance = counts_of(shuffled_labels).max(axis=1).sum() / 10_000
print(f"purity {found:.0%}, with shuffled labels {by_chance:.0%}")
claim(
    "Ten clusters found without labels have a purity over 30 points above chance.",
    found - by_chance,
    at_least=0.3,
    unit="points",
)

# %% tags=["hide-input"]
counts = counts_of(y_pool)
order = np.argsort(counts.argmax(axis=1), kind="stable")
names = []
for row in counts[order]:
    best, second = np.argsort(-row)[:2]
    names.append(
        f"{best}: {row[best] / row.sum():.0%}\n{second}: {row[second] / row.sum():.0%}"
    )
figure = plots.image_grid(
    kmeans.cluster_centers_[order],
    "Ten centres, with their two most frequent digits",
    columns=5,
    labels=names,
    size=1.2,
)
plots.show(
    figure,
    alt="Ten blurred digits, the centres of the clusters. Over each stand the two digits that are "
    "most frequent in its cluster, with their shares.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# Some clusters hold almost one digit only. Others mix digits that look alike: one is most often a 4, but nearly as
# often a 9. In no cluster is the 5 or the 9 the most frequent. Nobody told k-means that we care about the digit.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## A first autoencoder
#
# $$x \;\to\; h = f(x) \;\to\; \hat x = g(h) \approx x$$

# %% [markdown] slideshow={"slide_type": "notes"}
# An **autoencoder** is a network that learns to give back its input. Its **encoder** $f$ makes a **code**
# $h = f(x)$, here 16 numbers. Its **decoder** $g$ makes an image of it, the **reconstruction** $\hat x = g(h)$.
# As 16 numbers are few for 784 pixels, it must use what digits have in common.


# %% slideshow={"slide_type": "skip"}
def sixteen():
    return aekit.dense_autoencoder(784, 16, hidden=(256,), code_activation="linear")


first = train(sixteen, x_train[:5_000], epochs=5, loss="mse", seed=seed)
print(first)

# %% [markdown] slideshow={"slide_type": "notes"}
# The encoder computes 256 weighted sums of the pixels, and 16 weighted sums of those. Between them **relu** sets
# negative numbers to 0; the code stays as it is ("linear"). The decoder goes the same way back and ends in a
# **sigmoid**, which squeezes each number into the range 0 to 1.
#
# `train` starts with random weights and changes them in small steps that reduce the squared error between image and
# reconstruction ("mse", the mean over pixels). One **epoch** shows every image once.
# [Lesson 02](02_traditional_autoencoder.ipynb) says how.
#
# This took seconds. The next network saw 60,000 images for 30 epochs; its weights are stored.


# %% slideshow={"slide_type": "skip"}
settings = {"epochs": 30, "loss": "mse", "seed": seed, "retrain": retrain}
autoencoder = train(sixteen, x_train, stored="00_sixteen", **settings)
pca = PCA(16, svd_solver="covariance_eigh").fit(x_train)
mean_image = x_train.mean(axis=0)
made = {
    "PCA": pca.inverse_transform(pca.transform(x_test)),
    "after seconds": first.reconstruct(x_test, batch_size=1000),
    "after 30 epochs": autoencoder.reconstruct(x_test, batch_size=1000),
}
shares = {name: metrics.error_share(x_test, x, mean_image) for name, x in made.items()}
for name, x in made.items():
    error = metrics.squared_error(x_test, x).mean()
    print(f"{name:15} squared error {error:4.1f}, a share of {shares[name]:3.0%}")
claim(
    "An autoencoder with 16 code units has at most a fifth of the mean image's error "
    "on unseen digits.",
    shares["after 30 epochs"],
    at_most=0.2,
    unit="%",
)

# %% tags=["hide-input"]
shown = [np.flatnonzero(y_test == digit)[0] for digit in range(10)]
rows = {"test image": x_test[shown]}
rows |= {name: made[name][shown] for name in ("after seconds", "after 30 epochs")}
figure = plots.image_rows(rows, "Sixteen numbers an image", size=0.54)
plots.show(
    figure,
    alt="Three rows of ten digits: test images; blurred reconstructions after seconds of "
    "training; reconstructions after 30 epochs, close to the test images, a little smoother.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# After 30 epochs the strokes are nearly complete. Fine details are lost: the code is **lossy**.
#
# Errors are stated twice: the squared error of an image, summed over pixels, and its **share** of the mean
# image's error. PCA is the best that a *linear* code of 16 numbers can do
# ([lesson 01](01_pca_and_linear_autoencoder.ipynb)).


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Without structure there is little to learn
#
# The same network and the same training, on images with shuffled pixels.

# %% [markdown] slideshow={"slide_type": "notes"}
# Is it the *structure* that the network uses? We take it away and train again.
#
# **Predict first:** what does the decoder draw now?

# %% slideshow={"slide_type": "skip"}
without = train(sixteen, shuffled, stored="00_shuffled", **settings)
del shuffled  # a copy of all images
test_shuffled = np.random.default_rng(seed).permuted(x_test, axis=0)
made_of_shuffled = without.reconstruct(test_shuffled, batch_size=1000)
claim(
    "Trained on shuffled pixels, an autoencoder with 16 code units keeps at least 80 % "
    "of the mean image's error.",
    metrics.error_share(test_shuffled, made_of_shuffled, mean_image),
    at_least=0.8,
    unit="%",
)

# %% tags=["cover", "hide-input"]
figure = plots.image_rows(
    {
        "digits": x_test[shown][2:],
        "from 16 numbers": made["after 30 epochs"][shown][2:],
        "pixels shuffled": test_shuffled[2:10],
        "from 16 numbers ": made_of_shuffled[2:10],
    },
    "Structure is what can be learnt",
    size=0.66,
)
plots.show(
    figure,
    alt="Four rows of eight images. Digits, and their reconstructions from 16 numbers, which are "
    "close. Images of shuffled pixels, and their reconstructions, eight grey blurs that are "
    "nearly the same.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# It draws nearly the same blur for every input; only a few single pixels differ. Without connections between
# pixels, the code has little to use.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## A code learnt without labels, and 100 labels
#
# Do 60,000 images without labels help, if 100 images have one?

# %% [markdown] slideshow={"slide_type": "notes"}
# The encoder has learnt from all images, without a label. Now a classifier learns from 100 labelled *codes*. The
# baselines are the pixels, PCA's 16 numbers, and the same encoder before training. All are scaled to one size
# and tested on the same ten draws, with two classifiers.
#
# **Predict first:** which of the four is the best, and which the worst?


# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(seed)
features = {
    "pixels": lambda x: x,
    "PCA": pca.transform,
    "untrained": sixteen().encode,
    "trained": autoencoder.encode,
}
kinds = {
    "neighbour": KNeighborsClassifier(1),
    "logistic": LogisticRegression(max_iter=1000),
}
scores = {(kind, name): [] for kind in kinds for name in features}
for name, feature in features.items():
    known, unknown = feature(x_train[:10_000]), feature(x_test)
    scale = known.std()
    for draw, kind in itertools.product(range(10), kinds):
        d = draw_labelled(100, draw)
        with threadpool_limits(1):  # small fits are faster on one core
            kinds[kind].fit(known[d] / scale, y_train[d])
        scores[kind, name].append(kinds[kind].score(unknown / scale, y_test))

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
mean = {which: np.mean(values) for which, values in scores.items()}
claim(
    "With 100 labels, the nearest neighbour reads over 5 points more in a code learnt "
    "without labels than in pixels.",
    mean["neighbour", "trained"] - mean["neighbour", "pixels"],
    at_least=0.05,
    unit="points",
)
claim(
    "With 100 labels, logistic regression reads over 3 points more in a code learnt "
    "without labels than in pixels.",
    mean["logistic", "trained"] - mean["logistic", "pixels"],
    at_least=0.03,
    unit="points",
)
claim(
    "With 100 labels, the nearest neighbour reads over 10 points less in an untrained "
    "encoder's code than in pixels.",
    mean["neighbour", "pixels"] - mean["neighbour", "untrained"],
    at_least=0.1,
    unit="points",
)

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(7.5, 4), sharey=True)
titles = {"neighbour": "nearest neighbour", "logistic": "logistic regression"}
for axis, (kind, title) in zip(axes, titles.items(), strict=True):
    for i, name in enumerate(features):
        values = scores[kind, name]
        spread = i + np.linspace(-0.15, 0.15, len(values))
        axis.scatter(
            spread, values, s=22, alpha=0.6, color=plots.COLORS[i], marker="os^D"[i]
        )
        axis.hlines(np.mean(values), i - 0.3, i + 0.3, color="black", linewidth=2)
        axis.annotate(f"{np.mean(values):.0%}", (i, max(values) + 0.015), ha="center")
    axis.set_xticks(range(4), list(features), fontsize=11)
    axis.set_title(title, fontsize=13)
    axis.grid(visible=False, axis="x")
axes[0].set(ylabel="test accuracy, 100 labels", ylim=(0.25, 0.9))
plots.show(
    figure,
    alt="Test accuracy with 100 labels, ten draws and their mean, for pixels, PCA, the untrained "
    "and the trained encoder. With both classifiers the trained encoder's code is the best and "
    "the untrained one's by far the worst.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# The learnt code helps both classifiers. Its small size is not the reason: the untrained code has 16 numbers too,
# and is the worst. A surprise is PCA: it helps the nearest neighbour a little, and logistic regression not at all.
#
# The pixels keep everything, the learnt code does not, and yet it is read better: what *reconstructs* best does
# not always *classify* best. It does not replace labels: with 3,000, pixels gave 89 %.


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the course goes from here
#
# | without labels | sought | where |
# |---|---|---|
# | clustering | groups of similar examples | here |
# | dimensionality reduction | few numbers, such as a map of two | [01](01_pca_and_linear_autoencoder.ipynb), [04](04_deep_autoencoder.ipynb) |
# | compression | fewer numbers, little lost | [02](02_traditional_autoencoder.ipynb), [03](03_under_and_overcomplete.ipynb) |
# | feature and representation learning | numbers that serve another task | here, [07](07_sparse_autoencoder.ipynb) to [10](10_contractive_autoencoder.ipynb) |
# | generative models | new examples like the old ones | [05](05_latent_interpolation.ipynb), [12](12_where_it_led.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw
#
# **Structure can be learnt without labels:** which pixels vary together, which images are alike, and a code of
# 16 numbers from which an image can be drawn again.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
verified()

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Exercises
#
# Each has a cell for your answer and checks it. Our own answer is folded below it. If you start here, run the imports and
# the parameters first, and then the next cell.

# %% tags=["hide-input"] slideshow={"slide_type": "skip"}
x_pool, y_pool, x_some, y_some = x_train[:10_000], y_train[:10_000], x_test, y_test
x_labelled = x_pool[:3_000]
digits = x_pool[:5_000]
values_of_pixels = np.sort(digits, axis=0)


def slant(images):
    """By how many degrees the ink of each image leans to the right: shape (n,)."""
    ink = images.reshape(-1, 28, 28) / images.sum(axis=1)[:, None, None]
    row, column = np.mgrid[:28, :28]
    row = row - (ink * row).sum(axis=(1, 2))[:, None, None]
    column = column - (ink * column).sum(axis=(1, 2))[:, None, None]
    covariance = (ink * row * column).sum(axis=(1, 2))
    return np.degrees(np.arctan(-covariance / (ink * row**2).sum(axis=(1, 2))))


slant_labelled, slant_some = slant(x_labelled), slant(x_some)


def neighbour_correlations(images):
    """Correlation of pixels side by side, and of pixels one above the other."""
    deviation = (images - images.mean(axis=0)).reshape(-1, 28, 28)
    pairs = (
        (deviation[:, :, 1:], deviation[:, :, :-1]),
        (deviation[:, 1:], deviation[:, :-1]),
    )
    return [np.mean(a * b) / np.sqrt(np.mean(a**2) * np.mean(b**2)) for a, b in pairs]


@exercise("00.1", expects="a number from 0 to 1: the share p")
def _(p):
    p = float(p)
    if not 0 <= p <= 1:
        return "A share is a number from 0 to 1."
    for a in (0.6, 0.9):
        accuracy = a * (1 - p) + (1 - a) * p / 9
        if abs(accuracy - 0.1) > 0.003:
            return f"At this p, with a = {a}, the formula gives {accuracy:.3f}. Wanted: 0.1."


@exercise(
    "00.2",
    expects="a function that takes images (n, 784) and returns n numbers in degrees",
)
def _(predict):
    predicted = np.asarray(predict(x_some.copy()), dtype=float).reshape(-1)
    if predicted.shape != slant_some.shape:
        return f"For {len(x_some):,} images it returns {predicted.size:,} numbers."
    error = np.abs(predicted - slant_some).mean()
    of_mean = np.abs(slant_labelled.mean() - slant_some).mean()
    if not error < of_mean:
        return f"Its mean error is {error:.1f}°. To always say the mean has {of_mean:.1f}°."
    if not error < 3.5:
        return (
            f"Its mean error on test images is {error:.1f}°. If it is much smaller on the 3,000 "
            "images that it learnt from, its weights are too large: a penalty keeps them small."
        )


@exercise("00.3", expects="an array of the shape of `digits`, (5000, 784)")
def _(images):
    images = np.asarray(images, dtype=np.float32).reshape(digits.shape)
    if not np.allclose(np.sort(images, axis=0), values_of_pixels, atol=1e-6):
        return "Not every pixel has kept its values: move them between images, not between places."
    beside, above = neighbour_correlations(images)
    if beside < 0.7:
        return f"Pixels side by side should stay correlated, 0.7 or more. Here it is {beside:.2f}."
    if abs(above) > 0.05:
        return (
            f"Pixels above each other should not be correlated. Here it is {above:.2f}."
        )


@exercise("00.4", expects="an array or list of 100 indices of images, from 0 to 9,999")
def _(chosen):
    chosen = np.asarray(chosen)
    if chosen.dtype.kind not in "iu":
        return "Indices are whole numbers."
    if len(set(chosen.ravel().tolist())) != 100 or chosen.size != 100:
        return f"100 different indices are wanted. These are {len(set(chosen.ravel().tolist()))}."
    if chosen.min() < 0 or chosen.max() > 9_999:
        return "The indices go from 0 to 9,999."
    chosen = chosen.ravel()
    accuracy = metrics.knn_probe(
        x_pool[chosen], y_pool[chosen], x_some, y_some, neighbours=1
    )
    if accuracy < 0.72:
        return (
            f"The nearest neighbour reads {accuracy:.0%}. Good choices are typical of many images "
            "and differ from each other: which method of this lesson finds groups?"
        )


# %% [markdown] slideshow={"slide_type": "skip"}
# **1. Labels that say nothing.** At which share $p$ of wrong labels is the single nearest neighbour exactly as good as a
# blind guess, 0.1? Use the formula $a_p = a\,(1 - p) + (1 - a)\,p/9$. Does the answer depend on $a$?

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
p = ...  # a number from 0 to 1
check("00.1", p)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# At p = 0.9 each of the ten digits is equally likely to be on the label, so a label says nothing.
# In the formula: a * 0.1 + (1 - a) * 0.1 = 0.1 for every a.
assert check("00.1", 0.9)

# %% [markdown] slideshow={"slide_type": "skip"}
# **2. Regression.** Write a function that predicts by how many degrees an image leans to the right, with a mean error below 3.5
# degrees on test images. Learn from the 3,000 images of `x_labelled`; `slant_labelled` has their slants. (To always say the mean has 12.)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
predict = ...  # a function: images (n, 784) -> n numbers, in degrees
check("00.2", predict)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Linear regression with a penalty on large weights, which scikit-learn calls Ridge. Without a
# penalty, 784 weights fit the 3,000 examples too closely and err more on new ones.
regression = Ridge(alpha=100).fit(x_labelled, slant_labelled)
assert check("00.2", regression.predict)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3. Half of the structure.** Make images in which pixels *side by side* stay correlated as in `digits`, but pixels *one above
# the other* are not correlated. Each pixel must keep its values: move them between images only.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
half = ...  # an array (5000, 784), made of `digits`
check("00.3", half)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# Shuffle each row of 28 pixels as a whole among the images. Inside a row all connections stay;
# between two rows none is left.
rng = np.random.default_rng(seed)
half = digits.reshape(-1, 28, 28).copy()
for row in range(28):
    half[:, row] = half[rng.permutation(len(half)), row]
assert check("00.3", half)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4. Which images get a label.** Choose 100 of the 10,000 images of `x_pool`, without looking at any label, so that the nearest
# neighbour reads at least 72 % of the test digits once these 100 have their labels. (With 100 random images it reads
# some 65 %.)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
chosen = ...  # 100 indices of images in `x_pool`
check("00.4", chosen)

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# 100 clusters, and the image nearest to each centre: typical images, and different ones. The
# structure of the images says which labels are worth their price: about as much is gained as by
# the autoencoder's code.
hundred = MiniBatchKMeans(100, n_init=1, batch_size=1024, random_state=seed).fit(x_pool)
chosen = hundred.transform(x_pool).argmin(axis=0)
assert check("00.4", chosen)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# [Lesson 01](01_pca_and_linear_autoencoder.ipynb) begins with the simplest code: PCA, and the linear autoencoder, which can do the same
# and no more. [Lesson 02](02_traditional_autoencoder.ipynb) has the one equation that all autoencoders of this course share.

# %% [markdown] slideshow={"slide_type": "skip"}
# **References**
#
# - Y. LeCun, C. Cortes and C. Burges, *The MNIST database of handwritten digits* (1998).
# - T. Cover and P. Hart, *Nearest neighbor pattern classification*, IEEE Transactions on Information Theory 13 (1967).
# - S. Lloyd, *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28 (1982): k-means.
# - K. Pearson, *On lines and planes of closest fit to systems of points in space*, Philosophical Magazine 2 (1901): PCA.
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning: a review and new perspectives* (2013), arXiv 1206.5538.
