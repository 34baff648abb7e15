"""Figures in pieces: whole where the page is wide, under one another on a phone."""

import io

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from browser import violations
from PIL import Image

from aekit import _notebook, plots
from course.publishing import render
from course.publishing.lesson_page import prepare_outputs


def two_panels():
    figure, axes = plt.subplots(1, 2, figsize=(7.5, 4), sharey=True)
    for name, axis in zip(("left", "right"), axes, strict=True):
        axis.plot([1, 4, 9], label="a line")
        axis.set(title=f"The {name} panel", xlabel="epoch")
    axes[0].set_ylabel("error")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center")
    return figure


def labelled_rows():
    images = np.random.default_rng(0).random((10, 784))
    return plots.image_rows({"input": images, "a long label": images}, "Ten images", size=0.55)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The path of a page with each figure twice: in pieces, and as it would be without them."""
    outputs = []
    with pytest.MonkeyPatch.context() as patch, plt.rc_context(plots.STYLE):
        patch.setattr(_notebook, "show", lambda *given: outputs.append(given))
        plots.show(two_panels(), alt="Two panels.")
        plots.show(labelled_rows(), alt="Two rows.")
    cells = [nbformat.v4.new_markdown_cell("# Figures")]
    for data, about in outputs:
        whole = {key: value for key, value in about["image/png"].items() if key != "rows"}
        for metadata in (about, {"image/png": whole}):
            out = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
            cells.append(nbformat.v4.new_code_cell("...", outputs=[out]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
    prepare_outputs(notebook)
    source, folder = (tmp_path_factory.mktemp(name) for name in ("source", "site"))
    nbformat.write(notebook, source / "figures.ipynb")
    (source / "index.md").write_text("# All\n```{toctree}\nfigures\n```")
    render.sphinx("html", source, folder)
    return folder / "figures.html"


@pytest.fixture
def opened(browser, page):
    """Opens the page in a window of a width; without the bar that stands over it."""
    windows = []

    def open_page(width, theme="light"):
        size = {"width": width, "height": 3000}
        windows.append(browser.new_page(viewport=size, color_scheme=theme))
        windows[-1].goto(page.as_uri())
        windows[-1].wait_for_function(
            "[...document.images].every((image) => image.complete || !image.clientWidth)"
        )
        return windows[-1]

    yield open_page
    for window in windows:
        window.close()


def picture_of(element):
    """What is seen of an element, at a place where its pixels are the window's."""
    width = round(element.bounding_box()["width"])
    element.evaluate(f"""(one) => Object.assign(one.style,
      {{ position: "fixed", top: 0, left: 0, zIndex: 99, width: "{width}px" }})""")
    return np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("L"), dtype=int)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1400, "light"), (1400, "dark"), (1280, "light")])
def test_pieces_are_the_whole_picture_where_the_page_is_wide(opened, width, theme):
    page = opened(width, theme)
    pieces, wholes = page.locator(".pieces").all(), page.locator(".cell_output > a > img").all()
    assert len(pieces) == len(wholes) == 2
    for cut, whole in zip(pieces, wholes, strict=True):
        for side in ("width", "height"):
            assert cut.bounding_box()[side] == pytest.approx(whole.bounding_box()[side], abs=0.6)
        if width == 1400:  # at 1280 all is a little smaller, and its lines lie between pixels
            one, other = picture_of(cut), picture_of(whole)
            assert abs(one - other)[5:-5, 5:-5].max() < 3  # but for round corners


@pytest.mark.browser
def test_pieces_stand_under_one_another_on_a_phone_and_are_not_shrunk_for_their_neighbours(opened):
    page = opened(390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    parts = [part.bounding_box() for part in page.locator(".pieces").first.locator(".part").all()]
    lefts, tops = ([part[side] for part in parts] for side in "xy")
    assert len(parts) == 3 and tops == sorted(set(tops))
    scales = page.evaluate("""[...document.querySelectorAll(".part")].map((part) =>
      part.clientWidth / getComputedStyle(part).getPropertyValue("--w"))""")
    assert max(scales) <= 1.01 and min(scales[:2]) > 0.85
    again = page.locator(".again")
    assert again.count() == 1 and again.bounding_box()["y"] == pytest.approx(tops[1])
    assert again.bounding_box()["x"] < lefts[1]


@pytest.mark.browser
def test_figure_in_pieces_is_read_once_and_loaded_once(opened):
    page = opened(390)
    images = page.locator(".pieces").first.locator("img")
    assert [image.get_attribute("alt") for image in images.all()] == ["Two panels.", "", "", ""]
    assert all(image.get_attribute("loading") == "lazy" for image in images.all())
    assert len({image.get_attribute("src") for image in images.all()}) == 1
    assert violations(page, "article") == []
