"""The builders: shapes, tied weights, and the linear one against PCA."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aekit import conv_autoencoder, dense_autoencoder, linear_autoencoder


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
