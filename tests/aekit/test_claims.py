"""Claims: shown, recorded, and fatal when false."""

import math
import re

import pytest

from aekit import claims
from aekit.claims import ClaimFailed, claim, verified, verify


@pytest.mark.parametrize(
    ("bounds", "line"),
    [
        ({"at_least": 0.8, "unit": "%"}, "measured 86.2 % · at least 80 %"),
        ({"at_least": 1 / 6, "unit": "points"}, "measured 86.2 points · at least 16.7 points"),
        ({"at_most": 0.9, "published": 0.87, "unit": "%"}, "at most 90 % · published 87 %"),
        ({"at_least": 1 / 6}, "measured 0.8615 · at least 0.1667"),
        ({"at_least": 0.01, "unit": "points"}, "at least 1 point\n"),
        ({"at_most": 1024}, "measured 0.8615 · at most 1,024"),
        ({"at_most": 10_000}, "measured 0.8615 · at most 10,000"),
    ],
)
def test_value_bounds_and_published_figure_stand_in_the_claims_unit(capsys, bounds, line):
    claim("It reads digits.", 0.8615, **bounds)
    assert line in capsys.readouterr().out


def test_another_unit_is_refused_before_anything_is_shown(capsys):
    with pytest.raises(ValueError, match="`unit` must be one of None, '%', 'points'"):
        claim("It reads digits.", 0.9, at_least=0.8, unit="percent")
    assert capsys.readouterr().out == ""


def test_what_is_no_number_has_no_unit(capsys):
    with pytest.raises(ClaimFailed, match="measured nan · at least 80 %"):
        claim("It reads digits.", math.nan, at_least=0.8, unit="%")


def test_true_claim_prints_one_line(capsys):
    claim("the code is small", 0.123456, at_most=0.2, source="lecture, section 2")
    expected = "✓ the code is small · measured 0.1235 · at most 0.2 · lecture, section 2\n"
    assert capsys.readouterr().out == expected


def test_published_figure_stands_beside_the_measured_one(capsys):
    claim("PCA, 30 components", 13.868, at_most=14, source="a paper", published=13.87)
    shown = capsys.readouterr().out
    assert "measured 13.87 · at most 14 · published 13.87 · a paper" in shown


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        (0.3, {"at_most": 0.2}),
        (0.1, {"at_least": 0.2}),
        (0.4, {"at_least": 0.1, "at_most": 0.3}),
        (math.nan, {"at_most": 1}),
        (math.nan, {"at_least": 0}),
        (math.inf, {"at_most": 1}),
    ],
)
def test_false_claim_raises_after_it_was_shown(capsys, value, bounds):
    with pytest.raises(ClaimFailed, match="✗ it holds · measured"):
        claim("it holds", value, **bounds)
    assert capsys.readouterr().out.startswith("✗ it holds")


def test_bounds_are_included():
    claim("equal", 1, at_least=1, at_most=1)


def test_claim_without_a_bound_is_refused():
    with pytest.raises(ValueError, match="`at_least` or `at_most` must be given"):
        claim("anything goes", 1.0)


@pytest.mark.parametrize(
    ("value", "tolerance", "mark"),
    [(13.9, 0.1, "✓"), (13.9, 0.001, "≠ published"), (7.8, 0.1, "≠ published"), (20, 0.1, "✗")],
)
def test_mark_says_where_a_published_figure_is_another(capsys, value, tolerance, mark):
    bounds = {"at_most": 15, "published": 13.87, "tolerance": tolerance}
    if mark == "✗":
        with pytest.raises(ClaimFailed):
            claim("PCA has this error.", value, **bounds)
    else:
        claim("PCA has this error.", value, **bounds)
    assert capsys.readouterr().out.startswith(f"{mark} PCA has this error. · measured")


def test_verified_counts_what_held_in_silence_and_starts_again(capsys):
    verify("Two is even.", 2 % 2 == 0)
    verify("A half is small.", 0.5, at_most=0.6)
    assert capsys.readouterr().out == ""
    verified()
    verify("Three is odd.", True)
    verified()
    assert capsys.readouterr().out == "2 checks ✓\n1 check ✓\n"


@pytest.mark.parametrize(
    ("value", "bounds", "line"),
    [
        (False, {}, "✗ It agrees. · measured False"),
        (0.5, {"at_most": 0.4}, "✗ It agrees. · measured 0.5 · at most 0.4"),
        (math.nan, {"at_most": 0.4}, "✗ It agrees. · measured nan · at most 0.4"),
    ],
)
def test_what_does_not_agree_stops_the_lesson_and_is_not_counted(capsys, value, bounds, line):
    with pytest.raises(ClaimFailed, match=f"^{re.escape(line)}$"):
        verify("It agrees.", value, **bounds)
    verified()
    assert capsys.readouterr().out == "0 checks ✓\n"


def test_html_of_a_claim_says_all_that_its_line_says():
    record = {
        "statement": "a < b",
        "value": 0.125,
        "at_least": 0.1,
        "at_most": None,
        "unit": None,
        "source": "a paper & its table",
        "published": 0.5,
        "holds": True,
        "as_published": False,
    }
    text = claims.as_html(record)
    for part in ("≠ published", "a &lt; b", "<b>0.125</b>", "at least 0.1", "published 0.5"):
        assert part in text
    assert "a paper &amp; its table" in text
    assert "None" not in claims.as_html(record | {"source": None})
