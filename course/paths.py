"""Where the course's files are, and how they are written: whole, or not at all."""

import contextlib
import fcntl
import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SOURCES = NOTEBOOKS / "src"
BUILD = ROOT / "build"
SETUP_CELL = ROOT / "course" / "authoring" / "setup_cell.py"  # stands first in every built notebook
# Where a lesson that is opened alone fetches the course from: the address that `git clone` takes.
REPOSITORY = ""


def lessons(only=(), deeper=True):
    """The lessons' names in order, such as `01_pca_and_linear_autoencoder`.

    What goes deeper than a lesson comes after it, as `deeper/01_...`, where `deeper` asks for it.

    Args:
        only: beginnings of names, such as `["01", "2"]`; all lessons when empty.

    Raises:
        ValueError: a beginning that no lesson has, or there are no lessons at all.
    """
    names = stored(SOURCES, ".py", deeper)
    if not names:
        raise ValueError(f"There are no lessons in {SOURCES}: the course works in its clone.")
    starts = tuple(start.zfill(2) if start.isdigit() else start for start in only)
    for given, start in zip(only, starts, strict=True):
        if not any(stem(name).startswith(start) for name in names):
            raise ValueError(f"No lesson starts with {given!r}. There are: {', '.join(names)}")
    return [name for name in names if not only or stem(name).startswith(starts)]


def stored(folder, suffix=".ipynb", deeper=True):
    """The names of the lessons that have a file of that suffix in `folder`, in order."""
    paths = [*folder.glob(f"[0-9][0-9]_*{suffix}")]
    paths += folder.glob(f"deeper/[0-9][0-9]_*{suffix}") if deeper else []
    names = [path.relative_to(folder).as_posix().removesuffix(suffix) for path in paths]
    return sorted(names, key=lambda name: (stem(name)[:2], is_deeper(name), name))


def stem(name):
    """A lesson's name without its folder."""
    return name.rpartition("/")[2]


def is_deeper(name):
    return "/" in name


def number(name):
    """`05`, and `05+` of what goes deeper than lesson 05."""
    return stem(name)[:2] + "+" * is_deeper(name)


def write_bytes(content, path):
    """Through a temporary file and a rename, so that no half of it is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".half")
    half.write_bytes(content)
    move(half, path)


def write_text(text, path):
    write_bytes(text.encode(), path)


def write_json(value, path):
    write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", path)


def read_json(path):
    """What the file holds, or None where it is missing or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def move(half, path):
    """Give a written file its final name; after that a power cut does not undo it either."""
    for written in (half, path.parent):  # the bytes, then the name
        if written == path.parent:
            os.replace(half, path)
        handle = os.open(written, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def alone_in(folder):
    """Keep other runs out of `folder`. However this process ends, the lock ends with it.

    Where the file system has no locks, as some of a network's, nobody is kept out, and a line says
    so.

    Raises:
        BlockingIOError: another process is at work there; the message names it.
    """
    with open(folder / ".lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise BlockingIOError(
                f"Another run, process {lock.read().strip()}, is at work in {folder}. "
                "Wait until it has finished, or stop it."
            ) from None
        except OSError as error:
            print(f"No locks here ({error.strerror}): start no second run in {folder} meanwhile.")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
