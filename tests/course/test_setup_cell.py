"""The cell that stands first in every lesson: it brings what is missing, or says what that is."""

import ast
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

from course.authoring import build
from course.authoring.build import notebook_of
from course.paths import SETUP_CELL, lessons

# pip, as far as the cell knows it: it notes how it was called, and then it installs empty modules,
# or it fails with the words it is given.
PIP = """
import json, os, sys
from pathlib import Path

site = Path(__file__).parent.parent
with open(site / "calls.jsonl", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if "PIP_SAYS" in os.environ:
    sys.exit("\\x1b[31m" * ("FORCE_COLOR" in os.environ) + os.environ["PIP_SAYS"])
_, _, extra = sys.argv[-1].rstrip("]").partition("[")
for module in ["ipywidgets", "keras", "matplotlib", "sklearn", "tqdm"] + [extra] * bool(extra):
    (site / f"{module}.py").touch()
(site / "numpy-2.0.dist-info").mkdir(exist_ok=True)
(site / "numpy-2.0.dist-info" / "METADATA").write_text("Name: numpy\\nVersion: 2.0\\n")
"""

NO_ADDRESS = (
    "This notebook needs the course: run `%env AUTOENCODERS_COURSE=...` in a cell before this one, "
    "with the address that `git clone` takes, and then this one again."
)


class Alone:
    """A notebook's folder with nothing in it, and a Python that has only what `site` holds."""

    def __init__(self, tmp_path):
        self.site, self.folder, self.home = (tmp_path / n for n in ("site", "alone", "home"))
        for folder in (self.site / "pip", self.folder, self.home):
            folder.mkdir(parents=True)
        (self.site / "pip" / "__main__.py").write_text(PIP)
        (self.site / "pip" / "__init__.py").touch()

    def has(self, *modules):
        for module in modules:
            (self.site / f"{module}.py").touch()

    def run(self, *, before="", times=1, after="", cell=SETUP_CELL, folder=None, **environment):
        """Run the cell as often, between other lines; `-S` leaves out all that is installed."""
        lines = [before, *["exec(cell, globals())"] * times, after]
        return subprocess.run(
            [sys.executable, "-S", "-c", "\n".join([f"cell = open({str(cell)!r}).read()", *lines])],
            cwd=folder or self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "PYTHONPATH": str(self.site),
                "PYTHONDONTWRITEBYTECODE": "1",
                "FORCE_COLOR": "1",  # as in every kernel
                **environment,
            },
            capture_output=True,
            text=True,
        )

    def pip_calls(self):
        calls = self.site / "calls.jsonl"
        return [json.loads(line) for line in calls.read_text().splitlines()]


@pytest.fixture
def alone(tmp_path):
    return Alone(tmp_path)


@pytest.fixture
def repository(tmp_path):
    """A git repository of the course, as small as can be."""
    return git_repository(clone_of_the_course(tmp_path / "repository"))


def git_repository(folder):
    if shutil.which("git") is None:
        pytest.skip("git is missing, which the cell is to fetch a repository with")
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "One"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def clone_of_the_course(folder):
    """The files by which the cell knows the course."""
    for file in ("pyproject.toml", "aekit/__init__.py", "notebooks/a.ipynb"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def the_line(result):
    """What the cell ends with, where something is missing: one line."""
    assert result.returncode == 1
    error, _, line = result.stderr.splitlines()[-1].partition(": ")
    assert error == "NotReady", result.stderr
    return line


def run_in_kernel(cells, folder, **environment):
    """The cells of a notebook of these, run by a kernel as far as it gets."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    # A kernel that is started from pytest would leave its error stream to pytest.
    ours = ("PYTEST_CURRENT_TEST", "TF_CPP_MIN_LOG_LEVEL")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    client = nbclient.NotebookClient(notebook, kernel_name="python3", timeout=120)
    with contextlib.suppress(nbclient.exceptions.CellExecutionError):
        client.execute(env=inherited | environment, cwd=str(folder))
    return notebook.cells


def test_lesson_opened_alone_gets_the_course_and_a_backend(alone, repository):
    result = alone.run(
        after="import aekit, tensorflow\nprint(aekit.__file__)", AUTOENCODERS_COURSE=str(repository)
    )
    assert (result.returncode, result.stderr) == (0, "")
    course = alone.folder / "autoencoders"
    assert result.stdout.splitlines() == [
        f"Fetching the course from {repository}.",
        f"Installing {course}[tensorflow], which takes some minutes.",
        str(course / "aekit" / "__init__.py"),
    ]
    assert alone.pip_calls() == [
        ["install", "-q", "ipywidgets", "-e", f"{course}[tensorflow]"],
    ]


def test_cell_that_is_run_twice_installs_once(alone, repository):
    result = alone.run(times=2, AUTOENCODERS_COURSE=str(repository))
    assert (result.returncode, result.stderr) == (0, "")
    assert len(alone.pip_calls()) == 1


def test_second_try_after_a_failed_installation_keeps_the_course_that_was_fetched(
    alone, repository
):
    alone.run(AUTOENCODERS_COURSE=str(repository), PIP_SAYS="ERROR: No space left on device")
    again = alone.run(AUTOENCODERS_COURSE="")
    assert (again.returncode, again.stderr) == (0, "")
    assert "Fetching" not in again.stdout


def test_address_that_the_course_has_of_its_own_is_taken(alone, repository, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "REPOSITORY", str(repository))
    cell = tmp_path / "cell.py"
    cell.write_text(first_code_cell(lessons()[0]).source)
    result = alone.run(cell=cell, AUTOENCODERS_COURSE="")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("beside", ["notebooks", "."])
def test_notebook_in_a_clone_gets_that_clone_installed(alone, tmp_path, beside):
    clone = clone_of_the_course(tmp_path / "clone")
    result = alone.run(folder=clone / beside, PATH="")
    assert (result.returncode, result.stderr) == (0, "")
    assert alone.pip_calls()[0][-2:] == ["-e", f"{clone}[tensorflow]"]


def test_backend_that_is_there_stays_as_it_is(alone, tmp_path):
    alone.has("tensorflow")
    clone = clone_of_the_course(tmp_path / "clone")
    assert alone.run(folder=clone / "notebooks").returncode == 0
    assert alone.pip_calls()[0][-2:] == ["-e", str(clone)]


def test_backend_that_is_missing_comes_to_an_aekit_that_is_installed(alone):
    alone.has("aekit", "ipywidgets", "keras", "matplotlib", "sklearn", "tensorflow", "tqdm")
    result = alone.run(KERAS_BACKEND="jax")
    assert (result.returncode, result.stderr) == (0, "")
    assert alone.pip_calls() == [["install", "-q", "ipywidgets", "aekit[jax]"]]


@pytest.mark.parametrize(
    ("keras_json", "keras_backend", "backend"),
    [
        ('{"backend": "torch"}', None, "torch"),
        ('{"backend": "torch"}', "", "torch"),
        ('{"backend": "torch"}', "jax", "jax"),
        ('{"floatx": "float32"}', None, "tensorflow"),
        ('{"backend": ', None, "tensorflow"),
    ],
)
@pytest.mark.parametrize("in_keras_home", [True, False])
def test_backend_is_the_one_that_keras_will_choose(
    alone, tmp_path, keras_json, keras_backend, backend, in_keras_home
):
    home = alone.home / ("elsewhere" if in_keras_home else ".keras")
    home.mkdir()
    (home / "keras.json").write_text(keras_json)
    environment = {"KERAS_HOME": str(home)} if in_keras_home else {}
    if keras_backend is not None:
        environment["KERAS_BACKEND"] = keras_backend
    alone.run(folder=clone_of_the_course(tmp_path / "clone"), **environment)
    assert alone.pip_calls()[0][-1].endswith(f"[{backend}]")


def test_backend_that_the_course_cannot_run_on_is_named(alone):
    assert the_line(alone.run(KERAS_BACKEND="numpy")) == (
        "Keras' backend is to be numpy, by KERAS_BACKEND or ~/.keras/keras.json: change that to "
        "tensorflow, jax or torch, and restart the kernel."
    )


@pytest.mark.parametrize("environment", [{}, {"AUTOENCODERS_COURSE": ""}])
def test_without_an_address_the_line_says_how_to_give_one(alone, environment):
    assert the_line(alone.run(**environment)) == NO_ADDRESS


def test_wrong_address_is_named_with_what_git_says(alone, repository):
    wrong = f"{repository}-not"
    assert the_line(alone.run(AUTOENCODERS_COURSE=wrong)) == (
        f"Could not fetch the course (is {wrong} its address?): "
        f"fatal: repository '{wrong}' does not exist"
    )
    assert not list(alone.folder.iterdir())


def test_git_asks_for_no_password_and_answers_in_english(alone, tmp_path):
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\necho fatal: $GIT_TERMINAL_PROMPT $LANGUAGE >&2; exit 128\n")
    git.chmod(0o755)
    result = alone.run(AUTOENCODERS_COURSE="there", PATH=str(git.parent), LANGUAGE="de")
    assert the_line(result).endswith("(is there its address?): fatal: 0 en")


def test_address_of_another_repository_is_named(alone, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "README").touch()
    other, beside = git_repository(tmp_path / "other"), alone.folder / "autoencoders"
    assert the_line(alone.run(AUTOENCODERS_COURSE=str(other))) == (
        f"{other} is not the course: delete {beside}, and give another address."
    )


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
def test_folder_of_the_name_that_is_not_the_course_stays_and_is_named(alone, make):
    beside = alone.folder / "autoencoders"
    make(beside)
    assert the_line(alone.run(AUTOENCODERS_COURSE="/somewhere")) == (
        f"{beside} is in the way, and is not the course: rename it."
    )
    assert beside.exists()


def test_without_git_the_line_says_where_to_get_it(alone):
    assert the_line(alone.run(AUTOENCODERS_COURSE="/somewhere", PATH="")) == (
        "There is no git here, which fetches the course: install it from https://git-scm.com, and "
        "run this cell again."
    )


def test_without_pip_the_line_says_how_to_get_it(alone, tmp_path):
    shutil.rmtree(alone.site / "pip")
    assert the_line(alone.run(folder=clone_of_the_course(tmp_path / "clone"))) == (
        "This Python has no pip to install the course with: run `%run -m ensurepip` in a cell "
        "before this one, and then this one again."
    )


PYTHON = "ERROR: Package 'aekit' requires a different Python: 3.10.13 not in '<3.14,>=3.11'"
OFFLINE = "ERROR: No matching distribution found for setuptools>=77"


@pytest.mark.parametrize(
    ("pip_says", "reason"),
    [
        (f"WARNING: old\n{PYTHON}\n\n[notice] A new release of pip is available", PYTHON),
        (f"  error: subprocess-exited-with-error\n\n  x pip\n      {OFFLINE}\n  hint: No", OFFLINE),
        (
            "error: externally-managed-environment\n\nx This\n\nhint: See PEP 668",
            "error: externally-managed-environment",
        ),
        ("Traceback:\n  pip\nMemoryError", "MemoryError"),
        ("", "it does not say why"),
    ],
)
def test_failing_pip_is_quoted_by_the_line_that_says_why(alone, tmp_path, pip_says, reason):
    clone = clone_of_the_course(tmp_path / "clone")
    assert the_line(alone.run(folder=clone, PIP_SAYS=pip_says)) == (
        f"Could not install {clone}[tensorflow] (it takes a network and a virtual environment): "
        f"{reason}"
    )


def test_kernel_that_holds_an_older_package_than_pip_installed_is_to_be_restarted(alone, tmp_path):
    (alone.site / "numpy.py").write_text("__version__ = '1.0'")
    clone = clone_of_the_course(tmp_path / "clone")
    assert the_line(alone.run(before="import numpy", folder=clone)) == (
        "All is installed: restart the kernel, and run this notebook from the top."
    )
    restarted = alone.run(folder=clone)
    assert (restarted.returncode, restarted.stdout, restarted.stderr) == (0, "", "")


def test_what_keras_writes_past_python_is_dropped_and_only_that(alone):
    alone.has("aekit", "ipywidgets", "matplotlib", "sklearn", "tensorflow", "tqdm")
    (alone.site / "keras.py").write_text("import os; os.write(2, b'port.cc')")
    result = alone.run(after="import os; os.write(2, b'heard')")
    assert (result.returncode, result.stderr) == (0, "heard")


def test_keras_that_cannot_be_imported_says_why(alone):
    alone.has("aekit", "ipywidgets", "matplotlib", "sklearn", "tensorflow", "tqdm")
    (alone.site / "keras.py").write_text("raise ImportError('no AVX')")
    result = alone.run()
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "ImportError: no AVX"


def test_closed_error_stream_does_no_harm(alone):
    alone.has("aekit", "ipywidgets", "keras", "matplotlib", "sklearn", "tensorflow", "tqdm")
    result = alone.run(before="import os; os.close(2)", times=2, after="print('went on')")
    assert (result.returncode, result.stdout) == (0, "went on\n")


def test_kernel_shows_one_line_for_what_is_missing_and_stops_there(tmp_path):
    cells = [SETUP_CELL.read_text(encoding="utf-8"), "print('went on')"]
    setup, following = run_in_kernel(cells, tmp_path, KERAS_BACKEND="numpy", KERAS_HOME="/none")
    (error,) = setup.outputs
    assert error.traceback == [
        "Keras' backend is to be numpy, by KERAS_BACKEND or /none/keras.json: change that to "
        "tensorflow, jax or torch, and restart the kernel."
    ]
    assert following.execution_count is None and not following.outputs


def test_kernel_imports_keras_without_a_word_and_hears_later_ones(tmp_path):
    setup = SETUP_CELL.read_text(encoding="utf-8")
    use = "import keras, logging; keras.ops.ones(2) + 1; logging.getLogger('tensorflow').level"
    write = "import os, time; os.write(2, b'heard'); time.sleep(1)"
    cells = run_in_kernel([setup, use, setup, write], tmp_path, TF_ENABLE_ONEDNN_OPTS="1")
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4]
    outputs = [output for cell in cells for output in cell.outputs]
    assert [o.get("data", o.get("text")) for o in outputs] == [{"text/plain": "40"}, "heard"]


def test_cell_does_nothing_where_the_course_is_installed(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("something was run"))
    exec(compile(SETUP_CELL.read_text(encoding="utf-8"), str(SETUP_CELL), "exec"), {})
    assert not list(tmp_path.iterdir())


def first_code_cell(name):
    return next(cell for cell in notebook_of(name).cells if cell.cell_type == "code")


@pytest.mark.parametrize("name", lessons())
def test_every_lesson_begins_with_it(name):
    first = first_code_cell(name)
    assert "setup" in first.metadata.tags
    compile(first.source, name, "exec")


def test_lessons_import_only_what_the_cell_looks_for_or_what_comes_with_it(monkeypatch):
    namespace = {}
    exec(compile(SETUP_CELL.read_text(encoding="utf-8"), str(SETUP_CELL), "exec"), namespace)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with_it = {"IPython", "PIL", "numpy", "scipy", "threadpoolctl"}  # every kernel has IPython
    assert imported_by_lessons() <= {*namespace["missing"](), *with_it, *sys.stdlib_module_names}


def imported_by_lessons():
    """The packages, such as `sklearn`."""
    names = set()
    for cell in (cell for name in lessons() for cell in notebook_of(name).cells):
        for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module.partition(".")[0])
    return names
