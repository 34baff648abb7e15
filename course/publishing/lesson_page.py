"""A stored lesson as the notebook that its page is made of."""

import re

import nbformat

from aekit import touch
from aekit.claims import MIME_TYPE as CLAIM
from aekit.claims import as_html
from course.paths import is_deeper, number, stem
from course.publishing.plumbing import without_plumbing

HEADING = re.compile(r"^# (?=\S)", re.MULTILINE)
TIME = re.compile(r"\n*^\*\*Time:\*\* (.+)$", re.MULTILINE)
BEFORE = re.compile(r"\*\*Before this lesson:\*\*.+?(?=\n\n|\Z)", re.DOTALL)
LESSON = re.compile(r"\b\d\d?\b")
EXERCISE = re.compile(r"\A\*\*(\d+\. (.+?))\.?\*\*", re.DOTALL)


def page_source(path, name, names, whole):
    """The notebook at `path` as myst-nb reads it.

    Its head says the lesson's number, its time, and where else it is; answers are folded, figures
    small, claims dressed, and the cell that only fetches the course is left out.

    Args:
        path: the executed notebook.
        name: the lesson's name.
        names: all lessons that have a page.
        whole: whether the notebook and its deck are on the site as well, and are linked.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [c for c in notebook.cells if "setup" not in c.metadata.get("tags", [])]
    first = notebook.cells[0]
    first.source = head(first.source, name, names, whole)
    _fold_set_up(notebook)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "answer" in tags:
            cell.metadata.tags = ["hide-cell"]
            cell.metadata.mystnb = {
                "code_prompt_show": "Show the answer",
                "code_prompt_hide": "Hide the answer",
            }
    prepare_outputs(notebook)
    return nbformat.writes(notebook).encode()


def for_paper(path, name, names):
    """The notebook, as bytes, without what only draws or prepares; and the cells of its answers."""
    notebook = nbformat.reads(page_source(path, name, names, whole=False).decode(), as_version=4)
    cells, answers = [], []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "hide-cell" in tags:
            answers.append(cell)
            cell.metadata.tags = []
        if "hide-cell" in tags or "exercise" in tags:  # an answer, or a cell to write one into
            continue
        if exercise := EXERCISE.match(cell.source):
            answers.append(nbformat.v4.new_markdown_cell(f"**{exercise[1]}**"))
        if "hide-input" in tags:
            cell.metadata.tags = ["remove-input"]
        elif cell.cell_type == "code":
            cell.source = without_plumbing(cell.source)
            cell.metadata.tags = [] if cell.source else ["remove-input"]
        cells.append(cell)
    notebook.cells = cells
    return nbformat.writes(notebook).encode(), answers


def head(text, name, names, whole):
    """The first cell's text with number, time, what can be taken along, and linked lessons."""
    text = HEADING.sub(f"# {number(name)} · ", text, count=1)
    up = "../" if is_deeper(name) else ""
    pages = {number(other): other for other in names}

    def linked(match):
        other = pages.get(match[0].zfill(2))
        return f"[{match[0]}]({up}{other}.ipynb)" if other else match[0]

    text = BEFORE.sub(lambda part: LESSON.sub(linked, part[0]), text)
    time = TIME.search(text)
    ways = [time[1].rstrip(".")] if time else []
    if whole:
        ways.append(f'<a href="{stem(name)}.ipynb" download>the notebook</a>')
    if whole and not is_deeper(name):
        ways.append(f'<a href="slides/{name}.html">the slides</a>')
    first, _, rest = TIME.sub("", text).partition("\n")
    return f"{first}\n\n{{.ways}}\n{' · '.join(ways)}\n{rest}" if ways else text


def _fold_set_up(notebook):
    """Puts the code before the first section into one folded cell."""
    kinds = [cell.cell_type for cell in notebook.cells]
    if "code" not in kinds:
        return
    start = kinds.index("code")
    end = start + next((i for i, kind in enumerate(kinds[start:]) if kind != "code"), len(kinds))
    cells = notebook.cells[start:end]
    cells[0].source = "\n\n".join(cell.source for cell in cells)
    cells[0].outputs = [output for cell in cells for output in cell.outputs]
    cells[0].metadata.tags = ["hide-input"]
    cells[0].metadata.mystnb = {
        "code_prompt_show": "Show the imports and settings",
        "code_prompt_hide": "Hide the imports and settings",
    }
    del notebook.cells[start + 1 : end]


def prepare_outputs(notebook):
    """Of each figure and claim keep what a page shows, and the records beside it."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if CLAIM in data:  # from its record, since a stored notebook's HTML may be older
                output.metadata[CLAIM] = data[CLAIM]
                output.data = nbformat.from_dict({"text/html": as_html(data[CLAIM])})
            if touch.MIME_TYPE in data:  # beside the picture, where sphinx_extension.py finds it
                output.metadata[touch.MIME_TYPE] = data[touch.MIME_TYPE]
            if "image/png" in data:
                output.data = nbformat.from_dict({"image/png": data["image/png"]})
