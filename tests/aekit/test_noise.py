"""Corruption layers: what they do to an input, and when."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.src.testing import TestCase

from aekit import GaussianCorruption, MaskingNoise, SaltAndPepperNoise, dense_autoencoder
from aekit.noise import Corruption

LAYERS = [GaussianCorruption(0.5), MaskingNoise(0.3), SaltAndPepperNoise(0.3)]
BYTES = np.random.default_rng(0).integers(0, 256, (64, 4, 4, 1), dtype=np.uint8)
KERAS_KEYS = keras.layers.Layer().get_config()
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

    def test_goes_on_after_a_file_where_it_stopped(self, layer, pixels, tmp_path):
        autoencoder = dense_autoencoder(16, 4, corruption=like(layer, seed=3))
        first = autoencoder.corruption.corrupt(pixels)
        autoencoder.save(tmp_path / "half_way.keras")
        loaded = keras.saving.load_model(tmp_path / "half_way.keras")
        second = loaded.corruption.corrupt(pixels)
        np.testing.assert_array_equal(second, autoencoder.corruption.corrupt(pixels))
        assert (first != second).any()

    def test_comes_back_from_a_file_that_does_not_tell_where_it_stopped(self, layer, pixels):
        copy = like(layer, seed=3)
        copy.load_own_variables({})  # aekit 0.2.0 stored nothing
        np.testing.assert_array_equal(copy.corrupt(pixels), like(layer, seed=3).corrupt(pixels))

    @pytest.mark.filterwarnings("ignore::UserWarning")  # Keras': a generator, and no weights
    @pytest.mark.parametrize("shape", [(2, 3), (2, 4, 4, 1)])
    def test_keeps_the_contract_of_a_keras_layer(self, layer, shape):
        TestCase().run_layer_test(
            type(layer),
            {key: getattr(layer, key) for key in layer.get_config() if key not in KERAS_KEYS},
            input_shape=shape,
            call_kwargs={"training": True},
            expected_output_shape=shape,
            expected_num_trainable_weights=0,
            expected_num_non_trainable_weights=0,
            expected_num_seed_generators=1,
            expected_num_losses=0,
            supports_masking=True,
            assert_built_after_instantiation=True,
        )

    @pytest.mark.parametrize("dtype", ["uint8", "int32", "bool"])
    def test_whole_numbers_become_floats_in_training_or_not(self, layer, dtype):
        x = BYTES % 2 == 0 if dtype == "bool" else (BYTES % 2).astype(dtype)
        for training in (False, True):
            corrupted = like(layer, seed=1)(keras.ops.convert_to_tensor(x), training=training)
            as_floats = like(layer, seed=1)(x.astype("float32"), training=training)
            assert keras.backend.standardize_dtype(corrupted.dtype) == "float32"
            np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (corrupted, as_floats)))


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


def test_salt_and_pepper_are_the_ends_of_the_range():
    peppered = SaltAndPepperNoise(0.5, seed=0).corrupt(GREY) == 0
    for ends in ((-1, 1), (0, 255), [-2.5, 4]):
        layer = SaltAndPepperNoise(0.5, seed=0, value_range=ends)
        corrupted = layer.corrupt(GREY)
        assert set(np.unique(corrupted)) == {0.5, *ends}
        np.testing.assert_array_equal(corrupted == ends[0], peppered)
        assert type(layer).from_config(layer.get_config()).value_range == tuple(ends)


def test_masking_noise_sets_what_is_lost_to_its_value():
    corrupted = MaskingNoise(0.5, seed=0, value=-1).corrupt(GREY)
    np.testing.assert_array_equal(corrupted == -1, MaskingNoise(0.5, seed=0).corrupt(GREY) == 0)
    assert set(np.unique(corrupted)) == {-1, 0.5}


def test_bytes_are_corrupted_in_their_own_range():
    gaussian = GaussianCorruption(20, clip=(0, 255), seed=0).corrupt(BYTES)
    noise = keras.ops.convert_to_numpy(
        keras.random.normal(BYTES.shape, stddev=20, seed=keras.random.SeedGenerator(0))
    )
    np.testing.assert_allclose(gaussian, np.clip(BYTES + noise, 0, 255), atol=1e-4)
    salted = SaltAndPepperNoise(0.3, seed=0, value_range=(0, 255)).corrupt(BYTES)
    changed = salted != BYTES
    assert set(np.unique(salted[changed])) == {0, 255} and 0.2 < changed.mean() < 0.4
    masked = MaskingNoise(0.3, seed=0).corrupt(BYTES)
    assert set(np.unique(masked[masked != BYTES])) == {0}


@pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="Keras makes 32 bits of NumPy's 64 elsewhere"
)
def test_double_precision_stays_exact():
    x = np.full((1, 4), 1 / 3)
    for layer in (GaussianCorruption(0.0), MaskingNoise(0.0), SaltAndPepperNoise(0.0)):
        np.testing.assert_array_equal(like(layer, dtype="float64").corrupt(x), x)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            GaussianCorruption(0.1),
            "`corruption` GaussianCorruption must clip to the range of `x`, or not at all: give it "
            "clip=(low, high) or clip=None. Received: clip=(0.0, 1.0), values from -3.5 to 4.25",
        ),
        (
            SaltAndPepperNoise(0.1),
            "`corruption` SaltAndPepperNoise must have the range of `x`, whose ends are pepper and "
            "salt: give it value_range=(low, high). Received: value_range=(0.0, 1.0), values from "
            "-3.5 to 4.25",
        ),
    ],
    ids=lambda part: getattr(part, "name", ""),
)
def test_data_beyond_the_range_of_a_corruption_are_refused(layer, message):
    with pytest.raises(ValueError) as error:
        layer.check_data(-3.5, 4.25)
    assert str(error.value) == message
    with pytest.raises(ValueError):
        layer.check_data(0, 1.1)
    with pytest.raises(ValueError, match="values from 0 to 255"):
        layer.corrupt(np.uint8([[0, 255]]))
    with pytest.warns(UserWarning, match="values from -3.5 to 4.25"):
        layer.corrupt(np.array([[-3.5, 4.25]]))


@pytest.mark.filterwarnings("error::UserWarning")
def test_data_within_the_range_of_a_corruption_are_taken():
    for layer in LAYERS:
        layer.check_data(0.2, 0.4)
        layer.check_data(-1e-7, 1 + 1e-7)  # as of a scaling in single precision
    x = np.array([[-3.5, 4.25]])
    for layer in (
        GaussianCorruption(0.1, clip=None),
        GaussianCorruption(0.1, clip=(-4, 5)),
        SaltAndPepperNoise(0.1, value_range=(-3.5, 4.25)),
        MaskingNoise(0.1),
    ):
        layer.check_data(-3.5, 4.25)
        assert layer.corrupt(x).shape == layer.corrupt(x.tolist()).shape == (1, 2)
    assert MaskingNoise(0.1).corrupt(np.zeros((0, 3), "float32")).shape == (0, 3)


def test_a_corruption_of_ones_own_is_built_and_stored_by_its_own_build(tmp_path):
    class Learnt(Corruption):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=input_shape[1:], initializer="ones")

        def corrupted(self, x, seed):
            return x + self.scale

    layer = Learnt()
    assert not layer.built
    np.testing.assert_array_equal(layer.corrupt(GREY), GREY + 1)
    model = keras.Sequential([keras.Input((1,)), layer])
    model.save_weights(tmp_path / "one.weights.h5")
    layer.scale.assign([5.0])
    model.load_weights(tmp_path / "one.weights.h5")
    np.testing.assert_array_equal(layer.corrupt(GREY), GREY + 1)


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
            lambda: SaltAndPepperNoise(0.1, value_range=(1, 1)),
            "`value_range` must be a pair (low, high) of finite numbers with low < high. "
            "Received: value_range=(1, 1)",
        ),
        (
            lambda: SaltAndPepperNoise(0.1, value_range=None),
            "`value_range` must be a pair (low, high) of finite numbers with low < high. "
            "Received: value_range=None",
        ),
        (
            lambda: SaltAndPepperNoise(0.1, value_range=(0, float("inf"))),
            "`value_range` must be a pair (low, high) of finite numbers with low < high. "
            "Received: value_range=(0, inf)",
        ),
        (
            lambda: MaskingNoise(0.5, value=float("nan")),
            "`value` must be a number in (-∞, ∞). Received: value=nan",
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
