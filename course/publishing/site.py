"""The stored lessons as pages, without running them."""

import nbformat

from course.lessons.lesson import claims_of, title_of
from course.paths import NOTEBOOKS, stored
from course.publishing import pages


def stored_results():
    """What the stored notebooks measured, in the form of a run's results."""
    lessons = []
    for name in stored(NOTEBOOKS):
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        lesson = {"name": name, "title": title_of(notebook), "failure": None}
        lessons.append(lesson | {"claims": claims_of(notebook)})
    return {"lessons": lessons}


def write_site(folder):
    """Write the pages into `folder`; returns their index's path."""
    return pages.write(folder, stored_results(), NOTEBOOKS, whole=True)
