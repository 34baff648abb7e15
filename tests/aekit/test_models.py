"""The builders: shapes, tied weights, and the linear one against PCA."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from aekit import Autoencoder, conv_autoencoder, dense_autoencoder, linear_autoencoder
from aekit.models import TiedDecoder


@settings(max_examples=15)
@given(
    width=st.integers(1, 12),
    code_dim=st.integers(1, 20),
    hidden=st.lists(st.integers(1, 9), max_size=3),
    tied=st.booleans(),
)
def test_dense_autoencoder_has_the_stated_widths(width, code_dim, hidden, tied):
    autoencoder = dense_autoencoder(width, code_dim, hidden=hidden, tied=tied)
    x = np.ones((2, width), dtype="float32")
    assert autoencoder.encode(x).shape == (2, code_dim)
    assert autoencoder.reconstruct(x).shape == (2, width)
    widths = [width, *hidden, code_dim]
    kernels = sum(a * b for a, b in zip(widths, widths[1:], strict=False))
    biases = sum(widths[1:]) + sum(widths[:-1])
    assert autoencoder.count_params() == kernels * (1 if tied else 2) + biases


def test_deep_autoencoder_of_hinton_and_salakhutdinov_has_its_weights():
    autoencoder = dense_autoencoder(784, 30, hidden=(1000, 500, 250))
    kernels = 2 * (784 * 1000 + 1000 * 500 + 500 * 250 + 250 * 30)
    assert autoencoder.count_params() == kernels + 2 * (1000 + 500 + 250) + 30 + 784


def test_tied_decoder_is_the_transposed_encoder_and_trains_with_it(pixels):
    autoencoder = linear_autoencoder(16, 3, tied=True)
    autoencoder.compile(optimizer="sgd", loss="mse")
    autoencoder.fit(pixels, pixels, epochs=2, verbose=0)
    code_layer = autoencoder.encoder.get_layer("code")
    kernel, bias = (keras.ops.convert_to_numpy(w) for w in (code_layer.kernel, code_layer.bias))
    back_bias = keras.ops.convert_to_numpy(autoencoder.decoder.biases[0])
    expected = (pixels @ kernel + bias) @ kernel.T + back_bias
    np.testing.assert_allclose(autoencoder.reconstruct(pixels), expected, rtol=1e-4, atol=1e-6)


def test_gradient_of_a_tied_kernel_counts_both_of_its_uses(pixels):
    autoencoder = linear_autoencoder(16, 3, tied=True)
    kernel, *_ = before = [keras.ops.convert_to_numpy(w) for w in autoencoder.weights]
    autoencoder.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    autoencoder.fit(pixels, pixels, batch_size=64, epochs=1, verbose=0)
    step = keras.ops.convert_to_numpy(autoencoder.encoder.get_layer("code").kernel) - kernel
    assert all(not b.any() for b in before[1:])  # biases start at zero
    residual = 2 * (pixels @ kernel @ kernel.T - pixels) / pixels.size
    gradient = pixels.T @ residual @ kernel + residual.T @ pixels @ kernel
    np.testing.assert_allclose(step, -gradient, rtol=1e-3, atol=1e-6)


def test_linear_autoencoder_reaches_the_error_of_pca(pixels):
    from sklearn.decomposition import PCA

    x = pixels @ np.diag(np.linspace(0.2, 3, 16)).astype("float32")
    pca = PCA(4).fit(x)
    error = np.mean((x - pca.inverse_transform(pca.transform(x))) ** 2)
    autoencoder = linear_autoencoder(16, 4)
    schedule = keras.optimizers.schedules.CosineDecay(0.03, 2000)
    autoencoder.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
    steps = np.tile(x, (2000, 1))  # each of the 2,000 batches is the whole data set
    autoencoder.fit(steps, steps, batch_size=64, shuffle=False, verbose=0)
    assert autoencoder.evaluate(x, x, verbose=0) == pytest.approx(error, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((16, 0), "`code_dim` must be an integer of at least 1. Received: code_dim=0"),
        ((16, 2.5), "`code_dim` must be an integer of at least 1. Received: code_dim=2.5"),
        ((0, 4), "`input_shape` must be an integer of at least 1. Received: input_shape=0"),
        (((), 4), "`input_shape` must not be empty. Received: ()"),
        ((16, 4, [8, -1]), "`hidden` must be an integer of at least 1. Received: hidden=-1"),
        (
            (16, 4, 128),
            "`hidden` must be a sequence of integers of at least 1, such as (128,). "
            "Received: hidden=128",
        ),
        (
            (16, 4, "128"),
            "`hidden` must be a sequence of integers of at least 1, such as (128,). "
            "Received: hidden='128'",
        ),
    ],
)
def test_impossible_sizes_are_refused(arguments, message):
    with pytest.raises(ValueError) as error:
        dense_autoencoder(*arguments)
    assert str(error.value) == message


@pytest.mark.parametrize("downsampling", ["pooling", "strides"])
@settings(max_examples=8)
@given(
    shape=st.tuples(st.integers(4, 11), st.integers(4, 11), st.integers(1, 3)),
    filters=st.lists(st.integers(1, 4), min_size=1, max_size=3),
)
def test_conv_autoencoder_halves_each_side_and_restores_it(downsampling, shape, filters):
    autoencoder = conv_autoencoder(shape, filters, downsampling=downsampling)
    code = list(shape)
    for maps in filters:
        code = [-(-code[0] // 2), -(-code[1] // 2), maps]
    x = np.ones((2, *shape), dtype="float32")
    assert autoencoder.encode(x).shape == (2, *code)
    assert autoencoder.reconstruct(x).shape == x.shape


def test_published_convolutional_autoencoders_have_their_weights():
    """The Keras blog's 16-8-8 has 4,385; the keras-io denoiser's 32-32 has 28,353."""
    assert conv_autoencoder(filters=(16, 8, 8)).count_params() == 4_385
    assert conv_autoencoder(filters=(32, 32), downsampling="strides").count_params() == 28_353


def test_conv_autoencoder_is_relu_everywhere_but_the_last_which_is_a_sigmoid():
    autoencoder = conv_autoencoder()
    convs = [
        layer
        for part in (autoencoder.encoder, autoencoder.decoder)
        for layer in part.layers
        if hasattr(layer, "activation")
    ]
    names = [layer.activation.__name__ for layer in convs]
    assert names == ["relu"] * (len(names) - 1) + ["sigmoid"]


def test_impossible_convolutions_are_refused():
    with pytest.raises(ValueError, match="`input_shape` must be \\(height, width, channels\\)"):
        conv_autoencoder((28, 28))
    with pytest.raises(ValueError, match="`downsampling` must be one of 'pooling', 'strides'"):
        conv_autoencoder(downsampling="none")
    with pytest.raises(ValueError, match="`filters` must hold at least one number"):
        conv_autoencoder(filters=())
    with pytest.raises(ValueError) as error:
        conv_autoencoder(filters=16)
    assert str(error.value) == (
        "`filters` must be a sequence of integers of at least 1, such as (128,). "
        "Received: filters=16"
    )


def test_sizes_may_come_from_numpy_and_from_any_sequence():
    autoencoder = dense_autoencoder(np.int64(16), np.int64(4), hidden=np.array([8, 6]))
    assert [layer.units for layer in autoencoder.encoder.layers] == [8, 6, 4]
    autoencoder = conv_autoencoder(np.zeros((2, 8, 8, 3)).shape[1:], filters=range(1, 3))
    assert autoencoder.encoder.output_shape == (None, 2, 2, 2)


@pytest.mark.parametrize("builder", [dense_autoencoder, conv_autoencoder])
@pytest.mark.parametrize("argument", ["code_activation", "output_activation"])
def test_activations_of_no_name_are_refused(builder, argument):
    with pytest.raises(ValueError) as error:
        builder((8, 8, 1), (4,) if builder is conv_autoencoder else 4, **{argument: "sigmoidal"})
    assert str(error.value) == (
        f"`{argument}` must be the name of an activation of Keras, or a function. "
        f"Received: {argument}='sigmoidal'"
    )


def test_inner_activations_of_no_name_are_refused():
    with pytest.raises(ValueError, match="`hidden_activation` must be the name of an activation"):
        dense_autoencoder(8, 4, hidden_activation="rely")
    with pytest.raises(ValueError, match="`activation` must be the name of an activation"):
        conv_autoencoder(activation="rely")


@pytest.fixture
def channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


@pytest.mark.parametrize("downsampling", ["pooling", "strides"])
def test_convolutions_are_the_same_whatever_keras_is_set_to(downsampling, tmp_path):
    shape, x = (7, 6, 3), np.random.default_rng(0).random((2, 7, 6, 3), dtype=np.float32)
    last = conv_autoencoder(shape, (4, 2), downsampling=downsampling)
    last.save(tmp_path / "last.keras")
    keras.config.set_image_data_format("channels_first")
    try:
        first = conv_autoencoder(shape, (4, 2), downsampling=downsampling)
        first.set_weights(last.get_weights())
        loaded = keras.saving.load_model(tmp_path / "last.keras")
        reconstructions = [model.reconstruct(x) for model in (first, loaded)]
    finally:
        keras.config.set_image_data_format("channels_last")
    for reconstruction in reconstructions:
        np.testing.assert_allclose(reconstruction, last.reconstruct(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("tied", [True, False])
def test_pixels_keep_their_order_whatever_keras_is_set_to(channels_first, tied):
    x = np.random.default_rng(0).random((5, 4, 3, 2), dtype=np.float32)
    autoencoder = dense_autoencoder(
        (4, 3, 2), 24, code_activation="linear", output_activation="linear", tied=tied
    )
    kernel, bias = autoencoder.encoder.get_weights()
    code = autoencoder.encode(x)
    np.testing.assert_allclose(code, x.reshape(5, 24) @ kernel + bias, rtol=1e-4, atol=1e-6)
    kernel_up = kernel.T if tied else autoencoder.decoder.get_weights()[0]
    expected = (code @ kernel_up).reshape(x.shape)
    np.testing.assert_allclose(autoencoder.decode(code), expected, rtol=1e-4, atol=1e-6)


def test_channels_in_front_are_refused_where_keras_is_set_to_them(channels_first):
    for shape in ((1, 28, 28), (3, 64, 48)):
        with pytest.raises(ValueError) as error:
            conv_autoencoder(shape)
        assert str(error.value) == (
            "`input_shape` must be (height, width, channels), though "
            f"keras.config.image_data_format() is 'channels_first'. Received: {shape}"
        )
    assert conv_autoencoder((28, 28, 1)).reconstruct(np.ones((1, 28, 28, 1))).shape[1:3] == (28, 28)


@pytest.mark.skipif(keras.config.backend() == "jax", reason="JAX computes in 32 bits")
@pytest.mark.parametrize("builder", [dense_autoencoder, conv_autoencoder])
def test_double_precision_all_the_way(builder):
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        x = np.random.default_rng(0).random((8, 4, 4, 3))
        arguments = {"tied": True} if builder is dense_autoencoder else {}
        autoencoder = builder((4, 4, 3), 5 if arguments else (5,), **arguments)
        autoencoder.compile(optimizer="adam", loss="mse")
        autoencoder.fit(x, x, verbose=0)
        assert autoencoder.reconstruct(x).dtype == "float64"
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


class ScaledTiedDecoder(TiedDecoder):
    """A subclass with an argument of its own."""

    def __init__(self, encoder, *args, scale=1.0, **kwargs):
        super().__init__(encoder, *args, **kwargs)
        self.scale = scale

    def call(self, code):
        return self.scale * super().call(code)

    def get_config(self):
        return super().get_config() | {"scale": self.scale}


def test_subclass_of_the_tied_decoder_survives_a_file_and_stays_tied(tmp_path, pixels):
    encoder = dense_autoencoder(16, 3, hidden=(5,)).encoder
    decoder = ScaledTiedDecoder(encoder, "tanh", scale=2.0, trainable=False)
    autoencoder = Autoencoder(encoder, decoder)
    autoencoder.save(tmp_path / "scaled.keras")
    loaded = keras.saving.load_model(
        tmp_path / "scaled.keras", custom_objects={"ScaledTiedDecoder": ScaledTiedDecoder}
    )
    assert type(loaded.decoder) is ScaledTiedDecoder
    assert loaded.decoder.scale == 2 and not loaded.decoder.trainable
    assert loaded.decoder.encoder is loaded.encoder
    np.testing.assert_array_equal(loaded.reconstruct(pixels), autoencoder.reconstruct(pixels))


def encoder_of(*inner):
    return keras.Sequential([keras.Input((4, 2)), *inner], name="mine")


@pytest.mark.parametrize(
    ("inner", "what"),
    [
        ([layers.Flatten(), layers.Dense(3), layers.BatchNormalization(name="bn")], "'bn'"),
        ([layers.Conv1D(3, 2, name="conv"), layers.Flatten()], "'conv'"),
        ([layers.Dense(3), layers.Flatten(name="late")], "'late'"),
        ([layers.Flatten(), layers.Dropout(0.5)], "no dense layer"),
    ],
)
def test_encoders_that_cannot_be_run_backwards_are_refused(inner, what):
    with pytest.raises(ValueError) as error:
        TiedDecoder(encoder_of(*inner))
    assert str(error.value) == (
        "`encoder` must be a Sequential of dense layers, after an optional Flatten, to be tied "
        f"to. Received: encoder 'mine' with {what}"
    )


def test_encoder_with_dropout_and_activations_is_run_backwards_without_them():
    between = layers.Activation("tanh"), layers.Dropout(0.5)
    encoder = encoder_of(layers.Reshape((8,)), layers.Dense(5), *between, layers.Dense(3))
    decoder = TiedDecoder(encoder, "linear", "linear")
    code = np.random.default_rng(0).random((6, 3), dtype=np.float32)
    first, _, second, _ = encoder.get_weights()
    decoded = keras.ops.convert_to_numpy(decoder(code, training=True))
    np.testing.assert_allclose(decoded, (code @ second.T @ first.T).reshape(6, 4, 2), rtol=1e-4)
