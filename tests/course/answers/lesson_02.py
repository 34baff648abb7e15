"""Answers to the exercises of lesson 02: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers to each exercise; `lesson` has the names of the lesson's cells."""
    step = 0.2 * np.array([[1.0, 0.5]])
    halves = lesson.x_train.reshape(2, -1, 784).mean(axis=1)
    mixed = np.concatenate([lesson.x_train[20_000:28_000], lesson.clothes_train[:8_000]])
    return {
        "02.1": [
            ([0.5, 1], -2, [0.5, 1], [0.2, 0.1]),
            (np.array([[0.5], [1]]), np.array([-2]), np.array([[0.5, 1]]), step),
        ],
        "02.2": [lesson.x_train.mean(axis=0), np.clip(halves.mean(axis=0), 1e-6, 1)],
        "02.3": [
            lesson.train(lesson.narrow, mixed, epochs=6, seed=1),
            lesson.train(lesson.narrow, mixed[::-1].copy(), epochs=6, loss="mse"),
        ],
        "02.4": [_unseen_changes(lesson, 1), _unseen_changes(lesson, 2)[::-1]],
    }


def wrong(lesson):
    """All or none of the weights moved, pictures that are likely but not best, and so on."""
    grey = np.full(784, 0.5)
    only_clothes = lesson.train(lesson.narrow, lesson.clothes_train[:3_000], epochs=2)
    return {
        "02.1": [
            ([0.5, 1], -2, [0.5, 1], [0, 0]),
            ([0.45, 0.975], -2.05, [0.6, 0.9], [0.1, -0.1]),
            ([0.5, 1], -2, [0.5, 1], [-0.2, -0.1]),
        ],
        "02.2": [np.median(lesson.x_train, axis=0), grey, lesson.x_train[0]],
        "02.3": [lesson.digits, only_clothes],
        "02.4": [lesson.x_test[:2], [grey, grey], [0 * grey, 2 * grey]],
    }


def _unseen_changes(lesson, seed):
    """Two images that differ only in what the encoder's weights do not see, by least squares."""
    weights, _ = lesson.digits.encoder.get_weights()
    weights = np.float64(weights)
    change = np.random.default_rng(seed).uniform(-1, 1, 784)
    change -= weights @ np.linalg.lstsq(weights, change, rcond=None)[0]
    change *= 0.49 / abs(change).max()
    return [0.5 + change, 0.5 - change]
