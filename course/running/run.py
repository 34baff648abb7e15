"""Run the lessons, several at a time: check first, resume, keep what has finished, report.

A lesson that succeeded before and of which nothing has changed since is not run again: each one
leaves `<name>.json`, its outcome, beside its executed notebook, with a digest of all that it was
made of.
"""

import queue
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from course import paths
from course.lessons import provenance
from course.lessons.lesson import Lesson, claims_of
from course.publishing import pages
from course.running import checks, resources
from course.running.progress import Times, progress
from course.running.report import report
from course.running.results import write_results

NOTEBOOKS, BUILD = paths.NOTEBOOKS, paths.BUILD
TICK_S = 0.25
DONE, FAILED = 0, 1


def run(names, profile, force=False, jobs=None, given=(), build=None):
    """Run the lessons; 0 if all of them finished with every claim true, else 1 or what stopped it.

    Args:
        names: the lessons.
        profile: "quick" or "full".
        force: run also what has not changed.
        jobs: how many at a time; as the cores and the memory allow when None.
        given: `[(name, text)]` of parameters.
        build: folder of results, in which each profile has its own, and each choice of parameters
            that are not the lessons' own; `build/` when None.

    Raises:
        checks.CannotRun: the run would fail, and nothing was run.
    """
    values, unusual = checks.values(names, NOTEBOOKS, given)
    folder = (build or BUILD) / _folder_name(profile, unusual)
    checks.folder(folder)
    checks.backend()
    checks.data()
    try:
        with paths.alone_in(folder):
            return _run(names, {"profile": profile} | values, force, jobs, folder)
    except BlockingIOError as error:
        raise checks.CannotRun(str(error)) from None


def _folder_name(profile, unusual):
    """Such as `quick`, or `quick-seed-1`."""
    parts = [profile, *(f"{name}-{value}" for name, value in sorted(unusual.items()))]
    return re.sub(r"[^\w.+-]", "_", "-".join(parts))


def _run(names, values, force, jobs, folder):
    started, around = time.monotonic(), provenance.surroundings()
    asked = [Lesson(name, NOTEBOOKS, values, around) for name in names]
    _name_unbuilt(asked)
    todo = [lesson for lesson in asked if force or not lesson.is_finished(folder)]
    if len(todo) < len(asked):
        unchanged = [paths.number(lesson.name) for lesson in asked if lesson not in todo]
        print(f"Nothing has changed since the last run of {', '.join(unchanged)}.", flush=True)
    status, outcomes = DONE, []
    if todo:
        checks.kernels(todo)
        checks.disk(folder)
        for half in [*folder.rglob("*.half"), *folder.rglob(".*.half.ipynb")]:  # of a killed run
            half.unlink()
        jobs = min(jobs or resources.default_jobs(), len(todo))
        status, outcomes = _run_lessons(todo, jobs, folder)
    results = _results(values["profile"], folder, around, outcomes)
    ended = {lesson.name for lesson in asked if lesson not in todo} | {x["name"] for x in outcomes}
    ran = [lesson for lesson in results["lessons"] if lesson["name"] in ended]
    index, unwritten = _written(results, folder, with_pages=not status)
    report(ran, time.monotonic() - started)
    if status:
        print("Interrupted. What has finished is kept: the same command runs the rest.")
    if unwritten:
        print(f"FAILED to write the results: {unwritten}")
        print("What has finished is kept: the same command goes on from there.")
    if index:
        print(f"`make claims` lists the claims. Open {index.as_uri()}")
    return status or (FAILED if unwritten or any(x["failure"] for x in ran) else DONE)


def _name_unbuilt(lessons):
    """Say of which lessons the text has changed since the notebooks that will run were built."""
    unbuilt = [paths.number(lesson.name) for lesson in lessons if lesson.is_unbuilt()]
    if unbuilt:
        print(
            f"NOT the text as it is in notebooks/src now: {', '.join(unbuilt)}. "
            f'`make notebooks ONLY="{" ".join(unbuilt)}"` builds it.',
            flush=True,
        )


def _written(results, folder, with_pages):
    """`(the pages' index or None, what went wrong or None)`; a disk may be full by now."""
    try:
        write_results(results, folder)
        return pages.write(folder, results) if with_pages else None, None
    except (OSError, RuntimeError) as error:
        return None, error


def _run_lessons(todo, jobs, folder):
    """Run each lesson; returns the exit status of an interrupt or 0, and the outcomes."""
    from course.running.kernels import Watch  # papermill, only where something is to run

    expected = {lesson.name: lesson.seconds_before(folder) for lesson in todo}
    todo = sorted(todo, key=lambda lesson: -(expected[lesson.name] or 1e9))  # the long ones first
    environment = resources.environment(jobs)
    watches = [Watch(x.name, x.cells, environment, str(x.path.parent)) for x in todo]
    ended, outcomes = queue.SimpleQueue(), []
    print(f"{len(todo)} lesson{'s' * (len(todo) > 1)} to run, {jobs} at a time.", flush=True)
    with ThreadPoolExecutor(jobs) as pool, progress(Times(expected, jobs)) as shown:
        try:
            with _termination_as_interrupt():
                for lesson, watch in zip(todo, watches, strict=True):
                    pool.submit(_run_lesson, lesson, watch, folder, ended)
                _wait(ended, watches, outcomes, shown)
        except KeyboardInterrupt as interrupt:
            return (interrupt.args or (128 + signal.SIGINT,))[0], outcomes
        finally:
            for watch in watches:
                watch.stop()
            pool.shutdown(cancel_futures=True)
    return DONE, outcomes


def _wait(ended, watches, outcomes, shown):
    """Collect the outcomes, and show how far the others are, until all lessons have ended."""
    while len(outcomes) < len(watches):
        outcome = None
        try:
            outcome = ended.get(timeout=TICK_S)
            outcomes.append(outcome)
        except queue.Empty:
            pass
        names = {outcome["name"] for outcome in outcomes}
        running = [w for w in watches if w.started is not None and w.name not in names]
        if outcome:
            shown.finished(outcome, running)
        shown.update(running)


def _run_lesson(lesson, watch, folder, ended):
    """Execute a copy of one lesson in `folder` and store its outcome beside it."""
    from course.running.kernels import Stopped, execute, failure_of

    whole = folder / f"{lesson.name}.ipynb"
    half = whole.with_name(f".{whole.stem}.half.ipynb")  # papermill writes it after every cell
    outcome = {"name": lesson.name, "title": lesson.title, "parameters": lesson.parameters}
    try:
        whole.parent.mkdir(exist_ok=True)
        failure = execute(lesson.path, half, lesson.given, watch)
        claims = claims_of(paths.read_json(half) or {"cells": []})
        outcome |= {"seconds": round(watch.seconds(), 1), "claims": claims}
        outcome |= {"failure": failure, **watch.report, "made_of": lesson.made_of}
        paths.move(half, whole)
        paths.write_json(outcome, folder / f"{lesson.name}.json")
    except Stopped:
        half.unlink(missing_ok=True)
        return
    except Exception as error:  # it could not be stored: a full disk, perhaps
        failure = failure_of(watch, type(error).__name__, str(error))
        outcome |= {"seconds": round(watch.seconds(), 1), "claims": [], "failure": failure}
    ended.put(outcome)


def _results(profile, folder, around, outcomes):
    """What is known in `folder` of every lesson as it is now, and of what it was run with."""
    outcomes = {outcome["name"]: outcome for outcome in outcomes}
    names = paths.stored(NOTEBOOKS)
    known = [Lesson(name, NOTEBOOKS, {}, around).outcome(folder) for name in names]
    known = [outcomes.get(name, stored) for name, stored in zip(names, known, strict=True)]
    lessons = [outcome for outcome in known if outcome]
    seeds = {outcome["parameters"].get("seed") for outcome in lessons}
    return {
        "profile": profile,
        "seed": seeds.pop() if len(seeds) == 1 else None,
        "backend": provenance.backend(),
        "device": ", ".join(sorted({x["device"] for x in lessons if x.get("device")})) or "CPU",
        "machine": provenance.machine(),
        "versions": provenance.versions(),
        "lessons": lessons,
    }


@contextmanager
def _termination_as_interrupt():
    """SIGTERM and SIGHUP end the run as Ctrl-C does, each with its own exit status."""

    def interrupt(number, frame):
        raise KeyboardInterrupt(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {n: signal.signal(n, interrupt) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
