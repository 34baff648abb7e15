"""Execute the lessons with papermill, collect their claims, and render them as pages."""

import hashlib
import json
import os
import platform
from importlib import import_module

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from rich.console import Console
from rich.table import Table

from aekit.claims import MIME_TYPE, bounds, figure
from course.build import KERNEL_ARGUMENTS, TIMEOUT_S
from course.paths import BUILD, NOTEBOOKS, ROOT, write_json
from course.render import title_of, write_pages


def run(names, profile, force=False):
    """Run the lessons; 0 if all of them finished with every claim true, else 1.

    A lesson that succeeded before and of which nothing has changed since is not run again, unless
    `force`: each finished lesson leaves `<name>.json`, its outcome, beside its executed notebook.
    """
    folder = BUILD / profile
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not force and _finished(name, profile, folder):
            print(f"{name}: nothing has changed since it last ran", flush=True)
        else:
            _run_lesson(name, profile, folder)
    stored = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    known = [_finished(name, profile, folder, or_failed=True) for name in stored]
    results = {
        "profile": profile,
        "backend": _backend(),
        "cores": os.cpu_count(),
        "versions": _versions(),
        "lessons": [lesson for lesson in known if lesson],
    }
    write_json(results, folder / "results.json")
    index = write_pages(folder, results)
    asked = [lesson for lesson in results["lessons"] if lesson["name"] in names]
    _report(asked, index)
    return 1 if any(lesson["failure"] for lesson in asked) else 0


def _finished(name, profile, folder, or_failed=False):
    """The stored outcome of a lesson as it is now, or None."""
    try:
        lesson = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    current = lesson["made_of"] == _made_of(name, profile) and (folder / f"{name}.ipynb").is_file()
    return lesson if current and (or_failed or not lesson["failure"]) else None


def _made_of(name, profile):
    """A digest of all that a lesson's numbers depend on: its cells, aekit, the data, versions."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    digest = hashlib.sha256(json.dumps([cell.source for cell in notebook.cells]).encode())
    digest.update(json.dumps([profile, _backend(), _versions()]).encode())
    for path in sorted([*ROOT.glob("aekit/*.py"), *ROOT.glob("data/*.npz")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _run_lesson(name, profile, folder):
    """Execute a copy of one lesson in `folder` and store its outcome beside it."""
    half = folder / f".{name}.half.ipynb"  # papermill writes it anew after every cell
    print(name, flush=True)
    failure = None
    made_of = _made_of(name, profile)
    try:
        papermill.execute_notebook(
            NOTEBOOKS / f"{name}.ipynb",
            half,
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
    notebook = nbformat.read(half, as_version=4)
    outcome = {
        "name": name,
        "title": title_of(notebook),
        "seconds": notebook.metadata.papermill.get("duration") or 0.0,
        "claims": _claims(notebook),
        "failure": failure,
        "made_of": made_of,
    }
    os.replace(half, folder / f"{name}.ipynb")
    write_json(outcome, folder / f"{name}.json")


def _claims(notebook):
    """The claims that the notebook's cells recorded, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[MIME_TYPE] for output in outputs if MIME_TYPE in output.get("data", {})]


def _backend():
    import keras

    return keras.config.backend()


def _versions():
    """Of Python and of what the numbers are computed with."""
    packages = {name: import_module(name).__version__ for name in ("keras", _backend(), "numpy")}
    return {"python": platform.python_version()} | packages


def _report(lessons, index):
    """Every claim in a table, then what failed and where, then where to read the lessons."""
    console = Console(highlight=False)
    table = Table(title="Every claim, as measured", title_justify="left")
    table.add_column("lesson")
    table.add_column("claim", ratio=1)
    table.add_column("measured", justify="right")
    table.add_column("bound")
    for lesson in lessons:
        for claim in lesson["claims"]:
            mark = "✓" if claim["holds"] else "✗"
            measured = figure(claim["value"])
            row = lesson["name"][:2], f"{mark} {claim['statement']}", measured, bounds(claim)
            table.add_row(*row)
    console.print(table)
    for lesson in lessons:
        if lesson["failure"]:
            failure = lesson["failure"]
            print(f"FAILED {lesson['name']}, cell {failure['cell']}: {failure['error']}")
            print(f"  {failure['message']}")
            print("  in the cell:")
            print("".join(f"    {line}\n" for line in failure["source"].splitlines()))
    seconds = sum(lesson["seconds"] for lesson in lessons)
    failed = sum(bool(lesson["failure"]) for lesson in lessons)
    total = len(lessons)
    print(f"{total} lesson{'s' * (total != 1)} in {seconds:.0f} s, {failed} failed.")
    print(f"Open {index.as_uri()}")
