"""Whether pages are as all that they are made of; they are rendered again only where not.

This room is light: to ask the renderer itself would take seconds.
"""

import hashlib
import json
from pathlib import Path

from aekit import touch
from aekit.datasets import data_folder
from course.paths import NOTEBOOKS, ROOT, write_text


def write(folder, results, notebooks=None, *, whole=False):
    """A page for each lesson of `results`, an index, and a search; returns the index's path.

    Args:
        folder: where the pages go.
        results: what the lessons measured, as `python -m course run` writes it.
        notebooks: where the executed notebooks are, if not in `folder`.
        whole: with all that a site has for others: decks, explorer, aekit's reference, and
            the notebooks for download. Keras is imported for it, which takes some seconds.

    Raises:
        RuntimeError: Sphinx failed.
    """
    notebooks = notebooks or folder
    index, stamp = folder / "index.html", folder / ".made_of"
    made_of = _digest(results, notebooks, whole)
    if not (index.is_file() and stamp.is_file() and stamp.read_text() == made_of):
        from course.publishing.render import render

        print("Writing the pages.", flush=True)
        stamp.unlink(missing_ok=True)
        render(folder, results, notebooks, whole=whole)
        write_text(made_of, stamp)
    return index


def measurements(suffix=""):
    """What `make results` and the benchmarks have written."""
    paths = [NOTEBOOKS / "RESULTS.md", *sorted(ROOT.glob("benchmarks/results/*"))]
    return [path for path in paths if path.is_file() and path.name.endswith(suffix)]


def _digest(results, notebooks, whole=False):
    """Of all that the pages are made of and by."""
    paths = [notebooks / f"{lesson['name']}.ipynb" for lesson in results["lessons"]]
    paths += [
        NOTEBOOKS / "README.md",
        NOTEBOOKS / "GLOSSARY.md",
        ROOT / "CHANGELOG.md",
        ROOT / "LICENSE",
        *NOTEBOOKS.glob("pictures/*"),
        *measurements(),
    ]
    made_by = [*Path(__file__).parent.rglob("*"), *touch.SOURCES.rglob("*")]
    if whole:  # the reference and the explorer
        made_by += ROOT.glob("aekit/*.py")
        paths += data_folder().glob("weights/*.npz")
    paths += [path for path in made_by if "__pycache__" not in path.parts]
    digest = hashlib.sha256(json.dumps(results).encode())
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
