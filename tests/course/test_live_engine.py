"""The engine of the live page against Keras, in a browser: outputs, gradients, steps of Adam."""

import base64
import json
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from browser import open_browser

from aekit import Autoencoder, Contractive, KLSparsity, dense_autoencoder
from aekit.datasets import load_mnist
from aekit.jacobian import jacobian, squared_frobenius_norm
from course.publishing import live

pytestmark = pytest.mark.browser
RELATIVE = 1e-5

# Hidden widths that are multiples of 4 and others: the kernel pads rows.
VARIANTS = {
    "relu": {},
    "tanh": {"activation": "tanh", "layers": [50, 30]},
    "sigmoid": {"activation": "sigmoid", "layers": [32]},
    "linear": {"activation": "linear", "layers": []},
    "cross-entropy": {"loss": "bce"},
    "sparse": {"beta": 0.03, "rho": 0.1},
    "contractive": {"lambda": 0.1},
    "contractive tanh": {"lambda": 0.1, "activation": "tanh", "layers": [50, 30], "loss": "bce"},
    "contractive sigmoid": {"lambda": 10.0, "activation": "sigmoid", "layers": [32]},
    "contractive linear": {"lambda": 0.1, "activation": "linear", "layers": []},
    "both": {"beta": 0.03, "rho": 0.1, "lambda": 0.1, "activation": "tanh"},
}


@pytest.fixture(scope="module")
def page():
    """A page with nothing but the script."""
    with open_browser() as browser:
        page = browser.new_page()
        page.set_content(f"<body></body><script>{live.script()}</script>")
        page.evaluate(HELPERS)
        yield page


HELPERS = """() => {
  window.floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  window.text = (values) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    let made = "";
    for (let i = 0; i < bytes.length; i += 8192) made += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(made);
  };
  window.settingsOf = (some) => AELive.consistent({...AELive.DEFAULTS, ...some});
  window.engineOf = (some, kernel, weights) => {
    const makeKernel = kernel === "js" ? AELive.jsKernel : (size) => AELive.wasmKernel(size, AELive.KERNEL_BYTES);
    const engine = AELive.createEngine(AELive.shapeOf(settingsOf(some)), {makeKernel, maxBatch: 32});
    if (weights) engine.setWeights(floats(weights));
    return engine;
  };
}"""


def as_text(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def as_array(text, *shape):
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(shape or -1)


def flat(arrays):
    return np.concatenate([np.ravel(keras.ops.convert_to_numpy(array)) for array in arrays])


def keras_model(settings):
    """The same network, loss and penalties by aekit; sparsity sits on the last hidden layer."""
    layers = settings.get("layers", [128, 64, 32])
    activation = settings.get("activation", "relu")
    beta, weight = settings.get("beta", 0), settings.get("lambda", 0)
    output = "sigmoid" if settings.get("loss") == "bce" else "linear"
    plain = dense_autoencoder(
        784, 2, layers, hidden_activation=activation, code_activation="linear",
        output_activation=output,
    )  # fmt: skip
    if not beta and weight:
        plain = Autoencoder(plain.encoder, plain.decoder, penalty=Contractive(weight))
    if beta:
        plain.encoder.layers[-2].activation = keras.activations.sigmoid
        hidden = keras.Sequential(plain.encoder.layers[:-1])
        sparsity = KLSparsity(rho=settings["rho"], beta=beta)
        contraction = Contractive(weight)

        @keras.saving.register_keras_serializable(package="tests")
        def penalty(code, encoder, x, training):
            omega = sparsity(hidden(x), encoder=hidden, x=x, training=training)
            return omega + (contraction(code, encoder=encoder, x=x) if weight else 0)

        plain = Autoencoder(plain.encoder, plain.decoder, penalty=penalty)
    loss = "binary_crossentropy" if output == "sigmoid" else "mse"
    plain.compile(keras.optimizers.Adam(0.002), loss=loss)
    # Biases that are not 0, so that a test would see them left out.
    for variable in plain.trainable_variables:
        if len(variable.shape) == 1:
            variable.assign(np.random.default_rng(1).normal(0, 0.1, variable.shape))
    return plain


def gradients_of(model, x, wanted):
    """The parts of Keras' loss, and its gradients by autodiff."""
    with tf.GradientTape() as tape:
        made = model(x, training=True)
        loss = keras.ops.mean(keras.losses.get(model.loss)(wanted, made)) + sum(model.losses)
    return float(loss), tape.gradient(loss, [v.value for v in model.trainable_variables])


def digits(n, seed):
    """Sparse images in [0, 1], and corrupted ones."""
    random = np.random.default_rng(seed)
    x = random.random((n, 784), dtype=np.float32) * (random.random((n, 784)) < 0.2)
    return x.astype(np.float32), (x * (random.random(x.shape) < 0.7)).astype(np.float32)


def assert_close(ours, theirs, of=None):
    """Within 1e-5 of the largest of the numbers that belong together."""
    scale = np.abs(theirs).max() if of is None else of
    assert np.abs(ours - theirs).max() <= RELATIVE * scale


@pytest.mark.parametrize("kernel", ["wasm", "js"])
@pytest.mark.parametrize("name", VARIANTS)
def test_outputs_losses_and_gradients_are_those_of_keras(page, name, kernel):
    settings, model = VARIANTS[name], keras_model(VARIANTS[name])
    wanted, x = digits(31, seed=2)  # 31: the kernel takes rows in fours
    weights = model.get_weights()
    ours = page.evaluate(
        """([some, kernel, weights, x, wanted]) => {
          const engine = engineOf(some, kernel, weights);
          const losses = engine.losses(floats(x), floats(wanted), settingsOf(some));
          engine.gradients(floats(x), floats(wanted), settingsOf(some));
          return {losses, gradient: text(engine.gradient()), made: text(engine.reconstruct(floats(x))),
            codes: text(engine.encode(floats(x)))};
        }""",
        [settings, kernel, as_text(flat(weights)), as_text(x), as_text(wanted)],
    )
    loss, gradients = gradients_of(model, x, wanted)
    assert_close(as_array(ours["made"], 31, 784), model.reconstruct(x))
    assert_close(as_array(ours["codes"], 31, 2), model.encode(x))
    assert ours["losses"]["total"] == pytest.approx(loss, rel=RELATIVE)
    assert (ours["losses"]["sparsity"] > 0) == ("beta" in settings)
    assert (ours["losses"]["contraction"] > 0) == ("lambda" in settings)
    at, mine = 0, as_array(ours["gradient"])
    for gradient in map(np.array, gradients):
        assert_close(mine[at : at + gradient.size], gradient.ravel())
        at += gradient.size
    assert at == mine.size


@pytest.mark.parametrize("name", ["relu", "tanh", "cross-entropy", "sparse", "contractive"])
def test_twenty_steps_of_adam_are_those_of_keras(page, name):
    settings, model = VARIANTS[name], keras_model(VARIANTS[name])
    start = flat(model.get_weights())
    # Real digits: in noise many a relu stands at its kink, where the last figure says if it is on.
    (images, _), _ = load_mnist(640, flatten=True)
    noise = np.random.default_rng(0).random(images.shape)
    batches = np.stack([np.where(noise < 0.3, 0, images).astype("float32"), images], axis=1)
    batches = batches.reshape(20, 32, 2, 784).transpose(0, 2, 1, 3)
    mine = page.evaluate(
        """([some, weights, batches]) => {
          const engine = engineOf(some, "wasm", weights);
          for (const [x, wanted] of batches) engine.step(floats(x), floats(wanted), 0.002, settingsOf(some));
          return text(engine.weights());
        }""",
        [settings, as_text(start), [[as_text(x), as_text(wanted)] for x, wanted in batches]],
    )
    for x, wanted in batches:
        model.train_on_batch(x, wanted)
    theirs = flat(model.get_weights())
    assert np.abs(theirs - start).max() > 0.02  # they did move
    # As a whole: Adam divides each gradient by its size, so where one is nearly 0, by chance of sums
    # that cancel, a rounding error is as large as a gradient elsewhere.
    assert np.linalg.norm(as_array(mine) - theirs) <= RELATIVE * np.linalg.norm(theirs)


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "linear"])
def test_jacobian_of_the_code_is_that_of_aekit(page, name):
    settings, model = VARIANTS[name], keras_model(VARIANTS[name])
    x, _ = digits(8, seed=4)
    rows, norm = page.evaluate(
        """([some, weights, x]) => {
          const engine = engineOf(some, "wasm", weights), all = floats(x);
          return [[0, 5].map((i) => engine.jacobian(all.subarray(784 * i, 784 * i + 784)).map(text)),
            engine.sensitivity(all)];
        }""",
        [settings, as_text(flat(model.get_weights())), as_text(x)],
    )
    exact = jacobian(model.encoder, x)
    for row, i in zip(rows, (0, 5), strict=True):
        assert_close(np.stack([as_array(unit) for unit in row]), exact[i])
    norms = keras.ops.convert_to_numpy(squared_frobenius_norm(model.encoder, x))
    assert norm == pytest.approx(norms.mean(), rel=RELATIVE)


def test_principal_directions_are_the_singular_vectors(page):
    matrix = np.random.default_rng(0).normal(size=(2, 784)).astype(np.float32)
    found = page.evaluate(
        """(rows) => AELive.principalDirections(rows.map(floats)).map(
          ({picture, strength, angle}) => [text(picture), strength, angle])""",
        [as_text(row) for row in matrix],
    )
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    for k, (picture, strength, angle) in enumerate(found):
        assert strength == pytest.approx(s[k], rel=1e-4)
        assert abs(np.dot(u[:, k], [np.cos(angle), np.sin(angle)])) == pytest.approx(1, abs=1e-4)
        assert abs(v[k] @ as_array(picture)) == pytest.approx(s[k], rel=1e-4)


def test_both_kernels_compute_the_same(page):
    """gemm for odd sizes, transposed and added; sigmoid, tanh over their whole range; Adam."""
    worst = page.evaluate(
        """() => {
          const random = AELive.seeded(1);
          const numbers = Float32Array.from({length: 60000}, () => 2 * random() - 1);
          const pair = [AELive.jsKernel(60000), AELive.wasmKernel(60000, AELive.KERNEL_BYTES)];
          const run = (work) => {
            for (const kernel of pair) { kernel.heap.set(numbers); work(kernel); }
            return pair[0].heap.subarray(0, 60000).reduce((worst, value, i) => Math.max(worst, Math.abs(value - pair[1].heap[i])), 0);
          };
          const worst = {};
          for (const [m, n, k] of [[1, 4, 1], [4, 8, 4], [5, 12, 7], [31, 52, 300], [7, 4, 513]]) {
            for (const add of [0, 1]) {
              worst[`gemm ${m} ${n} ${k} ${add}`] = run((o) => o.gemm(m, n, k, 0, k, 1, 20000, n, 50000, n, add)) / k;
              worst[`transposed ${m} ${n} ${k} ${add}`] = run((o) => o.gemm(m, n, k, 0, 1, m, 20000, n, 50000, n, add)) / k;
            }
          }
          for (const scale of [0.01, 1, 10, 200]) {
            const stretched = (o) => { for (let i = 0; i < 4000; i++) o.heap[i] *= scale; };
            worst[`sigmoid ${scale}`] = run((o) => { stretched(o); o.sigmoid(4000, 0); });
            worst[`tanh ${scale}`] = run((o) => { stretched(o); o.tanh(4000, 0); });
          }
          worst.adam = run((o) => {
            for (let i = 3000; i < 4000; i++) o.heap[i] = Math.abs(o.heap[i]);
            o.adam(1000, 0, 1000, 2000, 3000, 0.001, 0.1, 0.001, 1e-7);
          });
          return worst;
        }"""
    )
    assert len(worst) == 29
    assert {name: value for name, value in worst.items() if not value < 3e-7} == {}


def test_small_values_keep_their_digits_in_tanh(page):
    ours = page.evaluate(
        """() => {
          const kernel = AELive.wasmKernel(400, AELive.KERNEL_BYTES);
          for (let i = 0; i < 400; i++) kernel.heap[i] = (i - 200) * 1e-4;
          kernel.tanh(400, 0);
          return text(kernel.heap.subarray(0, 400));
        }"""
    )
    exact = np.tanh(((np.arange(400) - 200) * 1e-4).astype(np.float32).astype(np.float64))
    np.testing.assert_allclose(as_array(ours), exact, rtol=3e-7)


def test_corruption_is_that_of_aekit(page):
    """Shares and moments, and not the draws, which come from another generator."""
    x = np.full(200_000, 0.5, dtype=np.float32)
    made = page.evaluate(
        """(x) => ["masking", "pepper", "gaussian"].map((noise) =>
          text(AELive.corrupt(floats(x), {noise, level: 0.3}, AELive.seeded(3))))""",
        as_text(x),
    )
    masked, peppered, noisy = map(as_array, made)
    assert set(masked) == {0.0, 0.5} and np.mean(masked == 0) == pytest.approx(0.3, abs=0.005)
    assert set(peppered) == {0.0, 0.5, 1.0}
    assert np.mean(peppered == 0) == pytest.approx(0.15, abs=0.004)
    assert np.mean(peppered == 1) == pytest.approx(0.15, abs=0.004)
    inside = noisy[(noisy > 0) & (noisy < 1)]
    assert noisy.min() >= 0 and noisy.max() <= 1
    # 5/3 of a standard deviation lie between grey and each end: 9.56 % leave the range.
    assert 1 - len(inside) / len(noisy) == pytest.approx(0.0956, abs=0.003)
    assert np.mean(np.abs(inside - 0.5) < 0.3) * len(inside) / len(noisy) == pytest.approx(
        0.6827, abs=0.005
    )


def test_neighbours_are_counted_as_scikit_learn_does(page):
    from sklearn.neighbors import KNeighborsClassifier

    random = np.random.default_rng(0)
    known, points = (random.normal(size=(n, 2)).astype(np.float32) for n in (400, 100))
    labels, wanted = ((np.abs(p[:, 0] * 3).astype(int) % 10) for p in (known, points))
    ours = page.evaluate(
        """([points, labels, known, knownLabels]) => AELive.nearestNeighbourAccuracy(
          floats(points), labels, floats(known), knownLabels)""",
        [as_text(points), wanted.tolist(), as_text(known), labels.tolist()],
    )
    # Draws between labels are broken otherwise there.
    theirs = KNeighborsClassifier(5).fit(known, labels).score(points, wanted)
    assert ours == pytest.approx(theirs, abs=0.05)


@pytest.mark.parametrize(
    "some",
    [
        {},
        {"layers": [], "activation": "linear"},
        {"layers": [50], "noise": "gaussian", "level": 0.5, "loss": "bce"},
        {"noise": "masking", "lambda": 0.01, "batch": 32},
        {"beta": 0.01, "noise": "pepper", "seed": 3},
        {"beta": 0.01, "lambda": 0.001, "activation": "tanh"},
    ],
)
def test_keras_code_runs_and_has_the_same_network(page, some, monkeypatch):
    code, shape = page.evaluate(
        "(some) => [AELive.kerasCode(settingsOf(some), 64), AELive.shapeOf(settingsOf(some))]", some
    )
    names = {}
    exec(re.sub(r"epochs=\d+", "epochs=1, verbose=0", code), names)
    model = names["autoencoder"]
    assert names["code"].shape == (500, 2)
    dense = [layer for part in (model.encoder, model.decoder) for layer in part.layers]
    assert [layer.units for layer in dense] == shape["widths"][1:]
    assert [layer.activation.__name__ for layer in dense] == shape["activations"]
    assert (model.corruption is not None) == ("noise" in some)
    assert (model.penalty is not None) == bool({"beta", "lambda"} & some.keys())
    assert json.dumps(some.get("lambda", 0)) in code or "lambda" not in some
