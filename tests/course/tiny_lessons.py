"""Lessons of a line or two, which need no Keras, to try the runner on."""

import os
import subprocess
import sys

import nbformat

from course.paths import ROOT

CLAIM = 'from aekit.claims import claim\nclaim("a half is small", 0.5, at_most={})'

RUN = """
import sys
from pathlib import Path
from course.running import checks, run
run.NOTEBOOKS, run.BUILD = Path("notebooks").resolve(), Path("build").resolve()
run.pages.write = lambda *_: Path("index.html").resolve()
try:
    sys.exit(run.run({names}, "quick", {more}))
except checks.CannotRun as error:
    sys.exit(str(error))
"""


def write_lesson(folder, name, *code, parameters='profile = "quick"\nseed = 0'):
    """Store a notebook of a title, a cell of parameters, and the cells `code`."""
    cells = [nbformat.v4.new_markdown_cell("# A lesson of one claim\nIt shows $\\frac{1}{2}$.")]
    cells += [nbformat.v4.new_code_cell(source) for source in (parameters, *code)]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def start(folder, *names, more="jobs=1", **environment):
    """A runner of its own, in a process that can be killed, with changes to the environment."""
    source = RUN.format(names=list(names), more=more)
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    how["env"] = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.Popen([sys.executable, "-c", source], cwd=folder, **how)
