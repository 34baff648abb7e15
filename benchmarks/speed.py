"""What the parts of aekit cost, each beside a reference in the same run: `make bench-speed`.

Every row is a ratio: the time of ours over that of the reference. The two take turns, round after
round, so that whatever slows the machine slows both; the row is the median over the rounds of the
round's ratio. No network, no training to convergence: the weights do not matter here.
"""

import argparse
import math
import statistics
import time
from functools import partial
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from matplotlib.ticker import FuncFormatter

import aekit
from aekit import (
    Contractive,
    GaussianCorruption,
    KLSparsity,
    MaskingNoise,
    SaltAndPepperNoise,
    dense_autoencoder,
    plots,
)
from aekit.datasets import load_mnist
from aekit.jacobian import squared_frobenius_norm
from aekit.stacking import pretrain, stack
from benchmarks.pictures import save
from course.lessons.provenance import machine
from course.paths import write_json, write_text

RESULTS = Path(__file__).parent / "results"
BATCH = 128
PLAIN = "a plain step"
PROBE = "step, one random probe, conv 16-8-8, pooling"
BY_HAND = "the same by hand"
NOTES = (
    "The aim of the pretraining row is out of reach by arithmetic: a step of training a layer "
    "costs at least three times its encoder's forward pass, and a symmetric one six times. Three "
    "layers trained for equally many steps, the two upper ones on top of one and of two frozen "
    "encoders, therefore save at most 2 of 5 parts, and 2 of 8 when symmetric, however small the "
    "upper layers are. The row below it leaves out the first layer, which has nothing to save.",
)
DEEP = {"784-512-256-32": (512, 256, 32), "784-1000-500-250": (1000, 500, 250)}


def jacobian_norm_by_backend(encoder, x):
    """`||df/dx||_F^2` from the backend's own whole Jacobian of a batch, the usual way."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            code = encoder(x, training=False)
        whole = tape.batch_jacobian(code, x)
    elif backend == "jax":
        import jax

        whole = jax.vmap(jax.jacrev(lambda image: encoder(image[None], training=False)[0]))(x)
    else:
        import torch

        single = lambda image: encoder(image[None], training=False)[0]  # noqa: E731
        whole = torch.func.vmap(torch.func.jacrev(single))(x)
    return ops.sum(ops.square(whole), axis=list(range(1, whole.ndim)))


@keras.saving.register_keras_serializable(package="benchmarks")
def penalty_by_backend(code, encoder=None, x=None, training=False):
    return 0.1 * ops.mean(jacobian_norm_by_backend(encoder, x))


@keras.saving.register_keras_serializable(package="benchmarks")
def probe_by_backend(code, encoder=None, x=None, training=False):
    """One random probe of the norm as one writes it by hand, of nothing of aekit."""
    coin = keras.random.uniform(ops.shape(code)) < 0.5
    signs = ops.where(coin, -ops.ones_like(code), ops.ones_like(code))
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            code = encoder(x, training=False)
        row = tape.gradient(code, x, output_gradients=signs)
    elif backend == "jax":
        import jax

        (row,) = jax.vjp(lambda image: encoder(image, training=False), x)[1](signs)
    else:
        import torch

        x = x.detach().requires_grad_()
        (row,) = torch.autograd.grad(encoder(x, training=False), x, signs, create_graph=True)
    return 0.1 * ops.sum(ops.square(row)) / ops.shape(x)[0]


def autoencoder(widths=(256,), **slots):
    *hidden, code_dim = widths
    return dense_autoencoder(784, code_dim, hidden, hidden_activation="sigmoid", **slots)


def functional_encoder(widths, separate=False):
    """The encoder of `autoencoder(widths)` as a functional model; activations in layers or not."""
    inputs = code = keras.Input((784,))
    for width in widths:
        code = layers.Dense(width, activation=None if separate else "sigmoid")(code)
        if separate:
            code = layers.Activation("sigmoid")(code)
    return keras.Model(inputs, code)


def conv_autoencoder(downsampling="pooling", **slots):
    return aekit.conv_autoencoder((28, 28, 1), (16, 8, 8), downsampling=downsampling, **slots)


def step(model, x):
    """A function that makes one training step on the batch `x`, and waits for it."""
    model.compile(optimizer="adam", loss="mse")
    if keras.config.backend() != "tensorflow":
        return lambda: model.train_on_batch(x, x)
    import tensorflow as tf

    # Without what train_on_batch adds to each step, which would flatter every ratio.
    batches = iter(tf.data.Dataset.from_tensors((tf.constant(x), tf.constant(x))).repeat())
    model.make_train_function()
    return lambda: model.train_function(batches)


def compiled(function, x):
    """`function(x)` as one compiled graph; returns when its value is there."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        function = tf.function(function)
    elif backend == "jax":
        import jax

        function = jax.jit(function)
    x = ops.convert_to_tensor(x)
    return lambda: ops.convert_to_numpy(function(x))


def seconds(function, repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - start) / repeats


def compare(ours, reference, budget_s, at_least_s=0.1):
    """The median ratio of the two times, both medians in ms, and the ratios' quartiles."""
    repeats = []
    for function in (ours, reference):
        function()  # traces and compiles
        repeats.append(math.ceil(at_least_s / seconds(function, 1)))
    times, start = [], time.perf_counter()
    while len(times) < 7 or time.perf_counter() - start < budget_s:
        times.append((seconds(ours, repeats[0]), seconds(reference, repeats[1])))
    ratios = [a / b for a, b in times]
    low, median, high = statistics.quantiles(ratios, n=4)
    return {
        "ratio": median,
        "quartiles": [low, high],
        "rounds": len(times),
        "ours_ms": 1e3 * statistics.median(a for a, _ in times),
        "reference_ms": 1e3 * statistics.median(b for _, b in times),
    }


def contraction_rows(x):
    """What a contractive step costs with the exact norm of one layer."""
    what = "step, contraction of 784-256"
    plain, by_backend = autoencoder(), autoencoder(penalty=penalty_by_backend)
    for reference, aim, model in (
        (PLAIN, 1.5, plain),
        ("the same by the whole Jacobian", 1 / 50, by_backend),
    ):
        yield what, reference, aim, (step(autoencoder(penalty=Contractive(0.1)), x), step(model, x))


def functional_rows(x):
    """What the closed forms cost where the dense layers do not stand in a Sequential."""
    deep = "784-512-256-32"
    sequential = autoencoder(penalty=Contractive(0.1))
    sequential_norm = partial(squared_frobenius_norm, autoencoder(DEEP[deep]).encoder)
    for how, separate in (("functional", False), ("Activation layers", True)):
        encoder = functional_encoder((256,), separate)
        ours = aekit.Autoencoder(encoder, autoencoder().decoder, penalty=Contractive(0.1))
        steps = step(ours, x), step(sequential, x)
        yield f"step, contraction of 784-256, {how}", "the Sequential one", 1.2, steps
        norm = partial(squared_frobenius_norm, functional_encoder(DEEP[deep], separate))
        norms = compiled(norm, x), compiled(sequential_norm, x)
        yield f"exact norm, {deep}, {how}", "the Sequential one", 1.2, norms


def norm_rows(x, images):
    """What the exact norm of a deep encoder costs, and a step with one random probe of it."""
    encoders = {name: (autoencoder, {"widths": widths}, x) for name, widths in DEEP.items()}
    for how in ("strides", "pooling"):
        encoders[f"conv 16-8-8, {how}"] = (conv_autoencoder, {"downsampling": how}, images)
    for name, (build, options, batch) in encoders.items():
        encoder = build(**options).encoder
        exact = compiled(partial(squared_frobenius_norm, encoder), batch)
        whole = compiled(partial(jacobian_norm_by_backend, encoder), batch)
        yield f"exact norm, {name}", "the whole Jacobian", 1.0, (exact, whole)
        probed = build(**options, penalty=Contractive(0.1, method="random_probe"))
        steps = step(probed, batch), step(build(**options), batch)
        yield f"step, one random probe, {name}", PLAIN, 1.6, steps
    # The model of the last row once more, beside what its backend takes without aekit.
    by_hand = build(**options, penalty=probe_by_backend)
    yield PROBE, BY_HAND, 1.05, (step(probed, batch), step(by_hand, batch))


def sparsity_rows(x, many):
    kl = partial(KLSparsity, rho=0.05, beta=0.1)
    steps = step(autoencoder(penalty=kl()), x), step(autoencoder(), x)
    yield "step, KL of the batch", PLAIN, 1.1, steps
    models = autoencoder(penalty=kl(estimate="training_set")), autoencoder()
    for model in models:
        model.compile(optimizer="adam", loss="mse")
    yield (
        "epoch, KL of the training set",
        "a plain epoch",
        1.4,
        (
            lambda: models[0].fit(many, many, BATCH, verbose=0),
            lambda: models[1].fit(many, many, BATCH, verbose=0),
        ),
    )


def model_rows(many):
    """What the model itself costs beside Keras' own of the same layers."""
    images = many[:1000].reshape(-1, 28, 28, 1)
    contractive = conv_autoencoder(penalty=Contractive(0.1))
    yield (
        "reconstruct(x) of conv 16-8-8, contractive",
        "decode(encode(x))",
        1.1,
        (
            lambda: contractive.reconstruct(images),
            lambda: contractive.decode(contractive.encode(images)),
        ),
    )
    ours, other, inputs = autoencoder(), autoencoder(), keras.Input((784,))
    models = ours, keras.Model(inputs, other.decoder(other.encoder(inputs)))
    for model in models:
        model.compile(optimizer="adam", loss="mse")
    yield (
        f"fit of Autoencoder, {len(many):,} images",
        "fit of keras.Model",
        1.02,
        tuple(partial(model.fit, many, many, BATCH, verbose=0) for model in models),
    )


def noise_rows(x):
    for ours, keras_own in (
        (GaussianCorruption(0.5), layers.GaussianNoise(0.5)),
        (MaskingNoise(0.3), layers.Dropout(0.3)),
        (SaltAndPepperNoise(0.3), layers.Dropout(0.3)),
    ):
        name, reference = type(ours).__name__, type(keras_own).__name__
        steps = step(autoencoder(corruption=ours), x), step(autoencoder(corruption=keras_own), x)
        yield f"step, {name}", f"with Keras' {reference}", 1.05, steps


def layerwise(widths):
    """Untrained autoencoders of the given widths, each for the codes of the one below."""
    below = (784, *widths)
    return [
        dense_autoencoder(n, width, output_activation="linear")
        for n, width in zip(below, widths, strict=False)
    ]


def pretrain_on_frozen_layers(autoencoders, x, epochs, trained=()):
    """The usual way: each is trained on top of frozen encoders that run again for every batch."""
    below = list(trained)
    for autoencoder in autoencoders:
        inputs = code = keras.Input(x.shape[1:])
        if below:
            frozen = stack(below)
            frozen.trainable = False
            code = frozen(inputs)
        model = keras.Model(inputs, autoencoder(code) - code)
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, np.zeros((len(x), *code.shape[1:]), "float32"), BATCH, epochs, verbose=0)
        below.append(autoencoder.encoder)


def stacking_rows(many):
    widths, epochs = (500, 250, 100), 10
    yield (
        "pretraining of 784-500-250-100",
        "re-running frozen layers",
        0.6,
        (
            lambda: pretrain(layerwise(widths), many, epochs, BATCH),
            lambda: pretrain_on_frozen_layers(layerwise(widths), many, epochs),
        ),
    )
    first = layerwise(widths)[0].encoder
    yield (
        "the same, its upper two layers alone",
        "re-running frozen layers",
        None,
        (
            lambda: pretrain(layerwise(widths)[1:], first.predict(many, verbose=0), epochs, BATCH),
            lambda: pretrain_on_frozen_layers(layerwise(widths)[1:], many, epochs, [first]),
        ),
    )


def measure(budget_s):
    (many, _), _ = load_mnist(n_train=10_000, flatten=True)
    x = many[:BATCH]
    images = x.reshape(-1, 28, 28, 1)
    rows = []
    for group in (
        contraction_rows(x),
        functional_rows(x),
        norm_rows(x, images),
        sparsity_rows(x, many),
        model_rows(many),
        noise_rows(x),
        stacking_rows(many),
    ):
        for what, reference, aim, functions in group:
            row = {"what": what, "reference": reference, "aim": aim} | compare(*functions, budget_s)
            rows.append(row)
            print(line(row), flush=True)
    return rows


def line(row):
    mark = " " if row["aim"] is None else "✓" if row["ratio"] <= row["aim"] else "✗"
    return (
        f"{mark} {row['what']:45} / {row['reference']:30} {row['ratio']:6.3f}  "
        f"at most {aim_of(row):5} {row['ours_ms']:10.2f} / {row['reference_ms']:10.2f} ms"
    )


def aim_of(row):
    return "-" if row["aim"] is None else f"{row['aim']:.3g}"


def notes(rows):
    """What the rows need said of them, with the figures that they have themselves."""
    ratios = {(row["what"], row["reference"]): row["ratio"] for row in rows}
    ours, beside_hand = ratios[PROBE, PLAIN], ratios[PROBE, BY_HAND]
    return (
        *NOTES,
        "",
        "A random probe through max pooling needs the gradient of the gradient of max pooling. "
        f"A step with one takes {ours:.2f} plain steps; written by hand with the backend's own "
        f"derivative, without aekit, it takes {ours / beside_hand:.2f}.",
    )


def as_markdown(result):
    on = result["machine"]
    text = [
        "# What the parts of aekit cost",
        "",
        f"Keras {on['keras']} on {on['backend']}, {on['device']}. Medians of the "
        f"rounds' ratios, each to be at most its aim; batches of {BATCH}; written by "
        "`make bench-speed`.",
        "",
        f"![The ratios as dots, each with its aim]({result['name']}.png)",
        "",
        *notes(result["rows"]),
        "",
        "| ours | reference | ratio | quartiles | rounds | aim | ours, ms | reference, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        low, high = row["quartiles"]
        text.append(
            f"| {row['what']} | {row['reference']} | {row['ratio']:.3f} | {low:.3f} to {high:.3f} "
            f"| {row['rounds']} | {aim_of(row)} | {row['ours_ms']:.2f} "
            f"| {row['reference_ms']:.2f} |"
        )
    return "\n".join(text) + "\n"


def chart(result):
    """A dot a row on a logarithmic axis around 1, and a mark where the row's aim is."""
    plots.use_style()
    rows = result["rows"][::-1]
    figure, axis = plt.subplots(figsize=(7.6, 0.5 * len(rows) + 1.6))
    positions = np.arange(len(rows))
    ratios = [row["ratio"] for row in rows]
    axis.hlines(positions, 1, ratios, color="#999999", linestyle="-", linewidth=1.5)
    axis.plot(ratios, positions, "o", color=plots.COLORS[0], markersize=9, label="ours")
    axis.plot(
        [row["aim"] or np.nan for row in rows], positions, "|", color=plots.COLORS[1],
        markersize=20, markeredgewidth=3, label="aim: at most",
    )  # fmt: skip
    for position, row in zip(positions, rows, strict=True):
        axis.text(1.01, position, f"{row['ratio']:.3g}", transform=axis.get_yaxis_transform(),
                  va="center", fontsize=12)  # fmt: skip
    names = [f"{row['what']}\nbeside {row['reference']}" for row in rows]
    axis.set_yticks(positions, names, fontsize=9)
    axis.set(xscale="log")
    axis.set_xlabel("faster ←  time of ours / time of the reference  → slower", fontsize=11)
    title = f"What the parts of aekit cost ({result['machine']['backend']})"
    figure.suptitle(title, x=0.02, ha="left", fontsize=12, fontweight="bold")
    axis.axvline(1, color="black", linewidth=1, linestyle="-")
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.margins(x=0.05)
    axis.grid(visible=False, axis="y")
    figure.legend(loc="outside lower right")
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="for each row; at least 7 rounds")
    budget_s = parser.parse_args().seconds
    backend = keras.config.backend()
    name = f"speed-{backend}"
    on = {"keras": keras.__version__, "backend": backend, "device": machine()}
    result = {"name": name, "machine": on, "rows": measure(budget_s)}
    write_json(result, RESULTS / f"{name}.json")
    write_text(as_markdown(result), RESULTS / f"{name}.md")
    save(chart(result), RESULTS / f"{name}.png")
    print(f"Written to benchmarks/results/{name}.md, .json and .png")


if __name__ == "__main__":
    main()
