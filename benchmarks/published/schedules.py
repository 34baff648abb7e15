"""The schedule with which ours is trained."""

import keras


def one_cycle(peak, steps, up, start):
    """The learning rate rises from `start` to `peak` in `up` steps, then falls to 0 as a cosine."""
    up = max(1, up)
    return keras.optimizers.schedules.CosineDecay(
        start, max(1, steps - up), warmup_target=peak, warmup_steps=up
    )
