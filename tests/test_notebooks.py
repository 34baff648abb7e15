"""The stored notebooks are what their sources say, clean, and follow the rules of the house."""

import nbformat
import pytest

from course import lint
from course.build import notebook_of
from course.paths import NOTEBOOKS, lessons


@pytest.mark.parametrize("name", lessons())
def test_stored_notebook_is_as_its_source_and_the_rules_say(name):
    assert lint.problems(name) == []


@pytest.mark.parametrize("name", lessons())
def test_lesson_runs_in_profile_quick_by_default_and_checks_its_claims(name):
    code = [cell for cell in notebook_of(name).cells if cell.cell_type == "code"]
    parameters = next(cell for cell in code if "parameters" in cell.metadata.get("tags", []))
    assert 'profile = "quick"' in parameters.source
    assert sum("claim(" in cell.source for cell in code) >= 5


@pytest.mark.parametrize("name", lessons())
def test_lesson_has_exercises_with_answers_that_are_run(name):
    cells = notebook_of(name).cells
    answers = [cell for cell in cells if "answer" in cell.metadata.get("tags", [])]
    assert any("## Exercises" in cell.source for cell in cells)
    assert len(answers) >= 3
    assert all("hide-input" in cell.metadata.tags for cell in answers)


def test_building_twice_gives_the_same_cell_ids():
    first, second = (notebook_of(lessons()[0]) for _ in range(2))
    assert [cell.id for cell in first.cells] == [cell.id for cell in second.cells]
    assert len({cell.id for cell in first.cells}) == len(first.cells)


def stored_with(output):
    """A code cell with one output, as lint sees it."""
    return nbformat.v4.new_code_cell("1", outputs=[nbformat.from_dict(output)])


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ({"output_type": "stream", "name": "stderr", "text": "Warning"}, "wrote to stderr"),
        ({"output_type": "stream", "name": "stdout", "text": "in /home/me/x"}, "absolute path"),
        (
            {"output_type": "stream", "name": "stdout", "text": "<f at 0x7f01a2b3c4d5>"},
            "object address",
        ),
        (
            {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []},
            "holds an error: ValueError",
        ),
        (
            {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}},
            "without alt text",
        ),
    ],
)
def test_lint_refuses_what_does_not_belong_in_a_stored_notebook(output, problem):
    found = list(lint._output_problems(stored_with(output)))
    assert len(found) == 1 and problem in found[0]


def test_lint_sees_a_source_that_was_edited_after_the_build(tmp_path, monkeypatch):
    name = lessons()[0]
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    notebook.cells[0].source += "\nOne more sentence."
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(lint, "NOTEBOOKS", tmp_path)
    assert lint.problems(name) == ["differs from its source: make notebooks"]
    assert lint.problems("99_not_there") == ["is not built: run `make notebooks`"]
