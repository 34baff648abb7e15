"""What is installed: every requirement is bounded, and the lock holds a version of each."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course.paths import ROOT

FILES = sorted(path.name for path in ROOT.glob("requirements*.txt"))


def requirements(file_name):
    """The requirements that stand in the file itself."""
    lines = (ROOT / file_name).read_text(encoding="utf-8").splitlines()
    lines = [re.split(r"(?:^|\s)#", line)[0].strip() for line in lines]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def locked():
    """The versions of each package in requirements.lock; several, where machines differ."""
    versions = {}
    for entry in requirements("requirements.lock"):
        version = str(entry.specifier).removeprefix("==")
        versions.setdefault(canonicalize_name(entry.name), []).append(version)
    return versions


def bounded(requirement):
    operators = {specifier.operator for specifier in requirement.specifier}
    return "==" in operators or {">=", "<"} <= operators


@pytest.mark.parametrize("file_name", FILES)
def test_requirement_is_bounded_and_its_locked_version_is_within_the_bounds(file_name):
    versions = locked()
    for requirement in requirements(file_name):
        assert bounded(requirement), f"{requirement} has no bounds"
        found = versions.get(canonicalize_name(requirement.name))
        assert found, f"{requirement.name} is not in requirements.lock: run `make lock`"
        outside = [version for version in found if version not in requirement.specifier]
        assert not outside, f"{requirement} excludes the lock's {outside[0]}: run `make lock`"


def test_package_and_requirements_name_the_same_bounds():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    common = {entry.name: entry.specifier for entry in requirements("requirements-common.txt")}
    for dependency in map(Requirement, package["dependencies"]):
        assert common[dependency.name] == dependency.specifier


def test_lock_works_whatever_the_package_index():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text and "--" not in text
