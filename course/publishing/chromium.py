"""Whether there is a browser that prints, and where."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "Printing needs Chromium or Chrome, and none was found in PATH. "
    f"Install one; looked for: {', '.join(NAMES)}"
)


def found():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)
