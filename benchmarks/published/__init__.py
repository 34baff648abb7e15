"""Published results of autoencoders, reproduced by their protocols, beside the papers' figures."""

import aekit  # noqa: F401  (before keras: it silences the start-up of TensorFlow)
