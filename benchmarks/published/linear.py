"""The linear autoencoder is PCA."""

import keras
import numpy as np
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from aekit import linear_autoencoder
from aekit.datasets import load_mnist
from aekit.metrics import squared_error
from benchmarks.published.experiment import Experiment, Figure


def measure_pca(seed):
    (x, _), (x_test, _) = load_mnist(flatten=True)
    pca = PCA(30, svd_solver="covariance_eigh").fit(x)
    reconstruction = pca.inverse_transform(pca.transform(x_test))
    return {
        "PCA, 30 components: squared error a test image": squared_error(
            x_test, reconstruction
        ).mean()
    }


def measure_linear(seed, code_dim, epochs, weight_decay):
    (x, _), (x_test, _) = load_mnist(flatten=True)
    mean = x.mean(axis=0)
    pca = PCA(code_dim, svd_solver="covariance_eigh").fit(x)
    pca_error = squared_error(x_test, pca.inverse_transform(pca.transform(x_test))).mean()

    def trained(decay):
        keras.utils.set_random_seed(seed)
        model = linear_autoencoder(784, code_dim)
        if decay:
            for part in (model.encoder, model.decoder):
                # The variable's: setting the layer's does nothing any more once it is built.
                part.layers[-1].kernel.regularizer = keras.regularizers.L2(decay / 784)
        schedule = keras.optimizers.schedules.CosineDecay(0.01, epochs * len(x) // 500)
        model.compile(keras.optimizers.Adam(schedule), loss="mse")
        model.fit(x - mean, x - mean, 500, epochs, verbose=0)
        return model

    plain, decayed = trained(0), trained(weight_decay)
    error = squared_error(x_test, plain.reconstruct(x_test - mean) + mean).mean()
    columns = keras.ops.convert_to_numpy(plain.decoder.layers[-1].kernel).T
    angles = np.degrees(subspace_angles(columns, pca.components_.T))
    decayed_columns = keras.ops.convert_to_numpy(decayed.decoder.layers[-1].kernel).T
    left = np.linalg.svd(decayed_columns, full_matrices=False)[0]
    # To each component the vector that is nearest: two of nearly equal variance may swap places.
    cosines = np.abs(pca.components_ @ left).max(axis=1)
    return {
        "error over PCA's": error / pca_error,
        "largest principal angle to PCA's subspace, degrees": angles.max(),
        "with weight decay: worst cosine of left singular vector and component": cosines.min(),
    }


EXPERIMENTS = (
    Experiment(
        name="pca",
        title="PCA with 30 components on MNIST, a check of the unit",
        source="Hinton and Salakhutdinov 2006, caption of figure 2",
        protocol="PCA fitted to 60,000 images, squared error summed over the pixels of each of 10,000 test images.",
        differs="Nothing.",
        measure=measure_pca,
        budgets={"cpu": {"seeds": 1}, "full": {"seeds": 1}},
        figures={
            "PCA, 30 components: squared error a test image": Figure(
                13.87, "primary", at_least=13.865, at_most=13.875
            )
        },
    ),
    Experiment(
        name="linear",
        title="A linear autoencoder reaches PCA's error and spans its subspace",
        source="Baldi and Hornik 1989; Plaut 2018 (arXiv 1804.10253); Kunin et al. 2019",
        protocol="Linear encoder and decoder, squared error, MNIST less its mean; then with L2 weight decay on both.",
        differs="The sources prove it; here Adam with a cosine schedule gets there.",
        measure=measure_linear,
        budgets={
            "cpu": {"seeds": 2, "code_dim": 16, "epochs": 15, "weight_decay": 0.3},
            "full": {"seeds": 5, "code_dim": 16, "epochs": 60, "weight_decay": 0.3},
        },
        figures={
            "error over PCA's": Figure(1.0, "theorem", at_most=1.003),
            "largest principal angle to PCA's subspace, degrees": Figure(
                0.0, "theorem", at_most=5.0
            ),
            "with weight decay: worst cosine of left singular vector and component": Figure(
                1.0, "theorem", at_least=0.98
            ),
        },
    ),
)
