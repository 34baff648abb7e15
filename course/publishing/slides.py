"""Each stored lesson as a reveal.js deck to lecture from, one file that needs no network.

A deck is made of the lesson's own cells. Each cell whose slide type is `slide` or `subslide` begins
a slide with its heading and its sentence; of the cells after it the slide takes the figure, scaled
to the free height, and up to two claims with their numbers large, or three without a figure. Code
is on a slide only where it has neither. A slide of none of these opens a section: its words stand
large in the middle. Prose and claims become the speaker's notes (key S).
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files

import jinja2
import nbformat
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from aekit import claims, touch
from course.lessons.lesson import title_of
from course.paths import NOTEBOOKS, number, stored, write_text
from course.publishing import film, mathml
from course.publishing.landing import LECTURE
from course.publishing.lesson_page import EXERCISE, prepare_outputs
from course.publishing.plumbing import without_plumbing
from course.publishing.render import TEMPLATES

MOST_LINES, MOST_PRINTED, MOST_ROWS = 12, 6, 14  # of code, of what it prints, and of a table
MOST_WORDS = 70  # of prose on a slide that has nothing else
NARROW = 2.0  # up to this width over height a figure is larger with its claims at its right
REVEAL = files("sphinx_revealjs") / "_static" / "revealjs"
STYLE = HtmlFormatter(style="a11y-high-contrast-light")
HEADING = re.compile(r"\A#+ (.+)\n*")
FIRST = re.compile(r".*?[.:?](?=\s|\Z)|.*", re.DOTALL)  # a sentence
LEARN = re.compile(r"\*\*What you will learn\*\*\n\n((?:- .+\n?(?:  .+\n?)*)+)")


class MathMLRenderer(IPythonRenderer):
    """Markdown whose formulas are MathML."""

    def inline_math(self, body):
        return mathml.mathml(body)

    def block_math(self, body):
        return mathml.mathml(body, display="block")

    def multiline_math(self, text):
        return self.block_math(text.strip().strip("$"))


@dataclass
class Slide:
    """What stands on a slide; texts are HTML but for the title, which is Markdown."""

    title: str
    lead: str = ""
    layout: str = ""  # "section": words alone; "beside": claims at the right of the figure
    picture: dict = None  # {"png": base64, "still": base64, "alt": text, "width", "height"}
    code: str = ""
    printed: str = ""
    claims: list = field(default_factory=list)
    touch: dict = None
    notes: list = field(default_factory=list)


def deck(notebook, name, lessons):
    """The HTML of a lesson's slides.

    Args:
        notebook: the stored lesson.
        name: its name.
        lessons: pairs of number and title of all lessons, for the agenda.
    """
    prepare_outputs(notebook)
    shown = [_dressed(slide) for slide in slides_of(notebook)]
    learn = next((m[1] for m in map(LEARN.search, _prose(notebook)) if m), "")
    first, rest = shown[0], shown[1:]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "slides"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("deck.html.j2").render(
        title=title_of(notebook),
        number=number(name),
        lecture=LECTURE,
        first=first,
        question=first.lead.partition("</p>")[0] + "</p>",
        learn=_html(learn),
        lessons=lessons,
        slides=rest,
        exercises=_exercises(notebook),
        references=_html(_references(notebook)),
        parts=_parts(),
    )


def slides_of(notebook):
    """The slides of a lesson's cells, but for agenda, exercises and references."""
    slide, found = None, []
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if cell.cell_type == "markdown":
            if kind in ("slide", "subslide"):
                title = HEADING.match(cell.source)[1]
                slide = Slide(title, lead=HEADING.sub("", cell.source))
                found.append(slide)
            elif cell.source.startswith("## Exercises"):
                break
            else:
                slide.notes.append(cell.source)
        elif not {"setup", "parameters"} & {*cell.metadata.get("tags", [])}:
            slide = _with_code_cell(slide, cell, kind, found)
    return found


def _with_code_cell(slide, cell, kind, found):
    """Puts what a cell shows on the slide, or on one more of the same title; returns the last."""
    for output in cell.get("outputs", []):
        data, about = output.get("data", {}), output.get("metadata", {})
        if "image/png" in data:
            if slide.picture:
                slide = Slide(slide.title)
                found.append(slide)
            slide.picture = _picture(data["image/png"], about["image/png"])
            slide.touch = about.get(touch.MIME_TYPE)
        elif claims.MIME_TYPE in about:
            slide.claims.append(about[claims.MIME_TYPE])
    hidden = kind == "skip" or "hide-input" in cell.metadata.get("tags", [])
    code = without_plumbing(cell.source)
    printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
    if not hidden and not slide.code and not slide.printed:
        if 0 < len(code.splitlines()) <= MOST_LINES:
            slide.code = code.replace("\n\n\n", "\n\n")
        if len(printed.splitlines()) <= MOST_PRINTED:
            slide.printed = printed
    return slide


def _picture(encoded, about):
    """A figure as the template takes it; of one that moves, the last frame too, for paper."""
    png = b64decode(encoded)
    still = b64encode(film.last_frame(png)).decode() if film.moves(png) else ""
    return {"png": encoded, "still": still, **about}


def _dressed(slide):
    """The slide with its Markdown as HTML: with its code where it has neither figure nor claim."""
    most = 2 if slide.picture or slide.printed else 3
    is_bare = not (slide.picture or slide.claims)
    notes = [*slide.notes]
    lead, layout = slide.lead, ""
    if is_bare and not (slide.code or slide.printed):
        if notes and _fits(lead, notes[0]):
            lead += "\n\n" + notes.pop(0)
        layout = "" if "\n|" in lead or "\n- " in lead else "section"
    elif slide.picture and slide.claims and _ratio(slide.picture) <= NARROW:
        layout = "beside"
    return Slide(
        title=_html(slide.title).removeprefix("<p>").removesuffix("</p>"),
        lead=_html(lead),
        layout=layout,
        picture=slide.picture,
        code=highlight(slide.code, PythonLexer(), STYLE) if is_bare and slide.code else "",
        printed="" if slide.picture else slide.printed,
        claims=[_measured(record) for record in slide.claims[:most]],
        touch=slide.touch,
        notes=[
            *map(_html, notes),
            *(f"<p>{escape(claims.as_line(record))}</p>" for record in slide.claims),
        ],
    )


def _fits(lead, note):
    """Whether a list, a table or a text may stand below the words of a slide with nothing else."""
    if note.startswith(("- ", "|")):
        return note.count("\n") <= MOST_ROWS
    return len(f"{lead} {note}".split()) <= MOST_WORDS


def _ratio(picture):
    return picture["width"] / picture["height"]


def _measured(record):
    """A claim as the template shows it: the number, the sentence, and what bounds it."""
    about = " · ".join([claims.mark(record), *claims.held_against(record)])
    return {"figure": claims.measured(record), "about": about, **record}


def _prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def _exercises(notebook):
    """The exercises' titles, each with its first sentence."""
    found = [(EXERCISE.match(text), text) for text in _prose(notebook)]
    return [
        _html(f"**{_ended(match[2])}** {FIRST.match(text[match.end() :].strip())[0]}")
        for match, text in found
        if match
    ]


def _ended(title):
    return title if title.endswith("?") else f"{title}."


def _references(notebook):
    texts = [text for text in _prose(notebook) if text.startswith("**References**")]
    return texts[-1].removeprefix("**References**").strip() if texts else ""


def _html(markdown):
    """HTML without links to other files: a deck is shown where its lesson's neighbours are not."""
    renderer = MathMLRenderer(escape=False, exclude_anchor_links=True)
    text = mathml.joined(MarkdownWithMath(renderer=renderer).render(markdown).strip())
    return re.sub(r'<a href="(?!https?:)[^"]*">(.*?)</a>', r"\1", text)


@cache
def _parts():
    """What a deck holds beside its cells: reveal.js, the style, and what can be touched."""

    def read(path):
        return path.read_text(encoding="utf-8")

    return {
        "css": [
            read(REVEAL / "dist" / "reveal.css"),
            STYLE.get_style_defs(".highlight"),
            touch.source("touch.css"),
            read(mathml.STYLE),
            read(TEMPLATES / "slides" / "slides.css"),
        ],
        "js": [
            read(REVEAL / "dist" / "reveal.js"),
            read(REVEAL / "plugin" / "notes" / "notes.js"),
            touch.script(),
            read(TEMPLATES / "slides" / "deck.js"),
        ],
    }


def write_slides(folder):
    """Write the decks of the stored lessons into `folder`; yields the path of each."""
    names = stored(NOTEBOOKS, deeper=False)
    notebooks = {name: nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4) for name in names}
    lessons = [(number(name), title_of(notebook)) for name, notebook in notebooks.items()]
    for name, notebook in notebooks.items():
        target = folder / f"{name}.html"
        write_text(deck(notebook, name, lessons), target)
        yield target
