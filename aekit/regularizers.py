"""Penalties on the code: Omega(f, x~) of the objective.

A penalty is a layer that `Autoencoder` calls as `penalty(code, encoder=..., x=..., training=...)`
and whose scalar it adds to the loss once, as it is. It is no `activity_regularizer`: those are
divided by the batch size from Keras 3.14 on, and were not before.
"""

import math

import keras
import numpy as np
from keras import ops

from aekit import _checks, jacobian

ESTIMATES = ("batch", "moving_average", "training_set")
UNITS = ("position", "feature_map")
# Keeps the logarithms finite where a unit is never, or always, on.
EPSILON = 1e-7
# Penalties are summed in float32 whatever the model computes in: halves overflow at 65,504.
_FLOAT32 = {"dtype": "float32"}


def kl_divergence(rho, rho_hat):
    """`KL(rho || rho_hat) = rho log(rho/rho_hat) + (1-rho) log((1-rho)/(1-rho_hat))`, in nats.

    Args:
        rho: number in (0, 1), the target.
        rho_hat: tensor in [0, 1], the mean activation of each unit.

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """
    rho_hat = ops.clip(rho_hat, EPSILON, 1 - EPSILON)
    return rho * ops.log(rho / rho_hat) + (1 - rho) * ops.log((1 - rho) / (1 - rho_hat))


def kl_gradient(rho, rho_hat):
    """`d KL / d rho_hat = -rho/rho_hat + (1-rho)/(1-rho_hat)`: the lecture's sparsity term."""
    rho_hat = ops.clip(rho_hat, EPSILON, 1 - EPSILON)
    return -rho / rho_hat + (1 - rho) / (1 - rho_hat)


def mean_activation(code, unit=None):
    """rho_hat_j: the mean of each unit over the batch, `(units,)`.

    Args:
        code: `(batch, code_dim)`, or `(batch, *positions, feature_maps)`.
        unit: what a unit of a code with positions is: "position", each one by itself, or
            "feature_map", one map at all its positions.
    """
    if unit == "feature_map":
        return ops.mean(code, axis=tuple(range(len(code.shape) - 1)))
    return ops.reshape(ops.mean(code, axis=0), (-1,))


@keras.saving.register_keras_serializable(package="aekit")
class KLSparsity(keras.layers.Layer):
    """Pulls the mean activation rho_hat_j of each code unit towards rho.

    Adds `beta * sum_j KL(rho || rho_hat_j)` to the loss, summed over units and not divided by the
    batch size. The code must lie in [0, 1].

    Args:
        rho: target of the mean activation, in (0, 1).
        beta: weight of the penalty, at least 0.
        estimate: where rho_hat comes from:
            "batch": the mean over the batch, biased since KL is convex: small batches make the
                penalty large even where the true mean is rho;
            "moving_average": over the batches, `momentum` of the old one kept at each step;
            "training_set": a forward pass over the whole training set, as in the lecture, by a
                `TrainingSetActivation` that `Autoencoder.fit` adds to its callbacks.
            The gradient is the lecture's in each: `beta * KL'(rho_hat_j)` times the gradient of
            the batch's mean activation.
        momentum: of the moving average, in [0, 1).
        unit: for a code with positions, `(batch, height, width, maps)`: "position" or
            "feature_map"; see `mean_activation`.
        every_steps: number of training steps between two passes over the training set; `None`:
            once an epoch. See `TrainingSetActivation`.

    Raises:
        ValueError: a value out of its range, a code with positions without `unit`, or an encoder
            whose code can leave [0, 1]. Where that cannot be known beforehand, a code that
            leaves it makes the loss NaN.

    Example:

        sparse = dense_autoencoder(784, code_dim=256, penalty=KLSparsity(rho=0.05, beta=3.0))

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """

    def __init__(
        self,
        rho,
        beta,
        estimate="batch",
        momentum=0.9,
        unit=None,
        every_steps=None,
        **kwargs,
    ):
        super().__init__(**(_FLOAT32 | kwargs))
        self.rho = _checks.number("rho", rho, 0, 1, open_low=True, open_high=True)
        self.beta = _checks.number("beta", beta, 0, float("inf"))
        self.estimate = _checks.one_of("estimate", estimate, ESTIMATES)
        self.momentum = _checks.number("momentum", momentum, 0, 1, open_high=True)
        self.unit = _checks.one_of("unit", unit, (None, *UNITS))
        self.every_steps = _every_steps(every_steps)
        self.range_is_known = False

    def build(self, code_shape, x_shape=None):
        if len(code_shape) > 2 and self.unit is None:
            raise ValueError(
                f"`unit` must be one of {', '.join(map(repr, UNITS))} for a code with positions. "
                f"Received: unit=None, code shape {tuple(code_shape[1:])}"
            )
        if self.estimate != "batch":
            units = code_shape[-1] if self.unit == "feature_map" else math.prod(code_shape[1:])
            # NaN until there is an estimate: a penalty that nobody feeds must not look like one.
            self.rho_hat = self.add_weight(
                shape=(units,),
                initializer=keras.initializers.Constant(float("nan")),
                trainable=False,
                name="rho_hat",
            )
        self.built = True

    def check_encoder(self, encoder):
        """Raise a ValueError where the encoder's last activation can leave [0, 1]."""
        values = _activation_range(encoder)
        self.range_is_known = values is not None
        if values is not None and not (values[0] >= 0 and values[1] <= 1):
            raise ValueError(
                "`penalty` KLSparsity needs a code in [0, 1], such as a sigmoid's. Received: "
                f"encoder {encoder.name!r}, whose last activation takes values from "
                f"{values[0]:.3g} to {values[1]:.3g}"
            )

    def callbacks(self, x, given=()):
        """What `fit(x, x)` needs beside the callbacks `given`: the passes over `x`, or nothing."""
        if self.estimate != "training_set":
            return []
        if any(isinstance(callback, TrainingSetActivation) for callback in given):
            return []
        if not (isinstance(x, np.ndarray) or ops.is_tensor(x)):
            raise ValueError(
                "`callbacks` must hold a TrainingSetActivation(x) for "
                'KLSparsity(estimate="training_set") where `fit` gets no arrays. '
                f"Received: x={x!r}"
            )
        return [TrainingSetActivation(x, self.every_steps)]

    def call(self, code, encoder=None, x=None, training=False):
        mean = mean_activation(code, self.unit)
        if not self.range_is_known:
            outside = ops.logical_or(ops.any(code < 0), ops.any(code > 1))
            mean = ops.where(outside, float("nan"), mean)
        rho_hat = self._rho_hat(mean, training)
        # The value is that of rho_hat, the gradient goes through the mean of the batch at hand.
        value = ops.stop_gradient(kl_divergence(self.rho, rho_hat))
        slope = ops.stop_gradient(kl_gradient(self.rho, rho_hat))
        return self.beta * ops.sum(value + slope * (mean - ops.stop_gradient(mean)))

    def _rho_hat(self, mean, training):
        """The estimate `(units,)`, given the mean of the batch."""
        if self.estimate == "batch":
            return mean
        old = ops.convert_to_tensor(self.rho_hat)
        if self.estimate == "training_set":
            return old
        # A moving average begins with the first batch.
        old = ops.where(ops.isnan(old), ops.stop_gradient(mean), old)
        if not training:
            return old
        new = self.momentum * old + (1 - self.momentum) * ops.stop_gradient(mean)
        self.rho_hat.assign(new)
        return new

    def get_config(self):
        return super().get_config() | {
            "rho": self.rho,
            "beta": self.beta,
            "estimate": self.estimate,
            "momentum": self.momentum,
            "unit": self.unit,
            "every_steps": self.every_steps,
        }


def _every_steps(value):
    return value if value is None else _checks.count("every_steps", value)


class TrainingSetActivation(keras.callbacks.Callback):
    """Gives `KLSparsity(estimate="training_set")` the mean activations over all of `x`.

    `Autoencoder.fit(x, x)` adds one by itself; give it one to pass over other images than `x`.

    "In order to compute rho_hat, a forward pass over the whole training set comes first": before
    the first step, and again at every epoch, or every `every_steps` steps.

    Between two passes the penalty pushes on by means that are out of date. With many steps between
    them and a high learning rate it overshoots, and all units can end up switched off: 50 steps
    with Adam at 0.005 did so on MNIST, 5 did not. Pass more often, or learn more slowly.

    Args:
        x: the training set, uncorrupted, `(n, *input_shape)`.
        every_steps: number of training steps between two passes; `None`: once an epoch.
        batch_size: of the passes.

    Raises:
        ValueError: `every_steps` or `batch_size` is less than 1, `x` is empty or not finite, or
            (when training begins) the model has no such penalty or its code leaves [0, 1].

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """

    def __init__(self, x, every_steps=None, batch_size=1000):
        super().__init__()
        _checks.images("x", ops.convert_to_numpy(x))
        self.x = x
        self.every_steps = _every_steps(every_steps)
        self.batch_size = _checks.count("batch_size", batch_size)
        self.steps = 0
        # Keras need not wait for each step's end where nothing is done there.
        self.async_safe = every_steps is None

    def on_train_begin(self, logs=None):
        if getattr(self.model.penalty, "estimate", None) != "training_set":
            raise ValueError(
                '`penalty` must be a KLSparsity(estimate="training_set") for '
                f"TrainingSetActivation. Received: {self.model.penalty!r}"
            )
        self.steps = 0
        self.update()

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > 0 and self.every_steps is None:
            self.update()

    def on_train_batch_end(self, batch, logs=None):
        if self.every_steps is None:
            return
        self.steps += 1
        if self.steps % self.every_steps == 0:
            if hasattr(self.model, "jax_state_sync"):
                self.model.jax_state_sync()
            self.update()

    def update(self):
        """One forward pass: assign rho_hat, `(units,)`."""
        penalty, total, low, high = self.model.penalty, 0.0, math.inf, -math.inf
        for start in range(0, len(self.x), self.batch_size):
            batch = self.x[start : start + self.batch_size]
            code = self.model.encoder.predict_on_batch(batch)
            low, high = min(low, float(code.min())), max(high, float(code.max()))
            total = total + len(batch) * mean_activation(code, penalty.unit)
        if not 0 <= low <= high <= 1:
            raise ValueError(
                "The code must be in [0, 1] for KLSparsity. "
                f"Received: values from {low:g} to {high:g}"
            )
        penalty.rho_hat.assign(total / len(self.x))


@keras.saving.register_keras_serializable(package="aekit")
class L1Sparsity(keras.layers.Layer):
    """Pulls every activation towards 0: adds `weight * E_x[ sum_j |h_j(x)| ]` to the loss.

    Args:
        weight: at least 0; the sum over the code's units is averaged over the batch.

    Reference: Goodfellow, Bengio and Courville, Deep Learning (2016), section 14.2.1.
    """

    def __init__(self, weight, **kwargs):
        super().__init__(**(_FLOAT32 | kwargs))
        self.weight = _checks.number("weight", weight, 0, float("inf"))

    def call(self, code, encoder=None, x=None, training=False):
        return self.weight * ops.sum(ops.mean(ops.abs(code), axis=0))

    def get_config(self):
        return super().get_config() | {"weight": self.weight}


@keras.saving.register_keras_serializable(package="aekit")
class Contractive(keras.layers.Layer):
    """Makes the code insensitive to small changes of the input.

    Adds `weight * E_x[ ||df/dx||_F^2 ]` to the loss, averaged over the batch.

    Args:
        weight: lambda, at least 0; for "layerwise" one number, or one for each dense layer.
        method: "exact" (right for one dense layer, where it costs little), "random_probe" (for
            deep encoders: unbiased, a backward pass a probe) or "layerwise" (each dense layer's
            own); see `aekit.jacobian.squared_frobenius_norm`.
        probes: number of random probes a step.
        seed: integer of the probes' generator, or `None`.

    Raises:
        ValueError: a negative weight, an unknown method, or "layerwise" for an encoder that is
            no stack of dense layers, or with another number of weights than layers.

    Example:

        contractive = dense_autoencoder(784, code_dim=256, penalty=Contractive(0.1))

    Reference: Rifai et al., Contractive Auto-Encoders (2011), eq. 4 to 6.
    """

    def __init__(self, weight, method="exact", probes=1, seed=None, **kwargs):
        super().__init__(**(_FLOAT32 | kwargs))
        several = isinstance(weight, tuple | list)
        if several and method != "layerwise":
            raise ValueError(
                '`weight` must be one number, but for method="layerwise". '
                f"Received: weight={weight!r}, method={method!r}"
            )
        weights = [_checks.number("weight", w, 0, float("inf")) for w in _as_list(weight)]
        self.weight = weights if several else weights[0]
        self.method = _checks.one_of("method", method, jacobian.METHODS)
        self.probes = _checks.count("probes", probes)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def check_encoder(self, encoder):
        """Raise a ValueError where "layerwise" does not fit the encoder."""
        if self.method == "layerwise":
            self._layer_weights(jacobian.dense_layers(encoder))

    def call(self, code, encoder=None, x=None, training=False):
        if self.method == "layerwise":
            norms = jacobian.layer_norms(encoder, x)
            weights = self._layer_weights(norms)
            return sum(w * ops.mean(norm) for w, norm in zip(weights, norms, strict=True))
        norms = jacobian.squared_frobenius_norm(
            encoder, x, self.method, self.probes, self.seed_generator
        )
        return self.weight * ops.mean(norms)

    def _layer_weights(self, layers):
        weights = self.weight if isinstance(self.weight, list) else [self.weight] * len(layers)
        if len(weights) != len(layers):
            raise ValueError(
                f"`weight` must be one number, or one for each of the encoder's {len(layers)} "
                f"dense layers. Received: weight={self.weight!r}"
            )
        return weights

    def get_config(self):
        return super().get_config() | {
            "weight": self.weight,
            "method": self.method,
            "probes": self.probes,
            "seed": self.seed,
        }


def _as_list(weight):
    return list(weight) if isinstance(weight, tuple | list) else [weight]


def _activation_range(encoder):
    """The smallest and largest value of the encoder's last activation; None if not known."""
    keeps_range = (
        keras.layers.Flatten
        | keras.layers.Reshape
        | keras.layers.Dropout
        | keras.layers.MaxPooling2D
        | keras.layers.AveragePooling2D
        | keras.layers.GlobalAveragePooling2D
    )
    last = encoder
    while isinstance(last, keras.Sequential) and last.layers:
        last = next((la for la in reversed(last.layers) if not isinstance(la, keeps_range)), None)
    activation = getattr(last, "activation", None)
    if activation is None:
        return None
    grid = np.linspace(-50, 50, 1001, dtype="float32")[:, None]
    with keras.device("cpu:0"):
        values = ops.convert_to_numpy(activation(ops.convert_to_tensor(grid)))
    return float(values.min()), float(values.max())
