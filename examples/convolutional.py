"""The lecture's convolutional autoencoder in plain Keras.

    python examples/convolutional.py --epochs 2

It needs Keras, a backend of it and Pillow, and no network. It trains on MNIST, prints the error
on test digits beside that of the mean image, and saves digits above their reconstructions.
"""

import argparse
from pathlib import Path

import keras
import numpy as np
from keras import layers


def autoencoder():
    conv = {"activation": "relu", "padding": "same"}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(8, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(8, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),  # the code: 4 x 4 x 8
            layers.Conv2D(8, 3, **conv),
            layers.UpSampling2D(2),
            layers.Cropping2D(((0, 1), (0, 1))),  # 7 x 7 again
            layers.Conv2D(8, 3, **conv),
            layers.UpSampling2D(2),
            layers.Conv2D(16, 3, **conv),
            layers.UpSampling2D(2),
            layers.Conv2D(1, 3, activation="sigmoid", padding="same"),
        ]
    )


def main(epochs=50, images=60_000, seed=0, picture="convolutional.png"):
    keras.utils.set_random_seed(seed)
    with np.load(Path(__file__).parents[1] / "data" / "mnist.npz") as mnist:
        x_train = mnist["x_train"][:images, ..., None].astype("float32") / 255
        x_test = mnist["x_test"][..., None].astype("float32") / 255

    model = autoencoder()
    model.compile("adam", loss="binary_crossentropy")
    history = model.fit(
        x_train, x_train, batch_size=128, epochs=epochs, validation_data=(x_test, x_test)
    )

    x_hat = model.predict(x_test, batch_size=500, verbose=0)
    error = np.square(x_test - x_hat).sum(axis=(1, 2, 3)).mean()
    baseline = np.square(x_test - x_train.mean(axis=0)).sum(axis=(1, 2, 3)).mean()
    print(f"squared error of a test digit: {error:.2f}; of the mean image: {baseline:.2f}")

    rows = [np.concatenate(part[:10], axis=1) for part in (x_test, x_hat)]
    keras.utils.save_img(picture, 255 * np.concatenate(rows), scale=False)
    print(f"inputs and reconstructions: {picture}")
    return history.history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--images", type=int, default=60_000, help="of the training set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="convolutional.png", help="where it is saved")
    main(**vars(parser.parse_args()))
