"""Where the course's files are."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SOURCES = NOTEBOOKS / "src"
BUILD = ROOT / "build"


def lessons(only=()):
    """The lessons' names in order, such as `01_pca_and_linear_autoencoder`.

    Args:
        only: beginnings of names, such as `["01", "02"]`; all lessons when empty.

    Raises:
        ValueError: a beginning that no lesson has.
    """
    names = sorted(path.stem for path in SOURCES.glob("[0-9][0-9]_*.py"))
    unknown = [start for start in only if not any(name.startswith(start) for name in names)]
    if unknown:
        raise ValueError(f"No lesson starts with {unknown[0]!r}. There are: {', '.join(names)}")
    return [name for name in names if not only or name.startswith(tuple(only))]


def write_bytes(content, path):
    """Through a temporary file and a rename, so that no half of it is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".half")
    half.write_bytes(content)
    os.replace(half, path)


def write_text(text, path):
    write_bytes(text.encode(), path)


def write_json(value, path):
    write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", path)
