"""All stored lessons as one PDF for print.

Sphinx puts them on one page, and Chromium, which must be on the machine, prints it.
"""

import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

import jinja2
import nbformat
import pypdf

import aekit
from course.paths import NOTEBOOKS, number
from course.publishing import chromium, film, landing, mathml
from course.publishing.landing import LECTURE
from course.publishing.lesson_page import for_paper
from course.publishing.pages import measurements
from course.publishing.render import TEMPLATES, sphinx
from course.publishing.site import stored_results


def write_pdf(target):
    """Print the stored lessons into the file `target`.

    Raises:
        RuntimeError: there is no Chromium, or it or Sphinx failed.
    """
    program = chromium.found()
    if program is None:
        raise RuntimeError(chromium.MISSING)
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source, made, profile = (Path(scratch) / name for name in ("source", "made", "profile"))
        source.mkdir()
        results = stored_results()
        picture, words = landing.map_picture()
        _lay_out(source, results, words)
        sphinx("singlehtml", source, made, theme="basic")
        (made / "map.png").write_bytes(film.last_frame(picture))
        page = made / "index.html"
        styles = (mathml.STYLE, TEMPLATES / "paper" / "print.css")
        css = "".join(path.read_text(encoding="utf-8") for path in styles)
        html = page.read_text(encoding="utf-8").replace("<details", "<details open")
        html = html.replace("</head>", f"<style>{css}</style></head>")
        chapters = _chapters(results)

        def print_with(pages):
            page.write_text(html.replace("<!-- contents -->", _contents(chapters, pages)), "utf-8")
            _print(program, profile, page, target)

        print_with({})  # the first time to learn on which page each chapter begins
        print_with(_pages(target, chapters))


def _lay_out(source, results, map_alt):
    """Write into `source` what the paper has: lessons, answers, glossary, published results."""
    names = [lesson["name"] for lesson in results["lessons"]]
    (source / "deeper").mkdir()
    answers = [nbformat.v4.new_markdown_cell("# Answers")]
    for name in names:
        lesson, answered = for_paper(NOTEBOOKS / f"{name}.ipynb", name, names)
        (source / f"{name}.ipynb").write_bytes(lesson)
        if answered:
            answers.append(nbformat.v4.new_markdown_cell(f"## Lesson {number(name)}"))
            answers += answered
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=answers, metadata=about), source / "answers.ipynb"
    )
    for path in (NOTEBOOKS / "GLOSSARY.md", *measurements()):
        if path.stem in ("GLOSSARY", "published-full"):
            shutil.copy(path, source)
    template = jinja2.Template((TEMPLATES / "paper" / "index.md.j2").read_text(encoding="utf-8"))
    values = landing.values(results) | {"results": results, "lecture": LECTURE}
    values |= {"map_alt": map_alt, "version": aekit.__version__}
    (source / "index.md").write_text(template.render(values), encoding="utf-8")


def _chapters(results):
    """The headings of the chapters, as they are printed."""
    lessons = [f"{number(x['name'])} · {x['title']}" for x in results["lessons"]]
    return [*lessons, "Answers", "Glossary", "Published results"]


def _contents(chapters, pages):
    lines = (
        f"<p><span>{escape(title)}</span><span>{pages.get(title, '')}</span></p>"
        for title in chapters
    )
    return "".join(lines)


def _pages(pdf, chapters):
    """The page on which each chapter begins, by the outline that Chromium wrote."""
    reader = pypdf.PdfReader(pdf)
    entries = _flat(reader.outline)
    found = {entry.title: reader.get_destination_page_number(entry) + 1 for entry in entries}
    return {
        chapter: page
        for chapter in chapters
        for title, page in found.items()
        if title.startswith(chapter)
    }


def _flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _print(program, profile, page, target):
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--disable-background-networking", f"--user-data-dir={profile}"]
    command += ["--no-pdf-header-footer", "--generate-pdf-document-outline"]
    command += [f"--print-to-pdf={target}", page.as_uri()]
    printed = subprocess.run(command, capture_output=True, text=True)
    if printed.returncode or not target.is_file():
        raise RuntimeError(f"Chromium could not print: {printed.stderr.strip()[-1000:]}")
