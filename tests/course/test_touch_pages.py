"""Every lesson has a figure to touch, which moves by pointer and by keys, in a real browser."""

import nbformat
import pytest
from browser import small_targets, violations

from aekit.touch import FIGURES, MIME_TYPE
from course.paths import NOTEBOOKS, stored
from course.publishing import live, render
from course.publishing.lesson_page import prepare_outputs

LIMIT = 600_000  # bytes of JSON, in the notebook and on the page
LESSONS = stored(NOTEBOOKS, deeper=False)
# What the figure shows, as one text: its canvases, its words, and the values of its controls.
SHOWN = """(root) => [
  ...[...root.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()),
  root.innerText, ...[...root.querySelectorAll("input, select")].map((input) => input.value),
].join("|")"""
TOUCHED = "canvas[tabindex], input, select, button"


def touched(name):
    """The outputs of a stored lesson that can be touched."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output for output in outputs if MIME_TYPE in output.get("data", {})]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page for each lesson, with its figures to touch and nothing else."""
    source, folder = (tmp_path_factory.mktemp(name) for name in ("source", "site"))
    for name in LESSONS:
        cells = [nbformat.v4.new_markdown_cell(f"# {name}")]
        cells += [nbformat.v4.new_code_cell("...", outputs=[out]) for out in touched(name)]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
        prepare_outputs(notebook)
        nbformat.write(notebook, source / f"{name}.ipynb")
    toctree = "\n".join(["# Touch", "```{toctree}", *LESSONS, "```"])
    (source / "index.md").write_text(toctree, encoding="utf-8")
    render.sphinx("html", source, folder)
    live.write(folder / "_static" / "live")
    return folder


@pytest.fixture
def opened(browser, site):
    """Opens a lesson's page with all its figures ready; no page may complain."""
    pages, errors = [], []

    def open_page(name, **settings):
        page = browser.new_page(**({"viewport": {"width": 1280, "height": 900}} | settings))
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: m.type in ("error", "warning") and errors.append(m.text))
        page.goto((site / f"{name}.html").as_uri())
        page.wait_for_function(
            "[...document.querySelectorAll('.touch')].every((root) => root.dataset.ready)"
        )
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


def test_every_lesson_has_one_and_none_is_large():
    figures = {name: [o.data[MIME_TYPE]["figure"] for o in touched(name)] for name in LESSONS}
    assert all(figures.values()), figures
    assert {figure for shown in figures.values() for figure in shown} == {*FIGURES}
    for name in LESSONS:
        for output in touched(name):
            assert len(nbformat.from_dict(output.data[MIME_TYPE]).__repr__()) < LIMIT, name


@pytest.mark.browser
@pytest.mark.parametrize("name", LESSONS)
def test_figure_moves_by_keys_and_by_pointer(name, opened):
    page = opened(name)
    assert page.locator(".touch").count() == len(touched(name))
    for root in page.locator(".touch").all():
        parts = [part for part in root.locator(TOUCHED).all() if part.is_visible()]
        assert parts
        for part in parts:
            assert moves(page, root, part, by_keys), f"{describe(part)} does not answer to keys"
        for part in root.locator("canvas[tabindex], input[type=range]").all():
            assert moves(page, root, part, by_pointer), f"{describe(part)}: not to the pointer"


def moves(page, root, part, touch):
    """Whether the figure shows something else after the part was touched."""
    before = root.evaluate(SHOWN)
    for _ in range(3):  # a control may stand at its end, or a choice lead to the same picture
        touch(page, part)
        page.wait_for_timeout(60)
        if root.evaluate(SHOWN) != before:
            return True
    return False


def by_keys(page, part):
    part.focus()
    if part.evaluate("(element) => element.tagName") == "BUTTON":
        page.keyboard.press("Enter")
        return
    before = part.evaluate("(element) => element.value")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown" if part.evaluate("(e) => e.tagName") != "INPUT" else "Shift")
    if before is not None and part.evaluate("(element) => element.value") == before:
        page.keyboard.press("ArrowLeft")


def by_pointer(page, part):
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    for share in (0.2, 0.7):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
        page.mouse.down() if share == 0.2 else page.mouse.up()


def describe(part):
    return part.evaluate("(element) => element.ariaLabel || element.id || element.outerHTML")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_figures_let_everybody_in(width, theme, opened):
    for name in filter(touched, LESSONS):
        page = opened(name, viewport={"width": width, "height": 900}, color_scheme=theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert violations(page, ".touch") == []
        assert small_targets(page, ".touch") == [], name
        page.close()
