"""The examples in aekit's docstrings are run, as they stand there."""

import functools

import keras
import matplotlib as mpl
import numpy as np
import pytest
from docstrings import examples, public_modules, public_names
from keras import ops
from matplotlib import pyplot as plt

import aekit
from aekit import claims, dense_autoencoder, exercises
from aekit.datasets import load_mnist

EXAMPLES = examples()


@pytest.fixture(scope="module")
def digits():
    """A few digits, and a small autoencoder with a code of two units, under examples' names."""
    keras.utils.set_random_seed(0)
    (x, y), (x_test, y_test) = load_mnist(n_train=40, n_test=20, flatten=True)
    autoencoder = dense_autoencoder(784, code_dim=2, hidden=(16,))
    autoencoder.compile("adam", "binary_crossentropy", run_eagerly=True)
    return {
        **dict.fromkeys(["x", "x_train", "x_few", "x_more"], x),
        **dict.fromkeys(["y", "y_few"], y),
        **{"x_test": x_test, "y_test": y_test, "reconstruction": autoencoder.reconstruct(x_test)},
        **{"bytes_in": np.uint8(255 * x), "bytes_out": np.uint8(200 * x)},
        "autoencoder": autoencoder,
        "encoder": autoencoder.encoder,
        "decoder": autoencoder.decoder,
        "code": autoencoder.encode(x),
        "first": dense_autoencoder(784, 16),
        "second": dense_autoencoder(16, 8),
        "axes": plt.subplots(1, 2)[1],
        "path": [x[:2], x[2:4]],
    }


def _one_epoch(fit):
    @functools.wraps(fit)
    def short(self, *args, **kwargs):
        return fit(self, *args, **(kwargs | {"epochs": 1}))

    return short


@pytest.fixture
def namespace(digits, monkeypatch, tmp_path):
    """All that an example may take for granted. What it draws, writes and sets up goes again,
    and it trains for one epoch."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(claims, "_verified", [])
    monkeypatch.setattr(exercises, "_exercises", {})
    exercises.exercise("05.2", expects="a pair")(lambda pair: None)
    monkeypatch.setattr(keras.Model, "fit", _one_epoch(keras.Model.fit))
    if keras.config.backend() == "tensorflow":  # a graph takes longer to build than to run
        eager = functools.partialmethod(keras.Model.compile, run_eagerly=True)
        monkeypatch.setattr(keras.Model, "compile", eager)
    measured = {"error_ratio": 1.0, "of_black": 0.1, "pca_error": 30.0, "deep_error": 20.0}
    measured |= {"history": {"mse": [0.2, 0.1]}, "by_hand": np.zeros(3), "by_tape": np.zeros(3)}
    with mpl.rc_context():
        public = {name.split(".")[-1]: value for name, value in public_names().items()}
        libraries = {"keras": keras, "np": np, "ops": ops, "plt": plt}
        yield public | libraries | digits | measured
        plt.close("all")


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_runs(name, namespace):
    exec(compile(EXAMPLES[name], f"<example of {name}>", "exec"), namespace)


def test_every_public_function_and_class_has_an_example():
    assert [name for name, code in EXAMPLES.items() if not code] == []
    assert len(EXAMPLES) > 50


def test_names_that_aekit_lends_are_public_in_their_modules():
    public = {value for value in public_names().values() if callable(value)}
    assert {getattr(aekit, name) for name in aekit.__all__} <= public
    assert all(value.__module__.startswith("aekit.") for value in public)
    assert all(module.__doc__ for module in public_modules())
