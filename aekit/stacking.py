"""Greedy layer-wise pretraining, and a classifier on top: the lecture's stacked autoencoder.

    layers = [dense_autoencoder(784, 200), dense_autoencoder(200, 100)]
    encoder = pretrain(layers, x_unlabelled, epochs=10)
    svm = SVC().fit(encoder.predict(x_few), y_few)   # any scikit-learn estimator, or
    classifier = add_softmax(encoder, classes=10)    # a softmax layer, and then
    classifier.fit(x_few, y_few, epochs=20)          # fine-tuning of the whole

Reference: Bengio et al., Greedy Layer-Wise Training of Deep Networks (2007); Vincent et al.,
Stacked Denoising Autoencoders (2010), section 2.4.
"""

import keras

from aekit import _checks


def pretrain(autoencoders, x, epochs, batch_size=128, loss="mse", optimizer="adam", callbacks=None):
    """Train each autoencoder on the codes of the one below; the encoders on top of one another.

    Each may be of any kind: denoising, sparse, contractive, deep. A layer's codes are computed
    once, when its training is over, and not once a batch.

    Args:
        autoencoders: list of `Autoencoder`, from the input's side. One that is compiled already
            keeps its loss and optimizer; the others are compiled with those given here.
        x: unlabelled inputs `(n, *input_shape)`.
        epochs: number of epochs for each layer, or a list with one number a layer.
        batch_size: of the training.
        loss, optimizer: for the layers that are not compiled; every layer gets its own optimizer.
        callbacks: function from the codes that a layer is trained on to its list of callbacks,
            such as `lambda x: [TrainingSetActivation(x)]`.

    Returns:
        `keras.Sequential`, the trained encoders stacked, with copies of their weights.

    Raises:
        ValueError: no autoencoder, one that does not fit the code below it, or another number of
            epochs than layers.
    """
    encoders = [autoencoder.encoder for autoencoder in autoencoders]
    _check_chain(encoders)
    epochs = _epochs_of(autoencoders, epochs)
    code = x
    for autoencoder, layer_epochs in zip(autoencoders, epochs, strict=True):
        if not autoencoder.compiled:
            config = keras.optimizers.serialize(keras.optimizers.get(optimizer))
            autoencoder.compile(optimizer=keras.optimizers.deserialize(config), loss=loss)
        autoencoder.fit(
            code,
            code,
            epochs=layer_epochs,
            batch_size=batch_size,
            verbose=0,
            callbacks=callbacks(code) if callbacks else None,
        )
        if autoencoder is not autoencoders[-1]:
            code = autoencoder.encode(code)
    return stack(encoders)


def stack(encoders, name="stacked_encoder"):
    """The encoders one after the other, as one `keras.Sequential` with copies of their weights.

    Copies, so that fine-tuning the stack leaves the pretrained autoencoders as they were.

    Raises:
        ValueError: no encoder, or one that does not accept the code of the one below.
    """
    _check_chain(encoders)
    stacked = keras.Sequential([keras.Input(encoders[0].input_shape[1:])], name=name)
    for depth, encoder in enumerate(encoders, start=1):
        for layer in encoder.layers if isinstance(encoder, keras.Sequential) else [encoder]:
            config = layer.get_config() | {"name": f"{layer.name}_{depth}"}
            copy = type(layer).from_config(config)
            stacked.add(copy)
            copy.set_weights(layer.get_weights())
    return stacked


def _check_chain(encoders):
    if not encoders:
        raise ValueError(f"`autoencoders` must hold at least one. Received: {encoders!r}")
    for depth, (below, above) in enumerate(zip(encoders, encoders[1:], strict=False), start=1):
        if below.output_shape[1:] != above.input_shape[1:]:
            raise ValueError(
                f"`autoencoders`: number {depth + 1} must accept the code of number {depth}. "
                f"Received: code shape {below.output_shape[1:]}, "
                f"input shape {above.input_shape[1:]}"
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
    """A classifier: the encoder with a softmax layer on top, compiled, all weights trainable.

    Args:
        encoder: `keras.Model` with codes of shape `(batch, code_dim)`.
        classes: number of classes; the labels are integers from 0 to `classes - 1`.
        learning_rate: of Adam, for fine-tuning.

    Returns:
        `keras.Sequential` that shares the encoder's weights, so that `fit` fine-tunes them.
    """
    classes = _checks.count("classes", classes, low=2)
    softmax = keras.layers.Dense(classes, activation="softmax", name="softmax")
    classifier = keras.Sequential(
        [keras.Input(encoder.input_shape[1:]), encoder, softmax], name="classifier"
    )
    classifier.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return classifier
