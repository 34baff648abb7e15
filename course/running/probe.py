"""What a kernel knows of itself at its end; the runner asks for it."""

import resource
import sys


def report():
    """Its device, the most memory that it held in bytes, and its seconds of CPU time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "device": _device(),
        "peak_memory": _peak_memory(used),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
    }


def _peak_memory(used):
    """In bytes. On Linux `ru_maxrss` may be that of the process that started this one."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line[:6] == "VmHWM:")
    except (OSError, StopIteration):
        return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _device():
    """The GPU's name, or CPU; None where the lesson has not loaded Keras."""
    if "keras" not in sys.modules:
        return None
    backend = sys.modules["keras"].config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        names = [tf.config.experimental.get_device_details(gpu).get("device_name") for gpu in gpus]
    elif backend == "jax":
        import jax

        names = [device.device_kind for device in jax.devices() if device.platform != "cpu"]
    else:
        import torch

        names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return "GPU: " + ", ".join(name or "unnamed" for name in names) if names else "CPU"
