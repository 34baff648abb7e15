"""Answers to the exercises of lesson 07: right ones, and plausible wrong ones."""

import numpy as np


def right(lesson):
    """Two right answers to each exercise; `lesson` has the names of the lesson's cells."""
    levels = np.array([[0.1], [0.02], [0.05], [0.03]])
    strongest = np.argsort(-lesson.a)[:9]
    turned_up = {int(j): min(1.0, 2 * float(lesson.a[j])) for j in lesson.nine}
    return {
        "07.1": [
            lambda rho, rho_hat: -rho / rho_hat + (1 - rho) / (1 - rho_hat),
            lambda rho, rho_hat: (rho_hat - rho) / (rho_hat * (1 - rho_hat)),
        ],
        "07.2": [np.full((4, 3), 0.05), np.repeat(levels, 3, axis=1)],
        "07.3": [{int(j): 1.0 for j in lesson.nine}, turned_up, {int(j): 1 for j in strongest}],
    }


def wrong(lesson):
    """A lost sign or inner derivative; a sparse code, another mean; the network's own, too many."""
    one_on = np.zeros((4, 3))
    one_on[[0, 1, 2], [0, 1, 2]] = 0.2
    own = {int(j): float(lesson.a[j]) for j in lesson.nine}
    return {
        "07.1": [
            lambda rho, rho_hat: rho / rho_hat - (1 - rho) / (1 - rho_hat),
            lambda rho, rho_hat: -rho / rho_hat - (1 - rho) / (1 - rho_hat),
            lambda rho, rho_hat: np.log(rho / rho_hat),
        ],
        "07.2": [one_on, np.full((4, 3), 0.2), np.zeros((4, 3))],
        "07.3": [
            own,
            {j: float(lesson.a[j]) for j in range(196)},
            {j: 1.0 for j in range(9)},
            {int(j): 2.0 for j in lesson.nine},
        ],
    }
