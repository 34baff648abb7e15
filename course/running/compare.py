"""What moved between two runs: claims gained, lost, changed, now false or true; and times."""

from pathlib import Path

from aekit.claims import bounds, measured
from course.paths import number, read_json
from course.running.progress import clock
from course.running.results import claims_of

CONDITIONS = ("profile", "seed", "backend", "device", "machine", "versions")


def compare(before, after, tolerance):
    """Print what moved; 1 if something got worse (a claim lost or false, a lesson failed), else 0.

    Args:
        before, after: paths of two `results.json`, or of their folders.
        tolerance: how far a measured value may move, relative to the larger of both, unmentioned.

    Raises:
        ValueError: a path holds no results.
    """
    runs = [_read(path) for path in (before, after)]
    for key in CONDITIONS:
        values = [run.get(key) for run in runs]
        if values[0] != values[1]:
            print(f"{key}: {_shown(values[0])} → {_shown(values[1])}")
    worse, lines = moved(*runs, tolerance)
    print("\n".join(lines) or "No lesson and no claim has moved.")
    print(times(*runs))
    return int(worse)


def moved(before, after, tolerance):
    """Whether something got worse, and a line for each lesson and claim that moved."""
    old, new = ({lesson["name"]: lesson for lesson in run["lessons"]} for run in (before, after))
    worse, lines = False, []
    for name in sorted(old | new):
        if name not in new or name not in old:
            lines.append(f"{name}: {'lost' if name not in new else 'gained'}")
            worse |= name not in new
            continue
        if bool(old[name]["failure"]) != bool(new[name]["failure"]):
            lines.append(f"{name}: {'FAILS now' if new[name]['failure'] else 'no longer fails'}")
            worse |= bool(new[name]["failure"])
        claims = [claims_of(lesson[name]) for lesson in (old, new)]
        for key in claims[0] | claims[1]:
            bad, change = _change(*(c.get(key) for c in claims), tolerance)
            worse |= bad
            if change:
                lines.append(f"{number(name)} {change}: {key[0]}")
    return worse, lines


def _change(old, new, tolerance):
    """Whether a claim got worse, and how it moved, or None. A claim that is not there: None."""
    if old is None:
        return not new["holds"], "gained" if new["holds"] else "gained, and FALSE"
    if new is None:
        return True, "LOST"
    old = {**old, "unit": new.get("unit")}
    values = f"({measured(old)} → {measured(new)}, {bounds(new)})"
    if old["holds"] != new["holds"]:
        return not new["holds"], f"{'true' if new['holds'] else 'FALSE'} now {values}"
    if bounds(old) != bounds(new):
        return False, f"bound changed, from {bounds(old)} {values}"
    if not _close(old["value"], new["value"], tolerance):
        return False, f"changed {values}"
    return False, None


def _close(a, b, tolerance):
    """Whether two measured values, of which NaN and infinity are text, agree."""
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def times(before, after):
    """A line for each lesson that is in both, and the sum."""
    old, new = ({x["name"]: x["seconds"] for x in run["lessons"]} for run in (before, after))
    both = [name for name in sorted(old) if name in new]
    lines = [f"  {number(name)} {clock(old[name])} → {clock(new[name])}" for name in both]
    sums = [clock(sum(run[name] for name in both)) for run in (old, new)]
    return "\n".join(["Times:", *lines, f"  in all {sums[0]} → {sums[1]}"])


def _read(path):
    path = Path(path)
    path = path / "results.json" if path.is_dir() else path
    results = read_json(path)
    if not isinstance(results, dict) or "lessons" not in results:
        raise ValueError(f"There are no results in {path}.")
    return results


def _shown(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return value
