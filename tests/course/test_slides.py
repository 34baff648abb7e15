"""The decks: one file each, the cells that belong on slides, no code where it is plumbing."""

import nbformat
import pytest
from bs4 import BeautifulSoup

from course.publishing import pdf, slides


def cell(source, slide_type, tags=(), output=None):
    metadata = {"slideshow": {"slide_type": slide_type}, "tags": list(tags)}
    if output is None:
        return nbformat.v4.new_markdown_cell(source, metadata=metadata)
    outputs = [nbformat.v4.new_output("stream", text=output)]
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=outputs)


@pytest.fixture(scope="module")
def deck():
    cells = [
        cell("# A lesson\n\nOf $\\frac{1}{2}$.", "slide"),
        cell("imported = 1", "skip", output="not shown"),
        cell("shown = 2", "fragment", output="two"),
        cell("plumbing = 3", "subslide", ["hide-input"], output="three"),
        cell("## Exercises", "slide"),
        cell("answer = 4", "-", ["answer", "hide-input"], output="four"),
    ]
    return slides.deck(nbformat.v4.new_notebook(cells=cells))


def test_deck_is_one_file_that_loads_nothing(deck):
    page = BeautifulSoup(deck, "html.parser")
    assert page.title.text == "A lesson"
    assert not page.select("link, script[src], img:not([src^='data:'])")
    assert "Reveal.initialize" in page.find_all("script")[-1].text


def test_cells_are_on_the_slides_that_their_types_say(deck):
    page = BeautifulSoup(deck, "html.parser")
    texts = [slide.text for slide in page.select(".slides > section > section")]
    assert len(texts) == 3
    assert "shown = 2" in texts[0] and "two" in texts[0]
    assert "three" in texts[1] and "plumbing" not in texts[1]
    assert "Exercises" in texts[2]
    assert not any(word in text for text in texts for word in ("imported", "answer", "four"))
    assert page.select_one(".fragment").text.count("shown") == 1


def test_formulas_on_slides_are_mathml(deck):
    assert "<mfrac>" in deck and "MathJax" not in deck


def test_printing_without_a_browser_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match="needs Chromium or Chrome, and none was found in PATH"):
        pdf.write_pdf(tmp_path / "course.pdf")


def test_lines_that_only_draw_are_not_on_slides():
    drawing = "figure, axes = plt.subplots()\nfor a in 1, 2:\n    axes[0].plot(a)\n"
    assert (
        slides.without_drawing(f"error = f(x)\n{drawing}claim(error)")
        == "error = f(x)\nclaim(error)"
    )
    assert slides.without_drawing('plots.show(\n    figure,\n    alt="words",\n)') == ""
    assert slides.without_drawing("for a in 1, 2:\n    print(a)") == "for a in 1, 2:\n    print(a)"
    assert slides.without_drawing("# A word.\nplots.use_style()") == ""
