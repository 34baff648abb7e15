"""What the figures to touch compute in the browser, against NumPy; with small made-up data."""

import re

import keras
import numpy as np
import pytest
from browser import open_browser

from aekit import touch
from aekit.touch import Touch, as_bytes

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page():
    with open_browser() as browser:
        page = browser.new_page()
        page.set_content("<body></body>")
        page.add_style_tag(content=touch.source("touch.css"))
        page.add_script_tag(content=f"{touch.script()}\nwindow.AETouch = AETouch;")
        yield page


def mount(page, *arguments, **data):
    page.evaluate(
        """async (record) => {
          document.body.replaceChildren(document.createElement("div"));
          window.handles = await AETouch.mount(document.body.firstChild, record);
        }""",
        Touch(*arguments, **data).record,
    )


def numbers(page):
    """The numbers in the figure's line of words."""
    return [float(n) for n in re.findall(r"\d+\.\d+", page.inner_text(".live-readout"))]


def set_slider(page, place):
    page.locator("input[type=range]").evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input')); }",
        place,
    )


@pytest.mark.parametrize(("first", "second"), [(8, 3), (2, 9)])
def test_mix_tells_how_far_the_mixtures_are_apart(page, first, second):
    paths = as_bytes(RNG.random((55, 5, 784)))
    pairs = list(zip(*np.triu_indices(10), strict=True))
    mount(page, "mix", paths=paths)
    for label, digit in (("First", first), ("Second", second)):
        page.get_by_label(label).select_option(str(digit))
    set_slider(page, 1)
    path = paths[pairs.index((min(first, second), max(first, second)))] / 255
    path = path if first <= second else path[::-1]
    apart = np.linalg.norm(path[1] - (0.25 * path[-1] + 0.75 * path[0]))
    expected = apart / np.linalg.norm(path[-1] - path[0])
    assert numbers(page) == [pytest.approx(expected, abs=0.006)]


def test_mix_of_a_digit_with_itself_says_so(page):
    paths = np.repeat(as_bytes(RNG.random((55, 1, 784))), 5, axis=1)
    mount(page, "mix", paths=paths)
    for label in ("First", "Second"):
        page.get_by_label(label).select_option("4")
    assert page.inner_text(".live-readout") == "Both digits are the same."


def test_shift_compares_with_the_moved_digit(page):
    digits = np.zeros((2, 28, 28))
    digits[:, 10:20, 0:9] = RNG.random((2, 10, 9))
    pictures = as_bytes(RNG.random((2, 9, 784)))
    mount(
        page,
        "shift",
        digits=as_bytes(digits.reshape(2, 784)),
        labels=[3, 8],
        pictures={"a": pictures},
    )
    page.get_by_label("Digit", exact=True).select_option("1")
    page.locator(".live-movable").focus()
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown"):  # one to the left, one down at most
        page.keyboard.press(key)
    moved = np.roll(digits[1], (1, -1), axis=(0, 1))
    moved[:, -1] = 0  # what left on one side does not come back on the other
    error = np.sum((pictures[1, 2 * 3 + 0] / 255 - moved.ravel()) ** 2)
    assert numbers(page) == [pytest.approx(error, abs=0.3)]
    assert "1 to the left, 1 down" in page.inner_text(".live-readout")


def test_terms_measures_the_sum_that_it_shows(page):
    image, sums = as_bytes(RNG.random(784)), as_bytes(RNG.random((2, 784)))
    many = {"sums": {"net, from off": sums}, "terms": {"net, from off": sums}}
    many |= {"errors": {"net, from off": [9.5, 7.25]}, "judged": "sevens"}
    mount(page, "terms", image=image, counts=np.array([0, 10]), **many)
    error = np.sum(((image.astype(float) - sums[1]) / 255) ** 2)
    assert f"10 terms: squared error {error:.1f}" in page.inner_text("body")
    set_slider(page, 0)
    assert numbers(page) == [9.5]


def test_origins_shows_the_mean_of_the_possible_origins(page):
    data = RNG.normal(size=(200, 2)).astype("float16").astype(float)
    networks = [keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]) for _ in range(2)]
    encoder, decoder = networks
    learnt = {"name": "cloud", "sigma": 0.2}
    mount(page, "origins", data={"cloud": data}, encoder=encoder, decoder=decoder, learnt=learnt)
    set_slider(page, 4)
    at = np.array([0.5, 0.35])
    weights = np.exp(-np.sum((data - at) ** 2, axis=1) / (2 * 0.5**2))
    best = weights @ data / weights.sum()
    shares = np.sort(weights / weights.sum())[::-1]
    held = 1 + int(np.sum(np.cumsum(shares) < 0.9))
    found = page.evaluate("[...handles.best([0.5, 0.35])]")
    assert found == pytest.approx(best, abs=1e-4)
    answer = decoder.predict(encoder.predict(at[None], verbose=0), verbose=0)[0]
    assert page.evaluate("[...handles.by([0.5, 0.35])]") == pytest.approx(answer, abs=5e-3)
    assert f"comes from {held} of 200 data points" in page.inner_text(".live-readout")
