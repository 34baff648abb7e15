"""Metrics and probes on cases small enough to count by hand."""

import keras
import numpy as np
import pytest

from aekit import metrics


def test_squared_error_sums_over_the_pixels_of_each_image():
    x = np.array([[[0.0, 1.0], [0.5, 0.0]], [[1.0, 1.0], [1.0, 1.0]]])
    np.testing.assert_allclose(metrics.squared_error(x, np.zeros_like(x)), [1.25, 4.0])


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int8", "int64", "float16", "bfloat16", "float32", "float64", object]
)
def test_squared_error_is_right_whatever_the_dtype(dtype):
    size = 1 if dtype == "bool" else 10
    black, grey = np.zeros((2, 784)), np.full((2, 784), size)
    if dtype == "bfloat16":
        black, grey = (keras.ops.cast(images, dtype) for images in (black, grey))
        black, grey = keras.ops.convert_to_numpy(black), keras.ops.convert_to_numpy(grey)
    else:
        black, grey = black.astype(dtype), grey.astype(dtype)
    np.testing.assert_array_equal(metrics.squared_error(black, grey), [784 * size**2] * 2)
    np.testing.assert_array_equal(metrics.squared_error(grey, black), [784 * size**2] * 2)


def test_squared_error_of_bytes_does_not_wrap_and_lists_will_do():
    assert metrics.squared_error(np.uint8([[0]]), np.uint8([[40]])) == [1600]
    np.testing.assert_array_equal(
        metrics.squared_error([[0, 3], [1, 1]], [[4, 0], [1, 1]]), [25, 0]
    )


def test_squared_error_of_single_precision_stays_in_it():
    x = np.ones((2, 3), "float32")
    assert metrics.squared_error(x, 0 * x).dtype == "float32"


def test_accuracy_of_bytes_is_that_of_the_same_images_in_0_to_1():
    x, reconstruction = np.random.default_rng(0).random((2, 5, 8, 8, 3))
    by_hand = np.mean((x > 0.5) == (reconstruction > 0.5))  # each of the three channels counts
    background = np.mean(x <= 0.5)
    as_bytes, again = (np.rint(255 * a).astype("uint8") for a in (x, reconstruction))
    for given in ({}, {"threshold": 127.5}, {"threshold": 127}):
        assert metrics.pixel_accuracy(as_bytes, again, **given) == pytest.approx(by_hand)
        assert metrics.all_background_baseline(as_bytes, **given) == pytest.approx(background)
    dark = as_bytes // 4  # a threshold over the brightest pixel is one all the same
    assert metrics.pixel_accuracy(dark, dark, threshold=128) == 1
    assert metrics.pixel_accuracy(x.tolist(), reconstruction.tolist()) == by_hand
    assert metrics.all_background_baseline(x.tolist()) == background


def test_accuracy_of_masks_is_the_same_in_every_dtype():
    x, reconstruction = np.array([[0, 1, 1, 0]]), np.array([[0, 1, 0, 0]])
    for dtype in ("bool", "uint8", "int64", "float16"):
        assert metrics.pixel_accuracy(x.astype(dtype), reconstruction.astype(dtype)) == 3 / 4
        assert metrics.all_background_baseline(x.astype(dtype)) == 2 / 4
        assert metrics.pixel_accuracy(x.astype(dtype), 1.2 * reconstruction) == 3 / 4


def test_accuracy_of_images_in_another_range_asks_for_the_threshold():
    x = np.array([[-1.0, -0.2, 0.6, 1.0]])
    assert metrics.pixel_accuracy(x, x + 0.5, threshold=0) == 3 / 4
    assert metrics.all_background_baseline(x, threshold=-0.5) == 1 / 4
    for images in (x, 127.5 * (x + 1), np.array([[0, 65535]])):
        with pytest.raises(ValueError, match="`threshold` must be given for images outside"):
            metrics.pixel_accuracy(images, images)
        with pytest.raises(ValueError, match="`threshold` must be given for images outside"):
            metrics.all_background_baseline(images)


def test_pixel_accuracy_stands_beside_the_all_background_baseline():
    x = np.array([[0.0, 0.2, 0.6, 1.0], [0.0, 0.0, 0.0, 0.9]])
    reconstruction = np.array([[0.0, 0.7, 0.7, 0.7], [0.1, 0.1, 0.1, 0.1]])
    assert metrics.pixel_accuracy(x, reconstruction) == 6 / 8
    assert metrics.all_background_baseline(x) == 5 / 8
    assert metrics.pixel_accuracy(x, np.zeros_like(x)) == metrics.all_background_baseline(x)


def test_all_background_baseline_of_mnist_is_the_published_share():
    from aekit.datasets import load_mnist

    _, (x_test, _) = load_mnist(n_train=10)
    assert metrics.all_background_baseline(x_test) == pytest.approx(0.8658, abs=5e-5)


def test_sparsity_is_0_for_even_and_1_for_single_activation():
    code = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(metrics.population_sparsity(code), [0, 1], atol=1e-12)
    np.testing.assert_allclose(metrics.lifetime_sparsity(code), [0, 1, 1], atol=1e-12)
    assert np.isnan(metrics.lifetime_sparsity(np.zeros((3, 2)))).all()


def test_sparsity_takes_lists_and_bytes_and_positions():
    code = np.array([[200, 0], [100, 0], [0, 30]])
    # Unit 1: (300/3)^2 / (50000/3) = 0.6; (1 - 0.6) / (1 - 1/3) = 0.6. Unit 2 is on once: 1.
    for same in (code.tolist(), code.astype("uint8"), code.reshape(3, 1, 1, 2)):
        np.testing.assert_allclose(metrics.lifetime_sparsity(same), [0.6, 1], atol=1e-12)
        np.testing.assert_allclose(metrics.population_sparsity(same), [1, 1, 1], atol=1e-12)


def test_probes_separate_what_is_separable_and_guess_what_is_not():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    code = rng.normal(size=(400, 3))
    code[:, 0] += 8 * labels
    for probe in (metrics.linear_probe, metrics.knn_probe):
        train, test = slice(0, 300), slice(300, 400)
        assert probe(code[train], labels[train], code[test], labels[test]) >= 0.99
        blind = probe(code[train, 1:], labels[train], code[test, 1:], labels[test])
        assert 0.3 < blind < 0.7


def test_probes_are_the_same_on_halves_bytes_and_lists():
    rng = np.random.default_rng(0)
    code, labels = rng.integers(0, 256, (80, 3)), rng.integers(0, 2, 80)
    for probe in (metrics.linear_probe, metrics.knn_probe):
        given = [
            probe(as_(code[:60]), labels[:60], as_(code[60:]), labels[60:])
            for as_ in (np.float64, np.float16, np.uint8, np.ndarray.tolist)
        ]
        assert len(set(given)) == 1


def test_what_is_no_number_is_refused_by_name():
    x = np.zeros((1, 2))
    for wrong in ([["a", "b"]], np.array([["a", 1.0]], dtype=object), x + 1j):
        with pytest.raises(ValueError, match="`x` must hold numbers. Received: dtype"):
            metrics.squared_error(wrong, x)
        with pytest.raises(ValueError, match="`reconstruction` must hold numbers. Received: dtype"):
            metrics.pixel_accuracy(x, wrong)
        with pytest.raises(ValueError, match="`code` must hold numbers. Received: dtype"):
            metrics.population_sparsity(wrong)
        with pytest.raises(ValueError, match="`test_code` must hold numbers. Received: dtype"):
            metrics.knn_probe(x, [0], wrong, [0])
    with pytest.raises(ValueError, match="`x` must be finite"):
        metrics.all_background_baseline([[0, float("nan")]])
    with pytest.raises(ValueError, match="`code` must hold at least two examples and two units"):
        metrics.lifetime_sparsity([[1.0, 2.0]])


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="`reconstruction` must have the shape of `x`"):
        metrics.squared_error(np.zeros((2, 4)), np.zeros((2, 5)))
    with pytest.raises(ValueError, match="`threshold` must be a number in \\[0, 1\\]"):
        metrics.pixel_accuracy(np.zeros((2, 4)), np.zeros((2, 4)), threshold=1.5)


def test_error_share_is_one_for_the_mean_image_and_none_for_a_copy():
    rng = np.random.default_rng(0)
    x, mean = rng.random((20, 3, 3)), rng.random((3, 3))
    assert metrics.error_share(x, np.broadcast_to(mean, x.shape), mean) == pytest.approx(1)
    assert metrics.error_share(x, x, mean) == 0
    halfway = (x + mean) / 2  # half of each difference: a quarter of its square
    assert metrics.error_share(x, halfway, mean) == pytest.approx(0.25)


def test_error_share_of_pca_is_the_variance_that_its_components_leave_out():
    x = np.random.default_rng(0).normal(size=(200, 4)) * [4, 3, 2, 1]
    variance = np.sort(np.linalg.eigvalsh(np.cov(x.T)))[::-1]
    for code_dim in (1, 2, 3):
        rebuilt = metrics.pca_reconstruct(x, x, code_dim)
        share = metrics.error_share(x, rebuilt, x.mean(axis=0))
        assert share == pytest.approx(variance[code_dim:].sum() / variance.sum())


def test_pca_reconstruct_is_the_projection_on_the_singular_vectors_of_the_training_set():
    rng = np.random.default_rng(0)
    x_train, x = rng.random((50, 2, 3)), rng.random((7, 2, 3))
    flat, mean = x_train.reshape(50, 6), x_train.reshape(50, 6).mean(axis=0)
    axes = np.linalg.svd(flat - mean, full_matrices=False)[2][:2]
    expected = mean + (x.reshape(7, 6) - mean) @ axes.T @ axes
    rebuilt = metrics.pca_reconstruct(x_train, x, 2)
    np.testing.assert_allclose(rebuilt, expected.reshape(7, 2, 3), atol=1e-10)
    np.testing.assert_allclose(metrics.pca_reconstruct(x_train, x, 6), x, atol=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: metrics.error_share(x, x, x), "`mean_image` must have the shape of one image"),
        (lambda x: metrics.error_share(x, x[:1], x[0]), "`reconstruction` must have the shape of"),
        (lambda x: metrics.pca_reconstruct(x, x, 4), "`code_dim` must be an integer from 1 to 3"),
        (lambda x: metrics.pca_reconstruct(x, x[:, :2], 1), "`x` must have examples of the size"),
        (lambda x: metrics.pca_reconstruct(x * np.nan, x, 1), "`x_train` must be finite"),
    ],
)
def test_baselines_refuse_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0).random((5, 3)))
