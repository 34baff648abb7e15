"""Penalties on the code: Omega(f) of the objective.

A penalty is a layer that `Autoencoder` calls as `penalty(code, encoder=..., x=..., training=...)`
and whose scalar it adds to the loss once, as it is. It is no `activity_regularizer`: those are
divided by the batch size from Keras 3.14 on, and were not before.

Weights of examples, `fit(..., sample_weight=w)` with `w` of shape `(n,)`, count in the penalties as
in the loss: a mean over the batch `mean_i v_i` becomes `mean_i w_i v_i`, and a mean activation
`sum_i w_i h_i / sum_i w_i`; a batch without weight is left alone. Not so in the pass over the whole
training set, where all count alike; nor where the autoencoder is a part of another model, whose
step knows the weights. Weights of single pixels count in the loss alone.
"""

import math
import weakref

import keras
from keras import ops

from aekit import _checks, _data, _layers, jacobian

__all__ = [
    "KLSparsity",
    "L1Sparsity",
    "Contractive",
    "CodeRegularizer",
    "TrainingSetActivation",
    "Penalty",
    "kl_divergence",
    "kl_gradient",
    "mean_activation",
]

ESTIMATES = ("batch", "moving_average", "training_set")
UNITS = ("position", "feature_map")
# Keeps the logarithms finite where a unit is never, or always, on.
EPSILON = 1e-7
# (whether the code's range is known, whether noise stands behind it) of the encoders that were
# checked: of the encoder, since one penalty may serve several.
_FOUND = weakref.WeakKeyDictionary()


def kl_divergence(rho, rho_hat):
    """`KL(rho || rho_hat) = rho log(rho/rho_hat) + (1-rho) log((1-rho)/(1-rho_hat))`, in nats.

    Args:
        rho: number in (0, 1), the target.
        rho_hat: tensor in [0, 1], the mean activation of each unit.

    Returns:
        Tensor of the shape of `rho_hat`, at least 0; finite at the ends too, where rho_hat is read
        as 1e-7 and 1 - 1e-7.

    Example:

        kl_divergence(0.05, mean_activation(code))  # (units,)

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """
    rho_hat = ops.clip(rho_hat, EPSILON, 1 - EPSILON)
    return rho * ops.log(rho / rho_hat) + (1 - rho) * ops.log((1 - rho) / (1 - rho_hat))


def kl_gradient(rho, rho_hat):
    """`d KL / d rho_hat = -rho/rho_hat + (1-rho)/(1-rho_hat)`: the lecture's sparsity term.

    The arguments and the shape are those of `kl_divergence`.

    Example:

        kl_gradient(0.05, mean_activation(code))  # (units,)

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """
    rho_hat = ops.clip(rho_hat, EPSILON, 1 - EPSILON)
    return -rho / rho_hat + (1 - rho) / (1 - rho_hat)


def mean_activation(code, unit=None, sample_weight=None):
    """rho_hat_j: the mean of each unit over the batch, `(units,)`.

    Args:
        code: `(batch, code_dim)`, or `(batch, *positions, feature_maps)`.
        unit: what a unit of a code with positions is: "position", each one by itself, or
            "feature_map", one map at all its positions.
        sample_weight: of each example, `(batch,)`, or None: all count alike.

    Example:

        rho_hat = mean_activation(autoencoder.encode(x))
    """
    axes = tuple(range(len(code.shape) - 1)) if unit == "feature_map" else 0
    mean = ops.mean(_weighed(code, sample_weight), axis=axes)
    if sample_weight is not None:
        mean = ops.divide_no_nan(mean, ops.mean(ops.cast(sample_weight, mean.dtype)))
    return ops.reshape(mean, (-1,))


def _weighed(values, sample_weight):
    """`values`, `(batch, ...)`, each times its example's weight."""
    if sample_weight is None:
        return values
    shape = (-1, *(1 for _ in values.shape[1:]))
    return values * ops.reshape(ops.cast(sample_weight, values.dtype), shape)


class Penalty(keras.layers.Layer):
    """Base of the penalties here: computes in single precision at least, and knows the step's
    weights of examples.

    Attributes:
        sample_weight: `(batch,)` or None, set by `Autoencoder` for each step.

    Example:

        class L2Code(Penalty):
            def call(self, code, encoder=None, x=None, training=False):
                return self.mean(ops.sum(ops.square(code), axis=-1))
    """

    sample_weight = None

    def __init__(self, **kwargs):
        super().__init__(**({"dtype": _layers.precise(keras.config.floatx())} | kwargs))
        # Like Keras' own noise: there is nothing to build, unless a subclass says how.
        self.built = type(self).build is keras.layers.Layer.build

    def compute_output_spec(self, *args, **kwargs):
        return keras.KerasTensor((), dtype=self.variable_dtype)

    def mean(self, values):
        """The mean over the examples of `(batch,)`, each times its weight."""
        return ops.mean(_weighed(values, self.sample_weight))


@keras.saving.register_keras_serializable(package="aekit")
class KLSparsity(Penalty):
    """Pulls the mean activation rho_hat_j of each code unit towards rho.

    Adds `beta * sum_j KL(rho || rho_hat_j)` to the loss, summed over units and not divided by the
    batch size. The code must lie in [0, 1]. Where noise such as Dropout stands behind its
    activation, which would leave that range, the means are those of the encoder in inference.

    Under `tf.distribute.MirroredStrategy` each replica takes the mean, and keeps the moving
    average, of its own examples; the loss is the mean over replicas, and `rho_hat`, read or saved,
    is the mean of theirs. "training_set", and all of it under `keras.distribution`, is as on one
    device.

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
        super().__init__(**kwargs)
        self.rho = _checks.number("rho", rho, 0, 1, open_low=True, open_high=True)
        self.beta = _checks.number("beta", beta, 0, float("inf"))
        self.estimate = _checks.one_of("estimate", estimate, ESTIMATES)
        self.momentum = _checks.number("momentum", momentum, 0, 1, open_high=True)
        self.unit = _checks.one_of("unit", unit, (None, *UNITS))
        self.every_steps = _every_steps(every_steps)

    def build(self, code_shape, x_shape=None):
        if len(code_shape) > 2 and self.unit is None:
            raise ValueError(
                f"`unit` must be one of {', '.join(map(repr, UNITS))} for a code with positions. "
                f"Received: unit=None, code shape {tuple(code_shape[1:])}"
            )
        if self.estimate != "batch":
            units = code_shape[-1] if self.unit == "feature_map" else math.prod(code_shape[1:])
            # Below 0 until there is an estimate (several processes cannot agree on NaN).
            self.rho_hat = keras.Variable(
                keras.initializers.Constant(-1.0),
                shape=(units,),
                dtype=self.variable_dtype,
                trainable=False,
                # Replicas of tf.distribute have one each; read outside of them it is the mean.
                aggregation="mean",
                synchronization="on_read",
                name="rho_hat",
            )
        self.built = True

    def check_encoder(self, encoder):
        """Raise a ValueError where the encoder's last activation can leave [0, 1]."""
        values = _layers.output_range(encoder)
        _FOUND[encoder] = values is not None, _layers.ends_in_noise(encoder)
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
        if not _data.can_be_read_again(x):
            raise ValueError(
                "`callbacks` must hold a TrainingSetActivation(x) for "
                'KLSparsity(estimate="training_set") where `fit` gets a generator or a data set '
                f"without end. Received: {type(x).__name__}"
            )
        return [TrainingSetActivation(x, self.every_steps)]

    def call(self, code, encoder=None, x=None, training=False):
        is_known, is_noisy = _FOUND.get(self if encoder is None else encoder, (False,) * 2)
        if is_noisy and training:  # noise behind the code is no activation of its units
            code = jacobian.in_inference(encoder)(x)
        code = ops.cast(code, self.variable_dtype)
        mean = mean_activation(code, self.unit, self.sample_weight)
        if self.sample_weight is not None:
            mean = ops.where(ops.sum(self.sample_weight) > 0, mean, self.rho)
        if not is_known:
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
        # A penalty that nobody feeds must not look like one.
        old = ops.convert_to_tensor(self.rho_hat)
        old = ops.where(old < 0, float("nan"), old)
        if self.estimate == "training_set":
            return old
        # A moving average begins with the first batch.
        old = ops.where(ops.isnan(old), ops.stop_gradient(mean), old)
        if not training:
            return old
        new = self.momentum * old + (1 - self.momentum) * ops.stop_gradient(mean)
        # What has no mean, such as a device's share of no example, leaves it as it is.
        new = ops.where(ops.isnan(new), old, new)
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
        x: the training set, uncorrupted, `(n, *input_shape)`: an array, or a data set of batches,
            of `x` alone or with a target, which is streamed at each pass.
        every_steps: number of training steps between two passes; `None`: once an epoch. Where a
            call of the backend makes several steps (`steps_per_execution`), the pass comes at the
            end of the call in which it is due.
        batch_size: of the passes over an array.

    Raises:
        ValueError: `every_steps` or `batch_size` is less than 1, `x` is empty, not finite or a
            generator, or (when training begins) the model has no such penalty or its code leaves
            [0, 1].

    Example:

        penalty = KLSparsity(rho=0.05, beta=3.0, estimate="training_set")
        sparse = dense_autoencoder(784, code_dim=256, penalty=penalty)
        sparse.compile(optimizer="adam", loss="binary_crossentropy")
        sparse.fit(x, x, callbacks=[TrainingSetActivation(x_more, every_steps=100)])

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """

    def __init__(self, x, every_steps=None, batch_size=1000):
        super().__init__()
        _data.need_to_read_again(x)
        if _data.is_array(x):
            _checks.images("x", _data.as_array("x", x))
        self.x = x
        self.every_steps = _every_steps(every_steps)
        self.batch_size = _checks.count("batch_size", batch_size)
        # Keras need not wait for each step's end where nothing is done there.
        self.async_safe = every_steps is None

    def on_train_begin(self, logs=None):
        penalty = getattr(self.model, "penalty", None)
        if getattr(penalty, "estimate", None) != "training_set":
            raise ValueError(
                '`penalty` must be a KLSparsity(estimate="training_set") of the Autoencoder that '
                "is trained, for TrainingSetActivation; inside of another model take another "
                f"estimate. Received: {penalty!r}"
            )
        self.steps, self.last_batch = 0, -1
        self.update()

    def on_epoch_begin(self, epoch, logs=None):
        self.last_batch = -1
        if self.every_steps is None and self.steps:
            self.update()

    def on_train_batch_end(self, batch, logs=None):
        before, self.steps = self.steps, self.steps + batch - self.last_batch
        self.last_batch = batch
        if self.every_steps and self.steps // self.every_steps > before // self.every_steps:
            if hasattr(self.model, "jax_state_sync"):
                self.model.jax_state_sync()
            self.update()

    def update(self):
        """One forward pass: assign rho_hat, `(units,)`."""
        penalty, encoder = self.model.penalty, self.model.encoder
        encode = getattr(encoder, "predict_on_batch", encoder)  # a plain layer has none
        n, total, low, high = 0, 0.0, math.inf, -math.inf
        for batch in _data.batches("x", self.x, self.batch_size):
            if not _data.is_array(self.x):  # which was checked at the start
                _checks.images("x", batch)
            if not self.model.built:
                self.model.build((None, *batch.shape[1:]))
            code = ops.convert_to_numpy(encode(batch))
            low, high = min(low, float(code.min())), max(high, float(code.max()))
            total = total + len(batch) * mean_activation(code, penalty.unit)
            n += len(batch)
        if n and not 0 <= low <= high <= 1:
            raise ValueError(
                "The code must be in [0, 1] for KLSparsity. "
                f"Received: values from {low:g} to {high:g}"
            )
        penalty.rho_hat.assign(total / n)


@keras.saving.register_keras_serializable(package="aekit")
class L1Sparsity(Penalty):
    """Pulls every activation towards 0: adds `weight * E_x[ sum_j |h_j(x)| ]` to the loss.

    Args:
        weight: at least 0; the sum over the code's units is averaged over the batch.

    Raises:
        ValueError: a negative weight.

    Example:

        sparse = dense_autoencoder(784, code_dim=256, penalty=L1Sparsity(1e-4))

    Reference: Goodfellow, Bengio and Courville, Deep Learning (2016), section 14.2.1.
    """

    def __init__(self, weight, **kwargs):
        super().__init__(**kwargs)
        self.weight = _checks.number("weight", weight, 0, float("inf"))

    def call(self, code, encoder=None, x=None, training=False):
        code = ops.cast(code, self.variable_dtype)
        return self.weight * ops.sum(ops.mean(_weighed(ops.abs(code), self.sample_weight), axis=0))

    def get_config(self):
        return super().get_config() | {"weight": self.weight}


@keras.saving.register_keras_serializable(package="aekit")
class Contractive(Penalty):
    """Makes the code insensitive to small changes of the input.

    Adds `weight * E_x[ ||df/dx||_F^2 ]` to the loss, averaged over the batch.

    Args:
        weight: lambda, at least 0; for "layerwise" one number, or one for each dense layer.
        method: "exact" (for any encoder; it costs little for dense layers, and elsewhere a
            backward pass a unit, of which convolutions need but a few), "random_probe" (unbiased,
            a backward pass a probe) or "layerwise" (each dense layer's own); see
            `aekit.jacobian.squared_frobenius_norm`.
        probes: number of random probes a step.
        seed: integer of the probes' generator, or `None`. Replicas of `tf.distribute` draw the
            same for their examples.

    Raises:
        ValueError: a negative weight, an unknown method, an encoder of several inputs or outputs
            or that is not differentiable, or "layerwise" for one that is no stack of dense
            layers, or with another number of weights than layers.

    Example:

        contractive = dense_autoencoder(784, code_dim=256, penalty=Contractive(0.1))

    Reference: Rifai et al., Contractive Auto-Encoders (2011), eq. 4 to 6.
    """

    def __init__(self, weight, method="exact", probes=1, seed=None, **kwargs):
        super().__init__(**kwargs)
        several = isinstance(weight, tuple | list)
        if several and method != "layerwise":
            raise ValueError(
                '`weight` must be one number, but for method="layerwise". '
                f"Received: weight={weight!r}, method={method!r}"
            )
        weights = [
            _checks.number("weight", w, 0, float("inf")) for w in (weight if several else [weight])
        ]
        self.weight = weights if several else weights[0]
        self.method = _checks.one_of("method", method, jacobian.METHODS)
        self.probes = _checks.count("probes", probes)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def check_encoder(self, encoder):
        """Raise a ValueError where the method does not fit the encoder."""
        if self.method == "layerwise":
            self._layer_weights(jacobian.dense_layers(encoder))

    def call(self, code, encoder=None, x=None, training=False):
        if self.method == "layerwise":
            norms = jacobian.layer_norms(encoder, x)
            weights = self._layer_weights(norms)
            return sum(w * self.mean(norm) for w, norm in zip(weights, norms, strict=True))
        norms = jacobian.squared_frobenius_norm(
            encoder, x, self.method, self.probes, self.seed_generator
        )
        return self.weight * self.mean(norms)

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


@keras.saving.register_keras_serializable(package="aekit")
class CodeRegularizer(Penalty):
    """A regularizer of Keras on the code: adds `regularizer(code) / batch` to the loss.

    Keras' regularizers sum over all that they are given; so their sum over the code's units is
    averaged over the batch, as in the other penalties here.

    Args:
        regularizer: `keras.regularizers.Regularizer`.

    Example:

        sparse = dense_autoencoder(784, 256, penalty=keras.regularizers.L1(1e-4))
    """

    def __init__(self, regularizer, **kwargs):
        super().__init__(**kwargs)
        self.regularizer = keras.regularizers.get(regularizer)

    def call(self, code, encoder=None, x=None, training=False):
        code = ops.cast(code, self.variable_dtype)
        if self.sample_weight is not None:
            return self.mean(ops.vectorized_map(self.regularizer, code))
        return self.regularizer(code) / ops.cast(ops.shape(code)[0], code.dtype)

    def get_config(self):
        regularizer = keras.regularizers.serialize(self.regularizer)
        return super().get_config() | {"regularizer": regularizer}


def as_penalty(penalty):
    """A regularizer of Keras as the penalty on the code that it is meant to be; else as given."""
    is_regularizer = isinstance(penalty, keras.regularizers.Regularizer)
    return CodeRegularizer(penalty) if is_regularizer else penalty
