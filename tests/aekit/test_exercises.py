"""Checks of students' answers."""

import pytest

from aekit.exercises import check, exercise


@exercise("99.1", expects="an even number")
def _(answer):
    if answer % 2:
        return "Odd: what is left when you halve it?"


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        (4, True, "✓ 99.1: right."),
        (3, False, "✗ 99.1: not yet. Odd: what is left when you halve it?"),
        (..., False, "99.1: your turn. Expected: an even number."),
        (None, False, "✗ 99.1: expected an even number. (TypeError: "),
    ],
)
def test_verdict_says_what_it_is_true_of(answer, right, words):
    verdict = check("99.1", answer)
    assert bool(verdict) is right
    assert repr(verdict).startswith(words)


def test_unknown_exercise_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValueError, match=r"number='99\.2'; set up: .*99\.1"):
        check("99.2", 4)
