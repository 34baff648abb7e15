"""The data that ships: its facts, its subsets, and what a damaged file says."""

import shutil

import numpy as np
import pytest

from aekit import datasets
from aekit.datasets import load_fashion_mnist, load_mnist


def test_mnist_is_whole_and_in_the_standard_order():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    assert x_train.shape == (60_000, 28, 28, 1)
    assert x_test.shape == (10_000, 28, 28, 1)
    assert x_train.dtype == np.float32
    assert (x_train.min(), x_train.max()) == (0, 1)
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_train).tolist() == counts
    assert 255 * x_train.mean(dtype=np.float64) == pytest.approx(33.3184, abs=1e-4)
    assert np.mean((x_test == 0) | (x_test == 1)) == pytest.approx(0.8145, abs=5e-5)


def test_fashion_mnist_has_its_images():
    (x_train, y_train), (x_test, y_test) = load_fashion_mnist(flatten=True)
    assert x_train.shape == (10_000, 784)
    assert x_test.shape == (2_000, 784)
    assert len(datasets.FASHION_CLASSES) == len(np.unique(y_train)) == 10


def test_subsets_are_balanced_repeatable_and_nested():
    (small, labels), _ = load_mnist(n_train=1_000, n_test=1)
    (again, _), _ = load_mnist(n_train=1_000, n_test=1)
    (larger, _), _ = load_mnist(n_train=1_500, n_test=1)
    assert np.bincount(labels).tolist() == [100] * 10
    np.testing.assert_array_equal(small, again)
    assert {image.tobytes() for image in small} <= {image.tobytes() for image in larger}


def test_odd_subsets_are_balanced_to_one_and_keep_the_order_of_the_file():
    (x, y), _ = load_mnist(n_train=57, n_test=1)
    assert set(np.bincount(y)) == {5, 6}
    (x_all, y_all), _ = load_mnist()
    first = [int(np.flatnonzero((x_all == image).all(axis=(1, 2, 3)))[0]) for image in x]
    assert first == sorted(first)


def test_caller_may_change_what_was_loaded():
    (x, y), _ = load_mnist(n_train=10, n_test=1)
    x[:], y[:] = -1, 77
    (x, y), _ = load_mnist(n_train=10, n_test=1)
    assert x.min() == 0
    assert y.max() == 9


def test_flattened_images_are_the_rows_of_the_images():
    (x, _), _ = load_mnist(n_train=20, n_test=1)
    (flat, _), _ = load_mnist(n_train=20, n_test=1, flatten=True)
    np.testing.assert_array_equal(flat, x.reshape(20, 784))


@pytest.mark.parametrize("n", [0, -1, 60_001, 2.5, "all"])
def test_impossible_subset_is_refused(n):
    with pytest.raises(ValueError) as error:
        load_mnist(n_train=n)
    expected = f"`n_train` must be an integer from 1 to 60000. Received: n_train={n!r}"
    assert str(error.value) == expected


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copy(datasets.data_folder() / "fashion_mnist.npz", tmp_path)
    monkeypatch.setenv("AEKIT_DATA", str(tmp_path))
    return tmp_path


def test_missing_file_is_named_with_its_mend(folder):
    (folder / "fashion_mnist.npz").unlink()
    with pytest.raises(RuntimeError) as error:
        load_fashion_mnist()
    assert str(error.value) == (
        f"The data file {folder / 'fashion_mnist.npz'} is missing. The environment variable "
        "AEKIT_DATA points there: copy the file into it from the data folder of the course, or "
        "unset the variable."
    )


@pytest.mark.parametrize(
    ("beside", "mend"),
    [
        (".git/", "Restore it with `git checkout -- data/fashion_mnist.npz`."),
        ("pyproject.toml", "Copy it from a fresh download of the course."),
        ("", "Reinstall aekit from where you had it, with `pip install --force-reinstall"),
    ],
)
def test_mend_is_one_that_exists_where_the_package_stands(tmp_path, monkeypatch, beside, mend):
    monkeypatch.delenv("AEKIT_DATA", raising=False)
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "aekit" / "datasets.py"))
    if beside.endswith("/"):
        (tmp_path / beside).mkdir()
    elif beside:
        (tmp_path / beside).touch()
    with pytest.raises(RuntimeError) as error:
        load_fashion_mnist()
    assert "fashion_mnist.npz is missing. " + mend in str(error.value)


def test_truncated_or_altered_file_is_refused_even_after_a_good_load(folder):
    load_fashion_mnist(10, 10)
    path = folder / "fashion_mnist.npz"
    whole = path.read_bytes()
    altered = bytearray(whole)
    altered[len(whole) // 2] ^= 1
    for content in (whole[:-100], bytes(altered), b""):
        path.write_bytes(content)
        with pytest.raises(RuntimeError, match="fashion_mnist.npz is truncated or altered"):
            load_fashion_mnist(10, 10)
    path.write_bytes(whole)
    load_fashion_mnist(10, 10)


def test_natural_image_patches_are_as_documented():
    patches = datasets.natural_image_patches(n=2000, side=8)
    assert patches.shape == (2000, 64) and patches.dtype == np.float32
    assert patches.min() >= 0.1 and patches.max() <= 0.9
    # Few values are cut at 3 standard deviations, so a patch's mean of 0.5 hardly moves.
    assert np.mean((patches == patches.min()) | (patches == patches.max())) < 0.03
    assert np.abs(patches.mean(axis=1) - 0.5).mean() < 0.01


def test_natural_image_patches_are_owned_by_their_seed():
    first, again = (datasets.natural_image_patches(100, seed=1) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != datasets.natural_image_patches(100, seed=2))


def test_whitening_makes_neighbouring_pixels_nearly_uncorrelated():
    from sklearn.datasets import load_sample_images

    grey = load_sample_images().images[0].mean(axis=2)

    def correlation(image):
        return np.corrcoef(image[:, :-1].ravel(), image[:, 1:].ravel())[0, 1]

    assert correlation(grey) > 0.9
    assert abs(correlation(datasets._whitened(grey))) < 0.5


@pytest.mark.parametrize("side", [0, 428, 2.5])
def test_natural_image_patches_of_an_impossible_side(side):
    with pytest.raises(ValueError, match="`side` must be an integer from 1 to 427"):
        datasets.natural_image_patches(10, side=side)
