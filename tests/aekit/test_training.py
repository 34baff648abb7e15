"""The lessons' recipe of training, and what is loaded in its place."""

import json

import keras
import numpy as np
import pytest

import aekit
from aekit import training
from aekit.metrics import squared_error


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder of weights."""
    monkeypatch.setenv("AEKIT_DATA", str(tmp_path))
    monkeypatch.delenv(training.STORE, raising=False)
    return tmp_path / "weights"


def build():
    return aekit.dense_autoencoder(16, 3, hidden=(8,), code_activation="linear")


def stored(pixels, monkeypatch, **changes):
    """A network that is trained and stored."""
    monkeypatch.setenv(training.STORE, "1")
    settings = {"epochs": 2, "batch_size": 16, "stored": "99_small"} | changes
    network = training.train(build, pixels, **settings)
    monkeypatch.delenv(training.STORE)
    return network


def weights_agree(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_training_lowers_the_error_and_seeds_all_that_is_random(pixels):
    first, second, other = (
        training.train(build, pixels, epochs=20, batch_size=16, rate=0.01, seed=seed)
        for seed in (0, 0, 1)
    )
    untrained = squared_error(pixels, build().reconstruct(pixels)).mean()
    assert squared_error(pixels, first.reconstruct(pixels)).mean() < 0.9 * untrained
    assert weights_agree(first, second)
    assert not weights_agree(first, other)


def test_targets_may_be_others_than_the_inputs(pixels):
    def classifier():
        return keras.Sequential([keras.Input((16,)), keras.layers.Dense(2, activation="softmax")])

    labels = (pixels[:, 0] > 0.5).astype("int64")
    loss = "sparse_categorical_crossentropy"
    network = training.train(
        classifier, pixels, labels, epochs=40, batch_size=8, rate=0.1, loss=loss
    )
    assert np.mean(network.predict(pixels, verbose=0).argmax(axis=1) == labels) > 0.9


def test_stored_weights_are_loaded_with_their_history_and_nothing_is_trained(
    pixels, folder, monkeypatch, capsys
):
    trained = stored(pixels, monkeypatch)
    assert (folder / "99_small.npz").stat().st_size < 10_000
    assert not list(folder.glob("*.half"))
    capsys.readouterr()
    monkeypatch.setattr(keras.Model, "fit", None)
    loaded = training.train(build, pixels, epochs=2, batch_size=16, stored="99_small")
    assert weights_agree(trained, loaded)
    assert all(np.array_equal(w, w.astype(np.float16)) for w in loaded.get_weights())
    losses = loaded.history.history["loss"]
    np.testing.assert_allclose(losses, trained.history.history["loss"], rtol=1e-4)
    assert capsys.readouterr().out == ""
    loaded.evaluate(pixels, pixels, verbose=0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"epochs": 3}, "another epochs than that of the stored weights: about 1 min."),
        ({"rate": 0.01, "seed": 1}, "another rate, seed than that of the stored weights"),
        ({"loss": "mse"}, "another loss than that of the stored weights"),
        ({"retrain": True}, "as asked: about 1 min."),
        ({"stored": "99_other"}, "no weights of it are stored here."),
    ],
)
def test_another_recipe_is_trained_and_says_why(pixels, folder, monkeypatch, capsys, changes, why):
    stored(pixels, monkeypatch)
    capsys.readouterr()
    before = (folder / "99_small.npz").read_bytes()
    settings = {"epochs": 2, "batch_size": 16, "stored": "99_small"} | changes
    training.train(build, pixels, **settings)
    assert why in capsys.readouterr().out
    assert (folder / "99_small.npz").read_bytes() == before
    assert not (folder / "99_other.npz").exists()


def test_other_data_or_another_network_is_another_recipe(pixels, monkeypatch, capsys):
    stored(pixels, monkeypatch)
    how = {"epochs": 2, "batch_size": 16, "stored": "99_small"}
    capsys.readouterr()
    training.train(build, pixels[::-1], **how)
    assert "another data than" in capsys.readouterr().out

    def noisy():
        return aekit.dense_autoencoder(16, 3, hidden=(8,), code_activation="linear",
                                       corruption=aekit.MaskingNoise(0.3))  # fmt: skip

    training.train(noisy, pixels, **how)
    assert "another network than" in capsys.readouterr().out


def test_layers_of_aekit_are_described_with_their_settings():
    def described(probability):
        corruption = aekit.MaskingNoise(probability)
        return training.described(aekit.dense_autoencoder(16, 3, corruption=corruption))

    assert described(0.3) == described(0.3) != described(0.4)
    assert json.loads(json.dumps(described(0.3))) == described(0.3)


def test_layers_of_keras_are_described_with_their_penalties_and_rates():
    def one_of(factor, rate):
        penalty = keras.regularizers.L2(factor)
        dense = keras.layers.Dense(3, kernel_regularizer=penalty)
        return keras.Sequential([keras.Input((16,)), dense, keras.layers.Dropout(rate)])

    variants = [one_of(0.1, 0.5), one_of(0.2, 0.5), one_of(0.1, 0.25)]
    described = [json.dumps(training.described(network)) for network in variants]
    assert len(set(described)) == 3
    assert json.dumps(training.described(one_of(0.1, 0.5))) == described[0]


@pytest.mark.parametrize("how", ["altered", "cut", "empty"])
def test_a_damaged_file_is_trained_anew(pixels, folder, monkeypatch, capsys, how):
    stored(pixels, monkeypatch)
    path = folder / "99_small.npz"
    content = bytearray(path.read_bytes())
    if how == "altered":
        with np.load(path) as file:
            arrays = dict(file)
        arrays["weights_0"] = arrays["weights_0"] + np.float16(1)
        np.savez_compressed(path, **arrays)
    else:
        path.write_bytes(content[: len(content) // 2 if how == "cut" else 0])
    capsys.readouterr()
    training.train(build, pixels, epochs=2, batch_size=16, stored="99_small")
    assert "no weights of it are stored here." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
def test_a_count_that_is_none_is_refused(pixels, name):
    with pytest.raises(ValueError, match=f"`{name}` must be an integer of at least 1"):
        training.train(build, pixels, **{"epochs": 1} | {name: 0})


def test_stored_weights_are_loaded_without_the_data_of_their_training(pixels, monkeypatch):
    network = stored(pixels, monkeypatch)
    assert weights_agree(training.load(build, "99_small"), network)


def test_weights_of_another_network_and_those_that_are_not_there_are_refused(pixels, monkeypatch):
    stored(pixels, monkeypatch)

    def wider():
        return aekit.dense_autoencoder(16, 4, hidden=(8,), code_activation="linear")

    message = (
        "`stored` must name weights of the network that `build` makes. "
        "Received: stored='99_small'; they are of another one"
    )
    with pytest.raises(ValueError) as error:
        training.load(wider, "99_small")
    assert str(error.value) == message
    with pytest.raises(ValueError, match="stored='99_other'; there are none"):
        training.load(build, "99_other")
