"""Checks of what a user hands over: each names the argument, the value, and what is allowed.

The ground floor: numbers, counts, choices, intervals and arrays; nothing of Keras or of models.
"""

import math
import numbers

import numpy as np


def number(name, value, low, high, *, open_low=False, open_high=False):
    """`value` as a float in the stated interval, or a ValueError that says which one."""
    left = "(-∞" if math.isinf(low) else f"{'(' if open_low else '['}{low:g}"
    right = "∞)" if math.isinf(high) else f"{high:g}{')' if open_high else ']'}"
    ends = f"{left}, {right}"
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


def interval(name, value, needed=False):
    """`value` as a rising pair of floats, or a ValueError that says so.

    None is allowed too, and so are infinite ends, where no interval is `needed`.
    """
    if value is None and not needed:
        return None
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    is_pair = is_pair and all(isinstance(end, numbers.Real) for end in value)
    is_pair = is_pair and not (needed and any(math.isinf(end) for end in value))
    if not is_pair or not value[0] < value[1]:
        pair = "of finite numbers with low < high" if needed else "with low < high, or None"
        raise ValueError(f"`{name}` must be a pair (low, high) {pair}. Received: {name}={value!r}")
    return (float(value[0]), float(value[1]))


def images(name, array, shape=None, *, finite=True):
    """The smallest and the largest value of a non-empty batch of numbers, or a ValueError.

    Args:
        name: of the argument.
        array: NumPy array `(n, *shape)`.
        shape: of one example, `None` in it for any size; any shape when `None`.
        finite: refuse NaN and infinity; else NaN is left out of the two values.
    """
    if shape is not None and not (array.ndim and fit(array.shape[1:], shape)):
        wanted = ", ".join("any" if size is None else str(size) for size in ("n", *shape))
        raise ValueError(f"`{name}` must have shape ({wanted}). Received: {array.shape}")
    if 0 in array.shape:
        raise ValueError(f"`{name}` must hold at least one example. Received: shape {array.shape}")
    # The two tell whether all are finite, without a copy of the whole.
    low, high = float(array.min()), float(array.max())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    if finite:
        bad = int(np.sum(~np.isfinite(array)))
        raise ValueError(
            f"`{name}` must be finite. Received: {bad} values that are NaN or infinite"
        )
    return float(np.nanmin(array)), float(np.nanmax(array))


def fit(shape, other):
    """Whether two shapes can be one, in which None is any size."""
    return len(shape) == len(other) and all(
        None in sizes or sizes[0] == sizes[1] for sizes in zip(shape, other, strict=True)
    )
