"""aekit's claims, taken from their file alone: the package would load Keras and its backend first.

The runner only reads claims, and a second run of an unchanged course should end in a blink.
"""

import importlib.util

from course.paths import ROOT

_spec = importlib.util.spec_from_file_location("course._claims", ROOT / "aekit" / "claims.py")
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

MIME_TYPE, ClaimFailed = _module.MIME_TYPE, _module.ClaimFailed
claim, as_line, bounds, figure = _module.claim, _module.as_line, _module.bounds, _module.figure
