"""Build the stored notebooks from their sources: `notebooks/src/*.py` → `notebooks/*.ipynb`.

Students open only the notebooks; what is edited and reviewed is the text they are built from.
"""

import hashlib
import resource
from base64 import b64decode

import jupytext
import nbformat
from nbclient import NotebookClient

from course import provenance
from course.kernels import CELL_TIMEOUT_S, KERNEL_ARGUMENTS
from course.paths import NOTEBOOKS, REPOSITORY, SETUP_CELL, SOURCES, write_bytes, write_text

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebook_of(name):
    """The lesson's notebook as its source has it, without outputs, cell ids made of content."""
    notebook = jupytext.read(SOURCES / f"{name}.py", fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.cells.insert(1, _setup_cell())
    seen = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def _setup_cell():
    """The cell before the imports that fetches the course where it is missing, as on Colab."""
    source = SETUP_CELL.read_text(encoding="utf-8").rstrip()
    no_address = '"AUTOENCODERS_COURSE", ""'
    source = source.replace(no_address, no_address.replace('""', f'"{REPOSITORY}"'))
    metadata = {"tags": ["setup", "hide-input"], "slideshow": {"slide_type": "skip"}}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def build(name):
    """Execute the lesson and store it with its outputs; a failure leaves the stored one alone.

    The stored notebook's metadata say under `course` what its outputs were made of and with, and
    how many seconds of CPU time they took.
    """
    notebook, before = notebook_of(name), _children_seconds()
    NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_S,
        record_timing=False,
        extra_arguments=KERNEL_ARGUMENTS,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    ).execute()
    notebook.metadata.language_info = {"name": "python"}  # the rest varies with the machine
    notebook.metadata.course = origin_of(notebook)
    notebook.metadata.course["seconds"] = round(_children_seconds() - before)
    write_notebook(notebook, NOTEBOOKS / f"{name}.ipynb")
    write_bytes(cover_of(notebook), NOTEBOOKS / "pictures" / f"{name}.png")


def origin_of(notebook):
    """What outputs that are made now are made of and with."""
    return {"code": provenance.code_digest(notebook), "with": provenance.toolchain()}


def _children_seconds():
    """CPU time of the kernels that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cover_of(notebook):
    """The figure that stands for the lesson, a PNG: the first one of the cell tagged `cover`."""
    for cell in notebook.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return b64decode(output.data["image/png"])
    raise ValueError("The lesson has no cell tagged `cover` that shows a figure.")


def write_notebook(notebook, path):
    write_text(nbformat.writes(notebook) + "\n", path)
