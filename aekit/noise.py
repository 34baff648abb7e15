"""Corruption layers: C(. | x) of the objective, active in training only, fresh at every step.

    autoencoder = dense_autoencoder(784, code_dim=32, corruption=MaskingNoise(0.3))
    corrupted = autoencoder.corruption.corrupt(x_test)  # asked for, outside training

They are made for data in [0, 1]; those of another range give it to the layer:

    SaltAndPepperNoise(0.1, value_range=(0, 255)), GaussianCorruption(0.1, clip=None)

Reference: Vincent et al., Stacked Denoising Autoencoders, JMLR 11 (2010), section 3.3.
"""

import math
import warnings

import keras
from keras import ops

from aekit import _checks, _layers

__all__ = ["Corruption", "GaussianCorruption", "MaskingNoise", "SaltAndPepperNoise"]


class Corruption(keras.layers.Layer):
    """Base of the corruption layers: a subclass says in `corrupted(x, seed)` what it does.

    Takes any shape `(batch, *shape)` and returns it. Floats keep their dtype; whole numbers and
    booleans become those of the layer's dtype policy, in training or not. A saved model's noise
    goes on where it stopped. Replicas of `tf.distribute.MirroredStrategy` draw the same for their
    shares of a batch, as Keras' `Dropout` does; `keras.distribution` draws for the whole batch.

    Args:
        seed: integer, or `None` for one from `keras.utils.set_random_seed`. Two layers with the
            same integer make the same noise.
        **kwargs: `name`, `dtype` and `trainable` of a `keras.layers.Layer`.

    Example:

        class SpeckleNoise(Corruption):
            def corrupted(self, x, seed):
                return x * (1 + keras.random.normal(ops.shape(x), dtype=x.dtype, seed=seed))

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 3.3.
    """

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True
        # Like Keras' own noise: there is nothing to build, unless a subclass says how.
        self.built = type(self).build is keras.layers.Layer.build

    def call(self, x, training=False):
        if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(x.dtype)):
            x = ops.cast(x, self.compute_dtype)
        return self.corrupted(x, self.seed_generator) if training else x

    def corrupt(self, x):
        """A freshly corrupted copy of `x`, in training or not, as a NumPy array.

        Raises:
            ValueError: whole numbers outside the layer's range, such as bytes from 0 to 255. Of
                floats outside, which noise makes of others, it only warns.
        """
        x = ops.convert_to_numpy(x)
        try:
            if x.size:
                self.check_data(float(x.min()), float(x.max()))
        except ValueError as error:
            if x.dtype.kind in "biu":
                raise
            warnings.warn(str(error), stacklevel=2)
        return ops.convert_to_numpy(self(x, training=True))

    def corrupted(self, x, seed):
        """The corrupted `x`, of its shape and dtype: floats."""
        raise NotImplementedError

    def check_data(self, low, high):
        """Raise a ValueError where data from `low` to `high` are not what the noise is for."""

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"seed": self.seed}

    def save_own_variables(self, store):
        super().save_own_variables(store)
        store["seed_generator"] = self.seed_generator.state

    def load_own_variables(self, store):
        stored = {key: store[key] for key in store.keys()}  # noqa: SIM118, a store is no dict
        if "seed_generator" in stored:  # not in files that were written before it was kept
            self.seed_generator.state.assign(stored.pop("seed_generator"))
        super().load_own_variables(stored)


@keras.saving.register_keras_serializable(package="aekit")
class GaussianCorruption(Corruption):
    """Adds Gaussian noise and clips: `x~ = clip(x + stddev * n), n ~ N(0, 1)`.

    Unlike `keras.layers.GaussianNoise` it takes any `stddev` and keeps pixels in their range.

    Args:
        stddev: standard deviation of the noise, at least 0, in the units of x.
        clip: `(low, high)`, the range of x that the noise must not leave; `None`: do not clip.
        seed, **kwargs: see `Corruption`.

    Raises:
        ValueError: a negative `stddev`, or a `clip` that is no pair of rising numbers; from
            `check_data`, data that it would clip away.

    Example:

        GaussianCorruption(0.5)                    # images in [0, 1]
        GaussianCorruption(0.1, clip=None)         # a standardised table

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 3.3.
    """

    def __init__(self, stddev, clip=(0, 1), seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.stddev = _checks.number("stddev", stddev, 0, float("inf"))
        self.clip = _checks.interval("clip", clip)

    def corrupted(self, x, seed):
        noise = keras.random.normal(ops.shape(x), stddev=self.stddev, dtype="float32", seed=seed)
        dtype = _layers.precise(x.dtype)
        x_noisy = ops.cast(x, dtype) + ops.cast(noise, dtype)
        if self.clip is not None:
            x_noisy = ops.clip(x_noisy, *self.clip)
        return ops.cast(x_noisy, x.dtype)

    def check_data(self, low, high):
        if self.clip is not None and not _within(low, high, self.clip):
            raise ValueError(
                "`corruption` GaussianCorruption must clip to the range of `x`, or not at all: "
                "give it clip=(low, high) or clip=None. "
                f"Received: clip={self.clip}, values from {low:g} to {high:g}"
            )

    def get_config(self):
        return super().get_config() | {"stddev": self.stddev, "clip": self.clip}


@keras.saving.register_keras_serializable(package="aekit")
class MaskingNoise(Corruption):
    """Sets each input to `value` with `probability`, and leaves the others as they are.

    It is not dropout: nothing is rescaled, since the target is the uncorrupted x.

    Args:
        probability: v of the lecture, share of the inputs that are lost, in [0, 1].
        value: of a lost input, in the units of x: 0 is black, or a standardised column's mean; for
            images in [-1, 1] black is -1.
        seed, **kwargs: see `Corruption`.

    Raises:
        ValueError: a `probability` outside [0, 1], or a `value` that is no finite number.

    Example:

        MaskingNoise(0.25)

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 3.3.
    """

    def __init__(self, probability, seed=None, value=0, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.probability = _checks.number("probability", probability, 0, 1)
        self.value = _checks.number("value", value, -math.inf, math.inf)

    def corrupted(self, x, seed):
        uniform = keras.random.uniform(ops.shape(x), dtype="float32", seed=seed)
        return ops.where(uniform < self.probability, self.value, x)

    def get_config(self):
        return super().get_config() | {"probability": self.probability, "value": self.value}


@keras.saving.register_keras_serializable(package="aekit")
class SaltAndPepperNoise(Corruption):
    """Sets each input, with `probability`, to an end of its range by a fair coin.

    Args:
        probability: share of the inputs that are drawn, in [0, 1]; those among them that had the
            drawn value already do not change.
        seed: see `Corruption`.
        value_range: `(low, high)`, pepper and salt: the range of x, in its units.
        **kwargs: see `Corruption`.

    Raises:
        ValueError: a `probability` outside [0, 1], or a `value_range` that is no pair of rising,
            finite numbers; from `check_data`, data that leave it.

    Example:

        SaltAndPepperNoise(0.1)                          # images in [0, 1]
        SaltAndPepperNoise(0.1, value_range=(0, 255))    # bytes

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 3.3.
    """

    def __init__(self, probability, seed=None, value_range=(0, 1), **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.probability = _checks.number("probability", probability, 0, 1)
        self.value_range = _checks.interval("value_range", value_range, needed=True)

    def corrupted(self, x, seed):
        # One draw a pixel serves both questions: below v/2 it is pepper, from there to v salt.
        uniform = keras.random.uniform(ops.shape(x), dtype="float32", seed=seed)
        pepper, salt = self.value_range
        salted = ops.where(uniform < self.probability, salt, x)
        return ops.where(uniform < self.probability / 2, pepper, salted)

    def check_data(self, low, high):
        if not _within(low, high, self.value_range):
            raise ValueError(
                "`corruption` SaltAndPepperNoise must have the range of `x`, whose ends are pepper "
                "and salt: give it value_range=(low, high). "
                f"Received: value_range={self.value_range}, values from {low:g} to {high:g}"
            )

    def get_config(self):
        return super().get_config() | {
            "probability": self.probability,
            "value_range": self.value_range,
        }


def _within(low, high, ends):
    """Whether data from `low` to `high` lie between `ends`, but for an error of rounding."""
    slack = 1e-6 * max(abs(end) if math.isfinite(end) else 0 for end in ends)
    return ends[0] - slack <= low and high <= ends[1] + slack
