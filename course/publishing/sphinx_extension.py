"""What the pages need beyond Sphinx and myst-nb: MathML, figures' alt texts and touch, WCAG AA.

And what autodoc and napoleon do not know of aekit's docstrings.
"""

import html
import inspect
import json
import re
import textwrap

import nbformat
from docutils import nodes
from sphinx import addnodes

from aekit.touch import MIME_TYPE as TOUCH
from course.publishing import figures
from course.publishing.mathml import joined, mathml

# A block of code in a docstring: indented, after an empty line, most often under "Example:".
CODE = re.compile(r"(^Example:)?\n\n((?: {4}.*\n+)+)", re.MULTILINE)
# The sections that are text. Args, Raises and Attributes, which are lists, napoleon reads.
SECTION = re.compile(r"^(Returns|Reference|Source):(.*\n(?:.+\n)*)", re.MULTILINE)
# A signature in lines, of which Sphinx makes a list of definitions that define nothing.
LINES = re.compile(r"<dl>\s*((?:<dd>.*?</dd>\s*)+)</dl>", re.DOTALL)
# The values of an argument, a line or more each: `"exact": one dense layer in closed form, ...`
VALUES = re.compile(r'^( +)"\w+": .*\n(?:\1(?:"\w+":| ) .*\n)*', re.MULTILINE)


def setup(app):
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("doctree-read", _describe_figures)
    app.connect("html-page-context", _let_keyboards_and_readers_in, priority=900)
    app.connect("html-page-context", _join_formulas)
    app.connect("html-page-context", _load_pictures_late)
    app.connect("html-page-context", _load_touch)
    app.connect("html-page-context", _describe_page)
    app.connect("autodoc-process-signature", _sign)
    app.connect("autodoc-process-docstring", _mark_up, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", _set_dashes, priority=600)  # after it
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator, node):
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator, node):
    translator.body.append(f'<div class="math">{mathml(node.astext(), display="block")}</div>\n')
    raise nodes.SkipNode


def _join_formulas(app, pagename, templatename, context, doctree):
    context["body"] = joined(context.get("body", ""))


def _describe_figures(app, doctree):
    """Give each computed figure its alt text, which myst-nb leaves behind in the notebook."""
    path = app.env.doc2path(app.env.docname)
    if path.suffix == ".ipynb":
        pictures = [
            c for c in doctree.findall(nodes.container) if c.get("mime_type") == "image/png"
        ]
        outputs = [o for cell in nbformat.read(path, 4).cells for o in cell.get("outputs", [])]
        drawn = [output for output in outputs if "image/png" in output.get("data", {})]
        for picture, output in zip(pictures, drawn, strict=True):
            (image,) = picture.findall(nodes.image)
            about = output.metadata.get("image/png", {})
            image["alt"] = about.get("alt", "")
            if "rows" in about and app.builder.name == "html":
                image.parent.replace(image, figures.in_pieces(image, about))
            if TOUCH in output.metadata:
                picture.append(_touch(output.metadata[TOUCH]))


def _touch(record):
    """What live/touch.js makes a figure of; in a browser only, not in the PDF."""
    data = json.dumps(record).replace("<", "\\u003c")  # so that no text in it ends the script
    script = f'<script type="application/json" class="touch-record">{data}</script>'
    only = addnodes.only(expr="builder_html")
    only.append(nodes.raw("", f'<div class="touch"></div>{script}', format="html"))
    return only


def _describe_page(app, page, template, context, doctree):
    """What a search engine and a shared link show: a sentence, and the course's picture."""
    about = "Executable lessons on autoencoders: every figure computed, every claim measured."
    meta = {
        "og:title": html.escape(context.get("title", "")),
        "og:description": about,
        "og:type": "website",
    }
    meta["og:image"] = "../" * page.count("/") + "_images/map.png"
    tags = "".join(f'<meta property="{name}" content="{text}">' for name, text in meta.items())
    given = context.get("metatags", "")
    context["metatags"] = f'{given}<meta name="description" content="{about}">{tags}'


def _load_touch(app, page, template, context, doctree):
    """Load the script and the style of what can be touched, on the pages that have it."""
    if 'class="touch-record"' in context.get("body", ""):
        app.add_js_file("live/touch.js", loading_method="defer")
        app.add_css_file("live/touch.css")


def _let_keyboards_and_readers_in(app, page, template, context, doctree):
    """What WCAG AA asks and Sphinx leaves out: boxes that scroll by keys, levels of headings."""
    for part, old, new in (
        ("body", "<pre>", '<pre tabindex="0">'),
        ("body", '<th class="head"><p></p></th>', "<td></td>"),
        ("body", '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
        ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ):
        context[part] = context.get(part, "").replace(old, new)
    context["body"] = LINES.sub(_lines, context["body"])


def _lines(found):
    lines = found[1].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")
    return f'<span class="sig-lines">{lines}</span>'


def _load_pictures_late(app, page, template, context, doctree):
    """Load pictures when they come into view."""
    context["body"] = context.get("body", "").replace("<img ", '<img loading="lazy" ')


def _sign(app, what, name, value, options, arguments, returned):
    """Give a class the arguments of its `__init__`, where autodoc takes Keras' `__new__`."""
    return (str(inspect.signature(value)), returned) if what == "class" else None


def _mark_up(app, what, name, value, options, lines):
    """Make reStructuredText of a docstring, but for the sections that napoleon reads."""

    def code(found):
        language = "python" if found[1] or what == "module" else "text"
        block = f".. code-block:: {language}\n\n{found[2].rstrip()}\n\n"
        return f":Example:\n\n{textwrap.indent(block, '    ')}" if found[1] else f"\n\n{block}"

    def field(found):
        return f":{found[1]}:" + found[2].rstrip().replace("\n", "\n    ") + "\n"

    def items(found):
        return "\n" + re.sub(r'^( +)(?=")', r"\1*   ", found[0], flags=re.MULTILINE) + "\n"

    text = "\n".join(lines) + "\n"
    for pattern, marked_up in ((CODE, code), (SECTION, field), (VALUES, items)):
        text = pattern.sub(marked_up, text)
    lines[:] = text.splitlines()


def _set_dashes(app, what, name, value, options, lines):
    """Between an argument and what is said of it, where napoleon has two hyphens."""
    lines[:] = [line.replace(" -- ", " – ", 1) for line in lines]
