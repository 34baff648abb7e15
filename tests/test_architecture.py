"""Who imports whom: no circle in aekit, one way in the course, and nothing that is undeclared."""

import ast
import graphlib
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import aekit

ROOT = Path(__file__).resolve().parent.parent
# From the top to the ground floor: a room may import from those after it, and from itself.
ROOMS = ("__main__", "authoring", "running", "publishing", "lessons", "paths")
PACKAGES = {"aekit": ["aekit"], "course": ["course"], "test": ["tests", "benchmarks"]}


def imports(path):
    """The modules that a file imports anywhere in it, such as `aekit.models` or `numpy`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module
            # `from aekit import _checks` may name a module.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_aekit_has_no_circle():
    modules = {f"aekit.{path.stem}": path for path in (ROOT / "aekit").glob("*.py")}
    del modules["aekit.__init__"]
    arrows = {name: {x for x in imports(path) if x in modules} for name, path in modules.items()}
    assert len(arrows) > 10
    list(graphlib.TopologicalSorter(arrows).static_order())  # raises CycleError


def names_of_aekit(path):
    """What a file uses of aekit's modules, such as `("metrics", "knn_probe")`."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = {"aekit." + room: room for room in aekit._ROOMS}  # as `aekit.metrics` and `metrics`
    for node in (node for node in nodes if isinstance(node, ast.ImportFrom)):
        if node.module == "aekit":
            modules |= {n.name: n.name for n in node.names if n.name in aekit._ROOMS}
        elif node.module in modules:
            yield from ((modules[node.module], alias.name) for alias in node.names)
    for node in (node for node in nodes if isinstance(node, ast.Attribute)):
        if ast.unparse(node.value) in modules:
            yield modules[ast.unparse(node.value)], node.attr


def test_lessons_use_only_what_is_public_in_aekit():
    lessons = list((ROOT / "notebooks" / "src").rglob("*.py"))
    used = {names for lesson in lessons for names in names_of_aekit(lesson)}
    assert {("metrics", "knn_probe"), ("training", "train"), ("plots", "COLORS")} <= used
    public = {(room, name) for room in aekit._ROOMS for name in getattr(aekit, room).__all__}
    assert used - public == set()


def test_ground_floor_of_aekit_knows_neither_keras_nor_models():
    for name in ("_checks", "_notebook", "claims", "datasets"):
        used = {module.split(".")[0] for module in imports(ROOT / "aekit" / f"{name}.py")}
        assert used <= {*sys.stdlib_module_names, "numpy", "aekit", "IPython", "sklearn"}, name


def room(module):
    parts = module.split(".")
    return parts[1] if parts[0] == "course" and len(parts) > 1 and parts[1] in ROOMS else None


def test_arrows_of_the_course_go_one_way():
    upwards, seen = [], set()
    for path in (ROOT / "course").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        here = room(module)
        for other in filter(None, map(room, imports(path))):
            seen.add((here, other))
            if ROOMS.index(other) < ROOMS.index(here):
                upwards.append(f"{module} imports from {other}")
    assert upwards == []
    assert len(seen) > 8


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_declared(package):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lists = [project["dependencies"]]
    lists += [extras[name] for name in ("tensorflow", "jax", "torch", "touch")]
    lists += [extras[name] for name in ("course", "test")[: list(PACKAGES).index(package)]]
    declared = {canonicalize_name(Requirement(line).name) for part in lists for line in part}
    declared |= {"aekit", "tensorflow"} | ({"ipython"} if package == "aekit" else set())  # optional
    distributions = metadata.packages_distributions()
    undeclared = set()
    for folder in PACKAGES[package]:
        for path in (ROOT / folder).rglob("*.py"):
            for name in {module.split(".")[0] for module in imports(path)}:
                owners = {canonicalize_name(owner) for owner in distributions.get(name, [])}
                if owners and not owners & declared:
                    undeclared.add((str(path.relative_to(ROOT)), name))
    assert undeclared == set()
