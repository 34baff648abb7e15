"""Metrics and probes on cases small enough to count by hand."""

import numpy as np
import pytest

from aekit import metrics


def test_squared_error_sums_over_the_pixels_of_each_image():
    x = np.array([[[0.0, 1.0], [0.5, 0.0]], [[1.0, 1.0], [1.0, 1.0]]])
    np.testing.assert_allclose(metrics.squared_error(x, np.zeros_like(x)), [1.25, 4.0])


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


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="`reconstruction` must have the shape of `x`"):
        metrics.squared_error(np.zeros((2, 4)), np.zeros((2, 5)))
    with pytest.raises(ValueError, match="`threshold` must be a number in \\[0, 1\\]"):
        metrics.pixel_accuracy(np.zeros((2, 4)), np.zeros((2, 4)), threshold=1.5)
