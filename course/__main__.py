"""`python -m course`: build, run and check the lessons."""

import argparse
import sys
from pathlib import Path

from course.paths import lessons


def main(arguments=None):
    parser = _parser()
    arguments = parser.parse_args(arguments)
    try:
        return _COMMANDS[arguments.command](arguments)
    except _errors() as error:
        parser.exit(2, f"{parser.prog} {arguments.command}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "Interrupted.\n")


def _errors():
    from course.checks import CannotRun

    return CannotRun, RuntimeError, ValueError


def _parser():
    parser = argparse.ArgumentParser(prog="python -m course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, what):
        return commands.add_parser(name, help=what, description=what)

    run = command("run", "execute the stored notebooks into build/ and render them as pages")
    for subparser in (
        run,
        command("build", "execute the sources in notebooks/src into the stored notebooks"),
        command("lint", "check the stored notebooks against their sources and the rules"),
        validate := command("validate", "lint, and run the stored notebooks again and compare"),
    ):
        only = {"nargs": "+", "default": [], "metavar": "NN", "help": "lessons, such as 01 02"}
        subparser.add_argument("--only", **only)
    for subparser in (run, validate):
        what = "lessons at a time (default: as cores and memory allow)"
        subparser.add_argument("--jobs", type=_at_least_1, metavar="N", help=what)
    run.add_argument("--profile", default="quick", choices=["quick", "full"])
    run.add_argument("--force", action="store_true", help="run also what has not changed")
    what = "set a parameter of the lessons, such as -p seed 1"
    pair = {"nargs": 2, "action": "append", "default": [], "metavar": ("NAME", "VALUE")}
    run.add_argument("-p", "--parameter", help=what, **pair)
    run.add_argument("--build", type=Path, metavar="FOLDER", help="of the results (default: build)")
    command("results", "write notebooks/RESULTS.md from the last runs in both profiles")
    compare = command("compare", "show what moved between two runs; 1 if something got worse")
    compare.add_argument("before", metavar="A", help="results.json, or its folder")
    compare.add_argument("after", metavar="B")
    what = "relative change of a measured value that counts (default: 0.05)"
    compare.add_argument("--tolerance", type=float, default=0.05, metavar="X", help=what)
    return parser


def _at_least_1(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be an integer of at least 1. Received: {text}")
    return int(text)


def _run(arguments):
    from course.run import run

    names = lessons(arguments.only)
    build = arguments.build and arguments.build.resolve()
    how = arguments.profile, arguments.force, arguments.jobs, arguments.parameter
    return run(names, *how, build)


def _build(arguments):
    from course.build import build

    for name in lessons(arguments.only):
        print(f"building {name}", flush=True)
        build(name)
    return 0


def _lint(arguments):
    from course.lint import lint

    return lint(lessons(arguments.only))


def _validate(arguments):
    from course.validate import validate

    return validate(lessons(arguments.only), arguments.jobs)


def _results(arguments):
    from course.results import write_table

    write_table()
    return 0


def _compare(arguments):
    from course.compare import compare

    return compare(arguments.before, arguments.after, arguments.tolerance)


_COMMANDS = {
    "run": _run,
    "build": _build,
    "lint": _lint,
    "validate": _validate,
    "results": _results,
    "compare": _compare,
}

if __name__ == "__main__":
    sys.exit(main())
