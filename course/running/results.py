"""The results of runs as files: of one profile in its folder, of both in one table."""

import json
import re

from aekit.claims import bounds, mark, measured, published
from course.lessons.lesson import Lesson
from course.paths import BUILD, NOTEBOOKS, lessons, number, read_json, write_text
from course.running.progress import clock

TABLE = NOTEBOOKS / "RESULTS.md"
PROFILES = ("quick", "full")
HEADING = re.compile(r"^(?=## \d)", re.MULTILINE)
COLUMNS = ("claim", "bound", *PROFILES, "published", "source")


def write_results(results, folder):
    """Write `results.json` and `results.md`, each only where it says something new."""
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    for content, name in ((text, "results.json"), (_report(results), "results.md")):
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            write_text(content, path)


def _report(results):
    """The Markdown text of one profile's results."""
    lines = [f"# Results of profile {results['profile']}", "", _conditions(results), ""]
    for lesson in results["lessons"]:
        lines += [f"## {number(lesson['name'])} {lesson['title']}", "", _cost(lesson), ""]
        if lesson["failure"]:
            failure = lesson["failure"]
            failed = f"**Failed** in cell [{failure['cell']}]: {failure['error']}:"
            lines += [failed, "", *(f"    {x}" for x in failure["message"].splitlines()), ""]
        if lesson["claims"]:
            columns = ("", "claim", "measured", "bound", "published", "source")
            lines += [_row(columns), _row(["---"] * len(columns))]
            lines += [_measured_row(claim) for claim in lesson["claims"]] + [""]
    return "\n".join(lines)


def _conditions(run):
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
    seed = "" if run.get("seed") is None else f" Seed {run['seed']}."
    return f"Backend {run['backend']} on {run['device']}; {run['machine']}; {versions}.{seed}"


def _cost(lesson):
    cost = [f"{clock(lesson['seconds'])} minutes"]
    if lesson.get("cpu_seconds"):
        cost.append(f"{lesson['cpu_seconds']:.0f} s of CPU time")
    if lesson.get("peak_memory"):
        cost.append(f"at most {lesson['peak_memory'] / 2**30:.1f} GB of memory")
    parameters = ", ".join(f"{name} = {value!r}" for name, value in lesson["parameters"].items())
    return f"{', '.join(cost)}; {parameters}."


def _measured_row(claim):
    held_against = (bounds(claim), published(claim), claim["source"] or "")
    return _row([mark(claim), claim["statement"], measured(claim), *held_against])


def write_table(names=None):
    """Write `notebooks/RESULTS.md` from the results of the last quick and full runs.

    Args:
        names: of the lessons whose part is written; the others' parts stay as they stand. All
            lessons when None.

    Raises:
        RuntimeError: one of them is missing, lacks a lesson, has one that failed, or one that ran
            with other parameters than the lesson's own.
    """
    names = lessons() if names is None else names
    text = table({profile: _whole(profile, names) for profile in PROFILES})
    if set(names) != set(lessons()):
        text = _with_the_others(text, TABLE.read_text(encoding="utf-8"))
    write_text(text, TABLE)


def _with_the_others(text, before):
    """The new text, with the parts of those lessons that it lacks as they stood before."""
    new, old = (dict(map(_part, HEADING.split(t)[1:])) for t in (text, before))
    wanted = [number(name) for name in lessons()]
    parts = old | new
    return "".join([HEADING.split(text)[0], *(parts[n] for n in wanted if n in parts)])


def _part(part):
    """`(lesson's number, its part of the table)`."""
    return part.split()[1], part


def results_of(profile, build=BUILD):
    """What the last run of `profile` measured; raises RuntimeError where there was none."""
    results = read_json(build / profile / "results.json")
    if results is None:
        again = f"Run `python -m course run --profile {profile}`."
        raise RuntimeError(f"There are no results of profile {profile}. {again}")
    return results


def _whole(profile, names):
    """The results of `profile`, if they are of these lessons with their own parameters."""
    results = results_of(profile, BUILD)
    usual = {lesson["name"] for lesson in results["lessons"] if _is_usual(lesson, profile)}
    missing = [name for name in names if name not in usual]
    if missing:
        again = f"Run `python -m course run --profile {profile}`."
        raise RuntimeError(f"Profile {profile} has no results of {', '.join(missing)}. {again}")
    return results | {"lessons": [x for x in results["lessons"] if x["name"] in names]}


def _is_usual(lesson, profile):
    """Whether the lesson succeeded with its own parameters."""
    own = Lesson(lesson["name"], NOTEBOOKS, {"profile": profile}, "").parameters
    return not lesson["failure"] and lesson["parameters"] == own


def table(results):
    """The Markdown text; `results`: of each profile, as its run wrote them."""
    lines = ["# Every claim of the lessons, as measured", ""]
    lines += [f"- Profile {p}: {_conditions(results[p])}" for p in PROFILES]
    lines += ["", "Written by `python -m course results` from the last run of each profile.", ""]
    for quick, full in zip(*(results[profile]["lessons"] for profile in PROFILES), strict=True):
        lines += [f"## {number(quick['name'])} {quick['title']}", ""]
        lines += [*_cpu_time(quick, full), _row(COLUMNS), _row(["---"] * len(COLUMNS))]
        measured = [claims_of(lesson) for lesson in (quick, full)]
        for key in measured[0] | measured[1]:
            lines.append(_claim_row(*(claims.get(key) for claims in measured)))
        lines.append("")
    return "\n".join(lines)


def _cpu_time(*of_profiles):
    """What each profile cost, where it was measured: CPU time, which other work hardly changes."""
    known = {p: x.get("cpu_seconds") for p, x in zip(PROFILES, of_profiles, strict=True)}
    costs = [f"{seconds:.0f} s in profile {p}" for p, seconds in known.items() if seconds]
    return [f"CPU time: {', '.join(costs)}.", ""] if costs else []


def claims_of(lesson):
    """`{(statement, which one of those with this statement): claim}` in order."""
    claims, seen = {}, {}
    for claim in lesson["claims"]:
        statement = claim["statement"]
        seen[statement] = seen.get(statement, 0) + 1
        claims[statement, seen[statement]] = claim
    return claims


def _claim_row(quick, full):
    claim = quick or full
    quick, full = (c and {**c, "unit": claim.get("unit")} for c in (quick, full))
    values = [measured(c) if c else "" for c in (quick, full)]
    limit = bounds(claim)
    if quick and full and bounds(full) != limit:
        limit = f"{limit}; in full {bounds(full)}"
    return _row([claim["statement"], limit, *values, published(claim), claim["source"] or ""])


def _row(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
