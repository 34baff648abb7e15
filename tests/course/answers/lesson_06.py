"""Answers to the exercises of lesson 06: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers to each exercise; `lesson` has the names of the lesson's cells."""
    images = lesson.images
    return {
        "06.1": [6_680, 32 * (9 * 3 + 1) + 16 * (9 * 32 + 1) + 8 * (9 * 16 + 1)],
        "06.2": [
            [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
            np.array([[0, 0, 0], [0, 2, 0], [0, -2, 0]]),
        ],
        "06.3": [(8, 3), [4, 1]],
        "06.4": [(images == 1).astype("float32"), np.where(images == 1, 0.6, 0.4)],
    }


def wrong(lesson):
    images = lesson.images
    return {
        "06.1": [6_624, 560],
        "06.2": [
            [[-1, 1, 0], [-1, 1, 0], [-1, 1, 0]],
            [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
            np.ones((3, 3)),
            np.zeros((3, 3)),
        ],
        "06.3": [(16, 8, 3), (16, 8), (32, 3)],
        "06.4": [images, lesson.images_hat, np.ones_like(images)],
    }
