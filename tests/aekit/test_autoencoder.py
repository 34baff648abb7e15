"""The one model: what it computes, what it keeps through a file, and what it refuses."""

import keras
import numpy as np
import pytest

from aekit import Autoencoder, dense_autoencoder, linear_autoencoder


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def compiled(autoencoder, loss="mse", **kwargs):
    autoencoder.compile(optimizer="adam", loss=loss, metrics=["mse"], **kwargs)
    return autoencoder


@keras.saving.register_keras_serializable(package="aekit_tests")
class AddOne(keras.layers.Layer):
    """A corruption that can be recognised."""

    def call(self, x, training=False):
        return x + 1 if training else x


@keras.saving.register_keras_serializable(package="aekit_tests")
class MeanCode(keras.layers.Layer):
    """A penalty that can be computed by hand."""

    def call(self, code, encoder=None, x=None, training=False):
        return 3 * keras.ops.mean(code)


def test_reconstruction_is_the_formula_of_the_lecture(pixels):
    autoencoder = dense_autoencoder(16, code_dim=5)
    weights, bias, back, back_bias = autoencoder.get_weights()
    code = sigmoid(pixels @ weights + bias)
    np.testing.assert_allclose(autoencoder.encode(pixels), code, rtol=1e-5)
    expected = sigmoid(code @ back + back_bias)
    np.testing.assert_allclose(autoencoder.decode(code), expected, rtol=1e-5)
    np.testing.assert_allclose(autoencoder.reconstruct(pixels), expected, rtol=1e-5)


def test_loss_is_reconstruction_plus_penalty_and_corruption_acts_in_training_only(pixels):
    autoencoder = linear_autoencoder(16, 5)
    autoencoder = Autoencoder(autoencoder.encoder, autoencoder.decoder, AddOne(), MeanCode())
    compiled(autoencoder)
    reconstruction, code = autoencoder.reconstruct(pixels), autoencoder.encode(pixels)
    mse = np.mean((pixels - reconstruction) ** 2)
    loss, metric = autoencoder.evaluate(pixels, pixels, batch_size=64, verbose=0)
    assert metric == pytest.approx(mse, rel=1e-5)
    assert loss == pytest.approx(mse + 3 * code.mean(), rel=1e-4)
    training = keras.ops.convert_to_numpy(autoencoder(pixels, training=True))
    np.testing.assert_allclose(training, autoencoder.reconstruct(pixels + 1), rtol=1e-4, atol=1e-5)


def test_penalty_is_added_once():
    autoencoder = linear_autoencoder(16, 5)
    autoencoder = Autoencoder(autoencoder.encoder, autoencoder.decoder, penalty=MeanCode())
    autoencoder(np.ones((2, 16), "float32"))
    assert len(autoencoder.losses) == 1


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("shape", [16, (4, 4, 1)])
def test_saved_and_loaded_model_predicts_the_same_bits(tmp_path, images, shape, tied):
    x = images.reshape(64, -1) if shape == 16 else images
    autoencoder = compiled(dense_autoencoder(shape, 3, hidden=(8,), tied=tied))
    autoencoder.fit(x, x, epochs=1, verbose=0)
    autoencoder.save(tmp_path / "autoencoder.keras")
    loaded = keras.saving.load_model(tmp_path / "autoencoder.keras")
    np.testing.assert_array_equal(loaded.reconstruct(x), autoencoder.reconstruct(x))
    assert loaded.count_params() == autoencoder.count_params()
    loaded.fit(x, x, epochs=1, verbose=0)  # the optimizer came back too


def test_saved_model_keeps_its_corruption_and_penalty(tmp_path, pixels):
    autoencoder = dense_autoencoder(16, 3, corruption=AddOne(), penalty=MeanCode())
    autoencoder.save(tmp_path / "autoencoder.keras")
    loaded = keras.saving.load_model(tmp_path / "autoencoder.keras")
    assert isinstance(loaded.corruption, AddOne)
    assert isinstance(loaded.penalty, MeanCode)


def test_fit_reduces_the_error(pixels):
    autoencoder = compiled(dense_autoencoder(16, 8))
    history = autoencoder.fit(pixels, pixels, epochs=30, verbose=0).history
    assert history["mse"][-1] < 0.9 * history["mse"][0]


def test_summary_and_repr_name_the_parts(capsys):
    autoencoder = dense_autoencoder(16, 3, corruption=AddOne())
    autoencoder.summary(print_fn=print)
    printed = capsys.readouterr().out
    assert all(part in printed for part in ("encoder", "decoder", "(None, 3)", "(None, 16)"))
    expected = "<Autoencoder dense_autoencoder: 16 → 3 → 16, 115 weights, corruption=AddOne>"
    assert repr(autoencoder) == expected


def test_encoder_that_is_not_built_yet_is_built_by_the_first_batch(pixels):
    encoder = keras.Sequential([keras.layers.Dense(3)])
    decoder = keras.Sequential([keras.layers.Dense(16)])
    autoencoder = compiled(Autoencoder(encoder, decoder))
    autoencoder.fit(pixels, pixels, verbose=0)
    assert autoencoder.encode(pixels).shape == (64, 3)


def test_decoder_that_does_not_fit_is_refused():
    encoder = linear_autoencoder(16, 5).encoder
    with pytest.raises(ValueError) as error:
        Autoencoder(encoder, linear_autoencoder(16, 4).decoder)
    assert str(error.value) == (
        "`decoder` must accept the encoder's code. "
        "Received: code shape=(5,), decoder input shape=(4,)"
    )
    with pytest.raises(ValueError) as error:
        Autoencoder(encoder, linear_autoencoder(15, 5).decoder)
    assert str(error.value) == (
        "`decoder` must give back the shape of the encoder's input. "
        "Received: encoder input shape=(16,), decoder output shape=(15,)"
    )


def test_part_that_is_no_layer_is_refused():
    decoder = linear_autoencoder(16, 5).decoder
    with pytest.raises(ValueError, match="`encoder` must be a Keras layer or model. Received: 16"):
        Autoencoder(16, decoder)
    with pytest.raises(ValueError, match="`penalty` must be a layer or None. Received: 0.1"):
        dense_autoencoder(16, 5, penalty=0.1)


@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_data_that_cannot_be_learnt_from_are_refused(method, pixels):
    call = getattr(compiled(dense_autoencoder(16, 5), loss="binary_crossentropy"), method)
    broken = pixels.copy()
    broken[3, 5] = np.nan
    for x, message in (
        (pixels[:0], "`x` must hold at least one example. Received: shape (0, 16)"),
        (broken, "`x` must be finite. Received: 1 values that are NaN or infinite"),
        (pixels[:, :7], "`x` must have shape (n, 16). Received: (64, 7)"),
        (
            pixels * 255,
            "`y` must be in [0, 1] for a cross-entropy, which reads it as probabilities. Received:",
        ),
    ):
        with pytest.raises(ValueError) as error:
            call(x, x)
        assert str(error.value).startswith(message)
    with pytest.raises(ValueError, match="`y` must be what to reconstruct"):
        call(pixels)


def test_squared_error_takes_values_outside_the_unit_interval(pixels):
    compiled(linear_autoencoder(16, 5)).fit(10 * pixels - 5, 10 * pixels - 5, verbose=0)
