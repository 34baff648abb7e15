"""Figures to touch: pictures that answer to the pointer, a finger and the keys, without a kernel.

A `Touch` names one of the figures in `figures/` and holds the arrays and decoders that it shows.
`aekit.plots.show(figure, alt, touch=...)` keeps it in the cell's output beside the picture. The
course's pages find it there; in JupyterLab it appears by anywidget, where that is installed (the
extra `aekit[touch]`); and anywhere else the picture stands alone. It is JavaScript without a
library, in the same sources as the live page.
"""

import json
import zlib
from base64 import b64encode
from functools import cache
from pathlib import Path

import numpy as np

from aekit import _checks

__all__ = ["Touch", "as_bytes"]

MIME_TYPE = "application/vnd.aekit.touch+json"
SOURCES = Path(__file__).parent
FIGURES = tuple(sorted(path.stem for path in SOURCES.glob("figures/*.js")))
ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid")  # those that engine.js knows


class Touch:
    """A figure to touch, and what it shows.

    Args:
        figure: one of `FIGURES`; the head of `figures/{figure}.js` says which data it takes.
        **data: what it shows: arrays, Keras models of dense layers, numbers, texts, and lists and
            dicts of these. Arrays of floats and weights are stored with half precision, arrays of
            whole numbers must fit in a byte; `as_bytes` makes images small.

    Attributes:
        record: all of it as plain data, for JSON.

    Raises:
        ValueError: an unknown figure, whole numbers outside 0 to 255, floats that half precision
            cannot hold, or a model with layers or activations that the browser cannot compute.
        TypeError: data of another kind.

    Example:

        Touch("plane", decoder=autoencoder.decoder, codes=autoencoder.encode(x), labels=y)
    """

    def __init__(self, figure, **data):
        figure = _checks.one_of("figure", figure, FIGURES)
        self.record = {"figure": figure, "data": _packed(data, "data")}

    def widget(self):
        """The figure as a widget of JupyterLab; None where anywidget is not installed."""
        try:
            widget = _widget_class()
        except ImportError:
            return None
        return widget(record=self.record)


def as_bytes(images):
    """Images in [0, 1] as bytes, which the figures read as such images again.

    Args:
        images: floats in any shape; what lies outside [0, 1] is clipped.

    Returns:
        NumPy array of their shape, uint8.

    Example:

        as_bytes([-0.5, 0.0, 0.5, 2.0])  # [0, 0, 128, 255]
    """
    return np.round(255 * np.clip(images, 0, 1)).astype(np.uint8)


@cache
def script():
    """The figures as one classic script; it defines `AETouch.mount(element, record)`."""
    parts = [kernel_bytes(), *map(source, ("kernel.js", "engine.js", "view.js", "touch.js"))]
    parts += [source(f"figures/{name}.js") for name in FIGURES]
    body = "\n".join(parts)
    return f'const AETouch = (() => {{\n"use strict";\n{body}\nreturn {{ mount }};\n}})();\n'


def kernel_bytes():
    """The line of JavaScript that holds the bytes of kernel.wat."""
    kernel = json.dumps("".join(source("kernel.b64").split()))
    return f"const KERNEL_BYTES = Uint8Array.from(atob({kernel}), (c) => c.charCodeAt(0));"


def source(name):
    """The text of one of this folder's files."""
    return (SOURCES / name).read_text(encoding="utf-8")


def _packed(value, name):
    """`value` as plain data; `name` is for messages."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): _packed(item, f"{name}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(item, f"{name}[{i}]") for i, item in enumerate(value)]
    if hasattr(value, "layers"):
        return _packed_network(value, name)
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"`{name}` must be an array of numbers. Received: {type(value).__name__}")
    return _packed_array(array, name)


def _packed_array(array, name):
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            stored = array.astype("<f2")
        fits, limits = np.isfinite(stored).all(), "finite and at most 65504 in size"
    else:
        stored = array.astype(np.uint8)
        fits, limits = np.array_equal(stored, array), "whole numbers from 0 to 255"
    if not fits:
        least, most = (array.min(), array.max()) if array.size else ("no", "values")
        raise ValueError(f"`{name}` must be {limits}. Received: values from {least} to {most}")
    deflated = zlib.compress(stored.tobytes(), 9)
    kind = "float16" if array.dtype.kind == "f" else "uint8"
    return {"array": kind, "shape": list(array.shape), "bytes": b64encode(deflated).decode()}


def _packed_network(model, name):
    """A chain of dense layers: its widths, activations, and all weights in Keras' order."""
    widths, activations, weights = [int(model.input_shape[-1])], [], []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind in ("InputLayer", "Dropout", "GaussianNoise"):  # nothing, when they predict
            continue
        activation = getattr(getattr(layer, "activation", None), "__name__", None)
        if kind != "Dense" or activation not in ACTIVATIONS or not layer.use_bias:
            raise ValueError(
                f"`{name}` must be a model of dense layers with biases and the activations "
                f"{', '.join(ACTIVATIONS)}. Received: a layer {layer.name!r} of the kind {kind} "
                f"with the activation {activation}"
            )
        widths.append(int(layer.units))
        activations.append(activation)
        weights += [np.asarray(weight).ravel() for weight in layer.get_weights()]
    packed = _packed_array(np.concatenate(weights).astype(np.float32), f"{name}'s weights")
    return {"network": {"widths": widths, "activations": activations}, "weights": packed}


@cache
def _widget_class():
    """anywidget's class of all figures; made when the first one is shown."""
    import anywidget
    import traitlets

    class TouchWidget(anywidget.AnyWidget):
        _esm = script() + (
            "export default { render: ({ model, el }) => {\n"
            "  const root = el.appendChild(document.createElement('div'));\n"
            "  AETouch.mount(root, model.get('record'));\n"
            "} };\n"
        )
        _css = source("touch.css")
        record = traitlets.Dict().tag(sync=True)

    return TouchWidget
