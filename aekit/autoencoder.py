"""The one model of the course: corrupt, encode, penalize, decode."""

import contextlib
import functools
import inspect

import keras
import numpy as np

from aekit import _checks, _data
from aekit.regularizers import as_penalty

__all__ = ["Autoencoder"]

PARTS = ("encoder", "decoder", "corruption", "penalty")


@keras.saving.register_keras_serializable(package="aekit")
class Autoencoder(keras.Model):
    """Learns `decoder(encoder(x))` close to `x`; each variant fills one more slot.

    The objective, with the reconstruction loss `L` given to `compile`:

        J(theta) = E_{x,x~}[ L(x, g(f(x~))) ] + Omega(f),   x~ ~ C(. | x)

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
        self._is_checked, self._symbols, self._examples = False, None, None
        for part, layer in (("encoder", encoder), ("decoder", decoder)):
            if not isinstance(layer, keras.Layer):
                raise ValueError(f"`{part}` must be a Keras layer or model. Received: {layer!r}")
            for what in ("input", "output"):
                tensors = getattr(layer, f"{what}s", None)  # those of a functional model
                if isinstance(tensors, list) and len(tensors) > 1:
                    raise ValueError(f"`{part}` must have one {what}. Received: {layer!r}")
        penalty = as_penalty(penalty)
        for part, layer in (("corruption", corruption), ("penalty", penalty)):
            if layer is not None and not _can_be_saved(layer):
                hint = ""
                if isinstance(layer, type):
                    hint = f" (a class: give it its arguments, {layer.__name__}(...))"
                elif callable(layer):
                    hint = " (register a function with keras.saving.register_keras_serializable)"
                raise ValueError(f"`{part}` must be a layer or None. Received: {layer!r}{hint}")
        self.encoder = encoder
        self.decoder = decoder
        self.corruption = corruption
        self.penalty = penalty
        if encoder.built and _shape_before(encoder):
            self.build(_shape_before(encoder))

    def build(self, input_shape):
        code_shape = _shape_after("encoder", self.encoder, input_shape)
        _check_decoder(self.decoder, code_shape, input_shape)
        if hasattr(self.penalty, "check_encoder"):
            self.penalty.check_encoder(self.encoder)
        for layer, shape in ((self.corruption, input_shape), (self.penalty, code_shape)):
            if isinstance(layer, keras.Layer) and not layer.built:
                layer.build(shape)
        self._shapes = tuple(input_shape), tuple(code_shape)
        self.built = True

    @property
    def input_shape(self):
        """Of the images, `(None, *input_shape)`; the reconstruction has the same."""
        return self._shape(0)

    @property
    def output_shape(self):
        return self._shape(0)

    @property
    def code_shape(self):
        """Of the code, `(None, *code_shape)`."""
        return self._shape(1)

    def _shape(self, which):
        if not self.built:
            raise AttributeError(f"{self.name} has no shapes before it is built or called.")
        return self._shapes[which]

    # The symbolic image and its reconstruction, as a functional model has them.
    input = property(lambda self: self._symbol(0))
    output = property(lambda self: self._symbol(1))
    inputs = property(lambda self: [self.input])
    outputs = property(lambda self: [self.output])

    def _symbol(self, which):
        if self._symbols is None:
            image = keras.Input(batch_shape=self.input_shape)
            self._symbols = image, self(image)
        return self._symbols[which]

    def call(self, x, training=False):
        if self.corruption is not None:
            x = self.corruption(x, training=training)
        code = self.encoder(x, training=training)
        if self.penalty is not None:
            self.add_loss(self.penalty(code, encoder=self.encoder, x=x, training=training))
        return self.decoder(code, training=training)

    def add_loss(self, loss):
        """As Keras', after a check that it is a scalar: of others Keras takes the sum."""
        for one in keras.tree.flatten(loss):
            if len(getattr(one, "shape", ())):
                raise ValueError(
                    "`penalty` must return a scalar, with the mean over the batch taken, as must "
                    f"be all that is added to the loss. Received: shape {tuple(one.shape)}"
                )
            if self._examples is not None:
                one = keras.ops.where(self._examples > 0, one, 0)
            super().add_loss(one)

    def encode(self, x, batch_size=256):
        """Codes `(n, *code_shape)` of images `(n, *input_shape)`, uncorrupted (NumPy).

        `x` may be whatever `predict` takes, a data set that ends too, of which the codes alone are
        held.
        """
        shape = self.input_shape[1:] if self.built else None
        return _apply(self.encoder, "x", x, shape, batch_size)

    def decode(self, code, batch_size=256):
        """Reconstructions `(n, *input_shape)` from codes `(n, *code_shape)` (NumPy)."""
        shape = self.code_shape[1:] if self.built else None
        return _apply(self.decoder, "code", code, shape, batch_size)

    def reconstruct(self, x, batch_size=256):
        """`decode(encode(x))`: reconstructions `(n, *input_shape)` of `x` (NumPy)."""
        return self.decode(self.encode(x, batch_size), batch_size)

    # Each with Keras' own signature, which `inspect` and notebooks find by `wraps`.
    @functools.wraps(keras.Model.fit, assigned=())
    def fit(self, *args, **kwargs):
        """`keras.Model.fit(x, x, ...)`, after a check that the data can be learnt from.

        The penalty adds the callbacks that it needs, and counts examples by `sample_weight`; see
        `aekit.regularizers`.

        Raises:
            ValueError: by the name of `x`, `y` or `validation_data`: empty or non-finite data, a
                wrong shape, no target, targets outside [0, 1] for a cross-entropy, or such as the
                decoder's last activation cannot reach. A data set is read for a look at its first
                batches before the training; see `aekit._data`.
        """
        given = inspect.signature(super().fit).bind(*args, **kwargs).arguments
        steps = given.get("steps_per_epoch")
        steps = steps and steps * given.get("epochs", 1)
        given["x"], stream = _data.check(self, given.get("x"), given.get("y"), steps)
        if given.get("validation_data") is not None:
            given["validation_data"] = _data.check_validation(
                self, given["validation_data"], given.get("validation_steps")
            )
        if hasattr(self.penalty, "callbacks"):
            callbacks = _as_list(given.get("callbacks"))
            share = 1 - given.get("validation_split", 0.0)
            if needed := self.penalty.callbacks(_data.first(given["x"], share), callbacks):
                given["callbacks"] = callbacks + needed
        self._is_checked = True  # `evaluate` is called with validation_data after each epoch
        try:
            with stream:
                return super().fit(**given)
        finally:
            self._is_checked = False

    def train_step(self, *args):
        with self._examples_of(args[-1]):
            return super().train_step(*args)

    def test_step(self, *args):
        with self._examples_of(args[-1]):
            return super().test_step(*args)

    @contextlib.contextmanager
    def _examples_of(self, data):
        """For a step, the penalty knows the examples' weights, where it can use them, and
        `add_loss` their number, where that is no integer: a device's share of a short batch may
        be none, of which a penalty has no mean."""
        x, _, weight = keras.utils.unpack_x_y_sample_weight(data)
        weight = _data.alone(weight)
        takes_weights = weight is not None and hasattr(self.penalty, "sample_weight")
        if takes_weights and all(size == 1 for size in weight.shape[1:]):  # none for each pixel
            self.penalty.sample_weight = keras.ops.reshape(weight, (-1,))
        number = keras.ops.shape(_data.alone(x))[0]
        self._examples = None if isinstance(number, int) else number
        try:
            yield
        finally:
            self._examples = None
            if takes_weights:
                self.penalty.sample_weight = None

    @functools.wraps(keras.Model.evaluate, assigned=())
    def evaluate(self, x=None, y=None, *args, **kwargs):
        """`keras.Model.evaluate(x, x, ...)`, after the same check of the data as in `fit`."""
        if self._is_checked:
            return super().evaluate(x, y, *args, **kwargs)
        x, stream = _data.check(self, x, y, 1, training=False)
        with stream:
            return super().evaluate(x, y, *args, **kwargs)

    @functools.wraps(keras.Model.predict, assigned=())
    def predict(self, x, *args, **kwargs):
        """`keras.Model.predict(x, ...)`, after a check of arrays: finite, of the images' shape."""
        if _data.is_array(x) and self.built:
            _checks.images("x", _data.as_array("x", x), self.input_shape[1:])
        return super().predict(x, *args, **kwargs)

    def get_config(self):
        parts = {part: getattr(self, part) for part in PARTS}
        return super().get_config() | {
            part: keras.saving.serialize_keras_object(layer) for part, layer in parts.items()
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in config.keys() & set(PARTS):
            config[part] = keras.saving.deserialize_keras_object(
                config[part], custom_objects=custom_objects
            )
        if hasattr(config.get("decoder"), "tied_to"):
            config["decoder"] = config["decoder"].tied_to(config["encoder"])
        return cls(**config)

    def __repr__(self):
        if not self.built:
            return f"<Autoencoder {self.name}, not built>"
        shapes = (self.input_shape, self.code_shape, self.output_shape)
        widths = " → ".join("×".join(str(size) for size in shape[1:]) for shape in shapes)
        extras = "".join(
            f", {part}={type(layer).__name__}"
            for part, layer in (("corruption", self.corruption), ("penalty", self.penalty))
            if layer is not None
        )
        return f"<Autoencoder {self.name}: {widths}, {self.count_params():,} weights{extras}>"


def _apply(model, name, data, shape, batch_size):
    """`model` on the `data`, batch by batch, as NumPy: unlike `predict` it compiles nothing, and so
    is quicker for the few thousand images of a lesson."""
    results = []
    for batch in _data.batches(name, data, batch_size):
        _checks.images(name, batch, shape)
        y = model(keras.ops.convert_to_tensor(batch), training=False)
        results.append(keras.ops.convert_to_numpy(y))
    return np.concatenate(results)


def _shape_before(model):
    """The shape of what a built model takes, or None where it does not say."""
    shape = getattr(model, "input_shape", None)
    return shape if isinstance(shape, tuple) and shape and shape[0] is None else None


def _shape_after(part, model, input_shape):
    """The shape of what a model of any kind makes of inputs of a shape; it is built if need be."""
    symbol = keras.KerasTensor(input_shape)
    made = model.compute_output_spec(symbol) if model.built else model(symbol)
    if not isinstance(made, keras.KerasTensor):
        raise ValueError(f"`{part}` must have one output. Received: {model!r}, which gives {made}")
    return made.shape


def _can_be_saved(layer):
    """Whether it comes back from a file: a layer, or a registered function (and no class)."""
    if isinstance(layer, keras.Layer):
        return True
    if not callable(layer) or isinstance(layer, type):
        return False
    return keras.saving.get_registered_object(keras.saving.get_registered_name(layer)) is layer


def _check_decoder(decoder, code_shape, input_shape):
    """The decoder maps `code_shape` to `input_shape`, or a ValueError with all three shapes."""
    code, wanted = tuple(code_shape[1:]), tuple(input_shape[1:])
    accepted = getattr(decoder, "input_shape", None) if decoder.built else None
    if accepted is not None and not _checks.fit(accepted[1:], code):
        raise ValueError(
            "`decoder` must accept the encoder's code. "
            f"Received: code shape={code}, decoder input shape={tuple(accepted[1:])}"
        )
    given = tuple(_shape_after("decoder", decoder, (None, *code))[1:])
    if not _checks.fit(given, wanted):
        raise ValueError(
            "`decoder` must give back the shape of the encoder's input. "
            f"Received: encoder input shape={wanted}, decoder output shape={given}"
        )


def _as_list(callbacks):
    """The callbacks that `fit` was given, as a new list."""
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
