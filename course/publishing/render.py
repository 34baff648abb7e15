"""Render executed lessons as pages that need no network and no server.

Sphinx makes the pages, with myst-nb and the theme furo. This file lays out what they are made of:
the notebooks, a page of the lessons, and one of their claims.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import jinja2

import aekit
from aekit.claims import as_html
from course.paths import NOTEBOOKS, ROOT, is_deeper, number, stored, write_bytes
from course.publishing import chromium, explorer, landing, live
from course.publishing.lesson_page import page_source
from course.publishing.pages import measurements

TEMPLATES = Path(__file__).parent / "templates"
OF_WHOLE = ("api.md.j2", "explorer.md.j2")  # these take Keras and more seconds


def render(folder, results, notebooks, *, whole=False):
    """Write the pages of `course.publishing.pages.write`, which says what the arguments are."""
    with tempfile.TemporaryDirectory() as made_of:
        lay_out(Path(made_of), results, notebooks, whole=whole)
        sphinx("html", made_of, folder)
    live.write(folder / "_static" / "live")
    if whole:
        _add_the_rest(folder, notebooks)
    _prune(folder, results)


def _add_the_rest(folder, notebooks):
    """Decks, notebooks for download, the explorer's networks; the print where there is Chromium."""
    from course.publishing import pdf, slides

    list(slides.write_slides(folder / "slides"))
    for name in stored(notebooks):
        write_bytes((notebooks / f"{name}.ipynb").read_bytes(), folder / f"{name}.ipynb")
    explorer.write(folder / "_static" / "live")
    if chromium.found():
        pdf.write_pdf(folder / "autoencoders.pdf")


def lay_out(source, results, notebooks, *, whole=False):
    """Write into the empty folder `source` what the pages are made of."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "site"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"as_html": as_html, "literal": _literal, "number": number}
    environment.tests["deeper"] = is_deeper
    tables = measurements(".md")
    paths = {x["name"]: notebooks / f"{x['name']}.ipynb" for x in results["lessons"]}
    names = [name for name, path in paths.items() if path.is_file()]
    files = {f"{name}.ipynb": page_source(paths[name], name, names, whole) for name in names}
    others = (*tables, *measurements(".png"), NOTEBOOKS / "GLOSSARY.md", ROOT / "CHANGELOG.md")
    files |= {path.name: path.read_bytes() for path in others}
    values = {"results": results, "measurements": [path.stem for path in tables], "whole": whole}
    values |= {"printed": whole and chromium.found() is not None}
    values |= {"version": aekit.__version__, "licence": (ROOT / "LICENSE").read_text().strip()}
    values |= landing.values(results)
    files["pictures/map.png"], values["map_alt"] = landing.map_picture()
    for template in TEMPLATES.joinpath("site").glob("*.md.j2"):
        if template.name in OF_WHOLE and not whole:
            continue
        text = environment.get_template(template.name).render(values)
        files[template.stem] = text.encode()
    for lesson in results["lessons"]:
        picture = NOTEBOOKS / "pictures" / f"{lesson['name']}.png"
        if picture.is_file():
            files[f"pictures/{picture.name}"] = picture.read_bytes()
    for name, content in files.items():
        path = source / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def sphinx(builder, source, target, theme="furo"):
    """Build the pages of `source` into `target`; raises RuntimeError with Sphinx' last words."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-c", TEMPLATES / "site"]
    with tempfile.TemporaryDirectory() as doctrees:
        command += ["-D", f"html_theme={theme}", "-d", doctrees, source, target]
        built = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    print(built.stderr, end="", file=sys.stderr)
    if built.returncode:
        raise RuntimeError(f"Sphinx could not render the pages: {built.stderr.strip()[-2000:]}")


def _literal(text):
    """Text as Markdown that shows it letter by letter."""
    return re.sub(r"([\\`*_{}\[\]()<>#$|~])", r"\\\1", text)


def _prune(folder, results):
    """Remove the pages and pictures of lessons as they no longer are."""
    names = {lesson["name"] for lesson in results["lessons"]}
    for name in stored(folder, ".html"):
        if name not in names:
            (folder / f"{name}.html").unlink()
    shown = "".join(page.read_text(encoding="utf-8") for page in folder.rglob("*.html"))
    for picture in folder.glob("_images/*"):
        if picture.name not in shown:
            picture.unlink()
