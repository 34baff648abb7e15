"""Shows something in the notebook's cell where there is one, and in words elsewhere."""

import os
import sys


def show(data, metadata=None):
    """`data`, a bundle of MIME types, as this cell's output; else its "text/plain" is printed."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = None
    if get_ipython is None or get_ipython() is None:
        print(data["text/plain"])
    else:
        display(data, metadata=metadata, raw=True)


def show_widget(touch):
    """An `aekit.touch.Touch` as a widget, if somebody works with this notebook and can see one."""
    widget = touch.widget() if _has_kernel() and is_watched() else None
    if widget is not None:
        from IPython.display import display

        display(widget)


def is_watched():
    """Whether somebody is there to watch: a terminal or a notebook, and no `AEKIT_PROGRESS=off`.

    Example:

        frames = 40 if is_watched() else 16
    """
    if os.environ.get("AEKIT_PROGRESS") == "off":
        return False
    return _has_kernel() or sys.stderr.isatty()


def _has_kernel():
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")
