import os
import signal

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up lines

import keras  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

# The same examples in every run: a test that fails does so for everyone, and at once.
settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")


@pytest.fixture(autouse=True)
def seed():
    """Every test starts from the same random state, whatever ran before it."""
    keras.utils.set_random_seed(0)


@pytest.fixture
def images():
    """64 images of 4 x 4 pixels in [0, 1]."""
    return np.random.default_rng(0).random((64, 4, 4, 1), dtype=np.float32)


@pytest.fixture
def pixels(images):
    """The same images, flattened."""
    return images.reshape(64, 16)
