"""What a figure to touch keeps is what it was given, to the precision that is promised."""

import json
import zlib
from base64 import b64decode

import keras
import numpy as np
import pytest

from aekit import _notebook, models, plots
from aekit.touch import FIGURES, MIME_TYPE, Touch, as_bytes, script


def unpacked(record):
    kind = {"float16": "<f2", "uint8": np.uint8}[record["array"]]
    return np.frombuffer(zlib.decompress(b64decode(record["bytes"])), kind).reshape(record["shape"])


def test_arrays_are_kept_once_rounded():
    codes, labels = np.array([[0.1, -2.0], [3.0, 1e-3]]), np.array([7, 0])
    record = Touch("plane", codes=codes, labels=labels, words=["a", {"b": 1}]).record
    assert json.loads(json.dumps(record)) == record
    assert record["figure"] == "plane"
    np.testing.assert_array_equal(unpacked(record["data"]["codes"]), codes.astype(np.float16))
    np.testing.assert_array_equal(unpacked(record["data"]["labels"]), labels)
    assert record["data"]["words"] == ["a", {"b": 1}]


def test_network_is_kept_in_keras_order():
    decoder = models.dense_autoencoder(6, 2, hidden=(4,)).decoder
    record = Touch("plane", decoder=decoder).record["data"]["decoder"]
    assert record["network"] == {"widths": [2, 4, 6], "activations": ["relu", "sigmoid"]}
    flat = np.concatenate([np.asarray(w).ravel() for w in decoder.get_weights()])
    np.testing.assert_array_equal(unpacked(record["weights"]), flat.astype(np.float16))


def test_images_become_bytes():
    np.testing.assert_array_equal(as_bytes([-0.5, 0.0, 0.5, 2.0]), [0, 0, 128, 255])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"codes": np.array([np.nan])}, r"data\['codes'\].* must be finite"),
        ({"codes": np.array([1e6])}, r"must be finite and at most 65504.*from 1000000"),
        ({"labels": [np.array([256])]}, r"data\['labels'\]\[0\].* from 0 to 255.*from 256 to 256"),
    ],
)
def test_what_cannot_be_kept_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        Touch("plane", **data)


def test_other_layers_are_refused():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "elu", name="odd")])
    with pytest.raises(ValueError, match="'odd' of the kind Dense with the activation elu"):
        Touch("plane", decoder=model)


def test_unknown_figures_and_data_are_refused():
    with pytest.raises(ValueError, match="`figure` must be one of .*'plane'.*Received"):
        Touch("cube")
    with pytest.raises(TypeError, match="array of numbers. Received: object"):
        Touch("plane", decoder=object())


def test_script_holds_every_figure():
    assert all(f"FIGURES.{name} = " in script() for name in FIGURES)


def test_show_keeps_it_beside_the_picture(monkeypatch):
    shown = []
    monkeypatch.setattr(_notebook, "show", lambda *given: shown.append(given))
    touch = Touch("plane", labels=np.array([1]))
    plots.show(plots.image_grid(np.zeros((1, 4, 4))), alt="black", touch=touch)
    ((data, metadata),) = shown
    assert data[MIME_TYPE] == touch.record
    assert data["image/png"] and metadata["image/png"]["alt"] == "black"


def test_widget_holds_the_record_and_the_script():
    pytest.importorskip("anywidget")
    touch = Touch("plane", labels=np.array([1]))
    widget = touch.widget()
    assert widget.record == touch.record
    assert script() in str(widget._esm) and "export default" in str(widget._esm)


@pytest.mark.parametrize("is_watched", [True, False])
def test_widget_is_shown_where_somebody_watches(monkeypatch, is_watched):
    shown, widget = [], object()
    monkeypatch.setattr(_notebook, "is_watched", lambda: is_watched)
    monkeypatch.setattr(_notebook, "_has_kernel", lambda: True)
    monkeypatch.setattr(Touch, "widget", lambda self: widget)
    monkeypatch.setattr("IPython.display.display", shown.append)
    _notebook.show_widget(Touch("plane"))
    assert shown == [widget] * is_watched
