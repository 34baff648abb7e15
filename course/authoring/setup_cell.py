# Where this notebook was opened alone, as on Colab, this brings all that it needs, which takes
# minutes once. Where all is there, it installs nothing.
import contextlib
import importlib
import importlib.metadata
import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""  # the address that `git clone` takes


class NotReady(Exception):
    """What is missing and how to get it: one line, which Jupyter shows without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


def backend():
    """The package that Keras computes with, as its own settings choose it."""
    file = os.path.join(os.environ.get("KERAS_HOME", "~/.keras"), "keras.json")
    try:
        settings = json.loads(Path(os.path.expanduser(file)).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        settings = {}
    chosen = os.environ.get("KERAS_BACKEND") or settings.get("backend", "tensorflow")
    if chosen not in ("tensorflow", "jax", "torch"):
        raise NotReady(
            f"Keras' backend is to be {chosen}, by KERAS_BACKEND or {file}: change that to "
            "tensorflow, jax or torch, and restart the kernel."
        )
    return chosen


def missing():
    """Which packages of those that the lessons import are not here."""
    needed = ("aekit", "ipywidgets", "keras", "matplotlib", "sklearn", "tqdm", backend())
    return [name for name in needed if importlib.util.find_spec(name) is None]


def install():
    """Let pip install the course from its clone, and a backend if it is missing."""
    extra = f"[{backend()}]" if backend() in missing() else ""
    course = course_folder()
    if importlib.util.find_spec("pip") is None:
        raise NotReady(
            "This Python has no pip to install the course with: run `%run -m ensurepip` in a cell "
            "before this one, and then this one again."
        )
    print(f"Installing {course}{extra}, which takes some minutes.")
    pip = [sys.executable, "-m", "pip", "install", "-q", "ipywidgets"]
    editable = [] if course == "aekit" else ["-e"]
    needs = "it takes a network and a virtual environment"
    call([*pip, *editable, f"{course}{extra}"], f"Could not install {course}{extra} ({needs})")
    if course != "aekit":
        sys.path.insert(0, str(course))  # where the kernel looks of itself when it next starts
    importlib.invalidate_caches()
    if missing() or any(map(is_stale, ("keras", "matplotlib", "numpy"))):
        raise NotReady("All is installed: restart the kernel, and run this notebook from the top.")


def course_folder():
    """The clone around this notebook or beside it, or "aekit" where that is installed already.

    Where there is none of them, the course is fetched.
    """
    beside = Path("autoencoders").resolve()
    for folder in (Path("..").resolve(), Path.cwd(), beside):
        if is_course(folder):
            return folder
    if "aekit" not in missing():
        return "aekit"
    address = os.environ.get("AUTOENCODERS_COURSE") or REPOSITORY
    if not address:
        raise NotReady(
            "This notebook needs the course: run `%env AUTOENCODERS_COURSE=...` in a cell before "
            "this one, with the address that `git clone` takes, and then this one again."
        )
    if beside.exists():
        raise NotReady(f"{beside} is in the way, and is not the course: rename it.")
    if not shutil.which("git"):
        raise NotReady(
            "There is no git here, which fetches the course: install it from https://git-scm.com, "
            "and run this cell again."
        )
    print(f"Fetching the course from {address}.")
    clone = ["git", "clone", "-q", "--depth=1", "--", address, beside]
    call(clone, f"Could not fetch the course (is {address} its address?)")
    if not is_course(beside):
        raise NotReady(f"{address} is not the course: delete {beside}, and give another address.")
    return beside


def is_course(folder):
    return (folder / "pyproject.toml").is_file() and (folder / "aekit" / "__init__.py").is_file()


def is_stale(package):
    """Whether this kernel has loaded another version of it than is installed by now."""
    loaded = sys.modules.get(package)
    return loaded is not None and loaded.__version__ != importlib.metadata.version(package)


def call(command, failure):
    """Run the command; if it fails, that ends this cell, with the line that says why."""
    environment = dict(os.environ, GIT_TERMINAL_PROMPT="0", LANGUAGE="en")
    environment.pop("FORCE_COLOR", None)  # Jupyter sets it, and the line would have colour codes
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=environment
    )
    if done.returncode:
        raise NotReady(f"{failure}: {reason(done.stderr or done.stdout)}")


def reason(output):
    """The line of it that says why a program failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for sign in ("fatal:", "ERROR:", "error:"):
        for line in lines:
            if line.startswith(sign):
                return line
    return lines[-1] if lines else "it does not say why"


@contextlib.contextmanager
def quiet():
    """Drop what a library writes to the error stream meanwhile, past Python."""
    try:
        stderr = os.dup(2)
    except OSError:  # it is closed
        yield
        return
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


if missing():
    install()

# What TensorFlow writes as it starts, and on each small model that it traces, is no lesson.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with quiet():
    importlib.import_module("keras")
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # not before: TensorFlow sets it as well
