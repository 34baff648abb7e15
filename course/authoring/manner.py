"""The manner of a lesson: its claims, its exercises, its slides, what it does not say."""

import re

from course.authoring import length
from course.lessons.lesson import claims_of

# Sentences that bind a lesson to one profile: the same is true in both.
OF_ONE_PROFILE = re.compile(
    r"\b(quick|full) (run|profile)\b|\bprofile `?(quick|full)", re.IGNORECASE
)
CHECK = re.compile(r'^check\("([\d.]+)", ', re.MULTILINE)
ANSWERED = re.compile(r'^assert check\("([\d.]+)", ', re.MULTILINE)
FEWEST_EXERCISES = 3
COMPARES = re.compile(
    r"\b(better|worse|beats?|lower|higher|less|more|fewer|larger|smaller|nearer|farther)\b", re.I
)


def problems(notebook, number):
    """What is not as every lesson is, each in a line; `number`: of the lesson, such as "05"."""
    yield from _claim_problems(notebook)
    yield from _exercise_problems(notebook, number)
    yield from _slide_problems(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := OF_ONE_PROFILE.search(cell.source)):
            yield f"speaks of one profile: {found[0]!r}"


def _claim_problems(notebook):
    claims = claims_of(notebook)
    if not 1 <= len(claims) <= length.MOST_CLAIMS:
        yield f"has {len(claims)} claims; 1 to {length.MOST_CLAIMS} are allowed"
    for claim in claims:
        statement = claim["statement"]
        if not (statement[0].isupper() or statement[0].isdigit()) or statement[-1] != ".":
            yield f"has a claim that is no whole sentence: {statement!r}"
        low, high = claim["at_least"], claim["at_most"]
        both = low is not None and high is not None
        if both and low < 1 < high and COMPARES.search(statement):
            yield f"has a claim whose bounds lie on both sides of 1, no comparison: {statement!r}"


def _exercise_problems(notebook, number):
    """Each exercise has its stub with a check, and then a folded answer that passes it."""
    asked = [found[1] for cell in _tagged(notebook, "exercise") for found in CHECK.finditer(cell)]
    answers = [f[1] for cell in _tagged(notebook, "answer") for f in ANSWERED.finditer(cell)]
    expected = [f"{number}.{i}" for i in range(1, len(asked) + 1)]
    if asked != expected or len(asked) < FEWEST_EXERCISES:
        yield f"must have at least {FEWEST_EXERCISES} exercises, numbered; has {asked}"
    if answers != asked:
        yield f"must have a folded answer with `assert check(...)` for each of {asked}: {answers}"


def _tagged(notebook, tag):
    return [cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def _slide_problems(notebook):
    kinds = [(_slide_type(cell), cell) for cell in notebook.cells]
    slides = [cell for kind, cell in kinds if kind in ("slide", "subslide")]
    if not length.FEWEST_SLIDES <= len(slides) <= length.MOST_SLIDES:
        yield (
            f"has {len(slides)} slides; {length.FEWEST_SLIDES} to {length.MOST_SLIDES} are allowed"
        )
    for slide in slides:
        if slide.cell_type != "markdown" or not slide.source.startswith("#"):
            yield f"has a slide without a title: {slide.source[:40]!r}"
    if not any(kind == "notes" for kind, _ in kinds):
        yield "has no speaker notes: cells of the slide type notes"


def _slide_type(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")
