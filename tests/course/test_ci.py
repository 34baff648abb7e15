"""One truth in CI: the workflow of a public forge runs the make targets that .ci/run does."""

import re

from course.paths import ROOT


def targets(file_name):
    """The make targets that stand in a script or a workflow, one a line."""
    text = (ROOT / file_name).read_text(encoding="utf-8")
    code = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return {target for line in code for target in re.findall(r"\bmake ([a-z-]+)", line)}


def test_workflow_runs_what_ci_runs_and_publishes_the_site():
    ours, public = targets(".ci/run"), targets(".github/workflows/course.yml")
    assert "test" in ours
    assert {*ours, "site"} <= public


def test_what_ci_and_the_workflow_run_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.M))
    assert targets(".ci/run") | targets(".github/workflows/course.yml") <= known
