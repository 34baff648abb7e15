"""The explorer: networks of the lessons, trained as they are, in a page that one can touch.

Its networks are built by the lessons' own functions and hold the stored weights, which have half
precision already, so that the page computes with the same numbers as Keras.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np

from aekit import touch
from aekit.datasets import data_folder, load_mnist
from course.lessons.source import definitions
from course.paths import SOURCES as LESSONS
from course.publishing.live import SOURCES

N_CODES, N_DIGITS = 500, 200  # test digits in the plane, and those that one can choose
CONVOLUTIONS = {"Conv2D": "conv", "Conv2DTranspose": "transposed"}


def write(folder):
    """Write `explorer.js` and `explorer-data.js` into `folder`, which is made.

    The data take Keras and some seconds, so those that stand there are kept where they are made
    of the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "explorer.js").write_text(script(), encoding="utf-8")
    target, head = folder / "explorer-data.js", f"// Made of {_made_of()}.\n"
    if not (target.is_file() and target.read_text(encoding="utf-8").startswith(head)):
        target.write_text(head + data(), encoding="utf-8")


def _made_of():
    """A digest of all that the data are made of and by, but for the digits, which stay."""
    paths = [Path(__file__), Path(touch.__file__)]
    paths += [data_folder() / "weights" / f"{stored}.npz" for stored in NETWORKS]
    paths += [LESSONS / f"{lesson}.py" for lesson, *_ in NETWORKS.values()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def script():
    """The sources as one classic script, `AEExplorer`."""
    parts = [touch.kernel_bytes()]
    ours = ("kernel.js", "engine.js", "view.js", "touch.js", "figures/plane.js")
    parts += [touch.source(name) for name in ours]
    names = ("noise.js", "convolution.js", "explorer.js")
    parts += [(SOURCES / name).read_text(encoding="utf-8") for name in names]
    body = "\n".join(parts)
    return f"""const AEExplorer = (() => {{
"use strict";
{body}
return {{ explore, unpack, createConvolution, createWalk, wasmKernel, jsKernel, KERNEL_BYTES }};
}})();
"""


@cache
def data():
    """The script that holds what each figure of the page shows."""
    (x_train, _), (x_test, y_test) = load_mnist(flatten=True)
    codes_of, mixer, denoiser, walker = (network(name) for name in NETWORKS)
    digits = x_test[:N_DIGITS]
    (levels,) = definitions("12_where_it_led", "levels").values()
    record = {
        "digits": {"pixels": touch.as_bytes(digits), "labels": y_test[:N_DIGITS]},
        "plane": {
            "decoder": codes_of.decoder,
            "codes": codes_of.encode(x_test[:N_CODES]),
            "labels": y_test[:N_CODES],
        },
        "mixture": {"decoder": mixer.decoder, "codes": mixer.encode(digits)},
        "denoising": {"denoiser": chain(denoiser.encoder, denoiser.decoder)},
        "walk": {
            "denoiser": chain(walker.encoder, walker.decoder),
            "levels": levels.tolist(),
            "mean": x_train.mean(axis=0),
        },
    }
    packed = touch.Touch("plane", **record).record["data"]
    return f"const AEExplorerData = {json.dumps(packed)};\n"


@cache
def network(stored):
    """One of the lessons' trained networks, by the name of its weights; see `NETWORKS`."""
    from aekit import training

    lesson, *names = NETWORKS[stored]
    # The first biases start at the mean image in lesson 04; the stored ones take their place.
    given = {"mean_image": np.zeros(784)}
    return training.load(definitions(lesson, *names, **given)[names[-1]], stored)


# The lesson of some weights, and what of it builds their network, with the builder as the last.
NETWORKS = {
    "04_deep_2": ("04_deep_autoencoder", "two_units"),
    "05_deep": ("05_latent_interpolation", "sixteen"),
    "08_conv_digits": ("08_denoising_autoencoder", "conv"),
    "12_denoiser": ("12_where_it_led", "AnyNoise", "denoiser"),
}


def chain(*models):
    """Convolutional models, one after the other, as `convolution.js` takes them."""
    import keras

    layers, weights, last = [], [], 0
    for model in models:
        places = {id(model.inputs[0]): last}
        for layer in model.layers:
            if isinstance(layer, keras.layers.InputLayer):
                continue
            if isinstance(model, keras.Sequential):
                made_of = [last]
            else:
                inputs = layer.input if isinstance(layer.input, list) else [layer.input]
                made_of = [places[id(tensor)] for tensor in inputs]
            layers.append(_described(layer, made_of))
            weights += [weight.ravel() for weight in layer.get_weights()]
            last = len(layers)
            places[id(layer.output)] = last
    shape = [int(side) for side in models[0].input_shape[1:]]
    return {"input": shape, "layers": layers, "weights": np.concatenate(weights)}


def _described(layer, made_of):
    """A layer as plain data; raises ValueError for one that the page cannot compute."""
    kind = type(layer).__name__
    shared = {"from": made_of, "shape": [int(side) for side in layer.output.shape[1:]]}
    if kind == "Add":
        return {"kind": "add", **shared}
    activation = getattr(getattr(layer, "activation", None), "__name__", None)
    known = kind in CONVOLUTIONS and activation in touch.ACTIVATIONS and layer.use_bias
    if not known or layer.padding != "same" or len({*layer.kernel_size}) != 1:
        raise ValueError(
            f"The page computes convolutions with square kernels, the padding `same` and biases, "
            f"and sums. Received: a layer {layer.name!r} of the kind {kind}, with the activation "
            f"{activation}"
        )
    (size, *_), (stride, *_) = layer.kernel_size, layer.strides
    sizes = {"size": int(size), "stride": int(stride), "activation": activation}
    return {"kind": CONVOLUTIONS[kind], **shared, **sizes}
