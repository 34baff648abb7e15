"""What a result was made of and made by: sources, data, versions, backend, processor."""

import hashlib
import json
import os
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

from joblib import cpu_count

from aekit.datasets import SHA256, data_folder
from course.paths import ROOT, SETUP_CELL, SOURCES

# The names under which a backend may be installed.
DISTRIBUTIONS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "jax": ("jax",),
    "torch": ("torch",),
}


def backend():
    """Keras' backend as it will be chosen in a kernel, without importing Keras here."""
    if "KERAS_BACKEND" in os.environ:
        return os.environ["KERAS_BACKEND"]
    home = Path(os.environ.get("KERAS_HOME", os.path.expanduser("~/.keras")))
    try:
        settings = json.loads((home / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "tensorflow"
    return settings.get("backend", "tensorflow")


def versions():
    """Of Python and of what the numbers are computed with."""
    packages = {"python": platform.python_version()}
    for package in ("keras", backend(), "numpy", "scikit-learn"):
        for distribution in DISTRIBUTIONS.get(package, (package,)):
            try:
                packages[package] = metadata.version(distribution)
                break
            except metadata.PackageNotFoundError:
                packages[package] = "not installed"
    return packages


def toolchain():
    """What printed digits depend on: the backend, the versions, the kind of processor."""
    packages = {name: number for name, number in versions().items() if name != "python"}
    return {"backend": backend(), "machine": platform.machine()} | packages


def surroundings():
    """A digest of all but the lesson that its numbers depend on: aekit, data, weights, versions."""
    digest = hashlib.sha256(json.dumps([backend(), versions(), SHA256]).encode())
    weights = data_folder().glob("weights/*.npz")
    for path in [*sorted(ROOT.glob("aekit/**/*.py")), *sorted(weights)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def made_of(notebook, parameters, around):
    """A digest of all that a lesson's outcome depends on.

    Args:
        notebook: the stored one, a dictionary in nbformat 4.
        parameters: all that the lesson has, as it will run.
        around: what `surroundings()` returned.
    """
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps([cells, parameters, around]).encode()).hexdigest()


def cells_digest(notebook):
    """A digest of the notebook's cells, which a built one names, so that an edit can be told."""
    cells = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def source_digest(name):
    """A digest of the text that the lesson `name` is built from; None where there is none."""
    source = SOURCES / f"{name}.py"
    if not source.is_file():
        return None
    return hashlib.sha256(SETUP_CELL.read_bytes() + source.read_bytes()).hexdigest()


def machine():
    """`2 cores of AMD EPYC 7B13`: the cores that this process may use, and the CPU's name."""
    return f"{cpu_count()} cores of {_processor()}"


@cache
def _processor():
    """The CPU's name, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return platform.processor() or platform.machine()
