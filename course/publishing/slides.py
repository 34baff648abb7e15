"""Each stored lesson as a reveal.js deck, one file that needs no network.

The decks are made of the stored lessons' own cells, by their slide types. Code tagged `hide-input`
is left out, and so are the answers, and the lines that only draw the figure under them.
"""

import ast
from importlib.resources import files

import nbformat
from jinja2 import pass_context
from nbconvert import SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course.lessons.lesson import title_of
from course.paths import NOTEBOOKS, stored, write_text
from course.publishing.lesson_page import shrink_figures
from course.publishing.mathml import mathml
from course.publishing.render import TEMPLATES

# What statements that draw work on: `figure, axes = ...`, `axis.set(...)`, `plots.show(...)`.
DRAWING = {"figure", "axes", "axis", "plots", "plt"}
REVEAL = files("sphinx_revealjs") / "_static" / "revealjs" / "dist"


class MathMLRenderer(IPythonRenderer):
    """Markdown whose formulas are MathML."""

    def inline_math(self, body):
        return mathml(body)

    def block_math(self, body):
        return mathml(body, display="block")

    def multiline_math(self, text):
        return self.block_math(text.strip().strip("$"))


class DeckExporter(SlidesExporter):
    """nbconvert's slides, in the course's template."""

    @pass_context
    def markdown2html(self, context, source):
        renderer = MathMLRenderer(escape=False, exclude_anchor_links=True)
        return MarkdownWithMath(renderer=renderer).render(source)


def deck(notebook):
    """The HTML of a lesson's slides."""
    notebook.metadata.title = title_of(notebook)
    shrink_figures(notebook)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "answer" in tags:
            cell.metadata.slideshow = {"slide_type": "skip"}
        if cell.cell_type == "code":
            cell.source = without_drawing(cell.source)
        if "hide-input" in tags or not cell.source:
            cell.metadata.transient = {"remove_source": True}
    exporter = DeckExporter(template_name="slides", extra_template_basedirs=[str(TEMPLATES)])
    page, _ = exporter.from_notebook_node(notebook, {"deck": _parts()})
    return page


def without_drawing(source):
    """The code without the statements that only draw; "" where nothing else is left."""
    lines, body = source.splitlines(), ast.parse(source).body
    drawing = [statement for statement in body if _draws(statement)]
    if len(drawing) == len(body):
        return ""
    for statement in reversed(drawing):
        del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(lines).strip("\n")


def _draws(statement):
    """Whether the statement only works on the figure, in its loops too."""
    if isinstance(statement, ast.For):
        return all(_draws(inner) for inner in statement.body)
    if isinstance(statement, ast.Assign):
        names = {node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)}
        return bool(names) and names <= DRAWING
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    target = statement.value.func
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Call):
        target = target.func if isinstance(target, ast.Call) else target.value
    return isinstance(target, ast.Name) and target.id in DRAWING


def _parts():
    """What a deck holds beside its cells: reveal.js, the style, and what fits the slides."""
    return {
        "reveal_css": (REVEAL / "reveal.css").read_text(encoding="utf-8"),
        "reveal_js": (REVEAL / "reveal.js").read_text(encoding="utf-8"),
        "css": (TEMPLATES / "slides" / "slides.css").read_text(encoding="utf-8"),
        "script": (TEMPLATES / "slides" / "fit.js").read_text(encoding="utf-8"),
    }


def write_slides(folder):
    """Write the decks of the stored lessons into `folder`; yields the path of each."""
    for name in stored(NOTEBOOKS, deeper=False):
        target = folder / f"{name}.html"
        write_text(deck(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)), target)
        yield target
