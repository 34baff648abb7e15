"""What the pages load to be touched: the live page's script, style and digits, and the lessons'.

All are classic scripts, so that the page works from a disk: a browser that opens a file loads
neither modules nor workers from other files, and fetches nothing.
"""

import json
import zlib
from base64 import b64encode
from functools import cache
from pathlib import Path

import numpy as np

from aekit import touch
from aekit.datasets import load_mnist

SOURCES = Path(__file__).parent / "templates" / "live"
N_TRAIN, N_HELD_OUT = 4500, 500
# Shows what `course.publishing.sphinx_extension` has put under the figures.
START = """
for (const record of document.querySelectorAll(".touch-record")) {
  AETouch.mount(record.previousElementSibling, JSON.parse(record.textContent));
}
"""


def write(folder):
    """Write the scripts, their styles, and `digits.js` into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    style = touch.source("touch.css")
    files = {"live.js": script(), "live.css": style + _source("live.css"), "digits.js": _digits()}
    files |= {"touch.js": touch.script() + START, "touch.css": style}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def script():
    """The sources as one script, `AELive`; in it stands what the worker needs as a string too."""
    parts = [touch.kernel_bytes(), touch.source("kernel.js"), touch.source("engine.js")]
    engine = "\n".join([*parts, *map(_source, ("settings.js", "noise.js", "trainer.js"))])
    worker = json.dumps('"use strict";\n' + engine + _source("worker.js"))
    page = "\n".join([touch.source("view.js"), _source("keras.js"), _source("live.js")])
    return f"""const AELive = (() => {{
"use strict";
{engine}
const WORKER_SOURCE = {worker};
{page}
return {{ mount, unpack, createEngine, createTrainer, wasmKernel, jsKernel, KERNEL_BYTES,
  seeded, corrupt, nearestNeighbourAccuracy, principalDirections,
  DEFAULTS, CONTROLS, PRESETS, consistent, shapeOf, toAddress, fromAddress, kerasCode,
  createPicture, createPad, createPlane, createCurve, createSlider, createChoice, createNumber }};
}})();
"""


@cache
def _digits():
    """4,500 training digits and 500 held-out ones, and the errors of two simple reconstructions."""
    (x_train, y_train), (x_test, y_test) = load_mnist(N_TRAIN, N_HELD_OUT, flatten=True)
    x, labels = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    pixels = zlib.compress(np.round(x * 255).astype(np.uint8).tobytes())
    mean = x_train.mean(axis=0)
    directions = np.linalg.eigh((x_train - mean).T @ (x_train - mean))[1][:, -2:]
    by_pca = (x_test - mean) @ directions @ directions.T + mean
    digits = {
        "pixels": b64encode(pixels).decode(),
        "labels": "".join(map(str, labels)),
        "meanError": float(np.mean((x_test - mean) ** 2)),
        "pcaError": float(np.mean((x_test - by_pca) ** 2)),
    }
    return f"const AELiveDigits = {json.dumps(digits)};\n"


def _source(name):
    return (SOURCES / name).read_text(encoding="utf-8")
