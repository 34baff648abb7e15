"""Exercises: who skips to them can do them, and their checks know right from plausibly wrong."""

import importlib
import types

import pytest

from aekit.exercises import check
from course.authoring.build import notebook_of
from course.authoring.length import place_of_exercises
from course.paths import NOTEBOOKS, ROOT, lessons

ANSWERS = sorted(path.stem for path in (ROOT / "tests/course/answers").glob("lesson_*.py"))


def needed_for_the_exercises(name):
    """The code of a student who skips to them: up to the parameters, and from their heading on."""
    notebook = notebook_of(name)
    notebook.cells = cells = [cell for cell in notebook.cells if "setup" not in tags_of(cell)]
    parameters = next(i for i, cell in enumerate(cells) if "parameters" in tags_of(cell))
    chosen = cells[: parameters + 1] + cells[place_of_exercises(notebook) :]
    return [cell.source for cell in chosen if cell.cell_type == "code"]


def tags_of(cell):
    return cell.metadata.get("tags", [])


@pytest.fixture(scope="module", params=ANSWERS)
def lesson(request):
    """A lesson with answers: its number, the names of its cells, and the answers.

    Its own answers have passed its own checks when it is here, since they are among the cells.
    """
    number = request.param.removeprefix("lesson_")
    (name,) = lessons([number], deeper=False)
    names = {"__name__": "lesson"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir((NOTEBOOKS / name).parent)
        for source in needed_for_the_exercises(name):
            exec(compile(source, f"<{name}>", "exec"), names)
        answers = importlib.import_module(f"tests.course.answers.{request.param}")
        yield number, types.SimpleNamespace(**names), answers


def test_every_exercise_has_two_right_and_two_wrong_answers(lesson):
    number, names, answers = lesson
    right, wrong = answers.right(names), answers.wrong(names)
    assert list(right) == list(wrong) == [f"{number}.{i}" for i in range(1, len(right) + 1)]
    assert len(right) >= 3
    assert all(len(given) >= 2 for answered in (right, wrong) for given in answered.values())


def test_right_answers_are_accepted_and_wrong_ones_refused_with_a_hint(lesson):
    _, names, answers = lesson
    for exercise, given in answers.right(names).items():
        for answer in given:
            verdict = check(exercise, answer)
            assert verdict, f"{exercise}: {answer!r} is right. {verdict}"
    for exercise, given in answers.wrong(names).items():
        for answer in given:
            verdict = check(exercise, answer)
            assert not verdict, f"{exercise}: {answer!r} is wrong."
            assert "not yet." in str(verdict), f"{exercise} gives no hint: {verdict}"


def test_an_exercise_waits_for_its_answer(lesson):
    _, names, answers = lesson
    for exercise in answers.right(names):
        assert str(check(exercise, ...)).startswith(f"{exercise}: your turn. Expected: ")
