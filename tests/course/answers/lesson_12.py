"""Answers to the exercises of lesson 12: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers or more to each exercise, with the names of the lesson's cells."""
    return {
        "12.1": [(1.223, 0.433), (0.75 * np.tanh(2) + 0.25 * 2, np.sqrt(0.25 - 0.0625))],
        "12.2": [most_varied(lesson), greedy(lesson)],
        "12.3": [lesson.best_answer, by_softmax(lesson)],
        "12.4": [
            (best_units(lesson)[0], -0.98 * lesson.mean_length),
            (best_units(lesson)[1], -lesson.mean_length),
        ],
    }


def wrong(lesson):
    """The part r, the noise of the next level; the frame, a block; the nearest; a unit of ones."""
    frame = np.zeros((7, 7))
    frame[0], frame[1, :5] = 1, 1
    block = np.zeros((7, 7))
    block[2:5, 1:5] = 1
    mean = lesson.few.mean(axis=0)
    best = best_units(lesson)[0]
    against = int(np.argmin(lesson.directions @ lesson.last_weights[:, 9]))
    return {
        "12.1": [(1.482, 0.433), (1.223, 0.5), (0.964, 0.25)],
        "12.2": [frame, block, np.ones((7, 7)), np.zeros((7, 7))],
        "12.3": [
            lambda noisy, sigma: lesson.few[nearest(lesson, noisy)],
            lambda noisy, sigma: np.broadcast_to(mean, noisy.shape),
            lambda noisy, sigma: lesson.best_answer(noisy, 1.0),
            lambda noisy, sigma: noisy * np.nan,
        ],
        "12.4": [(against, lesson.mean_length), (best, -100.0), (best, 0.0)],
    }


def variance(lesson):
    return lesson.x_train.var(axis=0).reshape(7, 4, 7, 4).sum(axis=(1, 3)).ravel()


def most_varied(lesson):
    """The 12 patches that vary most over all the training images."""
    visible = np.zeros(49)
    visible[np.argsort(-variance(lesson))[:12]] = 1
    return visible.reshape(7, 7)


def greedy(lesson):
    """Those twelve, with the first exchange that lowers the error."""
    order = np.argsort(-variance(lesson))
    first = most_varied(lesson)
    for out in order[11:5:-1]:
        for into in order[12:18]:
            visible = first.copy().ravel()
            visible[out], visible[into] = 0, 1
            if lesson.error_with(visible) < lesson.error_with(first):
                return visible.reshape(7, 7).tolist()
    raise AssertionError("no exchange lowers the error")


def by_softmax(lesson):
    """The same weights, by another way of computing them."""

    def denoise(noisy, sigma):
        few = lesson.few.astype(float)
        score = (noisy @ few.T - 0.5 * np.sum(few**2, axis=1)) / sigma**2
        weight = np.exp(score - score.max(axis=1, keepdims=True))
        return (weight / weight.sum(axis=1, keepdims=True)) @ few

    return denoise


def nearest(lesson, noisy):
    return np.argmin(np.sum((noisy[:, None] - lesson.few) ** 2, axis=-1), axis=1)


def best_units(lesson):
    """Units that turn most fours into nines where they are taken away, the best first."""
    changed = [lesson.fours - lesson.mean_length * one for one in lesson.directions]
    turned = [np.mean(lesson.read(a) == 9) for a in changed]
    return [int(unit) for unit in np.argsort(turned)[::-1]]
