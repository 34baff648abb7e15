"""Answers to the exercises of lesson 00: right ones, and plausible wrong ones."""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, Ridge


def right(lesson):
    """Two right answers to each exercise; `lesson` has the names of the lesson's cells."""
    ridge = Ridge(alpha=50).fit(lesson.x_labelled, lesson.slant_labelled)
    return {
        "00.1": [0.9, 9 / 10],
        "00.2": [ridge.predict, lesson.slant],
        "00.3": [rows_shuffled(lesson.digits, seed=3), rows_moved_on(lesson.digits)],
        "00.4": [nearest_to_centres(lesson.x_pool), nearest_to_centres(lesson.x_pool, seed=1)],
    }


def wrong(lesson):
    """Plausible wrong answers to each exercise."""
    x, slants = lesson.x_labelled, lesson.slant_labelled
    rng = np.random.default_rng(0)
    return {
        "00.1": [0.1, 0.5, 1],
        "00.2": [
            lambda images: np.full(len(images), slants.mean()),
            LinearRegression().fit(x, slants).predict,
            lambda images: np.radians(lesson.slant(images)),
        ],
        "00.3": [
            lesson.digits,
            rng.permuted(lesson.digits, axis=0),  # nothing is left
            columns_shuffled(lesson.digits),
            rng.permuted(lesson.digits.reshape(-1, 28, 28), axis=1),  # between places
        ],
        "00.4": [
            np.arange(100),
            rng.choice(10_000, 100, replace=False),
            farthest_first(lesson.x_pool),
            np.zeros(100, int),
        ],
    }


def rows_shuffled(images, seed):
    rng = np.random.default_rng(seed)
    pictures = images.reshape(-1, 28, 28)
    return np.stack([pictures[rng.permutation(len(images)), row] for row in range(28)], axis=1)


def rows_moved_on(images):
    """Row 0 stays, row 1 moves to an image 100 places on, row 2 to one 200 places on, …"""
    pictures = images.reshape(-1, 28, 28)
    return np.stack([np.roll(pictures[:, row], 100 * row, axis=0) for row in range(28)], axis=1)


def columns_shuffled(images):
    turned = images.reshape(-1, 28, 28).transpose(0, 2, 1)
    return rows_shuffled(turned.reshape(len(images), -1), seed=0).transpose(0, 2, 1)


def nearest_to_centres(images, seed=0):
    return KMeans(100, n_init=1, random_state=seed).fit(images).transform(images).argmin(axis=0)


def farthest_first(images):
    """Each next image is the one that is farthest from those that are chosen already."""
    chosen, distance = [0], ((images - images[0]) ** 2).sum(axis=1)
    while len(chosen) < 100:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((images - images[chosen[-1]]) ** 2).sum(axis=1))
    return chosen
