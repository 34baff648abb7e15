"""What can be known before a run: each check raises `CannotRun` with what to do about it."""

import shutil
from pathlib import Path

from course import parameters, provenance, resources
from course.paths import read_json


class CannotRun(Exception):
    """The run would fail; the message says why, and nothing has been run."""


def folder(path):
    """`path` is there, or can be made, and takes files."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        trial = path / ".trial"
        trial.write_bytes(b"written")
        trial.unlink()
    except OSError as error:
        raise CannotRun(
            f"Cannot write to the folder of results, {path}: {error.strerror}. "
            "Mend it, or name another one by --build."
        ) from None


def disk(path):
    """There is room for what a run writes."""
    free = shutil.disk_usage(path).free
    if free < resources.DISK:
        raise CannotRun(
            f"The disk of {path} has {free / 2**20:.0f} MB left, "
            f"and a run may need {resources.DISK / 2**20:.0f} MB."
        )


def values(names, notebooks, given):
    """The values of the parameters `given`, `[(name, text)]`, that all the lessons have."""
    defaults = {}
    for name in names:
        notebook = read_json(notebooks / f"{name}.ipynb")
        if notebook is None:
            raise CannotRun(f"Lesson {name} is not built, or not whole: run `make notebooks`.")
        defaults[name] = parameters.defaults_of(notebook)
        if "profile" not in defaults[name]:
            raise CannotRun(f"Lesson {name} has no parameter 'profile'.")
    try:
        return parameters.parsed(given, defaults)
    except ValueError as error:
        raise CannotRun(str(error)) from None


def data():
    """The data sets are there, whole and unaltered."""
    for name, digest in provenance.expected_data().items():
        path = provenance.data_folder() / name
        if not path.is_file():
            raise CannotRun(f"The data set {path} is missing: restore it with git.")
        if provenance.sha256_of(path) != digest:
            raise CannotRun(
                f"The data set {path} is truncated or altered ({path.stat().st_size:,} bytes): "
                "restore it with git."
            )


def kernels(lessons):
    """The kernels that the lessons name are installed."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    for lesson in lessons:
        name = lesson.notebook["metadata"].get("kernelspec", {}).get("name")
        try:
            program = manager.get_kernel_spec(name or "").argv[0]
        except (NoSuchKernel, IndexError):
            program = None
        if program is None or not (Path(program).is_file() or shutil.which(program)):
            raise CannotRun(
                f"Lesson {lesson.name} needs the Jupyter kernel {name!r}, which is not installed: "
                "delete .venv and run make again."
            )


def backend():
    """Keras knows the backend, and it is installed."""
    chosen = provenance.backend()
    if chosen not in provenance.DISTRIBUTIONS:
        known = ", ".join(provenance.DISTRIBUTIONS)
        raise CannotRun(f"KERAS_BACKEND must be one of {known}. Received: {chosen!r}")
    for package in ("keras", chosen):
        if provenance.versions()[package] == "not installed":
            raise CannotRun(f"The package {package} is not installed in this environment.")
