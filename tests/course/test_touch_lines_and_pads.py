"""What the figures of the first lessons compute in the browser, against NumPy."""

import json
import re

import numpy as np
import pytest
from browser import open_browser

import aekit
from aekit.touch import Touch, as_bytes, script


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def mounted(browser):
    """A page with one figure, `root`, whose parts are `root.handles`."""
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def mount(*args, **data):
        page.set_content("<div id='root'></div>")
        page.add_script_tag(content=script())
        record = json.dumps(Touch(*args, **data).record, sort_keys=True)  # as in a notebook
        page.evaluate(f"async () => {{ await AETouch.mount(root, {record}); }}")
        return page

    yield mount
    page.close()
    assert errors == []


def numbers(page):
    said = page.locator(".live-readout").inner_text().replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", said.replace("0.3", ""))]


@pytest.mark.browser
def test_line_measures_distance_and_variance(mounted):
    points = np.array([[1.0, 4.0], [5.0, 1.0], [6.0, 4.0], [9.0, 3.0], [9.0, 8.0]])
    page = mounted("line", points=points)
    page.get_by_role("slider").evaluate(
        "(e) => { e.value = 45; e.dispatchEvent(new Event('input')); }"
    )
    lost, along, together = numbers(page)
    assert (lost, along, together) == (4.6, 9.4, 14)  # exercise 01.1, by pencil
    page.get_by_role("slider").evaluate(
        "(e) => { e.value = 27; e.dispatchEvent(new Event('input')); }"
    )
    assert numbers(page) == [4, 10, 14]


@pytest.mark.browser
def test_draw_reconstructs_as_keras_does(mounted):
    rng = np.random.default_rng(0)
    network = aekit.dense_autoencoder(784, 3, code_activation="relu")
    image = as_bytes(rng.random((1, 784)))
    pair = ("a network", network.encoder, network.decoder)
    page = mounted("draw", networks=[pair], examples=[("noise", image)])
    x = image / np.float32(255)
    expected = [np.sum((x - network.reconstruct(x)) ** 2), np.sum(x**2)]
    assert numbers(page) == pytest.approx(expected, abs=0.1)


@pytest.mark.browser
def test_drawing_begins_on_an_empty_pad_and_is_no_example_any_more(mounted):
    network = aekit.dense_autoencoder(784, 3)
    pair = ("a network", network.encoder, network.decoder)
    page = mounted("draw", networks=[pair], examples=[("black", np.zeros((1, 784), int))])
    chosen = "root.handles.choice.input.value"
    assert page.evaluate(chosen) == "black"
    page.locator("canvas.live-pad").press(" ")
    assert page.evaluate(chosen) == "(a drawing of yours)"
    assert numbers(page)[1] > 1
    page.locator("select").select_option("(a drawing of yours)")
    page.evaluate("root.handles.pad.set(new Float32Array(784))")
    assert numbers(page)[1] == 0


@pytest.mark.browser
def test_correlation_is_read_from_the_framed_pixels_map(mounted):
    maps = np.full((196, 784), 0.5)
    framed, row, column = 14 * 3 + 5, 6, 10  # each second pixel
    maps[framed, 28 * row + column : 28 * row + column + 3] = [1, 0.9, 0.7]
    maps[0] = 0  # never varies
    page = mounted("correlation", maps={"digits": as_bytes(maps)})
    page.evaluate(f"root.handles.picker.pointAt({row + 1}, {column}, 'keys')")  # of its four
    assert numbers(page) == pytest.approx([row + 1, column + 1, 0.8, 2, 783], abs=0.01)
    page.evaluate("root.handles.picker.pointAt(-5, 0, 'keys')")
    assert "the same in all of these 5,000 images" in page.locator(".live-readout").inner_text()


@pytest.mark.browser
def test_components_shows_the_share_of_the_chosen_kind_and_count(mounted):
    shares = np.array([[0.5, 0.25], [0.0625, 0]])
    images = {"inputs": np.zeros((2, 784), int), "outputs": np.zeros((2, 2, 784), int)}
    kinds = [{"name": "noise", "shares": shares, **images}]
    page = mounted("components", counts=[1, 784], networks=["32 units", "1,024 units"], kinds=kinds)
    readout = page.locator(".live-readout")
    assert "32 units 50 %, 1,024 units 6.3 %" in readout.inner_text()
    page.get_by_role("slider").press("ArrowRight")
    assert "32 units 25 %, 1,024 units under 0.1 %" in readout.inner_text()
