"""The cell that stands first in every lesson: it fetches the course, or it does nothing."""

import os
import subprocess
import sys

import pytest

from course.authoring.build import notebook_of
from course.paths import SETUP_CELL, lessons

# The installed aekit is hidden, pip only says that it was called, and the cell is run.
ALONE = """
import importlib.util, subprocess, sys
sys.path[:] = [p for p in sys.path if not importlib.machinery.PathFinder.find_spec("aekit", [p])]
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
run = subprocess.run
subprocess.run = lambda c, **k: print("pip", c[-1]) if "pip" in c else run(c, **k)
exec(compile(open(sys.argv[1]).read(), "cell", "exec"))
import importlib.util
print("found", importlib.util.find_spec("aekit").origin)
"""


@pytest.fixture
def repository(tmp_path):
    """A git repository with an `aekit` in it, as small as can be."""
    folder = tmp_path / "repository"
    (folder / "aekit").mkdir(parents=True)
    (folder / "aekit" / "__init__.py").touch()
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "One"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def run_alone(folder, course):
    folder.mkdir(exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "GIT_DIR")}
    return subprocess.run(
        [sys.executable, "-c", ALONE, SETUP_CELL],
        cwd=folder,
        env=environment | {"AUTOENCODERS_COURSE": str(course)},
        capture_output=True,
        text=True,
    )


def test_lesson_opened_alone_fetches_the_course_and_a_second_try_keeps_it(tmp_path, repository):
    for _ in range(2):
        result = run_alone(tmp_path / "alone", repository)
        assert result.returncode == 0, result.stderr
        called, found = result.stdout.splitlines()
        assert called == "pip autoencoders"
        assert found.endswith("autoencoders/aekit/__init__.py")


def test_lesson_opened_alone_without_an_address_says_what_to_set(tmp_path):
    result = run_alone(tmp_path / "alone", "")
    assert result.returncode == 1
    assert "No aekit here: set AUTOENCODERS_COURSE to the course's address" in result.stderr


def test_cell_does_nothing_where_the_course_is_installed(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("something was run"))
    exec(compile(SETUP_CELL.read_text(encoding="utf-8"), str(SETUP_CELL), "exec"), {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", lessons())
def test_every_lesson_begins_with_it(name):
    first = next(cell for cell in notebook_of(name).cells if cell.cell_type == "code")
    assert "setup" in first.metadata.tags
    compile(first.source, name, "exec")
