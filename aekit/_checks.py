"""Checks of what a user hands over: each names the argument, the value, and what is allowed."""

import math
import numbers

import keras
import numpy as np


def number(name, value, low, high, *, open_low=False, open_high=False):
    """`value` as a float in the stated interval, or a ValueError that says which one."""
    left, right = "(" if open_low else "[", ")" if open_high or math.isinf(high) else "]"
    ends = f"{left}{low:g}, {'∞' if math.isinf(high) else f'{high:g}'}{right}"
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not (low <= value <= high) or math.isinf(value):
        raise ValueError(f"`{name}` must be a number in {ends}. Received: {name}={value!r}")
    if (open_low and value == low) or (open_high and value == high):
        raise ValueError(f"`{name}` must be a number in {ends}. Received: {name}={value!r}")
    return float(value)


def count(name, value, low=1, high=None):
    """`value` as an int of at least `low` (and at most `high`), or a ValueError that says so."""
    allowed = f"of at least {low}" if high is None else f"from {low} to {high}"
    is_int = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_int or value < low or (high is not None and value > high):
        raise ValueError(f"`{name}` must be an integer {allowed}. Received: {name}={value!r}")
    return int(value)


def one_of(name, value, allowed):
    """`value` if it is one of `allowed`, or a ValueError that lists them."""
    if value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise ValueError(f"`{name}` must be one of {choices}. Received: {name}={value!r}")
    return value


def decoder_fits(decoder, code_shape, input_shape):
    """The decoder maps `code_shape` to `input_shape`, or a ValueError with all three shapes."""
    code, wanted = tuple(code_shape[1:]), tuple(input_shape[1:])
    accepted = getattr(decoder, "input_shape", None) if decoder.built else None
    if accepted is not None and tuple(accepted[1:]) != code:
        raise ValueError(
            "`decoder` must accept the encoder's code. "
            f"Received: code shape={code}, decoder input shape={tuple(accepted[1:])}"
        )
    given = tuple(decoder.compute_output_shape((None, *code))[1:])
    if given != wanted:
        raise ValueError(
            "`decoder` must give back the shape of the encoder's input. "
            f"Received: encoder input shape={wanted}, decoder output shape={given}"
        )


def data(model, x, y):
    """Arrays that `model` can be fitted to; generators and data sets are Keras' to check."""
    if not _is_array(x):
        return
    if y is None:
        raise ValueError(
            "`y` must be what to reconstruct: an autoencoder is trained with fit(x, x). "
            "Received: y=None"
        )
    images("x", x, model.encoder.input_shape if model.built else None)
    if y is not x and _is_array(y):
        images("y", y, model.encoder.input_shape if model.built else None)
    if _is_cross_entropy(getattr(model, "loss", None)):
        target = x if y is x else y
        low, high = _range(target)
        if low < 0 or high > 1:
            raise ValueError(
                "`y` must be in [0, 1] for a cross-entropy, which reads it as probabilities. "
                f"Received: values from {low:g} to {high:g} (images of 0 to 255: divide by 255)"
            )


def estimate_is_fed(penalty, callbacks):
    """A penalty that waits for a pass over the training set gets it from one of the callbacks."""
    if getattr(penalty, "estimate", None) != "training_set":
        return
    from aekit.callbacks import TrainingSetActivation

    given = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    if not any(isinstance(callback, TrainingSetActivation) for callback in given):
        raise ValueError(
            "`callbacks` must hold a TrainingSetActivation(x) for "
            f'KLSparsity(estimate="training_set"). Received: callbacks={callbacks!r}'
        )


def images(name, array, input_shape=None):
    """`array` is a non-empty batch of finite numbers of shape `input_shape`, or a ValueError."""
    shape = tuple(array.shape)
    if input_shape is not None and shape[1:] != tuple(input_shape[1:]):
        wanted = ("n", *input_shape[1:])
        raise ValueError(
            f"`{name}` must have shape ({', '.join(map(str, wanted))}). Received: {shape}"
        )
    if 0 in shape:
        raise ValueError(f"`{name}` must hold at least one example. Received: shape {shape}")
    low, high = _range(array)
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = int(np.sum(~np.isfinite(keras.ops.convert_to_numpy(array))))
        raise ValueError(
            f"`{name}` must be finite. Received: {bad} values that are NaN or infinite"
        )


def _is_array(x):
    return isinstance(x, np.ndarray) or keras.ops.is_tensor(x)


def _range(array):
    """Smallest and largest value; NaN where there is one."""
    if isinstance(array, np.ndarray):
        return float(array.min()), float(array.max())
    return float(keras.ops.min(array)), float(keras.ops.max(array))


def _is_cross_entropy(loss):
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    return "crossentropy" in str(name).lower().replace("_", "")


def interval(name, value):
    """`value` as a rising pair of floats, or None, or a ValueError that says so."""
    if value is None:
        return None
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    if not is_pair or not all(isinstance(end, numbers.Real) for end in value):
        is_pair = False
    if not is_pair or not value[0] < value[1]:
        raise ValueError(
            f"`{name}` must be a pair (low, high) with low < high, or None. "
            f"Received: {name}={value!r}"
        )
    return (float(value[0]), float(value[1]))
