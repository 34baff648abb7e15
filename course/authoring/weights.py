"""Train at full size what the lessons show, and store the weights: `data/weights/*.npz`."""

import tempfile
from pathlib import Path

import nbformat

from aekit.training import STORE
from course.authoring.build import notebook_of
from course.paths import NOTEBOOKS
from course.running import report, resources
from course.running.kernels import Watch, execute


def store(names):
    """Run the lessons' sources in profile full, which trains all anew; 0 if all ran, else 1.

    The network whose training has ended is stored, whether or not its lesson then fails.
    """
    status = 0
    for name in names:
        print(f"training what lesson {name} shows", flush=True)
        notebook = notebook_of(name)
        environment = resources.environment(jobs=1) | {STORE: "1"}
        watch = Watch(name, len(notebook.cells), environment, str((NOTEBOOKS / name).parent))
        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder) / "text.ipynb"
            nbformat.write(notebook, text)
            failure = execute(text, Path(folder) / "ran.ipynb", {"profile": "full"}, watch)
        if failure:
            report.failure(name, failure)
            status = 1
    return status
