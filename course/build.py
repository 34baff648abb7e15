"""Build the stored notebooks from their sources: `notebooks/src/*.py` → `notebooks/*.ipynb`.

Students open only the notebooks; what is edited and reviewed is the text they are built from.
"""

import hashlib

import jupytext
import nbformat
from nbclient import NotebookClient

from course.paths import NOTEBOOKS, SOURCES, write_text

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=ERROR"]
TIMEOUT_S = 3600


def notebook_of(name):
    """The lesson's notebook as its source has it, without outputs, cell ids made of content."""
    notebook = jupytext.read(SOURCES / f"{name}.py", fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    seen = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def build(name):
    """Execute the lesson and store it with its outputs; a failure leaves the stored one alone."""
    notebook = notebook_of(name)
    NotebookClient(
        notebook,
        timeout=TIMEOUT_S,
        record_timing=False,
        extra_arguments=KERNEL_ARGUMENTS,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    ).execute()
    notebook.metadata.language_info = {"name": "python"}  # the rest varies with the machine
    write_notebook(notebook, NOTEBOOKS / f"{name}.ipynb")


def write_notebook(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(nbformat.writes(notebook) + "\n", path)
