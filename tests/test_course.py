"""The runner: true claims pass, a false one fails the run and is named; pages stand alone."""

import json

import nbformat
import pytest

from course import paths, render, results, run

LESSON = """
# # A lesson of one claim
# It measures $\\frac{1}{2}$, in `x < y`.
---
profile = "quick"
---
from aekit.claims import claim
claim("a half is small", 0.5, at_most=BOUND, source="lecture, section 0")
---
print("after the claim, in profile", profile)
"""


def write_lesson(folder, name, bound):
    text, *code = LESSON.replace("BOUND", str(bound)).strip().split("---\n")
    cells = [nbformat.v4.new_markdown_cell(text.replace("# ", "", 1).replace("\n# ", "\n"))]
    cells += [nbformat.v4.new_code_cell(source.strip()) for source in code]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Exit status, results, build folder, and stored lessons after a run with one false claim."""
    notebooks, build = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("build")
    write_lesson(notebooks, "00_false", bound=0.4)
    write_lesson(notebooks, "01_true", bound=0.6)
    before = {path.name: path.read_bytes() for path in notebooks.iterdir()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "NOTEBOOKS", notebooks)
        patch.setattr(run, "BUILD", build)
        status = run.run(["00_false", "01_true"], "full")
    after = {path.name: path.read_bytes() for path in notebooks.iterdir()}
    assert before == after, "the sources were written to"
    results = json.loads((build / "full" / "results.json").read_text(encoding="utf-8"))
    return status, results, build / "full"


def test_false_claim_fails_the_run_and_does_not_stop_the_others(outcome):
    status, ran, _ = outcome
    false, true = ran["lessons"]
    assert status == 1
    assert true["failure"] is None
    assert [claim["holds"] for claim in true["claims"]] == [True]


def test_failure_names_lesson_cell_and_claim(outcome):
    _, ran, folder = outcome
    failure = ran["lessons"][0]["failure"]
    assert ran["lessons"][0]["name"] == "00_false"
    assert failure["error"] == "ClaimFailed"
    assert "a half is small · measured 0.5 · at most 0.4" in failure["message"]
    assert 'claim("a half is small"' in failure["source"]
    executed = nbformat.read(folder / "00_false.ipynb", as_version=4)
    failed = [cell for cell in executed.cells if cell.source == failure["source"]]
    assert any(output.output_type == "error" for output in failed[0].outputs)


def test_report_says_what_failed_and_where_to_read(outcome, capsys):
    _, ran, folder = outcome
    run._report(ran["lessons"], folder / "index.html")
    shown = capsys.readouterr().out
    assert "FAILED 00_false, cell" in shown
    assert "✗ a half is small · measured 0.5 · at most 0.4" in shown
    assert "2 lessons in" in shown and "1 failed" in shown
    assert "index.html" in shown


def test_claims_are_recorded_as_they_were_measured(outcome):
    _, ran, _ = outcome
    assert ran["lessons"][1]["claims"] == [
        {
            "statement": "a half is small",
            "value": 0.5,
            "at_least": None,
            "at_most": 0.6,
            "source": "lecture, section 0",
            "published": None,
            "holds": True,
        }
    ]


def test_profile_reaches_the_lesson(outcome):
    _, _, folder = outcome
    executed = nbformat.read(folder / "01_true.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text == "after the claim, in profile full\n"


def test_pages_need_nothing_from_elsewhere(outcome):
    _, _, folder = outcome
    for page in folder.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "<script" not in html
        assert 'src="http' not in html and 'rel="stylesheet"' not in html
    lesson = (folder / "01_true.html").read_text(encoding="utf-8")
    assert "<mfrac>" in lesson
    assert "x &lt; y" in lesson
    assert 'href="00_false.html"' in lesson and 'href="index.html"' in lesson


def test_index_lists_lessons_and_claims(outcome):
    _, _, folder = outcome
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="00_false.html"' in index and 'href="01_true.html"' in index
    assert "A lesson of one claim" in index
    assert "failed: ✗ a half is small" in index


@pytest.fixture
def one_lesson(tmp_path, monkeypatch):
    """A true lesson that has run; returns the folders of notebooks and of the profile."""
    notebooks, build = tmp_path / "notebooks", tmp_path / "build"
    notebooks.mkdir()
    write_lesson(notebooks, "00_true", bound=0.6)
    monkeypatch.setattr(run, "NOTEBOOKS", notebooks)
    monkeypatch.setattr(run, "BUILD", build)
    assert run.run(["00_true"], "quick") == 0
    return notebooks, build / "quick"


def test_lesson_is_not_run_again_until_something_changes(one_lesson, monkeypatch, capsys):
    notebooks, folder = one_lesson
    executed = (folder / "00_true.ipynb").stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setattr(run.papermill, "execute_notebook", None)  # to call it would fail
        assert run.run(["00_true"], "quick") == 0
    assert (folder / "00_true.ipynb").stat().st_mtime_ns == executed
    assert "nothing has changed" in capsys.readouterr().out
    write_lesson(notebooks, "00_true", bound=0.4)
    assert run.run(["00_true"], "quick") == 1
    (lesson,) = json.loads((folder / "results.json").read_text(encoding="utf-8"))["lessons"]
    assert lesson["failure"]["error"] == "ClaimFailed"


def test_results_keep_the_lessons_that_were_not_asked_for(one_lesson):
    notebooks, folder = one_lesson
    write_lesson(notebooks, "01_another", bound=0.6)
    assert run.run(["01_another"], "quick") == 0
    lessons = json.loads((folder / "results.json").read_text(encoding="utf-8"))["lessons"]
    assert [lesson["name"] for lesson in lessons] == ["00_true", "01_another"]
    assert not list(folder.glob("*half*")) and not list(folder.glob(".*half*"))


def test_table_of_both_profiles():
    def record(statement, value, **more):
        return {
            "statement": statement,
            "value": value,
            "at_least": None,
            "at_most": 1.0,
            "source": None,
            "published": None,
            "holds": True,
        } | more

    def outcome(*claims):
        lesson = {"name": "00_true", "title": "A lesson", "seconds": 2.4, "claims": claims}
        return {"backend": "jax", "cores": 2, "versions": {"keras": "3.15"}, "lessons": [lesson]}

    text = results.table(
        {
            "quick": outcome(record("both", 0.5, source="a paper", published=0.25)),
            "full": outcome(record("both", 0.125), record("only in full", 0.75)),
        }
    )
    assert "| both | at most 1 | 0.5 | 0.125 | 0.25 | a paper |" in text
    assert "| only in full | at most 1 |  | 0.75 |  |  |" in text
    assert "jax on 2 CPU cores; keras 3.15" in text


def test_table_needs_every_lesson_of_both_profiles(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BUILD", tmp_path)
    with pytest.raises(RuntimeError, match="no results of profile quick. Run `python -m course"):
        results.write_table()
    (tmp_path / "quick").mkdir()
    lessons = [{"name": "00_unsupervised_learning", "failure": {"error": "ClaimFailed"}}]
    (tmp_path / "quick" / "results.json").write_text(json.dumps({"lessons": lessons}))
    with pytest.raises(RuntimeError, match="Profile quick has no results of 00_unsupervised"):
        results.write_table()


def test_title_is_the_first_heading():
    cells = [nbformat.v4.new_markdown_cell("Words.\n\n# The title\n\n# Another")]
    assert render.title_of(nbformat.v4.new_notebook(cells=cells)) == "The title"


def test_lessons_are_chosen_by_how_they_begin():
    everything = paths.lessons()
    assert everything == sorted(everything) and everything[0].startswith("00_")
    assert paths.lessons(["01"]) == [everything[1]]
    with pytest.raises(ValueError, match="No lesson starts with '77'. There are: 00_"):
        paths.lessons(["77"])
