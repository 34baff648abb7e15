"""Formulas: as MathML, and in a font that has all of their characters."""

import html
import io
import re
import unicodedata
from base64 import b64decode

import nbformat
from fontTools.ttLib import TTFont

from course.paths import NOTEBOOKS, stored
from course.publishing.mathml import STYLE, joined, mathml

TEX = re.compile(r"\$\$(.+?)\$\$|(?<![\\$`])\$(?!`)([^$\n]+?)\$", re.DOTALL)
LETTER = re.compile(r"<mi>(.)</mi>")  # a browser draws it as the italic letter of mathematics
ITALIC = {unicodedata.normalize("NFKC", chr(c)): c for c in range(0x1D434, 0x1D468)}
ITALIC |= {unicodedata.normalize("NFKC", chr(c)): c for c in range(0x1D6FC, 0x1D71C)}


def formulas():
    for name in stored(NOTEBOOKS):
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                yield from (mathml(a or b) for a, b in TEX.findall(cell.source))


def test_font_has_every_character_of_every_formula():
    data = re.search(r"base64,([^\"]+)", STYLE.read_text(encoding="utf-8"))[1]
    font = TTFont(io.BytesIO(b64decode(data)))
    assert "MATH" in font  # how roots and brackets grow
    found = [*formulas()]
    assert len(found) > 200
    text = html.unescape("".join(re.sub(r"<[^>]*>", "", formula) for formula in found))
    needed = {ord(letter) for letter in text if not letter.isspace()}
    letters = {letter for formula in found for letter in LETTER.findall(html.unescape(formula))}
    needed |= {ITALIC[letter] for letter in letters if letter in ITALIC}
    assert sorted(map(chr, needed - font.getBestCmap().keys())) == []


def test_bars_of_a_norm_grow_only_where_tex_says_so():
    assert mathml(r"\lVert v \rVert").count('stretchy="false"') == 2
    assert mathml(r"\left\lVert v \right\rVert").count('stretchy="true"') == 2


def test_formula_shares_its_line_with_stops_and_brackets():
    x, block = mathml("x"), mathml("x", display="block")
    assert joined(f"so ({x}), and {x} is") == f'so <span class="joined">({x}),</span> and {x} is'
    assert joined(f"{block}.") == f"{block}."


def test_names_of_functions_stand_apart():
    assert 'rspace="0.17em">log</mo><mi>p</mi>' in mathml(r"x \log p")
    assert 'rspace="0em">log</mo><mo stretchy="false">' in mathml(r"x \log(p)")
