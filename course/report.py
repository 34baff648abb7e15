"""What a run says at its end."""

from rich.console import Console
from rich.table import Table

from course.claims import bounds, figure
from course.progress import clock


def report(lessons):
    """Print every claim of the outcomes `lessons` in a table, then what failed and where."""
    if any(lesson["claims"] for lesson in lessons):
        _claims(lessons)
    for lesson in lessons:
        if lesson["failure"]:
            _failure(lesson["name"], lesson["failure"])
    failed = sum(bool(lesson["failure"]) for lesson in lessons)
    total = len(lessons)
    seconds = sum(lesson["seconds"] for lesson in lessons)
    print(f"{total} lesson{'s' * (total != 1)} of {clock(seconds)} in all, {failed} failed.")


def _claims(lessons):
    table = Table(title="Every claim, as measured", title_justify="left")
    table.add_column("lesson")
    table.add_column("claim", ratio=1)
    table.add_column("measured", justify="right")
    table.add_column("bound")
    for lesson in lessons:
        for claim in lesson["claims"]:
            mark = "✓" if claim["holds"] else "✗"
            measured = figure(claim["value"])
            row = lesson["name"][:2], f"{mark} {claim['statement']}", measured, bounds(claim)
            table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def _failure(name, failure):
    """The lesson, the cell as its page counts it, the claim or error, and its last lines."""
    print(f"FAILED {name}, cell [{failure['cell']}]: {failure['error']}")
    print(f"  {failure['message']}")
    parts = ("in the cell", failure["source"].splitlines()), ("last lines", failure["last_lines"])
    for what, lines in parts:
        if lines:
            print(f"  {what}:", *(f"    {line}" for line in lines), sep="\n")
