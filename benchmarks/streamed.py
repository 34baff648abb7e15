"""What data larger than memory takes: ten times MNIST, from a disk: `make bench-streamed`.

Each size trains, encodes and computes rho-hat in a process of its own, which reads batch by batch
from one file and tells its times and its peak of memory. Only what grows with the data counts: all
is compiled on two batches before the clock starts, and of the peaks the difference is taken.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import keras
import numpy as np

from aekit import KLSparsity, dense_autoencoder
from aekit.datasets import load_mnist
from aekit.regularizers import TrainingSetActivation
from course.lessons.provenance import machine
from course.paths import ROOT, write_json, write_text
from course.running import probe

RESULTS = Path(__file__).parent / "results"
BATCH, PIXELS, TIMES = 128, 784, 10
# The codes are held whole: this many numbers an image are 77 MB for ten times MNIST.
CODE = 32
JOBS = {"fit": "fit, one epoch", "encode": "encode", "rho_hat": "rho-hat"}
AT_MOST_TIMES, AT_MOST_MB = 10, 200


class Streamed(keras.utils.PyDataset):
    """Pairs `(x, x)` of the first `images` rows of a file, of which a batch at a time is read."""

    def __init__(self, path, images):
        super().__init__()
        self.path, self.images = path, images
        self.offset = np.load(path, mmap_mode="r").offset

    def __len__(self):
        return -(-self.images // BATCH)

    def __getitem__(self, index):
        start = index * BATCH
        count = min(BATCH, self.images - start) * PIXELS
        # Unlike a memory map's, what was read is no longer this process' when it is let go.
        x = np.fromfile(self.path, np.uint8, count, offset=self.offset + start * PIXELS)
        x = x.reshape(-1, PIXELS).astype("float32") / 255
        return x, x


def write_images(path, images, times=TIMES):
    """The first `images` of MNIST as bytes, so many times, as one file that NumPy reads."""
    (x, _), _ = load_mnist(n_train=images, flatten=True)
    x = np.round(255 * x).astype(np.uint8)
    file = np.lib.format.open_memmap(path, "w+", np.uint8, (times * len(x), PIXELS))
    for start in range(0, len(file), len(x)):
        file[start : start + len(x)] = x
    file.flush()


def measured(path, images):
    """The seconds of each job on the file's first `images`, and the peak of memory in MB."""
    model = dense_autoencoder(PIXELS, CODE, penalty=KLSparsity(0.05, 0.1, estimate="training_set"))
    model.compile(optimizer="adam", loss="mse")
    run(model, Streamed(path, 2 * BATCH))  # traces and compiles
    before = peak_mb()
    seconds = run(model, Streamed(path, images))
    return seconds | {"before_mb": before, "peak_mb": peak_mb()}


def run(model, data):
    """The seconds of each of the three jobs."""
    rho_hat = TrainingSetActivation(data)
    rho_hat.set_model(model)
    jobs = (partial(model.fit, data, verbose=0), partial(model.encode, data), rho_hat.update)
    seconds = {}
    for name, job in zip(JOBS, jobs, strict=True):
        start = time.perf_counter()
        job()
        seconds[name] = time.perf_counter() - start
    return seconds


def peak_mb():
    """The most memory that this process has had at once."""
    return probe.report()["peak_memory"] / 2**20


def in_own_process(path, images):
    """What `measured` returns there."""
    command = [sys.executable, "-m", "benchmarks.streamed", "--measure", str(path)]
    command += ["--images", str(images)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(images, rounds, folder=None):
    """For one and for ten times the images, the median of each figure over the rounds."""
    sizes = images, TIMES * images
    runs = {n: [] for n in sizes}
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        path = Path(temporary) / "images.npy"
        write_images(path, images)
        for _ in range(rounds):
            for n in sizes:
                runs[n].append(in_own_process(path, n))
                print(f"{n:,} images: {runs[n][-1]}", flush=True)
    return [
        {"images": n} | {key: statistics.median(r[key] for r in of_n) for key in of_n[0]}
        for n, of_n in runs.items()
    ]


def outcome(sizes):
    """How much longer, and how much more memory, ten times the images take."""
    one, ten = ([size[job] for job in JOBS] for size in sizes)
    return {"times": sum(ten) / sum(one), "more_mb": sizes[1]["peak_mb"] - sizes[0]["peak_mb"]}


def notes(result):
    one, ten = (4 * CODE * size["images"] / 1e6 for size in result["sizes"])
    return (
        f"Batches of {BATCH} images, kept as bytes and scaled as they are read; a code of {CODE} "
        'units with `KLSparsity(estimate="training_set")`. `fit` passes over the data twice: its '
        "penalty's rho-hat comes before the first step. `encode` returns all codes at once, which "
        f"are {one:.0f} and {ten:.0f} MB.",
        "",
        f"Runs of each size, which took turns: {result['rounds']}; these are their medians. What "
        "start-up and compiling take is in the peaks, but not in the times.",
    )


def as_markdown(result):
    on, (one, ten) = result["machine"], result["sizes"]
    times, more = result["times"], result["more_mb"]
    rows = [
        f"| {what} | {one[job]:.2f} s | {ten[job]:.2f} s | {ten[job] / one[job]:.2f} × | |"
        for job, what in JOBS.items()
    ]
    total_one, total_ten = (sum(size[job] for job in JOBS) for size in (one, ten))
    text = [
        "# What data larger than memory takes",
        "",
        f"Keras {on['keras']} on {on['backend']}, {on['device']}; written by "
        "`make bench-streamed`.",
        "",
        *notes(result),
        "",
        f"| | {one['images']:,} images | {ten['images']:,} images | | goal |",
        "|---|---|---|---|---|",
        *rows,
        f"| all three | {total_one:.2f} s | {total_ten:.2f} s | {times:.2f} × "
        f"| {mark(times, AT_MOST_TIMES)} at most {AT_MOST_TIMES} × |",
        f"| peak of memory | {one['peak_mb']:.0f} MB | {ten['peak_mb']:.0f} MB | {more:+.0f} MB "
        f"| {mark(more, AT_MOST_MB)} at most {AT_MOST_MB} MB more |",
    ]
    return "\n".join(text) + "\n"


def mark(value, at_most):
    return "✓" if value <= at_most else "✗"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=60_000, help="how many of MNIST are one time")
    parser.add_argument("--rounds", type=int, default=3, help="processes for each of the two sizes")
    parser.add_argument("--folder", help="where the file of images is for a while")
    parser.add_argument("--measure", metavar="FILE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measured(arguments.measure, arguments.images)))
        return
    sizes = measure(arguments.images, arguments.rounds, arguments.folder)
    backend = keras.config.backend()
    on = {"keras": keras.__version__, "backend": backend, "device": machine()}
    result = {"machine": on, "rounds": arguments.rounds, "sizes": sizes} | outcome(sizes)
    name = f"streamed-{backend}"
    write_json(result, RESULTS / f"{name}.json")
    write_text(as_markdown(result), RESULTS / f"{name}.md")


if __name__ == "__main__":
    main()
