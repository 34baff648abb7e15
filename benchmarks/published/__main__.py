"""Run the experiments of a set, and write their table: `make bench`, `make bench-full`.

Each seed that is finished is stored in its experiment's JSON file, so that a night's run that breaks
off goes on where it stopped. The table holds whatever is there.
"""

import argparse
import json
import math
import sys
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np

from aekit import plots
from benchmarks.pictures import save
from benchmarks.published import (
    contractive,
    deep,
    fashion,
    keras_examples,
    linear,
    pretraining,
    ufldl,
    winner_take_all,
)
from benchmarks.published.experiment import MARKS
from benchmarks.published.measuring import measured, needs_its_own_process, threads_here
from course.lessons.provenance import machine
from course.paths import write_json, write_text

RESULTS = Path(__file__).resolve().parent.parent / "results"
ROOMS = (
    linear,
    deep,
    ufldl,
    keras_examples,
    fashion,
    pretraining,
    contractive,
    winner_take_all,
)
EXPERIMENTS = {e.name: e for room in ROOMS for e in room.EXPERIMENTS}
SETS = {"cpu": "make bench", "full": "make bench-full"}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.published", description=__doc__)
    parser.add_argument("--set", choices=SETS, default="cpu", dest="budget")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=list(EXPERIMENTS))
    which.add_argument("--except", nargs="+", choices=EXPERIMENTS, default=[], dest="left_out")
    parser.add_argument("--force", action="store_true", help="measure anew also what has a result")
    parser.add_argument("--device", help="its name, for the table; default: the processor's")
    parser.add_argument("--seeds", type=int, choices=range(1, 6), help="fewer than the set's")
    arguments = parser.parse_args()
    folder = RESULTS / f"published-{arguments.budget}"
    folder.mkdir(parents=True, exist_ok=True)
    how = (arguments.device, arguments.seeds, arguments.force)
    chosen = [EXPERIMENTS[name] for name in arguments.only if name not in arguments.left_out]
    # Those first, since a process that has once used a GPU leaves no memory there for another.
    for experiment in sorted(chosen, key=needs_its_own_process, reverse=True):
        run(experiment, arguments.budget, folder / f"{experiment.name}.json", *how)
    outcomes = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json")}
    write_text(table(outcomes, arguments.budget), folder.with_suffix(".md"))
    draw(outcomes, folder.with_suffix(".png"))
    print(f"written: {folder.with_suffix('.md').name} in {RESULTS.name}")
    return 0


def run(experiment, budget, path, device=None, fewer_seeds=None, anew=False):
    """Measure once a seed, those that `path` does not hold yet (or all, `anew`); store after each.

    Stored, and returned, are the values of each quantity, the seconds in sum, the sizes, and what it ran on.

    Raises:
        ValueError: if the stored seeds were measured at other sizes or elsewhere.
    """
    sizes = dict(experiment.budgets[budget])
    n_seeds = min(sizes.pop("seeds"), fewer_seeds or math.inf)
    here = {
        "sizes": {name: size for name, size in sizes.items() if not callable(size)},
        "keras": keras.version(),
        "backend": keras.config.backend(),
        "device": device or device_of(experiment),
    }
    outcome = {"values": {}, "seconds": 0.0} | here
    if path.is_file() and not anew:
        outcome = json.loads(path.read_text(encoding="utf-8"))
    n_done = len(next(iter(outcome["values"].values()), []))
    if n_done >= n_seeds:
        print(f"{experiment.name}: stored, with seeds: {n_done}; --force measures it anew")
        return outcome
    for name, value in here.items():
        if outcome[name] != value:
            raise ValueError(
                f"{path.name} holds {n_done} of {n_seeds} seeds, measured with {name} {outcome[name]!r}; "
                f"now it is {value!r}. Measure all of them anew with --force."
            )
    for seed in range(n_done, n_seeds):
        print(f"{experiment.name}, seed {seed + 1} of {n_seeds}", flush=True)
        values, seconds = measured(experiment, seed, sizes)
        for quantity, value in values.items():
            outcome["values"].setdefault(quantity, []).append(float(value))
            print(f"    {quantity}: {float(value):.4g}", flush=True)
        outcome["seconds"] += seconds
        write_json(outcome, path)
    return outcome


def device_of(experiment):
    """This machine, and the threads an operation where they are set."""
    threads = experiment.threads or threads_here()
    if threads is None:
        return machine()
    return f"{machine()}, {threads} thread{'s' if threads > 1 else ''} an operation"


def goal_of(figure):
    """`(text, holds)`: the goal in words and a test of a mean, or `("", None)`."""
    parts, tests = [], []
    if figure is not None and figure.at_least is not None:
        parts.append(f"at least {figure.at_least:g}")
        tests.append(lambda mean: mean >= figure.at_least)
    if figure is not None and figure.at_most is not None:
        parts.append(f"at most {figure.at_most:g}")
        tests.append(lambda mean: mean <= figure.at_most)
    return " and ".join(parts), (lambda mean: all(t(mean) for t in tests)) if tests else None


def table(outcomes, budget):
    lines = [
        f"# Published results, reproduced: the set `{budget}`",
        "",
        f"Written by `{SETS[budget]}`. Ours: the mean over the seeds, and the standard deviation where there are "
        "several. ✓ and ✗ stand by a goal that the full set is to reach.",
        "",
    ]
    if budget == "cpu":
        lines += [
            "This set is cut to fit half an hour on two cores. Where its sizes are smaller than the "
            "paper's it shows a direction, not the paper's figure.",
            "",
        ]
    lines += [
        "How sure a published figure is: "
        + "; ".join(f"*{m}*, {w}" for m, w in MARKS.items())
        + ".",
        "",
    ]
    lines += [f"![The errors, published and ours](published-{budget}.png)", ""]
    for name, experiment in EXPERIMENTS.items():
        if name in outcomes:
            lines += section(experiment, outcomes[name])
    return "\n".join(lines)


def section(experiment, outcome):
    sizes = ", ".join(
        f"{name.replace('_', ' ')} {size:,}" for name, size in outcome["sizes"].items()
    )
    yield from (
        f"## {experiment.title}",
        "",
        f"- **Source:** {experiment.source}.",
        f"- **Protocol:** {experiment.protocol}",
        f"- **Not as in the source:** {experiment.differs}",
        f"- **Budget:** {sizes or 'the whole data'}; {outcome['seconds']:.0f} s on {outcome['device']}, "
        f"Keras {outcome['keras']} on {outcome['backend']}.",
        *([f"- **Reading:** {experiment.reading}"] if experiment.reading else []),
        "",
        "| quantity | published | mark | ours | seeds | goal |",
        "|---|---|---|---|---|---|",
    )
    for quantity, values in outcome["values"].items():
        figure = experiment.figures.get(quantity)
        published = f"{figure.value:.4g}" if figure and figure.value is not None else ""
        mean = np.mean(values)
        ours = f"{mean:.4g}" + (f" ± {np.std(values, ddof=1):.2g}" if len(values) > 1 else "")
        text, holds = goal_of(figure)
        if holds:
            text = f"{'✓' if holds(mean) else '✗'} {text}"
        mark = figure.mark if published else ""
        yield f"| {quantity} | {published} | {mark} | {ours} | {len(values)} | {text} |"
    yield ""


NEUTRAL_WORDS = ("norm", "saturated", "mean activation")
BETTER_WORDS = ("less", "accuracy", "cosine")  # one error less another is a lead
WORSE_WORDS = ("error", "loss", "entropy")


def direction(quantity, first):
    """1 where more of a quantity is better, -1 where less is, and 0 where neither is.

    Where its name does not say so, it is that of the `first` quantity of its experiment.
    """
    for words, sign in ((NEUTRAL_WORDS, 0), (BETTER_WORDS, 1), (WORSE_WORDS, -1)):
        if any(word in quantity for word in words):
            return sign
    return 0 if quantity == first else direction(first, first)


def compared(experiment, values):
    """A row for each quantity with a published figure, the best first: name, ratio, direction, goal."""
    rows = []
    for quantity, figure in experiment.figures.items():
        if figure.value and quantity in values:
            mean, sign = np.mean(values[quantity]), direction(quantity, next(iter(values)))
            _, holds = goal_of(figure)
            ratio = (mean / figure.value) ** (sign or 1)
            rows.append((quantity, ratio, sign, bool(holds(mean)) if holds else None))
    return sorted(rows, key=lambda row: -row[1])


# By whether the goal is met, None where there is none.
MARKERS = {
    True: ("o", plots.COLORS[2], "goal met"),
    False: ("X", plots.COLORS[1], "goal missed"),
    None: ("o", plots.COLORS[0], "no goal"),
}
NEUTRAL = {"marker": "D", "markerfacecolor": "white", "color": "#555555"}


def draw(outcomes, path):
    """How much better ours is than the published figure: a mark for each quantity that has both."""
    groups = {
        experiment.title: compared(experiment, outcomes[name]["values"])
        for name, experiment in EXPERIMENTS.items()
        if name in outcomes
    }
    labels, marks = [], []
    for title, rows in groups.items():
        if rows:
            labels.append(title)
            labels += [row[0] for row in rows]
            marks += [(len(labels) - len(rows) + i, row) for i, row in enumerate(rows)]
    plots.use_style()
    figure, axis = plt.subplots(figsize=(7.6, 1.4 + 0.25 * len(labels)))
    axis.axvspan(0.9, 1.1, color="#dddddd", zorder=0)
    axis.axvline(1, color="black", linestyle="-", linewidth=1.5)
    for place, (_, ratio, sign, goal) in marks:
        marker, color, _ = MARKERS[goal]
        look = {"marker": marker if sign else "D", "color": color}
        look = look if sign or goal is not None else NEUTRAL
        axis.plot([1, ratio], [place, place], color="#999999", linestyle="-", linewidth=1.2)
        axis.plot(ratio, place, markersize=8, **look)
    axis.set_yticks(range(len(labels)), labels, fontsize=9)
    for label in axis.get_yticklabels():
        if label.get_text() in groups:
            label.set(fontweight="bold", color="#0b3d82")
    for marker, color, words in MARKERS.values():
        axis.plot([], [], linestyle="", marker=marker, color=color, label=words)
    axis.plot([], [], linestyle="", label="neither way is better", **NEUTRAL)
    axis.set(xscale="log")
    axis.set_xlabel("worse ←      → better", fontsize=11)
    title = "Ours beside the published figure, which is 1 (grey: within 10 %)"
    figure.suptitle(title, x=0.02, ha="left", fontsize=12, fontweight="bold")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.set_ylim(len(labels), -1)
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    save(figure, path)


if __name__ == "__main__":
    sys.exit(main())
