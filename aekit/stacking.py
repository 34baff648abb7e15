"""Greedy layer-wise pretraining, and a classifier on top: the lecture's stacked autoencoder.

    layers = [dense_autoencoder(784, 200), dense_autoencoder(200, 100)]
    encoder = pretrain(layers, x_unlabelled, epochs=10)
    svm = SVC().fit(encoder.predict(x_few), y_few)   # any scikit-learn estimator, or
    classifier = add_softmax(encoder, classes=10)    # a softmax layer, and then
    classifier.fit(x_few, y_few, epochs=20)          # fine-tuning of the whole

`Stack(layers)` is the same as one model, which is compiled, fitted, stored and called.

Reference: Bengio et al., Greedy Layer-Wise Training of Deep Networks (2007); Vincent et al.,
Stacked Denoising Autoencoders (2010), section 2.4.
"""

import keras

from aekit import _checks, _data
from aekit.autoencoder import Autoencoder

__all__ = ["pretrain", "Stack", "stack", "add_softmax"]


def pretrain(autoencoders, x, epochs, batch_size=128, loss="mse", optimizer="adam", callbacks=None):
    """Train each autoencoder on the codes of the one below; the encoders on top of one another.

    Each may be of any kind: denoising, sparse, contractive, deep. A layer's codes are computed
    once, when its training is over, and not once a batch. The autoencoders given are trained in
    place; the encoder that comes back has copies of their weights.

    Args:
        autoencoders: list of `Autoencoder`, from the input's side. One that is compiled already
            keeps its loss and optimizer; the others are compiled with those given here.
        x: unlabelled inputs, an array `(n, *input_shape)` or a data set of pairs (x, x) that can
            be read again, in the range that the first one's output and loss can take; each further
            one must be able to give back codes, which are held in memory.
        epochs: number of epochs for each layer, or a list with one number a layer.
        batch_size: examples a step of the training; a data set makes its own first batches.
        loss, optimizer: for the layers that are not compiled; every layer gets its own optimizer.
        callbacks: function from the codes that a layer is trained on to its list of callbacks,
            such as `lambda x: [TrainingSetActivation(x)]`.

    Returns:
        `keras.Sequential`, the trained encoders stacked, with copies of their weights: codes
        `(batch, *code_shape)` of the last from inputs of the first.

    Raises:
        ValueError: what is no `Autoencoder` or none at all, one that does not fit the code below
            it, another number of epochs than layers, or what `Autoencoder.fit` refuses.

    Example:

        autoencoders = [dense_autoencoder(784, 200), dense_autoencoder(200, 100)]
        encoder = pretrain(autoencoders, x, epochs=[10, 20])

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 2.4.
    """
    autoencoders = _checked(autoencoders)
    epochs = _epochs_of(autoencoders, epochs)
    _data.need_to_read_again(x)
    _compile_each([a for a in autoencoders if not a.compiled], optimizer, loss)
    _fit_each(autoencoders, x, epochs, batch_size, callbacks)
    return stack([_as_model(autoencoder) for autoencoder in autoencoders])


def _compile_each(autoencoders, optimizer, loss, **options):
    for autoencoder in autoencoders:
        config = keras.optimizers.serialize(keras.optimizers.get(optimizer))
        autoencoder.compile(keras.optimizers.deserialize(config), loss, **options)


def _fit_each(autoencoders, x, epochs, batch_size, callbacks=None, verbose=0):
    """Each on the codes of the one below."""
    code = x
    for autoencoder, layer_epochs in zip(autoencoders, epochs, strict=True):
        # A data set holds its targets and makes its batches itself.
        data = (code, code, batch_size) if _data.is_array(code) else (code,)
        added = callbacks(code) if callbacks else None
        autoencoder.fit(*data, epochs=layer_epochs, verbose=verbose, callbacks=added)
        if autoencoder is not autoencoders[-1]:
            code = autoencoder.encode(code)


@keras.saving.register_keras_serializable(package="aekit")
class Stack(keras.Model):
    """Autoencoders on top of one another, as one model whose `fit` is `pretrain`.

    A call goes up through all encoders and back down: g_1(… g_k(f_k(… f_1(x)))).

    Args:
        autoencoders: list of `Autoencoder`, from the input's side; they are trained in place.

    Attributes:
        autoencoders: the list.

    Raises:
        ValueError: what is no `Autoencoder` or none at all, or one that does not fit the code below
            it.

    Example:

        both = Stack([dense_autoencoder(784, 200), dense_autoencoder(200, 100)])
        both.compile("adam", "binary_crossentropy")
        both.fit(x, epochs=10)
        reconstruction = both.predict(x)  # from 100 numbers

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 2.4.
    """

    def __init__(self, autoencoders, name="stack", **kwargs):
        super().__init__(name=name, **kwargs)
        self.autoencoders = _checked(autoencoders)
        if all(_shapes(autoencoder) for autoencoder in autoencoders):
            self.build(autoencoders[0].input_shape)

    def call(self, x):
        for autoencoder in self.autoencoders:
            x = autoencoder.encoder(x)
        for autoencoder in reversed(self.autoencoders):
            x = autoencoder.decoder(x)
        return x

    def compile(self, optimizer="adam", loss="mse", **options):
        """`keras.Model.compile` of each autoencoder, with an optimizer of its own."""
        super().compile(optimizer, loss, **options)
        _compile_each(self.autoencoders, optimizer, loss, **options)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def fit(
        self,
        x,
        y=None,
        *,
        batch_size=128,
        epochs=1,
        verbose=0,
        validation_data=None,
        callbacks=None,
    ):
        """Train each autoencoder on the codes of the one below.

        Args:
            x: unlabelled inputs, as for `pretrain`.
            y: `x` or None.
            batch_size, epochs: counts for each autoencoder; or a list of epochs.
            verbose, callbacks: for each autoencoder, as Keras takes them.
            validation_data: None; each autoencoder would need its own.

        Returns:
            `keras.callbacks.History` of the last; each autoencoder keeps its own as `.history`.

        Raises:
            ValueError: other targets than `x`, validation data, what has not been compiled, or
                what `Autoencoder.fit` refuses.
        """
        if y is not None and y is not x:
            raise ValueError("`y` must be `x` or None: each autoencoder gives back its own input.")
        if validation_data is not None:
            raise ValueError(
                "`validation_data` must be None: only the first autoencoder could use it."
            )
        if not self.compiled:
            raise ValueError("call `compile` before `fit`, as of every Keras model.")
        _data.need_to_read_again(x)
        epochs = _epochs_of(self.autoencoders, epochs)
        _fit_each(self.autoencoders, x, epochs, batch_size, lambda codes: callbacks, verbose)
        self.history = self.autoencoders[-1].history
        return self.history

    def get_config(self):
        parts = [keras.saving.serialize_keras_object(part) for part in self.autoencoders]
        return super().get_config() | {"autoencoders": parts}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        parts = [
            keras.saving.deserialize_keras_object(part, custom_objects=custom_objects)
            for part in config["autoencoders"]
        ]
        return cls(**config | {"autoencoders": parts})


def _as_model(autoencoder):
    """The encoder, which tells its shapes: a layer or a subclassed model in a Sequential."""
    encoder = autoencoder.encoder
    if _shapes(encoder):
        return encoder
    return keras.Sequential([keras.Input(autoencoder.input_shape[1:]), encoder])


def stack(encoders, name="stacked_encoder"):
    """The encoders one after the other, as one `keras.Sequential` with copies of their weights.

    It copies, where `add_softmax` shares: fine-tuning the stack leaves the autoencoders that the
    encoders come from as they were.

    Args:
        encoders: list of built `keras.Model`, from the input's side.
        name: name of the model.

    Returns:
        `keras.Sequential` from inputs of the first to codes of the last.

    Raises:
        ValueError: no encoder, or one that does not accept the code of the one below.

    Example:

        encoder = stack([first.encoder, second.encoder])
    """
    _check_chain("encoders", encoders)
    for encoder in encoders:
        _need_shapes("encoders", encoder)
    stacked = keras.Sequential([keras.Input(encoders[0].input_shape[1:])], name=name)
    for depth, encoder in enumerate(encoders, start=1):
        for layer in encoder.layers if isinstance(encoder, keras.Sequential) else [encoder]:
            config = layer.get_config() | {"name": f"{layer.name}_{depth}"}
            copy = type(layer).from_config(config)
            stacked.add(copy)
            copy.set_weights(layer.get_weights())
    return stacked


def _checked(autoencoders):
    given = autoencoders if isinstance(autoencoders, list | tuple) else [None]
    if not all(isinstance(autoencoder, Autoencoder) for autoencoder in given):
        raise ValueError(
            f"`autoencoders` must be a list of Autoencoder. Received: {autoencoders!r}"
        )
    _check_chain("autoencoders", autoencoders)
    return list(autoencoders)


def _check_chain(name, encoders):
    if not encoders:
        raise ValueError(f"`{name}` must hold at least one. Received: {encoders!r}")
    for depth, (below, above) in enumerate(zip(encoders, encoders[1:], strict=False), start=1):
        shapes = _shapes(below), _shapes(above)  # None where they are not known yet
        if all(shapes) and not _checks.fit(shapes[0][1], shapes[1][0]):
            raise ValueError(
                f"`{name}`: number {depth + 1} must accept the code of number {depth}. "
                f"Received: code shape {shapes[0][1]}, input shape {shapes[1][0]}"
            )


def _shapes(model):
    """The shapes of one input and of one code, or None where the model does not tell."""
    code_shape = getattr(model, "code_shape", getattr(model, "output_shape", None))
    return (model.input_shape[1:], code_shape[1:]) if code_shape else None


def _need_shapes(name, encoder):
    if not _shapes(encoder):
        raise ValueError(
            f"`{name}` must tell the shapes of input and code, as keras.Sequential("
            f"[keras.Input(shape), encoder]) does. Received: {encoder!r}"
        )


def _epochs_of(autoencoders, epochs):
    """A number of epochs for each autoencoder."""
    given = list(epochs) if isinstance(epochs, list | tuple) else [epochs] * len(autoencoders)
    if len(given) != len(autoencoders):
        raise ValueError(
            f"`epochs` must be one number, or one for each of the {len(autoencoders)} "
            f"autoencoders. Received: epochs={epochs!r}"
        )
    return [_checks.count("epochs", number) for number in given]


def add_softmax(encoder, classes, learning_rate=1e-3):
    """A classifier: the encoder with a softmax layer on top, compiled.

    It shares, where `stack` copies: `fit` fine-tunes the encoder itself, and with it the
    autoencoder that it comes from. Give it `stack([encoder])` to keep that as it is, or set
    `encoder.trainable = False` first to train the softmax layer alone.

    Args:
        encoder: built `keras.Model` with codes `(batch, *code_shape)`; a code with positions, as a
            convolutional one has, is flattened.
        classes: number of classes; the labels are integers from 0 to `classes - 1`.
        learning_rate: of Adam, for fine-tuning; a number or a schedule of Keras.

    Returns:
        `keras.Sequential` from `(batch, *input_shape)` to probabilities `(batch, classes)`.

    Raises:
        ValueError: fewer than two classes, or a code whose size is not fixed.

    Example:

        classifier = add_softmax(stack([autoencoder.encoder]), classes=10)
        classifier.fit(x_few, y_few, epochs=20)

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 2.4.
    """
    classes = _checks.count("classes", classes, low=2)
    _need_shapes("encoder", encoder)
    code_shape = encoder.output_shape[1:]
    if None in code_shape:
        raise ValueError(
            "`encoder` must have a code of a fixed size for a classifier. "
            f"Received: code shape {code_shape}"
        )
    classifier = keras.Sequential(
        [keras.Input(encoder.input_shape[1:]), encoder], name="classifier"
    )
    if len(code_shape) > 1:
        classifier.add(keras.layers.Flatten(data_format="channels_last", name="code"))
    classifier.add(keras.layers.Dense(classes, activation="softmax", name="softmax"))
    classifier.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return classifier
