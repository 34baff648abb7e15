# Where this notebook was opened alone, as on Colab, this brings the course; elsewhere, nothing.
import importlib
import importlib.util
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""  # the address that `git clone` takes


class NotReady(Exception):
    """What is missing, in one line and without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


def is_missing(package):
    return importlib.util.find_spec(package) is None


def backend():
    """Keras' backend, as its own settings choose it."""
    home = os.environ.get("KERAS_HOME", os.path.expanduser("~/.keras"))
    try:
        settings = json.loads(Path(home, "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        settings = {}
    return os.environ.get("KERAS_BACKEND", settings.get("backend", "tensorflow"))


def call(what, *command):
    """Run the command; where it fails, the line of it that says why ends this cell."""
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise NotReady(f"Could not {what}: there is no program {command[0]} here.") from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it does not say why"]
        reasons = [line for line in lines if line.startswith(("fatal:", "ERROR:"))]
        raise NotReady(f"Could not {what}: {(reasons or lines[-1:])[0]}")


def course_folder():
    """The clone around or beside this notebook; where there is none, it is fetched."""
    beside = Path("autoencoders").resolve()
    for folder in (Path("..").resolve(), Path.cwd(), beside):
        if (folder / "aekit" / "__init__.py").is_file():
            return folder
    address = os.environ.get("AUTOENCODERS_COURSE", REPOSITORY)
    if not address:
        raise NotReady(
            "This notebook needs the course: run `%env AUTOENCODERS_COURSE=...` in a cell before "
            "this one, with the address that `git clone` takes, and then this one again."
        )
    if beside.exists():
        raise NotReady(f"{beside} is in the way, and is not the course: rename it.")
    call(f"fetch the course from {address}", "git", "clone", "-q", "--depth=1", address, beside)
    if not (beside / "aekit" / "__init__.py").is_file():
        raise NotReady(f"{address} is not the course: there is no aekit in it. See {beside}.")
    return beside


if is_missing("aekit") or is_missing(backend()):
    course = course_folder() if is_missing("aekit") else "aekit"
    wanted = f"{course}[{backend()}]"
    print(f"Installing {wanted}, which takes some minutes.")
    pip = [sys.executable, "-m", "pip", "install", "-q"]
    call(f"install {wanted}", *pip, *(["-e"] if is_missing("aekit") else []), wanted)
    if is_missing("aekit"):  # until this kernel starts again
        sys.path.insert(0, str(course))
    importlib.invalidate_caches()

# What TensorFlow writes as it starts, and on each small model that it traces, is no lesson.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)
stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 2)
try:
    importlib.import_module("keras")
finally:
    os.dup2(stderr, 2)
    os.close(stderr)
    os.close(nowhere)
