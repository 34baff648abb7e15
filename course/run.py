"""Execute the lessons with papermill, collect their claims, and render them as pages."""

import json
import platform
from importlib.metadata import version

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from rich.console import Console
from rich.table import Table

from aekit.claims import MIME_TYPE, bounds, figure
from course.build import KERNEL_ARGUMENTS, TIMEOUT_S
from course.paths import BUILD, NOTEBOOKS
from course.render import title_of, write_pages


def run(names, profile):
    """Run the lessons; 0 if all of them finished with every claim true, else 1."""
    folder = BUILD / profile
    folder.mkdir(parents=True, exist_ok=True)
    lessons = [_run_lesson(name, profile, folder) for name in names]
    results = {
        "profile": profile,
        "backend": _backend(),
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in ("keras", "numpy", "scikit-learn")},
        "lessons": lessons,
    }
    text = json.dumps(results, indent=1, ensure_ascii=False)
    (folder / "results.json").write_text(text, encoding="utf-8")
    index = write_pages(folder, results)
    _report(results, index)
    return 1 if any(lesson["failure"] for lesson in lessons) else 0


def _run_lesson(name, profile, folder):
    """Execute a copy of one lesson in `folder`; its title, time, claims and failure, if any."""
    copy = folder / f"{name}.ipynb"
    print(name, flush=True)
    failure = None
    try:
        papermill.execute_notebook(
            NOTEBOOKS / f"{name}.ipynb",
            copy,
            parameters={"profile": profile},
            cwd=NOTEBOOKS,
            execution_timeout=TIMEOUT_S,
            extra_arguments=KERNEL_ARGUMENTS,
        )
    except PapermillExecutionError as error:
        failure = {
            "cell": error.cell_index,
            "error": error.ename,
            "message": error.evalue,
            "source": error.source,
        }
    notebook = nbformat.read(copy, as_version=4)
    return {
        "name": name,
        "title": title_of(notebook),
        "seconds": notebook.metadata.papermill.get("duration") or 0.0,
        "claims": _claims(notebook),
        "failure": failure,
    }


def _claims(notebook):
    """The claims that the notebook's cells recorded, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[MIME_TYPE] for output in outputs if MIME_TYPE in output.get("data", {})]


def _backend():
    import keras

    return keras.config.backend()


def _report(results, index):
    """Every claim in a table, then what failed and where, then where to read the lessons."""
    console = Console(highlight=False)
    table = Table(title="Every claim, as measured", title_justify="left")
    table.add_column("lesson")
    table.add_column("claim", ratio=1)
    table.add_column("measured", justify="right")
    table.add_column("bound")
    for lesson in results["lessons"]:
        for claim in lesson["claims"]:
            mark = "✓" if claim["holds"] else "✗"
            measured = figure(claim["value"])
            row = lesson["name"][:2], f"{mark} {claim['statement']}", measured, bounds(claim)
            table.add_row(*row)
    console.print(table)
    for lesson in results["lessons"]:
        if lesson["failure"]:
            failure = lesson["failure"]
            print(f"FAILED {lesson['name']}, cell {failure['cell']}: {failure['error']}")
            print(f"  {failure['message']}")
            print("  in the cell:")
            print("".join(f"    {line}\n" for line in failure["source"].splitlines()))
    seconds = sum(lesson["seconds"] for lesson in results["lessons"])
    failed = sum(bool(lesson["failure"]) for lesson in results["lessons"])
    total = len(results["lessons"])
    print(f"{total} lesson{'s' * (total != 1)} in {seconds:.0f} s, {failed} failed.")
    print(f"Open {index.as_uri()}")
