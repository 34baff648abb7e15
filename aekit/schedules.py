"""A learning rate that changes with the step, for an optimizer in place of a number.

    rate = one_cycle(0.02, epochs * math.ceil(len(x) / batch_size))
    autoencoder.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy")

Those that Keras has by itself are in `keras.optimizers.schedules`.
"""

import keras

from aekit import _checks

__all__ = ["one_cycle"]


def one_cycle(peak, steps, warmup=None, start=None):
    """A rate that rises in a straight line to a peak, and then falls to 0 along a cosine.

        rate(t) = start + (peak - start) * t / warmup                              for t < warmup
        rate(t) = peak / 2 * (1 + cos(pi * (t - warmup) / (steps - warmup)))       from there on

    at step t = 0, 1, ..., and 0 from t = steps on. The large steps in the middle get far, the
    small ones at the end settle; the slow start keeps fresh weights from coming apart. Momentum
    stays as it is, where the reference lets it fall and rise too.

    Args:
        peak: the largest rate, above 0.
        steps: number of training steps, at least 2: epochs times batches an epoch.
        warmup: how many of them rise, from 1 to steps - 1; `None`: 15 %, rounded.
        start: the first rate, in [0, peak]; `None`: a tenth of the peak.

    Returns:
        `keras.optimizers.schedules.CosineDecay`, for any of Keras' optimizers.

    Raises:
        ValueError: a value out of its range.

    Example:

        adam = keras.optimizers.Adam(one_cycle(0.02, steps=1000, warmup=100, start=0.001))

    Reference: Smith and Topin, Super-Convergence (2019); the cosine is from Loshchilov and Hutter,
    SGDR (2017).
    """
    peak = _checks.number("peak", peak, 0, float("inf"), open_low=True)
    steps = _checks.count("steps", steps, 2)
    warmup = max(1, round(0.15 * steps)) if warmup is None else warmup
    warmup = _checks.count("warmup", warmup, 1, steps - 1)
    start = _checks.number("start", peak / 10 if start is None else start, 0, peak)
    return keras.optimizers.schedules.CosineDecay(
        start, steps - warmup, warmup_target=peak, warmup_steps=warmup
    )
