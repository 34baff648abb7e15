"""Jacobian norms against derivatives by hand and against each backend's own Jacobian."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from makers import functional, sequential

from aekit import Autoencoder, Contractive, conv_autoencoder, dense_autoencoder
from aekit.jacobian import (
    MANY_PASSES,
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


def skipping(shape):
    inputs = keras.Input(shape)
    h = layers.Dense(*shape, activation="tanh")(inputs)
    return keras.Model(inputs, layers.Add()([inputs, h]))


def attentive(shape):
    inputs = keras.Input(shape)
    h = layers.MultiHeadAttention(2, 3)(inputs, inputs)
    h = layers.LayerNormalization(epsilon=0.1)(layers.Add()([inputs, h]))
    return keras.Model(inputs, layers.GlobalAveragePooling1D()(h))


class Subclassed(keras.Model):
    """Keras knows neither its layers' order nor, before the first call, its shapes."""

    def __init__(self):
        super().__init__()
        self.inputs = layers.BatchNormalization(momentum=1.0)  # training leaves the statistics
        self.outputs = layers.Dense(9, "softplus")

    def call(self, x, training=False):
        return self.outputs(self.inputs(x, training=training))


class AlwaysDoubled(layers.Dropout):
    """Of a class that aekit knows, but not what it does."""

    def call(self, x, training=False):
        return 2 * x


# Name: (makes an encoder, its input's shape). None of them is a stack of dense layers on rows.
ANY = {
    "LSTM": (lambda: sequential((4, 2), layers.LSTM(3)), (4, 2)),
    "LSTM of more units than inputs": (lambda: sequential((3, 1), layers.LSTM(4)), (3, 1)),
    "sequence of any length": (
        lambda: sequential((None, 2), layers.Dense(2, "tanh"), layers.GlobalAveragePooling1D()),
        (5, 2),
    ),
    "dense on a sequence": (
        lambda: sequential((5, 6), layers.Dense(3, "tanh"), layers.Flatten()),
        (5, 6),
    ),
    "layer on a sequence": (lambda: layers.Dense(2, activation="tanh"), (3, 4)),
    "attention": (lambda: attentive((3, 4)), (3, 4)),
    "dropout and layer normalisation": (
        lambda: sequential(
            (6,), layers.Dropout(0.5), layers.Dense(4), layers.LayerNormalization(epsilon=0.1)
        ),
        (6,),
    ),
    "skip connection": (lambda: skipping((5,)), (5,)),
    "layer used twice": (lambda: functional((5,), *[layers.Dense(5, "tanh")] * 2), (5,)),
    "subclassed, not built": (Subclassed, (5,)),
    "not built": (lambda: keras.Sequential([layers.Dense(3, "softmax")]), (5,)),
    "somebody's subclass of a known layer": (
        lambda: sequential((5,), AlwaysDoubled(0.5), layers.Dense(3, "tanh")),
        (5,),
    ),
    "convolution of images of any size": (
        lambda: sequential(
            (None, None, 2),
            layers.Conv2D(2, 3, activation="tanh", padding="same"),
            layers.AveragePooling2D(2, padding="same"),
            layers.DepthwiseConv2D((1, 3), activation="softplus"),
        ),
        (7, 9, 2),
    ),
    "convolution in time, dilated": (
        lambda: sequential(
            (24, 1),
            layers.Conv1D(2, 3, dilation_rate=2, activation="tanh", padding="causal"),
            layers.BatchNormalization(momentum=1.0),
            layers.Activation("sigmoid"),
            layers.SeparableConv1D(2, 2, strides=3),
        ),
        (24, 1),
    ),
}


def norms_by_differences(encoder, x, step=1e-2):
    """The norm from the encoder's values alone, by central differences in float64."""
    total, shape = 0.0, (1, *x.shape[1:])
    for change in np.eye(int(np.prod(shape)), dtype="float32") * step:
        ends = [x + change.reshape(shape), x - change.reshape(shape)]
        codes = [keras.ops.convert_to_numpy(encoder(end, training=False)) for end in ends]
        slope = (codes[0].astype(np.float64) - codes[1]).reshape(len(x), -1) / (2 * step)
        total = total + np.sum(slope**2, axis=1)
    return total


class Penalized(keras.Model):
    """The code, and a penalty on it: Autoencoder without a decoder."""

    def __init__(self, encoder, penalty):
        super().__init__()
        self.encoder, self.penalty, self.built = encoder, penalty, True

    def call(self, x, training=False):
        code = self.encoder(x, training=training)
        self.add_loss(self.penalty(code, encoder=self.encoder, x=x, training=training))
        return code


@pytest.mark.parametrize("name", ANY)
def test_norm_of_any_encoder_is_that_by_differences_and_its_gradient_reaches_the_weights(name):
    """A step of SGD along the gradient g, at a rate so small that it lowers the norm by |g|^2."""
    make, shape = ANY[name]
    encoder, x = make(), inputs(*shape)
    before = norms(encoder, x)
    np.testing.assert_allclose(before, norms_by_differences(encoder, x), rtol=2e-3)
    np.testing.assert_allclose(np.sum(jacobian(encoder, x) ** 2, axis=(1, 2)), before, rtol=1e-4)

    model = Penalized(encoder, Contractive(1.0))
    model.compile(optimizer=keras.optimizers.SGD(1e-4), loss=lambda y, p: 0.0 * p)
    old = encoder.get_weights()
    model.train_on_batch(x, x)
    moved = sum(np.sum((w - o) ** 2) for w, o in zip(encoder.get_weights(), old, strict=True))
    fall = before.mean() - norms(encoder, x).mean()
    assert fall == pytest.approx(moved / 1e-4, rel=0.1, abs=3e-6)
    assert moved > 0


STACKS = {
    "functional": lambda: functional((6,), layers.Dense(4, "relu")),
    "activations as layers": lambda: sequential(
        (2, 3), layers.Flatten(), layers.Dense(5), layers.Activation("tanh"), layers.Dense(4),
        layers.ReLU(), layers.Dense(5, "softplus"), layers.LeakyReLU(), layers.Dense(3),
        layers.ELU(),
    ),
    "functional of several": lambda: functional(
        (2, 3), layers.Flatten(), layers.Dropout(0.3), layers.Dense(4), layers.ReLU(),
        layers.Dense(3),
    ),
    "models in models": lambda: functional(
        (6,), sequential((6,), layers.Dense(4, "relu")), functional((4,), layers.Dense(3))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STACKS)
def test_stack_of_dense_layers_is_known_however_it_is_written(name):
    encoder = STACKS[name]()
    dense = [layer for layer in encoder._flatten_layers() if type(layer) is layers.Dense]
    assert {id(layer) for layer in dense_stack(encoder)} == {id(layer) for layer in dense}
    x = inputs(*encoder.input_shape[1:])
    np.testing.assert_allclose(norms(encoder, x), squared(jacobian_by_backend(encoder, x)), 1e-5)
    assert len(layer_norms(encoder, x)) == len(dense)


def test_encoder_whose_layers_stand_in_another_model_too_is_its_own_stack():
    shared, first, second = layers.Dense(3, "tanh"), keras.Input((6,)), keras.Input((6,))
    one, other = (keras.Model(i, shared(i)) for i in (first, second))
    noisy = keras.Model(first, shared(layers.Dropout(0.5)(first, training=True)))
    assert dense_stack(one) == dense_stack(other) == [shared]
    assert dense_stack(noisy) is None
    x = inputs(6)
    np.testing.assert_allclose(norms(other, x), squared(jacobian_by_backend(one, x)), rtol=1e-5)


@pytest.mark.parametrize("method", ["exact", "random_probe"])
@pytest.mark.parametrize("width", [4, 9])
@pytest.mark.parametrize("activation", ["tanh", "softmax"])
def test_what_the_encoder_adds_to_the_loss_is_added_once(method, width, activation):
    class OwnLoss(layers.Layer):
        def call(self, h):
            self.add_loss(0.5 * keras.ops.mean(keras.ops.abs(h)))
            return h

    x, losses = inputs(6), []
    own = layers.Dense(width, activation, activity_regularizer=keras.regularizers.L1(0.5))
    encoder = sequential((6,), own, OwnLoss(), layers.BatchNormalization())
    for penalty in (None, Contractive(0.0, method=method)):
        autoencoder = Autoencoder(encoder, sequential((width,), layers.Dense(6)), penalty=penalty)
        autoencoder.decoder.set_weights([np.ones((width, 6)), np.zeros(6)])
        autoencoder.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
        losses.append(autoencoder.evaluate(x, x, verbose=0))
        autoencoder.fit(x, x, verbose=0)
        encoder.layers[-1].set_weights([np.full(width, v) for v in (1.0, 0.0, 0.0, 1.0)])
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)


def test_norm_leaves_the_state_of_the_encoder_alone():
    class Counting(layers.Layer):
        def build(self, shape):
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, h):
            self.calls.assign_add(1.0)
            return keras.ops.tanh(h)

    encoder, x = sequential((4,), layers.Dense(3), Counting()), inputs(4)
    model = Penalized(encoder, Contractive(1.0))
    model.compile(optimizer="sgd", loss="mse")
    model.train_on_batch(x, x[:, :3])
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
    norms(encoder, x), norms(encoder, x, method="random_probe"), jacobian(encoder, x)
    assert float(keras.ops.convert_to_numpy(encoder.layers[1].calls)) == 1


@pytest.mark.parametrize("method", ["exact", "random_probe"])
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_any_encoder_trains_in_mixed_precision_and_its_norm_is_summed_in_float32(policy, method):
    keras.config.set_dtype_policy(policy)
    try:
        encoder = sequential((6,), layers.Dense(4, "tanh"), layers.LayerNormalization())
        decoder = sequential((4,), layers.Dense(6))
        autoencoder = Autoencoder(encoder, decoder, penalty=Contractive(0.1, method=method))
    finally:
        keras.config.set_dtype_policy("float32")
    x = inputs(6)
    norm = squared_frobenius_norm(encoder, x, method=method)
    assert keras.backend.standardize_dtype(norm.dtype) == "float32"
    exact = sequential((6,), layers.Dense(4, "tanh"), layers.LayerNormalization())
    exact.set_weights(encoder.get_weights())
    np.testing.assert_allclose(norms(encoder, x), norms(exact, x), rtol=0.2)
    autoencoder.compile(optimizer="adam", loss="mse")
    assert np.isfinite(autoencoder.fit(x, x, epochs=2, verbose=0).history["loss"]).all()


@pytest.mark.parametrize("name", ["batch normalisation", "dense"])
def test_input_may_be_of_any_type_of_number(name):
    encoder = normalised_encoder() if name != "dense" else dense_encoder(8, [3], "tanh")
    x = np.round(4 * inputs(8))
    expected = norms(encoder, x)
    for same in (x.astype("float64"), x.astype("uint8"), x.astype("float16"), x.tolist()):
        np.testing.assert_allclose(norms(encoder, same), expected, rtol=1e-6)
        np.testing.assert_allclose(squared(jacobian(encoder, same)), expected, rtol=1e-4)


def test_units_of_a_convolutional_code_share_passes_and_the_rest_is_told(recwarn):
    autoencoder = conv_autoencoder((40, 40, 1), (3, 2), downsampling="strides")
    encoder, x = autoencoder.encoder, inputs(40, 40, 1)[:1]
    expected = squared(jacobian_by_backend(encoder, x))
    np.testing.assert_allclose(norms(encoder, x), expected, rtol=1e-5)
    assert not [w for w in recwarn if "passes" in str(w.message)]
    # Each unit of this one sees the whole image.
    encoder = sequential(
        (20, 20, 1), layers.Conv2D(1, 3), layers.LayerNormalization(axis=[1, 2, 3])
    )
    with pytest.warns(UserWarning, match='method="exact" needs 324 passes .*"random_probe"'):
        norms(encoder, inputs(20, 20, 1)[:1])
    assert MANY_PASSES < 324


def test_encoder_that_has_no_jacobian_is_refused():
    words, x = sequential((6,), layers.Embedding(10, 3), layers.Flatten()), inputs(6)
    for function in (norms, jacobian):
        with pytest.raises(ValueError, match="`encoder` must be differentiable with respect to"):
            function(words, x)
    one, other = keras.Input((6,)), keras.Input((6,))
    codes = [layers.Dense(2)(one), layers.Dense(2)(one)]
    several = keras.Model([one, other], layers.Add()([one, other])), keras.Model(one, codes)
    for encoder, ends in zip(several, ("2 input(s) and 1", "1 input(s) and 2"), strict=True):
        for function in (norms, jacobian):
            with pytest.raises(ValueError) as error:
                function(encoder, x)
            assert str(error.value) == (
                "`encoder` must have one input and one output. Received: "
                f"encoder {encoder.name!r} with {ends} output(s)"
            )


def test_backend_that_does_not_differentiate_is_named(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "numpy")
    with pytest.raises(NotImplementedError) as error:
        jacobian(dense_encoder(4, [3], "tanh"), inputs(4))
    assert str(error.value) == (
        "`KERAS_BACKEND` must be one of 'tensorflow', 'jax', 'torch' for derivatives. "
        "Received: 'numpy'"
    )


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
