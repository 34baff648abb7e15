"""Render executed lessons as pages that need no network and no server.

Sphinx makes the pages, with myst-nb and the theme furo. This file lays out what they are made of:
the notebooks with smaller figures, a page of the lessons, and one of their claims.
"""

import io
import re
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

import jinja2
import nbformat
from PIL import Image

from aekit.claims import MIME_TYPE, bounds, figure, published
from course.paths import NOTEBOOKS, ROOT, is_deeper, number, stored
from course.publishing import live
from course.publishing.pages import measurements

TEMPLATES = Path(__file__).parent / "templates"
README_ROW = re.compile(
    r"^\| !\[(.+?)\]\(.+?\) \| \[.+?\]\((.+?)\.ipynb\) \| (.+?) \| (.+?) \|$", re.MULTILINE
)


def render(folder, results, notebooks):
    """Write the pages of `course.publishing.pages.write`, which says what the arguments are."""
    with tempfile.TemporaryDirectory() as made_of:
        lay_out(Path(made_of), results, notebooks)
        sphinx("html", made_of, folder)
    live.write(folder / "_static" / "live")
    _prune(folder, results)


def lay_out(source, results, notebooks):
    """Write into the empty folder `source` what the pages are made of."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "site"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bounds": bounds, "figure": figure, "literal": _literal}
    environment.filters |= {"number": number, "published": published}
    environment.tests["deeper"] = is_deeper
    tables = measurements(".md")
    executed = [f"{lesson['name']}.ipynb" for lesson in results["lessons"]]
    executed = {name: notebooks / name for name in executed if (notebooks / name).is_file()}
    files = {name: _page_source(path) for name, path in executed.items()}
    files |= {path.name: path.read_bytes() for path in (*tables, NOTEBOOKS / "GLOSSARY.md")}
    files |= {path.name: smaller(path.read_bytes()) for path in measurements(".png")}
    values = {
        "results": results,
        "about": about_lessons(results),
        "measurements": [path.stem for path in tables],
    }
    for template in TEMPLATES.joinpath("site").glob("*.md.j2"):
        text = environment.get_template(template.name).render(values)
        files[template.stem] = text.encode()
    for lesson in results["lessons"]:
        picture = NOTEBOOKS / "pictures" / f"{lesson['name']}.png"
        if picture.is_file():
            files[f"pictures/{picture.name}"] = smaller(picture.read_bytes())
    for name, content in files.items():
        path = source / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def about_lessons(results):
    """What notebooks/README.md says of each lesson: its picture's alt text, question and time."""
    rows = README_ROW.findall((NOTEBOOKS / "README.md").read_text(encoding="utf-8"))
    about = {name: {"alt": alt, "question": q, "time": time} for alt, name, q, time in rows}
    return {lesson["name"]: about.get(lesson["name"]) for lesson in results["lessons"]}


def sphinx(builder, source, target, theme="furo"):
    """Build the pages of `source` into `target`; raises RuntimeError with Sphinx' last words."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-c", TEMPLATES / "site"]
    with tempfile.TemporaryDirectory() as doctrees:
        command += ["-D", f"html_theme={theme}", "-d", doctrees, source, target]
        built = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    print(built.stderr, end="", file=sys.stderr)
    if built.returncode:
        raise RuntimeError(f"Sphinx could not render the pages: {built.stderr.strip()[-2000:]}")


def smaller(png):
    """A still PNG with at most 256 colours, which halves a plot and is not seen; else as it was."""
    image = Image.open(io.BytesIO(png))
    if getattr(image, "n_frames", 1) > 1:
        return png
    reduced = io.BytesIO()
    image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(reduced, "png", optimize=True)
    return min(png, reduced.getvalue(), key=len)


def shrink_figures(notebook):
    """Make the notebook's PNGs smaller, and leave out what else stands for a figure or a claim."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(MIME_TYPE, None)
            if "image/png" in data:
                png = smaller(b64decode(data["image/png"]))
                output.data = nbformat.from_dict({"image/png": b64encode(png).decode()})


def _page_source(path):
    """The notebook as myst-nb reads it: folded answers, small figures, no claims' records."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "answer" in tags:
            cell.metadata.tags = ["hide-cell"]
            cell.metadata.mystnb = {
                "code_prompt_show": "Show the answer",
                "code_prompt_hide": "Hide the answer",
            }
    shrink_figures(notebook)
    return nbformat.writes(notebook).encode()


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
