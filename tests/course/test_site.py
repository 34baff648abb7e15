"""The pages: whole, small, readable without a network, and linked right."""

import copy
import io
import re
from contextlib import redirect_stderr
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from browser import open_browser, violations
from bs4 import BeautifulSoup
from docstrings import examples, public_names

from aekit.claims import measured
from course.lessons.lesson import claims_of
from course.paths import NOTEBOOKS
from course.paths import stored as stored_names
from course.publishing import pages as pages_of
from course.publishing import render, site

LIMIT = 3_000_000  # bytes, of a page with all that it loads; of a lesson half of that


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The site of the stored lessons: each page's path and its parsed HTML."""
    folder = tmp_path_factory.mktemp("site")
    with redirect_stderr(io.StringIO()) as said:
        site.write_site(folder)
    assert re.findall(r".*: (?:WARNING|ERROR): .*", said.getvalue()) == []
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in folder.rglob("*.html")
        if "slides" not in path.parts  # the decks, which have tests of their own
    }


def references(page):
    """Each address that a page names, as `(tag, address)`."""
    for tag in page.find_all(True):
        for attribute in ("href", "src"):
            if tag.get(attribute):
                yield tag, tag[attribute]


def lessons_of(pages):
    return {path.stem: page for path, page in pages.items() if path.stem[:2].isdigit()}


def test_every_link_and_anchor_has_its_target(pages):
    broken = []
    for path, page in pages.items():
        for tag, address in references(page):
            url = urlsplit(address)
            if url.scheme or address.startswith("data:"):
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            anchors = {tag["id"] for tag in pages[target].find_all(id=True)} if url.fragment else ()
            if not target.is_file() or (url.fragment and unquote(url.fragment) not in anchors):
                broken.append(f"{path.name}: {tag.name} {address}")
    assert not broken


def test_page_loads_nothing_from_elsewhere_and_little_in_all(pages):
    for path, page in pages.items():
        loaders = page.select("[src], link[rel~=stylesheet], link[rel~=icon]")
        loaded = {tag.get("src") or tag["href"] for tag in loaders}
        assert not [address for address in loaded if urlsplit(address).scheme], path.name
        files = {path.parent / unquote(urlsplit(address).path) for address in loaded}
        size = path.stat().st_size + sum(file.stat().st_size for file in files)
        limit = LIMIT / 2 if path.stem[:2].isdigit() else LIMIT
        assert size < limit, f"{path.name}: {size} bytes"


def test_every_lesson_has_a_page_with_its_figures_and_their_alt_texts(pages):
    shown = lessons_of(pages)
    names = stored_names(NOTEBOOKS)
    stored = {name.split("/")[-1]: nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4) for name in names}
    assert shown.keys() == stored.keys()
    for name, notebook in stored.items():
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        alts = [output.metadata["image/png"]["alt"] for output in outputs
                if "image/png" in output.get("data", {})]  # fmt: skip
        images = shown[name].select(".cell_output img:not([alt=''])")  # but a figure's other pieces
        assert [" ".join(image["alt"].split()) for image in images] == [
            " ".join(alt.split()) for alt in alts
        ]
        for image in shown[name].select(".cell_output img"):  # has its room before it is loaded
            assert int(image["width"]) > 0 and int(image["height"]) > 0
            assert image["loading"] == "lazy"


def test_formulas_are_mathml_and_no_tex_is_left(pages):
    for name, page in lessons_of(pages).items():
        assert page.find("math"), name
        prose = page.select_one("article")
        for code in prose.select("pre, code, math"):
            code.decompose()
        assert "$" not in prose.text and "\\frac" not in prose.text, name


def test_answers_are_folded_with_their_outputs(pages):
    for name in stored_names(NOTEBOOKS, deeper=False):
        page = lessons_of(pages)[name]
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        answers = [c for c in notebook.cells if "answer" in c.metadata.get("tags", [])]
        folded = [d for d in page.select("details.hide") if "Show the answer" in d.summary.text]
        assert len(folded) == len(answers) and not any(d.has_attr("open") for d in folded)
        for details, answer in zip(folded, answers, strict=True):
            assert bool(details.select(".cell_output")) == bool(answer.outputs)


def test_index_leads_to_each_lesson_with_picture_question_and_claims(pages):
    index = next(page for path, page in pages.items() if path.name == "index.html")
    cards = index.select("div.lesson")
    assert len(cards) == len(stored_names(NOTEBOOKS, deeper=False))
    first = cards[0]
    assert first.find("a", href="00_unsupervised_learning.html")
    assert first.img["src"].endswith("00_unsupervised_learning.png") and first.img["alt"]
    assert "What can be learnt from images when nobody says what they show?" in first.text
    notebook = nbformat.read(NOTEBOOKS / "00_unsupervised_learning.ipynb", as_version=4)
    claims = len(claims_of(notebook))
    assert f"{claims} of {claims} claims hold" in first.text


def test_claims_stand_on_one_page_with_their_measurements(pages):
    page = next(page for path, page in pages.items() if path.name == "claims.html")
    claims = [c for lesson in site.stored_results()["lessons"] for c in lesson["claims"]]
    shown = page.select(".claims .claim")
    sentences = [claim.select("span")[1].text.partition(" · ")[0] for claim in shown]
    assert sentences == [c["statement"] for c in claims]
    assert [claim.b.text for claim in shown] == [measured(c) for c in claims]
    first = page.select(".claims")[0].find_previous("h2")
    assert page.find("a", href=f"#{first.parent['id']}") or page.find("a", href="#claims-1")


def test_reference_has_every_public_name_with_its_example(pages):
    page = next(page for path, page in pages.items() if path.name == "api.html")
    assert [name for name in public_names() if not page.find("dt", id=name)] == []
    for name, code in examples().items():
        entry = page.find("dt", id=name).find_next_sibling("dd")
        assert code in [block.text.strip() for block in entry.select("pre")], name


def test_reference_shows_no_markup_of_docstrings(pages):
    page = next(page for path, page in pages.items() if path.name == "api.html")
    article = copy.copy(page.select_one("article"))
    labels = {label.text for label in article.select("dl.field-list > dt")}
    words = "Parameters: Attributes: Returns: Raises: Example: Reference: Source:"
    assert labels == set(words.split())
    for part in article.select("pre, code, strong, .sig, dl.field-list > dt"):
        part.decompose()
    raw = r".*(?:`|\*\*|::| -- |\b(?:Args|Returns|Raises|Attributes|Example|Reference|Source):).*"
    assert re.findall(raw, article.text) == []


def test_reference_gives_classes_the_arguments_of_aekit(pages):
    page = next(page for path, page in pages.items() if path.name == "api.html")
    signature = page.find("dt", id="aekit.noise.MaskingNoise").text
    assert "(probability, seed=None, value=0, **kwargs)" in signature


def test_code_can_be_scrolled_by_keys(pages):
    for page in pages.values():
        assert all(pre.get("tabindex") == "0" for pre in page.select("article pre"))
        assert all(box.get("tabindex") == "0" for box in page.select("article .table-wrapper"))


def test_nothing_is_rendered_again_until_something_changes(tmp_path, monkeypatch):
    cell = nbformat.v4.new_markdown_cell("# A lesson\n\nOn $x^2$.")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "00_one.ipynb")
    lesson = {"name": "00_one", "title": "A lesson", "failure": None, "claims": []}
    index = pages_of.write(tmp_path, {"lessons": [lesson]})
    with monkeypatch.context() as patch:
        patch.setattr(render, "render", None)  # to call it would fail
        assert pages_of.write(tmp_path, {"lessons": [lesson]}) == index
        with pytest.raises(TypeError):
            pages_of.write(tmp_path, {"lessons": [lesson]}, whole=True)
        with pytest.raises(TypeError):
            pages_of.write(tmp_path, {"lessons": []})
        with pytest.raises(TypeError):  # what was half written is not taken for whole
            pages_of.write(tmp_path, {"lessons": [lesson]})
    pages_of.write(tmp_path, {"lessons": []})
    assert not (tmp_path / "api.html").exists()  # Keras would have to be imported for it
    assert not (tmp_path / "00_one.html").exists()


def test_change_of_a_template_deep_in_the_room_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(pages_of, "__file__", str(tmp_path / "pages.py"))
    template = tmp_path / "templates" / "site" / "index.md.j2"
    template.parent.mkdir(parents=True)
    digests = set()
    for text in ("one", "another"):
        template.write_text(text)
        digests.add(pages_of._digest({"lessons": []}, tmp_path))
    assert len(digests) == 2


def test_sphinx_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="Sphinx could not render the pages"):
        render.sphinx("no-such-builder", tmp_path, tmp_path / "out")


LESSON = "07_sparse_autoencoder"  # for what takes long and is the same in all
# What is wrong with a page, as it is laid out in the window.
FAULTS = """() => {
  const faults = [], room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > room) faults.push("scrolls sideways");
  for (const code of document.querySelectorAll("div.highlight pre"))
    if (code.clientWidth && code.scrollWidth > code.clientWidth + 1)
      faults.push(`cut code: ${code.textContent.slice(0, 40)}`);
  for (const image of document.querySelectorAll("article img"))
    if (image.loading !== "lazy" || !(image.alt || image.closest(".pieces")))
      faults.push(`eager, or no words: ${image.src}`);
  for (const text of document.querySelectorAll("article :is(p, li, td, pre, figcaption, small)"))
    if (text.clientWidth && parseFloat(getComputedStyle(text).fontSize) < 11)
      faults.push(`small text: ${text.textContent.slice(0, 40)}`);
  return faults;
}"""


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_pages_in_a_browser(pages, width, theme):
    found = {}
    with open_browser() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        for path in pages:
            page, errors = context.new_page(), []
            page.on("pageerror", lambda error, to=errors: to.append(str(error)))
            page.on("console", lambda m, to=errors: m.type == "error" and to.append(m.text))
            page.goto(path.as_uri())
            if width == 1280 or path.stem in ("index", "claims", "explorer", LESSON):
                errors += violations(page, "article")
            errors += page.evaluate(FAULTS)
            if errors:
                found[path.name] = errors
            page.close()
    assert found == {}


@pytest.mark.browser
def test_claims_are_filtered_by_their_words(pages):
    (path,) = [path for path in pages if path.name == "claims.html"]
    claims = [c for lesson in site.stored_results()["lessons"] for c in lesson["claims"]]
    with open_browser() as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        count = page.locator("#claims-count")
        assert count.inner_text() == f"{len(claims)} of {len(claims)}"
        page.get_by_label("Claims with the words").fill("SPARSE code")
        left = [text.lower() for text in page.locator(".claims .claim:visible").all_inner_texts()]
        assert 0 < len(left) < len(claims) and count.inner_text().startswith(f"{len(left)} of")
        assert all("sparse" in text and "code" in text for text in left)
        assert page.locator("h2:visible").count() < page.locator("h2").count()
