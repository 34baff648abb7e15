"""Answers to the exercises of lesson 05: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers or more to each exercise, with the names of the lesson's cells."""
    mean = lesson.mean_code
    return {
        "05.1": [1 / 3, 0.333],
        "05.2": [(2256, 4019), (1383, 3540), (9606, 2623)],
        "05.3": [(1, 7, mean[7] - mean[1]), (9, 4, list(mean[4] - mean[9]))],
        "05.4": [np.zeros(784), np.full(784, 0.05), 0.2 * lesson.x_test[0]],
    }


def wrong(lesson):
    """The other weight, the middle; a path through others; a reversed shift; too bright."""
    mean = lesson.mean_code
    return {
        "05.1": [2 / 3, 0.5, 2.0],
        "05.2": [(5, 10), (3, 10)],
        "05.3": [
            (4, 9, mean[4] - mean[9]),
            (4, 9, mean[9]),
            (1, 7, 5 * (mean[7] - mean[1])),
            (4, 4, np.zeros(16)),
        ],
        "05.4": [lesson.x_test[0], np.full(784, 0.2)],
    }
