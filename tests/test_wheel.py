"""What leaves the clone: a wheel of aekit and its data alone, installed where there is no clone."""

import os
import re
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import aekit
from aekit.datasets import SHA256

ROOT = Path(__file__).resolve().parent.parent
# Neither this clone nor its data may be found by a variable that is set here.
ENVIRONMENT = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "AEKIT"))}
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copied_tree(folder):
    """The clone in `folder`: setuptools leaves files beside the sources that a next wheel takes."""
    unneeded = shutil.ignore_patterns("__pycache__", "results")
    for name in ("aekit", "data", "course", "benchmarks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unneeded)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


def wheel_of(source, folder):
    """The wheel that pip builds of `source`, a folder or an sdist, by this Python's setuptools."""
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder)
    run(*PIP, "wheel", *options, source, cwd=folder.parent)
    (wheel,) = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    return wheel_of(copied_tree(folder / "clone"), folder / "dist")


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """An environment's Python, with the wheel of its own and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    run(*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder.parent)
    # By path alone: what this environment installed in editable mode is not found there.
    packages = run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=folder)
    (Path(packages.strip()) / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return python


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def test_wheel_holds_aekit_and_its_data_alone(wheel):
    files = contents(wheel)
    information = f"aekit-{aekit.__version__}.dist-info"
    assert {name.split("/")[0] for name in files} == {"aekit", information}
    assert files[f"{information}/top_level.txt"].split() == [b"aekit"]
    assert f"{information}/licenses/LICENSE" in files
    expected = {f"aekit/{path.name}" for path in (ROOT / "aekit").glob("*.py")}
    expected |= {f"aekit/data/{name}" for name in (*SHA256, "README.md")}
    touch = (ROOT / "aekit" / "touch").rglob("*.*")
    expected |= {path.relative_to(ROOT).as_posix() for path in touch if path.suffix != ".pyc"}
    assert {name for name in files if name.startswith("aekit/")} == expected


def test_sdist_makes_the_same_wheel(wheel, tmp_path):
    program = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    tree = copied_tree(tmp_path / "clone")
    run(sys.executable, "-c", program, tmp_path / "sdist", cwd=tree)
    (sdist,) = (tmp_path / "sdist").iterdir()
    assert sdist.name == f"aekit-{aekit.__version__}.tar.gz"
    assert contents(wheel_of(sdist, tmp_path / "dist")) == contents(wheel)


def test_version_is_the_one_that_the_tag_will_have(wheel, python, tmp_path):
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    metadata = "from importlib.metadata import version; print(version('aekit'))"
    versions = {
        "aekit.__version__": aekit.__version__,
        "the top heading of CHANGELOG.md": re.search(r"^## (\S+)", changes, re.M)[1],
        "CITATION.cff": re.search(r"^version: (\S+)$", citation, re.M)[1],
        "the wheel's name": wheel.name.split("-")[1],
        "what is installed from it": run(python, "-c", metadata, cwd=tmp_path).strip(),
    }
    assert len(set(versions.values())) == 1, versions


def test_aekit_and_its_data_work_without_the_clone(python, tmp_path):
    program = """
import sys
from pathlib import Path

import aekit
from aekit.datasets import load_mnist

assert Path(aekit.__file__).is_relative_to(sys.prefix), aekit.__file__
(x, y), (x_test, _) = load_mnist(100, 10)
print(aekit.__version__, x.shape, x_test.shape, [int(label) for label in sorted(set(y))])
"""
    said = run(python, "-c", program, cwd=tmp_path)
    assert said == f"{aekit.__version__} (100, 28, 28, 1) (10, 28, 28, 1) {list(range(10))}\n"


@pytest.mark.parametrize("name", ["course", "benchmarks"])
def test_tools_of_the_course_stay_in_the_clone(python, name, tmp_path):
    with pytest.raises(AssertionError, match=f"ModuleNotFoundError: No module named '{name}'"):
        run(python, "-c", f"import {name}", cwd=tmp_path)


def test_installed_autoencoder_learns_mnist(python, tmp_path):
    program = """
from aekit import dense_autoencoder
from aekit.datasets import load_mnist

(x, _), _ = load_mnist(500, 10, flatten=True)
model = dense_autoencoder(784, code_dim=16)
model.compile(optimizer="adam", loss="binary_crossentropy")
print(*model.fit(x, x, epochs=10, batch_size=50, verbose=0).history["loss"])
"""
    losses = [float(loss) for loss in run(python, "-c", program, cwd=tmp_path).split()]
    assert losses[-1] < 0.6 * losses[0]


def test_truncated_data_are_mended_as_the_error_says(wheel, python, tmp_path):
    load = "from aekit import datasets; datasets.load_fashion_mnist(10, 10)"
    where = "from aekit import datasets; print(datasets.data_folder() / 'fashion_mnist.npz')"
    path = Path(run(python, "-c", where, cwd=tmp_path).strip())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AssertionError) as error:
        run(python, "-c", load, cwd=tmp_path)
    assert f"RuntimeError: The data file {path} is truncated or altered" in str(error.value)
    (advice,) = re.findall(r"Reinstall aekit .* with `pip (.+)` and that wheel", str(error.value))
    run(*PIP, "--python", python, *advice.split(), "--no-index", wheel, cwd=tmp_path)
    run(python, "-c", load, cwd=tmp_path)
