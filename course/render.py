"""Render executed lessons as pages that need no network and no server.

Sphinx makes the pages, with myst-nb and the theme furo. This file lays out what they are made of:
the notebooks with smaller figures, a page of the lessons, and one of their claims.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import jinja2
import nbformat
from PIL import Image

from course.claims import MIME_TYPE, bounds, figure
from course.paths import NOTEBOOKS, ROOT, write_bytes, write_text

TEMPLATES = Path(__file__).parent / "templates"
README_ROW = re.compile(
    r"^\| !\[(.+?)\]\(.+?\) \| \[.+?\]\((.+?)\.ipynb\) \| (.+?) \| (.+?) \|$", re.MULTILINE
)


def write_pages(folder, results, notebooks=None):
    """A page for each lesson of `results`, an index, and a search; returns the index's path.

    Does nothing when all that the pages are made of is as it was.

    Args:
        folder: where the pages go.
        results: what the lessons measured, as `python -m course run` writes it.
        notebooks: where the executed notebooks are, if not in `folder`.

    Raises:
        RuntimeError: Sphinx failed.
    """
    notebooks = notebooks or folder
    index, stamp = folder / "index.html", folder / ".made_of"
    made_of = _digest(results, notebooks)
    if not (index.is_file() and stamp.is_file() and stamp.read_text() == made_of):
        lay_out(folder / ".pages", results, notebooks)
        sphinx("html", folder / ".pages", folder)
        _prune(folder, results)
        write_text(made_of, stamp)
    return index


def lay_out(source, results, notebooks):
    """Write into `source` what the pages are made of; a file that is as it was is not touched."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "site"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bounds": bounds, "figure": figure, "literal": _literal}
    measurements = _measurements(".md")
    executed = [notebooks / f"{lesson['name']}.ipynb" for lesson in results["lessons"]]
    files = {path.name: _page_source(path) for path in executed if path.is_file()}
    files |= {path.name: path.read_bytes() for path in measurements}
    files |= {path.name: smaller(path.read_bytes()) for path in _measurements(".png")}
    values = {
        "results": results,
        "about": about_lessons(results),
        "measurements": [path.stem for path in measurements],
    }
    for template in TEMPLATES.joinpath("site").glob("*.md.j2"):
        text = environment.get_template(template.name).render(values)
        files[template.stem] = text.encode()
    for lesson in results["lessons"]:
        picture = NOTEBOOKS / "pictures" / f"{lesson['name']}.png"
        if picture.is_file():
            files[f"pictures/{picture.name}"] = smaller(picture.read_bytes())
    for path in source.rglob("*.*"):
        if path.is_file() and str(path.relative_to(source)) not in files:
            path.unlink()
    for name, content in files.items():
        path = source / name
        if not path.is_file() or path.read_bytes() != content:
            write_bytes(content, path)


def about_lessons(results):
    """What notebooks/README.md says of each lesson: its picture's alt text, question and time."""
    rows = README_ROW.findall((NOTEBOOKS / "README.md").read_text(encoding="utf-8"))
    about = {name: {"alt": alt, "question": q, "time": time} for alt, name, q, time in rows}
    return {lesson["name"]: about.get(lesson["name"]) for lesson in results["lessons"]}


def sphinx(builder, source, target, theme="furo"):
    """Build the pages of `source` into `target`; raises RuntimeError with Sphinx' last words."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-c", TEMPLATES / "site"]
    command += ["-a"]  # every page lists all lessons, so all are written; only what changed is read
    command += ["-D", f"html_theme={theme}", "-d", source.with_name(".doctrees"), source, target]
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


def _measurements(suffix=""):
    """What `make results` and the benchmarks have written."""
    paths = [NOTEBOOKS / "RESULTS.md", *sorted(ROOT.glob("benchmarks/results/*"))]
    return [path for path in paths if path.is_file() and path.name.endswith(suffix)]


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
    for page in folder.glob("[0-9][0-9]_*.html"):
        if page.stem not in names:
            page.unlink()
    shown = "".join(page.read_text(encoding="utf-8") for page in folder.glob("*.html"))
    for picture in folder.glob("_images/*"):
        if picture.name not in shown:
            picture.unlink()


def _digest(results, notebooks):
    """Of all that the pages are made of."""
    paths = [notebooks / f"{lesson['name']}.ipynb" for lesson in results["lessons"]]
    paths += [NOTEBOOKS / "README.md", *NOTEBOOKS.glob("pictures/*"), *_measurements()]
    paths += [Path(__file__).with_name(f"{x}.py") for x in ("render", "mathml", "sphinx_extension")]
    paths += (path for path in TEMPLATES.joinpath("site").rglob("*.*") if path.is_file())
    digest = hashlib.sha256(json.dumps(results).encode())
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
