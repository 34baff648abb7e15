"""Answers to the exercises of lesson 03: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers to each exercise; `lesson` has the names of the lesson's cells."""
    singular = np.linalg.svd(lesson.codes - lesson.codes.mean(axis=0), compute_uv=False)
    held = np.cumsum(singular.astype(float) ** 2) / np.sum(singular.astype(float) ** 2)
    around = np.zeros(784, np.float32)
    around[np.argsort(lesson.x_train[:10_000].std(axis=0))] = np.sort(lesson.seven)[::-1]
    return {
        "03.1": [
            ([[1, 1], [1, 1]], [0, -1], [1, -2], -0.5),
            (np.array([[1, -1], [-1, 1]]), np.zeros(2), [3, 3], -1),
        ],
        "03.2": [int(np.sum(held < 0.99)) + 1, np.float64(np.sum(held < 0.99) + 1)],
        "03.3": [around, np.sort(lesson.seven)[::-1].reshape(28, 28)],
    }


def wrong(lesson):
    shuffled = np.random.default_rng(0).permutation(lesson.seven)
    return {
        "03.1": [
            ([[1, 0], [0, 1]], [0, 0], [1, 1], -1),
            ([[1, 1], [1, 1]], [0, -1], [1, -1], -0.5),
        ],
        "03.2": [32, 784, 1024, 0],
        "03.3": [lesson.seven, shuffled, lesson.seven.reshape(28, 28).T, 1 - lesson.seven],
    }
