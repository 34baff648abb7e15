"""The data sets that ship with the course. Nothing here needs a network."""

import hashlib
import io
import os
from importlib import resources
from pathlib import Path

import numpy as np

from aekit import _checks

__all__ = [
    "load_mnist",
    "load_fashion_mnist",
    "FASHION_CLASSES",
    "natural_image_patches",
    "data_folder",
]

SHA256 = {
    "mnist.npz": "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
    "fashion_mnist.npz": "009dc909d6914f083fba08e5fd702ecb398ce07d2710ca2194130aea5eedb6e1",
}
#: The names of Fashion-MNIST's labels, from 0 to 9.
FASHION_CLASSES = (
    "T-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


def load_mnist(n_train=None, n_test=None, flatten=False):
    """Handwritten digits: 60,000 training and 10,000 test images of 28 x 28 pixels.

    Args:
        n_train, n_test: how many images, as evenly from the ten classes as they come; the same
            ones every time, and a smaller subset is part of a larger one. `None`: all.
        flatten: images of shape `(n, 784)` rather than `(n, 28, 28, 1)`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x float32 in [0, 1], y uint8 from 0 to 9.

    Raises:
        ValueError: `n_train` or `n_test` is more than there is, or less than 1.
        RuntimeError: the file is missing, truncated or altered.

    Example:

        (x_train, y_train), (x_test, y_test) = load_mnist(n_train=5000, flatten=True)

    Source: LeCun, Cortes and Burges (1998); licence and origin in data/README.md.
    """
    return _load("mnist.npz", n_train, n_test, flatten)


def load_fashion_mnist(n_train=None, n_test=None, flatten=False):
    """Pictures of clothes: the first 10,000 training and 2,000 test images of Fashion-MNIST.

    Takes, returns and raises what `load_mnist` does; `FASHION_CLASSES` names the labels.

    Example:

        (x, y), _ = load_fashion_mnist()
        clothes = [FASHION_CLASSES[label] for label in y[:5]]

    Source: Xiao, Rasul and Vollgraf (2017), MIT licence; origin in data/README.md.
    """
    return _load("fashion_mnist.npz", n_train, n_test, flatten)


def natural_image_patches(n=10_000, side=8, seed=0):
    """Square patches of two photographs, whitened, as UFLDL prepares natural images.

    The photographs (a temple, a flower) come with scikit-learn. Each is made grey and whitened by
    Olshausen and Field's filter, which lifts high frequencies as natural images lack them; each
    patch loses its mean, and all are cut at 3 standard deviations and scaled to [0.1, 0.9].

    Args:
        n: number of patches, from random places, half of them from each photograph.
        side: of a patch, in pixels, at most the 427 of the photographs' shorter side.
        seed: integer of the places.

    Returns:
        Patches `(n, side * side)`, float32 in [0.1, 0.9]; 0.5 is a patch's mean before the cut.

    Raises:
        ValueError: `n` or `side` is less than 1, or `side` is more than a photograph has.

    Example:

        image_grid(natural_image_patches(n=20, side=12), "Whitened patches of two photographs")

    Source: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 5; Olshausen and Field
    (1997), eq. 12, for the filter.
    """
    from sklearn.datasets import load_sample_images

    photographs = [_whitened(picture.mean(axis=2)) for picture in load_sample_images().images]
    n = _checks.count("n", n)
    side = _checks.count("side", side, high=min(photographs[0].shape))
    random = np.random.default_rng(seed)
    windows = [np.lib.stride_tricks.sliding_window_view(p, (side, side)) for p in photographs]
    rows, columns = (random.integers(0, size, n) for size in windows[0].shape[:2])
    patches = np.stack([windows[i % 2][rows[i], columns[i]] for i in range(n)]).reshape(n, -1)
    patches = patches - patches.mean(axis=1, keepdims=True)
    limit = 3 * patches.std() or 1.0  # a patch of one pixel has no contrast
    return (0.5 + 0.4 * np.clip(patches / limit, -1, 1)).astype(np.float32)


def _whitened(image):
    """The image with its amplitude spectrum, near 1/f, made flat up to 0.8 of the highest f."""
    rows, columns = (np.fft.fftfreq(size) for size in image.shape)
    f = np.hypot(rows[:, None], columns)
    filtered = np.fft.ifft2(np.fft.fft2(image) * f * np.exp(-((f / 0.4) ** 4))).real
    return filtered / filtered.std()


def data_folder():
    """The folder of the data sets: where `AEKIT_DATA` points, else the package's own.

    In a clone of the course that is `data/` beside the package, into which it is mapped only when
    a wheel is built.

    Example:

        with np.load(data_folder() / "mnist.npz") as archive:
            print(archive["x_train"].shape)  # (60000, 28, 28)
    """
    if "AEKIT_DATA" in os.environ:
        return Path(os.environ["AEKIT_DATA"])
    packaged = resources.files("aekit") / "data"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parent.parent / "data"


def checked_bytes(file_name):
    """What the data file holds, which is what `SHA256` says.

    Raises:
        RuntimeError: the file is missing, truncated or altered; the message says how to mend it.
    """
    path = data_folder() / file_name
    if not path.is_file():
        raise RuntimeError(f"The data file {path} is missing. {_mend(path)}")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256[file_name]:
        raise RuntimeError(
            f"The data file {path} is truncated or altered (sha256 {digest[:12]}…). {_mend(path)}"
        )
    return content


def _mend(path):
    """What restores a data file, where it stands."""
    clone = Path(__file__).resolve().parent.parent
    if "AEKIT_DATA" in os.environ:
        return (
            "The environment variable AEKIT_DATA points there: copy the file into it from the "
            "data folder of the course, or unset the variable."
        )
    if (clone / ".git").exists():
        return f"Restore it with `git checkout -- data/{path.name}`."
    if (clone / "pyproject.toml").is_file():
        return "Copy it from a fresh download of the course."
    return (
        "Reinstall aekit from where you had it, with `pip install --force-reinstall --no-deps` "
        "and that wheel, folder or address."
    )


def _load(file_name, n_train, n_test, flatten):
    with np.load(io.BytesIO(checked_bytes(file_name)), allow_pickle=False) as archive:
        train = _subset(archive, "train", n_train, flatten)
        test = _subset(archive, "test", n_test, flatten)
    return train, test


def _subset(archive, part, n, flatten):
    """`n` images as float32 in [0, 1] and their labels, in the order of the file."""
    images, labels = archive[f"x_{part}"], archive[f"y_{part}"]
    if n is not None:
        n = _checks.count(f"n_{part}", n, high=len(labels))
        chosen = _balanced(labels, n)
        images, labels = images[chosen], labels[chosen]
    x = np.divide(images, 255, dtype=np.float32)
    return x.reshape(len(x), -1) if flatten else x[..., np.newaxis], labels


def _balanced(labels, n):
    """Sorted indices of the first example of each class, then of the second, … until `n`."""
    rank = np.empty(len(labels), dtype=int)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        rank[of_class] = np.arange(len(of_class))
    return np.sort(np.argsort(rank, kind="stable")[:n])
