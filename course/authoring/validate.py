"""Validate the stored notebooks: run them again, and compare what they print with nbval."""

import subprocess
import sys

from course.authoring import lint
from course.lessons import provenance
from course.paths import NOTEBOOKS, ROOT, read_json
from course.running import resources


def validate(names, jobs=None):
    """Lint the notebooks, then run them several at a time; 0 if nothing differs.

    What is printed must agree within the tolerance of `course.authoring.nbval_rules`. On another
    backend, or a GPU, other random numbers are drawn, and the claims decide.
    """
    if lint.lint(names):
        return 1
    status = 0
    for same in (True, False):
        chosen = [name for name in names if _made_here(name) == same]
        if chosen and not same:
            print(
                f"Made with another backend: the claims decide in {', '.join(chosen)}", flush=True
            )
        if chosen:
            status |= _run(chosen, same, min(jobs or resources.default_jobs(), len(chosen)))
    return status


def _made_here(name):
    """Whether the stored outputs were made with the random numbers that are drawn here."""
    made = read_json(NOTEBOOKS / f"{name}.ipynb")["metadata"]["course"]
    return made["with"]["backend"] == provenance.backend() and not resources.has_gpu()


def _run(names, to_compare, jobs):
    command, environment = nbval(names, to_compare, jobs), resources.environment(jobs)
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def nbval(names, to_compare, jobs):
    """The command that runs the notebooks again, `jobs` at a time, and compares."""
    command = [sys.executable, "-m", "pytest", "-p", "course.authoring.nbval_rules"]
    command += ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    command += ["--nbval"] if to_compare else ["--nbval-lax"]
    command += ["--nbval-current-env", "--nbval-cell-timeout", "3600"]
    command += ["--nbval-kernel-startup-timeout", "300"]
    return command + [str(NOTEBOOKS / f"{name}.ipynb") for name in names]
