"""What aekit's docstrings say to those who read them: its public names, and their examples."""

import importlib
import inspect
import re
import textwrap

import aekit

EXAMPLE = re.compile(r"^Example:\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def public_modules():
    """aekit's modules, but for those whose name begins with an underscore."""
    return [importlib.import_module(f"aekit.{room}") for room in sorted(aekit._ROOMS)]


def public_names():
    """`{"aekit.noise.MaskingNoise": MaskingNoise, ...}`: all that the modules' `__all__` name."""
    return {
        f"{m.__name__}.{name}": getattr(m, name) for m in public_modules() for name in m.__all__
    }


def examples():
    """The code of the example of each public function and class, None where it has none."""
    return {name: _example(value) for name, value in public_names().items() if callable(value)}


def _example(value):
    found = EXAMPLE.search(f"{inspect.getdoc(value)}\n")
    return found and textwrap.dedent(found[1]).strip()
