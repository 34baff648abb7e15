"""The one recipe by which the lessons train, and networks that were trained by it once.

    deep = train(build, x_train, epochs=30, stored="05_deep")

builds a network and trains it; or, where `data/weights/05_deep.npz` was made by the same recipe,
takes the weights from there.
"""

import hashlib
import io
import json
import math
import os
import time
import zipfile
from importlib import metadata

import keras
import numpy as np

from aekit import _checks, datasets
from aekit.callbacks import ProgressBar
from aekit.schedules import one_cycle

__all__ = ["train", "load"]

STORE = "AEKIT_STORE_WEIGHTS"  # set in the environment of `make weights`


def train(
    build,
    x,
    y=None,
    *,
    epochs,
    batch_size=100,
    rate=0.003,
    loss="binary_crossentropy",
    seed=0,
    metrics=(),
    validation_data=None,
    callbacks=(),
    stored=None,
    retrain=False,
):
    """Build a network and train it: Adam, with a learning rate that rises and then falls to 0.

    Args:
        build: function without arguments that returns a new network.
        x: inputs `(n, *input_shape)`, NumPy array.
        y: targets; `None`: the inputs themselves, as for an autoencoder.
        epochs, batch_size: counts.
        rate: the largest learning rate, see `aekit.schedules.one_cycle`.
        loss, metrics, validation_data, callbacks: as Keras takes them.
        seed: integer of the first weights, the order of the examples, and any noise.
        stored: name of weights that were stored by this recipe. They are loaded where the recipe
            is the same to the last value; where it is not, or there are none, the network is
            trained, with a line that says why and about how long that takes.
        retrain: train also what is stored.

    Returns:
        the network, compiled and trained. `network.history.history` has its loss after each epoch,
        of the stored training too.

    Raises:
        ValueError: a count that is none, or a `rate` that is not above 0.

    Example:

        deep = train(lambda: dense_autoencoder(784, 16, hidden=(128,)), x_train, epochs=30)
    """
    epochs, batch_size = _checks.count("epochs", epochs), _checks.count("batch_size", batch_size)
    keras.utils.set_random_seed(seed)
    network = build()
    steps = epochs * math.ceil(len(x) / batch_size)
    optimizer = keras.optimizers.Adam(one_cycle(rate, max(2, steps)))
    network.compile(optimizer, loss=loss, metrics=list(metrics))
    if stored is not None:
        recipe = {
            "network": described(network),
            "data": [fingerprint(x), None if y is None else fingerprint(y)],
            "steps": steps,
            "loss": loss if isinstance(loss, str) else type(loss).__name__,
            **{"epochs": epochs, "batch_size": batch_size, "rate": rate, "seed": seed},
        }
        kept = _read(stored)
        if kept and not retrain and kept["recipe"] == recipe:
            network.set_weights(kept["weights"])
            network.history = keras.callbacks.History()
            network.history.history, network.history.epoch = kept["history"], list(range(epochs))
            return network
        print(_why(stored, kept, recipe), flush=True)
    started = time.perf_counter()
    network.fit(
        x,
        x if y is None else y,
        batch_size=batch_size,
        epochs=epochs,
        verbose=0,
        validation_data=validation_data,
        callbacks=[ProgressBar(), *callbacks],
    )
    if stored is not None and os.environ.get(STORE):
        _write(stored, network, recipe, time.perf_counter() - started)
    return network


def load(build, stored):
    """Build a network and give it weights that were stored of it, without the data of its training.

    Args:
        build: function without arguments that returns a new network.
        stored: name of the weights.

    Returns:
        the network, not compiled.

    Raises:
        ValueError: no such weights, or those of another network.

    Example:

        deep = load(
            lambda: dense_autoencoder(784, 2, (128, 64, 32), code_activation="tanh"), "04_deep_2"
        )
    """
    network, kept = build(), _read(stored)
    if kept is None or kept["recipe"]["network"] != described(network):
        why = "there are none" if kept is None else "they are of another one"
        raise ValueError(
            f"`stored` must name weights of the network that `build` makes. Received: "
            f"stored={stored!r}; {why}"
        )
    network.set_weights(kept["weights"])
    return network


def described(layer):
    """What a network is, as data: class, activation, shapes, penalties and rates.

    Of aekit's layers all settings; of Keras' not the first weights, which the seed draws.
    """
    words = {"class": type(layer).__name__}
    if hasattr(layer, "layers"):
        words["layers"] = [described(inner) for inner in layer.layers]
        return words
    settings = layer.get_config().items()
    if type(layer).__module__.startswith("aekit."):
        drop = ("name", "dtype", "trainable", "seed")
        words |= {n: v for n, v in settings if n not in drop}
    else:
        penalties = ("_regularizer", "_constraint")
        asked = {n: v for n, v in settings if n == "rate" or n.endswith(penalties)}
        words |= {n: v for n, v in asked.items() if v is not None}
    if hasattr(layer, "activation"):
        words["activation"] = getattr(layer.activation, "__name__", "none")
    words["weights"] = [list(weight.shape) for weight in layer.weights]
    return json.loads(json.dumps(words, default=str))


def fingerprint(array):
    """`(60000, 784) float32 1f0c…`: the shape, the dtype and a digest of what the array holds."""
    array = np.ascontiguousarray(array)
    digest = hashlib.blake2b(array.data.cast("B"), digest_size=8).hexdigest()
    return f"{array.shape} {array.dtype} {digest}"


def _path(stored):
    return datasets.data_folder() / "weights" / f"{stored}.npz"


def _read(stored):
    """What was stored of a training, or None where there is none or its file is not whole."""
    try:
        with np.load(_path(stored), allow_pickle=False) as file:
            kept = json.loads(str(file["about"]))
            weights = [file[f"weights_{i}"] for i in range(kept["arrays"])]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    if _digest(weights) != kept["digest"]:
        return None
    return kept | {"weights": [np.asarray(w, np.float32) for w in weights]}


def _write(stored, network, recipe, seconds):
    """Store weights in half precision, which is what the network then has too, so that both agree.

    Through a temporary file and a rename, so that no half of it is ever seen.
    """
    weights = [np.asarray(weight, np.float16) for weight in network.get_weights()]
    network.set_weights([np.asarray(weight, np.float32) for weight in weights])
    history = {n: [float(f"{v:.5g}") for v in vs] for n, vs in network.history.history.items()}
    about = {
        "recipe": recipe,
        "history": history,
        "seconds_a_step": float(f"{seconds / recipe['steps']:.3g}"),
        "versions": {"keras": keras.__version__, "backend": _backend()},
        "arrays": len(weights),
        "digest": _digest(weights),
    }
    file = io.BytesIO()
    arrays = {f"weights_{i}": weight for i, weight in enumerate(weights)}
    np.savez_compressed(file, about=json.dumps(about), **arrays)
    path = _path(stored)
    path.parent.mkdir(exist_ok=True)
    half = path.with_name(path.name + ".half")
    half.write_bytes(file.getvalue())
    half.replace(path)


def _digest(weights):
    return hashlib.sha256(b"".join(weight.tobytes() for weight in weights)).hexdigest()


def _backend():
    name = keras.config.backend()
    for distribution in (name, f"{name}-cpu"):
        try:
            return f"{name} {metadata.version(distribution)}"
        except metadata.PackageNotFoundError:
            pass
    return name


def _why(stored, kept, recipe):
    """Why it is trained, and about how long that takes where that is known."""
    length = f"{recipe['epochs']} epochs"
    if kept is None:
        return f"Training {stored}, {length}: no weights of it are stored here."
    seconds = kept["seconds_a_step"] * recipe["steps"]
    settings = [name for name in recipe if name != "steps"]
    other = [name for name in settings if recipe[name] != kept["recipe"][name]]
    why = f"another {', '.join(other)} than that of the stored weights" if other else "as asked"
    return f"Training {stored}, {length}, {why}: about {max(1, round(seconds / 60))} min."
