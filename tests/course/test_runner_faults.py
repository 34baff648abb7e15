"""Whatever goes wrong in a run, it is said plainly, and nothing that had finished is lost."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import namedtuple

import psutil
import pytest
from tiny_lessons import CLAIM, start, write_lesson

from aekit import datasets
from course import __main__ as program
from course import paths
from course.running import checks, resources, run

# Runs until the file `go` is there, and tells its process first.
SLOW = """
import os, pathlib, time
pathlib.Path("half").write_text(str(os.getpid()))
os.rename("half", "kernel")
while not os.path.exists("go"):
    time.sleep(0.1)
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Folders of two lessons, the second slow; returns (root, notebooks, results)."""
    write_lesson(tmp_path / "notebooks", "00_quick", CLAIM.format(0.6))
    write_lesson(tmp_path / "notebooks", "01_slow", SLOW, CLAIM.format(0.6))
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(run, "BUILD", tmp_path / "build")
    monkeypatch.setattr(run.pages, "write", lambda *_: tmp_path / "index.html")
    folders = namedtuple("Folders", ["root", "notebooks", "results"])
    return folders(tmp_path, tmp_path / "notebooks", tmp_path / "build" / "quick")


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def is_gone(pid):
    """Whether the process has ended, even where nobody has collected it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def outcome(course, name):
    return json.loads((course.results / f"{name}.json").read_text(encoding="utf-8"))


def started(course):
    """A run in which lesson 00 has finished and 01 is at work; returns it and the kernel's pid."""
    runner = start(course.root, "00_quick", "01_slow")
    wait_for((course.notebooks / "kernel").exists)
    return runner, int((course.notebooks / "kernel").read_text())


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_interrupted_run_keeps_what_has_finished_and_resumes_with_the_rest(course, number, status):
    runner, kernel = started(course)
    runner.send_signal(number)
    shown, _ = runner.communicate(timeout=30)
    assert runner.returncode == status
    wait_for(lambda: is_gone(kernel), seconds=10)
    assert {path.name for path in course.results.glob("0*.ipynb")} == {"00_quick.ipynb"}
    finished = (course.results / "00_quick.ipynb").stat().st_mtime_ns
    if number != signal.SIGKILL:
        assert "the same command runs the rest" in shown
        results = json.loads((course.results / "results.json").read_text(encoding="utf-8"))
        assert [lesson["name"] for lesson in results["lessons"]] == ["00_quick"]
    (course.notebooks / "go").touch()
    assert run.run(["00_quick", "01_slow"], "quick") == 0
    assert (course.results / "00_quick.ipynb").stat().st_mtime_ns == finished
    assert outcome(course, "01_slow")["failure"] is None
    assert not [p for p in course.results.iterdir() if "half" in p.name]


def test_second_run_in_the_same_folder_is_refused_by_the_name_of_the_first(course):
    runner, _ = started(course)
    with pytest.raises(checks.CannotRun, match=f"Another run, process {runner.pid}, is at work"):
        run.run(["00_quick"], "quick")
    (course.notebooks / "go").touch()
    assert runner.wait(timeout=30) == 0
    assert run.run(["00_quick", "01_slow"], "quick") == 0


def test_lesson_runs_where_no_python_is_on_the_path(course):
    """As on Debian, which has python3 alone; the kernel is the Python that runs the course."""
    (course.root / "bin").mkdir()
    runner = start(course.root, "00_quick", PATH=str(course.root / "bin"))
    shown, errors = runner.communicate(timeout=60)
    assert runner.returncode == 0, shown + errors
    assert outcome(course, "00_quick")["failure"] is None


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS])
def test_run_goes_on_where_the_file_system_has_no_locks(course, monkeypatch, capsys, number):
    def no_lock(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(paths.fcntl, "flock", no_lock)
    assert run.run(["00_quick"], "quick") == 0
    assert "No locks here" in capsys.readouterr().out


def test_interrupted_run_by_force_shows_no_results_of_the_run_before(course):
    (course.notebooks / "go").touch()
    assert run.run(["00_quick", "01_slow"], "quick") == 0
    for name in ("go", "kernel"):
        (course.notebooks / name).unlink()
    runner = start(course.root, "01_slow", "00_quick", more="True, 1")
    wait_for((course.notebooks / "kernel").exists)
    runner.send_signal(signal.SIGINT)
    shown, _ = runner.communicate(timeout=30)
    assert runner.returncode == 130
    # Lesson 00 may have run by then; 01, which had succeeded in the run before, has not.
    assert re.search(r"^[01] lessons?, 0 failed", shown, re.MULTILINE) and "✓ 01" not in shown


def test_interrupt_while_python_still_imports_leaves_no_traceback(tmp_path):
    interrupt = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)"
    (tmp_path / "argparse.py").write_text(interrupt)
    command = [sys.executable, "-c", "import runpy; runpy.run_module('course', alter_sys=True, "]
    command[-1] += "run_name='__main__')"
    path = f"{tmp_path}{os.pathsep}{paths.ROOT}"
    how = {"capture_output": True, "text": True, "env": os.environ | {"PYTHONPATH": path}}
    done = subprocess.run(command, cwd=tmp_path, **how)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


def test_disk_that_is_full_at_the_end_is_said_after_the_report(course, monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(run, "write_results", full)
        assert run.run(["00_quick"], "quick") == 1
    report, said = capsys.readouterr().out.split("1 lesson, 0 failed")
    assert "✓ 00" in report
    assert "FAILED to write the results: [Errno 28] No space left on device" in said
    assert "the same command goes on from there" in said
    assert run.run(["00_quick"], "quick") == 0
    assert "Nothing has changed since the last run of 00." in capsys.readouterr().out


def test_claims_are_shown_where_the_terminal_has_no_ticks(tmp_path):
    claim = {"statement": "it is so", "value": 1.0, "at_least": 0, "at_most": None, "holds": True}
    lesson = {"name": paths.lessons()[0], "claims": [claim]}
    paths.write_json({"lessons": [lesson]}, tmp_path / "quick" / "results.json")
    command = [sys.executable, "-m", "course", "claims", "--build", tmp_path]
    for encoding in ("ascii", "cp1252"):
        environment = os.environ | {"PYTHONIOENCODING": encoding}
        done = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert b"? it is so" in done.stdout


@pytest.mark.parametrize("command", ["site", "slides", "pdf"])
def test_folder_that_takes_no_pages_is_refused(tmp_path, command, capsys):
    (tmp_path / "build").write_text("a file in its place")
    with pytest.raises(SystemExit, match="2"):
        program.main([command, "--build", str(tmp_path / "build")])
    assert "Cannot write to the folder of results" in capsys.readouterr().err


def test_failing_cell_is_named_with_its_last_lines_and_stops_no_other_lesson(course, capsys):
    write_lesson(course.notebooks, "02_broken", "1 + 1", "def f():\n    return {}['no']\nf()")
    write_lesson(course.notebooks, "03_after", CLAIM.format(0.6))
    assert run.run(["02_broken", "03_after"], "quick", jobs=1) == 1
    shown = capsys.readouterr().out
    assert "FAILED 02_broken, cell [4]: KeyError" in shown
    assert "return {}['no']" in shown and "KeyError: 'no'" in shown
    assert outcome(course, "03_after")["failure"] is None


def test_false_claim_fails_the_run_after_the_others_have_run(course, capsys):
    write_lesson(course.notebooks, "02_false", CLAIM.format(0.4))
    write_lesson(course.notebooks, "03_after", CLAIM.format(0.6))
    assert run.run(["02_false", "03_after"], "quick", jobs=2) == 1
    shown = capsys.readouterr().out
    assert "✗ a half is small · measured 0.5 · at most 0.4" in shown
    assert "2 lessons, 1 failed, 1 of 2 claims hold" in shown
    assert [claim["holds"] for claim in outcome(course, "02_false")["claims"]] == [False]
    assert outcome(course, "03_after")["failure"] is None


def test_kernel_that_dies_is_reported_as_killed_and_stops_no_other_lesson(course, capsys):
    die = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    write_lesson(course.notebooks, "02_hungry", CLAIM.format(0.6), die)
    write_lesson(course.notebooks, "03_after", CLAIM.format(0.6))
    assert run.run(["02_hungry", "03_after"], "quick", jobs=2) == 1
    shown = capsys.readouterr().out
    assert "FAILED 02_hungry, cell [4]: KernelDied" in shown
    assert "was killed (SIGKILL), as the system does when memory runs out" in shown
    assert len(outcome(course, "02_hungry")["claims"]) == 1  # what it had measured before
    assert outcome(course, "03_after")["failure"] is None


def test_lesson_that_cannot_be_stored_fails_and_stops_no_other(course, monkeypatch, capsys):
    move = paths.move

    def full_disk(half, path):
        if path.name == "00_quick.ipynb":
            raise OSError(28, "No space left on device")
        move(half, path)

    write_lesson(course.notebooks, "03_after", CLAIM.format(0.6))
    monkeypatch.setattr(paths, "move", full_disk)
    assert run.run(["00_quick", "03_after"], "quick", jobs=1) == 1
    assert "No space left on device" in capsys.readouterr().out
    assert outcome(course, "03_after")["failure"] is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([("sede", "1")], "Lesson 00_quick has no parameter 'sede'. It has: seed. Choose lessons"),
        ([("seed", "one")], "'seed' of lesson 00_quick must be of type int. Received: 'one'"),
        ([("seed", "1.5")], "'seed' of lesson 00_quick must be of type int. Received: '1.5'"),
        ([("profile", "full")], "The profile is chosen by --profile, not by -p."),
    ],
)
def test_wrong_parameter_is_refused_before_anything_is_run(course, given, message):
    with pytest.raises(checks.CannotRun) as refused:
        run.run(["00_quick"], "quick", given=given)
    assert message in str(refused.value)
    assert not list(course.results.glob("0*.ipynb"))


@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_damaged_data_are_refused_before_anything_is_run(course, monkeypatch, damage):
    (course.root / "data").mkdir()
    for name in datasets.SHA256:
        (course.root / "data" / name).symlink_to(datasets.data_folder() / name)
    mnist = course.root / "data" / "mnist.npz"
    half = mnist.read_bytes()[: mnist.stat().st_size // 2]
    mnist.unlink()
    if damage == "truncated":
        mnist.write_bytes(half)
    monkeypatch.setenv("AEKIT_DATA", str(course.root / "data"))
    with pytest.raises(checks.CannotRun, match=rf"mnist.npz is {damage}.*AEKIT_DATA points there"):
        run.run(["00_quick"], "quick")
    assert not list(course.results.glob("0*.ipynb"))


def test_folder_that_cannot_be_made_is_refused(course):
    (course.root / "build").write_text("a file in its place")
    with pytest.raises(checks.CannotRun, match="Cannot write to the folder of results.*--build"):
        run.run(["00_quick"], "quick")


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_folder_that_is_read_only_is_refused_and_kept(course):
    assert run.run(["00_quick"], "quick") == 0
    before = {path.name: path.read_bytes() for path in course.results.iterdir()}
    course.results.chmod(0o555)
    try:
        with pytest.raises(checks.CannotRun, match="Permission denied"):
            run.run(["00_quick"], "quick", force=True)
    finally:
        course.results.chmod(0o755)
    assert {path.name: path.read_bytes() for path in course.results.iterdir()} == before


def test_full_disk_is_refused_before_anything_is_run(course, monkeypatch):
    usage = namedtuple("usage", ["total", "used", "free"])(10**9, 10**9, 5 * 2**20)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(checks.CannotRun, match="has 5 MB left, and a run may need 200 MB"):
        run.run(["00_quick"], "quick")


def test_missing_kernel_is_refused_before_anything_is_run(course):
    path = course.notebooks / "00_quick.ipynb"
    path.write_text(path.read_text().replace('"python3"', '"fortran77"'))
    with pytest.raises(checks.CannotRun, match="kernel 'fortran77', which is not installed"):
        run.run(["00_quick"], "quick")


def test_unknown_backend_is_refused_before_anything_is_run(course, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    with pytest.raises(checks.CannotRun, match="must be one of tensorflow, jax, torch. Received"):
        run.run(["00_quick"], "quick")


def test_notebook_that_is_not_whole_is_refused(course):
    (course.notebooks / "00_quick.ipynb").write_text('{"cells": [')
    with pytest.raises(checks.CannotRun, match="00_quick is not built, or not whole"):
        run.run(["00_quick"], "quick")


def test_outcome_that_was_damaged_on_the_disk_is_run_again(course):
    assert run.run(["00_quick"], "quick") == 0
    (course.results / "00_quick.json").write_text('{"name": "00_qu')
    assert run.run(["00_quick"], "quick") == 0
    assert outcome(course, "00_quick")["failure"] is None


def test_jobs_and_threads_share_out_the_machine(monkeypatch):
    monkeypatch.setattr(resources, "cpu_count", lambda: 8)
    monkeypatch.setattr(resources, "has_gpu", lambda: False)
    monkeypatch.setattr(resources, "available_memory", lambda: 10 * 2**30)
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert resources.default_jobs() == 3  # of 3 GB each
    environment = resources.environment(jobs=3)
    assert environment["TF_NUM_INTRAOP_THREADS"] == "2"
    assert environment["OMP_NUM_THREADS"] == "3"  # as the caller says
    monkeypatch.setattr(resources, "available_memory", lambda: 2**30)
    assert resources.default_jobs() == 1
    monkeypatch.setattr(resources, "has_gpu", lambda: True)
    assert resources.default_jobs() == 1
