"""What the first page says and shows beyond results: groups of lessons, times, a picture."""

import re
from base64 import b64decode

import nbformat

from course.paths import NOTEBOOKS, is_deeper, number, stored
from course.publishing import film

LECTURE = (
    "Autoencoders, a lecture by Shangsong Liang, Sun Yat-sen University; produced by Guy Golan"
)
# The lecture's way through the lessons, by the number of each group's last one.
GROUPS = (
    ("02", "Foundations", "What can be learnt from images alone, and the network that does it."),
    ("06", "Capacity", "How wide, how deep, and of which layers: what the code can hold."),
    ("10", "Regularised", "What keeps a large network from copying, and what it learns then."),
    ("99", "Choice", "Which one to take, and what became of each idea."),
)
README_ROW = re.compile(
    r"^\| !\[(.+?)\]\(.+?\) \| \[.+?\]\((.+?)\.ipynb\) \| (.+?) \| (.+?) \|$", re.MULTILINE
)


def values(results):
    """What `index.md.j2` needs beside the results themselves."""
    about = about_lessons(results)
    lessons = [
        lesson | {"about": about[lesson["name"]], "minutes": _minutes(about[lesson["name"]])}
        for lesson in results["lessons"]
        if not is_deeper(lesson["name"])
    ]
    return {
        "lessons": lessons,
        "groups": list(_groups(lessons)),
        "lecture_map": lecture_map(results),
        "hours": f"{sum(lesson['minutes'] for lesson in lessons) / 60:.0f}",
    }


def about_lessons(results):
    """What notebooks/README.md says of each lesson: its picture's alt text, question and time."""
    rows = README_ROW.findall((NOTEBOOKS / "README.md").read_text(encoding="utf-8"))
    about = {name: {"alt": alt, "question": q, "time": time} for alt, name, q, time in rows}
    return {lesson["name"]: about.get(lesson["name"]) for lesson in results["lessons"]}


def lecture_map(results):
    """notebooks/README.md's table from the lecture's points to lessons, with links to these."""
    text = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    table = text.partition("## From the lecture to the lessons\n")[2].strip()
    for lesson in results["lessons"]:
        if not is_deeper(lesson["name"]):
            place = number(lesson["name"])
            table = re.sub(rf"(?<=[|;] ){place}(?=, )", f"[{place}]({lesson['name']}.ipynb)", table)
    return table


def map_picture():
    """The stored lessons' animation of digits that sort themselves, and its alt text.

    A PNG that plays once and rests on its last frame: nothing on the page moves for long.
    """
    (name,) = [name for name in stored(NOTEBOOKS, deeper=False) if name.startswith("04")]
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        png = b64decode(output.get("data", {}).get("image/png", ""))
        if png and film.moves(png):
            return film.played_once(png), output.metadata["image/png"]["alt"]
    raise ValueError(f"No figure of {name} moves.")


def _groups(lessons):
    first = "00"
    for last, title, about in GROUPS:
        inside = [x for x in lessons if first <= number(x["name"]) <= last]
        if inside:
            yield {"title": title, "about": about, "lessons": inside}
        first = f"{int(last) + 1:02d}"


def _minutes(about):
    return int(about["time"].split()[0]) if about else 0
