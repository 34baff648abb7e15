"""How long a lesson is, and the minutes that follow from it: what a reader has before the eyes.

Exercises and folded cells do not count.
"""

import math
import re
from dataclasses import dataclass

MOST_CELLS, MOST_WORDS, MOST_LINES = 45, 1_300, 200
MOST_LINES_A_CELL, MOST_COLUMNS, MOST_CODE_CELLS_IN_A_ROW = 20, 88, 2
MOST_CLAIMS = 12
FEWEST_SLIDES, MOST_SLIDES = 10, 18

# What the minutes are computed from: English as a second language, and code that is understood.
WORDS_A_MINUTE, LINES_A_MINUTE, MINUTES_A_FIGURE = 130, 12, 0.7
STATED_TIME = re.compile(r"\*\*Time:\*\* about (\d+) minutes")
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
LINK = re.compile(r"\]\([^)]*\)")
EXERCISES = "## Exercises"


@dataclass
class Length:
    """What of a lesson is visible."""

    cells: int
    words: int
    lines: int
    figures: int

    @property
    def minutes(self):
        """To read it and to run it, rounded up to 5."""
        of_words, of_lines = self.words / WORDS_A_MINUTE, self.lines / LINES_A_MINUTE
        return 5 * math.ceil((of_words + of_lines + MINUTES_A_FIGURE * self.figures) / 5)


def lesson_proper(notebook):
    """The cells before the exercises that are not folded."""
    before = notebook.cells[: place_of_exercises(notebook)]
    return [cell for cell in before if not is_folded(cell)]


def is_folded(cell):
    return "hide-input" in cell.metadata.get("tags", [])


def length_of(notebook):
    """The `Length` of a stored notebook."""
    cells = lesson_proper(notebook)
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    codes = [cell.source for cell in cells if cell.cell_type == "code"]
    before = notebook.cells[: place_of_exercises(notebook)]
    return Length(
        cells=len(cells),
        words=sum(map(words, texts)),
        lines=sum(len(lines(code)) for code in codes),
        figures=sum(map(_figures, before)),
    )


def words(text):
    """How many words are read in Markdown; a formula is one."""
    text = LINK.sub("]", FORMULA.sub(" formula ", text))
    return len(re.findall(r"[^\W_][\w'’.,-]*", text))


def lines(code):
    return [line for line in code.splitlines() if line.strip()]


def problems(notebook):
    """What of the lesson is too long, each in a line."""
    of = length_of(notebook)
    limits = [
        (of.cells, MOST_CELLS, "cells"),
        (of.words, MOST_WORDS, "words"),
        (of.lines, MOST_LINES, "visible lines of code"),
    ]
    for number, most, what in limits:
        if number > most:
            yield f"has {number:,} {what} before its exercises; {most:,} are allowed"
    yield from _cell_problems(notebook)
    yield from _row_problems(lesson_proper(notebook))
    stated = STATED_TIME.search("\n".join(cell.source for cell in notebook.cells))
    if stated is None or int(stated[1]) != of.minutes:
        yield f"must say `**Time:** about {of.minutes} minutes`, which follow from its length"


def _cell_problems(notebook):
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_folded(cell):
            continue
        code = lines(cell.source)
        first = code[0][:40] if code else ""
        if len(code) > MOST_LINES_A_CELL:
            yield f"has a cell of {len(code)} lines; {MOST_LINES_A_CELL} are allowed: {first}"
        wide = max(map(len, code), default=0)
        if wide > MOST_COLUMNS:
            yield f"has a cell of {wide} columns; {MOST_COLUMNS} are allowed: {first}"


def _row_problems(cells):
    in_a_row = 0
    for cell in cells:
        in_a_row = in_a_row + 1 if cell.cell_type == "code" else 0
        if in_a_row == MOST_CODE_CELLS_IN_A_ROW + 1:
            most = MOST_CODE_CELLS_IN_A_ROW
            yield f"has more than {most} code cells in a row: {cell.source[:40]}"


def place_of_exercises(notebook):
    """The index of the cell with their heading, or the number of cells where there is none."""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and EXERCISES in cell.source.splitlines():
            return place
    return len(notebook.cells)


def _figures(cell):
    return sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
