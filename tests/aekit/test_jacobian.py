"""Jacobian norms against derivatives by hand and against each backend's own Jacobian."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from aekit import Contractive, dense_autoencoder
from aekit.jacobian import (
    dense_stack,
    jacobian,
    layer_norms,
    singular_values,
    squared_frobenius_norm,
)

# s(a) and s'(a) in NumPy, each from its textbook formula.
ACTIVATIONS = {
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
    "softplus": (lambda a: np.log1p(np.exp(a)), lambda a: 1 / (1 + np.exp(-a))),
    "linear": (lambda a: a, np.ones_like),
}


def dense_encoder(input_dim, widths, activation):
    stack = [layers.Dense(width, activation=activation) for width in widths]
    encoder = keras.Sequential([keras.Input((input_dim,)), *stack])
    # Small enough that no tanh saturates: 1 - h^2 would lose the digits that are compared.
    rng = np.random.default_rng(0)
    scaled = [rng.normal(0, 0.8 / np.sqrt(w.shape[0]), w.shape) for w in encoder.get_weights()]
    encoder.set_weights(scaled)
    return encoder


def jacobian_by_hand(encoder, x, activation):
    """`D_L W_L' ... D_1 W_1'` in float64, one matrix an example."""
    s, slope = ACTIVATIONS[activation]
    weights = [w.astype(np.float64) for w in encoder.get_weights()]
    h, result = x.astype(np.float64), np.eye(x.shape[1])[None]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        a = h @ kernel + bias
        h = s(a)
        result = slope(a)[:, :, None] * (kernel.T @ result)
    return result


def jacobian_by_backend(encoder, x):
    """The backend's own batch Jacobian, flattened to `(batch, code_dim, input_dim)`."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.constant(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            code = encoder(x, training=False)
        result = tape.batch_jacobian(code, x, experimental_use_pfor=False)
    else:
        single = lambda image: encoder(image[None], training=False)[0]  # noqa: E731
        if backend == "jax":
            import jax

            result = jax.vmap(jax.jacrev(single))(x)
        else:
            import torch

            x = keras.ops.convert_to_tensor(x)
            result = torch.stack([torch.autograd.functional.jacobian(single, i) for i in x])
    result = keras.ops.convert_to_numpy(result)
    return result.reshape(len(x), -1, int(np.prod(x.shape[1:])))


def squared(matrices):
    return np.sum(matrices.astype(np.float64) ** 2, axis=(1, 2))


def norms(encoder, x, **kwargs):
    return keras.ops.convert_to_numpy(squared_frobenius_norm(encoder, x, **kwargs))


def inputs(*shape):
    return np.random.default_rng(1).random((6, *shape), dtype=np.float32)


def conv_encoder():
    return keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(),
            layers.Conv2D(2, 3, activation="sigmoid", padding="same"),
        ]
    )


def normalised_encoder():
    encoder = keras.Sequential(
        [keras.Input((8,)), layers.Dense(6), layers.BatchNormalization(), layers.Dense(5, "tanh")]
    )
    encoder.layers[1].moving_mean.assign(np.linspace(-1, 1, 6))
    encoder.layers[1].moving_variance.assign(np.linspace(0.5, 2, 6))
    return encoder


OTHERS = {
    "conv and pooling": (conv_encoder, (6, 6, 1)),
    "batch normalisation": (normalised_encoder, (8,)),
    "softmax": (lambda: dense_encoder(8, [6, 4], "softmax"), (8,)),
    "more code units than inputs": (
        lambda: keras.Sequential(
            [keras.Input((3,)), layers.Dense(9), layers.BatchNormalization(), layers.ELU()]
        ),
        (3,),
    ),
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@settings(max_examples=8)
@given(widths=st.lists(st.integers(1, 12), min_size=1, max_size=3), input_dim=st.integers(1, 12))
def test_norm_of_dense_stacks_is_that_of_the_jacobian_by_hand(activation, widths, input_dim):
    encoder = dense_encoder(input_dim, widths, activation)
    assert dense_stack(encoder) is not None
    x = inputs(input_dim)
    expected = squared(jacobian_by_hand(encoder, x, activation))
    np.testing.assert_allclose(norms(encoder, x), expected, rtol=1e-5, atol=1e-30)


@pytest.mark.parametrize("name", OTHERS)
def test_norm_of_other_encoders_is_that_of_the_backends_jacobian(name):
    make, shape = OTHERS[name]
    encoder, x = make(), inputs(*shape)
    assert dense_stack(encoder) is None
    expected = jacobian_by_backend(encoder, x)
    np.testing.assert_allclose(norms(encoder, x), squared(expected), rtol=1e-5)
    np.testing.assert_allclose(jacobian(encoder, x), expected, rtol=1e-4, atol=1e-6)


def test_norm_agrees_with_finite_differences():
    encoder = dense_encoder(4, [5, 3], "tanh")
    x, step = inputs(4), 1e-2
    columns = [
        (encoder.predict(x + d, verbose=0) - encoder.predict(x - d, verbose=0)) / (2 * step)
        for d in step * np.eye(4, dtype="float32")
    ]
    np.testing.assert_allclose(norms(encoder, x), squared(np.stack(columns, 2)), rtol=1e-2)


def test_images_are_flattened_as_the_encoder_does():
    encoder = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, "sigmoid")]
    )
    x = inputs(4, 4, 1)
    assert dense_stack(encoder) is not None
    np.testing.assert_allclose(norms(encoder, x), squared(jacobian_by_backend(encoder, x)), 1e-5)


def test_examples_do_not_feel_each_other():
    encoder, x = normalised_encoder(), inputs(8)
    np.testing.assert_allclose(norms(encoder, x)[:2], norms(encoder, x[:2]), rtol=1e-5)


@pytest.mark.parametrize("name", ["conv and pooling", "batch normalisation"])
def test_random_probe_is_unbiased_and_reproducible(name):
    make, shape = OTHERS[name]
    encoder, x = make(), inputs(*shape)
    exact = norms(encoder, x)
    draws = np.stack(
        [norms(encoder, x, method="random_probe", probes=4, seed=seed) for seed in range(150)]
    )
    error = np.abs(draws.mean(axis=0) - exact)
    assert (error <= 5 * draws.std(axis=0) / np.sqrt(len(draws))).all()
    again = norms(encoder, x, method="random_probe", probes=4, seed=0)
    np.testing.assert_array_equal(again, draws[0])


def test_layerwise_norm_sums_each_layer_at_its_own_input():
    encoder = dense_encoder(7, [5, 3], "sigmoid")
    x = inputs(7)
    hidden = keras.Sequential([keras.Input((7,)), encoder.layers[0]])
    code = keras.Sequential([keras.Input((5,)), encoder.layers[1]])
    first, second = norms(hidden, x), norms(code, hidden.predict(x, verbose=0))
    np.testing.assert_allclose(norms(encoder, x, method="layerwise"), first + second, rtol=1e-5)
    each = [keras.ops.convert_to_numpy(norm) for norm in layer_norms(encoder, x)]
    np.testing.assert_allclose(each, [first, second], rtol=1e-5)


def test_singular_values_are_those_of_the_jacobian_and_sum_to_the_norm():
    encoder = dense_encoder(7, [5, 3], "sigmoid")
    x = inputs(7)
    values = singular_values(encoder, x)
    assert values.shape == (6, 3)
    expected = np.linalg.svd(jacobian_by_hand(encoder, x, "sigmoid"), compute_uv=False)
    np.testing.assert_allclose(values, expected, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(np.sum(values**2, axis=1), norms(encoder, x), rtol=1e-4)


@pytest.mark.parametrize("method", ["exact", "layerwise"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus"])
def test_gradient_of_the_penalty_trains_the_weights(method, activation):
    """One step of SGD on the penalty alone, against finite differences of it."""
    encoder = dense_encoder(4, [3], activation)
    autoencoder = dense_autoencoder(4, 3, code_activation=activation, penalty=Contractive(0.5))
    autoencoder.penalty.method = method
    autoencoder.encoder.set_weights(encoder.get_weights())
    x = inputs(4)

    def penalty(kernel, bias):
        encoder.set_weights([kernel, bias])
        return 0.5 * squared(jacobian_by_hand(encoder, x, activation)).mean()

    kernel, bias = (w.astype(np.float64) for w in autoencoder.encoder.get_weights())
    expected, step = np.zeros_like(kernel), 1e-3
    for index in np.ndindex(kernel.shape):
        change = np.zeros_like(kernel)
        change[index] = step
        expected[index] = penalty(kernel + change, bias) - penalty(kernel - change, bias)
    expected /= 2 * step

    autoencoder.compile(optimizer=keras.optimizers.SGD(1.0), loss=lambda y, p: 0.0 * p)
    autoencoder.fit(x, x, batch_size=6, epochs=1, verbose=0)
    gradient = kernel - autoencoder.encoder.get_weights()[0]
    np.testing.assert_allclose(gradient, expected, rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["conv and pooling", "batch normalisation"])
def test_exact_penalty_of_other_encoders_trains_too(name):
    from aekit import Autoencoder

    make, shape = OTHERS[name]
    encoder, x = make(), inputs(*shape)
    decoder = keras.Sequential(
        [
            keras.Input(encoder.output_shape[1:]),
            layers.Flatten(),
            layers.Dense(int(np.prod(shape))),
            layers.Reshape(shape),
        ]
    )
    autoencoder = Autoencoder(encoder, decoder, penalty=Contractive(1.0))
    autoencoder.compile(optimizer=keras.optimizers.SGD(0.01), loss=lambda y, p: 0.0 * p)
    before = norms(encoder, x).mean()
    autoencoder.fit(x, x, batch_size=6, epochs=5, verbose=0)
    assert norms(encoder, x).mean() < before


def test_impossible_requests_are_refused():
    encoder = dense_encoder(4, [3], "sigmoid")
    with pytest.raises(ValueError) as error:
        squared_frobenius_norm(encoder, inputs(4), method="guess")
    assert str(error.value) == (
        "`method` must be one of 'exact', 'random_probe', 'layerwise'. Received: method='guess'"
    )
    with pytest.raises(ValueError, match="`probes` must be an integer of at least 1"):
        squared_frobenius_norm(encoder, inputs(4), method="random_probe", probes=0)
    with pytest.raises(ValueError, match="`encoder` must be a stack of dense layers"):
        squared_frobenius_norm(conv_encoder(), inputs(6, 6, 1), method="layerwise")
