"""What can be known before a run: each check raises `CannotRun` with what to do about it."""

import shutil

from aekit import datasets
from course.lessons import parameters, provenance
from course.paths import read_json
from course.running import resources


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
    """`(values, unusual)` of the parameters `given`, `[(name, text)]`, that all the lessons have.

    `unusual` are those values that are not the lessons' own.
    """
    defaults = {}
    for name in names:
        notebook = read_json(notebooks / f"{name}.ipynb")
        if notebook is None:
            raise CannotRun(f"Lesson {name} is not built, or not whole: run `make notebooks`.")
        defaults[name] = parameters.defaults_of(notebook)
        if "profile" not in defaults[name]:
            raise CannotRun(f"Lesson {name} has no parameter 'profile'.")
    try:
        values = parameters.parsed(given, defaults)
        return values, parameters.unusual(values, defaults)
    except ValueError as error:
        raise CannotRun(str(error)) from None


def data():
    """The data sets are there, whole and unaltered."""
    for name in datasets.SHA256:
        try:
            datasets.checked_bytes(name)
        except RuntimeError as error:
            raise CannotRun(str(error)) from None


def kernels(lessons):
    """The kernels that the lessons name are installed."""
    from jupyter_client import KernelManager
    from jupyter_client.kernelspec import NoSuchKernel

    for lesson in lessons:
        name = lesson.notebook["metadata"].get("kernelspec", {}).get("name")
        try:
            # As Jupyter will start it: for it, "python" is the Python that runs this.
            program = KernelManager(kernel_name=name or "none").format_kernel_cmd()[0]
        except (NoSuchKernel, IndexError):
            program = None
        if program is None or not shutil.which(program):
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
