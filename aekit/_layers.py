"""What an encoder or decoder of any kind is made of, as far as Keras tells."""

import weakref

import keras
import numpy as np
from keras import layers, ops

# Noise: it acts in training alone, and what comes out then can leave the range of what goes in.
NOISE = (
    layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D,
    layers.AlphaDropout, layers.GaussianDropout, layers.GaussianNoise,
)  # fmt: skip
# Layers that do nothing in inference, and those that are a function of each unit alone.
PASSIVE = (layers.InputLayer, layers.ActivityRegularization, layers.Identity, *NOISE)
POINTWISE = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU)
ACTIVATIONS = (*POINTWISE, layers.Softmax)
POOLING = (
    layers.MaxPooling1D, layers.MaxPooling2D, layers.MaxPooling3D,
    layers.AveragePooling1D, layers.AveragePooling2D, layers.AveragePooling3D,
)  # fmt: skip
# Layers whose output lies between the least and the largest of what goes in.
KEEPS_RANGE = (
    layers.Flatten, layers.Reshape, layers.Permute, layers.RepeatVector, *PASSIVE, *POOLING,
    layers.Cropping1D, layers.Cropping2D, layers.Cropping3D,
    layers.UpSampling1D, layers.UpSampling2D, layers.UpSampling3D,
    layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D, layers.GlobalMaxPooling3D,
    layers.GlobalAveragePooling1D, layers.GlobalAveragePooling2D, layers.GlobalAveragePooling3D,
)  # fmt: skip


def precise(dtype):
    """The dtype to sum in, single precision at least: halves overflow at 65,504, and lose the small
    among the large. (Keras' own `result_type` makes 32 bits of 64 on some backends.)"""
    return "float64" if keras.backend.standardize_dtype(dtype) == "float64" else "float32"


def in_order(layer):
    """The layers that it runs one after the other, each once; None where they do not, or where
    that is not known: a class of somebody else's may do anything in its `call`."""
    if not _is_of_keras(layer):
        return None
    if not isinstance(layer, keras.Model):
        return [layer]
    is_sequential = isinstance(layer, keras.Sequential)
    chain = []
    for part in layer.layers if is_sequential else getattr(layer, "operations", ()):
        inner = in_order(part)
        if inner is None:
            return None
        chain += inner
    return chain if is_sequential or _is_in_line(layer) else None


def output_range(layer):
    """`(low, high)` of what comes out of a layer or model in inference, whatever its weights.

    Infinite where it has no bound; None where it is not known.
    """
    for last in _from_the_end(layer):
        if getattr(last, "interpolation", None) in ("bicubic", "lanczos3", "lanczos5"):
            return None  # they overshoot
        if not isinstance(last, KEEPS_RANGE):
            return _range_of_activation(last)
    return None


def ends_in_noise(layer):
    """Whether noise such as Dropout stands behind the last activation."""
    for last in _from_the_end(layer):
        if isinstance(last, NOISE):
            return True
        if not isinstance(last, KEEPS_RANGE):
            return False
    return False


def _is_of_keras(layer):
    return type(layer).__module__.split(".")[0] == "keras"


# Keras tells in a model's configuration alone, which is slow to ask for; a model keeps its graph.
_IN_LINE = weakref.WeakKeyDictionary()


def _is_in_line(model):
    """Whether a functional model calls each of its layers once, on one tensor and nothing else.

    All lead to its one output, so they are a chain then.
    """
    if model not in _IN_LINE:
        _IN_LINE[model] = _has_one_line(model)
    return _IN_LINE[model]


def _has_one_line(model):
    if len(getattr(model, "inputs", ())) != 1 or len(model.outputs) != 1:
        return False
    try:
        config = model.get_config()
    except Exception:  # whatever a layer of somebody's own does where it is asked how it is made
        return False
    for layer in config["layers"][1:]:
        calls = layer["inbound_nodes"]
        if len(calls) != 1 or any(calls[0]["kwargs"].values()):  # such as `training=True`
            return False
        if keras.tree.flatten(calls).count("__keras_tensor__") != 1:
            return False
    return True


def _from_the_end(layer):
    """Its layers from the last one on, as long as they run one after the other."""
    if isinstance(layer, keras.Sequential):
        parts = layer.layers[::-1]
    elif getattr(layer, "operations", None) and _is_of_keras(layer):
        parts = layer.operations[::-1]
        if not _is_in_line(layer):
            parts = parts[:1] + [None]
    elif isinstance(layer, layers.TimeDistributed):
        parts = [layer.layer]
    else:
        yield layer
        return
    for part in parts:
        yield from _from_the_end(part)


def _range_of_activation(layer):
    """The least and the largest value of a layer's activation, on a grid that is wide enough.

    Where one still grows at the far ends of the grid it is infinite.
    """
    if isinstance(layer, ACTIVATIONS):
        activation = layer
    elif _is_of_keras(layer) or hasattr(layer, "tied_to"):
        activation = getattr(layer, "output_activation", getattr(layer, "activation", None))
    else:
        return None
    if activation is None:
        return None
    if isinstance(activation, keras.Layer) and not isinstance(activation, ACTIVATIONS):
        return None  # weights of its own, as PReLU has, would be built here
    steps = np.concatenate([np.linspace(-50, 50, 1001), [-1e15, 1e15, -1e30, 1e30]])
    steps = steps.astype("float32")
    grid = np.stack([steps, -steps, 0 * steps, 0 * steps], axis=-1)  # a softmax needs several
    try:
        with np.errstate(all="ignore"):
            values = ops.convert_to_numpy(activation(ops.convert_to_tensor(grid)))
    except (ValueError, TypeError, AttributeError, NotImplementedError):  # it takes no numbers
        return None
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    inner_low, inner_high = float(np.nanmin(values[:-2])), float(np.nanmax(values[:-2]))
    return (
        -np.inf if low < inner_low - 1e-3 * abs(inner_low) else low,
        np.inf if high > inner_high + 1e-3 * abs(inner_high) else high,
    )
