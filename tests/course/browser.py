"""A headless Chromium for the tests of pages; they are skipped where there is none."""

import contextlib
import functools
import http.server
import threading

import pytest

from course.publishing import chromium


@contextlib.contextmanager
def open_browser():
    """The system's Chromium, by Playwright; skips the test where one of the two is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    if (program := chromium.found()) is None:
        pytest.skip(chromium.MISSING)
    with playwright.sync_playwright() as running:
        # Without its sandbox, which a container's root may not have.
        opened = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def handle(self):
        with contextlib.suppress(ConnectionError):  # the browser leaves
            super().handle()


@contextlib.contextmanager
def served(folder):
    """The address at which the folder is served over http."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def violations(page, context):
    """What axe finds in a part of the page: rules, each with the HTML that breaks it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    options = {"preload": False, "resultTypes": ["violations"]}  # it loads no style from a disk
    found = axe.Axe().run(page, context=context, options=options).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def small_targets(page, within):
    """The controls of a part of the page that are less than 44 pixels high, as HTML."""
    return page.evaluate(
        """(targets) => [...document.querySelectorAll(targets)]
          .filter((part) => part.getBoundingClientRect().height < 44)
          .map((part) => part.outerHTML)""",
        f"{within} :is(button, select, input)",
    )
