"""One table of what both profiles measured, beside the lecture's and the papers' figures."""

import json

from aekit.claims import bounds, figure
from course.paths import BUILD, NOTEBOOKS, lessons, write_text

TABLE = NOTEBOOKS / "RESULTS.md"
PROFILES = ("quick", "full")
COLUMNS = ("claim", "bound", *PROFILES, "published", "source")


def write_table():
    """Write `notebooks/RESULTS.md` from the results of the last quick and full runs.

    Raises:
        RuntimeError: one of them is missing, lacks a lesson, or has one that failed.
    """
    write_text(table({profile: _results(profile) for profile in PROFILES}), TABLE)


def _results(profile):
    path = BUILD / profile / "results.json"
    again = f"Run `python -m course run --profile {profile}`."
    if not path.is_file():
        raise RuntimeError(f"There are no results of profile {profile}. {again}")
    results = json.loads(path.read_text(encoding="utf-8"))
    finished = [lesson["name"] for lesson in results["lessons"] if not lesson["failure"]]
    missing = [name for name in lessons() if name not in finished]
    if missing:
        raise RuntimeError(f"Profile {profile} has no results of {', '.join(missing)}. {again}")
    return results


def table(results):
    """The Markdown text; `results`: of each profile, as its run wrote them."""
    lines = ["# Every claim of the lessons, as measured", "", *_conditions(results), ""]
    for quick, full in zip(*(results[profile]["lessons"] for profile in PROFILES), strict=True):
        lines += [f"## {quick['name'][:2]} {quick['title']}", ""]
        lines += [
            f"{quick['seconds']:.0f} s in profile quick, {full['seconds']:.0f} s in full.",
            "",
        ]
        lines += [_row(COLUMNS), _row(["---"] * len(COLUMNS))]
        measured = [
            {claim["statement"]: claim for claim in lesson["claims"]} for lesson in (quick, full)
        ]
        for statement in measured[0] | measured[1]:
            lines.append(_claim_row(*(claims.get(statement) for claims in measured)))
        lines.append("")
    return "\n".join(lines)


def _conditions(results):
    for profile in PROFILES:
        run = results[profile]
        versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
        yield f"- Profile {profile}: {run['backend']} on {run['cores']} CPU cores; {versions}."
    yield ""
    yield "Written by `python -m course results` from the last run of each profile."


def _claim_row(quick, full):
    claim = quick or full
    published = "" if claim["published"] is None else figure(claim["published"])
    values = [figure(c["value"]) if c else "" for c in (quick, full)]
    return _row([claim["statement"], bounds(claim), *values, published, claim["source"] or ""])


def _row(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
