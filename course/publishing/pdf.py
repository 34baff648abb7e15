"""All stored lessons as one PDF for print.

Sphinx puts them on one page, and Chromium, which must be on the machine, prints it.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from course.paths import NOTEBOOKS
from course.publishing.render import TEMPLATES, lay_out, sphinx
from course.publishing.site import stored_results

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def browser():
    """The path of a Chromium; raises RuntimeError where there is none."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise RuntimeError(
        "Printing needs Chromium or Chrome, and none was found in PATH. "
        f"Install one; looked for: {', '.join(BROWSERS)}"
    )


def write_pdf(target):
    """Print the stored lessons into the file `target`.

    Raises:
        RuntimeError: there is no Chromium, or it or Sphinx failed.
    """
    program = browser()
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source, made, profile = (Path(scratch) / name for name in ("source", "made", "profile"))
        source.mkdir()
        lay_out(source, stored_results(), NOTEBOOKS)
        sphinx("singlehtml", source, made, theme="basic")
        page = made / "index.html"
        css = (TEMPLATES / "print.css").read_text(encoding="utf-8")
        html = page.read_text(encoding="utf-8").replace("<details", "<details open")
        page.write_text(html.replace("</head>", f"<style>{css}</style></head>"), encoding="utf-8")
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-background-networking", f"--user-data-dir={profile}"]
        command += ["--no-pdf-header-footer", "--generate-pdf-document-outline"]
        command += [f"--print-to-pdf={target}", page.as_uri()]
        printed = subprocess.run(command, capture_output=True, text=True)
    if printed.returncode or not target.is_file():
        raise RuntimeError(f"Chromium could not print: {printed.stderr.strip()[-1000:]}")
