"""What is installed: every range stands once and is bounded, and the lock has a version in each."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course.paths import ROOT

FILES = sorted(path.name for path in ROOT.glob("requirements*.txt"))


def lists():
    """The requirements of aekit itself, as `dependencies`, and of each extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {"dependencies": project["dependencies"]} | project["optional-dependencies"]
    return {name: [Requirement(line) for line in lines] for name, lines in named.items()}


def lines(file_name):
    """The lines of a requirements file, without its comments."""
    text = (ROOT / file_name).read_text(encoding="utf-8")
    found = [re.split(r"(?:^|\s)#", line)[0].strip() for line in text.splitlines()]
    return [line for line in found if line]


def extras(file_name):
    """The extras that a requirements file names, in the one line that it has."""
    (line,) = lines(file_name)
    named = re.fullmatch(r"-e \.\[([a-z,-]+)\]", line)
    assert named, f"{file_name} must name extras of pyproject.toml. It says: {line}"
    return named[1].split(",")


def locked():
    """The versions of each package in requirements.lock; several, where machines differ."""
    versions = {}
    for entry in map(Requirement, lines("requirements.lock")):
        version = str(entry.specifier).removeprefix("==")
        versions.setdefault(canonicalize_name(entry.name), []).append(version)
    return versions


def bounded(requirement):
    operators = {specifier.operator for specifier in requirement.specifier}
    return "==" in operators or {">=", "<"} <= operators


@pytest.mark.parametrize("name", lists())
def test_range_is_bounded_and_holds_the_locked_version(name):
    versions = locked()
    for requirement in lists()[name]:
        assert bounded(requirement), f"{requirement} has no bounds"
        found = versions.get(canonicalize_name(requirement.name))
        assert found, f"{requirement.name} is not in requirements.lock: run `make lock`"
        outside = [version for version in found if version not in requirement.specifier]
        assert not outside, f"{requirement} excludes the lock's {outside[0]}: run `make lock`"


def test_package_that_stands_in_several_places_has_one_range():
    ranges = {}
    for requirement in (requirement for part in lists().values() for requirement in part):
        # tensorflow-cpu is TensorFlow too.
        package = canonicalize_name(requirement.name).removesuffix("-cpu")
        ranges.setdefault(package, []).append(requirement.specifier)
    assert len(ranges["tensorflow"]) == 3
    several = {name: found for name, found in ranges.items() if len(set(found)) > 1}
    assert not several


def test_requirements_files_name_extras_and_every_extra_is_named():
    named = [extra for file_name in FILES for extra in extras(file_name)]
    # The lock is made of these files: what none of them names would be missing there.
    assert {"dependencies", *named} == set(lists())


def test_binder_installs_the_course_as_it_is_locked():
    assert lines("binder/requirements.txt") == ["-r ../requirements.txt", "-c ../requirements.lock"]


def test_lock_works_whatever_the_package_index():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not [line for line in lines("requirements.lock") if line.startswith("-")]
