"""Progress bars: for a training, and for what is none."""

import keras
from tqdm.auto import tqdm

from aekit._notebook import is_watched

__all__ = ["ProgressBar", "progress", "is_watched"]


class ProgressBar(keras.callbacks.Callback):
    """One bar for the whole training, counted in epochs, with the latest loss beside it.

    Give it to `fit(..., verbose=0, callbacks=[ProgressBar()])`. It shows where somebody is there to
    watch: on a terminal, and in a notebook unless the environment says `AEKIT_PROGRESS=off`, as
    the course does when it executes the lessons, so that they store no bar and no clock.

    Example:

        autoencoder.fit(x, x, epochs=10, verbose=0, callbacks=[ProgressBar()])
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

    Example:

        accuracy = [knn_probe(x, y, x_test, y_test, n) for n in progress([1, 5, 15])]
    """
    return tqdm(items, leave=False, disable=not is_watched(), **options)


def __getattr__(name):
    if name == "TrainingSetActivation":  # its place until 0.1
        from aekit.regularizers import TrainingSetActivation

        return TrainingSetActivation
    raise AttributeError(f"module 'aekit.callbacks' has no attribute {name!r}")
