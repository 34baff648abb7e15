"""What a run says at its end: a line a lesson, what failed in full; and the claims on request."""

from rich.console import Console
from rich.table import Table

from aekit.claims import bounds, mark, measured
from course.paths import number
from course.running.progress import clock

WIDTH = 80


def report(lessons, seconds):
    """Print how each of the outcomes `lessons` ended, and `seconds`, what they took together."""
    for lesson in lessons:
        print(_line(lesson))
    for lesson in lessons:
        if lesson["failure"]:
            failure(lesson["name"], lesson["failure"])
    total, failed = len(lessons), sum(bool(lesson["failure"]) for lesson in lessons)
    claims = [claim for lesson in lessons for claim in lesson["claims"]]
    held = sum(claim["holds"] for claim in claims)
    print(
        f"{total} lesson{'s' * (total != 1)}, {failed} failed, "
        f"{held} of {len(claims)} claims hold, {clock(seconds)} in all."
    )


def _line(lesson):
    """`✓ 06 The convolutional autoencoder      34 claims hold    0:41`, in 80 columns."""
    n = len(lesson["claims"])
    end = "FAILED" if lesson["failure"] else f"{n} claim{' holds' if n == 1 else 's hold'}"
    right = f"{end:>15} {clock(lesson['seconds']):>6}"
    left = f"{'✗' if lesson['failure'] else '✓'} {number(lesson['name'])} {lesson['title']}"
    room = WIDTH - len(right) - 1
    return f"{left if len(left) <= room else left[: room - 1] + '…':<{room}} {right}"


def claims_table(lessons):
    """Print every claim of the outcomes `lessons`, as measured."""
    table = Table(title="Every claim, as measured", title_justify="left")
    table.add_column("lesson")
    table.add_column("claim", ratio=1)
    table.add_column("measured", justify="right")
    table.add_column("bound")
    for lesson in lessons:
        for claim in lesson["claims"]:
            statement = f"{mark(claim)} {claim['statement']}"
            table.add_row(number(lesson["name"]), statement, measured(claim), bounds(claim))
    Console(highlight=False, markup=False).print(table)


def failure(name, failure):
    """Print the lesson, the cell as its page counts it, the claim or error, its last lines."""
    print(f"FAILED {name}, cell [{failure['cell']}]: {failure['error']}")
    print(f"  {failure['message']}")
    parts = ("in the cell", failure["source"].splitlines()), ("last lines", failure["last_lines"])
    for what, lines in parts:
        if lines:
            print(f"  {what}:", *(f"    {line}" for line in lines), sep="\n")
