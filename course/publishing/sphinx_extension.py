"""What the pages need beyond Sphinx and myst-nb: MathML, the figures' alt texts, WCAG AA."""

import nbformat
from docutils import nodes

from course.publishing.mathml import mathml


def setup(app):
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("doctree-read", _describe_figures)
    app.connect("html-page-context", _let_keyboards_and_readers_in, priority=900)
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
            image["alt"] = output.metadata.get("image/png", {}).get("alt", "")


def _let_keyboards_and_readers_in(app, page, template, context, doctree):
    """What WCAG AA asks and Sphinx leaves out: boxes that scroll by keys, levels of headings."""
    for part, old, new in (
        ("body", "<pre>", '<pre tabindex="0">'),
        ("body", '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
        ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ):
        context[part] = context.get(part, "").replace(old, new)
