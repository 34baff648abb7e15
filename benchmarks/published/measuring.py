"""Measure an experiment once, on as many threads as it asks for."""

import contextlib
import multiprocessing
import os
import time

# TensorFlow reads it once, when it starts.
VARIABLE = "TF_NUM_INTRAOP_THREADS"


def threads_here():
    """Threads an operation of this process' TensorFlow; `None` where it has its own way."""
    threads = os.environ.get(VARIABLE)
    return int(threads) if threads else None


def needs_its_own_process(experiment):
    return experiment.threads not in (None, threads_here())


def measured(experiment, seed, sizes):
    """What `experiment` measures, and the seconds that it took.

    Raises:
        RuntimeError: if it failed in a process of its own, which has printed its error.
    """
    if not needs_its_own_process(experiment):
        return _timed(experiment.measure, seed, sizes)
    spawn = multiprocessing.get_context("spawn")
    receiver, sender = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_send, args=(sender, experiment.measure, seed, sizes))
    with _environment_of(experiment.threads):
        child.start()
    sender.close()  # so that nobody can send any more once the child has ended
    try:
        return receiver.recv()
    except EOFError:
        child.join()
        raise RuntimeError(
            f"{experiment.name} failed in its own process, which ended with {child.exitcode}."
        ) from None
    finally:  # also where this process is interrupted
        child.terminate()
        child.join()


def _timed(measure, seed, sizes):
    start = time.perf_counter()
    values = measure(seed, **sizes)
    return values, time.perf_counter() - start


def _send(sender, measure, seed, sizes):
    sender.send(_timed(measure, seed, sizes))


@contextlib.contextmanager
def _environment_of(threads):
    """The environment with which a process starts whose TensorFlow is to have `threads`."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(threads)
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before
