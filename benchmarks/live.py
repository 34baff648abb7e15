"""How fast the live page's engine trains, beside ConvNetJS: `make bench-live`, alone on the machine.

Both train the same two networks on the same digits in batches of 64, in one run of one headless
Chromium, each in a worker of its own. The clock is the processor's: the seconds of the browser's
whole process tree, which other work on the machine disturbs less than it does the wall's. Rounds
alternate between the two, and the medians are compared. It needs npm, which brings ConvNetJS 0.3.0
into a folder that is removed again, Chromium and Playwright.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from course.lessons.provenance import machine
from course.paths import write_text
from course.publishing import live
from course.publishing.pdf import browser

CONVNETJS = "0.3.0"
GOAL = 10
RESULT = Path(__file__).parent / "results" / "speed-live.md"
HEAD = """# How fast the live page trains

Chromium {browser}, headless, on {cpu}; written by `make bench-live`.

Images per second of the browser's processor time, the medians of {rounds} rounds in which the live page's engine and ConvNetJS 0.3.0 took turns: the same network, the same digits, batches of 64, each in a worker.

| network | ours | ConvNetJS | | goal |
|---|---|---|---|---|
"""
# Widths up to the code, and the activation of the hidden layers.
NETWORKS = {
    "Karpathy's": ([784, 50, 50, 2], "tanh"),
    "the default": ([784, 128, 64, 32, 2], "relu"),
}

OURS = """
let engine, x;
onmessage = ({data: {layers, activation, pixels, steps}}) => {
  if (layers) {
    engine = AELive.createEngine(AELive.shapeOf(AELive.consistent({layers, activation, loss: "mse"})));
    engine.start(AELive.seeded(1));
    x = pixels;
    return postMessage(engine.kernelName);
  }
  for (let i = 0; i < steps; i++) {
    const at = (i % (x.length / (64 * 784))) * 64 * 784;
    const batch = x.subarray(at, at + 64 * 784);
    engine.step(batch, batch, 0.001);
  }
  postMessage(steps);
};
"""
THEIRS = """
let net, trainer, digits;
onmessage = ({data: {layers, activation, pixels, steps}}) => {
  if (layers) {
    const hidden = [...layers, 2, ...[...layers].reverse()];
    net = new convnetjs.Net();
    net.makeLayers([{type: "input", out_sx: 1, out_sy: 1, out_depth: 784},
      ...hidden.map((width) => width === 2 ? {type: "fc", num_neurons: 2} : {type: "fc", num_neurons: width, activation}),
      {type: "regression", num_neurons: 784}]);
    trainer = new convnetjs.SGDTrainer(net, {learning_rate: 1, method: "adadelta", batch_size: 64, l2_decay: 0.001, l1_decay: 0.001});
    digits = Array.from({length: pixels.length / 784}, (_, i) => {
      const volume = new convnetjs.Vol(1, 1, 784, 0);
      volume.w.set(pixels.subarray(784 * i, 784 * i + 784));
      return volume;
    });
    return postMessage("ConvNetJS");
  }
  for (let i = 0; i < 64 * steps; i++) {
    const digit = digits[i % digits.length];
    trainer.train(digit, digit.w);
  }
  postMessage(steps);
};
"""
PAGE = """async ([sources, data]) => {
  const {pixels} = await AELive.unpack(data);
  window.digits = Float32Array.from(pixels.subarray(0, 64 * 16 * 784), (byte) => byte / 255);
  window.open_ = (source) => new Worker(URL.createObjectURL(new Blob([sources[source]])));
  window.tell = (worker, message) => new Promise((resolve, reject) => {
    worker.onmessage = ({data}) => resolve(data);
    worker.onerror = ({message}) => reject(message);
    worker.postMessage(message);
  });
}"""


def cpu_seconds():
    """Of the browser's processes, which are this one's children."""
    total = 0.0
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            total += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total


def images_per_cpu_second(page, source, network, steps):
    widths, activation = NETWORKS[network]
    settings = {"layers": widths[1:-1], "activation": activation}
    page.evaluate(
        """async ([source, settings, warm]) => {
          window.worker = open_(source);
          await tell(worker, {...settings, pixels: digits});
          await tell(worker, {steps: warm});
        }""",
        [source, settings, max(1, steps // 10)],
    )
    before = cpu_seconds()
    page.evaluate("(steps) => tell(worker, {steps})", steps)
    used = cpu_seconds() - before
    page.evaluate("worker.terminate()")
    return 64 * steps / used


def convnetjs(folder):
    """The source of ConvNetJS' one file, by npm."""
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", f"convnetjs@{CONVNETJS}"]
    subprocess.run(command, cwd=folder, check=True)
    return (Path(folder) / "node_modules/convnetjs/build/convnet.js").read_text(encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--steps", type=int, default=400, help="of the engine; of ConvNetJS a tenth"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        theirs = convnetjs(folder)
        live.write(Path(folder))
        digits = (Path(folder) / "digits.js").read_text(encoding="utf-8")
    sources = {
        "ours": live.script() + OURS,
        "ConvNetJS": "const window = self;\n" + theirs + THEIRS,
    }
    steps = {"ours": arguments.steps, "ConvNetJS": max(1, arguments.steps // 10)}
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = chromium.new_page()
        page.set_content(f"<script>{digits}</script><script>{live.script()}</script>")
        page.evaluate(f"async (sources) => ({PAGE})([sources, AELiveDigits])", sources)
        lines = HEAD.format(browser=chromium.version, rounds=arguments.rounds, cpu=machine())
        for network, (widths, activation) in NETWORKS.items():
            rounds = [
                {name: images_per_cpu_second(page, name, network, steps[name]) for name in sources}
                for _ in range(arguments.rounds)
            ]
            ours, theirs = (statistics.median(r[name] for r in rounds) for name in sources)
            shape = "-".join(map(str, widths + widths[-2::-1]))
            ratio = ours / theirs
            goal = f"{'✓' if ratio >= GOAL else '✗'} at least {GOAL} ×"
            lines += (
                f"| {network}, {shape}, {activation} | {ours:,.0f} | {theirs:,.0f} "
                f"| {ratio:.1f} × | {goal} |\n"
            )
        chromium.close()
    print(lines)
    write_text(lines, RESULT)


if __name__ == "__main__":
    main()
