"""`python -m course`: build, run and check the lessons."""

import argparse
import sys

from course.paths import lessons


def main():
    parser = argparse.ArgumentParser(prog="python -m course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, what in (
        ("build", "execute the sources in notebooks/src into the stored notebooks"),
        ("run", "execute the stored notebooks into build/ and render them as pages"),
        ("lint", "check the stored notebooks against their sources and the rules"),
    ):
        subparser = commands.add_parser(command, help=what, description=what)
        subparser.add_argument(
            "--only", nargs="+", default=[], metavar="NN", help="lessons, such as 01 02"
        )
        if command == "run":
            subparser.add_argument("--profile", default="quick", choices=["quick", "full"])
            subparser.add_argument(
                "--force", action="store_true", help="run also what has not changed"
            )
    what = "write notebooks/RESULTS.md from the last runs in both profiles"
    commands.add_parser("results", help=what, description=what)
    arguments = parser.parse_args()
    if arguments.command == "results":
        from course.results import write_table

        try:
            write_table()
        except RuntimeError as error:
            parser.error(str(error))
        return 0
    try:
        names = lessons(arguments.only)
    except ValueError as error:
        parser.error(str(error))
    if arguments.command == "build":
        from course.build import build

        for name in names:
            print(f"building {name}", flush=True)
            build(name)
        return 0
    if arguments.command == "lint":
        from course.lint import lint

        return lint(names)
    from course.run import run

    return run(names, arguments.profile, arguments.force)


if __name__ == "__main__":
    sys.exit(main())
