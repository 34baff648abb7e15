"""What a run shows while it runs: live bars on a terminal, plain lines elsewhere."""

import statistics
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from course.paths import number

PLAIN_EVERY_S = 20


def clock(seconds):
    """`4:05`, or `?` where nobody knows."""
    return "?" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def short(name):
    """`01 pca and linear autoencoder`."""
    return name.replace("_", " ")


class Times:
    """Elapsed time, and an estimate of what remains, from how long the lessons took before.

    Args:
        expected: `{lesson: seconds}`, None where it has never run.
        jobs: how many run at a time.
    """

    def __init__(self, expected, jobs):
        self.expected, self.jobs = dict(expected), jobs
        self.took = {}
        self.started = time.monotonic()

    def elapsed(self):
        return time.monotonic() - self.started

    def remaining(self, watches):
        """Seconds, or None while there is nothing to go by. `watches`: of what runs now."""
        known = [s for s in self.expected.values() if s] or list(self.took.values())
        if not known:
            return None
        usual, pace = statistics.median(known), self._pace()
        running = {watch.name: watch.seconds() for watch in watches}
        left = [
            max(0.0, pace * (seconds or usual) - running.get(name, 0.0))
            for name, seconds in self.expected.items()
            if name not in self.took
        ]
        return max(sum(left) / self.jobs, *left, 0.0) if left else 0.0

    def _pace(self):
        """How much slower than before the finished lessons were."""
        both = [(self.took[n], self.expected[n]) for n in self.took if self.expected[n]]
        before = sum(seconds for _, seconds in both)
        return sum(took for took, _ in both) / before if before else 1.0


class Lines:
    """Progress where no terminal is: a line as each lesson ends, and now and then where it is."""

    def __init__(self, times):
        self.times, self.last = times, time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def _status(self, watches):
        remaining = clock(self.times.remaining(watches))
        return f"{clock(self.times.elapsed())} elapsed, about {remaining} to go"

    def update(self, watches):
        if time.monotonic() - self.last < PLAIN_EVERY_S:
            return
        self.last = time.monotonic()
        where = ", ".join(f"{number(w.name)} in cell {w.cell} of {w.cells}" for w in watches)
        print(f"  {where}; {self._status(watches)}", flush=True)

    def finished(self, outcome, watches):
        self.times.took[outcome["name"]] = outcome["seconds"]
        done = f"[{len(self.times.took)}/{len(self.times.expected)}]"
        print(f"{done} {summary(outcome)}; {self._status(watches)}", flush=True)


class Bars:
    """Progress on a terminal: a bar for each lesson that runs, in cells, and one for all."""

    def __init__(self, times, console):
        self.times = times
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            transient=True,
        )
        self.total = self.bars.add_task("lessons", total=len(times.expected), note="")
        self.tasks = {}

    def __enter__(self):
        self.bars.start()
        return self

    def __exit__(self, *_):
        self.bars.stop()

    def update(self, watches):
        for watch in watches:
            if watch.name not in self.tasks:
                self.tasks[watch.name] = self.bars.add_task(short(watch.name), note="")
            note = f"cells, {clock(watch.seconds())}"
            bar = self.tasks[watch.name]
            self.bars.update(bar, completed=watch.cell, total=watch.cells, note=note)
        remaining = clock(self.times.remaining(watches))
        note = f"{clock(self.times.elapsed())} elapsed, about {remaining} to go"
        self.bars.update(self.total, completed=len(self.times.took), note=note)

    def finished(self, outcome, watches):
        self.times.took[outcome["name"]] = outcome["seconds"]
        if outcome["name"] in self.tasks:
            self.bars.remove_task(self.tasks.pop(outcome["name"]))
        self.bars.console.print(summary(outcome), highlight=False, markup=False)
        self.update(watches)


def summary(outcome):
    """A line on how a lesson ended."""
    n = len(outcome["claims"])
    end = "FAILED" if outcome["failure"] else f"{n} claim{' holds' if n == 1 else 's hold'}"
    return f"{short(outcome['name'])}: {end}, {clock(outcome['seconds'])}"


def progress(times):
    """Bars or lines, as there is somebody to watch."""
    console = Console()
    return Bars(times, console) if console.is_terminal else Lines(times)
