"""Length and manner of a lesson, counted on notebooks that are small enough to count by eye."""

import nbformat
import pytest

from aekit.claims import MIME_TYPE
from course.authoring import length, manner

FIGURE = {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}}


def text(source, slide="-"):
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": slide}})


def code(source, *tags, outputs=()):
    outputs = [nbformat.from_dict(output) for output in outputs]
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}, outputs=outputs)


def claimed(statement="It is small.", **bounds):
    record = {"statement": statement, "at_least": None, "at_most": 0.6} | bounds
    return {"output_type": "display_data", "data": {MIME_TYPE: record}, "metadata": {}}


def exercises(number="05", n=3):
    cells = [text("## Exercises"), code("set_up = 1", "hide-input")]
    for i in range(1, n + 1):
        cells += [
            text(f"**{i}. Find it.**"),
            code(f'answer = ...\ncheck("{number}.{i}", answer)', "exercise"),
            code(f'assert check("{number}.{i}", 4)', "answer", "hide-input"),
        ]
    return cells


def lesson(*cells, time=5):
    """A lesson that is as it should be, with more cells before its exercises."""
    head = [text(f"# It\n\n**Time:** about {time} minutes", "slide")]
    slides = [text(f"## Idea {i}", "slide") for i in range(9)] + [text("Say this.", "notes")]
    body = [code("claim(1)", outputs=[claimed()])]
    return nbformat.v4.new_notebook(cells=[*head, *slides, *body, *cells, *exercises()])


def test_a_lesson_that_is_as_it_should_be_has_no_problems():
    assert list(length.problems(lesson())) == []
    assert list(manner.problems(lesson(), "05")) == []


def test_what_is_folded_and_the_exercises_do_not_count():
    folded = code("\n".join(["x = 1"] * 500), "hide-input")
    plain, more = length.length_of(lesson()), length.length_of(lesson(folded))
    assert plain == more
    assert (plain.cells, plain.lines, plain.figures) == (12, 1, 0)


def test_figures_count_wherever_their_code_is():
    notebook = lesson(code("draw()", "hide-input", outputs=[FIGURE, FIGURE]))
    assert length.length_of(notebook).figures == 2


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Two words", 2),
        ("A formula $a + b = c$ is one.", 5),
        ("$$J = L + \\lambda \\Omega$$", 1),
        ("| a | b |\n|---|---|\n| don't | 1,024 |", 4),
        ("[a link](https://example.org/with/words)", 2),
    ],
)
def test_words_are_those_that_are_read(source, words):
    assert length.words(source) == words


def test_minutes_are_those_of_words_lines_and_figures_rounded_up():
    of = length.Length(cells=40, words=1_300, lines=120, figures=10)  # 10 + 10 + 7
    assert of.minutes == 30


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([text("word " * 1_301)], "has 1,3"),
        ([text("a") for _ in range(40)], "has 52 cells before its exercises; 45 are allowed"),
        ([text("a"), code("\n".join(["x = 1"] * 21))], "has a cell of 21 lines; 20 are allowed: x"),
        ([text("a"), code("y" * 89)], "has a cell of 89 columns; 88 are allowed: yyy"),
        ([code("x = 1"), code("x = 2")], "has more than 2 code cells in a row: x = 2"),
        ([text("a " * 700)], "must say `**Time:** about 10 minutes`, which follow from its length"),
    ],
)
def test_lint_says_what_is_too_long(cells, problem):
    found = list(length.problems(lesson(*cells)))
    assert any(line.startswith(problem) for line in found), found


def test_lint_counts_lines_of_code():
    cells = [cell for _ in range(11) for cell in (text("a"), code("\n".join(["x = 1"] * 19)))]
    assert any("has 210 visible lines of code" in line for line in length.problems(lesson(*cells)))


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([code("", outputs=[claimed()] * 12)], "has 13 claims; 1 to 12 are allowed"),
        ([code("", outputs=[claimed("the same")])], "has a claim that is no whole sentence"),
        (
            [code("", outputs=[claimed("Wide is better.", at_least=0.5, at_most=1.5)])],
            "has a claim whose bounds lie on both sides of 1",
        ),
        ([text("In the quick run it is small.")], "speaks of one profile: 'quick run'"),
        ([code("1", "exercise")], None),
        ([code('check("05.9", 1)', "exercise")], "must have at least 3 exercises, numbered"),
        ([code('assert check("05.4", 1)', "answer")], "must have a folded answer"),
        ([text("No title.", "slide")], "has a slide without a title: 'No title.'"),
        ([text("## More", "slide") for _ in range(9)], "has 19 slides; 10 to 18 are allowed"),
    ],
)
def test_lint_says_what_is_not_in_the_manner(cells, problem):
    found = list(manner.problems(lesson(*cells), "05"))
    assert (found == []) if problem is None else any(p.startswith(problem) for p in found), found


def test_lint_asks_for_speaker_notes():
    notebook = lesson()
    notebook.cells = [c for c in notebook.cells if c.source != "Say this."]
    assert list(manner.problems(notebook, "05")) == [
        "has no speaker notes: cells of the slide type notes"
    ]
