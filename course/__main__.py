"""`python -m course`: build, run, check and publish the lessons."""

import signal

RUNS = __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler
if RUNS:  # Ctrl-C ends the imports without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from course import paths  # noqa: E402


def main(arguments=None):
    """Run one command; its exit status. 2: the command line or the machine forbids it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a ✓ that the stream cannot show must not end a run
            stream.reconfigure(errors="replace")
    parser = _parser()
    arguments = parser.parse_args(arguments)
    try:
        if RUNS:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return _COMMANDS[arguments.command](arguments)
    except _errors() as error:
        parser.exit(2, f"{parser.prog} {arguments.command}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "Interrupted.\n")


def _errors():
    from course.running.checks import CannotRun

    return CannotRun, RuntimeError, ValueError


def _parser():
    parser = argparse.ArgumentParser(prog="python -m course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, what):
        return commands.add_parser(name, help=what, description=what)

    run = command("run", "execute the stored notebooks into build/ and render them as pages")
    claims = command("claims", "list every claim of the last run, as measured")
    build = command("build", "execute the sources in notebooks/src into the stored notebooks")
    weights = command("weights", "train at full size what the lessons show, and store the weights")
    lint = command("lint", "check the stored notebooks against their sources and the rules")
    validate = command("validate", "lint, and run the stored notebooks again and compare")
    site = command("site", "the stored lessons as pages with contents and search")
    slides = command("slides", "each stored lesson as a deck, one file that needs no network")
    pdf = command("pdf", "all stored lessons as one PDF for print (needs Chromium)")
    results = command("results", "write notebooks/RESULTS.md from the last runs in both profiles")
    compare = command("compare", "show what moved between two runs; 1 if something got worse")

    for subparser in (run, claims, build, weights, lint, validate, results):
        only = {"nargs": "+", "default": [], "metavar": "NN", "help": "lessons, such as 01 02"}
        subparser.add_argument("--only", **only)
    for subparser in (run, validate):
        what = "lessons at a time (default: as cores and memory allow)"
        subparser.add_argument("--jobs", type=_at_least_1, metavar="N", help=what)
    for subparser in (run, claims):
        subparser.add_argument("--profile", default="quick", choices=["quick", "full"])
    for subparser in (run, claims, site, slides, pdf):
        what = "where the results go (default: build)"
        subparser.add_argument(
            "--build", type=_folder, default=paths.BUILD, metavar="FOLDER", help=what
        )
    run.add_argument("--force", action="store_true", help="run also what has not changed")
    what = "set a parameter of the lessons, such as -p seed 1; results go to a folder of its name"
    pair = {"nargs": 2, "action": "append", "default": [], "metavar": ("NAME", "VALUE")}
    run.add_argument("-p", "--parameter", help=what, **pair)
    what = "build also what was edited since, and lose the edits"
    build.add_argument("--overwrite", action="store_true", help=what)
    compare.add_argument("before", metavar="A", help="results.json, or its folder")
    compare.add_argument("after", metavar="B")
    what = "relative change of a measured value that counts (default: 0.05)"
    compare.add_argument("--tolerance", type=float, default=0.05, metavar="X", help=what)
    return parser


def _at_least_1(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be an integer of at least 1. Received: {text}")
    return int(text)


def _folder(text):
    return Path(text).resolve()


def _run(arguments):
    from course.running.run import run

    names = paths.lessons(arguments.only)
    how = arguments.profile, arguments.force, arguments.jobs, arguments.parameter
    return run(names, *how, arguments.build)


def _claims(arguments):
    from course.running.report import claims_table
    from course.running.results import results_of

    names = paths.lessons(arguments.only)
    results = results_of(arguments.profile, arguments.build)
    claims_table([lesson for lesson in results["lessons"] if lesson["name"] in names])
    return 0


def _build(arguments):
    from course.authoring.build import build

    return build(paths.lessons(arguments.only), arguments.overwrite)


def _weights(arguments):
    from course.authoring.weights import store

    return store(paths.lessons(arguments.only))


def _lint(arguments):
    from course.authoring.lint import lint

    return lint(paths.lessons(arguments.only))


def _validate(arguments):
    from course.authoring.validate import validate

    return validate(paths.lessons(arguments.only), arguments.jobs)


def _site(arguments):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up lines
    from course.publishing.site import write_site

    print(f"Open {write_site(_writable(arguments.build / 'site')).as_uri()}")
    return 0


def _slides(arguments):
    from course.publishing.slides import write_slides

    for deck in write_slides(_writable(arguments.build / "slides")):
        print(deck.as_uri(), flush=True)
    return 0


def _pdf(arguments):
    from course.publishing.pdf import write_pdf

    target = _writable(arguments.build) / "course.pdf"
    write_pdf(target)
    print(f"Open {target.as_uri()}")
    return 0


def _writable(folder):
    from course.running.checks import folder as check

    check(folder)
    return folder


def _results(arguments):
    from course.running.results import write_table

    write_table(paths.lessons(arguments.only))
    return 0


def _compare(arguments):
    from course.running.compare import compare

    return compare(arguments.before, arguments.after, arguments.tolerance)


_COMMANDS = {
    "run": _run,
    "claims": _claims,
    "build": _build,
    "weights": _weights,
    "lint": _lint,
    "validate": _validate,
    "site": _site,
    "slides": _slides,
    "pdf": _pdf,
    "results": _results,
    "compare": _compare,
}

if __name__ == "__main__":
    sys.exit(main())
