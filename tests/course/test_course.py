"""The runner: it resumes, records, reports and compares what the lessons measured."""

import io
import json
import re
import subprocess
import sys
import time

import nbformat
import pytest
from tiny_lessons import CLAIM, start, write_lesson

from course import __main__ as program
from course import paths
from course.lessons import provenance
from course.lessons.lesson import Lesson
from course.running import compare, progress, report, resources, results, run
from course.running.kernels import Watch


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """The folder of the lesson `00_true`, for which `run` leaves its results in `build`."""
    folder = tmp_path / "notebooks"
    write_lesson(folder, "00_true", CLAIM.format(0.6), "print('seed', seed, 'in', profile)")
    monkeypatch.setattr(run, "NOTEBOOKS", folder)
    monkeypatch.setattr(run, "BUILD", tmp_path / "build")
    monkeypatch.setattr(run.pages, "write", lambda *_: tmp_path / "index.html")
    return folder


def ran(notebooks, profile="quick"):
    return json.loads((notebooks.parent / "build" / profile / "results.json").read_text("utf-8"))


def printed(notebooks, folder="quick"):
    path = notebooks.parent / "build" / folder / "00_true.ipynb"
    return nbformat.read(path, as_version=4).cells[-1].outputs[0].text


def test_claims_and_conditions_are_recorded_as_they_were_measured(notebooks, capsys):
    before = {path.name: path.read_bytes() for path in notebooks.iterdir()}
    assert run.run(["00_true"], "quick") == 0
    recorded = ran(notebooks)
    (lesson,) = recorded["lessons"]
    assert lesson["claims"] == [
        {
            "statement": "a half is small",
            "value": 0.5,
            "at_least": None,
            "at_most": 0.6,
            "source": None,
            "unit": None,
            "published": None,
            "holds": True,
        }
    ]
    assert lesson["title"] == "A lesson of one claim"
    assert lesson["parameters"] == {"profile": "quick", "seed": 0} and recorded["seed"] == 0
    assert 0 < lesson["cpu_seconds"] < 60
    assert 10 * 2**20 < lesson["peak_memory"] < 2**30
    assert recorded["backend"] == provenance.backend()
    assert recorded["machine"] == provenance.machine()
    shown = capsys.readouterr().out
    assert re.search(r"✓ 00 A lesson of one claim +1 claim holds +0:\d\d\n", shown)
    assert before == {path.name: path.read_bytes() for path in notebooks.iterdir()}


def test_memory_of_a_lesson_is_not_that_of_the_program_that_started_it(notebooks):
    ballast = bytearray(2**30)
    ballast[:: 2**12] = b"x" * (2**30 // 2**12)  # so that it is really held
    assert run.run(["00_true"], "quick") == 0
    assert ran(notebooks)["lessons"][0]["peak_memory"] < len(ballast) / 2


def test_results_in_words_stand_beside_the_data(notebooks):
    write_lesson(notebooks, "01_false", CLAIM.format(0.4))
    assert run.run(["00_true", "01_false"], "quick") == 1
    text = (notebooks.parent / "build" / "quick" / "results.md").read_text("utf-8")
    assert "| ✓ | a half is small | 0.5 | at most 0.6 |  |  |" in text
    assert "| ✗ | a half is small | 0.5 | at most 0.4 |  |  |" in text
    assert "**Failed** in cell [3]: ClaimFailed" in text
    assert "profile = 'quick', seed = 0." in text


def test_profile_and_parameters_reach_the_lesson(notebooks):
    assert run.run(["00_true"], "full", given=[("seed", "7")]) == 0
    assert printed(notebooks, "full-seed-7") == "seed 7 in full\n"
    assert ran(notebooks, "full-seed-7")["seed"] == 7


def test_lesson_is_not_run_again_until_something_changes(notebooks, monkeypatch, capsys):
    assert run.run(["00_true"], "quick") == 0
    with monkeypatch.context() as patch:
        patch.setattr(run, "_run_lessons", None)  # to call it would fail
        assert run.run(["00_true"], "quick") == 0
        assert run.run(["00_true"], "quick", given=[("seed", "0")]) == 0  # its own value
    assert "Nothing has changed since the last run of 00." in capsys.readouterr().out
    write_lesson(notebooks, "00_true", CLAIM.format(0.4))
    assert run.run(["00_true"], "quick") == 1


def test_other_parameters_have_a_folder_of_their_own_and_leave_the_plain_results(notebooks):
    assert run.run(["00_true"], "quick") == 0
    plain = {p.name: p.read_bytes() for p in (notebooks.parent / "build/quick").glob("[0r]*")}
    assert run.run(["00_true"], "quick", given=[("seed", "1")]) == 0
    assert printed(notebooks, "quick-seed-1") == "seed 1 in quick\n"
    after = {p.name: p.read_bytes() for p in (notebooks.parent / "build/quick").glob("[0r]*")}
    assert after == plain
    assert run._folder_name("full", {"b": "../up", "a": 0.5}) == "full-a-0.5-b-.._up"


def test_text_that_was_edited_and_not_built_is_named(notebooks, monkeypatch, capsys):
    monkeypatch.setattr(provenance, "SOURCES", notebooks)
    (notebooks / "00_true.py").write_text("as it was built")
    path = notebooks / "00_true.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.course = {"source": provenance.source_digest("00_true")}
    nbformat.write(notebook, path)
    assert run.run(["00_true"], "quick") == 0
    assert "NOT the text" not in capsys.readouterr().out
    (notebooks / "00_true.py").write_text("as it is now")
    assert run.run(["00_true"], "quick") == 0
    shown = capsys.readouterr().out
    assert 'NOT the text as it is in notebooks/src now: 00. `make notebooks ONLY="00"`' in shown


def test_failed_lesson_is_run_again_and_so_is_any_by_force(notebooks, monkeypatch):
    asked = []
    monkeypatch.setattr(run, "_run_lessons", lambda todo, *_: asked.append(len(todo)) or (0, []))
    lesson = Lesson("00_true", notebooks, {"profile": "quick"}, provenance.surroundings())
    folder = notebooks.parent / "build" / "quick"
    paths.write_text("{}", folder / "00_true.ipynb")
    outcome = {"name": "00_true", "title": "", "parameters": lesson.parameters, "claims": []}
    outcome |= {"made_of": lesson.made_of, "seconds": 1.0, "failure": None}
    paths.write_json(outcome, folder / "00_true.json")
    assert run.run(["00_true"], "quick") == 0 and asked == []
    assert run.run(["00_true"], "quick", force=True) == 0 and asked == [1]
    failure = {"cell": 1, "error": "E", "message": "", "source": "", "last_lines": []}
    paths.write_json(outcome | {"failure": failure}, folder / "00_true.json")
    run.run(["00_true"], "quick")
    assert asked == [1, 1]


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("versions", lambda: "another"),
        ("backend", lambda: "another"),
        ("SHA256", {"mnist.npz": "another"}),
    ],
)
def test_result_depends_on_versions_backend_and_data(what, other, monkeypatch):
    before = provenance.surroundings()
    monkeypatch.setattr(provenance, what, other)
    assert provenance.surroundings() != before


def test_results_keep_the_lessons_that_were_not_asked_for(notebooks):
    assert run.run(["00_true"], "quick") == 0
    write_lesson(notebooks, "01_another", CLAIM.format(0.6))
    assert run.run(["01_another"], "quick") == 0
    assert [lesson["name"] for lesson in ran(notebooks)["lessons"]] == ["00_true", "01_another"]


def test_second_run_loads_neither_keras_nor_papermill(notebooks):
    assert start(notebooks.parent, "00_true").wait(timeout=60) == 0
    more = "jobs=1) + bool({'keras', 'tensorflow', 'papermill', 'nbconvert'} & {*sys.modules}"
    second = start(notebooks.parent, "00_true", more=more)
    shown, errors = second.communicate(timeout=60)
    assert second.returncode == 0, errors
    assert "Nothing has changed" in shown


def test_lessons_run_side_by_side_each_in_a_kernel_with_its_share_of_threads(
    notebooks, monkeypatch
):
    monkeypatch.setattr(resources, "cpu_count", lambda: 4)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    # Each waits until the other is there too.
    meet = """
import os, pathlib, time
pathlib.Path(os.environ["OMP_NUM_THREADS"] + name).touch()
end = time.monotonic() + 60
while len(list(pathlib.Path().glob("2[ab]"))) < 2:
    assert time.monotonic() < end
    time.sleep(0.05)
"""
    for name in ("a", "b"):
        set_name = f'profile = "quick"\nname = "{name}"'
        write_lesson(notebooks, f"01_{name}", meet, parameters=set_name)
    assert run.run(["01_a", "01_b"], "quick", jobs=2) == 0


def watch(name, cell, seconds):
    return Watch(name, 10, {}, ".", cell=cell, started=time.monotonic() - seconds)


def test_remaining_time_comes_from_earlier_runs_and_the_pace_of_this_one():
    times = progress.Times({"00_a": 10.0, "01_b": 20.0, "02_c": 30.0}, jobs=2)
    assert times.remaining([]) == pytest.approx(30, abs=0.1)
    assert times.remaining([watch("02_c", 5, 10), watch("01_b", 5, 10)]) == pytest.approx(20, 0.1)
    times.took["00_a"] = 20.0  # twice as slow as before
    assert times.remaining([]) == pytest.approx(60, abs=0.1)
    assert progress.Times({"00_a": None}, jobs=1).remaining([]) is None
    assert [progress.clock(s) for s in (None, 5, 245.9)] == ["?", "0:05", "4:05"]


def test_progress_shows_lesson_cell_elapsed_and_remaining_time(monkeypatch, capsys):
    monkeypatch.setattr(progress, "PLAIN_EVERY_S", 0)
    lines = progress.Lines(progress.Times({"00_a": 60.0, "01_b": 60.0}, jobs=1))
    lines.update([watch("00_a", 4, 30)])
    outcome = {"name": "00_a", "seconds": 60.0, "failure": None, "claims": [1, 2]}
    lines.finished(outcome, [])
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("  00 in cell 4 of 10; 0:00 elapsed, about 1:")
    assert shown[1] == "[1/2] 00 a: 2 claims hold, 1:00; 0:00 elapsed, about 1:00 to go"


def test_progress_on_a_terminal_shows_a_bar_for_each_lesson_that_runs():
    console = progress.Console(force_terminal=True, width=100, record=True, file=io.StringIO())
    with progress.Bars(progress.Times({"00_a": 60.0, "01_b": 60.0}, jobs=1), console) as bars:
        bars.update([watch("00_a", 4, 30)])
        console.print(bars.bars.get_renderable())
        bars.finished({"name": "00_a", "seconds": 60.0, "failure": {}, "claims": [1]}, [])
    shown = console.export_text()
    assert "4/10" in shown and "0/2" in shown and "about 1:" in shown
    assert "00 a: 1 claim holds, 1:00" in shown


def record(statement, value, **more):
    bound = {"at_least": None, "at_most": 1.0, "source": None, "published": None, "holds": True}
    return {"statement": statement, "value": value} | bound | more


def outcome(*claims, failure=None, seconds=2.4, name="00_true"):
    return {
        "name": name,
        "title": "A lesson",
        "seconds": seconds,
        "claims": claims,
        "failure": failure,
        "parameters": {"profile": "quick"},
    }


def results_of(*lessons):
    versions = {"keras": "3.15"}
    conditions = {"backend": "jax", "device": "CPU", "machine": "2 cores of a chip", "seed": 0}
    return conditions | {"profile": "quick", "versions": versions, "lessons": list(lessons)}


def test_table_of_both_profiles():
    quick = outcome(
        record("both", 0.5, source="a paper", published=0.25, as_published=False),
        record("twice", 0.1),
        record("a share", 0.5, unit="%"),
    )
    full = outcome(
        record("both", 0.125, at_most=0.5),
        record("only in full", 0.75),
        record("twice", 0.2),
        record("a share", 0.625),  # of a run before the claim had a unit
    )
    text = results.table({"quick": results_of(quick), "full": results_of(full)})
    assert "| both | at most 1; in full at most 0.5 | 0.5 | 0.125 | ≠ 0.25 | a paper |" in text
    assert "| only in full | at most 1 |  | 0.75 |  |  |" in text
    assert "| twice | at most 1 | 0.1 | 0.2 |  |  |" in text
    assert "| a share | at most 100 % | 50 % | 62.5 % |  |  |" in text
    assert "jax on CPU; 2 cores of a chip; keras 3.15. Seed 0." in text
    assert "CPU time" not in text
    full["cpu_seconds"] = 198.4
    text = results.table({"quick": results_of(quick), "full": results_of(full)})
    assert "CPU time: 198 s in profile full." in text


def test_table_needs_every_lesson_of_both_profiles_with_its_own_parameters(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BUILD", tmp_path)
    with pytest.raises(RuntimeError, match="no results of profile quick. Run `python -m course"):
        results.write_table()
    name = paths.lessons()[0]
    own = Lesson(name, paths.NOTEBOOKS, {}, "").parameters
    for lesson in (
        outcome(name=name, failure={"error": "ClaimFailed"}) | {"parameters": own},
        outcome(name=name) | {"parameters": own | {"seed": 99}},
    ):
        paths.write_json({"lessons": [lesson]}, tmp_path / "quick" / "results.json")
        with pytest.raises(RuntimeError, match=f"Profile quick has no results of {name}"):
            results.write_table()
    assert results._is_usual(outcome(name=name) | {"parameters": own}, "quick")


def test_table_is_written_anew_for_some_lessons_and_keeps_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BUILD", tmp_path)
    monkeypatch.setattr(results, "TABLE", tmp_path / "RESULTS.md")
    monkeypatch.setattr(results, "lessons", lambda: ["00_a", "deeper/00_b", "01_c"])
    monkeypatch.setattr(results, "_is_usual", lambda lesson, profile: True)

    def run_of(value, *names):
        ran = [outcome(record("It is so.", value), name=name) for name in names]
        for profile in ("quick", "full"):
            paths.write_json(results_of(*ran), tmp_path / profile / "results.json")

    run_of(0.25, "00_a", "01_c")
    results.TABLE.write_text(
        results.table({p: results.results_of(p, tmp_path) for p in ("quick", "full")})
    )
    run_of(0.5, "00_a", "deeper/00_b", "01_c")
    results.write_table(["00_a", "deeper/00_b"])
    parts = results.HEADING.split(results.TABLE.read_text())
    assert [part.split()[1] for part in parts[1:]] == ["00", "00+", "01"]
    assert ["| 0.5 | 0.5 |" in part for part in parts[1:]] == [True, True, False]
    assert "| 0.25 | 0.25 |" in parts[3]


def test_comparison_names_every_claim_that_moved_and_no_other():
    before = results_of(
        outcome(
            record("same", 0.5), record("moves", 0.5), record("goes", 0.1), record("fails", 0.9)
        )
    )
    after = results_of(
        outcome(
            record("same", 0.51),
            record("moves", 0.6),
            record("comes", 0.1),
            record("fails", 1.1, holds=False),
            failure={"error": "ClaimFailed"},
            seconds=70,
        )
    )
    worse, lines = compare.moved(before, after, tolerance=0.05)
    assert worse
    assert lines == [
        "00_true: FAILS now",
        "00 changed (0.5 → 0.6, at most 1): moves",
        "00 LOST: goes",
        "00 FALSE now (0.9 → 1.1, at most 1): fails",
        "00 gained: comes",
    ]
    worse, lines = compare.moved(after, before, tolerance=0.05)
    assert "00_true: no longer fails" in lines
    assert "00 true now (1.1 → 0.9, at most 1): fails" in lines
    assert compare.moved(before, before, tolerance=0) == (False, [])
    assert "00 0:02 → 1:10" in compare.times(before, after)


def test_comparison_sees_lost_lessons_moved_bounds_and_values_that_are_no_numbers():
    one, other = outcome(record("a", "nan")), outcome(record("a", "nan"), name="01_other")
    assert compare.moved(results_of(one, other), results_of(one), 0.05) == (
        True,
        ["01_other: lost"],
    )
    assert compare.moved(results_of(one), results_of(one, other), 0.05)[0] is False
    looser = results_of(outcome(record("a", "nan", at_most=2.0)))
    _, (line,) = compare.moved(results_of(one), looser, 0.05)
    assert line == "00 bound changed, from at most 1 (nan → nan, at most 2): a"
    number = results_of(outcome(record("a", 0.5)))
    assert compare.moved(results_of(one), number, 0.05)[1] == [
        "00 changed (nan → 0.5, at most 1): a"
    ]


def test_comparison_at_the_command_line(tmp_path, capsys):
    paths.write_json(results_of(outcome(record("a", 0.5))), tmp_path / "a" / "results.json")
    paths.write_json(results_of(outcome()) | {"seed": 1}, tmp_path / "b.json")
    a, b = str(tmp_path / "a"), str(tmp_path / "b.json")
    assert program.main(["compare", a, a]) == 0
    assert "No lesson and no claim has moved." in capsys.readouterr().out
    assert program.main(["compare", a, b]) == 1
    assert "seed: 0 → 1\n00 LOST: a" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        program.main(["compare", a, str(tmp_path / "nowhere")])
    assert "There are no results in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile", "huge"], "invalid choice: 'huge'"),
        (["--jobs", "0"], "must be an integer of at least 1. Received: 0"),
        (["--only", "77"], "No lesson starts with '77'. There are: 00_"),
        (["--only", "00", "-p", "learning_rat", "1"], "has no parameter 'learning_rat'"),
        (["-p", "seed"], "expected 2 arguments"),
    ],
)
def test_wrong_command_line_ends_in_a_line_before_anything_is_run(arguments, message, tmp_path):
    command = [sys.executable, "-m", "course", "run", "--build", str(tmp_path), *arguments]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert message in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*/*.ipynb"))


def test_lessons_are_chosen_by_how_they_begin():
    everything = paths.lessons(deeper=False)
    assert everything == sorted(everything) and everything[0].startswith("00_")
    assert paths.lessons(["01"], deeper=False) == [everything[1]]
    assert paths.lessons(["1", "01"], deeper=False) == [everything[1]]
    with pytest.raises(ValueError, match="No lesson starts with '77'. There are: 00_"):
        paths.lessons(["77"])


def test_what_goes_deeper_comes_after_its_lesson_and_is_chosen_with_it(tmp_path, monkeypatch):
    for name in ("00_a", "01_b", "02_c", "deeper/01_why", "deeper/notes"):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    monkeypatch.setattr(paths, "SOURCES", tmp_path)
    assert paths.lessons() == ["00_a", "01_b", "deeper/01_why", "02_c"]
    assert paths.lessons(["1"]) == ["01_b", "deeper/01_why"]
    assert paths.lessons(["1"], deeper=False) == ["01_b"]
    assert [paths.number(name) for name in paths.lessons(["1"])] == ["01", "01+"]


def test_what_goes_deeper_runs_in_its_own_folder_and_is_reported_as_such(notebooks, capsys):
    where = "from pathlib import Path\nprint(Path.cwd().name)"
    write_lesson(notebooks / "deeper", "00_why", CLAIM.format(0.6), where)
    assert run.run(["00_true", "deeper/00_why"], "quick") == 0
    assert [lesson["name"] for lesson in ran(notebooks)["lessons"]] == ["00_true", "deeper/00_why"]
    build = notebooks.parent / "build" / "quick"
    deeper = nbformat.read(build / "deeper" / "00_why.ipynb", as_version=4)
    assert deeper.cells[-1].outputs[0].text == "deeper\n"
    assert "✓ 00+ A lesson of one claim" in capsys.readouterr().out
    assert "## 00+ A lesson of one claim" in (build / "results.md").read_text("utf-8")
    assert run.run(["deeper/00_why"], "quick") == 0
    assert "Nothing has changed since the last run of 00+." in capsys.readouterr().out


def test_no_lessons_at_all_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "SOURCES", tmp_path)
    for command in ("run", "lint", "validate", "build"):
        with pytest.raises(SystemExit, match="2"):
            program.main([command])
        assert f"There are no lessons in {tmp_path}" in capsys.readouterr().err


def test_end_of_a_run_is_a_line_a_lesson_in_80_columns(capsys):
    claims = [record("small", 0.5), record("large", 2, holds=False)]
    failure = {
        "cell": 7,
        "error": "ClaimFailed",
        "message": "✗ large",
        "source": "",
        "last_lines": [],
    }
    long = outcome(*claims[:1] * 30, name="01_long", seconds=3725) | {"title": "A title " * 20}
    report.report([outcome(*claims, failure=failure), long], seconds=65.2)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "✗ 00 A lesson" + " " * 54 + "FAILED   0:02",
        "✓ 01 " + ("A title " * 20)[:51] + "…  30 claims hold  62:05",
        "FAILED 00_true, cell [7]: ClaimFailed",
        "  ✗ large",
        "2 lessons, 1 failed, 31 of 32 claims hold, 1:05 in all.",
    ]
    assert all(len(line) <= 80 for line in lines)


def test_claims_of_the_last_run_are_listed_on_request(tmp_path, capsys):
    name = paths.lessons(deeper=False)[3]
    paths.write_json(
        results_of(outcome(record("so it is", 0.25), name=name)), tmp_path / "quick/results.json"
    )
    assert program.main(["claims", "--build", str(tmp_path)]) == 0
    assert re.search(r"03 .*✓ so it is .*0\.25 .*at most 1", capsys.readouterr().out)
    assert program.main(["claims", "--build", str(tmp_path), "--only", "4"]) == 0
    assert "so it is" not in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        program.main(["claims", "--build", str(tmp_path), "--profile", "full"])
    assert "There are no results of profile full" in capsys.readouterr().err
