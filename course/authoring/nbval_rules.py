"""How nbval compares what a cell prints: words letter by letter, numbers within a tolerance.

Numbers may differ by 5 %, and by one in their last decimal place, as between two kinds of
processor; below 1e-5 they are rounding errors, and all alike. A cell's tags may say otherwise:
`exact` where nothing is random, `tolerance-0.2` where little training was enough for what the cell
shows, `times` where a clock speaks, which is not compared at all. Pictures are not compared, nor
what can be touched under them, and of a claim its line is, not its data and its HTML.
"""

import functools
import re

from aekit.claims import MIME_TYPE as CLAIM
from aekit.touch import MIME_TYPE as TOUCH

TOLERANCE, ROUNDING = 0.05, 1e-5
NUMBER = re.compile(
    r"""
    (?<!at\ least\ )(?<!at\ most\ )(?<!published\ )  # no measurement of a claim
    (?<![\w.])-?                       # a sign, where no word or number ends before it
    (?:\d{1,3}(?:,\d{3})+|\d+)         # 1,024 or 1024
    (?P<decimals>\.\d*)?
    (?P<exponent>[eE][+-]?\d+)?
    (?P<percent>\s?%)?
    """,
    re.VERBOSE,
)
NOT_COMPARED = (CLAIM, TOUCH, "image/png", "text/html")


class Printed(str):
    """A text that equals another one when their words do, and their numbers nearly."""

    tolerance, compared = TOLERANCE, 0

    def __eq__(self, other):
        return agree(self, other, self.tolerance)

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def agree(text, other, tolerance):
    """Whether the words of both are the same, and their numbers within the tolerance."""
    if words_of(text) != words_of(other):
        return False
    pairs = zip(NUMBER.finditer(text), NUMBER.finditer(other), strict=True)
    return all(_close(one, another, tolerance) for one, another in pairs)


def words_of(text):
    """What is left without the numbers, and without the blanks that make columns of them."""
    return re.sub(r"[^\S\n]+", "", NUMBER.sub("0", text)).strip()


def _close(one, another, tolerance):
    a, b = _value(one), _value(another)
    if tolerance and max(abs(a), abs(b)) < ROUNDING:
        return True
    last_place = max(_last_place(one), _last_place(another)) if tolerance else 0
    return abs(a - b) <= max(tolerance * max(abs(a), abs(b)), 1.001 * last_place)


def _value(found):
    return float(found[0].replace(",", "").replace("%", ""))


def _last_place(found):
    """One in the last place of what is rounded; 0 for a count."""
    exponent = int(found["exponent"][1:]) if found["exponent"] else 0
    if found["decimals"] or found["exponent"]:
        return 10.0 ** (exponent - max(0, len(found["decimals"] or ".") - 1))
    return 1.0 if found["percent"] else 0.0


def tolerance_of(tags):
    """What the tags of a cell say, or None where it is not compared."""
    if "times" in tags:
        return None
    if "exact" in tags:
        return 0.0
    given = [float(tag.removeprefix("tolerance-")) for tag in tags if tag.startswith("tolerance-")]
    return given[0] if given else TOLERANCE


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item.parent, "skip_compare") and item.config.option.nbval:  # a notebook's cell
            tolerance = tolerance_of(item.cell.metadata.get("tags", []))
            item.options["check"] = tolerance is not None
            item.sanitize = functools.partial(_printed, tolerance=tolerance)
            item.parent.skip_compare += NOT_COMPARED
            if item.options["check"]:
                item.user_properties.append(("figures", figures_of(item.cell.get("outputs", []))))


def _printed(value, tolerance):
    if not isinstance(value, str):
        return value
    text = Printed(value)
    text.tolerance = tolerance
    return text


def figures_of(outputs):
    """How many numbers the outputs show in words."""
    texts = [output.get("text", "") for output in outputs]
    for output in outputs:
        shown = output.get("data", {})
        texts += [text for kind, text in shown.items() if kind not in NOT_COMPARED]
    return sum(len(NUMBER.findall(text)) for text in texts if isinstance(text, str))


def pytest_terminal_summary(terminalreporter):
    passed = terminalreporter.stats.get("passed", [])
    figures = [dict(report.user_properties).get("figures") for report in passed]
    compared = [n for n in figures if n is not None]
    if compared:
        terminalreporter.write_line(
            f"{sum(compared):,} figures in {len(compared)} cells agree, within {TOLERANCE:.0%} "
            "where a cell does not say otherwise."
        )
