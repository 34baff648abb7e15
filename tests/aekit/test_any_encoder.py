"""Encoders of every kind with penalties of every kind: the loss is that by hand, and it trains."""

import keras
import numpy as np
import pytest
from keras import layers
from makers import functional, sequential

from aekit import Autoencoder, Contractive, KLSparsity, L1Sparsity, dense_autoencoder
from aekit._layers import ends_in_noise, output_range

N, RHO = 12, 0.2


class Subclassed(keras.Model):
    """Says nothing of its shapes, and has a state and a metric of its own."""

    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()
        self.code = layers.Dense(4, activation="sigmoid")
        self.largest = keras.metrics.Mean(name="largest")

    def call(self, x, training=False):
        return self.code(self.norm(x, training=training))


class OwnLoss(layers.Layer):
    def call(self, h):
        self.add_loss(0.5 * keras.ops.mean(h**2))
        return h


def dense(width=4):
    return layers.Dense(width, activation="sigmoid")


# Name: (makes an encoder with a code in [0, 1], the shape of one input).
ENCODERS = {
    "Sequential": (lambda: sequential((6,), layers.Dense(5, "tanh"), dense()), (6,)),
    "functional": (lambda: functional((6,), layers.Dense(5, "tanh"), dense()), (6,)),
    "subclassed": (Subclassed, (6,)),
    "a layer": (dense, (6,)),
    "activation as a layer": (
        lambda: functional((6,), layers.Dense(4), layers.Activation("sigmoid")),
        (6,),
    ),
    "bounded ReLU": (
        lambda: sequential(
            (6,),
            layers.Dense(  # far from the kinks, where differences are no derivative
                4,
                kernel_initializer=keras.initializers.RandomUniform(-0.07, 0.07),
                bias_initializer=keras.initializers.Constant(0.5),
            ),
            layers.ReLU(max_value=1.0),
        ),
        (6,),
    ),
    "normalisation, dropout": (
        lambda: sequential((6,), layers.BatchNormalization(), layers.Dropout(0.3), dense()),
        (6,),
    ),
    "dropout behind the code": (lambda: functional((6,), dense(), layers.Dropout(0.5)), (6,)),
    "losses of its own": (lambda: sequential((6,), dense(), OwnLoss()), (6,)),
    "sequence of any length": (
        lambda: sequential((None, 3), layers.SimpleRNN(2, return_sequences=True), dense(2)),
        (5, 3),
    ),
    "images of any size": (
        lambda: sequential((None, None, 1), layers.Conv2D(2, 3, 1, "same", activation="sigmoid")),
        (4, 5, 1),
    ),
}


def kl_by_hand(codes):
    rho_hat = codes.reshape(-1, codes.shape[-1]).astype(np.float64).mean(axis=0)
    return sum(RHO * np.log(RHO / rho_hat) + (1 - RHO) * np.log((1 - RHO) / (1 - rho_hat)))


def contraction_by_differences(autoencoder, x, step=1e-2):
    total, shape = 0.0, (1, *x.shape[1:])
    for change in np.eye(int(np.prod(shape)), dtype="float32") * step:
        there, back = (autoencoder.encode(x + s * change.reshape(shape)) for s in (1, -1))
        total += np.sum(((there.astype(np.float64) - back) / (2 * step)) ** 2) / len(x)
    return total


def kl(estimate):
    return KLSparsity(RHO, 0.5, estimate=estimate, unit="feature_map")


# Name: (makes the penalty, its value by hand from the autoencoder and the images).
PENALTIES = {
    "none": (lambda: None, lambda a, x: 0),
    "L1": (
        lambda: L1Sparsity(0.1),
        lambda a, x: 0.1 * np.abs(a.encode(x)).sum() / N,
    ),
    "KL of the batch": (lambda: kl("batch"), lambda a, x: 0.5 * kl_by_hand(a.encode(x))),
    "KL of the training set": (lambda: kl("training_set"), None),
    "contraction": (
        lambda: Contractive(0.3),
        lambda a, x: 0.3 * contraction_by_differences(a, x),
    ),
    "contraction by a probe, of no weight": (
        lambda: Contractive(0.0, method="random_probe"),
        lambda a, x: 0,
    ),
}


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_loss_of_any_encoder_is_that_by_hand_and_it_trains(encoder, penalty):
    (make, shape), (make_penalty, by_hand) = ENCODERS[encoder], PENALTIES[penalty]
    x = np.random.default_rng(0).random((N, *shape), dtype=np.float32)
    decoder = layers.Dense(shape[-1])
    autoencoder = Autoencoder(make(), decoder, penalty=make_penalty())
    autoencoder.compile(optimizer="sgd", loss="mse", metrics=["mse"])
    if by_hand is not None:
        total, mse = autoencoder.evaluate(x, x, batch_size=N, verbose=0)
        assert mse == pytest.approx(np.mean((x - autoencoder.reconstruct(x)) ** 2), rel=1e-4)
        code = autoencoder.encode(x)
        own = 0.5 * np.mean(code**2) if encoder == "losses of its own" else 0
        assert total == pytest.approx(mse + own + by_hand(autoencoder, x), rel=2e-3)
    history = autoencoder.fit(x, x, batch_size=N, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert autoencoder.code_shape[-1] == autoencoder.encode(x).shape[-1]


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear", "softplus", "leaky_relu"])
@pytest.mark.parametrize("write", ["argument", "layer", "functional", "in a model"])
def test_kl_is_refused_for_a_code_that_can_leave_its_range_however_it_is_written(activation, write):
    parts = [layers.Dense(4), layers.Activation(activation), layers.Reshape((2, 2))]
    encoder = {
        "argument": lambda: sequential((6,), layers.Dense(4, activation), layers.Dropout(0.1)),
        "layer": lambda: sequential((6,), *parts),
        "functional": lambda: functional((6,), *parts),
        "in a model": lambda: functional((6,), sequential((6,), *parts)),
    }[write]()
    with pytest.raises(ValueError, match="`penalty` KLSparsity needs a code in .0, 1."):
        Autoencoder(
            encoder,
            sequential(encoder.output_shape[1:], layers.Flatten(), layers.Dense(6)),
            penalty=KLSparsity(0.1, 1.0, unit="position"),
        )


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.Dense(4, activation="sigmoid"), (0, 1)),
        (layers.Dense(4, activation="softmax"), (0, 1)),
        (layers.Dense(4, activation="tanh"), (-1, 1)),
        (layers.Dense(4, activation="relu6"), (0, 6)),
        (layers.Dense(4, activation="softplus"), (0, np.inf)),
        (layers.Dense(4, activation=lambda a: 255 * keras.ops.sigmoid(a)), (0, 255)),
        (layers.Dense(4), (-np.inf, np.inf)),
        (layers.ReLU(max_value=1.0), (0, 1)),
        (layers.Dense(4, activation=lambda a: keras.ops.log1p(keras.ops.relu(a))), (0, np.inf)),
        (layers.Dense(4, activation=lambda a: a / 100), (-np.inf, np.inf)),
        (layers.Dense(4, activation=layers.PReLU()), None),
        (layers.BatchNormalization(), None),
        (layers.TimeDistributed(layers.Dense(4, activation="sigmoid")), (0, 1)),
        (sequential((4,), layers.Dense(4, "sigmoid"), layers.Reshape((2, 2))), (0, 1)),
        (sequential((4,), layers.Dense(4, "sigmoid"), OwnLoss()), None),
        (sequential((4,), OwnLoss(), layers.Dense(4, "sigmoid")), (0, 1)),
        (dense_autoencoder(4, 2, tied=True).decoder, (0, 1)),
        (
            sequential((4, 4, 1), layers.Conv2D(1, 3, activation="sigmoid"), layers.UpSampling2D()),
            (0, 1),
        ),
        (
            sequential(
                (4, 4, 1),
                layers.Conv2D(1, 3, activation="sigmoid"),
                layers.UpSampling2D(interpolation="bicubic"),
            ),
            None,
        ),
        (Subclassed(), None),
    ],
    ids=str,
)
def test_range_of_what_comes_out_is_found_where_it_can_be(layer, expected):
    assert output_range(layer) == (expected if expected is None else pytest.approx(expected))


def test_noise_behind_the_code_is_known_from_noise_before_it():
    assert ends_in_noise(functional((4,), dense(), layers.Dropout(0.5), layers.Flatten()))
    assert not ends_in_noise(functional((4,), layers.Dropout(0.5), dense()))


def test_kl_means_the_code_before_the_noise_behind_it():
    """Dropout doubles what it leaves: a mean of it can be above 1, and is none of the units'."""
    x = np.random.default_rng(0).random((4, 6), dtype=np.float32)
    high = layers.Dense(3, activation="sigmoid", bias_initializer=keras.initializers.Constant(3.0))
    encoder = sequential((6,), high, layers.Dropout(0.5))
    autoencoder = Autoencoder(encoder, layers.Dense(6), penalty=KLSparsity(RHO, 1.0))
    autoencoder.compile(optimizer=keras.optimizers.SGD(0.0), loss=lambda y, p: 0.0 * p)
    expected = kl_by_hand(autoencoder.encode(x))
    for _ in range(4):
        assert autoencoder.train_on_batch(x, x) == pytest.approx(expected, rel=1e-4)


def test_what_a_penalty_knows_of_one_encoder_does_not_leak_into_another():
    x = np.random.default_rng(0).random((8, 6), dtype=np.float32)
    penalty, losses = KLSparsity(RHO, 1.0), []
    unknown = sequential((6,), layers.Dense(3), OwnLoss(), layers.Lambda(lambda h: 5 + h))
    for encoder in (unknown, sequential((6,), dense(3))):
        autoencoder = Autoencoder(encoder, layers.Dense(6), penalty=penalty)
        autoencoder.compile(optimizer="sgd", loss="mse")
        losses.append(autoencoder)
    assert np.isnan(losses[0].evaluate(x, x, verbose=0))
    assert np.isfinite(losses[1].evaluate(x, x, verbose=0))


def test_encoder_shared_between_two_autoencoders_trains_in_both():
    x = np.random.default_rng(0).random((8, 6), dtype=np.float32)
    shared = sequential((6,), layers.Dense(4, "tanh"))
    for penalty in (L1Sparsity(0.1), Contractive(0.1)):
        autoencoder = Autoencoder(shared, layers.Dense(6), penalty=penalty)
        autoencoder.compile(optimizer="adam", loss="mse")
        before = shared.get_weights()[0]
        autoencoder.fit(x, x, verbose=0)
        assert np.abs(shared.get_weights()[0] - before).max() > 0
