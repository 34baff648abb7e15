"""The Jacobian J = df/dx of an encoder, and its squared Frobenius norm, for each example.

The encoder may be any Keras layer or model of one input and one output that is differentiable by
its input, with axes of any size. It is always run in inference mode: with batch statistics, the
code of one example would depend on the others, and a Jacobian "per example" would not exist. What
the encoder itself adds to the loss, or keeps as a state, is left as it is.

Example:

    norms = squared_frobenius_norm(autoencoder.encoder, x)        # (batch,)
    whole = jacobian(autoencoder.encoder, x[:10])                 # (10, code_dim, input_dim)

Reference: Rifai et al., Contractive Auto-Encoders (2011), eq. 3 and 6.
"""

import functools
import math
import warnings

import keras
import numpy as np
from keras import layers, ops

from aekit import _checks, _layers
from aekit._layers import PASSIVE, POINTWISE, POOLING

__all__ = ["squared_frobenius_norm", "jacobian", "singular_values", "layer_norms", "dense_stack"]

METHODS = ("exact", "random_probe", "layerwise")
# Activations that treat each unit alone, so that their derivative is one number a unit. Any other
# one is differentiated together with its layer, exactly too, by automatic differentiation.
ELEMENTWISE = {
    "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "leaky_relu", "linear", "mish",
    "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softsign", "tanh",
}  # fmt: skip
# Layers whose output at one place depends on a window of their input around it.
WINDOWED = (
    layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D, layers.DepthwiseConv2D,
    layers.SeparableConv1D, layers.SeparableConv2D, *POOLING,
)  # fmt: skip
# More passes than this a step are worth a warning: each runs the encoder's derivative anew.
MANY_PASSES = 256


def squared_frobenius_norm(encoder, x, method="exact", probes=1, seed=None):
    """`||df/dx||_F^2`, the sum of the squared derivatives of all code units, for each example.

    Args:
        encoder: `keras.Model`, or layer, f: `(batch, *input_shape)` to `(batch, *code_shape)`,
            with one input and one output; it is built by `x` if it is not yet.
        x: inputs, `(batch, *input_shape)`: a tensor, an array or a list, of any type of number.
        method: how it is computed:
            "exact": one dense layer in closed form, `sum_j s'(a_j)^2 ||W_j||^2`; a stack of
                dense layers by products of matrices; any other encoder by automatic
                differentiation, reverse or forward, whichever needs fewer passes. That is a pass
                a code unit, or an input; units of a convolutional code that see no input in
                common share one;
            "random_probe": the unbiased estimate `||J' v||^2` with random signs v, in one
                backward pass a probe (Hutchinson 1989);
            "layerwise": not the encoder's norm but the sum of those of its dense layers, each
                at its own input and in closed form, as Rifai et al. train stacks.
        probes: number of random probes that are averaged, for "random_probe".
        seed: integer or `keras.random.SeedGenerator` of the probes.

    Returns:
        Tensor `(batch,)`, differentiable with respect to the weights and to `x`; in float32, or
        in float64 where the encoder computes in it.

    Raises:
        ValueError: an unknown `method`, fewer than one probe, several inputs or outputs, an
            encoder that is not differentiable by its input, or "layerwise" for an encoder that
            is no stack of dense layers.
        NotImplementedError: a backend of Keras that does not differentiate.

    Example:

        norms = squared_frobenius_norm(encoder, x, method="random_probe", probes=4, seed=0)

    Reference: Rifai et al. (2011), eq. 3 and 6; Hutchinson, A stochastic estimator of the trace
    of the influence matrix (1989).
    """
    _checks.one_of("method", method, METHODS)
    if method == "layerwise":
        return ops.sum(ops.stack(layer_norms(encoder, x)), axis=0)
    x = _input(encoder, x)
    if method == "random_probe":
        return _random_probe(encoder, x, _checks.count("probes", probes), seed)
    steps = _dense_steps(encoder, len(x.shape))
    if steps is None:
        return _norm_by_passes(encoder, x)
    return _norm_of_stack(steps, x)


def jacobian(encoder, x):
    """The whole Jacobian of each example, flattened, by a backward pass for each code unit.

    Args:
        encoder, x: see `squared_frobenius_norm`.

    Returns:
        NumPy array `(batch, code_dim, input_dim)`, of the dtype of `squared_frobenius_norm`.

    Raises:
        ValueError, NotImplementedError: see `squared_frobenius_norm`.

    Example:

        np.sum(jacobian(encoder, x) ** 2, axis=(1, 2))  # squared_frobenius_norm(encoder, x)
    """
    x = _input(encoder, x)
    code, pullback = _pullback(in_inference(encoder), x)
    batch, *sizes = ops.shape(code)
    rows = []
    for unit in range(math.prod(sizes)):
        row = pullback(_comb(unit, sizes, code))
        rows.append(ops.convert_to_numpy(row).reshape(batch, -1))
    return np.stack(rows, axis=1)


def singular_values(encoder, x):
    """The singular values of each example's Jacobian, falling.

    They say how strongly the code feels its most and its least important directions of the input.

    Args:
        encoder, x: see `squared_frobenius_norm`.

    Returns:
        NumPy array `(batch, min(code_dim, input_dim))`, whose squares sum to the norm.

    Raises:
        ValueError, NotImplementedError: see `squared_frobenius_norm`.

    Example:

        spectrum = singular_values(encoder, x).mean(axis=0)

    Reference: Rifai et al. (2011), section 5.3.
    """
    return np.linalg.svd(jacobian(encoder, x), compute_uv=False)


def layer_norms(encoder, x):
    """The closed-form norm of each dense layer at its own input.

    Args:
        encoder: a stack of dense layers; see `dense_stack`.
        x: see `squared_frobenius_norm`.

    Returns:
        List of tensors `(batch,)`, from the input's side.

    Raises:
        ValueError: `encoder` is no stack of dense layers.

    Example:

        first, second = layer_norms(encoder, x)

    Reference: Rifai et al. (2011), eq. 6, and section 5.2 (stacks).
    """
    x = _input(encoder, x)
    norms, h = [], x
    for layer, function in _checked_steps(encoder, len(x.shape)):
        h, slope = _slope(layer, function, h)
        norms.append(_closed_form(slope, ops.cast(layer.kernel, h.dtype)))
    return norms


def dense_stack(encoder):
    """The encoder's dense layers if it is nothing but a stack of them, else None.

    A stack is a `Dense` layer, or a `Sequential` or functional model that runs `Dense` layers one
    after the other, each once and on rows, with elementwise activations (as an argument or as a
    layer of their own). `Flatten` makes rows; what does nothing in inference may stand anywhere.

    Args:
        encoder: a built Keras layer or model.

    Returns:
        List of `keras.layers.Dense` from the input's side, or None.

    Example:

        [layer.units for layer in dense_stack(encoder)]  # [256, 32]
    """
    steps = _dense_steps(encoder)
    return steps and [layer for layer, _ in steps]


def dense_layers(encoder):
    """The layers of `dense_stack`, or a ValueError where the encoder is none."""
    return [layer for layer, _ in _checked_steps(encoder)]


def check_encoder(encoder):
    """Raise a ValueError where the encoder is known to have several inputs or outputs."""
    if not hasattr(encoder, "operations"):  # no functional model: others say it when they run
        return
    counts = [len(encoder.inputs), len(encoder.outputs)]
    if counts != [1, 1]:
        raise ValueError(
            "`encoder` must have one input and one output. Received: "
            f"encoder {encoder.name!r} with {counts[0]} input(s) and {counts[1]} output(s)"
        )


def _input(encoder, x):
    """`x` as a tensor of single precision at least; the encoder checked and, if need be, built."""
    if keras.config.backend() not in BACKENDS:
        raise NotImplementedError(
            f"`KERAS_BACKEND` must be one of {', '.join(map(repr, BACKENDS))} for derivatives. "
            f"Received: {keras.config.backend()!r}"
        )
    check_encoder(encoder)
    x = ops.cast(ops.convert_to_tensor(x), _layers.precise(encoder.compute_dtype))
    if not encoder.built:
        encoder(x)
    return x


def _checked_steps(encoder, rank=None):
    """`_dense_steps`, or a ValueError where the encoder is no stack of dense layers."""
    steps = _dense_steps(encoder, rank)
    if steps is None:
        raise ValueError(
            "`encoder` must be a stack of dense layers with elementwise activations for "
            f'method="layerwise". Received: {encoder!r}'
        )
    return steps


def _dense_steps(encoder, rank=None):
    """`[(dense layer, function after W x + b), ...]` of a stack of dense layers, else None.

    `rank` is that of the input, 2 for rows; a lone layer does not know it.
    """
    chain = _chain(encoder, (layers.Dense, layers.Flatten, *POINTWISE, *PASSIVE))
    if chain and rank is None:
        rank = len(encoder.inputs[0].shape) if getattr(encoder, "inputs", None) else 2
    steps = []
    for layer in chain or ():
        if isinstance(layer, layers.Flatten):
            if rank > 2 and layer.data_format != "channels_last":  # it moves the channels
                return None
            rank = 2
        elif isinstance(layer, layers.Dense):
            if rank != 2 or not _is_plain(layer):
                return None
            steps.append((layer, layer.activation))
        elif isinstance(layer, POINTWISE):
            if not steps:
                return None
            dense, function = steps[-1]
            steps[-1] = dense, functools.partial(_composed, function, layer.call)
    return steps or None


def _composed(first, second, a):
    return second(first(a))


def _is_plain(dense):
    """Whether the layer's kernel is all that it multiplies by."""
    is_plain = dense.built and not getattr(dense, "lora_enabled", False)
    return is_plain and getattr(dense, "quantization_mode", None) is None


def _chain(encoder, kinds):
    """The layers that the encoder runs one after the other, each once, if all are of `kinds` and
    of elementwise activations; else None."""
    chain = _layers.in_order(encoder)
    is_known = chain and all(isinstance(la, kinds) and _is_elementwise(la) for la in chain)
    return chain if is_known else None


def _is_elementwise(layer):
    activation = getattr(layer, "activation", keras.activations.linear)
    name = getattr(activation, "__name__", None)
    return name in ELEMENTWISE and activation is getattr(keras.activations, name)


def _slope(layer, function, x):
    """The layer's output s(a) and the derivative s'(a), at a = W x + b."""
    kernel = ops.cast(layer.kernel, x.dtype)
    a = ops.matmul(ops.reshape(x, (-1, kernel.shape[0])), kernel)
    if layer.bias is not None:
        a = a + ops.cast(layer.bias, x.dtype)
    h, pullback = _pullback(function, a)
    return h, pullback(ops.ones_like(h))


def _closed_form(slope, kernel):
    """`sum_j s'(a_j)^2 sum_i W_ij^2` (Rifai et al. 2011, eq. 6, for any elementwise s)."""
    norms = ops.matmul(ops.square(slope), ops.sum(ops.square(kernel), axis=0))
    return ops.cast(norms, slope.dtype)  # Keras' product on PyTorch makes 32 bits of 64


def _norm_of_stack(steps, x):
    """`||D_L W_L' ... D_1 W_1'||_F^2`, multiplied from the code's side, the narrow one."""
    slopes, h = [], x
    for layer, function in steps:
        h, slope = _slope(layer, function, h)
        slopes.append(slope)
    kernels = [ops.cast(layer.kernel, x.dtype) for layer, _ in steps]
    if len(steps) == 1:
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
    """A pass for each code unit, or for each input where they are fewer; one at a time."""
    code, pullback = _pullback(in_inference(encoder), x)
    like, linear, periods = code, pullback, _periods(encoder, code)
    # Sizes that are not known when the graph is built are no integers.
    passes, inputs = math.prod(periods), math.prod(ops.shape(x)[1:])
    if isinstance(passes, int) and isinstance(inputs, int) and inputs < passes:
        # J'v is linear in v: its own pullback is J u, and the encoder need not run again.
        _, linear = _pullback(pullback, ops.zeros_like(code))
        like, periods, passes = x, ops.shape(x)[1:], inputs
    if isinstance(passes, int) and passes > MANY_PASSES:
        warnings.warn(
            f'method="exact" needs {passes:,} passes a step through encoder {encoder.name!r}; '
            'method="random_probe" needs one a probe',
            stacklevel=2,
        )

    def one_pass(index):
        return _sum_of_squares(linear(_comb(index, periods, like)))

    zero = ops.zeros_like(ops.sum(x, axis=tuple(range(1, len(x.shape)))))
    return _sum_over(passes, one_pass, zero)


def _random_probe(encoder, x, probes, seed):
    """The mean of `||J' v||^2` over random sign vectors v, whose expectation is `||J||_F^2`."""
    code, pullback = _pullback(in_inference(encoder), x)
    total = 0.0
    for _ in range(probes):
        coin = keras.random.uniform(ops.shape(code), dtype="float32", seed=seed)
        signs = ops.where(coin < 0.5, -ops.ones_like(code), ops.ones_like(code))
        total = total + _sum_of_squares(pullback(signs))
    return total / probes


def in_inference(encoder):
    """The encoder in inference mode as a function from x to the code, of x's dtype, that leaves no
    trace: what it adds to the loss, and to its state, was added when the model called it."""
    values = [(variable, variable.value) for variable in encoder.variables]

    def function(x):
        with keras.StatelessScope(values):
            code = encoder(x, training=False)
        if not ops.is_tensor(code):
            kind = type(code).__name__
            raise ValueError(f"`encoder` must have one output. Received: a code that is a {kind}")
        return ops.cast(code, x.dtype)

    return function


def _periods(encoder, code):
    """For each axis of the code how far apart units are that see no input in common; its length
    where no two are known not to. Such units are differentiated in one pass: J'v of their sum v
    has their rows side by side, each surrounded by zeros."""
    periods = list(ops.shape(code)[1:])
    chain = _chain(encoder, (*WINDOWED, layers.BatchNormalization, *POINTWISE, *PASSIVE)) or ()
    windows = [layer for layer in chain if isinstance(layer, WINDOWED)]
    if not windows or len({layer.data_format for layer in windows}) > 1:
        return periods
    field, jump = 1, 1  # how much one unit sees, and how far the next one's view lies from its
    for layer in windows:
        size = np.array(getattr(layer, "kernel_size", getattr(layer, "pool_size", None)))
        field = field + (size - 1) * np.array(getattr(layer, "dilation_rate", 1)) * jump
        jump = jump * np.array(layer.strides)
    first = 0 if windows[0].data_format == "channels_last" else 1
    for axis, distance in enumerate(np.ceil(field / jump), start=first):
        size = periods[axis]
        periods[axis] = min(size, int(distance)) if isinstance(size, int) else int(distance)
    return periods


def _comb(index, periods, like):
    """1 at every `periods`-th unit of each axis, 0 elsewhere, of the shape and dtype of `like`.

    `index`, from 0 to the product of the periods, says where it starts.
    """
    comb = ops.ones_like(like)
    for axis in range(len(like.shape) - 1, 0, -1):
        index, start = index // periods[axis - 1], index % periods[axis - 1]
        teeth = ops.arange(ops.shape(like)[axis], dtype="int32") % periods[axis - 1] == start
        shape = (-1, *(1 for _ in like.shape[axis + 1 :]))
        comb = comb * ops.reshape(ops.cast(teeth, like.dtype), shape)
    return comb


def _sum_of_squares(rows):
    return ops.sum(ops.square(rows), axis=tuple(range(1, len(rows.shape))))


def _not_differentiable():
    return ValueError(
        "`encoder` must be differentiable with respect to its input. Received: an encoder whose "
        "code does not depend on x, or only through integers (such as an Embedding's)"
    )


# The one seam: what keras.ops has no form for. `pullback(v)` is J'v, `_sum_over` a loop whose
# body stands in the graph once.
BACKENDS = ("tensorflow", "jax", "torch")

if keras.config.backend() == "tensorflow":
    import tensorflow as tf

    def _pullback(function, x):
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(x)
            y = function(x)

        def pullback(v):
            gradient = tape.gradient(y, x, output_gradients=v)
            if gradient is None:
                raise _not_differentiable()
            return tf.ensure_shape(gradient, x.shape)  # which a loop in the encoder forgets

        return y, pullback

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
        # Where no derivative reaches x, JAX makes zeros of no use of v.
        backward = jax.make_jaxpr(pullback)(y).jaxpr
        used = [*backward.outvars, *(v for equation in backward.eqns for v in equation.invars)]
        if not any(backward.invars[0] is variable for variable in used):
            raise _not_differentiable()
        return y, lambda v: pullback(v)[0]

    def _sum_over(count, term, zero):
        return jax.lax.fori_loop(0, count, lambda i, total: total + term(i), zero)

elif keras.config.backend() == "torch":
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    def _pullback(function, x):
        # Of the kernels for attention, this one alone can be differentiated twice.
        with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):
            x = x if x.requires_grad else x.detach().requires_grad_()
            y = function(x)

        def pullback(v):
            gradient = None
            if y.requires_grad:
                with torch.enable_grad():
                    (gradient,) = torch.autograd.grad(y, x, v, create_graph=True, allow_unused=True)
            if gradient is None:
                raise _not_differentiable()
            return gradient

        return y, pullback

    def _sum_over(count, term, zero):
        return sum((term(i) for i in range(count)), start=zero)
