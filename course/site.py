"""`python -m course.site`: the stored lessons as pages in build/site, without running them."""

import nbformat

from course.lesson import claims_of, title_of
from course.paths import BUILD, NOTEBOOKS
from course.render import write_pages


def stored_results():
    """What the stored notebooks measured, in the form of a run's results."""
    lessons = []
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        lesson = {"name": path.stem, "title": title_of(notebook), "failure": None}
        lessons.append(lesson | {"claims": claims_of(notebook)})
    return {"lessons": lessons}


def main():
    index = write_pages(BUILD / "site", stored_results(), NOTEBOOKS)
    print(f"Open {index.as_uri()}")


if __name__ == "__main__":
    main()
