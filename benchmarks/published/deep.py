"""Hinton and Salakhutdinov's deep autoencoder beside PCA and logistic PCA."""

import keras

from aekit import MaskingNoise, dense_autoencoder
from aekit.datasets import load_mnist
from aekit.metrics import squared_error
from aekit.schedules import one_cycle
from aekit.stacking import pretrain
from benchmarks.published.experiment import Experiment, Figure

BATCH = 125
WIDTHS = (1000, 500, 250)


def fit(model, x, epochs, peak=1e-3, loss="binary_crossentropy"):
    steps = epochs * len(x) // BATCH
    schedule = one_cycle(peak, steps, warmup=steps // 10, start=peak / 25)
    model.compile(keras.optimizers.Adam(schedule), loss=loss)
    model.fit(x, x, BATCH, epochs, verbose=0)
    return model


def deep_autoencoder():
    return dense_autoencoder(784, 30, WIDTHS, hidden_activation="elu", code_activation="linear")


def pretrained(x, epochs):
    """The deep autoencoder with both halves of each layer from a denoising one, greedily."""
    below = (784, *WIDTHS)
    autoencoders = [
        dense_autoencoder(
            n,
            width,
            code_activation="elu" if width in WIDTHS else "linear",
            output_activation="sigmoid" if n == 784 else "elu",
            corruption=MaskingNoise(0.1),
        )
        for n, width in zip(below, (*WIDTHS, 30), strict=True)
    ]
    autoencoders[0].compile("adam", loss="binary_crossentropy")
    pretrain(autoencoders, x, epochs, BATCH)
    deep = deep_autoencoder()
    for depth, autoencoder in enumerate(autoencoders):
        dense = [layer for layer in deep.encoder.layers if layer.weights]
        dense[depth].set_weights(autoencoder.encoder.get_weights())
        dense = [layer for layer in deep.decoder.layers if layer.weights]
        dense[-1 - depth].set_weights(autoencoder.decoder.get_weights())
    return deep


def measure(seed, epochs, logistic_epochs, pretraining_epochs):
    (x, _), (x_test, _) = load_mnist(flatten=True)

    def error(model):
        return squared_error(x_test, model.reconstruct(x_test)).mean()

    keras.utils.set_random_seed(seed)
    logistic = dense_autoencoder(784, 30, code_activation="linear")
    fit(logistic, x, logistic_epochs, peak=5e-3)
    keras.utils.set_random_seed(seed)
    end_to_end = fit(deep_autoencoder(), x, epochs)
    keras.utils.set_random_seed(seed)
    deep = fit(pretrained(x, pretraining_epochs), x, epochs)
    return {
        "logistic PCA, 30 units: squared error a test image": error(logistic),
        "784-1000-500-250-30, end to end: squared error a test image": error(end_to_end),
        "the same after greedy denoising pretraining": error(deep),
    }


EXPERIMENTS = (
    Experiment(
        name="deep",
        title="A deep autoencoder with 30 units beats PCA and logistic PCA",
        source="Hinton and Salakhutdinov 2006, caption of figure 2",
        protocol="784-1000-500-250-30 and back, linear code, cross-entropy, 60,000 images; squared error summed over "
        "the pixels of a test image.",
        differs="No RBMs: end to end with Adam on a one-cycle schedule, elu in place of logistic units; and beside it a "
        "greedy pretraining of denoising layers (masking, 0.1), with as many epochs after it.",
        measure=measure,
        reading="On a schedule the full set's epochs suffice without any pretraining; what the greedy denoising layers add is small.",
        budgets={
            "cpu": {"seeds": 1, "epochs": 8, "logistic_epochs": 8, "pretraining_epochs": 2},
            "full": {"seeds": 1, "epochs": 40, "logistic_epochs": 20, "pretraining_epochs": 5},
        },
        figures={
            "logistic PCA, 30 units: squared error a test image": Figure(8.01, "primary"),
            "784-1000-500-250-30, end to end: squared error a test image": Figure(
                3.00, "primary", at_most=3.00
            ),
            "the same after greedy denoising pretraining": Figure(3.00, "primary"),
        },
    ),
)
