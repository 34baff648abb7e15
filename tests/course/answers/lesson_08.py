"""Answers to the exercises of lesson 08: right ones, and plausible wrong ones."""

import numpy as np
from sklearn.decomposition import PCA

import aekit


def right(lesson):
    """Two right answers or more to each exercise, with the names of the lesson's cells."""
    return {
        "08.1": [0.6, 0.25 * 2.4],
        "08.2": [
            [(1, 0), (-1, 0), (0, 1.5), (0, -1.5)],
            np.array([(2.0, 0), (-2.0, 0), (1.2, 0), (-1.2, 0)]),
            unpaired(),
        ],
        "08.3": [
            aekit.MaskingNoise(0.04, seed=1),
            aekit.GaussianCorruption(0.08, seed=1),
        ],
        "08.4": [ridge(lesson, 0.02), ridge(lesson, 0.05)],
    }


def wrong(lesson):
    """Mean and sum; data at the origin or unbalanced; the network's own noise; PCA, no line."""
    pca = PCA(32, svd_solver="covariance_eigh").fit(lesson.x_train[:10_000])
    middle = lesson.noisy_train.mean(axis=0)

    def by_pca(noisy):
        return pca.mean_ + (noisy - middle) @ pca.components_.T @ pca.components_

    return {
        "08.1": [0.1, 0.7, 1.8, 2.4],
        "08.2": [
            [(0, 0)],
            [(1, 0), (-1, 0), (0, 1), (0, -1)],
            [(1, 0), (-1.3, 0)],
            [(0.5, 0), (-0.5, 0)],
        ],
        "08.3": [
            aekit.GaussianCorruption(0.5, seed=0),
            aekit.SaltAndPepperNoise(0.1, seed=0),
            aekit.GaussianCorruption(0.01, seed=0),
        ],
        "08.4": [by_pca, lesson.by_network, lambda noisy: noisy],
    }


def unpaired():
    """Points to the left at distance 1.3, and fewer to the right at 1 that balance them."""
    weight = [np.exp(-(r**2) / 0.5) * r for r in (1.3, 1.0)]
    ratio = weight[1] / weight[0]  # how many points at 1.3 balance one at 1
    many = np.round(100 * np.array([ratio, 1])).astype(int)
    return np.concatenate([np.tile([-1.3, 0], (many[0], 1)), np.tile([1.0, 0], (many[1], 1))])


def ridge(lesson, strength):
    """The best linear map by least squares, held back a little."""
    x = lesson.x_train[:10_000]
    inputs, targets = lesson.noisy_train - lesson.noisy_train.mean(axis=0), x - x.mean(axis=0)
    matrix = np.linalg.solve(
        inputs.T @ inputs + strength * len(x) * np.eye(784), inputs.T @ targets
    )
    middle, mean = lesson.noisy_train.mean(axis=0), x.mean(axis=0)
    return lambda noisy: mean + (noisy - middle) @ matrix
