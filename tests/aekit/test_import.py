"""`import aekit` loads nothing and changes nothing; its rooms open when they are entered."""

import os
import subprocess
import sys

import pytest


def run(program, **options):
    """A fresh interpreter; its environment has nothing that this one set."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("TF_", "AEKIT"))}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, env=environment, **options)


HEAVY = "{'keras', 'tensorflow', 'jax', 'torch', 'matplotlib', 'sklearn'} & set(sys.modules)"


@pytest.mark.parametrize("what", ["aekit", "aekit.claims", "aekit.datasets"])
def test_what_needs_no_keras_loads_none(what):
    done = run(f"import sys, {what}; sys.exit(str({HEAVY} or ''))")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "\n")


def test_names_are_looked_up_when_they_are_first_used():
    program = """
import sys, aekit
assert {*aekit.__all__, "datasets", "plots"} <= set(dir(aekit))
assert "keras" not in sys.modules
assert issubclass(aekit.Autoencoder, sys.modules["keras"].Model)
assert not {"aekit.plots", "aekit.metrics"} & set(sys.modules)
from aekit import *
from aekit import metrics, plots
assert plots.lines and MaskingNoise is aekit.noise.MaskingNoise
try:
    aekit.Autoencode
except AttributeError as error:
    print(error)
"""
    done = run(program)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "module 'aekit' has no attribute 'Autoencode'\n"


# What a program could notice: its environment, its loggers, where its descriptors point.
STATE = """
import logging, os

def state():
    known = logging.root.manager.loggerDict.items()
    loggers = {name: logger.level for name, logger in known if hasattr(logger, "level")}
    streams = {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in (0, 1, 2)}
    return dict(os.environ), loggers, logging.root.level, streams
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc")
def test_import_changes_no_more_than_keras_does():
    program = (
        STATE + "import keras; before = state()\nimport aekit; aekit.Autoencoder, aekit.metrics"
    )
    done = run(program + "\nassert state() == before, (state(), before)")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("closing", ["os.close(2)", "sys.stderr = None", "os.closerange(1, 3)"])
def test_import_works_where_the_streams_are_closed(closing):
    done = run(f"import os, sys; {closing}; import aekit; aekit.Autoencoder; os._exit(7)")
    assert done.returncode == 7


def test_threads_may_import_it_at_once():
    program = """
from concurrent.futures import ThreadPoolExecutor
import aekit
names = aekit.__all__ * 4
with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(lambda name: getattr(aekit, name), names))
assert [thing.__name__ for thing in found] == names
"""
    done = run(program)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", ["from aekit import Autoencoder", "import keras, aekit"])
def test_saved_model_of_any_slots_is_loaded_after_one_import(tmp_path, line):
    save = """
from aekit import Contractive, MaskingNoise, dense_autoencoder
model = dense_autoencoder(4, 2, tied=True, corruption=MaskingNoise(0.1), penalty=Contractive(0.1))
model.save("model.keras")
"""
    load = f"{line}\nimport keras\nprint(keras.saving.load_model('model.keras'))"
    for program in (save, load):
        done = run(program, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "corruption=MaskingNoise, penalty=Contractive" in done.stdout
