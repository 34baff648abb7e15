"""Import Keras without the backend's start-up lines, which would stand in every stored notebook."""

import contextlib
import importlib
import logging
import os
import sys
import tempfile

# What TensorFlow writes to the process's stderr as it starts, before any log level can stop it.
STARTUP_LINES = ("WARNING: All log messages before absl::InitializeLog()", "port.cc", "cpu_feature")


@contextlib.contextmanager
def _without_startup_lines():
    """Hold back what native code writes to stderr, and pass on all but the start-up lines."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        stderr = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held.read().decode(errors="replace").splitlines():
                if line.strip() and not any(known in line for known in STARTUP_LINES):
                    print(line, file=sys.stderr)


def import_keras():
    """Import Keras, silently where its backend has nothing to say but that it has started."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # A lesson makes many small models; TensorFlow would warn that each traces its own functions.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    if "keras" not in sys.modules:
        with _without_startup_lines():
            importlib.import_module("keras")
