"""Shows something in the notebook's cell where there is one, and in words elsewhere."""


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
