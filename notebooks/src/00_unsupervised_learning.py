# %% [markdown] slideshow={"slide_type": "slide"}
# # Learning with and without labels
#
# This lesson is the ground that the course stands on. You will
#
# - learn from pairs $(X, Y)$: one classification and one regression on real handwriting;
# - measure what **wrong** labels and **missing** labels do to a classifier;
# - find structure in the images with **no labels at all**: clusters, correlations, a map;
# - compress digits twice, with PCA and with a first small autoencoder;
# - test whether features learnt without labels help where labels are few, and meet the one
#   equation that the other lessons fill in.
#
# *Prerequisite:* a little Python and NumPy; nothing from this course. *Time:* about 60 minutes
# to read and try; the computing takes under a minute on two cores.

# %% slideshow={"slide_type": "skip"}
import aekit
from aekit import metrics, plots
from aekit.claims import claim
from aekit.datasets import load_mnist
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KNeighborsClassifier

plots.use_style()

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
profile = "quick"  # "quick": 2 cores, under a minute; "full": all of MNIST, several minutes
seed = 0

# %% [markdown] slideshow={"slide_type": "skip"}
# The profile sets the sizes. `n_train` images are at hand, but we shall pretend to know the
# labels of only some of them. The test images are used for measuring, never for learning (but for
# the map of exercise 4).

# %% slideshow={"slide_type": "skip"}
n_train, n_test, n_labelled, n_draws = {
    "quick": (10_000, 2_000, 2_000, 3),
    "full": (60_000, 10_000, 10_000, 5),
}[profile]
mlp_epochs, autoencoder_epochs, map_epochs = {"quick": (20, 5, 4), "full": (80, 20, 20)}[profile]

(x_train, y_train), (x_test, y_test) = load_mnist(n_train, n_test, flatten=True)
print("training images", x_train.shape, "· test images", x_test.shape)
print("pixels from", x_train.min(), "(black) to", x_train.max(), "(white)")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Supervised learning: pairs (X, Y)
#
# Somebody shows us examples $x$ together with the right answer $y$. We look for a function $f$
# with
#
# $$f(x) \approx y$$
#
# for *new* examples too. When $y$ is one of a few classes, this is **classification**; when $y$
# is a number, it is **regression**. Many methods do it: decision trees, naive Bayes, nearest
# neighbours, support vector machines, the perceptron and the multi-layer perceptron (MLP).
#
# Here are some pairs. Each image is a row of $28 \times 28 = 784$ numbers; the label above it is
# its $y$.

# %% slideshow={"slide_type": "subslide"}
figure = plots.image_grid(x_train[:10], "Pairs (X, Y): an image and its label", labels=y_train[:10])
plots.show(figure, alt="Ten handwritten digits in a row, each with its label above it.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Classification.** Logistic regression gives each class a weighted sum of the pixels and turns
# the ten sums into probabilities. (Its name says regression, since it fits probabilities; its
# use is classification.) It has 7,850 weights, so a penalty keeps them small: a small `C` is a
# strong penalty. A blind guess would be right once in ten times. We expect far more.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
labelled = np.random.default_rng(seed).permutation(n_train)[:n_labelled]
x_labelled, y_labelled = x_train[labelled], y_train[labelled]

classifier = LogisticRegression(C=0.01, solver="newton-cg").fit(x_labelled, y_labelled)
accuracy = classifier.score(x_test, y_test)
claim(
    "a linear classifier reads more than three digits of four; by chance it would be one of ten",
    accuracy,
    at_least=0.75,
    source="lecture, section 1",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Regression.** Now $y$ is a number: by how many degrees does the writing lean to the right?
# With pixel rows $r$ (counted downwards), columns $c$ and the ink as weights, a straight line
# through the ink leans by
#
# $$y = \arctan\left(-\frac{\text{cov}(r, c)}{\text{var}(r)}\right).$$
#
# So here the right answers come from a formula rather than from a person, and the regression sees
# only images and answers. The formula is not linear in the pixels (it divides), so linear
# regression can only come near it. We take a small penalty again (`Ridge`), and compare with the
# baseline of always saying the mean.


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def slant(images):
    """Lean to the right of each image's ink, in degrees: shape `(n,)`."""
    ink = images.reshape(-1, 28, 28) / images.sum(1)[:, None, None]
    row, column = np.mgrid[:28, :28]
    row = row - (ink * row).sum((1, 2))[:, None, None]  # measured from the centre of the ink
    column = column - (ink * column).sum((1, 2))[:, None, None]
    covariance, variance = (ink * row * column).sum((1, 2)), (ink * row**2).sum((1, 2))
    return np.degrees(np.arctan(-covariance / variance))


slant_labelled, slant_test = slant(x_labelled), slant(x_test)
regression = Ridge(alpha=100).fit(x_labelled, slant_labelled)
slant_predicted = regression.predict(x_test)
error = np.abs(slant_predicted - slant_test).mean()
error_of_mean = np.abs(slant_labelled.mean() - slant_test).mean()
print(f"mean error: {error:.1f} degrees; always saying the mean: {error_of_mean:.1f} degrees")
claim(
    "linear regression explains most of the variance of the slant (R², test images)",
    regression.score(x_test, slant_test),
    at_least=0.7,
    source="lecture, section 1",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# We draw prediction against truth for the test images; a perfect regression would put every dot
# on the diagonal.

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
figure, axis = plt.subplots(figsize=(6.5, 5))
axis.scatter(slant_test[:1000], slant_predicted[:1000], s=9, alpha=0.6, color=plots.COLORS[0])
axis.plot([-45, 60], [-45, 60], color=plots.COLORS[1], linestyle="--", label="perfect")
axis.set(
    xlabel="true slant (degrees)",
    ylabel="predicted slant (degrees)",
    title="Regression: the slant of unseen digits",
)
axis.legend()
plots.show(
    figure,
    alt="A cloud of dots around the diagonal: predicted slant in degrees against true slant in "
    "degrees, for test images.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The dots follow the diagonal, and the printed $R^2$ says how well: it is the share of the variance of
# $y$ that is explained, 0 for always saying the mean and 1 for no error. The strongest slants are
# underestimated on both sides, as an imperfect regression tends to do; here the linear form and the
# penalty both contribute.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if labels are wrong?
#
# Labels come from people, and people err. We replace a share of the training labels by another
# digit, drawn evenly from the nine wrong ones. The test labels stay clean.
#
# One case can be worked out by hand. The nearest neighbour (1-NN) answers with the label of the
# most similar training image. Let it be right with probability $a$ when all labels are clean.
# With a share $p$ of wrong labels,
#
# $$a_p \approx a\,(1 - p) + (1 - a)\,\frac{p}{9}$$
#
# : a right neighbour must have kept its label, or a wrong neighbour must have received the
# right one by accident. For $a = 0.9$ this gives:


# %% slideshow={"slide_type": "fragment"}
def nearest_neighbour_formula(a, p):
    return a * (1 - p) + (1 - a) * p / 9


def with_wrong_labels(labels, share, rng):
    """`labels` with exactly this share replaced, each by one of the nine other digits."""
    noisy = labels.astype(int)
    wrong = rng.permutation(len(labels))[: round(share * len(labels))]
    noisy[wrong] = (noisy[wrong] + rng.integers(1, 10, size=len(wrong))) % 10
    return noisy


for share in (0.0, 0.2, 0.4):
    print(f"{share:.0%} wrong labels: accuracy {nearest_neighbour_formula(0.9, share):.3f}")
changed = with_wrong_labels(y_labelled, 0.4, np.random.default_rng(seed)) != y_labelled
print(f"labels changed when asked for 40 %: {changed.mean():.0%}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# So a method that trusts each single label loses the share $p$ almost entirely. Against it we set
# a vote of the 15 nearest neighbours, the logistic regression from above, and a network with one
# hidden layer of 512 units, trained long enough to learn its training set by heart.
# Which ones will hold?


# %% slideshow={"slide_type": "fragment"}
def mlp_scores(labels):
    """Accuracy of an MLP on the labels it was given, and on the clean test labels."""
    keras.utils.set_random_seed(seed)
    mlp = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    adam = keras.optimizers.Adam(3e-3)
    mlp.compile(adam, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    progress = [aekit.callbacks.ProgressBar()]  # for those who watch
    history = mlp.fit(x_labelled, labels, 200, epochs=mlp_epochs, verbose=0, callbacks=progress)
    return history.history["accuracy"][-1], mlp.evaluate(x_test, y_test, verbose=0)[1]


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
shares = (0.0, 0.2, 0.4)
scores = {"15 neighbours": [], "logistic regression": [], "MLP": [], "1 neighbour": []}
mlp_train_scores = []
for share in aekit.callbacks.progress(shares):
    noisy = with_wrong_labels(y_labelled, share, np.random.default_rng(seed))
    for name, model in {
        "15 neighbours": KNeighborsClassifier(15),
        "1 neighbour": KNeighborsClassifier(1),
        "logistic regression": LogisticRegression(C=0.01, solver="newton-cg"),
    }.items():
        scores[name].append(model.fit(x_labelled, noisy).score(x_test, y_test))
    on_given, on_test = mlp_scores(noisy)
    mlp_train_scores.append(on_given)
    scores["MLP"].append(on_test)
for name, values in scores.items():
    print(
        f"{name:20s}", "  ".join(f"{p:.0%}: {a:.3f}" for p, a in zip(shares, values, strict=True))
    )

# %% [markdown] slideshow={"slide_type": "skip"}
# The same numbers as a picture. Look at the slopes more than at the starting points.

# %% slideshow={"slide_type": "subslide"}
figure = plots.lines(
    [0, 20, 40],
    scores,
    "wrong labels in the training set (%)",
    "accuracy on clean test labels",
    "Wrong labels hurt those who memorise",
)
plots.show(
    figure,
    alt="Four falling lines over 0, 20 and 40 per cent wrong labels. The vote of 15 neighbours and "
    "logistic regression fall a little; the MLP and the single neighbour fall steeply.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Two lines fall a little and two fall far. The dividing line is not "simple" against "clever", but
# whether the method *averages* over labels or *memorises* each of them. The MLP
# does well on clean labels; on wrong ones it learns the errors by heart as well.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
loss_of = {name: values[0] - values[-1] for name, values in scores.items()}
formula = [nearest_neighbour_formula(scores["1 neighbour"][0], share) for share in shares]
claim(
    "1-NN follows the formula above (largest deviation)",
    np.abs(np.subtract(formula, scores["1 neighbour"])).max(),
    at_most=0.04,
)
claim("with 40 % wrong labels, the MLP repeats its labels", mlp_train_scores[-1], at_least=0.9)
claim("and loses this much accuracy", loss_of["MLP"], at_least=0.12, source="lecture, section 1")
claim("penalised logistic regression loses little", loss_of["logistic regression"], at_most=0.12)
claim("and so does a vote of 15 neighbours", loss_of["15 neighbours"], at_most=0.12)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What if labels are missing?
#
# An image costs nothing; a label costs somebody's time. So let us keep the labels clean but have
# few of them: 100, 300, 1,000 and 3,000, equally many of each digit, drawn anew a few times. We
# expect each further factor of about three to bring less than the one before.


# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
def draw_labelled(n, rng):
    """Indices of `n` training images, `n / 10` of each digit."""
    return np.concatenate(
        [rng.choice(np.flatnonzero(y_train == digit), n // 10, False) for digit in range(10)]
    )


label_counts = (100, 300, 1000, 3000)
few = {"1 neighbour": [], "logistic regression": []}
for n in aekit.callbacks.progress(label_counts):
    draws = [draw_labelled(n, np.random.default_rng([seed, i])) for i in range(n_draws)]
    for name, model in {
        "1 neighbour": KNeighborsClassifier(1),
        "logistic regression": LogisticRegression(C=0.01, solver="newton-cg"),
    }.items():
        each = [model.fit(x_train[d], y_train[d]).score(x_test, y_test) for d in draws]
        few[name].append(np.mean(each))
        print(
            f"{n:5d} labels  {name:20s} {np.mean(each):.3f} (from {min(each):.3f} to {max(each):.3f})"
        )
for name, values in few.items():
    claim(f"{name}: 3,000 labels instead of 100 bring", values[-1] - values[0], at_least=0.08)
    claim(
        f"{name}: gain from 100 to 300 labels, less the gain from 1,000 to 3,000",
        (values[1] - values[0]) - (values[3] - values[2]),
        at_least=0.01,
    )

# %% [markdown] slideshow={"slide_type": "skip"}
# Drawn over a logarithmic axis, where each step to the right is about three times the work of
# labelling:

# %% slideshow={"slide_type": "subslide"}
figure = plots.lines(
    label_counts,
    few,
    "number of labelled images (logarithmic)",
    "accuracy on test images",
    "Every further point of accuracy costs more labels",
    xscale="log",
)
figure.axes[0].set_xticks(label_counts, [f"{n:,}" for n in label_counts])
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Two rising lines over 100, 300, 1000 and 3000 labelled images, steep at first and "
    "flatter later: 1 neighbour and logistic regression.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# As expected, the curves rise and flatten. With 100 labels both classifiers misread about every third digit.
# The printed claims hold the two statements, and the drawn axis shows their price: the last step took
# 2,000 labels, the first one 200.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Unsupervised learning: X alone
#
# Now take all labels away. What is left to learn? The *structure* of the data: which pixels vary
# together, which images are alike, how few numbers would do. This is the field in one table.
#
# | | given | sought | for instance |
# |---|---|---|---|
# | **supervised** | | | |
# | classification | $(X, Y)$, $Y$ a class | the class of a new example | which digit? |
# | regression | $(X, Y)$, $Y$ a number | the number | what slant? |
# | localisation | image, one box | where the object is | the box around a digit |
# | detection | image, boxes and classes | all objects and their places | a street's traffic signs |
# | instance segmentation | image, a class and an object for each pixel | the outline of each object | each cell under a microscope |
# | **unsupervised** | | | |
# | clustering | $X$ | groups of similar examples | k-means, below |
# | compression | $X$ | fewer numbers, little lost | PCA, below |
# | dimensionality reduction | $X$ | a map of two or three numbers | the maps below |
# | feature and representation learning | $X$ | features that serve another task | codes for few labels, below |
# | generative models | $X$ | new examples like the old ones | interpolation, in a later lesson |
#
# We go through the unsupervised half. The labels stay in a drawer until the section on few labels:
# we take them out only to measure what was found.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Clustering: groups without names
#
# k-means looks for $k$ centres such that each image is near to its own one:
#
# $$\min \sum_i \lVert x_i - c_{k(i)} \rVert^2 .$$
#
# It alternates between assigning images to the nearest centre and moving each centre to the mean of
# its images. A centre is thus an image itself, the mean of a group, and we can look at it. We ask
# for ten groups. Will they be the ten digits?

# %% slideshow={"slide_type": "fragment"}
kmeans = KMeans(n_clusters=10, n_init=2, random_state=seed).fit(x_train)
table = np.zeros((10, 10), int)  # cluster, digit
np.add.at(table, (kmeans.labels_, y_train), 1)
order = np.argsort(table.argmax(1), kind="stable")  # for reading: by most frequent digit
table, centres = table[order], kmeans.cluster_centers_[order]

figure = plots.image_grid(
    centres,
    "Ten cluster centres, found without labels",
    labels=[f"mostly {digit}" for digit in table.argmax(1)],
)
plots.show(
    figure,
    alt="Ten blurred digits, the centres of the clusters, each with the digit that is most "
    "frequent in its cluster above it.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# The centres look like digits, though blurred. But some digits may appear twice and others not at
# all. The table of clusters against digits says which.

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
figure, axis = plt.subplots(figsize=(8, 5.5))
share_in_cluster = table / table.sum(1, keepdims=True)
axis.imshow(share_in_cluster, cmap="Blues", vmin=0, vmax=1, aspect="auto")
for (row, column), count in np.ndenumerate(table):
    colour = "white" if share_in_cluster[row, column] > 0.55 else "black"
    axis.text(column, row, count, ha="center", va="center", color=colour, fontsize=12)
axis.set(
    xlabel="digit (its true label)",
    ylabel="cluster",
    title="Images of each digit in each cluster",
    xticks=range(10),
    yticks=range(10),
    yticklabels=[f"{i + 1}" for i in range(10)],
)
axis.grid(visible=False)
plots.show(
    figure,
    alt="A table of ten clusters by ten digits with counts, darker where a digit fills its "
    "cluster. Some clusters hold almost one digit only; others mix two, three or many digits.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Some rows are nearly pure, such as the zeros; others mix digits that look alike: 4, 7 and 9, or 3, 5
# and 8. In the quick run the ones head two clusters: a leaning one, nearly pure, and an upright one,
# of which they are only a third. The sevens head two as well, and in no cluster is 5 or 9 the most
# frequent digit. The clusters are real structure, but nobody told k-means that the structure we care
# about is *which digit*.
#
# Two measures, both with their value by chance. **Purity**: the share of images that carry the most
# frequent label of their cluster. **Adjusted Rand index** (ARI): agreement over pairs of images,
# scaled to 1 for equal partitions and to 0 on average for random ones.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
shuffled_labels = np.random.default_rng(seed).permutation(y_train)


def purity(clusters, labels):
    counts = np.zeros((clusters.max() + 1, 10), int)
    np.add.at(counts, (clusters, labels), 1)
    return counts.max(1).sum() / len(labels)


claim("purity of the clusters", purity(kmeans.labels_, y_train), at_least=0.45, at_most=0.75)
claim("purity by chance", purity(kmeans.labels_, shuffled_labels), at_most=0.2)
claim("ARI of the clusters", adjusted_rand_score(y_train, kmeans.labels_), at_least=0.25)
claim("ARI by chance", abs(adjusted_rand_score(shuffled_labels, kmeans.labels_)), at_most=0.02)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Correlation: pixels know their neighbours
#
# Where is the structure that makes an image more than 784 independent numbers? To see it, destroy it.
# We shuffle each pixel by itself among the images: pixel 300 of one image goes to another one.
# Each pixel keeps its own mean and its own histogram; only the *connections* between pixels are
# lost.

# %% slideshow={"slide_type": "fragment"}
shuffled = np.random.default_rng(seed).permuted(x_train, axis=0)
print("same mean image:", np.allclose(shuffled.mean(0), x_train.mean(0), atol=1e-4))
figure = plots.image_rows(
    {"digits": x_train[:8], "pixels shuffled": shuffled[:8]},
    "The same pixel values, with and without their connections",
)
plots.show(
    figure,
    alt="Above, eight digits. Below, eight pictures of scattered grey dots in the middle, made "
    "of the same pixel values shuffled among the images.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Below, no digit is left. Now measure: take the mean image away, and correlate each pixel with the
# one that is $d$ pixels to the right, over all images and places. We expect a high correlation for
# neighbours that fades with distance, and none for the shuffled images.


# %% slideshow={"slide_type": "fragment"}
def correlation_at(images, distance):
    """Correlation of pixels that are `distance` columns apart, the mean image taken away."""
    deviation = (images - images.mean(0)).reshape(-1, 28, 28)
    left, right = deviation[:, :, :-distance], deviation[:, :, distance:]
    return (left * right).mean() / np.sqrt((left**2).mean() * (right**2).mean())


distances = np.arange(1, 13)
correlations = {
    "digits": [correlation_at(x_train, d) for d in distances],
    "pixels shuffled": [correlation_at(shuffled, d) for d in distances],
}
figure = plots.lines(
    distances, correlations, "distance (pixels)", "correlation", "Near pixels vary together"
)
plots.show(
    figure,
    alt="Correlation over the distance between pixels from 1 to 12. For digits it starts high, "
    "falls to about zero within a few pixels; for shuffled pixels it is flat at zero.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So a pixel can be *predicted* from the others. This is worth a pause: it is a regression whose
# $y$ is part of $x$. No person had to label anything; the data bring their own answers. Predict
# every inner pixel from its eight neighbours. The baseline is its place: the mean image's value there.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
places = [(r, c) for r in range(3) for c in range(3)]


def neighbourhoods(images, n=1000):
    """3 x 3 patches of `n` images: eight neighbours `(m, 8)` and the pixel between them `(m,)`."""
    images = images[:n].reshape(-1, 28, 28)
    patches = np.stack([images[:, r : r + 26, c : c + 26].ravel() for r, c in places], axis=1)
    return np.delete(patches, 4, axis=1), patches[:, 4]


middle = LinearRegression().fit(*neighbourhoods(x_train))
r2_of_neighbours = middle.score(*neighbourhoods(x_test))
pixels = neighbourhoods(x_test)[1].reshape(1000, -1)
at_its_place = neighbourhoods(x_train.mean(0, keepdims=True))[1]  # of the mean image
r2_of_place = 1 - ((pixels - at_its_place) ** 2).sum() / ((pixels - pixels.mean()) ** 2).sum()
claim("the pixel's place alone, in the mean image, predicts it (R²)", r2_of_place, at_most=0.5)
claim("its eight neighbours do better (R², test images)", r2_of_neighbours, at_least=0.8)
claim(
    "correlation of adjacent pixels",
    correlations["digits"][0],
    at_least=0.6,
    source="lecture, section 1",
)
claim("the same, pixels shuffled", abs(correlations["pixels shuffled"][0]), at_most=0.03)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Compression: principal components
#
# What can be predicted need not be stored. **Principal component analysis** (PCA; Pearson 1901)
# turns the axes so that the first points along the largest variance, the second along the
# largest that is left, and so on. With the covariance matrix
#
# $$S = \frac{1}{n-1} \sum_i (x_i - \bar x)(x_i - \bar x)^\top$$
#
# the axes are its eigenvectors and the variances along them its eigenvalues. By hand on five points
# in the plane that lie near a line:

# %% slideshow={"slide_type": "fragment"}
points = np.array([[0.0, 0.1], [1.0, 0.9], [2.0, 2.1], [3.0, 2.9], [4.0, 4.0]])
deviation = points - points.mean(0)
covariance = deviation.T @ deviation / (len(points) - 1)
variances = np.sort(np.linalg.eigvalsh(covariance))[::-1]
print("by hand     ", np.round(variances, 4))
print("scikit-learn", np.round(PCA().fit(points).explained_variance_, 4))
print(f"one number instead of two keeps {variances[0] / variances.sum():.1%} of the variance")

# %% [markdown] slideshow={"slide_type": "subslide"}
# By hand and library agree. Now the digits: 784 numbers an image. How many components keep 90 % of
# the variance? And how many if the pixels are shuffled, so that nothing can be predicted?

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
kept, needed = {}, {}
for name, images in {"digits": x_train, "pixels shuffled": shuffled}.items():
    kept[name] = np.cumsum(PCA().fit(images).explained_variance_ratio_)
    needed[name] = int(np.searchsorted(kept[name], 0.9)) + 1
claim(
    "components that keep 90 % of the digits' variance",
    needed["digits"],
    at_most=100,
    source="lecture, section 1",
)
claim("components for the same, pixels shuffled", needed["pixels shuffled"], at_least=250)

# %% slideshow={"slide_type": "subslide"}
figure = plots.lines(
    None,
    kept | {"90 %": 0.9},
    "number of components",
    "share of the variance kept",
    "Structure is what makes compression possible",
    marker=None,
)
plots.show(
    figure,
    alt="Share of the variance kept over the number of components, up to 784. The curve of the "
    "digits rises steeply and passes 90 per cent early; that of shuffled pixels rises slowly.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Both sets have the same pixel variances; only the digits can be compressed well, since only in them
# pixels go together. (The shuffled curve is not a straight line, because the border pixels hardly
# vary at all.) PCA has one weakness: its components are *linear*. If the digits lie on a curved sheet,
# a flat one fits them badly.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Compression, second try: a first autoencoder
#
# An **autoencoder** is a network that is trained to give back its input, $\hat x = g(f(x))$. The
# encoder $f$ makes a code, here of 16 numbers; the decoder $g$ makes an image of it. Because 16
# numbers cannot hold 784 arbitrary ones, the network must learn what digits have in common. Note
# `fit(x_train, x_train)`: the images are their own answers, as with the pixel and its neighbours.
# PCA with 16 components is the rival, clipped to $[0, 1]$ as pixels are; the mean image, for
# everybody, is the baseline.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
autoencoder = aekit.dense_autoencoder(784, code_dim=16, hidden=(256, 128), code_activation="linear")
autoencoder.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
progress = [aekit.callbacks.ProgressBar()]
autoencoder.fit(x_train, x_train, 128, epochs=autoencoder_epochs, verbose=0, callbacks=progress)
print(autoencoder)

pca = PCA(16, random_state=seed).fit(x_train)
reconstructions = {
    "mean image": np.tile(x_train.mean(0), (n_test, 1)),
    "PCA, 16": pca.inverse_transform(pca.transform(x_test)).clip(0, 1),
    "autoencoder, 16": autoencoder.reconstruct(x_test, batch_size=1000),
}
mse = {name: np.mean((x_test - r) ** 2) for name, r in reconstructions.items()}
for name, value in mse.items():
    print(f"{name:16s} mean squared error per pixel {value:.4f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Look at the test images themselves before trusting a number. Which strokes survive?

# %% slideshow={"slide_type": "subslide"}
shown = [np.flatnonzero(y_test == digit)[0] for digit in range(10)]
figure = plots.image_rows(
    {"test image": x_test[shown]} | {name: r[shown] for name, r in reconstructions.items()},
    "Sixteen numbers an image: linear and non-linear",
)
plots.show(
    figure,
    alt="Four rows of ten digits: the test images; the same blurred mean image ten times; PCA's "
    "blurred, ghostly reconstructions; the autoencoder's, which are closer to the originals.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# PCA leaves grey ghosts around the strokes; the autoencoder's strokes are closer to the original
# and its background is black. Neither is exact: both codes are *lossy*.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
claim(
    "with 16 numbers, the autoencoder's test error as a share of PCA's",
    mse["autoencoder, 16"] / mse["PCA, 16"],
    at_most=0.8,
    source="lecture, sections 1 and 2",
)
claim(
    "PCA's test error as a share of the mean image's",
    mse["PCA, 16"] / mse["mean image"],
    at_most=0.5,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A map of the digits
#
# With a code of *two* numbers, each image becomes a point in the plane: dimensionality
# reduction. On the left we draw PCA's two components; on the right the code of a deep autoencoder
# with a bottleneck of two units. Neither knows a label; the colours are added afterwards. (The
# autoencoder's axes are logarithmic beyond ±10, since its codes spread far.) To
# measure a map, let 15 neighbours in the plane vote on the digit of a test image (by chance: one
# in ten). We expect the non-linear map to keep the digits better apart.

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
keras.utils.set_random_seed(seed)
map_maker = aekit.dense_autoencoder(
    784, code_dim=2, hidden=(128, 64), hidden_activation="elu", code_activation="linear"
)
map_maker.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
map_maker.fit(x_train, x_train, 64, epochs=map_epochs, verbose=0, callbacks=progress)

every = np.concatenate([x_train, x_test])
maps = {
    "PCA": PCA(2, random_state=seed).fit(x_train).transform(every),
    "autoencoder": map_maker.encode(every, batch_size=1000),
}
map_scores = {
    name: metrics.knn_probe(m[:n_train], y_train, m[n_train:], y_test, neighbours=15)
    for name, m in maps.items()
}
claim("PCA's map: 15 neighbours find the digit", map_scores["PCA"], at_least=0.3)
claim(
    "the autoencoder's map: better by",
    map_scores["autoencoder"] - map_scores["PCA"],
    at_least=0.04,
    source="lecture, section 2",
)

# %% tags=["cover", "hide-input"] slideshow={"slide_type": "subslide"}
figure, axes = plt.subplots(1, 2, figsize=(12, 5.8))
for axis, coordinates in zip(axes, maps.values(), strict=True):
    plots.draw_code_map(axis, coordinates[n_train:][:2000], y_test[:2000])
axes[0].set(title="PCA: one cloud", xlabel="component 1", ylabel="component 2")
axes[1].set(title="Autoencoder: less overlap", xlabel="code unit 1", ylabel="code unit 2")
axes[1].set_xscale("symlog", linthresh=10)
axes[1].set_yscale("symlog", linthresh=10)
plots.show(
    figure,
    alt="Two maps of test digits, coloured by digit. Left, PCA: one cloud in which most digits "
    "overlap, with 0 and 1 at opposite ends. Right, the autoencoder: the digits spread further and "
    "overlap less.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# In PCA's plane only zeros and ones stand clearly apart. The autoencoder spreads the digits
# better, yet some still overlap (and where classes do, so do their badges: the 9 covers the 4). Two
# numbers are few, and the network was asked for good *pictures*, not for separate classes. Distances in such a map should be read with care: it bends the
# space where it pleases.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The thread of the course: features for few labels
#
# Put the two halves together. We have many images and 100 labels, ten for each digit. Let PCA and
# the autoencoder of 16 units learn from *all* training images without labels, then train a
# classifier on 100 labelled **codes** rather than on 100 rows of raw pixels. Does it help? All
# features are scaled to variance 1 overall; the same ten draws of 100 labels serve everyone. Two
# classifiers, since the answer may depend on who asks (logistic regression here with
# scikit-learn's default penalty).

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
features = {
    "raw pixels": every,
    "PCA, 16": pca.transform(every),
    "autoencoder, 16": autoencoder.encode(every, batch_size=1000),
}
few_labels = {}
for name, feature in features.items():
    feature = feature / feature[:n_train].std()
    for kind, model in {
        "logistic regression": LogisticRegression(solver="newton-cg"),
        "1 neighbour": KNeighborsClassifier(1),
    }.items():
        draws = [draw_labelled(100, np.random.default_rng([seed, i])) for i in range(10)]
        few_labels[kind, name] = [
            model.fit(feature[d], y_train[d]).score(feature[n_train:], y_test) for d in draws
        ]
for (kind, name), values in sorted(few_labels.items()):
    print(f"{kind:20s} {name:16s} {np.mean(values):.3f} ± {np.std(values):.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# A mean hides how much depends on the luck of the draw, so the figure shows every draw.

# %% tags=["hide-input"] slideshow={"slide_type": "subslide"}
figure, axes = plt.subplots(1, 2, figsize=(12, 4.8), sharey=True)
for axis, kind in zip(axes, ("logistic regression", "1 neighbour"), strict=True):
    for i, name in enumerate(features):
        values = few_labels[kind, name]
        spread = i + np.linspace(-0.15, 0.15, len(values))
        axis.scatter(spread, values, color=plots.COLORS[i], marker="os^"[i], s=45, alpha=0.7)
        axis.hlines(np.mean(values), i - 0.3, i + 0.3, color="black", linestyle="-")
    axis.set(xticks=range(3), xticklabels=features, title=kind)
    axis.grid(visible=False, axis="x")
axes[0].set_ylabel("test accuracy, 100 labels")
plots.show(
    figure,
    alt="Test accuracy with 100 labels for raw pixels, PCA and autoencoder codes, ten draws each "
    "and their mean as a bar; logistic regression on the left, one neighbour on the right.",
)

# %% tags=["nbval-ignore-output"] slideshow={"slide_type": "fragment"}
gain = {
    (kind, name): np.mean(np.subtract(values, few_labels[kind, "raw pixels"]))
    for (kind, name), values in few_labels.items()
}
claim(
    "100 labels, 1-NN: gain of the autoencoder's code over raw pixels",
    gain["1 neighbour", "autoencoder, 16"],
    at_least=0.015,
    source="lecture, sections 1 and 6",
)
claim(
    "100 labels, logistic regression: PCA brings no gain over raw pixels",
    gain["logistic regression", "PCA, 16"],
    at_most=0.015,
)
for (kind, name), value in sorted(gain.items()):
    if name != "raw pixels":
        print(f"{kind:20s} {name:16s} {100 * value:+.1f} points over raw pixels")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The honest reading: PCA does not help logistic regression. It only turns the axes, which a linear
# classifier can do itself, and what it drops is lost. The nearest neighbour gains by both codes:
# distances between codes follow the digit better than distances between pixels. The
# autoencoder's code gains a few points; it is no miracle. **A code that reconstructs well is not
# automatically a code that classifies well.** Making codes whose features are *useful* is what
# the rest of the course is about.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The one equation of this course
#
# Every autoencoder that you will meet minimises
#
# $$J(\theta) = \mathbb{E}_x \left[ L(x, g(f(\tilde{x}))) \right] + \lambda \, \Omega(f, \tilde{x}), \quad \tilde{x} \sim C(\cdot | x)$$
#
# | slot | what it is | in this lesson | later |
# |---|---|---|---|
# | $f$, $g$ | encoder and decoder | dense, 16 or 2 code units | linear, overcomplete, convolutional, stacked |
# | $L$ | how a reconstruction is judged | binary cross-entropy; compared on squared error | both, and why |
# | $C$ | what is done to the input first | nothing: $\tilde{x} = x$ | noise, to be undone |
# | $\Omega$ | what is asked of the code | nothing | sparsity, contraction |
#
# PCA fits in as well: $f$ and $g$ linear, $L$ the squared error, and the other two slots empty. You
# have already filled the first slots; later lessons fill the others.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What we saw

# %% tags=["nbval-ignore-output", "hide-input"] slideshow={"slide_type": "fragment"}
summary = {
    "logistic regression, clean labels: accuracy": accuracy,
    "slant by linear regression: R²": regression.score(x_test, slant_test),
    "40 % wrong labels: the MLP loses": loss_of["MLP"],
    "40 % wrong labels: logistic regression loses": loss_of["logistic regression"],
    "100 labels instead of 3,000: logistic regression loses": few["logistic regression"][-1]
    - few["logistic regression"][0],
    "k-means: purity": purity(kmeans.labels_, y_train),
    "k-means: purity by chance": purity(kmeans.labels_, shuffled_labels),
    "map of two numbers, PCA: 15 neighbours' accuracy": map_scores["PCA"],
    "map of two numbers, autoencoder": map_scores["autoencoder"],
    "100 labels, 1-NN: raw pixels": np.mean(few_labels["1 neighbour", "raw pixels"]),
    "100 labels, 1-NN: autoencoder's code": np.mean(few_labels["1 neighbour", "autoencoder, 16"]),
}
for name, value in summary.items():
    print(f"{name:56s} {value:6.2f}")
print(f"{'components for 90 % of the variance':56s} {needed['digits']:3d} of 784")

# %% [markdown] slideshow={"slide_type": "skip"}
# - Supervised methods need right labels, and many. What averages over labels stands wrong ones;
#   what memorises does not.
# - Without labels there is still structure: groups, correlations, few dimensions. It need not be the
#   structure that a label would name.
# - PCA compresses by linear statistics. A non-linear autoencoder did better here with as few numbers.
# - Unlabelled images can help where labels are few, by a little so far.
#
# ## Exercises
#
# **1.** At which share $p$ of wrong labels is the nearest neighbour no better than chance, 0.1? Does the
# answer depend on $a$? Use the formula.

# %% tags=["answer", "hide-input"] slideshow={"slide_type": "skip"}
# At p = 0.9: then a label is as likely to be the right one as any other, so it says nothing at all.
for a in (0.5, 0.8, 1.0):
    print(f"a = {a}: accuracy {nearest_neighbour_formula(a, 0.9):.3f}")
    claim(
        f"chance level at p = 0.9 for a = {a}",
        nearest_neighbour_formula(a, 0.9),
        at_least=0.0999,
        at_most=0.1001,
    )

# %% [markdown] slideshow={"slide_type": "skip"}
# **2.** Is logistic regression robust against wrong labels *by nature*? Train it with 40 % wrong labels
# and scikit-learn's default penalty, `C=1`, which is a hundred times weaker than ours.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# No. The penalty made it robust: with a weak one, 784 pixels are enough to fit many wrong labels.
noisy = with_wrong_labels(y_labelled, 0.4, np.random.default_rng(seed))
weak = LogisticRegression(C=1, solver="newton-cg").fit(x_labelled, noisy).score(x_test, y_test)
claim(
    "40 % wrong labels: accuracy of C=0.01 less that of C=1",
    scores["logistic regression"][-1] - weak,
    at_least=0.05,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **3.** You may choose *which* 100 images get a label. Can k-means choose better than chance? Hint: 100 clusters,
# and the image nearest to each centre.

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# Yes: typical and different images teach more than random ones. Nobody needed a label to find them.
from sklearn.cluster import MiniBatchKMeans

hundred = MiniBatchKMeans(100, n_init=3, batch_size=1024, random_state=seed).fit(x_train)
chosen = hundred.transform(x_train).argmin(axis=0)  # the image nearest to each centre
model = LogisticRegression(solver="newton-cg")


def score_with(labelled):
    return model.fit(x_train[labelled], y_train[labelled]).score(x_test, y_test)


rng = np.random.default_rng(seed)
with_choice = score_with(chosen)
at_random = np.mean([score_with(rng.choice(n_train, 100, replace=False)) for _ in range(10)])
print(f"100 chosen images: {with_choice:.3f}; 100 random ones: {at_random:.3f}")
claim("gain from choosing what to label", with_choice - at_random, at_least=0.02)

# %% [markdown] slideshow={"slide_type": "skip"}
# **4.** t-SNE (van der Maaten and Hinton 2008) draws maps by keeping neighbours together. Draw 1,000 test
# digits with `sklearn.manifold.TSNE`, and measure the map by the vote of 15 neighbours among the other
# images (`cross_val_score` with `cv=10`). What can it *not* do that PCA and the autoencoder can?

# %% tags=["answer", "hide-input", "nbval-ignore-output"] slideshow={"slide_type": "skip"}
# The clearest map of the three. But t-SNE has no encoder f and no decoder g: it cannot place a new
# image on the map, and cannot draw the image that belongs to a point of it.
from sklearn.manifold import TSNE
from sklearn.model_selection import cross_val_score

tsne_map = TSNE(2, max_iter=500, random_state=seed).fit_transform(x_test[:1000])
votes = cross_val_score(KNeighborsClassifier(15), tsne_map, y_test[:1000], cv=10)
claim("15 neighbours find the digit in t-SNE's map", votes.mean(), at_least=0.7)
ours = maps["autoencoder"][n_train:][:1000]
our_votes = cross_val_score(KNeighborsClassifier(15), ours, y_test[:1000], cv=10)
claim("better than in the autoencoder's map by", votes.mean() - our_votes.mean(), at_least=0.03)
plots.show(
    plots.code_map(tsne_map, y_test[:1000], "t-SNE: most digits apart", xlabel="", ylabel=""),
    alt="A map of 1000 test digits by t-SNE: most digits have a region of their own; 4 and 9 share "
    "one, and the fives lie in several pieces.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Where next
#
# The next lesson takes PCA and the linear autoencoder side by side: with linear activations an
# autoencoder can do what PCA does, and no more. Then non-linearity comes in, and the slots of the
# equation fill up.
#
# ## References
#
# - K. Pearson, *On lines and planes of closest fit to systems of points in space*, Philosophical Magazine
#   2 (1901): PCA.
# - S. Lloyd, *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28 (1982): k-means.
# - L. Hubert and P. Arabie, *Comparing partitions*, Journal of Classification 2 (1985): the adjusted Rand index.
# - Y. LeCun, C. Cortes and C. Burges, *The MNIST database of handwritten digits* (1998).
# - L. van der Maaten and G. Hinton, *Visualizing data using t-SNE*, Journal of Machine Learning Research 9 (2008).
# - C. Zhang, S. Bengio, M. Hardt, B. Recht and O. Vinyals, *Understanding deep learning requires rethinking
#   generalization* (2017), arXiv 1611.03530: networks that memorise random labels.
# - Y. Bengio, A. Courville and P. Vincent, *Representation learning: a review and new perspectives* (2013),
#   arXiv 1206.5538.
