"""Stored weights: small, each of a lesson that loads it, and all that a lesson names are there."""

import re

import nbformat
import pytest

from aekit import training
from aekit.datasets import data_folder
from course.paths import NOTEBOOKS, SOURCES, lessons, stem

LIMIT = 25_000_000  # bytes, of all lessons together
NAMED = re.compile(r'(f?)"(\d\d_(?:\{[^}"]*\}|[^"\s{])+)"')


def stored():
    return sorted(path.stem for path in data_folder().glob("weights/*.npz"))


def patterns(name):
    """What the lesson's source names as stored, each as a pattern: `{...}` stands for anything."""
    source = (SOURCES / f"{name}.py").read_text(encoding="utf-8")
    for is_format, text in NAMED.findall(source):
        yield re.sub(r"\\{.*?\\}", ".+", re.escape(text)) if is_format else re.escape(text)


def test_weights_are_small():
    assert sum(path.stat().st_size for path in data_folder().glob("weights/*")) <= LIMIT


def test_every_stored_file_is_whole_and_named_in_a_lesson_of_its_number():
    assert stored()
    for file in stored():
        # Lesson 11 asks whether a second training says the same.
        seed = 1 if re.fullmatch("11_.+_1", file) else 0
        assert training._read(file)["recipe"]["seed"] == seed, file
        of_lesson = [name for name in lessons() if stem(name)[:2] == file[:2]]
        named = [pattern for name in of_lesson for pattern in patterns(name)]
        assert any(re.fullmatch(pattern, file) for pattern in named), file


@pytest.mark.parametrize("name", lessons())
def test_a_lesson_loads_what_it_names_and_trains_none_of_it(name):
    for pattern in patterns(name):
        assert any(re.fullmatch(pattern, file) for file in stored()), pattern
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        texts = [output.get("text", "") for output in cell.get("outputs", [])]
        assert not any(text.startswith("Training ") for text in texts), cell.source
