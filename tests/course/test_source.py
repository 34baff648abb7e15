"""What a lesson's source defines, without a run of the lesson."""

import pytest

from course.lessons import source

LESSON = """
import math as m
import no_such_module

limit = m.floor(2.5)

def twice(x):
    return 2 * x + offset

def twice(x):
    return None
"""


@pytest.fixture(autouse=True)
def lesson(tmp_path, monkeypatch):
    (tmp_path / "00_small.py").write_text(LESSON)
    monkeypatch.setattr(source, "SOURCES", tmp_path)


def test_first_definitions_come_with_what_they_import_and_what_is_given():
    found = source.definitions("00_small", "limit", "twice", offset=1)
    assert found["limit"] == 2
    assert found["twice"](2) == 5
    assert found.keys() == {"limit", "twice"}


def test_name_that_the_lesson_does_not_define_is_refused():
    with pytest.raises(ValueError, match="00_small does not define thrice."):
        source.definitions("00_small", "twice", "thrice")
