"""Answers to the exercises of lesson 01: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers to each exercise; `lesson` has the names of the lesson's cells."""
    along = np.outer([-2, -1, 0, 1, 2], [0.6, 0.8])
    across = np.outer([1, -1, 0, -1, 1], [-0.8, 0.6]) * (10 / 36) ** 0.5
    return {
        "01.1": [4.6, 23 / 5],
        "01.2": [
            [[9, 12], [-9, -12], [-4, 3], [4, -3], [0, 0]],
            along + across + [6, 4],
        ],
        "01.3": [
            ([[1], [0]], [[1, -1]], [[1, 1], [-1, 1]]),
            ([[-2], [0]], [[3, -0.5]], [[-1 / 6, 1 / 6], [1, 1]]),
        ],
        "01.4": [by_svd, by_eigenvectors],
    }


def wrong(lesson):
    """Plausible wrong answers to each exercise."""
    return {
        # The sum, the variance along the line, PCA's own line.
        "01.1": [23, 9.4, 4.0],
        # On a line; the direction (4, 3).
        "01.2": [
            [[3, 4], [-3, -4], [6, 8], [-6, -8], [0, 0]],
            [[12, 9], [-12, -9], [3, -4], [-3, 4], [0, 0]],
        ],
        # Both units draw the right arm's height only; the left arm mirrored; a linear one.
        "01.3": [
            ([[1], [0]], [[1, -1]], [[1, 1], [1, 1]]),
            ([[1], [0]], [[1, -1]], [[1, 1], [-1, -1]]),
            ([[1], [0]], [[1, 1]], [[1, 1], [0, 0]]),
        ],
        "01.4": [decoder_alone, not_centred, each_row],
    }


def by_svd(kernel, code):
    drawn = (code - code.mean(axis=0)) @ kernel
    return np.linalg.svd(drawn, full_matrices=False)[2][: len(kernel)]


def by_eigenvectors(kernel, code):
    _, vectors = np.linalg.eigh(np.cov((code @ kernel).T))
    return -vectors.T[::-1][: len(kernel)]


def decoder_alone(kernel, code):
    return np.linalg.svd(kernel, full_matrices=False)[2]


def not_centred(kernel, code):
    return np.linalg.svd(code @ kernel, full_matrices=False)[2][: len(kernel)]


def each_row(kernel, code):
    return kernel / np.linalg.norm(kernel, axis=1, keepdims=True)
