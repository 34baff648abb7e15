"""The stored notebooks are what their sources say, clean, and follow the rules of the house."""

import re
import subprocess

import nbformat
import pytest

from aekit.claims import MIME_TYPE
from course.authoring import lint, validate
from course.authoring.build import notebook_of
from course.lessons import provenance
from course.paths import NOTEBOOKS, lessons, write_json


@pytest.mark.parametrize("name", lessons())
def test_stored_notebook_is_as_its_source_and_the_rules_say(name):
    assert lint.problems(name) == []


@pytest.mark.parametrize("name", lessons())
def test_lesson_runs_in_profile_quick_by_default_and_checks_its_claims(name):
    code = [cell for cell in notebook_of(name).cells if cell.cell_type == "code"]
    parameters = next(cell for cell in code if "parameters" in cell.metadata.get("tags", []))
    assert 'profile = "quick"' in parameters.source
    assert any("claim(" in cell.source for cell in code)


@pytest.mark.parametrize("name", lessons(deeper=False))
def test_lesson_has_exercises_with_answers_that_are_run(name):
    cells = notebook_of(name).cells
    answers = [cell for cell in cells if "answer" in cell.metadata.get("tags", [])]
    assert any("## Exercises" in cell.source for cell in cells)
    assert len(answers) >= 3
    assert all("hide-input" in cell.metadata.tags for cell in answers)


@pytest.mark.parametrize("name", lessons())
def test_what_is_to_be_opened_by_the_reader_is_closed_where_students_are(name):
    """In JupyterLab by `jupyter`, on Colab by `cellView`; an answer with what it prints."""
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        jupyter = cell.metadata.get("jupyter", {})
        assert jupyter.get("source_hidden", False) == ("hide-input" in tags)
        assert jupyter.get("outputs_hidden", False) == ("answer" in tags)
        assert (cell.metadata.get("cellView") == "form") == ("hide-input" in tags)


def test_building_twice_gives_the_same_cell_ids():
    first, second = (notebook_of(lessons()[0]) for _ in range(2))
    assert [cell.id for cell in first.cells] == [cell.id for cell in second.cells]
    assert len({cell.id for cell in first.cells}) == len(first.cells)


def stored_with(output):
    """A code cell with one output, as lint sees it."""
    return nbformat.v4.new_code_cell("1", outputs=[nbformat.from_dict(output)])


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ({"output_type": "stream", "name": "stderr", "text": "Warning"}, "wrote to stderr"),
        ({"output_type": "stream", "name": "stdout", "text": "in /home/me/x"}, "absolute path"),
        (
            {"output_type": "stream", "name": "stdout", "text": "<f at 0x7f01a2b3c4d5>"},
            "object address",
        ),
        (
            {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []},
            "holds an error: ValueError",
        ),
        (
            {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}},
            "without alt text",
        ),
    ],
)
def test_lint_refuses_what_does_not_belong_in_a_stored_notebook(output, problem):
    found = list(lint._output_problems(stored_with(output)))
    assert len(found) == 1 and problem in found[0]


def edited(notebook, how):
    """The stored notebook after one change to it."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    parameters = next(cell for cell in code if "parameters" in cell.metadata.get("tags", []))
    if how == "prose":
        notebook.cells[0].source += "\nOne more sentence."
    elif how == "slide":
        notebook.cells[0].metadata.slideshow = {"slide_type": "fragment"}
    elif how == "origin":
        del notebook.metadata["course"]
    elif how == "origin's source":
        notebook.metadata.course.source = "another"
    elif how == "origin's cells":
        notebook.metadata.course.cells = "another"
    elif how == "count":
        code[3].execution_count = None
    elif how == "order":
        code[3].execution_count, code[4].execution_count = 5, 4
    elif how == "parameters":
        parameters.metadata.tags = []
    elif how == "computed parameter":
        parameters.source = parameters.source.replace("seed = 0", "seed = int(0.5)")
    elif how == "cover":
        for cell in code:
            tags = cell.metadata.get("tags", [])
            cell.metadata["tags"] = [tag for tag in tags if tag != "cover"]
    return notebook


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ("prose", "differs from its source: make notebooks"),
        ("slide", "differs from its source: make notebooks"),
        ("origin", "does not say what its outputs were made of: make notebooks"),
        ("origin's cells", "was edited after it was built: make notebooks"),
        ("origin's source", "was built from another source: make notebooks"),
        ("count", "was not executed from its first cell to its last"),
        ("order", "was not executed from its first cell to its last"),
        ("parameters", "has no cell tagged `parameters`"),
        ("computed parameter", "has a `parameters` cell with more than literal values"),
        ("cover", "has no cell tagged `cover`, the figure for the table of lessons"),
    ],
)
def test_lint_refuses_a_stored_notebook_that_was_edited(how, problem, tmp_path, monkeypatch):
    name = lessons()[0]
    notebook = edited(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4), how)
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(lint, "NOTEBOOKS", tmp_path)
    assert problem in lint.problems(name)


def test_lint_refuses_a_lesson_that_is_not_built():
    assert lint.problems("99_not_there") == ["is not built: run `make notebooks`"]


LINE = "✓ It is small. · measured {} · at most {}"
RECORD = {"statement": "It is small.", "value": 0.123}
CHECK = 'from aekit.claims import claim\nclaim("It is small.", 0.5, at_most={})'
FIGURE = 'display({"image/png": "new"}, raw=True)'


def stream(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def shown(data):
    return nbformat.v4.new_output("display_data", data=data)


def claimed(value, at_most):
    return shown({"text/plain": LINE.format(value, at_most), MIME_TYPE: RECORD})


# What a cell prints and its tags, what is stored, whether that passes where numbers are compared,
# and on another backend.
STORED = {
    "same": ("print(0.33)", (), stream("0.33\n"), True, True),
    "five_percent": ("print(103, 'images')", (), stream("100 images\n"), True, True),
    "ten_percent": ("print(110, 'images')", (), stream("100 images\n"), False, True),
    "count": ("print(3)", (), stream("4\n"), False, True),
    "last_place": ("print('0.01  9 %')", (), stream("0.02 10 %\n"), True, True),
    "rounding": ("print(3e-07, 0)", (), stream("2.1e-06 0\n"), True, True),
    "other_word": ("print(100, 'images')", (), stream("100 digits\n"), False, True),
    "exact": ("print(1001)", ("exact",), stream("1000\n"), False, True),
    "tolerance": ("print(115)", ("tolerance-0.2",), stream("100\n"), True, True),
    "times": ("print('3 s')", ("times",), stream("4 s\n"), True, True),
    "old_tag": ("print(3)", ("nbval-ignore-output",), stream("4\n"), False, True),
    "claim": (CHECK.format(0.6), (), claimed(0.51, 0.6), True, True),
    "claim_moved": (CHECK.format(0.6), (), claimed(0.123, 0.6), False, True),
    "bound": (CHECK.format(0.7), (), claimed(0.5, 0.6), False, True),
    "false": (CHECK.format(0.4), (), claimed(0.5, 0.4), False, False),
    "picture": (FIGURE, (), shown({"image/png": "old"}), True, True),
}


def test_validation_compares_words_and_numbers_within_tolerances_and_no_pictures(
    tmp_path, monkeypatch
):
    for name, (source, tags, output, _, _) in STORED.items():
        cell = nbformat.v4.new_code_cell(source, outputs=[output], execution_count=1)
        cell.metadata["tags"] = list(tags)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(validate, "NOTEBOOKS", tmp_path)
    for to_compare in (True, False):
        command = [
            *validate.nbval(STORED, to_compare, jobs=2),
            "-rA",
            "--color=no",
            "--rootdir",
            tmp_path,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        passed = {name for name in STORED if f"{name}.ipynb::Cell 0" in _passed(done.stdout)}
        expected = {name for name, row in STORED.items() if row[3 if to_compare else 4]}
        assert passed == expected, done.stdout
        # same, 103, 0.01 and 10 %, two of rounding, 115, and of the claim its value
        told = "8 figures in 7 cells agree, within 5% where a cell does not say otherwise."
        assert (told in done.stdout) == to_compare, done.stdout


def _passed(report):
    return "".join(line for line in report.splitlines() if line.startswith("PASSED"))


def test_validation_compares_numbers_only_where_the_same_ones_are_drawn(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(validate, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(validate.lint, "lint", lambda names: 0)
    monkeypatch.setattr(validate.resources, "has_gpu", lambda: False)
    for name, how in (
        ("00_here", {}),
        ("01_other_machine", {"machine": "another", "numpy": "1.0"}),
        ("02_elsewhere", {"backend": "another"}),
    ):
        made = {"code": "", "with": provenance.toolchain() | how}
        write_json({"metadata": {"course": made}}, tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(validate, "_run", lambda *a: asked.append(a[:2]) or 0)
    assert validate.validate(["00_here", "01_other_machine", "02_elsewhere"]) == 0
    assert asked == [(["00_here", "01_other_machine"], True), (["02_elsewhere"], False)]


def test_validation_stops_at_what_lint_refuses(monkeypatch, capsys):
    monkeypatch.setattr(validate.lint, "problems", lambda name: ["is not built"])
    assert validate.validate(["00_any"]) == 1
    assert "00_any: is not built" in capsys.readouterr().out


def sections_named_in_the_readme():
    """`(lesson's number, section)` for each one that the table of the lecture's points names."""
    table = (NOTEBOOKS / "README.md").read_text(encoding="utf-8").split("## From the lecture")[1]
    places = [row.rstrip(" |").split(" | ")[-1] for row in table.splitlines() if row[:2] == "| "]
    for place in places:
        for lesson, sections in re.findall(r'(\d\d),((?:[^;"]|"[^"]*")*)', place):
            yield from ((lesson, section) for section in re.findall(r'"([^"]+)"', sections))


def test_every_section_that_the_readme_names_is_in_its_lesson():
    headings = {}
    for name in lessons(deeper=False):
        cells = [cell.source for cell in notebook_of(name).cells if cell.cell_type == "markdown"]
        found = re.findall(r"^###? (.+)$", "\n".join(cells), flags=re.MULTILINE)
        headings[name[:2]] = [heading.replace('"', "") for heading in found]
    named = list(sections_named_in_the_readme())
    assert len(named) > 50
    missing = [
        (lesson, section)
        for lesson, section in named
        if not any(heading.startswith(section) for heading in headings[lesson])
    ]
    assert missing == []
