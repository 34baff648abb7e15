"""Autoencoders in Keras 3, as one model whose slots the lessons fill one by one.

    J(theta) = E_{x,x~}[ L(x, g(f(x~))) ] + lambda * Omega(f),   x~ ~ C(. | x)

`Autoencoder(encoder, decoder, corruption=None, penalty=None)` is the whole idea; the builders in
`aekit.models` make encoders and decoders for it.

Importing aekit loads nothing else: Keras comes with the first class or builder that is looked up,
Matplotlib with `aekit.plots`. To load a saved model, import one of the names first, which tells
Keras all of aekit's classes: `from aekit import Autoencoder`.
"""

import importlib
import sys
from typing import TYPE_CHECKING

__version__ = "0.2.0"

__all__ = [
    "Autoencoder",
    "Contractive",
    "GaussianCorruption",
    "KLSparsity",
    "L1Sparsity",
    "MaskingNoise",
    "SaltAndPepperNoise",
    "conv_autoencoder",
    "dense_autoencoder",
    "linear_autoencoder",
]

# The rooms of these names are opened together, since a saved model may hold a class of any.
_KERAS_ROOMS = ("autoencoder", "models", "noise", "regularizers")
_ROOMS = {*_KERAS_ROOMS, "callbacks", "claims", "datasets", "exercises", "jacobian", "metrics",
          "plots", "schedules", "stacking", "touch", "training"}  # fmt: skip

if TYPE_CHECKING or "keras" in sys.modules:
    from aekit.autoencoder import Autoencoder
    from aekit.models import conv_autoencoder, dense_autoencoder, linear_autoencoder
    from aekit.noise import GaussianCorruption, MaskingNoise, SaltAndPepperNoise
    from aekit.regularizers import Contractive, KLSparsity, L1Sparsity


def __getattr__(name):
    if name in __all__:
        for room in map(importlib.import_module, (f"aekit.{room}" for room in _KERAS_ROOMS)):
            globals().update({n: vars(room)[n] for n in __all__ if n in vars(room)})
        return globals()[name]
    if name in _ROOMS:
        return importlib.import_module(f"aekit.{name}")
    raise AttributeError(f"module 'aekit' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__, *_ROOMS})
