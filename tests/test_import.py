"""`import aekit` is quiet, and opens the slow rooms only when they are entered."""

import subprocess
import sys

PROGRAM = """
import sys
import aekit

opened = {"aekit.plots", "aekit.metrics", "aekit.datasets"} & set(sys.modules)
assert not opened, f"imported too early: {opened}"
assert set(aekit.__all__) <= set(dir(aekit))
from aekit import metrics, plots
assert aekit.datasets.load_mnist
"""


def test_import_is_silent_and_leaves_the_slow_rooms_closed():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
