"""A figure in pieces, which stand as they were drawn, or under one another on a narrow page.

All pieces show the same picture, each its own part of it; aekit/_pieces.py says which.
"""

from docutils import nodes


def in_pieces(image, about):
    """The nodes that take the place of `image`; course.css lays them out.

    Args:
        image: the node of the whole picture, with its words, which go to the first piece.
        about: what `aekit.plots.show` wrote beside it: width, height, and rows of pieces.
    """
    width, height = about["width"], about["height"]
    image["classes"].append("no-scaled-link")  # one whose picture has no words would have no name
    shown = [_html(f'<div class="pieces" style="--width: {width}; --height: {height}">')]
    for row in about["rows"]:
        shown.append(_html('<div class="row">'))
        end, top = 0, min(piece["box"][1] for piece in row)
        for piece in row:
            left, y, own, _ = piece["box"]
            axis = piece.get("axis")
            room = own + (axis[2] if axis else 0)
            style = f"--gap: {left - end}; --drop: {y - top}; --own: {own}; --room: {room}"
            shown.append(_html(f'<div class="piece" style="{style}">'))
            if axis:
                shown += _part(image, axis, "again")
            shown += [*_part(image, piece["box"], "part"), _html("</div>")]
            end = left + own
        shown.append(_html("</div>"))
    first, *others = [node for node in shown if isinstance(node, nodes.image)]
    for other in others:
        other["alt"] = ""
    return [*shown, _html("</div>")]


def _part(image, box, kind):
    x, y, width, height = box
    style = f"--x: {x}; --y: {y}; --w: {width}; --h: {height}"
    return _html(f'<div class="{kind}" style="{style}">'), image.deepcopy(), _html("</div>")


def _html(text):
    return nodes.raw("", text, format="html")
