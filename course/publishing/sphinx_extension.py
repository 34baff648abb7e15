"""What the pages need beyond Sphinx and myst-nb: MathML, figures' alt texts and touch, WCAG AA."""

import html
import json
import re

import nbformat
from docutils import nodes
from sphinx import addnodes

from aekit.touch import MIME_TYPE as TOUCH
from course.publishing.mathml import mathml

SIZE = re.compile(r'class="size-(\d+)-(\d+)"')


def setup(app):
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("doctree-read", _describe_figures)
    app.connect("html-page-context", _let_keyboards_and_readers_in, priority=900)
    app.connect("html-page-context", _make_room_for_pictures)
    app.connect("html-page-context", _load_touch)
    app.connect("html-page-context", _describe_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator, node):
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator, node):
    translator.body.append(f'<div class="math">{mathml(node.astext(), display="block")}</div>\n')
    raise nodes.SkipNode


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
            if "width" in about:
                image["classes"].append(f"size-{about['width']}-{about['height']}")
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
        ("body", '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
        ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ):
        context[part] = context.get(part, "").replace(old, new)


def _make_room_for_pictures(app, page, template, context, doctree):
    """Load pictures when they come into view, and leave them their room until then."""
    body = context.get("body", "").replace("<img ", '<img loading="lazy" ')
    context["body"] = SIZE.sub(r'width="\1" height="\2"', body)
