"""A claim of a lesson: measured, shown, kept as data in the cell's output, and fatal when false."""

import math

from aekit import _notebook

MIME_TYPE = "application/vnd.aekit.claim+json"


class ClaimFailed(AssertionError):
    """A lesson's claim is false by its own measurement."""


def claim(statement, value, *, at_least=None, at_most=None, source=None, published=None):
    """Check a measured `value` against its bounds, and show and record the outcome.

    Args:
        statement: the claim in a sentence, as the lesson teaches it.
        value: the number that was measured; NaN makes every claim false.
        at_least, at_most: the bounds, one of them or both, each included.
        source: who says so: the lecture's section, or a paper and its equation or table.
        published: the source's own figure, to be shown beside the measured one.

    Raises:
        ValueError: no bound is given.
        ClaimFailed: the value is outside its bounds.

    Example:

        claim("a linear autoencoder reaches PCA's error", error_ratio, at_most=1.01)
    """
    if at_least is None and at_most is None:
        raise ValueError("`at_least` or `at_most` must be given: a claim can be false.")
    value = float(value)
    holds = not math.isnan(value)
    holds = holds and (at_least is None or value >= at_least)
    holds = holds and (at_most is None or value <= at_most)
    record = {
        "statement": statement,
        "value": value if math.isfinite(value) else str(value),
        "at_least": at_least if at_least is None else float(at_least),
        "at_most": at_most if at_most is None else float(at_most),
        "source": source,
        "published": published if published is None else float(published),
        "holds": holds,
    }
    line = as_line(record)
    _notebook.show({"text/plain": line, MIME_TYPE: record})
    if not holds:
        raise ClaimFailed(line)


def as_line(record):
    """`✓ statement · measured 0.12 · at most 0.2`, or with ✗ when it is false."""
    parts = [f"{'✓' if record['holds'] else '✗'} {record['statement']}"]
    parts.append(f"measured {figure(record['value'])}")
    parts.append(bounds(record))
    if record["published"] is not None:
        parts.append(f"published {figure(record['published'])}")
    if record["source"]:
        parts.append(record["source"])
    return " · ".join(parts)


def bounds(record):
    """`at least 1 and at most 2`, with what there is of it."""
    given = [
        (word, record[key]) for word, key in (("at least", "at_least"), ("at most", "at_most"))
    ]
    return " and ".join(f"{word} {bound:g}" for word, bound in given if bound is not None)


def figure(value):
    return value if isinstance(value, str) else f"{value:.4g}"
