"""The lecture's denoising convolutional autoencoder in plain Keras, with noise factor 0.5.

    python examples/denoising.py --epochs 2

It needs Keras, a backend of it and Pillow, and no network. It trains on MNIST, prints the error on
noisy test digits beside that of the noise itself and of the mean image, and saves clean digits,
noisy ones and their reconstructions as a picture.
"""

import argparse
from pathlib import Path

import keras
import numpy as np
from keras import layers

NOISE_FACTOR = 0.5


def autoencoder():
    conv = {"activation": "relu", "padding": "same"}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(32, 3, **conv),
            layers.MaxPooling2D(2, padding="same"),  # the code: 7 x 7 x 32
            layers.Conv2D(32, 3, **conv),
            layers.UpSampling2D(2),
            layers.Conv2D(32, 3, **conv),
            layers.UpSampling2D(2),
            layers.Conv2D(1, 3, activation="sigmoid", padding="same"),
        ]
    )


def with_noise(x, seed):
    noise = np.random.default_rng(seed).standard_normal(x.shape, dtype="float32")
    return np.clip(x + NOISE_FACTOR * noise, 0, 1)


def squared_error(x, x_hat):
    return np.square(x - x_hat).sum(axis=(1, 2, 3)).mean()


def main(epochs=50, images=60_000, seed=0, picture="denoising.png"):
    keras.utils.set_random_seed(seed)
    with np.load(Path(__file__).parents[1] / "data" / "mnist.npz") as mnist:
        x_train = mnist["x_train"][:images, ..., None].astype("float32") / 255
        x_test = mnist["x_test"][..., None].astype("float32") / 255
    noisy_train, noisy_test = with_noise(x_train, seed), with_noise(x_test, seed + 1)

    model = autoencoder()
    model.compile("adam", loss="binary_crossentropy")
    history = model.fit(  # from the noisy image to the clean one
        noisy_train, x_train, batch_size=128, epochs=epochs, validation_data=(noisy_test, x_test)
    )

    x_hat = model.predict(noisy_test, batch_size=500, verbose=0)
    drawn = {"denoised digit": x_hat, "noisy digit": noisy_test, "mean image": x_train.mean(axis=0)}
    for name, images_drawn in drawn.items():
        print(f"squared error of the {name}: {squared_error(x_test, images_drawn):.2f}")

    rows = [np.concatenate(part[:10], axis=1) for part in (x_test, noisy_test, x_hat)]
    keras.utils.save_img(picture, 255 * np.concatenate(rows), scale=False)
    print(f"clean, noisy and denoised digits: {picture}")
    return history.history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--images", type=int, default=60_000, help="of the training set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="denoising.png", help="where it is saved")
    main(**vars(parser.parse_args()))
