"""The decks: one file each, a title, an idea and a figure a slide, to be read from the last row."""

import io
from base64 import b64decode, b64encode

import nbformat
import pytest
from browser import open_browser
from bs4 import BeautifulSoup
from PIL import Image

from aekit.claims import MIME_TYPE as CLAIM
from course.paths import NOTEBOOKS, stored
from course.publishing import chromium, pdf, slides
from course.publishing.lesson_page import for_paper
from course.publishing.plumbing import without_plumbing

RECORD = {
    "statement": "It is small.",
    "value": 0.25,
    "at_least": None,
    "at_most": 0.5,
    "source": "a paper",
    "published": None,
    "unit": None,
    "holds": True,
}


def pixel():
    png = io.BytesIO()
    Image.new("L", (1, 1)).save(png, "png")
    return b64encode(png.getvalue()).decode()


def cell(source, slide_type, tags=(), printed=None, data=None):
    metadata = {"slideshow": {"slide_type": slide_type}, "tags": list(tags)}
    if printed is None and data is None:
        return nbformat.v4.new_markdown_cell(source, metadata=metadata)
    dot = {"alt": "A dot.", "width": 1, "height": 1}
    about = {"image/png": dot} if data and "image/png" in data else {}
    output = (
        nbformat.v4.new_output("stream", text=printed)
        if data is None
        else nbformat.v4.new_output("display_data", data=data, metadata=about)
    )
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=[output])


@pytest.fixture(scope="module")
def deck():
    learn = "**What you will learn**\n\n- how to halve;\n- and more.\n\n**Time:** 5 minutes"
    cells = [
        cell(f"# A lesson\n\nOf $\\frac{{1}}{{2}}$. **Why?**\n\n{learn}", "slide"),
        cell("imported = 1", "skip", printed="not shown"),
        cell("## Code alone\n\nIt is short.", "slide"),
        cell("Said in [another lesson](00_other.ipynb), not shown.", "notes"),
        cell("shown = 2\nclaim('x', 1, at_most=2)", "fragment", printed="two"),
        cell("## A figure", "slide"),
        cell("hidden = 3", "fragment", printed="three"),
        cell("plots.show(...)", "-", data={"image/png": pixel()}),
        cell("claim(...)", "skip", ["hide-input"], data={CLAIM: RECORD}),
        cell("plots.show(...)", "-", data={"image/png": pixel()}),
        cell("## Exercises\n\nNow you.", "skip"),
        cell("**1. Halve it.** Take a half.", "skip"),
        cell("answer = 4", "-", ["answer", "hide-input"], printed="four"),
        cell("**References**\n\n- A paper.", "skip"),
    ]
    lessons = [("00", "Another lesson"), ("01", "A lesson")]
    text = slides.deck(nbformat.v4.new_notebook(cells=cells), "01_a_lesson", lessons)
    return BeautifulSoup(text, "html.parser")


def slides_with(*cells):
    """The slides of these cells, which follow a title."""
    notebook = nbformat.v4.new_notebook(cells=[cell("# A lesson", "slide"), *cells])
    text = slides.deck(notebook, "01_a_lesson", [("01", "A lesson")])
    return BeautifulSoup(text, "html.parser").select(".slides > section")[2:]


def test_words_alone_open_a_section_with_what_a_short_note_says_of_them():
    words, long = slides_with(
        cell("## Copying\n\n$W = V$", "slide"),
        cell("Here $V$ is the decoder's.", "notes"),
        cell("This is only said.", "notes"),
        cell("## A long story", "slide"),
        cell("word " * 71, "notes"),
    )
    assert words["class"] == long["class"] == ["section"]
    assert words.select_one(".lead").text.endswith("is the decoder's.")
    assert words.select_one("aside").text == "This is only said."
    assert not long.select(".lead") and "word" in long.select_one("aside").text


def test_a_film_has_its_last_frame_for_paper():
    film, frames = io.BytesIO(), [Image.new("L", (1, 1), grey) for grey in (0, 255)]
    frames[0].save(film, "png", save_all=True, append_images=frames[1:], duration=10)
    moving = b64encode(film.getvalue()).decode()
    shown, still = slides_with(
        cell("## A film", "slide"),
        cell("plots.show(...)", "-", data={"image/png": moving}),
        cell("## A figure", "slide"),
        cell("plots.show(...)", "-", data={"image/png": pixel()}),
    )
    on_paper = b64decode(shown.img["data-on-paper"].partition(",")[2])
    assert Image.open(io.BytesIO(on_paper)).convert("L").getpixel((0, 0)) == 255
    assert not still.img.has_attr("data-on-paper")


@pytest.mark.parametrize(("width", "layout"), [(1, ["beside"]), (3, [])])
def test_claims_stand_beside_a_figure_that_is_not_wide(width, layout):
    figure = cell("plots.show(...)", "-", data={"image/png": pixel()})
    figure.outputs[0].metadata["image/png"]["width"] = width
    found = slides_with(
        cell("## A figure", "slide"), figure, cell("claim(...)", "skip", data={CLAIM: RECORD})
    )
    assert found[0].get("class", []) == layout


def test_deck_is_one_file_that_loads_nothing(deck):
    assert deck.title.text == "01 A lesson"
    assert not deck.select("link, script[src], img:not([src^='data:']), a[href$='.ipynb']")
    assert "Reveal.initialize" in deck.find_all("script")[-1].text


def test_slides_are_title_agenda_sections_exercises_and_references(deck):
    titles = [slide.find(["h1", "h2"]).text for slide in deck.select(".slides > section")]
    assert titles == [
        "A lesson", "Where we are", "Code alone", "A figure", "A figure", "Exercises", "References",
    ]  # fmt: skip
    first, agenda, *_, exercises, references = deck.select(".slides > section")
    assert first.select_one(".lead strong").text == "Why?"
    assert agenda.select_one(".now").text == "A lesson" and "how to halve" in agenda.text
    assert [item.text.strip() for item in exercises.select("li")] == ["Halve it. Take a half."]
    assert "A paper." in references.text and "four" not in deck.text


def test_code_is_shown_where_there_is_neither_figure_nor_claim(deck):
    _, _, code, figure, again, *_ = deck.select(".slides > section")
    assert code.select_one(".highlight").text.strip() == "shown = 2"
    assert code.select_one(".printed").text == "two"
    assert figure.img["alt"] == again.img["alt"] == "A dot."
    assert not figure.select(".highlight, .printed")
    assert figure.select_one(".measured b").text == "0.25"
    assert "It is small." in figure.select_one(".measured").text


def test_prose_and_sources_are_the_notes(deck):
    _, _, code, figure, *_ = deck.select(".slides > section")
    assert code.select_one("aside.notes").text == "Said in another lesson, not shown."
    assert "at most 0.5 · a paper" in figure.select_one("aside.notes").text


def test_formulas_on_slides_are_mathml(deck):
    assert deck.select(".title mfrac") and "MathJax" not in str(deck)


def test_printing_without_a_browser_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match="needs Chromium or Chrome, and none was found in PATH"):
        pdf.write_pdf(tmp_path / "course.pdf")


def test_lines_that_only_draw_or_check_are_not_on_slides():
    drawing = "figure, axes = plt.subplots()\nfor a in 1, 2:\n    axes[0].plot(a)\n"
    assert without_plumbing(f"error = f(x)\n{drawing}claim(error)") == "error = f(x)"
    assert without_plumbing('plots.show(\n    figure,\n    alt="words",\n)') == ""
    loop = "for a in 1, 2:\n    print(a)"
    assert without_plumbing(loop) == loop
    assert without_plumbing("# A word.\nplots.use_style()") == ""
    assert without_plumbing("a = 1\n# A word.\nplots.use_style()\nb = 2") == "a = 1\nb = 2"


def test_paper_has_no_plumbing_and_its_answers_apart(tmp_path):
    cells = [
        cell("# A lesson", "slide"),
        cell("import this", "skip", printed="ready"),
        cell("## First", "slide"),
        cell("x = 2\nclaim('x', x, at_most=3)", "-", data={CLAIM: RECORD}),
        cell("draw(x)", "-", ["hide-input"], data={"image/png": pixel()}),
        cell("**1. Halve it.** Take a half.", "skip"),
        cell("half = ...", "skip", ["exercise"], printed=""),
        cell("half = 1", "skip", ["answer"], printed="one"),
    ]
    path = tmp_path / "01_a_lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    lesson, answers = for_paper(path, "01_a_lesson", ["01_a_lesson"])
    sources = [cell.source for cell in nbformat.reads(lesson.decode(), 4).cells]
    assert sources == [
        "# 01 · A lesson", "import this", "## First", "x = 2", "draw(x)", cells[5].source,
    ]  # fmt: skip
    removed = [cell.metadata.get("tags") for cell in nbformat.reads(lesson.decode(), 4).cells]
    assert removed.count(["remove-input"]) == 2
    assert [cell.source for cell in answers] == ["**1. Halve it**", "half = 1"]


def test_contents_name_the_pages():
    contents = pdf._contents(["One", "Two < three"], {"One": 4})
    assert "<span>One</span><span>4</span>" in contents
    assert "<span>Two &lt; three</span><span></span>" in contents


# What is wrong with the slides, each laid out as when it is shown.
FAULTS = """() => [...document.querySelectorAll(".slides > section")].flatMap((slide, place) => {
  const faults = [];
  slide.style.setProperty("display", "flex", "important");
  slide.style.setProperty("visibility", "visible", "important");
  const scale = slide.getBoundingClientRect().width / 1280;
  const titles = slide.querySelectorAll("h1, h2");
  if (titles.length !== 1) faults.push(`${titles.length} titles`);
  if (slide.scrollHeight > 721 || slide.scrollWidth > 1281) faults.push("overflows");
  if (!slide.querySelector(":scope > :not(h1, h2, aside)")) faults.push("only a title");
  if (slide.querySelectorAll(".picture img").length > 1) faults.push("two figures");
  for (const picture of slide.querySelectorAll(".picture"))
    if (picture.getBoundingClientRect().height / scale < 220) faults.push("a small figure");
  for (const code of slide.querySelectorAll("pre"))
    if (code.textContent.trim().split("\\n").length > 12) faults.push("long code");
  for (const part of slide.querySelectorAll("*")) {
    const says = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const counts = says && !part.closest("aside, math, script, .touch");
    if (counts && parseFloat(getComputedStyle(part).fontSize) < 20)
      faults.push(`small: ${part.textContent.slice(0, 40)}`);
  }
  slide.removeAttribute("style");
  return faults.map((fault) => `${place + 1} ${titles[0]?.textContent}: ${fault}`);
})"""


@pytest.mark.browser
def test_every_slide_of_every_deck_can_be_shown(tmp_path):
    with open_browser() as browser:
        decks = list(slides.write_slides(tmp_path))
        assert [deck.stem for deck in decks] == stored(NOTEBOOKS, deeper=False)
        for deck in decks:
            page, errors = browser.new_page(viewport={"width": 1280, "height": 720}), []
            page.on("pageerror", lambda error, to=errors: to.append(str(error)))
            page.on("console", lambda m, to=errors: m.type == "error" and to.append(m.text))
            page.goto(deck.as_uri())
            page.wait_for_function("window.Reveal && Reveal.isReady()")
            page.wait_for_function(
                "[...document.querySelectorAll('.touch')].every((root) => root.dataset.ready)"
            )
            assert page.evaluate(FAULTS) == [], deck.stem
            assert 10 <= page.evaluate("Reveal.getTotalSlides()") <= 18, deck.stem
            assert errors == [], deck.stem
            page.close()


@pytest.mark.browser
def test_notes_open_by_a_key(tmp_path):
    with open_browser() as browser:
        deck = next(slides.write_slides(tmp_path))
        page = browser.new_page()
        page.goto(f"{deck.as_uri()}#/2")
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        said = page.evaluate("Reveal.getCurrentSlide().querySelector('aside').textContent")
        popup.value.wait_for_function(
            "(said) => document.body.textContent.includes(said)", arg=said.strip()[:60]
        )
