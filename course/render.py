"""Render executed lessons as pages that need no network: MathML for formulas, no script."""

import re
from functools import cache
from pathlib import Path

import jinja2
import latex2mathml.converter
import nbformat
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from aekit.claims import bounds, figure

TEMPLATES = Path(__file__).parent / "templates"


class MathMLRenderer(IPythonRenderer):
    """Markdown in which TeX becomes MathML, which browsers draw without a library."""

    def inline_math(self, body):
        return latex2mathml.converter.convert(body)

    def block_math(self, body):
        return latex2mathml.converter.convert(body, display="block")

    def multiline_math(self, text):
        return self.block_math(text.strip().strip("$"))


class LessonExporter(HTMLExporter):
    """nbconvert's lab pages, in the course's template."""

    @pass_context
    def markdown2html(self, context, source):
        renderer = MathMLRenderer(escape=False, exclude_anchor_links=True)
        return MarkdownWithMath(renderer=renderer).render(source)


def title_of(notebook):
    """The text of the notebook's first heading."""
    for cell in notebook.cells:
        heading = re.search(r"^# (.+)$", cell.source, flags=re.MULTILINE)
        if cell.cell_type == "markdown" and heading:
            return heading.group(1).strip()
    return "Untitled"


def write_pages(folder, results):
    """A page for each executed lesson in `folder` and an index; returns the index's path."""
    exporter = LessonExporter(
        template_name="lesson", extra_template_basedirs=[str(TEMPLATES)], embed_images=True
    )
    ran = results["lessons"]
    for i, lesson in enumerate(ran):
        course = {"css": _css()}
        for where, j in (("previous", i - 1), ("next", i + 1)):
            if 0 <= j < len(ran):
                course |= {where: ran[j]["name"], f"{where}_title": ran[j]["title"]}
        notebook = nbformat.read(folder / f"{lesson['name']}.ipynb", as_version=4)
        notebook.metadata.title = lesson["title"]
        page, _ = exporter.from_notebook_node(notebook, {"course": course})
        (folder / f"{lesson['name']}.html").write_text(page, encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"bounds": bounds, "figure": figure}
    index = folder / "index.html"
    template = environment.get_template("index.html.j2")
    index.write_text(template.render(results=results, css=_css()), encoding="utf-8")
    return index


@cache
def _css():
    return (TEMPLATES / "course.css").read_text(encoding="utf-8")
