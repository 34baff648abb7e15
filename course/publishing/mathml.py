"""TeX as MathML, which browsers draw without a library, and the style that brings a font for it.

The font is a part of STIX Two Math. Where tests/course/test_mathml.py finds characters missing,
fontTools makes a larger one: `pyftsubset` with `--unicodes=...`, `--flavor=woff`, `--no-hinting`
and `--layout-features=ssty,dtls,flac,ccmp,kern`.
"""

import re
from pathlib import Path

import latex2mathml.converter

NORM = "&#x02016;"  # of \\lVert, which grows in TeX only after \\left
INLINE = re.compile(r'([(]*)(<math[^>]*"inline"(?:(?!</math>).)*</math>)([.,;:?!)]*)', re.DOTALL)
NAMED = re.compile(r'<mi>(exp|log|tanh)</mi>(<mo stretchy="false">&#x00028;)?')
STYLE = Path(__file__).parent / "templates" / "site" / "_static" / "math.css"


def mathml(tex, display="inline"):
    """The `<math>` element of a formula; `display`: "inline", or "block" for one on its own."""
    converted = latex2mathml.converter.convert(tex.strip(), display=display)
    converted = converted.replace(f"<mo>{NORM}</mo>", f'<mo stretchy="false">{NORM}</mo>')
    return NAMED.sub(_spaced, converted)


def _spaced(found):
    """A function's name with TeX's thin space on both sides, but not before a bracket."""
    name, bracket = found[1], found[2] or ""
    return f'<mo lspace="0.17em" rspace="{0 if bracket else 0.17}em">{name}</mo>{bracket}'


def joined(page):
    """The HTML of a page, whose formulas share a line with the brackets and stops around them.

    A browser may else begin a line with the full stop after a formula.
    """
    return INLINE.sub(
        lambda m: f'<span class="joined">{m[0]}</span>' if m[1] or m[3] else m[0], page
    )
