"""Corruption layers: C(. | x) of the objective, active in training only, fresh at every step.

    autoencoder = dense_autoencoder(784, code_dim=32, corruption=MaskingNoise(0.3))
    corrupted = autoencoder.corruption.corrupt(x_test)  # asked for, outside training

Reference: Vincent et al., Stacked Denoising Autoencoders, JMLR 11 (2010), section 3.3.
"""

import keras
from keras import ops

from aekit import _checks


class Corruption(keras.layers.Layer):
    """Base of the corruption layers: a subclass says in `corrupted(x, seed)` what it does.

    Args:
        seed: integer, or `None` for one from `keras.utils.set_random_seed`. Two layers with the
            same integer make the same noise.
    """

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, x, training=False):
        return self.corrupted(x, self.seed_generator) if training else x

    def corrupt(self, x):
        """A freshly corrupted copy of `x`, in training or not, as a NumPy array."""
        return ops.convert_to_numpy(self(x, training=True))

    def corrupted(self, x, seed):
        """The corrupted `x`, of its shape and dtype."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"seed": self.seed}


@keras.saving.register_keras_serializable(package="aekit")
class GaussianCorruption(Corruption):
    """Adds Gaussian noise and clips: `x~ = clip(x + stddev * n), n ~ N(0, 1)`.

    Unlike `keras.layers.GaussianNoise` it takes any `stddev` and keeps pixels in their range.

    Args:
        stddev: standard deviation of the noise, at least 0, in the units of x.
        clip: `(low, high)`, the range of x that the noise must not leave; `None`: do not clip.
        seed: see `Corruption`.

    Raises:
        ValueError: a negative `stddev`, or a `clip` that is no pair of rising numbers.
    """

    def __init__(self, stddev, clip=(0, 1), seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.stddev = _checks.number("stddev", stddev, 0, float("inf"))
        self.clip = _checks.interval("clip", clip)

    def corrupted(self, x, seed):
        noise = keras.random.normal(ops.shape(x), stddev=self.stddev, dtype="float32", seed=seed)
        x_noisy = ops.cast(x, "float32") + noise
        if self.clip is not None:
            x_noisy = ops.clip(x_noisy, *self.clip)
        return ops.cast(x_noisy, x.dtype)

    def get_config(self):
        return super().get_config() | {"stddev": self.stddev, "clip": self.clip}


@keras.saving.register_keras_serializable(package="aekit")
class MaskingNoise(Corruption):
    """Sets each input to 0 with `probability`, and leaves the others as they are.

    It is not dropout: nothing is rescaled, since the target is the uncorrupted x.

    Args:
        probability: v of the lecture, share of the inputs that are lost, in [0, 1].
        seed: see `Corruption`.
    """

    def __init__(self, probability, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.probability = _checks.number("probability", probability, 0, 1)

    def corrupted(self, x, seed):
        uniform = keras.random.uniform(ops.shape(x), dtype="float32", seed=seed)
        return ops.where(uniform < self.probability, ops.zeros_like(x), x)

    def get_config(self):
        return super().get_config() | {"probability": self.probability}


@keras.saving.register_keras_serializable(package="aekit")
class SaltAndPepperNoise(Corruption):
    """Sets each input, with `probability`, to 0 or to 1 by a fair coin.

    Args:
        probability: share of the inputs that are drawn, in [0, 1]; those among them that had the
            drawn value already do not change.
        seed: see `Corruption`.
    """

    def __init__(self, probability, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.probability = _checks.number("probability", probability, 0, 1)

    def corrupted(self, x, seed):
        # One draw a pixel serves both questions: below v/2 it is pepper, from there to v salt.
        uniform = keras.random.uniform(ops.shape(x), dtype="float32", seed=seed)
        coin = ops.cast(uniform >= self.probability / 2, x.dtype)
        return ops.where(uniform < self.probability, coin, x)

    def get_config(self):
        return super().get_config() | {"probability": self.probability}
