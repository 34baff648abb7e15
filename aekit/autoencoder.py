"""The one model of the course: corrupt, encode, penalize, decode."""

import keras
import numpy as np

from aekit import _checks

PARTS = ("encoder", "decoder", "corruption", "penalty")


@keras.saving.register_keras_serializable(package="aekit")
class Autoencoder(keras.Model):
    """Learns `decoder(encoder(x))` close to `x`; each variant fills one more slot.

    The objective, with the reconstruction loss `L` given to `compile`:

        J(theta) = E_x[ L(x, g(f(x~))) ] + Omega(f, x~),   x~ ~ C(. | x)

    Args:
        encoder: `keras.Model` f, maps `(batch, *input_shape)` to a code `(batch, *code_shape)`.
        decoder: `keras.Model` g, maps the code back to `(batch, *input_shape)`.
        corruption: layer C, called as `corruption(x, training=training)`; changes its input in
            training only. `None`: no corruption, x~ = x.
        penalty: layer Omega, called as `penalty(code, encoder=encoder, x=x~, training=training)`;
            returns a scalar, its weight included, that is added to the loss (in `evaluate` too).
            If it has a method `check_encoder(encoder)`, that is called once, to refuse one; if it
            has `callbacks(x, given)`, `fit` adds to the callbacks `given` to it those that this
            returns.
        **kwargs: `name`, `dtype` and `trainable` of a `keras.Model`.

    Raises:
        ValueError: the decoder does not accept the code, or does not give back the input's shape.

    Example:

        autoencoder = Autoencoder(encoder, decoder)
        autoencoder.compile(optimizer="adam", loss="binary_crossentropy", metrics=["mse"])
        autoencoder.fit(x, x, epochs=10)
        code = autoencoder.encode(x)
        reconstruction = autoencoder.decode(code)

    Reference: Goodfellow, Bengio and Courville, Deep Learning (2016), eq. 14.1, 14.2 and 14.9.
    """

    def __init__(self, encoder, decoder, corruption=None, penalty=None, **kwargs):
        super().__init__(**kwargs)
        for part, layer in (("encoder", encoder), ("decoder", decoder)):
            if not isinstance(layer, keras.Layer):
                raise ValueError(f"`{part}` must be a Keras layer or model. Received: {layer!r}")
        for part, layer in (("corruption", corruption), ("penalty", penalty)):
            if layer is not None and not callable(layer):
                raise ValueError(f"`{part}` must be a layer or None. Received: {layer!r}")
        self.encoder = encoder
        self.decoder = decoder
        self.corruption = corruption
        self.penalty = penalty
        if encoder.built and hasattr(encoder, "input_shape"):
            self.build(encoder.input_shape)

    def build(self, input_shape):
        if not self.encoder.built:
            self.encoder.build(input_shape)
        code_shape = self.encoder.compute_output_shape(input_shape)
        _check_decoder(self.decoder, code_shape, input_shape)
        if not self.decoder.built:
            self.decoder.build(code_shape)
        if hasattr(self.penalty, "check_encoder"):
            self.penalty.check_encoder(self.encoder)
        for layer, shape in ((self.corruption, input_shape), (self.penalty, code_shape)):
            if isinstance(layer, keras.Layer) and not layer.built:
                layer.build(shape)
        self.built = True

    def call(self, x, training=False):
        if self.corruption is not None:
            x = self.corruption(x, training=training)
        code = self.encoder(x, training=training)
        if self.penalty is not None:
            self.add_loss(self.penalty(code, encoder=self.encoder, x=x, training=training))
        return self.decoder(code, training=training)

    def encode(self, x, batch_size=256):
        """Codes `(n, *code_shape)` of images `(n, *input_shape)`, uncorrupted (NumPy)."""
        return _apply(self.encoder, x, batch_size)

    def decode(self, code, batch_size=256):
        """Reconstructions `(n, *input_shape)` from codes `(n, *code_shape)` (NumPy)."""
        return _apply(self.decoder, code, batch_size)

    def reconstruct(self, x, batch_size=256):
        """`decode(encode(x))` in one pass: reconstructions `(n, *input_shape)` of `x` (NumPy)."""
        return _apply(self, x, batch_size)

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        *args,
        **kwargs,
    ):
        """`keras.Model.fit(x, x, ...)`, after a check that the data can be learnt from.

        The penalty adds the callbacks that it needs.

        Raises:
            ValueError: empty or non-finite data, a wrong shape, no target, or targets outside
                [0, 1] for a cross-entropy.
        """
        self._check_data(x, y)
        if hasattr(self.penalty, "callbacks"):
            given = _as_list(callbacks)
            if needed := self.penalty.callbacks(x, given):
                callbacks = given + needed
        return super().fit(x, y, batch_size, epochs, verbose, callbacks, *args, **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """`keras.Model.evaluate(x, x, ...)`, after the same check of the data as in `fit`."""
        self._check_data(x, y)
        return super().evaluate(x, y, *args, **kwargs)

    def _check_data(self, x, y):
        """Arrays that can be learnt from; generators and data sets are Keras' to check."""
        if not _is_array(x):
            return
        if y is None:
            raise ValueError(
                "`y` must be what to reconstruct: an autoencoder is trained with fit(x, x). "
                "Received: y=None"
            )
        shape = self.encoder.input_shape[1:] if self.built else None
        _checks.images("x", keras.ops.convert_to_numpy(x), shape)
        if y is not x and _is_array(y):
            _checks.images("y", keras.ops.convert_to_numpy(y), shape)
        if _is_cross_entropy(getattr(self, "loss", None)):
            _check_probabilities("y", keras.ops.convert_to_numpy(y))

    def get_config(self):
        parts = {part: getattr(self, part) for part in PARTS}
        return super().get_config() | {
            part: keras.saving.serialize_keras_object(layer) for part, layer in parts.items()
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in PARTS:
            config[part] = keras.saving.deserialize_keras_object(
                config[part], custom_objects=custom_objects
            )
        if hasattr(config["decoder"], "tied_to"):
            config["decoder"] = config["decoder"].tied_to(config["encoder"])
        return cls(**config)

    def __repr__(self):
        if not self.built:
            return f"<Autoencoder {self.name}, not built>"
        shapes = (self.encoder.input_shape, self.encoder.output_shape, self.decoder.output_shape)
        widths = " → ".join("×".join(str(size) for size in shape[1:]) for shape in shapes)
        extras = "".join(
            f", {part}={type(layer).__name__}"
            for part, layer in (("corruption", self.corruption), ("penalty", self.penalty))
            if layer is not None
        )
        return f"<Autoencoder {self.name}: {widths}, {self.count_params():,} weights{extras}>"


def _apply(model, x, batch_size):
    """`model` on `x`, batch by batch, as NumPy: unlike `predict` it compiles nothing, and so is
    quicker for the few thousand images of a lesson."""
    batches = (x[start : start + batch_size] for start in range(0, len(x), batch_size))
    convert = keras.ops.convert_to_numpy
    return np.concatenate(
        [convert(model(keras.ops.convert_to_tensor(b), training=False)) for b in batches]
    )


def _check_decoder(decoder, code_shape, input_shape):
    """The decoder maps `code_shape` to `input_shape`, or a ValueError with all three shapes."""
    code, wanted = tuple(code_shape[1:]), tuple(input_shape[1:])
    accepted = getattr(decoder, "input_shape", None) if decoder.built else None
    if accepted is not None and tuple(accepted[1:]) != code:
        raise ValueError(
            "`decoder` must accept the encoder's code. "
            f"Received: code shape={code}, decoder input shape={tuple(accepted[1:])}"
        )
    given = tuple(decoder.compute_output_shape((None, *code))[1:])
    if given != wanted:
        raise ValueError(
            "`decoder` must give back the shape of the encoder's input. "
            f"Received: encoder input shape={wanted}, decoder output shape={given}"
        )


def _check_probabilities(name, array):
    """Targets of a cross-entropy, which reads them as probabilities."""
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > 1:
        raise ValueError(
            f"`{name}` must be in [0, 1] for a cross-entropy, which reads it as probabilities. "
            f"Received: values from {low:g} to {high:g} (images of 0 to 255: divide by 255)"
        )


def _is_cross_entropy(loss):
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    return "crossentropy" in str(name).lower().replace("_", "")


def _is_array(x):
    return isinstance(x, np.ndarray) or keras.ops.is_tensor(x)


def _as_list(callbacks):
    """The callbacks that `fit` was given, as a new list."""
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
