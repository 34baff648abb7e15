"""Where a figure can be cut, so that a narrow page can show its pieces under one another."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

ROOM = 380  # pixels that a phone has: panels that fit in there together stay together
MARGIN = 4  # pixels of white that a piece keeps, and by which boxes may be wrong


def rows_of_pieces(figure, picture):
    """The pieces of a figure that was drawn, row by row, each `{"box": [x, y, width, height]}`.

    A row is cut between panels with titles, but not between images; and if every row begins with
    a label, between that and its images. Pieces are as wide as their ink, and rows fill the
    height. A panel that shares the first one's axis has the box of that too, as `"axis"`.

    Args:
        figure: of matplotlib.
        picture: a Pillow image of it, in the pixels that the figure takes.

    Returns:
        A list of rows, lists of pieces; `None` where there is nothing to cut.
    """
    ink = np.asarray(picture.convert("L")) < 250
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxed = [(item, _box(item, len(ink), renderer)) for item in _items(figure)]
    if not boxed:
        return None
    rows, top = [], 0
    for members, bottom in _groups(boxed, "y", ~ink.any(axis=1)):
        columns = _groups(members, "x", ~ink[top:bottom].any(axis=0))
        rows.append((top, bottom, [([item for item, _ in part], end) for part, end in columns]))
        top = bottom
    labelled = [columns for _, _, columns in rows if isinstance(columns[0][0][0], Axes)]
    if labelled and all(_is_labelled_row(columns) for columns in labelled):
        after = max(columns[0][1] for columns in labelled)
        cut = [
            _after_label(ink, top, bottom, after) if columns in labelled
            else [_piece(ink, top, bottom, 0, ink.shape[1])]  # a title or a legend
            for top, bottom, columns in rows
        ]  # fmt: skip
    else:
        cut = [_between_panels(ink, *row) for row in rows]
    return cut if any(len(row) > 1 for row in cut) else None


def _items(figure):
    texts = [text for text in figure.texts if text.get_text()]
    return [x for x in (*figure.axes, *texts, *figure.legends) if x.get_visible()]


def _box(item, height, renderer):
    """The sides of an artist, in pixels from the left and from the top."""
    box = item.get_tightbbox(renderer)
    return {"x": (box.x0, box.x1), "y": (height - box.y1, height - box.y0)}


def _groups(boxed, side, blank):
    """What can be cut apart along a side, as lists of a group and the blank line after it."""
    groups, end = [[[], len(blank)]], 0
    for item, box in sorted(boxed, key=lambda pair: pair[1][side]):
        low, high = box[side]
        start = max(int(end) - MARGIN, 0)
        free = start + np.flatnonzero(blank[start : max(int(low), 0) + MARGIN])
        if groups[-1][0] and low > end - MARGIN and len(free):
            groups[-1][1] = int(free[len(free) // 2])
            groups.append([[], len(blank)])
        groups[-1][0].append((item, box))
        end = max(end, high)
    return groups


def _after_label(ink, top, bottom, after):
    """A row's label, as small as its ink, and its images, as wide in all rows."""
    label = _piece(ink, top, bottom, 0, after)
    x, _, own, _ = label["box"]
    first, last = _inked(ink[top:bottom, :after].any(axis=1))
    images = {"box": [after, top, ink.shape[1] - after, bottom - top]}
    return [{"box": [x, top + first, own, last - first]}, images]


def _between_panels(ink, top, bottom, columns):
    """The pieces of a row: one, unless each column has a title."""
    parts, all_titled = [], all(any(map(_has_title, column)) for column, _ in columns)
    for column, end in columns:
        before, start, stop = parts[-1] if parts else ([], 0, 0)
        is_one_grid = before and _are_images([*before, *column])
        if before and (not all_titled or is_one_grid or end - start <= ROOM):
            parts[-1] = ([*before, *column], start, end)
        else:
            parts.append((column, stop, end))
    pieces = [_piece(ink, top, bottom, start, end) for _, start, end in parts]
    first, left = parts[0][0][0], pieces[0]["box"][0]
    for piece, (column, _, _) in zip(pieces, parts, strict=True):
        if _lacks_axis_of(first, column[0]):
            piece["axis"] = _axis(first, left, top, len(ink))
    return pieces


def _piece(ink, top, bottom, start, end):
    left, right = _inked(ink[top:bottom, start:end].any(axis=0))
    return {"box": [start + left, top, right - left, bottom - top]}


def _inked(line):
    """From where to where there is ink, and a margin; all of it where there is none."""
    places = np.flatnonzero(line)
    if not len(places):
        return 0, len(line)
    return max(0, int(places[0]) - MARGIN), min(len(line), int(places[-1]) + 1 + MARGIN)


def _axis(panel, left, top, height):
    """The box of a panel's name and numbers of y, without its marks and what stands below."""
    inner = panel.get_window_extent()
    return [left, top, int(inner.x0) - 6 - left, round(height - inner.y0) + 10 - top]


def _lacks_axis_of(first, panel):
    if first is panel or not (isinstance(first, Axes) and isinstance(panel, Axes)):
        return False
    has, would_have = (x.yaxis.get_tick_params()["labelleft"] for x in (panel, first))
    return first.get_shared_y_axes().joined(first, panel) and would_have and not has


def _has_title(item):
    return isinstance(item, Axes) and any(map(item.get_title, ("left", "center", "right")))


def _is_labelled_row(columns):
    (label, _), *others = columns
    is_label = all(isinstance(x, Axes) and not x.axison and not x.images for x in label)
    return is_label and label[0].texts and others and all(_are_images(c) for c, _ in others)


def _are_images(column):
    """Axes with images, or empty ones."""
    return all(isinstance(x, Axes) and not x.axison and not x.texts for x in column)
