"""Answers to the exercises of lesson 10: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers or more to each exercise, with the names of the lesson's cells."""
    return {
        "10.1": [6.058, 5 + 6 * (1 - np.tanh(1) ** 2) ** 2],
        "10.2": [
            (np.array([[4.0, -4.0], [-4.0, 4.0]]), np.zeros(2)),
            ([[6, -6, 0], [1, -1, 0]], [-3.5, 3.5, 2]),
            three_that_cancel(),
        ],
        "10.3": [
            lambda W, b, V, c: (W / 10, b / 10, 10 * V, c),
            lambda W, b, V, c: (W / -100, np.zeros_like(b), -100 * V, c + b @ V),
            per_unit,
        ],
        "10.4": [tangents(4, 20), tangents(8, 12), tangents(16, 30)],
    }


def wrong(lesson):
    """Slips; no slope or one row; a changed output; too few units, too small weights, radii."""
    small = 2.0 * tangents(4, 1)[0], np.zeros(4)
    alpha = np.arange(8) * np.pi / 4
    radial = 20 * np.stack([np.cos(alpha), np.sin(alpha)]), np.full(8, -20.0)
    return {
        "10.1": [11.0, 5 + 6 * (1 - np.tanh(1) ** 2), np.sqrt(6.058), 3.0],
        "10.2": [
            ([[4, 4], [-4, -4]], [0, 0]),
            ([[1, -1], [1, -1]], [0, 0]),
            ([[0], [0]], [0]),
            ([[4, -4], [-4, 4]], [1, 0]),
        ],
        "10.3": [
            lambda W, b, V, c: (W / 10, b, 10 * V, c),
            lambda W, b, V, c: (W / 10, b / 10, V, c),
            lambda W, b, V, c: (W / 2, b / 2, 2 * V, c),
            lambda W, b, V, c: (W, b, V, c),
        ],
        "10.4": [
            (10 * np.eye(2), np.zeros(2)),
            small,
            radial,
            (np.zeros((2, 4)), np.zeros(4)),
            tangents(32, 40),
        ],
    }


def three_that_cancel():
    """Three rows of J whose sum is 0, no two of them opposite."""
    return np.array([[4.0, -2.0, -2.0], [0.0, 3.0, -3.0]]), np.array([-2.0, -0.5, 2.5])


def per_unit(W, b, V, c):
    """Each unit its own factor."""
    factor = np.linspace(0.01, 0.1, len(b))
    return W * factor, b * factor, V / factor[:, None], c


def tangents(units, size):
    """Units whose weights point along the circle, spread over half of it."""
    alpha = np.arange(units) * np.pi / units
    return size * np.stack([-np.sin(alpha), np.cos(alpha)]), np.zeros(units)
