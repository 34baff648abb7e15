"""Pictures that move (APNG): played once, and their last frame for paper."""

import io

from PIL import Image, ImageSequence

from aekit.plots import as_png


def moves(png):
    """Whether the bytes of a picture are of several frames."""
    return getattr(Image.open(io.BytesIO(png)), "n_frames", 1) > 1


def played_once(png):
    """The same film, which rests on its last frame."""
    image = Image.open(io.BytesIO(png))
    frames = [frame.copy() for frame in ImageSequence.Iterator(image)]
    times = [frame.info["duration"] for frame in frames]
    written = io.BytesIO()
    frames[0].save(written, "png", save_all=True, append_images=frames[1:], duration=times, loop=1)
    return written.getvalue()


def last_frame(png):
    """The picture that the film ends with."""
    image = Image.open(io.BytesIO(png))
    image.seek(image.n_frames - 1)
    return as_png(image)
