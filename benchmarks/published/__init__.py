"""Published results of autoencoders, reproduced by their protocols, beside the papers' figures."""
