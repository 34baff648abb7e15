"""Build the stored notebooks from their sources: `notebooks/src/*.py` → `notebooks/*.ipynb`.

Students open only the notebooks; what is edited and reviewed is the text they are built from.
"""

import hashlib
import io
import tempfile
from base64 import b64decode
from pathlib import Path

import jupytext
import nbformat
from PIL import Image

from aekit.plots import as_png
from course.lessons import provenance
from course.paths import (
    NOTEBOOKS,
    REPOSITORY,
    SETUP_CELL,
    SOURCES,
    is_deeper,
    read_json,
    write_bytes,
    write_text,
)
from course.running import report, resources
from course.running.kernels import Watch, execute

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
        fold(cell)
        digest = hashlib.sha256(f"{cell.cell_type}{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def fold(cell):
    """Close what its tags say is to be opened by the reader: in JupyterLab, and on Colab as a form.

    The site's pages go by the tags themselves.
    """
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or "hide-input" not in tags:
        return
    cell.metadata.jupyter = {"source_hidden": True}
    cell.metadata.cellView = "form"
    if "answer" in tags:
        cell.metadata.jupyter["outputs_hidden"] = True


def _setup_cell():
    """The cell before the imports that fetches the course where it is missing, as on Colab."""
    source = SETUP_CELL.read_text(encoding="utf-8").rstrip()
    source = source.replace('REPOSITORY = ""', f'REPOSITORY = "{REPOSITORY}"')
    metadata = {"tags": ["setup", "hide-input"], "slideshow": {"slide_type": "skip"}}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def build(names, overwrite=False):
    """Execute the lessons and store them with their outputs; 0 if all ran through, else 1.

    A failure leaves the stored notebook alone.

    Raises:
        ValueError: a stored notebook was edited, and would lose the edits; not with `overwrite`.
    """
    edited = [f"notebooks/{name}.ipynb" for name in names if was_edited(name)]
    if edited and not overwrite:
        raise ValueError(
            f"Edited since it was built: {', '.join(edited)}. A build would lose that: bring the "
            "edits into notebooks/src first, or give --overwrite."
        )
    failed = []
    for name in names:
        print(f"building {name}", flush=True)
        notebook, failure = executed(name)
        if failure:
            report.failure(name, failure)
            failed.append(name)
        else:
            write_notebook(notebook, NOTEBOOKS / f"{name}.ipynb")
            if not is_deeper(name):
                write_bytes(cover_of(notebook), NOTEBOOKS / "pictures" / f"{name}.png")
    return 1 if failed else 0


def was_edited(name):
    """Whether the stored notebook has other cells than it was built with, and than its source."""
    stored = read_json(NOTEBOOKS / f"{name}.ipynb")
    if stored is None:
        return False
    now = provenance.cells_digest(stored)
    as_built = stored["metadata"].get("course", {}).get("cells")
    return now != as_built and now != provenance.cells_digest(notebook_of(name))


def executed(name, parameters=(), **more_environment):
    """`(notebook, failure)`: the lesson with its outputs, and what failed, or None.

    It runs with its own parameters but for the `parameters` given, and `more_environment`.

    Its metadata say under `course` what it was made of and with, and how many seconds of CPU time
    that took.
    """
    notebook, environment = notebook_of(name), resources.environment(jobs=1) | more_environment
    watch = Watch(name, len(notebook.cells), environment, str((NOTEBOOKS / name).parent))
    with tempfile.TemporaryDirectory() as folder:
        text, ran = Path(folder) / "text.ipynb", Path(folder) / "ran.ipynb"
        nbformat.write(notebook, text)
        failure = execute(text, ran, dict(parameters), watch)
        outputs = {} if failure else {c.id: c for c in nbformat.read(ran, as_version=4).cells}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not failure:
            cell.outputs = outputs[cell.id].outputs
            cell.execution_count = outputs[cell.id].execution_count
    notebook.metadata.course = origin_of(name, notebook)
    notebook.metadata.course["seconds"] = round(watch.report.get("cpu_seconds", 0))
    return notebook, failure


def origin_of(name, notebook):
    """What outputs that are made now are made of and with."""
    return {
        "source": provenance.source_digest(name),
        "cells": provenance.cells_digest(notebook),
        "with": provenance.toolchain(),
    }


def cover_of(notebook):
    """The figure that stands for the lesson: the first one of the cell tagged `cover`, a PNG.

    It is as large as the figure is shown, since it is shown smaller still.
    """
    for cell in notebook.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    picture = Image.open(io.BytesIO(b64decode(output.data["image/png"])))
                    size = output.metadata["image/png"]
                    return as_png(picture.convert("RGB").resize((size["width"], size["height"])))
    raise ValueError("The lesson has no cell tagged `cover` that shows a figure.")


def write_notebook(notebook, path):
    write_text(nbformat.writes(notebook) + "\n", path)
