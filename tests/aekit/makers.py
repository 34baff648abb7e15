"""What several tests make: models from layers, and data sets from arrays."""

import keras


def sequential(shape, *parts):
    return keras.Sequential([keras.Input(shape), *parts])


def functional(shape, *parts):
    h = inputs = keras.Input(shape)
    for part in parts:
        h = part(h)
    return keras.Model(inputs, h)


class Pairs(keras.utils.PyDataset):
    """The parts, such as images and their targets, in whole batches; one part alone as it is."""

    def __init__(self, *parts, batch_size=10):
        super().__init__()
        self.parts, self.batch_size = parts, batch_size

    def __len__(self):
        return len(self.parts[0]) // self.batch_size

    def __getitem__(self, i):
        batch = slice(self.batch_size * i, self.batch_size * (i + 1))
        parts = tuple(part[batch] for part in self.parts)
        return parts if len(parts) > 1 else parts[0]
