"""The slides' examples in plain Keras train as aekit's model of the same architecture does."""

import ast
import runpy
import subprocess
import sys

import keras
import numpy as np
import pytest

import aekit
from aekit.datasets import load_mnist
from course.paths import NOTEBOOKS, ROOT

EXAMPLES = ROOT / "examples"
SHORT = {"epochs": 1, "images": 1_280, "seed": 3}


def ours(name):
    if name == "interpolation":
        return aekit.dense_autoencoder(784, 16, hidden=(256, 128), code_activation="linear")
    return aekit.conv_autoencoder(filters=(32, 32) if name == "denoising" else (16, 8, 8))


@pytest.mark.parametrize("name", ["convolutional", "denoising", "interpolation"])
def test_an_example_has_the_losses_of_aekits_model(name, tmp_path, capsys):
    example = runpy.run_path(str(EXAMPLES / f"{name}.py"))
    picture = tmp_path / "picture.png"
    history = example["main"](**SHORT, picture=str(picture))

    keras.utils.set_random_seed(SHORT["seed"])
    (x, _), (x_test, _) = load_mnist(flatten=name == "interpolation")
    x = x[: SHORT["images"]]
    noise = example.get("with_noise", lambda x, seed: x)
    inputs, test_inputs = noise(x, SHORT["seed"]), noise(x_test, SHORT["seed"] + 1)
    model = ours(name)
    model.compile("adam", loss="binary_crossentropy")
    wanted = model.fit(
        inputs, x, batch_size=128, epochs=1, verbose=0, validation_data=(test_inputs, x_test)
    ).history
    for loss in ("loss", "val_loss"):
        np.testing.assert_allclose(history[loss], wanted[loss], rtol=1e-4)

    shown = keras.utils.img_to_array(keras.utils.load_img(picture))
    assert shown.shape[0] == 28 * (3 if name == "denoising" else 2)
    assert shown.std() > 20
    assert "of the mean image" in capsys.readouterr().out


def test_an_example_runs_alone_from_any_folder(tmp_path):
    script = str(EXAMPLES / "interpolation.py")
    command = [sys.executable, "-I", script, "--epochs", "1", "--images", "256"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "interpolation.png").is_file()
    assert "aekit" not in (EXAMPLES / "interpolation.py").read_text()


@pytest.mark.parametrize(
    ("name", "lesson", "function"),
    [
        ("interpolation", "05_latent_interpolation", "encoder_and_decoder"),
        ("convolutional", "06_convolutional_autoencoder", "autoencoder"),
        ("denoising", "08_denoising_autoencoder", "autoencoder"),
    ],
)
def test_a_lesson_shows_the_model_of_its_example(name, lesson, function):
    script = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    code = (NOTEBOOKS / "src" / f"{lesson}.py").read_text(encoding="utf-8")
    (model,) = [part for part in ast.parse(script).body if getattr(part, "name", "") == function]
    text = ast.get_source_segment(script, model)
    assert f"from examples/{name}.py" in code
    assert text in code
