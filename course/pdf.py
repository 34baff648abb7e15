"""`python -m course.pdf`: all stored lessons as one PDF for print, build/course.pdf.

Sphinx puts them on one page, and Chromium, which must be on the machine, prints it.
"""

import shutil
import subprocess
import sys
import tempfile

from course.paths import BUILD, NOTEBOOKS, write_text
from course.render import TEMPLATES, lay_out, sphinx
from course.site import stored_results

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
    folder = BUILD / "print"
    lay_out(folder / ".pages", stored_results(), NOTEBOOKS)
    sphinx("singlehtml", folder / ".pages", folder, theme="basic")
    page = folder / "index.html"
    css = (TEMPLATES / "print.css").read_text(encoding="utf-8")
    html = page.read_text(encoding="utf-8").replace("<details", "<details open")
    write_text(html.replace("</head>", f"<style>{css}</style></head>"), page)
    with tempfile.TemporaryDirectory() as profile:
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-background-networking", f"--user-data-dir={profile}"]
        command += ["--no-pdf-header-footer", "--generate-pdf-document-outline"]
        command += [f"--print-to-pdf={target}", page.as_uri()]
        printed = subprocess.run(command, capture_output=True, text=True)
    if printed.returncode or not target.is_file():
        raise RuntimeError(f"Chromium could not print: {printed.stderr.strip()[-1000:]}")


def main():
    target = BUILD / "course.pdf"
    target.unlink(missing_ok=True)
    try:
        write_pdf(target)
    except RuntimeError as error:
        sys.exit(str(error))
    print(f"Open {target.as_uri()}")


if __name__ == "__main__":
    main()
