"""The lecture's latent interpolation in plain Keras: between two digits, along the code.

    python examples/interpolation.py --epochs 2

It needs Keras, a backend of it and Pillow, and no network. It trains an autoencoder on MNIST,
prints the error on test digits beside that of the mean image, and saves the decoded path from one
digit to another, above the mixtures of their pixels.
"""

import argparse
from pathlib import Path

import keras
import numpy as np
from keras import layers


def encoder_and_decoder():
    encoder = keras.Sequential([keras.Input((784,))])
    for units in (256, 128):
        encoder.add(layers.Dense(units, activation="relu"))
    encoder.add(layers.Dense(16))  # the code, linear
    decoder = keras.Sequential([keras.Input((16,))])
    for units in (128, 256):
        decoder.add(layers.Dense(units, activation="relu"))
    decoder.add(layers.Dense(784, activation="sigmoid"))
    return encoder, decoder


def main(epochs=50, images=60_000, seed=0, picture="interpolation.png"):
    keras.utils.set_random_seed(seed)
    with np.load(Path(__file__).parents[1] / "data" / "mnist.npz") as mnist:
        x_train = mnist["x_train"][:images].reshape(-1, 784).astype("float32") / 255
        x_test, y_test = mnist["x_test"].reshape(-1, 784).astype("float32") / 255, mnist["y_test"]

    encoder, decoder = encoder_and_decoder()
    model = keras.Sequential([encoder, decoder])
    model.compile("adam", loss="binary_crossentropy")
    history = model.fit(
        x_train, x_train, batch_size=128, epochs=epochs, validation_data=(x_test, x_test)
    )

    error = np.square(x_test - model.predict(x_test, verbose=0)).sum(axis=1).mean()
    baseline = np.square(x_test - x_train.mean(axis=0)).sum(axis=1).mean()
    print(f"squared error of a test digit: {error:.2f}; of the mean image: {baseline:.2f}")

    first, second = x_test[y_test == 3][0], x_test[y_test == 8][0]
    z_1, z_2 = encoder.predict(np.stack([first, second]), verbose=0)
    alpha = np.linspace(1, 0, 11, dtype="float32")[:, None]
    codes = decoder.predict(alpha * z_1 + (1 - alpha) * z_2, verbose=0)
    pixels = alpha * first + (1 - alpha) * second
    rows = [np.concatenate(part.reshape(-1, 28, 28, 1), axis=1) for part in (codes, pixels)]
    keras.utils.save_img(picture, 255 * np.concatenate(rows), scale=False)
    print(f"from a 3 to an 8, by codes and by pixels: {picture}")
    return history.history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--images", type=int, default=60_000, help="of the training set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="interpolation.png", help="where it is saved")
    main(**vars(parser.parse_args()))
