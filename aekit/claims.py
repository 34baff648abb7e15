"""Claims of a lesson: measured, shown, kept as data in the cell's output, and fatal when false.

A claim is a sentence that a lecturer would say. Its silent sister, `verify`, is for what must agree
but is nothing to be said: a formula and the code of it, a shape.
"""

import html
import math

from aekit import _checks, _notebook

__all__ = ["claim", "verify", "verified", "ClaimFailed"]

MIME_TYPE = "application/vnd.aekit.claim+json"
UNITS = ("%", "points")  # of shares, shown times 100

_verified = []  # the statements that `verify` has found true since `verified` last counted them


class ClaimFailed(AssertionError):
    """A lesson's claim is false by its own measurement.

    Example:

        try:
            claim("It is better than the mean image.", 1.3, at_most=1)
        except ClaimFailed as failure:
            print(failure)
    """


def claim(
    statement,
    value,
    *,
    at_least=None,
    at_most=None,
    unit=None,
    source=None,
    published=None,
    tolerance=0.1,
):
    """Check a measured `value` against its bounds, and show and record the outcome.

    Args:
        statement: the claim, a whole sentence that can be read without its lesson.
        value: the number that was measured; NaN makes every claim false.
        at_least, at_most: the bounds, one of them or both, each included.
        unit: "%" for a share, "points" for the difference of two: value, bounds and published
            figure are then shown times 100, as `86.2 %` or `32.7 points`.
        source: who says so: the lecture's section, or a paper and its equation or table.
        published: the source's own figure, to be shown beside the measured one.
        tolerance: how far the two may be apart, relative to the published one; where they are
            farther, the claim is marked `≠ published` in place of ✓.

    Raises:
        ValueError: no bound is given, another `unit`, or a `tolerance` below 0.
        ClaimFailed: the value is outside its bounds.

    Example:

        claim("A linear autoencoder reaches PCA's error.", error_ratio, at_most=1.01)
    """
    if at_least is None and at_most is None:
        raise ValueError("`at_least` or `at_most` must be given: a claim can be false.")
    unit = _checks.one_of("unit", unit, (None, *UNITS))
    tolerance = _checks.number("tolerance", tolerance, 0, math.inf)
    value = float(value)
    record = {
        "statement": statement,
        "value": value if math.isfinite(value) else str(value),
        "at_least": at_least if at_least is None else float(at_least),
        "at_most": at_most if at_most is None else float(at_most),
        "unit": unit,
        "source": source,
        "published": published if published is None else float(published),
        "holds": _within(value, at_least, at_most),
    }
    if published is not None:
        record["as_published"] = abs(value - published) <= tolerance * abs(published)
    line = as_line(record)
    _notebook.show({"text/plain": line, "text/html": as_html(record), MIME_TYPE: record})
    if not record["holds"]:
        raise ClaimFailed(line)


def verify(statement, value, *, at_least=None, at_most=None):
    """Stop where `value` is outside its bounds, and say nothing where it is not.

    Args:
        statement: what must hold, such as "The formula is what the code computes."
        value: a number; without bounds, a truth value.
        at_least, at_most: the bounds, each included.

    Raises:
        ClaimFailed: it does not hold.

    Example:

        verify("The gradient by hand is the tape's.", np.abs(by_hand - by_tape).max(), at_most=1e-5)
    """
    bounded = at_least is not None or at_most is not None
    if not (_within(float(value), at_least, at_most) if bounded else bool(value)):
        limits = bounds({"at_least": at_least, "at_most": at_most})
        raise ClaimFailed(f"✗ {statement} · measured {value}{limits and ' · ' + limits}")
    _verified.append(statement)


def verified():
    """Show in one line how many `verify` have held since the last time; their sentences unfold.

    Example:

        verify("The code is in [0, 1].", autoencoder.encode(x).max(), at_most=1)
        verified()  # 1 check ✓
    """
    line = f"{len(_verified)} check{'s' * (len(_verified) != 1)} ✓"
    items = "".join(f"<li>{html.escape(statement)}</li>" for statement in _verified)
    details = f"<details><summary>{line}</summary><ul>{items}</ul></details>"
    _verified.clear()
    _notebook.show({"text/plain": line, "text/html": details})


def _within(value, at_least, at_most):
    above = at_least is None or value >= at_least
    return not math.isnan(value) and above and (at_most is None or value <= at_most)


def mark(record):
    """✓, ✗ where the claim is false, `≠ published` where it holds and the source's figure differs.

    Args:
        record: what `claim` keeps in the cell's output.
    """
    if not record["holds"]:
        return "✗"
    return "✓" if record.get("as_published", True) else "≠ published"


def measured(record):
    """The measured value in its unit: `0.1235`, `86.2 %`, `32.7 points`."""
    return _shown(record, "value")


def bounds(record):
    """`at least 80 % and at most 90 %`, with what there is of it."""
    words = {"at least": "at_least", "at most": "at_most"}
    given = [(word, key) for word, key in words.items() if record[key] is not None]
    return " and ".join(f"{word} {_shown(record, key)}" for word, key in given)


def published(record):
    """The source's figure: `13.87`, `≠ 13.87` where the mark says so, "" where there is none."""
    if record["published"] is None:
        return ""
    return "≠ " * (mark(record) == "≠ published") + _shown(record, "published")


def held_against(record):
    """The bounds and, where there is one, the published figure, each as a text."""
    theirs = [] if record["published"] is None else [f"published {_shown(record, 'published')}"]
    return [bounds(record), *theirs]


def as_line(record):
    """`✓ statement · measured 0.12 · at most 0.2`, with the mark of `mark`."""
    parts = [f"{mark(record)} {record['statement']}", f"measured {measured(record)}"]
    return " · ".join([*parts, *held_against(record), *filter(None, [record["source"]])])


# What JupyterLab lets through of a style; the course's pages dress the classes anew.
BADGE = "align-self: flex-start; border-radius: 0.3em; padding: 0 0.4em; color: white; background: "
BADGES = {"✓": "#00705a", "✗": "#b3261e", "≠ published": "#8a5a00"}


def as_html(record):
    """The same as `as_line`, to be seen at a glance: mark, sentence, and the value in bold.

    Args:
        record: what `claim` keeps in the cell's output.
    """
    badge = mark(record)
    source = record["source"] and f"<small> · {html.escape(record['source'])}</small>"
    return (
        '<div class="claim" style="display: flex; gap: 0.7em; padding: 0.3em 0">'
        f'<span class="mark" style="{BADGE}{BADGES[badge]}">{badge}</span>'
        f'<span style="flex: 1">{html.escape(record["statement"])}'
        f"{source or ''}</span>"
        '<span style="text-align: right; white-space: nowrap">'
        f"<b>{measured(record)}</b>"
        f"<br><small>{'<br>'.join(held_against(record))}</small></span></div>"
    )


def figure(value):
    """A number with four digits or whole; what is none (`nan`) stands in a record as a text."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:,.4g}"


def _shown(record, key):
    """A figure of the record, in its unit; records of older runs have none."""
    value, unit = record[key], record.get("unit")
    if not unit or isinstance(value, str):
        return figure(value)
    number = f"{100 * value:.3g}"
    return f"{number} {'point' if (number, unit) == ('1', 'points') else unit}"
