"""Figures: black is 0 and white is 1 whatever they hold, and each says in words what it shows."""

from base64 import b64decode
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from aekit import plots


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.mark.parametrize("shape", [(4, 28, 28), (4, 28, 28, 1), (4, 784)])
def test_images_of_every_accepted_shape_are_the_same_picture(shape):
    flat = np.random.default_rng(0).random((4, 784), dtype=np.float32)
    assert np.array_equal(plots.as_pictures(flat.reshape(shape)), flat.reshape(4, 28, 28))


def test_images_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 783\)"):
        plots.as_pictures(np.zeros((2, 783)))


def test_grey_images_are_not_stretched_to_their_own_range():
    dim = np.full((3, 28, 28), 0.25)
    figure = plots.image_rows({"dim": dim}, "Dim images")
    drawn = [image for axis in figure.axes for image in axis.images]
    assert len(drawn) == 3
    assert {image.get_clim() for image in drawn} == {(0, 1)}


def test_weights_are_drawn_symmetric_about_zero():
    figure = plots.image_grid(np.array([[[-1.0, 0.5], [0, 0]]]), symmetric=True)
    assert figure.axes[0].images[0].get_clim() == (-1, 1)


def test_lines_of_a_number_are_levels_and_every_series_is_named():
    figure = plots.lines(None, {"error": [3, 2, 1], "baseline": 2.5}, "epoch", "mse", "Error falls")
    axis = figure.axes[0]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["error", "baseline"]
    assert axis.get_xlabel() == "epoch" and axis.get_ylabel() == "mse"
    curve = next(line for line in axis.lines if line.get_label() == "error")
    assert curve.get_xdata().tolist() == [1, 2, 3]


def test_bars_carry_their_values():
    figure = plots.bars({"a": 0.125, "b": 2}, "mse", "Two bars", baseline=1)
    assert {"0.125", "2"} <= {text.get_text() for text in figure.axes[0].texts}


def test_code_map_names_each_class_at_its_median():
    points = np.array([[0, 0], [2, 0], [10, 10], [12, 10]])
    figure = plots.code_map(points, np.array([3, 3, 7, 7]), "Two classes")
    named = {text.get_text(): tuple(text.xy) for text in figure.axes[0].texts}
    assert named == {"3": (1, 0), "7": (11, 10)}


def test_figure_without_words_is_refused():
    with pytest.raises(ValueError, match="`alt` must say in words what the figure shows"):
        plots.show(plt.figure(), alt=" ")


def test_animation_is_one_png_that_plays_its_frames_for_ever(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", lambda: "a shell")
    monkeypatch.setattr("IPython.display.display", lambda data, **how: shown.append((data, how)))
    frames = [plots.lines(None, {"error": [3, 2, last]}, "x", "y", "t") for last in (1, 2, 3)]
    plots.show_animation(frames, alt="A line moves.", frame_ms=100, last_ms=900)

    ((data, how),) = shown
    picture = Image.open(BytesIO(b64decode(data["image/png"])))
    assert how["metadata"]["image/png"]["alt"] == "A line moves."
    assert picture.n_frames == 3 and picture.info["loop"] == 0
    durations = []
    for frame in range(3):
        picture.seek(frame)
        durations.append(picture.info["duration"])
    assert durations == [100, 100, 900]
    assert plt.get_fignums() == []


def test_animation_without_a_frame_is_refused():
    with pytest.raises(ValueError, match="`figures` must hold at least one figure"):
        plots.show_animation([], alt="Nothing.")
