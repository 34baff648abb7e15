"""Corruption layers: what they do to an input, and when."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aekit import GaussianCorruption, MaskingNoise, SaltAndPepperNoise, dense_autoencoder

LAYERS = [GaussianCorruption(0.5), MaskingNoise(0.3), SaltAndPepperNoise(0.3)]
n = 100_000
GREY = np.full((n, 1), 0.5, dtype="float32")


def like(layer, **changes):
    return type(layer).from_config(layer.get_config() | changes)


def within(share, probability, examples=n):
    """Five standard deviations of a share that is counted over `examples`, and one example more.

    The one is for probabilities so small that a count is 0 or 1 and never their mean.
    """
    deviation = np.sqrt(probability * (1 - probability) / examples)
    return abs(share - probability) <= 5 * deviation + 1 / examples


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
class TestEveryCorruption:
    def test_acts_in_training_only(self, layer, images):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(images)), images)
        changed = keras.ops.convert_to_numpy(layer(images, training=True))
        assert (changed != images).mean() > 0.2

    def test_is_fresh_at_every_call_and_leaves_its_input_alone(self, layer, images):
        before = images.copy()
        assert (layer.corrupt(images) != layer.corrupt(images)).any()
        np.testing.assert_array_equal(images, before)

    def test_is_reproducible_through_its_seed_and_through_the_global_one(self, layer, images):
        a, b = like(layer, seed=7), like(layer, seed=7)
        np.testing.assert_array_equal(a.corrupt(images), b.corrupt(images))
        keras.utils.set_random_seed(3)
        a = like(layer)
        keras.utils.set_random_seed(3)
        b = like(layer)
        np.testing.assert_array_equal(a.corrupt(images), b.corrupt(images))
        assert (like(layer, seed=1).corrupt(images) != like(layer, seed=2).corrupt(images)).any()

    def test_config_round_trip_keeps_every_argument(self, layer):
        copy = like(layer, seed=5)
        assert copy.get_config() == layer.get_config() | {"seed": 5}
        assert all(copy.get_config()[key] == getattr(copy, key) for key in ("seed", "name"))

    @pytest.mark.parametrize("shape", [(3,), (5, 2), (4, 3, 2, 1), (2, 3, 4, 5, 2)])
    def test_takes_any_shape(self, layer, shape):
        assert layer.corrupt(np.zeros(shape, "float32")).shape == shape

    def test_trains_inside_an_autoencoder_compiled_or_not(self, layer, pixels):
        for run_eagerly in (False, True):
            autoencoder = dense_autoencoder(16, 4, corruption=like(layer))
            autoencoder.compile(optimizer="adam", loss="mse", run_eagerly=run_eagerly)
            history = autoencoder.fit(pixels, pixels, epochs=2, verbose=0).history
            assert np.isfinite(history["loss"]).all()

    def test_keeps_the_dtype_of_mixed_precision(self, layer, pixels):
        copy = like(layer, dtype="mixed_bfloat16")
        assert keras.backend.standardize_dtype(copy(pixels, training=True).dtype) == "bfloat16"


@settings(max_examples=20)
@given(probability=st.floats(0, 1))
def test_masking_noise_zeroes_the_stated_share_and_does_not_rescale(probability):
    corrupted = MaskingNoise(probability, seed=0).corrupt(GREY)
    assert set(np.unique(corrupted)) <= {0.0, 0.5}
    assert within((corrupted == 0).mean(), probability)


@settings(max_examples=20)
@given(probability=st.floats(0, 1))
def test_salt_and_pepper_noise_is_a_fair_coin_on_the_stated_share(probability):
    corrupted = SaltAndPepperNoise(probability, seed=0).corrupt(GREY)
    assert set(np.unique(corrupted)) <= {0.0, 0.5, 1.0}
    assert within((corrupted == 0).mean(), probability / 2)
    assert within((corrupted == 1).mean(), probability / 2)


@settings(max_examples=20)
@given(stddev=st.floats(0, 10))
def test_gaussian_corruption_has_the_stated_deviation(stddev):
    noise = GaussianCorruption(stddev, clip=None, seed=0).corrupt(GREY) - 0.5
    assert abs(noise.mean()) <= 5 * stddev / np.sqrt(n) + 1e-6
    assert noise.std() == pytest.approx(stddev, rel=0.02, abs=1e-6)
    clipped = GaussianCorruption(stddev, seed=0).corrupt(GREY)
    np.testing.assert_allclose(clipped, np.clip(noise + 0.5, 0, 1), atol=1e-5)


def test_corruption_inside_fit_differs_from_step_to_step(pixels):
    """The trap of noise that is drawn once: the same batch must be corrupted anew."""
    autoencoder = dense_autoencoder(16, 4, corruption=MaskingNoise(0.5))
    autoencoder.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
    losses = autoencoder.fit(pixels, pixels, epochs=4, batch_size=64, verbose=0).history["loss"]
    assert len(set(losses)) == 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: MaskingNoise(1.5),
            "`probability` must be a number in [0, 1]. Received: probability=1.5",
        ),
        (
            lambda: SaltAndPepperNoise(-0.1),
            "`probability` must be a number in [0, 1]. Received: probability=-0.1",
        ),
        (
            lambda: MaskingNoise("half"),
            "`probability` must be a number in [0, 1]. Received: probability='half'",
        ),
        (
            lambda: MaskingNoise(float("nan")),
            "`probability` must be a number in [0, 1]. Received: probability=nan",
        ),
        (
            lambda: GaussianCorruption(-1),
            "`stddev` must be a number in [0, ∞). Received: stddev=-1",
        ),
        (
            lambda: GaussianCorruption(1, clip=(1, 0)),
            "`clip` must be a pair (low, high) with low < high, or None. Received: clip=(1, 0)",
        ),
        (
            lambda: GaussianCorruption(1, clip=0.5),
            "`clip` must be a pair (low, high) with low < high, or None. Received: clip=0.5",
        ),
    ],
)
def test_impossible_corruption_is_refused(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message
