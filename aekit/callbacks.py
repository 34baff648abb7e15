"""Callbacks: a progress bar, and the forward pass over the whole training set."""

import math
import os
import sys

import keras
from tqdm.auto import tqdm

from aekit import _checks
from aekit.regularizers import mean_activation


class ProgressBar(keras.callbacks.Callback):
    """One bar for the whole training, counted in epochs, with the latest loss beside it.

    Give it to `fit(..., verbose=0, callbacks=[ProgressBar()])`. It shows where somebody is there to
    watch: on a terminal, and in a notebook unless the environment says `AEKIT_PROGRESS=off`, as
    the course does when it executes the lessons, so that they store no bar and no clock.
    """

    def on_train_begin(self, logs=None):
        self.bar = progress(None, total=self.params["epochs"], unit="epoch")

    def on_epoch_end(self, epoch, logs=None):
        self.bar.update()
        self.bar.set_postfix({name: f"{value:.4f}" for name, value in (logs or {}).items()})

    def on_train_end(self, logs=None):
        self.bar.close()


def progress(items, **options):
    """`items`, one after another, with a bar for what is not a `fit`: probes, SVMs, pictures.

    Args:
        items: an iterable, the bar knows the time left if it has a length; or `None`, where the
            caller moves the bar by its `update()`.
        **options: further arguments of `tqdm`, such as `total` or `unit`.

    Returns:
        the bar, an iterable over `items`. It shows where `ProgressBar` does, and goes when done.
    """
    return tqdm(items, leave=False, disable=not is_watched(), **options)


def is_watched():
    """Whether somebody is there to watch: a terminal or a notebook, and no `AEKIT_PROGRESS=off`."""
    if os.environ.get("AEKIT_PROGRESS") == "off":
        return False
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel") or sys.stderr.isatty()


class TrainingSetActivation(keras.callbacks.Callback):
    """Gives `KLSparsity(estimate="training_set")` the mean activations over all of `x`.

    "In order to compute rho_hat, a forward pass over the whole training set comes first": before
    the first step, and again at every epoch, or every `every_steps` steps.

    Between two passes the penalty pushes on by means that are out of date. With many steps between
    them and a high learning rate it overshoots, and all units can end up switched off: 50 steps
    with Adam at 0.005 did so on MNIST, 5 did not. Pass more often, or learn more slowly.

    Args:
        x: the training set, uncorrupted, `(n, *input_shape)`.
        every_steps: number of training steps between two passes; `None`: once an epoch.
        batch_size: of the passes.

    Raises:
        ValueError: `every_steps` or `batch_size` is less than 1, `x` is empty or not finite, or
            (when training begins) the model has no such penalty or its code leaves [0, 1].

    Reference: Ng, Sparse autoencoder (CS294A lecture notes, 2011), section 3.
    """

    def __init__(self, x, every_steps=None, batch_size=1000):
        super().__init__()
        _checks.images("x", x)
        self.x = x
        self.every_steps = (
            every_steps if every_steps is None else _checks.count("every_steps", every_steps)
        )
        self.batch_size = _checks.count("batch_size", batch_size)
        self.steps = 0
        # Keras need not wait for each step's end where nothing is done there.
        self.async_safe = every_steps is None

    def on_train_begin(self, logs=None):
        if getattr(self.model.penalty, "estimate", None) != "training_set":
            raise ValueError(
                '`penalty` must be a KLSparsity(estimate="training_set") for '
                f"TrainingSetActivation. Received: {self.model.penalty!r}"
            )
        self.steps = 0
        self.update()

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > 0 and self.every_steps is None:
            self.update()

    def on_train_batch_end(self, batch, logs=None):
        if self.every_steps is None:
            return
        self.steps += 1
        if self.steps % self.every_steps == 0:
            if hasattr(self.model, "jax_state_sync"):
                self.model.jax_state_sync()
            self.update()

    def update(self):
        """One forward pass: assign rho_hat, `(units,)`."""
        penalty, total, low, high = self.model.penalty, 0.0, math.inf, -math.inf
        for start in range(0, len(self.x), self.batch_size):
            batch = self.x[start : start + self.batch_size]
            code = self.model.encoder.predict_on_batch(batch)
            low, high = min(low, float(code.min())), max(high, float(code.max()))
            total = total + len(batch) * mean_activation(code, penalty.unit)
        if not 0 <= low <= high <= 1:
            raise ValueError(
                "The code must be in [0, 1] for KLSparsity. "
                f"Received: values from {low:g} to {high:g}"
            )
        penalty.rho_hat.assign(total / len(self.x))
