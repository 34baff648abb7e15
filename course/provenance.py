"""What a result was made of and made by: sources, data, versions, backend, processor."""

import ast
import hashlib
import json
import os
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

from course.paths import ROOT

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
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        return json.loads((home / "keras.json").read_text()).get("backend", "tensorflow")
    except (OSError, ValueError):
        return "tensorflow"


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


def data_folder():
    """Where aekit looks for the data sets."""
    return Path(os.environ.get("AEKIT_DATA", ROOT / "data"))


def expected_data():
    """`{file name: SHA-256}` as aekit.datasets has it, read without importing Keras."""
    module = ast.parse((ROOT / "aekit" / "datasets.py").read_text(encoding="utf-8"))
    for node in module.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "SHA256":
            return ast.literal_eval(node.value)
    raise LookupError("aekit/datasets.py names no SHA256 of the data.")


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def surroundings():
    """A digest of all but the lesson that its numbers depend on: aekit, the data, versions."""
    digest = hashlib.sha256(json.dumps([backend(), versions()]).encode())
    for path in sorted([*ROOT.glob("aekit/*.py"), *data_folder().glob("*.npz")]):
        digest.update(path.name.encode() + sha256_of(path).encode())
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


def code_digest(notebook):
    """A digest of the code cells, which a stored notebook names as what its outputs came from."""
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


@cache
def processor():
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
