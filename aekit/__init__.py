"""Autoencoders in Keras 3, as one model whose slots the lessons fill one by one.

    J(theta) = E_x[ L(x, g(f(x~))) ] + lambda * Omega(f, x~),   x~ ~ C(. | x)

`Autoencoder(encoder, decoder, corruption=None, penalty=None)` is the whole idea; the builders in
`aekit.models` make encoders and decoders for it.
"""

import importlib

from aekit._startup import import_keras

import_keras()

from aekit.autoencoder import Autoencoder  # noqa: E402
from aekit.models import (  # noqa: E402
    conv_autoencoder,
    dense_autoencoder,
    linear_autoencoder,
)
from aekit.noise import GaussianCorruption, MaskingNoise, SaltAndPepperNoise  # noqa: E402
from aekit.regularizers import Contractive, KLSparsity, L1Sparsity  # noqa: E402

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

_SUBMODULES = {"callbacks", "claims", "datasets", "jacobian", "metrics", "plots", "stacking"}


def __getattr__(name):
    # Matplotlib and scikit-learn load slowly, so a room is opened when it is first entered.
    if name in _SUBMODULES:
        return importlib.import_module(f"aekit.{name}")
    raise AttributeError(f"module 'aekit' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_SUBMODULES])
