"""The Jacobian J = df/dx of an encoder, and its squared Frobenius norm, for each example.

The encoder is always run in inference mode: with batch statistics, the code of one example would
depend on the others, and a Jacobian "per example" would not exist.

Reference: Rifai et al., Contractive Auto-Encoders (2011), eq. 3 and 6.
"""

import math

import keras
import numpy as np
from keras import ops

from aekit import _checks

METHODS = ("exact", "random_probe", "layerwise")
# Activations that treat each unit alone, so that their derivative is one number a unit. Any other
# one is differentiated together with its layer, exactly too, by automatic differentiation.
ELEMENTWISE = {
    "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "leaky_relu", "linear", "mish",
    "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softsign", "tanh",
}  # fmt: skip


def squared_frobenius_norm(encoder, x, method="exact", probes=1, seed=None):
    """`||df/dx||_F^2`, the sum of the squared derivatives of all code units, for each example.

    Args:
        encoder: `keras.Model`, or layer, f: `(batch, *input_shape)` to `(batch, *code_shape)`.
        x: inputs, `(batch, *input_shape)`.
        method: how it is computed:
            "exact": one dense layer in closed form, `sum_j s'(a_j)^2 ||W_j||^2`; a stack of
                dense layers by products of matrices; any other encoder by automatic
                differentiation, reverse or forward, whichever needs fewer passes;
            "random_probe": the unbiased estimate `||J' v||^2` with random signs v, in one
                backward pass a probe (Hutchinson 1989);
            "layerwise": not the encoder's norm but the sum of those of its dense layers, each
                at its own input and in closed form, as Rifai et al. train stacks.
        probes: number of random probes that are averaged, for "random_probe".
        seed: integer or `keras.random.SeedGenerator` of the probes.

    Returns:
        Tensor `(batch,)`, differentiable with respect to the weights and to `x`.

    Raises:
        ValueError: an unknown `method`, fewer than one probe, or "layerwise" for an encoder that
            is no stack of dense layers.
    """
    _checks.one_of("method", method, METHODS)
    x = ops.convert_to_tensor(x)
    if method == "layerwise":
        return ops.sum(ops.stack(layer_norms(encoder, x)), axis=0)
    if method == "random_probe":
        return _random_probe(encoder, x, _checks.count("probes", probes), seed)
    layers = dense_stack(encoder)
    if layers is None:
        return _norm_by_passes(encoder, x)
    return _norm_of_stack(layers, x)


def jacobian(encoder, x):
    """The whole Jacobian of each example, `(batch, code_dim, input_dim)`, flattened (NumPy)."""
    x = ops.convert_to_tensor(x)
    code, pullback = _pullback(_flat(encoder), x)
    batch, code_dim = code.shape
    rows = []
    for unit in range(code_dim):
        row = pullback(_one_hot(unit, code))
        rows.append(ops.convert_to_numpy(row).reshape(batch, -1))
    return np.stack(rows, axis=1)


def singular_values(encoder, x):
    """The singular values of each example's Jacobian, falling: `(batch, min(code, input))`.

    They say how strongly the code feels its most and its least important directions of the input
    (Rifai et al. 2011, section 5.3).
    """
    return np.linalg.svd(jacobian(encoder, x), compute_uv=False)


def layer_norms(encoder, x):
    """The closed-form norm of each dense layer at its own input: a list of `(batch,)`."""
    norms, h = [], _rows(x)
    for layer in dense_layers(encoder):
        h, slope = _slope(layer, h)
        norms.append(_closed_form(slope, ops.cast(layer.kernel, "float32")))
    return norms


def dense_stack(encoder):
    """The encoder's dense layers if it is nothing but a stack of them, else None."""
    if not isinstance(encoder, keras.Sequential):
        layers = [encoder]
    else:
        passive = keras.layers.InputLayer | keras.layers.Flatten | keras.layers.Dropout
        layers = [layer for layer in encoder.layers if not isinstance(layer, passive)]
    return layers if layers and all(_is_plain_dense(layer) for layer in layers) else None


def dense_layers(encoder):
    """The layers of `dense_stack`, or a ValueError where the encoder is none."""
    layers = dense_stack(encoder)
    if layers is None:
        raise ValueError(
            "`encoder` must be a stack of dense layers with elementwise activations for "
            f'method="layerwise". Received: {encoder!r}'
        )
    return layers


def _is_plain_dense(layer):
    name = getattr(getattr(layer, "activation", None), "__name__", None)
    is_plain = type(layer) is keras.layers.Dense and layer.built
    is_plain = is_plain and not getattr(layer, "lora_enabled", False)
    is_plain = is_plain and getattr(layer, "quantization_mode", None) is None
    return is_plain and name in ELEMENTWISE and layer.activation is getattr(keras.activations, name)


def _rows(x):
    """Flattened inputs `(batch, input_dim)` in float32."""
    return ops.cast(ops.reshape(x, (-1, math.prod(x.shape[1:]))), "float32")


def _slope(layer, x):
    """The layer's output s(a) and the derivative s'(a), at a = W x + b."""
    a = ops.matmul(x, ops.cast(layer.kernel, "float32"))
    if layer.bias is not None:
        a = a + ops.cast(layer.bias, "float32")
    h, pullback = _pullback(layer.activation, a)
    return h, pullback(ops.ones_like(h))


def _closed_form(slope, kernel):
    """`sum_j s'(a_j)^2 sum_i W_ij^2` (Rifai et al. 2011, eq. 6, for any elementwise s)."""
    return ops.matmul(ops.square(slope), ops.sum(ops.square(kernel), axis=0))


def _norm_of_stack(layers, x):
    """`||D_L W_L' ... D_1 W_1'||_F^2`, multiplied from the code's side, the narrow one."""
    slopes, h = [], _rows(x)
    for layer in layers:
        h, slope = _slope(layer, h)
        slopes.append(slope)
    kernels = [ops.cast(layer.kernel, "float32") for layer in layers]
    if len(layers) == 1:
        return _closed_form(slopes[0], kernels[0])
    # rows: for each example and code unit its derivative by the units of one layer below.
    rows = slopes[-1][:, :, None] * ops.transpose(kernels[-1])  # (batch, code, width)
    for slope, kernel in zip(slopes[-2:0:-1], kernels[-2:0:-1], strict=True):
        rows = _times(rows * slope[:, None, :], ops.transpose(kernel))
    rows = rows * slopes[0][:, None, :]  # (batch, code, width of the first layer)
    input_dim, width = kernels[0].shape
    if input_dim < width:
        return ops.sum(ops.square(_times(rows, ops.transpose(kernels[0]))), axis=(1, 2))
    # ||R W'||^2 = sum (R W'W) * R needs no product as wide as the input.
    gram = ops.matmul(ops.transpose(kernels[0]), kernels[0])
    return ops.sum(_times(rows, gram) * rows, axis=(1, 2))


def _times(rows, matrix):
    """`rows @ matrix` of `(batch, code, n)` and `(n, m)`, as one product of two matrices."""
    code, n = rows.shape[1:]
    product = ops.matmul(ops.reshape(rows, (-1, n)), matrix)
    return ops.reshape(product, (-1, code, matrix.shape[1]))


def _norm_by_passes(encoder, x):
    """A pass for each code unit, or for each input where they are fewer; one row at a time."""
    function = _flat(encoder)
    code, pullback = _pullback(function, x)
    code_dim, input_dim = code.shape[1], math.prod(x.shape[1:])

    def backward(unit):
        return _sum_of_squares(pullback(_one_hot(unit, code)))

    def forward(pixel):
        direction = ops.reshape(_one_hot(pixel, _rows(x)), ops.shape(x))
        return _sum_of_squares(_pushforward(function, x, direction))

    zero = ops.zeros_like(code[:, 0])
    if code_dim <= input_dim:
        return _sum_over(code_dim, backward, zero)
    return _sum_over(input_dim, forward, zero)


def _random_probe(encoder, x, probes, seed):
    """The mean of `||J' v||^2` over random sign vectors v, whose expectation is `||J||_F^2`."""
    code, pullback = _pullback(_flat(encoder), x)
    total = 0.0
    for _ in range(probes):
        coin = keras.random.uniform(ops.shape(code), dtype="float32", seed=seed)
        signs = ops.where(coin < 0.5, -ops.ones_like(code), ops.ones_like(code))
        total = total + _sum_of_squares(pullback(signs))
    return total / probes


def _flat(encoder):
    """The encoder in inference mode as a function to codes `(batch, code_dim)`."""

    def function(x):
        code = encoder(x, training=False)
        return ops.reshape(code, (-1, math.prod(code.shape[1:])))

    return function


def _one_hot(unit, like):
    """Rows that are 1 at `unit` and 0 elsewhere, of the shape and dtype of `like`."""
    return ops.ones_like(like) * ops.one_hot(unit, like.shape[1], dtype=like.dtype)


def _sum_of_squares(rows):
    return ops.sum(ops.square(_rows(rows)), axis=1)


# The one seam: what keras.ops has no form for. `pullback(v)` is J'v (reverse mode), `_pushforward`
# J u (forward mode), `_sum_over` a loop whose body stands in the graph once.

if keras.config.backend() == "tensorflow":
    import tensorflow as tf

    def _pullback(function, x):
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(x)
            y = function(x)
        return y, lambda v: tape.gradient(y, x, output_gradients=v)

    def _pushforward(function, x, u):
        with tf.autodiff.ForwardAccumulator(x, u) as accumulator:
            y = function(x)
        return accumulator.jvp(y)

    def _sum_over(count, term, zero):
        # XLA can differentiate a loop only if its length is stated.
        def body(i, total):
            return i + 1, total + term(i)

        return tf.while_loop(lambda i, total: i < count, body, (0, zero), maximum_iterations=count)[
            1
        ]

elif keras.config.backend() == "jax":
    import jax

    def _pullback(function, x):
        y, pullback = jax.vjp(function, x)
        return y, lambda v: pullback(v)[0]

    def _pushforward(function, x, u):
        return jax.jvp(function, (x,), (u,))[1]

    def _sum_over(count, term, zero):
        return jax.lax.fori_loop(0, count, lambda i, total: total + term(i), zero)

elif keras.config.backend() == "torch":
    import torch

    def _pullback(function, x):
        with torch.enable_grad():
            x = x if x.requires_grad else x.detach().requires_grad_()
            y = function(x)

        def pullback(v):
            with torch.enable_grad():
                return torch.autograd.grad(y, x, v, create_graph=True)[0]

        return y, pullback

    def _pushforward(function, x, u):
        return torch.func.jvp(function, (x,), (u,))[1]

    def _sum_over(count, term, zero):
        return sum((term(i) for i in range(count)), start=zero)
