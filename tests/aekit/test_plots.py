"""Figures: black is 0 and white is 1 whatever they hold, and each says in words what it shows."""

from base64 import b64decode
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from aekit import _notebook, plots


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.mark.parametrize("shape", [(4, 28, 28), (4, 28, 28, 1), (4, 784)])
def test_images_of_every_accepted_shape_are_the_same_picture(shape):
    flat = np.random.default_rng(0).random((4, 784), dtype=np.float32)
    assert np.array_equal(plots.as_pictures(flat.reshape(shape)), flat.reshape(4, 28, 28))


@pytest.mark.parametrize("shape", [(2, 783), (2, 8, 8, 2), (2, 8, 8, 4), (2, 3, 8, 8, 1), (8,)])
def test_images_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError) as error:
        plots.image_rows({"odd": np.zeros(shape)})
    assert str(error.value) == (
        "`images` must have shape (n, h, w), (n, h, w, 1), (n, h, w, 3) or (n, side * side). "
        f"Received: {shape}"
    )


@pytest.mark.parametrize("shape", [(3, 6, 5, 3), (3, 6, 5, 1), (3, 6, 5)])
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_bytes_are_the_same_picture_as_floats_from_0_to_1(shape, dtype):
    whole = np.random.default_rng(0).integers(0, 256, shape)
    expected = (whole / 255).reshape(shape if shape[-1] == 3 else (3, 6, 5))
    for figure in (
        plots.image_grid(whole.astype(dtype), columns=3),
        plots.image_rows({"": whole.astype(dtype).tolist()}),
        plots.image_rows({"": (whole / 255).astype("float32")}),
    ):
        drawn = [image for axis in figure.axes for image in axis.images]
        for image, picture in zip(drawn, expected, strict=True):
            np.testing.assert_allclose(image.get_array(), picture, atol=1e-6)
            assert picture.ndim == 3 or image.get_clim() == (0, 1)


def test_colours_reach_the_page():
    stripes = np.zeros((1, 4, 6, 3), "uint8")
    stripes[..., :2, 0] = stripes[..., 2:4, 1] = stripes[..., 4:, 2] = 255
    figure = plots.image_grid(stripes, columns=1, size=2)
    figure.canvas.draw()
    box = figure.axes[0].get_window_extent()
    page = np.asarray(figure.canvas.buffer_rgba())[..., :3][::-1]  # row 0 is the lowest
    row = page[round((box.y0 + box.y1) / 2)]
    seen = [row[round(box.x0 + (i + 0.5) / 3 * box.width)].tolist() for i in range(3)]
    assert seen == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


def test_one_colour_image_is_drawn_on_axes_of_its_own():
    picture = np.random.default_rng(0).random((4, 5, 3))
    for image in (picture, picture[..., :1], np.rint(255 * picture).astype("uint8")):
        axis = plt.figure().subplots()
        plots.draw_image(axis, image)
        expected = picture[..., 0] if image.shape[-1] == 1 else picture
        np.testing.assert_allclose(axis.images[0].get_array(), expected, atol=0.002)
    with pytest.raises(ValueError, match=r"`image` must have shape .* Received: \(4, 5, 2\)"):
        plots.draw_image(axis, picture[..., :2])


def test_masks_are_black_and_white_in_every_dtype():
    mask = np.array([[[0, 1], [1, 0]]])
    for dtype in ("bool", "uint8", "int64", "float64"):
        np.testing.assert_array_equal(plots.as_pictures(mask.astype(dtype)), mask)


def test_colours_beyond_their_range_are_cut_off_as_grey_ones_are(caplog):
    image = np.array([[[[-0.5, 0.5, 1.5]]]])
    figure = plots.image_grid(image, columns=1)
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), [[[0, 0.5, 1]]])
    assert "Clipping" not in caplog.text


def test_whole_numbers_beyond_bytes_are_refused():
    with pytest.raises(ValueError) as error:
        plots.image_grid(np.array([[[0, 65535]]]))
    assert str(error.value) == (
        "`images` must be whole numbers from 0 to 255, or floats of which 0 is black and 1 white. "
        "Received: dtype int64, values from 0 to 65535"
    )
    with pytest.raises(ValueError, match="Received: dtype int64, values from -1 to 3"):
        plots.draw_image(plt.figure().subplots(), np.array([[-1, 3]]))


def test_colour_weights_are_grey_at_zero():
    figure = plots.image_grid(np.array([[[[-2.0, 0.0, 1.0]]]]), columns=1, symmetric=True)
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), [[[0, 0.5, 0.75]]])
    whole = plots.image_grid(np.array([[[-2, 1]]]), columns=1, symmetric=True)
    assert whole.axes[0].images[0].get_clim() == (-2, 2)


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


def test_picture_has_twice_the_pixels_that_it_takes(monkeypatch):
    shown = []
    monkeypatch.setattr(_notebook, "show", lambda *given: shown.append(given))
    plots.show(plt.figure(figsize=(3, 2), dpi=100), alt="Nothing.")

    ((data, metadata),) = shown
    picture = Image.open(BytesIO(b64decode(data["image/png"])))
    assert picture.size == (600, 400) and picture.mode == "P"
    assert metadata["image/png"] == {"alt": "Nothing.", "width": 300, "height": 200}


def test_small_png_keeps_size_and_colours():
    image = Image.new("RGB", (40, 30), "white")
    image.putpixel((3, 4), (10, 200, 30))
    reduced = Image.open(BytesIO(plots.as_png(image))).convert("RGB")
    assert reduced.tobytes() == image.tobytes()


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
