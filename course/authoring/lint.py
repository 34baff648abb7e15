"""Check the stored notebooks against their sources and the rules of the house."""

import json
import re

import nbformat

from course.authoring import length, manner
from course.authoring.build import notebook_of
from course.lessons import provenance
from course.lessons.parameters import defaults_of
from course.paths import NOTEBOOKS, is_deeper, number

FORBIDDEN = {
    "an absolute path": re.compile(r"(?<![\w.:/<])(/(home|Users|root|tmp|work|mnt|opt)/|[A-Z]:\\)"),
    "an object address": re.compile(r"\bat 0x[0-9a-fA-F]{6,}"),
}


def lint(names):
    """Print each problem of the lessons; 0 if there is none, else 1."""
    found = [f"{name}: {problem}" for name in names for problem in problems(name)]
    print("\n".join(found) or f"{len(names)} notebooks are as their sources and the rules say.")
    return 1 if found else 0


def problems(name):
    """What is wrong with the stored notebook of the lesson `name`, each in a line."""
    path = NOTEBOOKS / f"{name}.ipynb"
    if not path.is_file():
        return ["is not built: run `make notebooks`"]
    notebook = nbformat.read(path, as_version=4)
    found = (
        [] if _same(notebook, notebook_of(name)) else ["differs from its source: make notebooks"]
    )
    found += [*_origin_problems(name, notebook), *_parameters_problems(notebook)]
    found += length.problems(notebook)
    if not is_deeper(name):
        found += manner.problems(notebook, number(name))
    covers = any("cover" in cell.metadata.get("tags", []) for cell in notebook.cells)
    if not covers and not is_deeper(name):
        found.append("has no cell tagged `cover`, the figure for the table of lessons")
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("was not executed from its first cell to its last")
    for place, cell in enumerate(code, start=1):
        found += [f"code cell {place} {problem}" for problem in _output_problems(cell)]
    return found


def _same(notebook, source):
    """Whether both have the same cells: kind, id, text, tags, place among the slides, folds."""
    of_metadata = ("tags", "slideshow", "jupyter", "cellView")
    keys = [
        [(c.id, c.cell_type, c.source, *map(c.metadata.get, of_metadata)) for c in n.cells]
        for n in (notebook, source)
    ]
    return keys[0] == keys[1]


def _origin_problems(name, notebook):
    """Cells may agree with their source although they were edited after they were run."""
    origin = notebook.metadata.get("course", {})
    if origin.get("cells") is None:
        yield "does not say what its outputs were made of: make notebooks"
    elif origin["cells"] != provenance.cells_digest(notebook):
        yield "was edited after it was built: make notebooks"
    elif origin["source"] != provenance.source_digest(name):
        yield "was built from another source: make notebooks"


def _parameters_problems(notebook):
    if not any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells):
        yield "has no cell tagged `parameters`"
        return
    try:
        defaults_of(notebook)
    except (ValueError, SyntaxError, AttributeError):
        yield "has a `parameters` cell with more than literal values"


def _output_problems(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"holds an error: {output.ename}"
        if output.get("name") == "stderr":
            yield f"wrote to stderr: {output.text.strip()[:80]}"
        data = output.get("data", {})
        if "image/png" in data and not output.metadata.get("image/png", {}).get("alt"):
            yield "shows a figure without alt text"
        shown = {kind: text for kind, text in data.items() if not kind.startswith("image/")}
        text = json.dumps(shown, ensure_ascii=False) + output.get("text", "")
        for what, pattern in FORBIDDEN.items():
            if pattern.search(text):
                yield f"shows {what}"
