"""The figures of the lectures: each function takes arrays and returns a matplotlib figure.

Images, grey or in colour, are drawn with black as 0 and white as 1, whatever they hold; whole
numbers above 1 are bytes, with white as 255. The colours of lines are those of Okabe and Ito,
which the colour-blind can tell apart, and lines differ in their dashes too.

Reference: Okabe and Ito, Color Universal Design (2008).
"""

import io
from base64 import b64encode

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from aekit import _notebook
from aekit._pieces import ROOM, rows_of_pieces
from aekit.touch import MIME_TYPE

__all__ = [
    "use_style",
    "show",
    "show_animation",
    "image_rows",
    "image_grid",
    "draw_image",
    "lines",
    "bars",
    "code_map",
    "draw_code_map",
    "as_pictures",
    "as_png",
    "COLORS",
    "CLASS_COLORS",
]

#: Of lines, one after another.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (3, 1)), (0, (1, 1)))
#: Of ten classes, more than a colour-blind reader can tell apart; the numerals help.
CLASS_COLORS = (
    "#332288", "#88CCEE", "#44AA99", "#117733", "#999933",
    "#DDCC77", "#CC6677", "#882255", "#AA4499", "#777777",
)  # fmt: skip
SHARPNESS = 2  # pixels of a picture for each pixel that it takes: sharp on a projector too
STYLE = {
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.size": 13,
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": mpl.cycler(color=COLORS) + mpl.cycler(linestyle=DASHES),
    "grid.alpha": 0.3,
    "lines.linewidth": 2.5,
    "legend.frameon": False,
    "image.cmap": "gray",
}


def use_style():
    """One look for all lessons: sizes to be read from the back of a room, one palette.

    Sets Matplotlib's parameters, for all figures after it.

    Example:

        use_style()
    """
    mpl.rcParams.update(STYLE)


def show(figure, alt, touch=None):
    """Show `figure` as this cell's output, with `alt`, the sentence that stands for it.

    The text reaches the rendered page, where a screen reader finds it, and the figure is closed.
    The picture has twice the pixels that it takes, and at most 256 colours. Beside it stands where
    it can be cut, so that a phone shows panels with titles under one another, and the labels of
    rows over their images. Where there is no notebook, the text alone is printed.

    Args:
        figure: a matplotlib figure.
        alt: what is seen, in words.
        touch: an `aekit.touch.Touch`, to be shown under the figure where it can be touched.

    Raises:
        ValueError: an empty `alt`.

    Example:

        show(image_grid(x[:10], "Ten digits"), alt="The digits 7, 2, 1, 0, 4, 1, 4, 9, 5 and 9.")
    """
    picture = Image.open(_as_picture(figure, SHARPNESS))
    width, height = (side // SHARPNESS for side in picture.size)
    size = {"width": width, "height": height}
    small = picture.convert("L").resize((width, height), Image.Resampling.BOX)
    if width > ROOM and (rows := rows_of_pieces(figure, small)):
        size["rows"] = rows
    _display(as_png(picture), alt, size, touch)


def show_animation(figures, alt, frame_ms=200, last_ms=2000):
    """Show figures of one size, one after another and over again, as an animated PNG.

    Browsers and JupyterLab play it without a script or a plug-in. All frames share the colours of
    the last one, at most 256, to keep it small.

    Args:
        figures: any iterable of matplotlib figures; each is closed once it is drawn.
        alt: the sentence that stands for the animation.
        frame_ms, last_ms: how long each frame stays, and the last one, in milliseconds.

    Raises:
        ValueError: no figure, or an empty `alt`.

    Example:

        show_animation((image_grid(images) for images in path), alt="A 3 becomes an 8.")
    """
    pictures = [Image.open(_as_picture(figure)).convert("RGB") for figure in figures]
    if not pictures:
        raise ValueError("`figures` must hold at least one figure. Received: none")
    palette = pictures[-1].quantize(256, dither=Image.Dither.NONE)
    size = {"width": pictures[0].width, "height": pictures[0].height}
    frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    animation = io.BytesIO()
    frames[0].save(
        animation,
        format="png",
        save_all=True,
        append_images=frames[1:],
        duration=[frame_ms] * (len(frames) - 1) + [last_ms],
        loop=0,
    )
    _display(animation.getvalue(), alt, size)


def as_png(picture):
    """A still picture as a PNG of at most 256 colours, which halves a plot and is not seen.

    Args:
        picture: a Pillow image.

    Returns:
        The file's bytes.

    Example:

        from PIL import Image

        png = as_png(Image.new("RGB", (28, 28), "white"))
    """
    png = io.BytesIO()
    reduced = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    reduced.save(png, "png", optimize=True)
    return png.getvalue()


def _as_picture(figure, scale=1):
    picture = io.BytesIO()
    figure.savefig(picture, format="png", facecolor="white", dpi=scale * figure.dpi)
    plt.close(figure)
    return picture


def _display(picture, alt, size, touch=None):
    if not alt.strip():
        raise ValueError(f"`alt` must say in words what the figure shows. Received: alt={alt!r}")
    png = b64encode(picture).decode()
    data = {"image/png": png, "text/plain": f"[figure] {alt}"}
    if touch is not None:
        data[MIME_TYPE] = touch.record
    _notebook.show(data, {"image/png": {"alt": alt, **size}})
    if touch is not None:
        _notebook.show_widget(touch)


def image_rows(rows, title="", size=0.85):
    """Rows of images under one another, such as inputs over their reconstructions.

    Args:
        rows: dict from a row's label to images, grey or in colour, of a shape and range that
            `as_pictures` takes.
        title: what to see.
        size: inches an image.

    Returns:
        A matplotlib figure.

    Raises:
        ValueError: images of another shape or range.

    Example:

        image_rows({"input": x[:10], "output": autoencoder.reconstruct(x[:10])}, "Ten digits")
    """
    pictures = {label: as_pictures(images) for label, images in rows.items()}
    columns = max(len(images) for images in pictures.values())
    # The labels stand in a column of their own, left of the images.
    label_width = 0.5 + 0.105 * max(len(label) for label in pictures)
    figure, axes = plt.subplots(
        len(rows),
        columns + 1,
        figsize=(label_width + size * columns, size * len(rows) + (0.5 if title else 0.1)),
        width_ratios=[label_width / size] + [1] * columns,
        squeeze=False,
    )
    for row, (label, images) in zip(axes, pictures.items(), strict=True):
        row[0].text(1, 0.5, label, ha="right", va="center", fontsize=13)
        for axis in row:
            axis.axis("off")
        for axis, image in zip(row[1:], images, strict=False):
            draw_image(axis, image)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    return figure


def image_grid(images, title="", columns=10, labels=None, symmetric=False, size=0.85):
    """A grid of images: digits, or the weights of hidden units.

    Args:
        images: grey or in colour, of a shape and range that `as_pictures` takes; weights may be
            any numbers.
        title: what to see.
        columns: images a row.
        labels: a short text over each image.
        symmetric: for weights: blue below 0, white at 0, red above, each image to its own scale;
            those of a picture in colour are grey at 0.
        size: inches an image.

    Returns:
        A matplotlib figure.

    Raises:
        ValueError: images of another shape or range.

    Example:

        image_grid(autoencoder.encoder.get_weights()[0].T, "What each unit sees", symmetric=True)
    """
    pictures = as_pictures(np.asarray(images, dtype=np.float32) if symmetric else images)
    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(size * columns, (size + (0.25 if labels is not None else 0)) * rows + 0.5),
        squeeze=False,
    )
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, image) in enumerate(zip(axes.flat, pictures, strict=False)):
        draw_image(axis, image, symmetric)
        if labels is not None:
            axis.set_title(str(labels[i]), fontsize=11, loc="center", fontweight="normal")
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    return figure


def draw_image(axis, image, symmetric=False):
    """One image on its axes: black at 0 and white at 1, or `symmetric` about 0, as `image_grid`.

    Args:
        axis: of matplotlib.
        image: `(h, w)` or `(h, w, 1)`, grey, or `(h, w, 3)`, red, green and blue.
        symmetric: see `image_grid`.

    Raises:
        ValueError: an image of another shape, or whole numbers that are no bytes.

    Example:

        draw_image(plt.figure().subplots(), x[0].reshape(28, 28))
    """
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    in_colour = image.ndim == 3 and image.shape[-1] == 3
    if image.ndim != 2 and not in_colour:
        raise ValueError(
            f"`image` must have shape (h, w), (h, w, 1) or (h, w, 3). Received: {image.shape}"
        )
    if symmetric:
        limit = np.abs(image).max() or 1
        shown = 0.5 + image / (2 * limit) if in_colour else image
        axis.imshow(shown, cmap="RdBu_r", vmin=-limit, vmax=limit)
    else:
        image = _shades("image", image)
        axis.imshow(np.clip(image, 0, 1) if in_colour else image, cmap="gray", vmin=0, vmax=1)
    axis.axis("off")


def lines(x, series, xlabel, ylabel, title, xscale="linear", yscale="linear", marker="o"):
    """Curves over one axis: an error over code sizes, a loss over epochs.

    Args:
        x: positions `(n,)`, or `None` for 1, 2, …
        series: dict from a name to values `(n,)`, or to one number, drawn as a level.
        xlabel, ylabel, title: words, the unit among them.
        xscale, yscale: "linear", "log" or another of Matplotlib's.
        marker: at each point; `None` for smooth curves.

    Returns:
        A matplotlib figure.

    Example:

        lines(None, {"training": history["mse"], "black": of_black}, "epoch", "mse", "It learns")
    """
    figure, axis = plt.subplots(figsize=(8, 4.5))
    for name, values in series.items():
        if np.ndim(values) == 0:
            axis.plot([], [])  # takes the next colour and dash of the cycle
            style = axis.lines[-1]
            axis.axhline(
                values, color=style.get_color(), linestyle=style.get_linestyle(), label=name
            )
        else:
            positions = np.arange(1, len(values) + 1) if x is None else x
            axis.plot(positions, values, marker=marker, label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel, title=title, xscale=xscale, yscale=yscale)
    if x is None:
        axis.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    if len(series) > 1:
        axis.legend()
    return figure


def bars(values, ylabel, title, baseline=None, baseline_label="baseline", number="{:.3g}"):
    """A bar for each name, with its value over it.

    Args:
        values: dict from a name to a number.
        ylabel, title: words, the unit among them.
        baseline: a level that the bars are to be compared with, and `baseline_label` its name.
        number: the format of the values.

    Returns:
        A matplotlib figure.

    Example:

        bars({"PCA": pca_error, "deep": deep_error}, "squared error", "Thirty numbers each")
    """
    figure, axis = plt.subplots(figsize=(max(5, 1.6 * len(values)), 4.5))
    drawn = axis.bar(list(values), list(values.values()), color=COLORS[0], width=0.6)
    axis.bar_label(drawn, [number.format(value) for value in values.values()], padding=3)
    if baseline is not None:
        axis.axhline(baseline, color=COLORS[1], linestyle="--", label=baseline_label)
        axis.legend()
    axis.set(ylabel=ylabel, title=title)
    axis.margins(y=0.15)
    axis.grid(visible=False, axis="x")
    return figure


def code_map(points, labels, title, names=None, xlabel="code unit 1", ylabel="code unit 2"):
    """The plane of a two-unit code: a dot an example, coloured by class, its name at the median.

    Args:
        points: `(n, 2)`.
        labels: `(n,)`, integers from 0 to 9.
        title, xlabel, ylabel: words.
        names: a name for each label; the labels themselves when `None`.

    Returns:
        A matplotlib figure.

    Example:

        code_map(autoencoder.encode(x_test), y_test, "Digits of one kind lie together")
    """
    figure, axis = plt.subplots(figsize=(7.5, 6.5))
    draw_code_map(axis, points, labels, names)
    axis.set(xlabel=xlabel, ylabel=ylabel, title=title)
    return figure


def draw_code_map(axis, points, labels, names=None):
    """`code_map` on axes that exist already.

    Args:
        axis: of matplotlib.
        points, labels, names: see `code_map`.

    Example:

        draw_code_map(axes[0], autoencoder.encode(x_test), y_test)
    """
    for label in np.unique(labels):
        of_class = points[labels == label]
        color = CLASS_COLORS[int(label) % len(CLASS_COLORS)]
        axis.scatter(*of_class.T, s=14, color=color, alpha=0.6, linewidths=0)
        axis.annotate(
            str(label) if names is None else names[int(label)],
            np.median(of_class, axis=0),
            ha="center",
            va="center",
            fontsize=14,
            fontweight="bold",
            bbox={"boxstyle": "circle", "facecolor": "white", "edgecolor": color, "linewidth": 2},
        )


def as_pictures(images):
    """Images of any of the accepted shapes and ranges as what is drawn.

    Args:
        images: grey `(n, h, w)`, `(n, h, w, 1)` or `(n, side * side)`, or in colour `(n, h, w, 3)`:
            floats, of which 0 is black and 1 white, or whole numbers from 0 to 255. Whole numbers
            of which none is above 1 are masks, with white as 1.

    Returns:
        NumPy array `(n, h, w)` or `(n, h, w, 3)`, float32.

    Raises:
        ValueError: images of another shape, or whole numbers that are no bytes.

    Example:

        as_pictures(x_test[:10]).shape  # (10, 28, 28)
    """
    images = np.asarray(_shades("images", images), dtype=np.float32)
    if images.ndim == 4 and images.shape[-1] == 1:
        return images[..., 0]
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        if side * side == images.shape[1]:
            return images.reshape(-1, side, side)
    if images.ndim == 3 or (images.ndim == 4 and images.shape[-1] == 3):
        return images
    raise ValueError(
        "`images` must have shape (n, h, w), (n, h, w, 1), (n, h, w, 3) or (n, side * side). "
        f"Received: {images.shape}"
    )


def _shades(name, images):
    """Floats as they are; whole numbers from 0 to 255, and masks, as floats in [0, 1]."""
    images = np.asarray(images)
    if images.dtype.kind not in "biu" or not images.size:
        return images
    low, high = images.min(), images.max()
    if low < 0 or high > 255:
        raise ValueError(
            f"`{name}` must be whole numbers from 0 to 255, or floats of which 0 is black and 1 "
            f"white. Received: dtype {images.dtype}, values from {low} to {high}"
        )
    return (images / 255 if high > 1 else images).astype(np.float32)
