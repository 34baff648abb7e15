"""What a reconstruction and a code are worth: errors, accuracies with their baselines, probes."""

import numpy as np

from aekit import _checks


def squared_error(x, reconstruction):
    """Squared error of each image, summed over its pixels: shape `(n,)`.

    Its mean is the figure of Hinton and Salakhutdinov (2006), where PCA with 30 components has
    13.87 on MNIST's test images; divided by the number of pixels it is Keras' "mse".
    """
    x, reconstruction = _same_shape(x, reconstruction)
    difference = (x - reconstruction).reshape(len(x), -1)
    return np.einsum("ij,ij->i", difference, difference)


def pixel_accuracy(x, reconstruction, threshold=0.5):
    """Share of pixels that are on the same side of `threshold` in both: a number in [0, 1].

    Of no use without `all_background_baseline(x)`, which an all-black picture reaches.
    """
    threshold = _checks.number("threshold", threshold, 0, 1)
    x, reconstruction = _same_shape(x, reconstruction)
    return float(np.mean((x > threshold) == (reconstruction > threshold)))


def all_background_baseline(x, threshold=0.5):
    """`pixel_accuracy` of an all-black picture: the share of pixels of `x` up to `threshold`."""
    threshold = _checks.number("threshold", threshold, 0, 1)
    return float(np.mean(np.asarray(x) <= threshold))


def linear_probe(code, labels, test_code, test_labels, max_iter=1000):
    """Test accuracy in [0, 1] of a logistic regression on the standardised code."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=max_iter))
    return _probe(probe, code, labels, test_code, test_labels)


def knn_probe(code, labels, test_code, test_labels, neighbours=5):
    """Test accuracy in [0, 1] of a vote of the `neighbours` nearest codes (Euclidean)."""
    from sklearn.neighbors import KNeighborsClassifier

    neighbours = _checks.count("neighbours", neighbours)
    probe = KNeighborsClassifier(n_neighbors=neighbours)
    return _probe(probe, code, labels, test_code, test_labels)


def lifetime_sparsity(code):
    """How few inputs light each code unit, shape `(code_dim,)`: 0 for all alike, 1 for one only.

    Treves and Rolls' measure as rescaled by Vinje and Gallant (2000):
    `(1 - mean(a)^2 / mean(a^2)) / (1 - 1/n)` over the n examples. A unit that is never on is NaN.
    """
    return _sparsity(np.asarray(code, dtype=np.float64).reshape(len(code), -1), axis=0)


def population_sparsity(code):
    """How few units each input lights, shape `(n,)`: the same measure over the code."""
    return _sparsity(np.asarray(code, dtype=np.float64).reshape(len(code), -1), axis=1)


def _sparsity(activation, axis):
    n = activation.shape[axis]
    if n < 2:
        raise ValueError(
            "`code` must hold at least two examples and two units. "
            f"Received: shape {activation.shape}"
        )
    with np.errstate(invalid="ignore"):
        ratio = np.mean(activation, axis) ** 2 / np.mean(activation**2, axis)
    return (1 - ratio) / (1 - 1 / n)


def _probe(estimator, code, labels, test_code, test_labels):
    code, test_code = (np.asarray(c).reshape(len(c), -1) for c in (code, test_code))
    return float(estimator.fit(code, labels).score(test_code, test_labels))


def _same_shape(x, reconstruction):
    x, reconstruction = np.asarray(x), np.asarray(reconstruction)
    if x.shape != reconstruction.shape:
        raise ValueError(
            "`reconstruction` must have the shape of `x`. "
            f"Received: {reconstruction.shape} for {x.shape}"
        )
    _checks.images("x", x)
    _checks.images("reconstruction", reconstruction)
    return x, reconstruction
