"""Exercises: the student's own answer is checked, and the answer is not shown.

    @exercise("05.2", expects="(i, j): the indices of two test digits")
    def _(pair):
        i, j = pair
        if y_test[i] == y_test[j]:
            return "These two are digits of one class."

    check("05.2", (3, 18))

says that the answer is right, or what is not yet right, and a hint.
"""

__all__ = ["exercise", "check"]

_exercises = {}


class Verdict:
    """What `check` found: true where the answer is right; shows itself in a notebook."""

    def __init__(self, right, words):
        self.right, self.words = right, words

    def __bool__(self):
        return self.right

    def __repr__(self):
        return self.words


def exercise(number, *, expects):
    """Decorator: make a function the check of an exercise.

    Args:
        number: lesson and exercise, such as "05.2".
        expects: what an answer is, in words.

    The function takes the answer, and returns None if it is right, else what is not yet right
    and a hint; an exception in it means that the answer is not of the kind that is expected.

    Example:

        @exercise("01.1", expects="the number of weights of one dense layer, 784 to 32")
        def _(number):
            return None if number == 785 * 32 else "Each unit has a bias, too."
    """

    def register(judge):
        _exercises[number] = judge, expects
        return judge

    return register


def check(number, answer):
    """Say whether `answer` is right, or what is not yet right, and a hint.

    Args:
        number: of the exercise, such as "05.2".
        answer: the student's; `...` stands for none.

    Returns:
        a `Verdict`, which is true or false, and shows itself as the last line of a cell.

    Raises:
        ValueError: no exercise of that number has been set up.

    Example:

        check("05.2", (3, 18))  # ✓ 05.2: right.
    """
    if number not in _exercises:
        known = ", ".join(sorted(_exercises)) or "none"
        raise ValueError(
            "`number` must be that of an exercise that has been set up, which the folded cell "
            f"under the heading Exercises does. Received: number={number!r}; set up: {known}"
        )
    judge, expects = _exercises[number]
    if answer is ...:
        return Verdict(False, f"{number}: your turn. Expected: {expects}.")
    try:
        hint = judge(answer)
    except Exception as error:
        return Verdict(False, f"✗ {number}: expected {expects}. ({type(error).__name__}: {error})")
    return (
        Verdict(True, f"✓ {number}: right.")
        if hint is None
        else Verdict(False, f"✗ {number}: not yet. {hint}")
    )
