"""What a reconstruction and a code are worth: errors, accuracies with their baselines, probes.

Arrays, tensors and lists of any dtype; what is computed is computed in floating point.
"""

import numpy as np

from aekit import _checks

__all__ = [
    "squared_error",
    "error_share",
    "pca_reconstruct",
    "pixel_accuracy",
    "all_background_baseline",
    "linear_probe",
    "knn_probe",
    "lifetime_sparsity",
    "population_sparsity",
]


def squared_error(x, reconstruction):
    """Squared error of each image, summed over its pixels: `sum_i (x_i - x^_i)^2`.

    Its mean is the figure of Hinton and Salakhutdinov (2006), where PCA with 30 components has
    13.87 on MNIST's test images; divided by the number of pixels it is Keras' "mse".

    Args:
        x, reconstruction: `(n, *shape)`, of any dtype and in one unit: the error is in its square.

    Returns:
        NumPy array `(n,)`: float32 for float16 and float32, float64 for any other dtype.

    Raises:
        ValueError: two shapes, no example, or what is no finite number.

    Example:

        squared_error(x_test, autoencoder.reconstruct(x_test)).mean()

    Reference: Hinton and Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks
    (2006).
    """
    x, reconstruction = _same_shape(x, reconstruction)
    dtype = np.result_type(x, reconstruction)
    dtype = np.promote_types(dtype, np.float32) if dtype.kind == "f" else np.float64
    difference = np.subtract(x, reconstruction, dtype=dtype).reshape(len(x), -1)
    return np.einsum("ij,ij->i", difference, difference)


def error_share(x, reconstruction, mean_image):
    """The squared error as a share of that of the mean image, drawn for every input.

    `sum ||x - x^||^2 / sum ||x - mean||^2` over the images: 0 for a perfect reconstruction, 1 for
    one that is no better than the mean image. Where the mean is that of `x` itself, this is the
    fraction of variance unexplained.

    Args:
        x, reconstruction: see `squared_error`.
        mean_image: one image `shape`, that of the training set.

    Returns:
        A number, at least 0.

    Raises:
        ValueError: as `squared_error`, and a `mean_image` of another shape.

    Example:

        error_share(x_test, autoencoder.reconstruct(x_test), x_train.mean(axis=0))
    """
    x, mean_image = _numbers("x", x), _numbers("mean_image", mean_image)
    if mean_image.shape != x.shape[1:]:
        raise ValueError(
            f"`mean_image` must have the shape of one image, {x.shape[1:]}. "
            f"Received: {mean_image.shape}"
        )
    of_mean = squared_error(x, np.broadcast_to(mean_image, x.shape))
    return float(squared_error(x, reconstruction).mean() / of_mean.mean())


def pca_reconstruct(x_train, x, code_dim):
    """What PCA with `code_dim` components makes of `x`: the best that a linear code can do.

    Args:
        x_train: examples `(n, *shape)` that the components are taken from, more than `code_dim`.
        x: examples `(m, *shape)` to be encoded in them, and decoded.
        code_dim: number of components, from 1 to the size of an example.

    Returns:
        NumPy array of the shape of `x`.

    Raises:
        ValueError: no example, what is no finite number, two shapes, or a `code_dim` that is none.

    Example:

        squared_error(x_test, pca_reconstruct(x_train, x_test, 16)).mean()

    Reference: Pearson, On Lines and Planes of Closest Fit to Systems of Points in Space (1901).
    """
    from sklearn.decomposition import PCA

    shape = np.shape(x)
    x_train, x = _rows("x_train", x_train), _rows("x", x)
    code_dim = _checks.count("code_dim", code_dim, high=min(x_train.shape))
    if x.shape[1] != x_train.shape[1]:
        raise ValueError(
            f"`x` must have examples of the size of `x_train`, {x_train.shape[1]}. "
            f"Received: {x.shape[1]}"
        )
    pca = PCA(code_dim, svd_solver="covariance_eigh").fit(x_train)
    return pca.inverse_transform(pca.transform(x)).reshape(shape)


def pixel_accuracy(x, reconstruction, threshold=None):
    """Share of pixels that are on the same side of `threshold` in both.

    Of no use without `all_background_baseline(x)`, which an all-black picture reaches. Of a
    picture in colour each channel counts as a pixel.

    Args:
        x, reconstruction: images `(n, *shape)`, both in one range.
        threshold: in the images' own range; more is on, as much is off. `None`: the middle of the
            range, which is 0.5 for images in [0, 1] and 127.5 for whole numbers from 0 to 255.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: two shapes, no example, what is no finite number, a `threshold` outside the
            images' range, or none for images in another range than those two.

    Example:

        pixel_accuracy(x_test, reconstruction), all_background_baseline(x_test)
        pixel_accuracy(bytes_in, bytes_out, threshold=128)
    """
    x, reconstruction = _same_shape(x, reconstruction)
    threshold = _threshold(threshold, x, reconstruction)
    return float(np.mean((x > threshold) == (reconstruction > threshold)))


def all_background_baseline(x, threshold=None):
    """`pixel_accuracy` of an all-black picture: the share of pixels of `x` up to `threshold`.

    Args:
        x: images `(n, *shape)`.
        threshold: see `pixel_accuracy`.

    Returns:
        A number in [0, 1]: 0.8658 for MNIST's test images.

    Raises:
        ValueError: as `pixel_accuracy`.

    Example:

        all_background_baseline(x_test)
    """
    x = _numbers("x", x)
    _checks.images("x", x)
    return float(np.mean(x <= _threshold(threshold, x, x)))


def linear_probe(code, labels, test_code, test_labels, max_iter=1000):
    """Test accuracy of a logistic regression on the standardised code.

    Args:
        code, test_code: codes `(n, *code_shape)` to learn from and to be judged on.
        labels, test_labels: their classes, `(n,)`.
        max_iter: number of the solver's iterations, at most.

    Returns:
        A number in [0, 1]; the share of the most frequent class is what it costs to know nothing.

    Raises:
        ValueError: no example, what is no finite number, another number of labels than of codes,
            or a single class.

    Example:

        linear_probe(autoencoder.encode(x), y, autoencoder.encode(x_test), y_test)

    Reference: Alain and Bengio, Understanding Intermediate Layers Using Linear Classifier Probes
    (2016).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=max_iter))
    # The threads of small matrix products mostly wait: 20 times the CPU time on two cores.
    with threadpool_limits(1 if np.size(code) < 5_000_000 else None, user_api="blas"):
        return _probe(probe, code, labels, test_code, test_labels)


def knn_probe(code, labels, test_code, test_labels, neighbours=15):
    """Test accuracy of a vote of the `neighbours` nearest codes (Euclidean).

    Args:
        code, labels, test_code, test_labels: see `linear_probe`.
        neighbours: number of votes, at least 1 and at most the number of codes.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: as `linear_probe`, and a number of `neighbours` that is none.

    Example:

        knn_probe(autoencoder.encode(x), y, autoencoder.encode(x_test), y_test)

    Reference: Cover and Hart, Nearest Neighbor Pattern Classification (1967).
    """
    from sklearn.neighbors import KNeighborsClassifier

    neighbours = _checks.count("neighbours", neighbours)
    probe = KNeighborsClassifier(n_neighbors=neighbours)
    return _probe(probe, code, labels, test_code, test_labels)


def lifetime_sparsity(code):
    """How few inputs light each code unit: 0 for all alike, 1 for one only.

    Treves and Rolls' measure as rescaled by Vinje and Gallant (2000):
    `(1 - mean(a)^2 / mean(a^2)) / (1 - 1/n)` over the n examples. A unit that is never on is NaN.

    Args:
        code: activations `(n, *code_shape)` of at least two examples, none below 0.

    Returns:
        NumPy array `(code_dim,)` in [0, 1].

    Raises:
        ValueError: fewer than two examples, or what is no finite number.

    Example:

        lifetime_sparsity(autoencoder.encode(x_test)).mean()

    Reference: Vinje and Gallant, Sparse Coding and Decorrelation in Primary Visual Cortex During
    Natural Vision (2000).
    """
    return _sparsity(code, axis=0)


def population_sparsity(code):
    """How few units each input lights: the measure of `lifetime_sparsity`, over the code.

    Args:
        code: activations `(n, *code_shape)` of at least two units, none below 0.

    Returns:
        NumPy array `(n,)` in [0, 1]; an input that lights no unit is NaN.

    Raises:
        ValueError: fewer than two units, or what is no finite number.

    Example:

        population_sparsity(autoencoder.encode(x_test)).mean()

    Reference: see `lifetime_sparsity`.
    """
    return _sparsity(code, axis=1)


def _sparsity(code, axis):
    activation = _rows("code", code).astype(np.float64)
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
    code, test_code = _rows("code", code), _rows("test_code", test_code)
    return float(estimator.fit(code, labels).score(test_code, test_labels))


def _rows(name, code):
    """A batch of codes as `(n, code_dim)`, of single precision at least."""
    code = _numbers(name, code)
    _checks.images(name, code)
    return code.reshape(len(code), -1).astype(np.result_type(code, np.float32), copy=False)


def _same_shape(x, reconstruction):
    x, reconstruction = _numbers("x", x), _numbers("reconstruction", reconstruction)
    if x.shape != reconstruction.shape:
        raise ValueError(
            "`reconstruction` must have the shape of `x`. "
            f"Received: {reconstruction.shape} for {x.shape}"
        )
    _checks.images("x", x)
    _checks.images("reconstruction", reconstruction)
    return x, reconstruction


def _numbers(name, values):
    """`values` as an array of booleans, integers or floats that NumPy can compute with."""
    array = np.asarray(values)
    if array.dtype.kind in "OV":  # Python's own numbers, and bfloat16
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError):
            pass
    elif array.dtype.kind in "biuf":
        return array
    raise ValueError(f"`{name}` must hold numbers. Received: dtype {array.dtype}")


def _threshold(threshold, x, reconstruction):
    """The given threshold where it lies in the range of the images x, or the range's middle."""
    low, high, whole = float(x.min()), float(x.max()), x.dtype.kind in "iu"
    brightest = max(high, reconstruction.max()) if reconstruction.dtype.kind in "iu" else high
    if threshold is not None:
        return _checks.number("threshold", threshold, min(0, low), max(255 if whole else 1, high))
    if whole and low >= 0 and 1 < brightest <= 255:
        return 127.5
    if low < 0 or high > 1:
        raise ValueError(
            "`threshold` must be given for images outside [0, 1], in their own range. "
            f"Received: threshold=None, values from {low:g} to {high:g}"
        )
    return 0.5
