"""How much of the machine a run may use: cores, memory, and the threads of each kernel."""

import os
from pathlib import Path

import psutil
from joblib import cpu_count  # as a container's quota and the affinity have it

KERNEL_MEMORY = 3 * 2**30  # bytes that a lesson may need at most
DISK = 200 * 2**20  # bytes that the executed lessons and their pages fit in
CGROUP = Path("/sys/fs/cgroup")

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",  # PyTorch, scikit-learn
    "OPENBLAS_NUM_THREADS",  # NumPy, SciPy
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",  # NumPy on macOS
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "PJRT_NPROC",  # JAX
)


def available_memory():
    """Bytes that are free for kernels, as a container's limit has it."""
    available = psutil.virtual_memory().available
    limit, used = _cgroup("memory.max"), _cgroup("memory.current")
    if limit and used and limit[0].isdigit():
        available = min(available, int(limit[0]) - int(used[0]))
    return available


def _cgroup(name):
    try:
        return (CGROUP / name).read_text().split()
    except OSError:
        return []


def has_gpu():
    """Whether the kernels would share an NVIDIA GPU, of whose memory the first takes its fill."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "all") in ("", "-1")
    return os.path.exists("/dev/nvidiactl") and not hidden


def default_jobs():
    """Kernels at a time: one a core, as far as the memory goes; one where there is a GPU."""
    if has_gpu():
        return 1
    return max(1, min(cpu_count(), available_memory() // KERNEL_MEMORY))


def environment(jobs):
    """The environment of each of `jobs` kernels: the cores shared out, so that they don't fight.

    What the caller's environment already says stands. Nobody watches these kernels, so aekit's
    progress bars stay away.
    """
    threads = str(max(1, cpu_count() // jobs))
    shared = dict.fromkeys(THREAD_VARIABLES, threads) | {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    return shared | os.environ | {"AEKIT_PROGRESS": "off"}
