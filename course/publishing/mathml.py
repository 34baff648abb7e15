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
STYLE = Path(__file__).parent / "templates" / "site" / "_static" / "math.css"


def mathml(tex, display="inline"):
    """The `<math>` element of a formula; `display`: "inline", or "block" for one on its own."""
    converted = latex2mathml.converter.convert(tex.strip(), display=display)
    return converted.replace(f"<mo>{NORM}</mo>", f'<mo stretchy="false">{NORM}</mo>')


def joined(page):
    """The HTML of a page, whose formulas share a line with the brackets and stops around them.

    A browser may else begin a line with the full stop after a formula.
    """
    return INLINE.sub(
        lambda m: f'<span class="joined">{m[0]}</span>' if m[1] or m[3] else m[0], page
    )
