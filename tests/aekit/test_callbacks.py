import sys
from types import SimpleNamespace

import numpy as np
import pytest

from aekit import dense_autoencoder
from aekit.callbacks import ProgressBar, progress


def fitted_with(bar):
    autoencoder = dense_autoencoder(4, code_dim=2)
    autoencoder.compile(loss="mse")
    x = np.full((8, 4), 0.5, "float32")
    autoencoder.fit(x, x, epochs=3, verbose=0, callbacks=[bar])
    return bar


@pytest.fixture
def in_a_notebook(monkeypatch):
    """As in a Jupyter kernel that a person has opened, with the bar as text on stderr."""
    monkeypatch.delenv("AEKIT_PROGRESS", raising=False)  # importing `course` sets it
    shell = SimpleNamespace(kernel="a kernel")
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr("aekit.callbacks.tqdm", __import__("tqdm").tqdm)


def test_progress_bar_counts_the_epochs_and_names_the_loss(in_a_notebook, capsys):
    fitted_with(ProgressBar())
    shown = capsys.readouterr().err
    assert "3/3" in shown and "loss=" in shown


def test_progress_bar_is_silent_where_nobody_watches(capsys):
    fitted_with(ProgressBar())
    assert capsys.readouterr().err == ""


def test_progress_bar_is_silent_where_the_environment_says_so(in_a_notebook, monkeypatch, capsys):
    monkeypatch.setenv("AEKIT_PROGRESS", "off")
    fitted_with(ProgressBar())
    assert capsys.readouterr().err == ""


def test_progress_counts_what_it_hands_on(in_a_notebook, capsys):
    assert list(progress("abc", mininterval=0)) == ["a", "b", "c"]
    assert "3/3" in capsys.readouterr().err


def test_progress_is_silent_where_nobody_watches(capsys):
    assert list(progress(range(3))) == [0, 1, 2]
    assert capsys.readouterr().err == ""
