"""What the figures of lessons 09 to 12 compute in the browser, against NumPy."""

import keras
import numpy as np
import pytest
from browser import open_browser

import aekit
from aekit.jacobian import jacobian
from aekit.touch import Touch, as_bytes, script

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def mounted():
    """Mounts a `Touch` in an empty page, and gives the page; the figure is `window.root`."""
    with open_browser() as browser:
        page = browser.new_page()

        def mount(touch):
            page.set_content("<!doctype html><body style='background: white'><div></div>")
            page.add_script_tag(content=script().replace("const AETouch", "window.AETouch"))
            page.evaluate(
                """async (record) => {
                  window.root = document.querySelector("div");
                  await AETouch.mount(root, record);
                }""",
                touch.record,
            )
            return page

        yield mount


def test_ellipse_gives_the_jacobians_sensitivity_along_and_across_the_curve(mounted):
    keras.utils.set_random_seed(0)
    encoder = aekit.dense_autoencoder(2, 8).encoder
    curve = np.stack([np.linspace(-4, 4, 33), np.zeros(33)], axis=1)
    touch = Touch("ellipse", curve=curve, names=["one"], encoders=[encoder], errors=["none"])
    place = np.array([[1.0, 0.5]], "float32")
    along, across = np.linalg.norm(jacobian(encoder, place)[0], axis=0)
    measured = mounted(touch).evaluate("root.handles.sensitivities([1, 0.5])")
    assert measured == {
        "along": pytest.approx(along, rel=0.01),
        "across": pytest.approx(across, rel=0.01),
    }


def test_walk_gives_the_squared_distance_of_an_answer_to_the_end(mounted):
    pictures = np.random.default_rng(0).random((3, 2, 784))
    bytes_ = as_bytes(pictures)
    page = mounted(Touch("walk", levels=[3.0, 1.0, 0.0], seen=bytes_, answers=bytes_))
    by_hand = np.sum((pictures[1, 1] - pictures[2, 1]) ** 2)
    assert page.evaluate("root.handles.distance(1, 1)") == pytest.approx(by_hand, rel=0.01)
    assert page.evaluate("root.handles.distance(2, 1)") == 0
    page.press("input[type=range]", "ArrowRight")
    assert f"Answer: squared distance {by_hand:.0f}" in page.inner_text("figure >> nth=3")
    page.press("input[type=range]", "End")
    assert page.inner_text("figure >> nth=3") == "The end"
    assert "no noise is left" in page.inner_text(".live-readout")


def test_damage_names_all_models_that_are_level(mounted):
    errors = np.array([[3.0, 1.0, 1.125]])
    kinds = {"noise": {"errors": errors, "pictures": np.zeros((1, 4, 784), np.uint8)}}
    page = mounted(Touch("damage", strengths=[0.0], names=["A", "B", "C"], damages=kinds))
    words = page.inner_text(".live-readout")
    assert "clean digit, level to 0.2: B, 1.0; C, 1.1. Largest: A, 3.0." in words


def test_damage_names_the_least_and_the_largest_error(mounted):
    errors = np.array([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0]])
    kinds = {"noise": {"errors": errors, "pictures": np.zeros((2, 4, 784), np.uint8)}}
    page = mounted(Touch("damage", strengths=[0.0, 0.5], names=["A", "B", "C"], damages=kinds))
    assert "clean digit: B, 1.0. Largest: A, 3.0." in page.inner_text(".live-readout")
    page.press("input[type=range]", "ArrowRight")
    assert "clean digit: A, 4.0. Largest: B, 6.0." in page.inner_text(".live-readout")


def test_starts_says_how_many_points_the_second_start_gains_or_loses(mounted):
    names = {"networks": ["N", "M"], "starts": ["First", "Second"], "rivals": ["P", "Q"]}
    errors = [[[[50, 40]], [[30, 45]]], [[[20, 10]], [[20, 12]]]]  # (2, 2, 1, 2)
    numbers = {"labels": [100], "updates": [50, 500], "errors": errors}
    page = mounted(Touch("starts", **names, **numbers, rival_errors=[[9], [8]]))
    assert "Second: 30.0 %, 20.0 points fewer. P: 9.0 %." in page.inner_text(".live-readout")
    page.locator("input").last.press("ArrowRight")
    assert "Second: 45.0 %, 5.0 points more." in page.inner_text(".live-readout")
    page.locator("input").last.press("ArrowLeft")
    page.select_option("select", "1")
    assert "Second: 20.0 %, level. P:" in page.inner_text(".live-readout")
    page.locator("input").last.press("ArrowRight")
    assert "First: 10.0 % errors. Second: 12.0 %," in page.inner_text(".live-readout")
