"""The experiments: their own mathematics, the data that they make, and what the table says."""

import json
import multiprocessing
import os
from dataclasses import replace

import keras
import numpy as np
import pytest
from scipy.optimize import approx_fprime

from aekit.datasets import load_mnist
from aekit.jacobian import dense_stack
from benchmarks import speed, streamed
from benchmarks.published import __main__ as bench
from benchmarks.published import (
    contractive,
    keras_examples,
    measuring,
    pretraining,
    ufldl,
    winner_take_all,
)
from benchmarks.published.experiment import MARKS, Experiment, Figure


def test_pca_has_the_published_error():
    (figure,) = bench.EXPERIMENTS["pca"].figures.values()
    (error,) = bench.EXPERIMENTS["pca"].measure(0).values()
    assert round(float(error), 2) == figure.value == 13.87


def test_gradient_of_the_sparse_cost_is_that_of_finite_differences():
    random = np.random.default_rng(0)
    x, theta = random.random((20, 6)), random.normal(size=2 * 6 * 4 + 4 + 6)
    settings = {"hidden": 4, "decay": 0.01, "beta": 3.0, "rho": 0.1}
    by_differences = approx_fprime(theta, lambda t: ufldl.sparse_cost(t, x, **settings)[0], 1e-6)
    _, gradient = ufldl.sparse_cost(theta, x, **settings)
    np.testing.assert_allclose(gradient, by_differences, atol=1e-5)


def test_a_gabor_filter_is_oriented_and_noise_is_not():
    y, x = np.mgrid[:8, :8] - 3.5
    window = np.exp(-(x**2 + y**2) / 10)
    gabors = np.stack([np.sin(1.3 * x) * window, np.sin(x + y) * window]).reshape(2, 64)
    noise = np.random.default_rng(0).normal(size=(1000, 64))
    assert ufldl.orientation(gabors).min() > ufldl.orientation(noise).max() + 0.1


def test_variations_of_mnist_have_three_parts_that_share_no_image():
    parts = pretraining.basic(seed=0, n_test=500)
    assert [len(x) for x, _ in parts] == [10_000, 2_000, 500]
    rows = {image.tobytes() for x, _ in parts for image in x}
    assert len(rows) == 12_500


def test_noise_lies_behind_the_digits():
    (plain, labels), (noisy, same) = (
        make(seed=0, n_test=100)[2] for make in (pretraining.basic, pretraining.bg_rand)
    )
    np.testing.assert_array_equal(labels, same)
    assert np.all(noisy >= plain)
    background = noisy[plain == 0]
    assert abs(background.mean() - 0.5) < 0.01 and abs(background.std() - 12**-0.5) < 0.01


def test_rotated_digits_keep_their_ink_and_their_label():
    (plain, labels), (turned, same) = (
        make(seed=0, n_test=100)[2] for make in (pretraining.basic, pretraining.rot)
    )
    np.testing.assert_array_equal(labels, same)
    assert np.all(np.abs(turned.sum(axis=1) / plain.sum(axis=1) - 1) < 0.05)
    assert np.mean(np.any(np.abs(turned - plain) > 0.5, axis=1)) > 0.9


def test_emphasis_counts_the_corrupted_pixels_alone():
    x = np.random.default_rng(0).random((400, 30), dtype=np.float32)
    batches = pretraining.SaltAndPepper(x, 0.3, 100, np.random.default_rng(1))
    corrupted, target = batches[0]
    clean, mask = target[..., 0], target[..., 1].astype(bool)
    np.testing.assert_array_equal(corrupted[~mask], clean[~mask])
    assert set(corrupted[mask]) == {0, 1} and abs(mask.mean() - 0.3) < 0.03
    assert {row.tobytes() for b in batches for row in b[1][..., 0].astype("float32")} == {
        row.tobytes() for row in x
    }
    x_hat = np.random.default_rng(2).uniform(0.1, 0.9, clean.shape).astype(np.float32)
    nats = -clean * np.log(x_hat) - (1 - clean) * np.log(1 - x_hat)
    by_hand = [row[lost].sum() for row, lost in zip(nats, mask, strict=True)]
    loss = pretraining.emphasized_cross_entropy(target.astype(np.float32), x_hat)
    np.testing.assert_allclose(np.array(loss), by_hand, rtol=1e-5)


def test_each_unit_keeps_its_winners_in_training_only():
    h = np.array([[1.0, 8, 0], [2, 7, 5], [3, 6, 0], [4, 5, 0]], "float32")
    layer = winner_take_all.WinnerTakeAll(share=0.5, batch_size=4)
    np.testing.assert_array_equal(
        np.array(layer(h, training=True)), [[0, 8, 0], [0, 7, 5], [3, 0, 0], [4, 0, 0]]
    )
    np.testing.assert_array_equal(np.array(layer(h)), h)


def test_locality_of_one_pixel_is_whole_and_of_a_flat_filter_a_tenth():
    np.testing.assert_allclose(ufldl.locality(np.stack([np.eye(100)[3], np.ones(100)])), [1, 0.1])


def test_rectangles_are_labelled_by_their_longer_side():
    (x, y), _, _ = pretraining.rect(seed=0, n_test=10)
    for image, is_tall in zip(x[:50].reshape(-1, 28, 28), y[:50], strict=True):
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        assert is_tall == (np.ptp(rows) > np.ptp(columns))
        assert image.sum() == 2 * (np.ptp(rows) + np.ptp(columns))


@pytest.mark.parametrize("experiment", bench.EXPERIMENTS.values(), ids=lambda e: e.name)
def test_experiment_says_what_it_is(experiment):
    assert experiment.source and experiment.protocol and experiment.differs
    assert set(experiment.budgets) == set(bench.SETS)
    assert all(figure.mark in MARKS for figure in experiment.figures.values())


def test_table_shows_figures_means_spread_and_whether_the_goal_is_met(tmp_path):
    experiment = Experiment(
        name="toy",
        title="A toy",
        source="a paper",
        protocol="simple.",
        differs="Nothing.",
        measure=lambda seed, size: {"error": size + seed, "other": 1.0},
        budgets={"cpu": {"seeds": 2, "size": 3}},
        figures={"error": Figure(3.2, "memory", at_most=3.0)},
    )
    outcome = bench.run(experiment, "cpu", tmp_path / "toy.json")
    assert outcome["values"] == {"error": [3.0, 4.0], "other": [1.0, 1.0]}
    text = "\n".join(bench.section(experiment, outcome))
    assert "| error | 3.2 | memory | 3.5 ± 0.71 | 2 | ✗ at most 3 |" in text
    assert "| other |  |  | 1 ± 0 | 2 |  |" in text
    assert "**Budget:** size 3;" in text


@pytest.fixture
def adder(tmp_path):
    """An experiment that adds, the seeds that it was asked for, and the file of its results."""
    asked = []

    def add(seed, size):
        asked.append(seed)
        if size is None:
            raise KeyboardInterrupt
        return {"sum": seed + size}

    experiment = Experiment("e", "", "", "", "", add, {"full": {"seeds": 3, "size": 7}})
    return experiment, asked, tmp_path / "e.json"


def test_run_measures_once_a_seed_and_goes_on_where_it_stopped(adder):
    experiment, asked, path = adder
    assert bench.run(experiment, "full", path, fewer_seeds=2)["values"] == {"sum": [7, 8]}
    outcome = bench.run(experiment, "full", path)
    assert outcome["values"] == {"sum": [7, 8, 9]} and asked == [0, 1, 2]
    assert json.loads(path.read_text()) == outcome
    assert bench.run(experiment, "full", path, fewer_seeds=1) == outcome and asked == [0, 1, 2]
    bench.run(experiment, "full", path, anew=True)
    assert asked == [0, 1, 2] * 2


def test_run_does_not_mix_seeds_of_other_sizes_or_devices(adder):
    experiment, asked, path = adder
    bench.run(experiment, "full", path, fewer_seeds=1)
    stored = path.read_bytes()
    with pytest.raises(
        ValueError, match=r"e\.json holds 1 of 3 seeds, measured with device .*--force"
    ):
        bench.run(experiment, "full", path, device="another")
    experiment.budgets["full"]["size"] = 8
    with pytest.raises(ValueError, match=r"sizes \{'size': 7\}; now it is \{'size': 8\}"):
        bench.run(experiment, "full", path)
    experiment.budgets["full"]["size"] = None
    with pytest.raises(KeyboardInterrupt):
        bench.run(experiment, "full", path, anew=True)
    assert path.read_bytes() == stored, "a run anew that breaks off leaves the old result"


def test_a_set_goes_on_or_is_measured_anew_whole_or_in_part(adder, tmp_path, monkeypatch, capsys):
    experiment, asked, path = adder
    monkeypatch.setattr(bench, "RESULTS", tmp_path)
    monkeypatch.setattr(bench, "EXPERIMENTS", {"e": experiment})

    def call(*arguments):
        asked.clear()
        monkeypatch.setattr("sys.argv", ["", "--set", "full", *arguments])
        assert bench.main() == 0
        return asked

    assert call("--except", "e") == [] and not (tmp_path / "published-full/e.json").exists()
    assert call("--seeds", "1") == [0]
    assert call("--only", "e") == [1, 2]
    assert "## " in (tmp_path / "published-full.md").read_text(encoding="utf-8")
    capsys.readouterr()
    assert call() == [] and "e: stored, with seeds: 3; --force" in capsys.readouterr().out
    assert call("--force") == [0, 1, 2]


@pytest.mark.parametrize("budget", bench.SETS)
def test_what_is_stored_was_measured_by_the_budgets_and_stands_in_the_table(budget):
    folder = bench.RESULTS / f"published-{budget}"
    outcomes = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json")}
    assert set(outcomes) == set(bench.EXPERIMENTS)
    for name, outcome in outcomes.items():
        sizes = dict(bench.EXPERIMENTS[name].budgets[budget])
        assert {len(values) for values in outcome["values"].values()} == {sizes.pop("seeds")}, name
        assert outcome["sizes"] == {k: v for k, v in sizes.items() if not callable(v)}, name
        few_threads = outcome["device"].endswith(", 1 thread an operation")
        assert few_threads == (bench.EXPERIMENTS[name].threads == 1), name
    stored = folder.with_suffix(".md").read_text(encoding="utf-8")
    assert stored == bench.table(outcomes, budget)


def surroundings(seed):
    return {"process": os.getpid(), "threads": int(os.environ[measuring.VARIABLE])}


def test_threads_are_those_of_a_process_of_its_own(tmp_path, monkeypatch):
    """A real one, which imports this file anew."""
    monkeypatch.setenv(measuring.VARIABLE, "2")
    budgets = {"cpu": {"seeds": 1}}
    experiment = Experiment("toy", "", "", "", "", surroundings, budgets, threads=1)
    outcome = bench.run(experiment, "cpu", tmp_path / "toy.json")
    assert outcome["values"]["threads"] == [1] and outcome["values"]["process"] != [os.getpid()]
    assert outcome["device"].endswith(", 1 thread an operation")
    assert 0 < outcome["seconds"] < 1, "that of the measurement, not of the start"
    assert os.environ[measuring.VARIABLE] == "2"
    for threads in (None, 2):
        values, _ = measuring.measured(replace(experiment, threads=threads), 0, {})
        assert values == {"process": os.getpid(), "threads": 2}
    failing = replace(experiment, measure=os._exit)
    with pytest.raises(RuntimeError, match="toy failed in its own process, which ended with 7"):
        measuring.measured(failing, 7, {})
    assert not multiprocessing.active_children()


def test_those_in_processes_of_their_own_are_run_first(adder, tmp_path, monkeypatch):
    experiment, _, _ = adder
    alone = replace(experiment, name="alone", threads=1)
    monkeypatch.delenv(measuring.VARIABLE, raising=False)
    monkeypatch.setattr(bench, "RESULTS", tmp_path)
    monkeypatch.setattr(bench, "EXPERIMENTS", {"e": experiment, "alone": alone})
    monkeypatch.setattr("sys.argv", ["", "--set", "full"])
    order = []
    monkeypatch.setattr(bench, "run", lambda experiment, *_: order.append(experiment.name))
    bench.main()
    assert order == ["alone", "e"]


def test_clock_looks_at_the_loss_so_often_an_epoch():
    x = np.zeros((12, 2), "float32")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    for times, looks in ((1, [6, 12]), (2, [3, 6, 9, 12])):
        model.compile("sgd", loss="mse")
        clock = keras_examples.Clock(lambda model: int(model.optimizer.iterations), times)
        model.fit(x, x, 2, 2, verbose=0, callbacks=[clock])
        seconds, steps = zip(*clock.losses, strict=True)
        assert list(steps) == looks
        assert list(seconds) == sorted(seconds) and seconds[0] > 0


def test_the_decayed_autoencoder_is_decayed():
    encoder = contractive.build("AE+wd", units=4, seed=0).encoder
    kernel = encoder.layers[-1].get_weights()[0]
    np.testing.assert_allclose(
        float(sum(encoder.losses)), contractive.DECAY * np.sum(kernel**2), 1e-5
    )
    assert not contractive.build("AE", units=4, seed=0).encoder.losses


def test_note_on_the_probe_has_its_figures_from_the_rows():
    ratios = {(speed.PROBE, speed.PLAIN): 1.5, (speed.PROBE, speed.BY_HAND): 0.75}
    rows = [{"what": what, "reference": of, "ratio": ratio} for (what, of), ratio in ratios.items()]
    assert "takes 1.50 plain steps; written by hand" in speed.notes(rows)[-1]
    assert speed.notes(rows)[-1].endswith("without aekit, it takes 2.00.")


def test_the_probe_by_hand_is_that_of_aekit():
    """Of a linear encoder of one unit every probe is the norm itself."""
    kernel = np.array([[3.0], [4.0]], "float32")
    encoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    encoder.set_weights([kernel, np.zeros(1)])
    x = keras.ops.ones((5, 2))
    assert float(speed.probe_by_backend(encoder(x), encoder, x)) == pytest.approx(2.5)


@pytest.mark.parametrize("separate", [False, True])
def test_functional_encoders_of_the_rows_have_the_closed_form(separate):
    encoder = speed.functional_encoder((8, 4), separate)
    assert [layer.units for layer in dense_stack(encoder)] == [8, 4]


def test_streamed_batches_are_all_the_images_in_order(tmp_path):
    streamed.write_images(tmp_path / "x.npy", images=150, times=2)
    data = streamed.Streamed(tmp_path / "x.npy", 300)
    x = np.concatenate([batch for batch, _ in (data[i] for i in range(len(data)))])
    (mnist, _), _ = load_mnist(n_train=150, flatten=True)
    np.testing.assert_allclose(x, np.tile(mnist, (2, 1)), atol=1e-6)
    assert len(data) == 3 and all(x is target for x, target in (data[i] for i in range(3)))


def test_ten_times_the_images_are_streamed_and_the_table_says_what_they_take(tmp_path, monkeypatch):
    """Two real processes, which import this file's neighbour anew."""
    monkeypatch.setattr(streamed, "RESULTS", tmp_path)
    monkeypatch.setattr(
        "sys.argv", ["", "--images", "300", "--rounds", "1", "--folder", str(tmp_path)]
    )
    streamed.main()
    name = f"streamed-{keras.config.backend()}"
    result = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert [size["images"] for size in result["sizes"]] == [300, 3000]
    for size in result["sizes"]:
        assert all(size[job] > 0 for job in streamed.JOBS) and size["peak_mb"] > 50
    assert result["times"] > 1 and result["more_mb"] < streamed.AT_MOST_MB
    table = (tmp_path / f"{name}.md").read_text(encoding="utf-8")
    assert table == streamed.as_markdown(result)
    assert all(f"| {what} |" in table for what in (*streamed.JOBS.values(), "peak of memory"))
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".md"}, "the images are gone"


def test_the_goals_are_marked_as_measured():
    sizes = [
        {"images": n, "fit": s, "encode": 1.0, "rho_hat": 1.0, "peak_mb": mb}
        for n, s, mb in ((60_000, 1.0, 600.0), (600_000, 40.0, 801.0))
    ]
    on = {"keras": "3", "backend": "tensorflow", "device": "a machine"}
    table = streamed.as_markdown(
        {"machine": on, "rounds": 3, "sizes": sizes} | streamed.outcome(sizes)
    )
    assert "| all three | 3.00 s | 42.00 s | 14.00 × | ✗ at most 10 × |" in table
    assert "| peak of memory | 600 MB | 801 MB | +201 MB | ✗ at most 200 MB more |" in table
    assert "which are 8 and 77 MB" in table


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("SVM: test error, %", -1),
        ("test error, one's less another's, points", 1),
        ("test accuracy, %", 1),
        ("saturated units, %", 0),
        ("softmax on pixels", 1),  # as the first one, which says what is counted
    ],
)
def test_plot_of_published_figures_knows_what_is_better(quantity, expected):
    assert bench.direction(quantity, "softmax on features, test accuracy, %") == expected
