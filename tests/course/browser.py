"""A headless Chromium for the tests of pages; they are skipped where there is none."""

import contextlib

import pytest

from course.publishing.pdf import browser


@contextlib.contextmanager
def open_browser():
    """The system's Chromium, by Playwright; skips the test where one of the two is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    try:
        program = browser()
    except RuntimeError as error:
        pytest.skip(str(error))
    with playwright.sync_playwright() as running:
        # Without its sandbox, which a container's root may not have.
        chromium = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()
