"""Layer-wise pretraining and the classifiers on top."""

import keras
import numpy as np
import pytest
from makers import Pairs

from aekit import Autoencoder, Contractive, MaskingNoise, conv_autoencoder, dense_autoencoder
from aekit.jacobian import dense_stack
from aekit.stacking import Stack, add_softmax, pretrain, stack


def layers_for(pixels):
    return [
        dense_autoencoder(16, 10, corruption=MaskingNoise(0.2)),
        dense_autoencoder(10, 6, penalty=Contractive(0.01)),
        dense_autoencoder(6, 3),
    ]


def test_stack_computes_the_codes_one_after_the_other(pixels):
    autoencoders = layers_for(pixels)
    encoder = pretrain(autoencoders, pixels, epochs=[1, 2, 1])
    code = pixels
    for autoencoder in autoencoders:
        code = autoencoder.encode(code)
    np.testing.assert_allclose(encoder.predict(pixels, verbose=0), code, rtol=1e-5)
    assert [layer.units for layer in dense_stack(encoder)] == [10, 6, 3]


def test_each_layer_is_trained_on_the_codes_below_as_by_hand(pixels):
    """One layer after the other by NumPy: batches without shuffling, plain gradient descent."""
    rate, autoencoders = 0.5, [dense_autoencoder(16, 10), dense_autoencoder(10, 6)]
    starts = [autoencoder.get_weights() for autoencoder in autoencoders]
    x = np.repeat(pixels[:1], 64, axis=0)  # equal rows, so that shuffling changes nothing
    pretrain(autoencoders, x, epochs=[3, 2], batch_size=32, optimizer=keras.optimizers.SGD(rate))
    code = x[:32].astype(np.float64)
    for autoencoder, weights, epochs in zip(autoencoders, starts, (3, 2), strict=True):
        for _ in range(2 * epochs):
            weights = descend(weights, code, rate)
        for trained, by_hand in zip(autoencoder.get_weights(), weights, strict=True):
            np.testing.assert_allclose(trained, by_hand, rtol=1e-4, atol=1e-5)
        code = sigmoid(code @ weights[0] + weights[1])


def test_data_sets_are_streamed_to_the_same_layers(pixels):
    same, found = np.repeat(pixels[:1], 64, axis=0), []  # so that shuffling changes nothing
    pairs = Pairs(same, same, batch_size=16)
    for data in (same, pairs):
        keras.utils.set_random_seed(0)
        pair = [dense_autoencoder(16, 10), dense_autoencoder(10, 6)]
        found.append(pretrain(pair, data, epochs=2, batch_size=16).predict(pixels, verbose=0))
    np.testing.assert_allclose(*found, rtol=1e-5)
    with pytest.raises(ValueError, match="`x` must be an array, or a data set that can be read"):
        pretrain(pair, (batch for batch in pairs), epochs=1)


def test_layers_and_subclassed_encoders_are_pretrained_too(pixels):
    class Subclassed(keras.Model):
        def __init__(self, width=10, **kwargs):
            super().__init__(**kwargs)
            self.code, self.width = keras.layers.Dense(width, "sigmoid"), width

        def call(self, x):
            return self.code(x)

        def get_config(self):
            return {"width": self.width, "name": self.name}

    pair = [
        Autoencoder(Subclassed(), keras.layers.Dense(16)),
        Autoencoder(keras.layers.Dense(3), keras.layers.Dense(10)),
    ]
    encoder = pretrain(pair, pixels, epochs=1)
    codes = pair[1].encode(pair[0].encode(pixels))
    np.testing.assert_allclose(encoder.predict(pixels, verbose=0), codes, rtol=1e-5, atol=1e-6)
    for make in (lambda: stack([pair[1].encoder]), lambda: add_softmax(pair[1].encoder, 3)):
        with pytest.raises(ValueError, match="must tell the shapes of input and code"):
            make()


def descend(weights, x, rate):
    """The weights after a step down the mean squared error, by the chain rule."""
    kernel, bias, kernel_up, bias_up = weights
    h = sigmoid(x @ kernel + bias)
    x_hat = sigmoid(h @ kernel_up + bias_up)
    delta_up = 2 * (x_hat - x) / x.size * x_hat * (1 - x_hat)
    delta = delta_up @ kernel_up.T * h * (1 - h)
    gradients = x.T @ delta, delta.sum(axis=0), h.T @ delta_up, delta_up.sum(axis=0)
    return [w - rate * gradient for w, gradient in zip(weights, gradients, strict=True)]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def test_codes_are_computed_once_a_layer(pixels, monkeypatch):
    calls = []
    encode = Autoencoder.encode
    monkeypatch.setattr(
        Autoencoder,
        "encode",
        lambda self, x: calls.append(self.encoder.input_shape) or encode(self, x),
    )
    pretrain(layers_for(pixels), pixels, epochs=5, batch_size=8)
    assert calls == [(None, 16), (None, 10)]


def test_few_labels_and_many_unlabelled_images_in_five_lines():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 1000)
    x = np.clip(0.5 + 0.3 * np.outer(2 * labels - 1, np.linspace(-1, 1, 16)), 0, 1)
    x = np.clip(x + 0.2 * rng.normal(size=x.shape), 0, 1).astype("float32")
    encoder = pretrain([dense_autoencoder(16, 8), dense_autoencoder(8, 4)], x, epochs=20)
    from sklearn.svm import SVC

    svm = SVC().fit(encoder.predict(x[:100], verbose=0), labels[:100])
    assert svm.score(encoder.predict(x[500:], verbose=0), labels[500:]) > 0.9
    classifier = add_softmax(encoder, classes=2, learning_rate=0.01)
    before = encoder.get_weights()[0].copy()
    classifier.fit(x[:100], labels[:100], epochs=20, verbose=0)
    assert classifier.evaluate(x[500:], labels[500:], verbose=0)[1] > 0.9
    assert np.abs(encoder.get_weights()[0] - before).max() > 0  # fine-tuned, not frozen


def test_fine_tuning_leaves_the_pretrained_autoencoders_as_they_were(pixels):
    autoencoders = layers_for(pixels)
    encoder = pretrain(autoencoders, pixels, epochs=1)
    before = autoencoders[0].get_weights()
    classifier = add_softmax(encoder, classes=2)
    classifier.fit(pixels, np.arange(64) % 2, verbose=0)
    for old, new in zip(before, autoencoders[0].get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_convolutional_encoders_can_be_stacked_too(images):
    first = conv_autoencoder((4, 4, 1), filters=(3,))
    second = conv_autoencoder((2, 2, 3), filters=(2,), output_activation="relu")
    encoder = pretrain([first, second], images, epochs=1)
    assert encoder.output_shape == (None, 1, 1, 2)


def test_convolutional_code_is_classified_flattened(images, tmp_path):
    encoder = conv_autoencoder((4, 4, 1), filters=(3,)).encoder
    classifier = add_softmax(encoder, classes=5)
    kernel, bias = classifier.layers[-1].get_weights()
    logits = encoder.predict(images, verbose=0).reshape(64, 12) @ kernel + bias
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.predict(images, verbose=0), expected, rtol=1e-4)
    classifier.fit(images, np.arange(64) % 5, verbose=0)
    classifier.save(tmp_path / "classifier.keras")
    loaded = keras.saving.load_model(tmp_path / "classifier.keras")
    assert loaded.output_shape == (None, 5)


def test_classifier_shares_the_encoder_and_the_stack_does_not(pixels):
    autoencoder, labels = dense_autoencoder(16, 4), np.arange(64) % 2
    for encoder, moves in ((stack([autoencoder.encoder]), False), (autoencoder.encoder, True)):
        before = autoencoder.encoder.get_weights()[0]
        add_softmax(encoder, classes=2).fit(pixels, labels, verbose=0)
        assert (autoencoder.encoder.get_weights()[0] != before).any() == moves
    autoencoder.encoder.trainable = False
    before = autoencoder.encoder.get_weights()[0]
    add_softmax(autoencoder.encoder, classes=2).fit(pixels, labels, verbose=0)
    np.testing.assert_array_equal(autoencoder.encoder.get_weights()[0], before)


def test_stack_survives_a_file(tmp_path, pixels):
    classifier = add_softmax(pretrain(layers_for(pixels), pixels, epochs=1), classes=3)
    classifier.fit(pixels, np.arange(len(pixels)) % 3, verbose=0)
    classifier.save(tmp_path / "classifier.keras")
    loaded = keras.saving.load_model(tmp_path / "classifier.keras")
    np.testing.assert_array_equal(
        loaded.predict(pixels, verbose=0), classifier.predict(pixels, verbose=0)
    )


def test_impossible_stacks_are_refused(pixels):
    with pytest.raises(ValueError) as error:
        pretrain([dense_autoencoder(16, 8), dense_autoencoder(7, 3)], pixels, epochs=1)
    assert str(error.value) == (
        "`autoencoders`: number 2 must accept the code of number 1. "
        "Received: code shape (8,), input shape (7,)"
    )
    with pytest.raises(ValueError, match="`autoencoders` must hold at least one"):
        pretrain([], pixels, epochs=1)
    with pytest.raises(ValueError, match="`encoders` must hold at least one. Received: \\[\\]"):
        stack([])
    with pytest.raises(ValueError, match="`encoders`: number 2 must accept the code of number 1"):
        stack([dense_autoencoder(16, 8).encoder, dense_autoencoder(7, 3).encoder])
    for wrong in (dense_autoencoder(16, 8), [dense_autoencoder(16, 8).encoder]):
        with pytest.raises(ValueError, match="`autoencoders` must be a list of Autoencoder"):
            pretrain(wrong, pixels, epochs=1)
    with pytest.raises(ValueError, match="`epochs` must be one number, or one for each of the 1"):
        pretrain([dense_autoencoder(16, 8)], pixels, epochs=[1, 2])
    with pytest.raises(ValueError, match="`epochs` must be an integer of at least 1"):
        pretrain([dense_autoencoder(16, 8)], pixels, epochs=0)
    with pytest.raises(ValueError, match="`classes` must be an integer of at least 2"):
        add_softmax(stack([dense_autoencoder(16, 8).encoder]), classes=1)
    anywhere = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(3, 3)])
    with pytest.raises(ValueError) as error:
        add_softmax(anywhere, classes=2)
    assert str(error.value) == (
        "`encoder` must have a code of a fixed size for a classifier. "
        "Received: code shape (None, None, 3)"
    )


def test_a_stack_as_one_model_is_trained_as_by_pretrain(pixels):
    found = []
    for train in (pretrain, fitted):
        keras.utils.set_random_seed(0)
        pair = [dense_autoencoder(16, 10), dense_autoencoder(10, 6)]
        train(pair, pixels, epochs=[2, 3], batch_size=16)
        found.append([weight for autoencoder in pair for weight in autoencoder.get_weights()])
    for by_pretrain, by_fit in zip(*found, strict=True):
        np.testing.assert_allclose(by_fit, by_pretrain, rtol=1e-5, atol=1e-6)


def fitted(autoencoders, x, **options):
    both = Stack(autoencoders)
    both.compile("adam", "mse")
    assert both.fit(x, x, **options).history == autoencoders[-1].history.history
    return both


def test_a_stack_goes_up_and_down_again_and_survives_a_file(tmp_path, pixels):
    pair = [dense_autoencoder(16, 10), dense_autoencoder(10, 6, penalty=Contractive(0.01))]
    both = fitted(pair, pixels, epochs=1)
    by_hand = pair[0].decode(pair[1].reconstruct(pair[0].encode(pixels)))
    np.testing.assert_allclose(both.predict(pixels, verbose=0), by_hand, rtol=1e-5)
    both.save(tmp_path / "stack.keras")
    loaded = keras.saving.load_model(tmp_path / "stack.keras")
    np.testing.assert_allclose(loaded.predict(pixels, verbose=0), by_hand, rtol=1e-5)
    assert loaded.autoencoders[1].penalty.get_config() == pair[1].penalty.get_config()


def test_what_a_stack_cannot_learn_is_refused(pixels):
    pair = [dense_autoencoder(16, 10), dense_autoencoder(10, 6)]
    before = pair[0].get_weights()
    both = Stack(pair)
    with pytest.raises(ValueError, match="call `compile` before `fit`"):
        both.fit(pixels)
    both.compile()
    with pytest.raises(ValueError, match="`y` must be `x` or None"):
        both.fit(pixels, 1 - pixels)
    with pytest.raises(ValueError, match="`validation_data` must be None"):
        both.fit(pixels, validation_data=(pixels, pixels))
    with pytest.raises(ValueError, match="`epochs` must be one number, or one for each"):
        both.fit(pixels, epochs=[1, 2, 3])
    with pytest.raises(ValueError, match="number 2 must accept the code of number 1"):
        Stack(pair[::-1])
    for weight, then in zip(pair[0].get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, then)


def test_a_stack_takes_one_callback_and_a_list_as_keras_does(pixels):
    for given in (ends := keras.callbacks.LambdaCallback(), [ends]):
        epochs = []
        ends.on_epoch_end = lambda epoch, logs, epochs=epochs: epochs.append(epoch)
        both = Stack([dense_autoencoder(16, 10), dense_autoencoder(10, 6)])
        both.compile()
        both.fit(pixels, epochs=2, callbacks=given)
        assert epochs == [0, 1, 0, 1]
