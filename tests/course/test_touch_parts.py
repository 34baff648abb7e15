"""What the parts of all figures to touch do: their sliders, keys, pads and planes, in a browser."""

import json

import keras
import numpy as np
import pytest

import aekit
from aekit import touch
from aekit.touch import Touch, as_bytes

pytestmark = pytest.mark.browser
POINTS = np.array([[1.0, 4.0], [5.0, 1.0], [6.0, 4.0], [9.0, 3.0], [9.0, 8.0]])


@pytest.fixture
def page(browser):
    """An empty page with the style of the figures; it may not complain."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content("<!doctype html><body></body>")
    page.add_style_tag(content=touch.source("touch.css"))
    yield page
    page.close()
    assert errors == []


def mount(page, figure, **data):
    """Mounts a figure with a script of its own, as each of JupyterLab's widgets has one."""
    record = json.dumps(Touch(figure, **data).record)
    page.evaluate(
        f"""async () => {{
          {touch.script()}
          const root = document.body.appendChild(document.createElement("div"));
          await AETouch.mount(root, {record});
          window.handles = root.handles;
        }}"""
    )


def mount_plane(page):
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(784)])
    mount(page, "plane", decoder=decoder, codes=np.eye(2), labels=np.array([8, 3]))
    page.wait_for_timeout(100)


def mount_pad(page):
    network = aekit.dense_autoencoder(784, 3)
    pair = ("a network", network.encoder, network.decoder)
    mount(page, "draw", networks=[pair], examples=[("black", np.zeros((1, 784), int))])


def heard(page):
    return page.locator(".live-readout").get_attribute("aria-live")


def move_along(page, part, shares):
    """Drags the pointer over a part, from one share of its width to the next."""
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    for i, share in enumerate(shares):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
        if i == 0:
            page.mouse.down()
    page.mouse.up()


def test_two_widgets_of_a_notebook_have_no_equal_ids(page):
    for _ in range(2):
        mount(page, "line", points=POINTS)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(ids) == 2 and len(set(ids)) == 2
    labels = page.evaluate(
        "[...document.querySelectorAll('input')].map((input) => input.labels.length)"
    )
    assert labels == [1, 1]


def test_slider_without_a_sentence_promises_none(page):
    mount(page, "line", points=POINTS)
    slider = page.get_by_role("slider")
    assert slider.get_attribute("aria-describedby") is None
    assert page.locator(".live-control p").count() == 0
    assert page.locator("output").get_attribute("aria-live") == "off"


def test_line_stays_at_the_end_of_its_slider(page):
    mount(page, "line", points=POINTS)
    slider = page.get_by_role("slider")
    said = []
    for key, value in (("Home", "0"), ("End", "180")):
        slider.press(key)
        assert slider.input_value() == value
        said.append(page.inner_text(".live-readout"))
    assert said[0] == said[1]  # it is the same line
    move_along(page, slider, (0.5, 0.999))
    assert slider.input_value() == "180"


def test_reader_hears_a_slider_by_keys_and_not_by_pointer(page):
    mount(page, "line", points=POINTS)
    slider = page.get_by_role("slider")
    move_along(page, slider, (0.2, 0.4))
    assert heard(page) == "off"
    slider.press("ArrowRight")
    assert heard(page) == "polite"


def test_reader_hears_the_pen_and_what_is_drawn_by_keys(page):
    mount_pad(page)
    pad, pen = page.locator("canvas.live-pad"), page.locator("[role=status]")
    move_along(page, pad, (0.3, 0.6))
    assert (heard(page), pen.inner_text()) == ("off", "")
    for key, words in ((" ", "Pen lowered."), (" ", "Pen raised."), ("Delete", "Cleared.")):
        pad.press(key)
        assert (heard(page), pen.inner_text()) == ("polite", words)


def test_resting_pointer_does_not_draw_for_ever(page):
    mount_plane(page)
    page.evaluate(
        """() => {
          window.frames_ = 0;
          const request = window.requestAnimationFrame;
          window.requestAnimationFrame = (draw) => { window.frames_ += 1; return request(draw); };
        }"""
    )
    box = page.locator("canvas.live-plane").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_timeout(300)
    drawn = page.evaluate("frames_")
    assert drawn >= 1
    page.wait_for_timeout(300)
    assert page.evaluate("frames_") == drawn


def test_resting_pointer_follows_a_plane_that_moves_below_it(page):
    mount_plane(page)
    box = page.locator("canvas.live-plane").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_timeout(200)
    before = page.evaluate("({ ...handles.plane.cross })")
    page.evaluate("handles.plane.show(Float32Array.of(10, 0, 0, 10), [8, 3], false)")
    page.wait_for_timeout(1000)
    cross = page.evaluate("handles.plane.cross")
    assert cross["x"] == pytest.approx(10 * before["x"], rel=1e-5)
    assert cross["y"] == pytest.approx(10 * before["y"], rel=1e-5)


def test_nearest_digit_has_its_article(page):
    mount_plane(page)
    said = []
    for code in ("1, 0", "0, 1"):
        page.evaluate(f"handles.plane.moveTo({code}, 'keys')")
        said.append(page.inner_text(".live-readout").split("digit is ")[1])
    assert said == ["an 8.", "a 3."]


def test_keys_that_move_nothing_here_reach_the_page(page):
    mount(page, "line", points=POINTS)
    page.evaluate(
        """() => {
          window.keys = [];
          document.addEventListener("keydown", ({ key }) => window.keys.push(key));
        }"""
    )
    for part in ("canvas.live-sketch", "input[type=range]"):
        page.focus(part)
        for key in ("ArrowRight", "Home", " ", "PageDown", "Control+ArrowLeft", "Escape", "f"):
            page.keyboard.press(key)
    over = ["Control", "ArrowLeft", "Escape", "f"]
    assert page.evaluate("keys") == ["PageDown", *over, *over]


def test_digit_is_dragged_as_far_as_the_pointer_goes_on_a_scaled_slide(page):
    digits, pictures = np.zeros((1, 784), int), {"a": as_bytes(np.zeros((1, 49, 784)))}
    mount(page, "shift", digits=digits, labels=[3], pictures=pictures)
    page.evaluate("document.body.style.transform = 'scale(0.5)'")
    move_along(page, page.locator(".live-movable"), (0.5, 0.5 + 2.2 / 28))
    assert "Moved 2 to the right." in page.inner_text(".live-readout")


@pytest.mark.parametrize("attribute_first", [True, False])
def test_canvas_is_drawn_anew_when_jupyterlab_changes_its_theme(page, attribute_first):
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    mount(page, "line", points=POINTS)
    pictures = "document.querySelector('canvas').toDataURL()"
    steps = [
        "document.body.dataset.jpThemeLight = 'false'",
        """document.head.appendChild(document.createElement("style")).textContent =
          ":root { --jp-content-font-color1: #fff; --jp-content-font-color2: #bbb; }" """,
    ]
    seen = [page.evaluate(pictures)]
    for step in steps if attribute_first else reversed(steps):
        page.evaluate(step)
        page.wait_for_function(f"(before) => {pictures} !== before", arg=seen[-1])
        page.wait_for_timeout(100)
        seen.append(page.evaluate(pictures))
    assert len(set(seen)) == 3


def test_canvas_is_drawn_anew_when_it_was_hidden_while_the_colours_changed(page):
    mount(page, "line", points=POINTS)
    picture = "document.querySelector('canvas').toDataURL()"
    before = page.evaluate(picture)
    page.evaluate("document.body.style.display = 'none'")
    page.wait_for_timeout(100)
    page.evaluate("document.body.dataset.theme = 'dark'")
    page.wait_for_timeout(100)
    page.evaluate("document.body.style.display = ''")
    page.wait_for_timeout(200)
    after = page.evaluate(picture)
    assert after != before and len(after) > 1000


def test_figure_that_is_removed_is_forgotten(page):
    for figure in (mount_plane, lambda page: mount(page, "line", points=POINTS)):
        figure(page)
        page.evaluate(
            """() => {
              window.gone = new WeakRef(document.querySelector("canvas"));
              window.handles = null;
              document.body.replaceChildren();
            }"""
        )
        page.wait_for_timeout(100)
        page.request_gc()
        assert page.evaluate("gone.deref() === undefined")
