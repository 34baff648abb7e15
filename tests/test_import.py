"""`import aekit` is quiet, and opens the slow rooms only when they are entered."""

import subprocess
import sys

PROGRAM = """
import sys
import aekit

slow = {"matplotlib", "sklearn", "pandas", "scipy.stats"} & set(sys.modules)
assert not slow, f"imported too early: {slow}"
assert set(aekit.__all__) <= set(dir(aekit))
from aekit import metrics, plots
assert aekit.datasets.load_mnist
"""


def test_import_is_silent_and_leaves_the_slow_rooms_closed():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
