"""Where a picture is cut, so that a narrow page can put its pieces under one another."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from aekit import _notebook, plots


@pytest.fixture(autouse=True)
def _own_style():
    with plt.rc_context(plots.STYLE):
        yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """Shows a figure; returns its picture in the pixels that it takes, and its rows of pieces."""
    kept = []
    as_png = plots.as_png
    monkeypatch.setattr(plots, "as_png", lambda picture: kept.append(picture) or as_png(picture))
    monkeypatch.setattr(_notebook, "show", lambda data, about: kept.append(about["image/png"]))

    def show(figure):
        plots.show(figure, alt="Panels.")
        picture, about = kept
        size = about["width"], about["height"]
        pixels = picture.convert("L").resize(size, Image.Resampling.BOX)
        return np.asarray(pixels), about.get("rows")

    return show


def panels(columns, **settings):
    figure, axes = plt.subplots(1, columns, figsize=(7.5, 4), **settings)
    for k, axis in enumerate(np.atleast_1d(axes)):
        axis.plot([0, 1], [0, 10 * k])
        axis.set(title=f"Panel {k}", xlabel="epoch")
    figure.axes[0].set_ylabel("error")
    return figure


def boxes_of(rows):
    return [piece["box"] for row in rows for piece in row]


def assert_all_ink_is_in_one_piece(pixels, rows):
    """No piece shares ink with another, rows fill the height, and outside all pieces is white."""
    left = pixels.copy()
    for x, y, width, height in boxes_of(rows):
        part = left[y : y + height, x : x + width]
        assert part.shape == (height, width) and part.min() < 250
        part[:] = 255
    assert left.min() > 250
    tops = [row[-1]["box"][1] for row in rows]
    bottoms = [row[-1]["box"][1] + row[-1]["box"][3] for row in rows]
    assert tops == [0, *bottoms[:-1]] and bottoms[-1] == len(pixels)


def test_panels_with_titles_of_their_own_are_cut_between_them(shown):
    figure = panels(2)
    pixels, rows = shown(figure)
    (row,) = rows
    assert len(row) == 2
    assert_all_ink_is_in_one_piece(pixels, rows)
    for piece, axis in zip(row, figure.axes, strict=True):  # each has its axes whole
        x, _, width, _ = piece["box"]
        inner = axis.get_window_extent()
        assert x < inner.x0 and inner.x1 < x + width and "axis" not in piece


def test_title_and_legend_over_all_panels_are_rows_of_their_own(shown):
    figure = panels(2)
    figure.suptitle("Two panels of one kind", x=0.01, ha="left")
    figure.legend(figure.axes[0].lines, ["a line"], loc="outside lower center")
    pixels, rows = shown(figure)
    assert [len(row) for row in rows] == [1, 2, 1]
    assert_all_ink_is_in_one_piece(pixels, rows)
    assert rows[0][0]["box"][2] < 300  # as wide as its words


def test_panel_that_shares_its_axis_is_given_the_axis_again(shown):
    figure = panels(2, sharey=True)
    pixels, ((first, second),) = shown(figure)
    assert "axis" not in first
    x, y, width, height = second["axis"]
    assert x == first["box"][0] and y == 0
    assert x + width < figure.axes[0].get_window_extent().x0
    assert pixels[:height, x : x + width].min() < 100  # the numbers are in it
    bottom = len(pixels) - figure.axes[0].get_window_extent().y0
    assert bottom < height < len(pixels) - 20  # but not those of the other axis


def test_small_panels_stay_together_while_a_phone_has_room_for_them(shown):
    _, (row,) = shown(panels(4))
    ends = [piece["box"][0] + piece["box"][2] for piece in row]
    assert len(row) < 4 and ends[0] > 187  # the second and the third, as the first has a name of y
    assert all(piece["box"][2] <= 380 for piece in row)


def test_rows_of_images_are_cut_after_their_labels_and_nowhere_else(shown):
    images = np.full((10, 784), 0.5)
    pixels, rows = shown(plots.image_rows({"input": images, "output": images}, "Ten", size=0.6))
    assert [len(row) for row in rows] == [1, 2, 2]
    assert_all_ink_is_in_one_piece(pixels, rows)
    (_, (label, pictures), _) = rows
    assert label["box"][2] < 80 and label["box"][3] < 30 < pictures["box"][3]
    assert rows[1][1]["box"][::2] == rows[2][1]["box"][::2]  # under one another, and of one size


def one_title_only():
    figure = panels(2)
    figure.axes[1].set_title("")
    return figure


def empty():
    figure, axes = plt.subplots(2, 2, figsize=(7.5, 4))
    for axis in axes.flat:
        axis.axis("off")
    return figure


def crossed_by_a_line():
    figure = panels(2)
    figure.add_artist(plt.Line2D([0, 1], [0.5, 0.5], color="black"))
    return figure


@pytest.mark.parametrize(
    "figure",
    [
        lambda: panels(1),
        lambda: plots.image_grid(np.zeros((20, 784)), labels=range(20)),
        empty,
        one_title_only,
        crossed_by_a_line,
    ],
    ids=[
        "one panel",
        "a grid of images",
        "nothing drawn",
        "a panel without a title",
        "ink between the panels",
    ],
)
def test_whose_pieces_cannot_be_read_alone_is_not_cut(shown, figure):
    _, rows = shown(figure())
    assert rows is None
