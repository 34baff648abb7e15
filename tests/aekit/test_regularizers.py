"""Penalties on the code, against NumPy by hand and finite differences."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.src.testing import TestCase
from makers import Pairs

from aekit import Autoencoder, Contractive, KLSparsity, L1Sparsity, conv_autoencoder
from aekit import dense_autoencoder as dense
from aekit.regularizers import (
    CodeRegularizer,
    TrainingSetActivation,
    kl_divergence,
    kl_gradient,
    mean_activation,
)

open_unit = st.floats(0.001, 0.999)


def kl_by_hand(rho, rho_hat):
    rho_hat = np.asarray(rho_hat, dtype=np.float64)
    return rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def compiled(penalty, optimizer="adam", loss="mse", **kwargs):
    autoencoder = dense(16, 6, penalty=penalty, **kwargs)
    autoencoder.compile(optimizer=optimizer, loss=loss, metrics=["mse"])
    return autoencoder


@settings(max_examples=50)
@given(rho=open_unit, rho_hat=open_unit)
def test_kl_and_its_gradient_are_those_by_hand(rho, rho_hat):
    tensor = keras.ops.convert_to_tensor(rho_hat, dtype="float32")
    expected = kl_by_hand(rho, np.float32(rho_hat))
    assert numpy_of(kl_divergence(rho, tensor)) == pytest.approx(expected, rel=1e-4, abs=1e-6)
    step = 1e-6 * min(rho_hat, 1 - rho_hat)
    slope = (kl_by_hand(rho, rho_hat + step) - kl_by_hand(rho, rho_hat - step)) / (2 * step)
    assert numpy_of(kl_gradient(rho, tensor)) == pytest.approx(slope, rel=1e-3, abs=1e-2)


def test_kl_is_zero_at_rho_and_grows_away_from_it():
    rho_hat = np.linspace(0.01, 0.99, 99)
    values = numpy_of(kl_divergence(0.2, keras.ops.convert_to_tensor(rho_hat)))
    assert np.argmin(values) == 19  # rho_hat = 0.2
    assert values[19] == pytest.approx(0, abs=1e-6)
    assert (np.diff(values[:20]) < 0).all()
    assert (np.diff(values[19:]) > 0).all()
    assert np.isfinite(numpy_of(kl_divergence(0.2, keras.ops.convert_to_tensor([0.0, 1.0])))).all()


@pytest.mark.parametrize("batch_size", [1, 7, 32, 64])
def test_sparsity_penalty_does_not_depend_on_batch_size(pixels, batch_size):
    """The total loss is L + beta sum_j KL by hand, whatever Keras does to other regularizers."""
    autoencoder = compiled(KLSparsity(rho=0.05, beta=3.0))
    x = pixels[:batch_size]
    total, mse = autoencoder.evaluate(x, x, batch_size=batch_size, verbose=0)
    code = autoencoder.encode(x).astype(np.float64)
    expected = mse + 3.0 * kl_by_hand(0.05, code.mean(axis=0)).sum()
    assert total == pytest.approx(expected, rel=1e-5)
    trained = autoencoder.fit(x, x, batch_size=batch_size, epochs=1, verbose=0).history["loss"]
    assert trained[0] == pytest.approx(expected, rel=1e-5)


def test_l1_and_contractive_losses_are_those_by_hand(pixels):
    autoencoder = compiled(L1Sparsity(0.1))
    total, mse = autoencoder.evaluate(pixels, pixels, batch_size=64, verbose=0)
    code = autoencoder.encode(pixels)
    assert total == pytest.approx(mse + 0.1 * np.abs(code).sum(axis=1).mean(), rel=1e-5)

    autoencoder = compiled(Contractive(0.1))
    total, mse = autoencoder.evaluate(pixels, pixels, batch_size=64, verbose=0)
    code, kernel = autoencoder.encode(pixels), autoencoder.encoder.get_weights()[0]
    norm = ((code * (1 - code)) ** 2 @ (kernel**2).sum(axis=0)).mean()
    assert total == pytest.approx(mse + 0.1 * norm, rel=1e-5)


def sgd_gradient(penalty, pixels, weights, callbacks=None):
    """The gradient of the penalty alone by the encoder's kernel: one step of SGD of rate 1."""
    autoencoder = compiled(penalty, keras.optimizers.SGD(1.0), lambda y, p: 0.0 * p)
    autoencoder.encoder.set_weights(weights)
    autoencoder.fit(
        pixels, pixels, batch_size=len(pixels), epochs=1, verbose=0, callbacks=callbacks
    )
    return weights[0] - autoencoder.encoder.get_weights()[0]


@pytest.fixture
def weights():
    rng = np.random.default_rng(2)
    return [rng.normal(0, 0.5, (16, 6)).astype("float32"), rng.normal(0, 0.5, 6).astype("float32")]


def test_gradient_of_batch_kl_is_that_by_finite_differences(pixels, weights):
    def penalty(kernel):
        code = 1 / (1 + np.exp(-(pixels.astype(np.float64) @ kernel + weights[1])))
        return 2.0 * kl_by_hand(0.1, code.mean(axis=0)).sum()

    kernel, step = weights[0].astype(np.float64), 1e-5
    expected = np.zeros_like(kernel)
    for index in np.ndindex(kernel.shape):
        change = np.zeros_like(kernel)
        change[index] = step
        expected[index] = (penalty(kernel + change) - penalty(kernel - change)) / (2 * step)
    gradient = sgd_gradient(KLSparsity(0.1, 2.0), pixels, weights)
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-5)


def test_gradient_of_whole_set_kl_is_the_lectures_term(pixels, weights):
    """beta (-rho/rho_hat + (1-rho)/(1-rho_hat)) by the whole set, s'(a) x by the batch."""
    whole = np.random.default_rng(5).random((500, 16), dtype=np.float32) ** 3
    penalty = KLSparsity(0.1, 2.0, estimate="training_set")
    gradient = sgd_gradient(penalty, pixels, weights, [TrainingSetActivation(whole)])
    rho_hat = (1 / (1 + np.exp(-(whole @ weights[0] + weights[1])))).mean(axis=0)
    code = 1 / (1 + np.exp(-(pixels @ weights[0] + weights[1])))
    slope = 2.0 * (-0.1 / rho_hat + 0.9 / (1 - rho_hat))
    expected = pixels.T @ (slope * code * (1 - code)) / len(pixels)
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-5)


def test_whole_set_estimate_is_that_of_a_forward_pass_before_each_epoch(pixels):
    class Watch(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if hasattr(self.model, "jax_state_sync"):
                self.model.jax_state_sync()
            seen.append(numpy_of(self.model.penalty.rho_hat))
            if batch == 0:
                expected.append(self.model.encode(pixels).mean(axis=0))

    seen, expected = [], []
    autoencoder = compiled(KLSparsity(0.1, 2.0, estimate="training_set"))
    autoencoder.fit(
        pixels,
        pixels,
        batch_size=32,
        epochs=3,
        verbose=0,
        callbacks=[Watch()],
    )
    np.testing.assert_allclose(seen[::2], expected, rtol=1e-5)
    np.testing.assert_array_equal(seen[::2], seen[1::2])


def test_whole_set_estimate_is_renewed_at_the_chosen_interval(pixels):
    calls = []

    class Counting(TrainingSetActivation):
        def update(self):
            calls.append(self.steps)
            super().update()

    autoencoder = compiled(KLSparsity(0.1, 2.0, estimate="training_set"))
    autoencoder.fit(
        pixels,
        pixels,
        batch_size=16,
        epochs=2,
        verbose=0,
        callbacks=[Counting(pixels, every_steps=3)],
    )
    assert calls == [0, 3, 6]


def test_moving_average_follows_the_batches(pixels):
    autoencoder = compiled(
        KLSparsity(0.1, 2.0, estimate="moving_average", momentum=0.8),
        keras.optimizers.SGD(0.0),
    )
    autoencoder.fit(pixels, pixels, batch_size=16, epochs=1, verbose=0, shuffle=False)
    means = autoencoder.encode(pixels).reshape(4, 16, 6).mean(axis=1)
    expected = means[0]
    for mean in means[1:]:
        expected = 0.8 * expected + 0.2 * mean
    np.testing.assert_allclose(numpy_of(autoencoder.penalty.rho_hat), expected, rtol=1e-5)
    total, mse = autoencoder.evaluate(pixels, pixels, verbose=0)
    assert total - mse == pytest.approx(2.0 * kl_by_hand(0.1, expected).sum(), rel=1e-4)


@pytest.mark.parametrize("estimate", ["batch", "moving_average", "training_set"])
def test_training_brings_the_mean_activations_to_rho(pixels, estimate):
    penalty = KLSparsity(0.2, 3.0, estimate=estimate, momentum=0.5, every_steps=5)
    autoencoder = compiled(penalty, keras.optimizers.Adam(0.02))
    steps = np.tile(pixels, (150, 1))
    autoencoder.fit(steps, steps, batch_size=64, shuffle=False, epochs=1, verbose=0)
    np.testing.assert_allclose(autoencoder.encode(pixels).mean(axis=0), 0.2, atol=0.05)


def test_units_of_a_convolutional_code_are_what_the_caller_says(images):
    code = np.random.default_rng(0).random((5, 2, 3, 4), dtype=np.float32)
    np.testing.assert_allclose(
        numpy_of(mean_activation(code, "feature_map")), code.mean((0, 1, 2)), rtol=1e-5
    )
    by_position = numpy_of(mean_activation(code, "position"))
    np.testing.assert_allclose(by_position, code.mean(axis=0).ravel(), rtol=1e-5)
    for unit, units in (("feature_map", 3), ("position", 12)):
        for estimate in ("batch", "training_set"):
            autoencoder = conv_autoencoder(
                (4, 4, 1),
                filters=(3,),
                code_activation="sigmoid",
                penalty=KLSparsity(0.1, 1.0, unit=unit, estimate=estimate),
            )
            autoencoder.compile(optimizer="adam", loss="mse", metrics=["mse"])
            autoencoder.fit(images, images, epochs=1, verbose=0)
        assert autoencoder.penalty.rho_hat.shape == (units,)


PENALTIES = {
    "KL of the batch": KLSparsity(0.1, 2.0),
    "KL by moving average": KLSparsity(0.1, 2.0, estimate="moving_average"),
    "KL of the training set": KLSparsity(0.1, 2.0, estimate="training_set"),
    "L1": L1Sparsity(0.1),
    "contractive": Contractive(0.1),
    "contractive by probes": Contractive(0.1, method="random_probe", probes=2, seed=3),
    "contractive by layers": Contractive([0.1, 0.2], method="layerwise"),
}


@pytest.mark.parametrize("mode", ["compiled", "eager", "mixed precision", "XLA"])
@pytest.mark.parametrize("name", PENALTIES)
def test_every_penalty_trains_and_comes_back_from_a_file(tmp_path, pixels, name, mode):
    penalty = type(PENALTIES[name]).from_config(PENALTIES[name].get_config())
    if mode == "mixed precision":
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        autoencoder = dense(16, 5, hidden=(8,), hidden_activation="tanh", penalty=penalty)
    finally:
        keras.config.set_dtype_policy("float32")
    autoencoder.compile(
        optimizer="adam",
        loss="mse",
        metrics=["mse"],
        run_eagerly=mode == "eager",
        jit_compile=mode == "XLA" and keras.config.backend() != "torch",
    )
    history = autoencoder.fit(pixels, pixels, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert history["loss"][0] > history["mse"][0]
    autoencoder.save(tmp_path / "autoencoder.keras")
    loaded = keras.saving.load_model(tmp_path / "autoencoder.keras")
    assert loaded.penalty.get_config() == penalty.get_config()
    np.testing.assert_array_equal(loaded.reconstruct(pixels), autoencoder.reconstruct(pixels))


@pytest.mark.skipif(keras.config.backend() == "jax", reason="JAX computes in 32 bits")
@pytest.mark.parametrize("name", PENALTIES)
def test_every_penalty_is_computed_in_double_precision_where_the_model_is(pixels, name):
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        configuration = PENALTIES[name].get_config() | {"dtype": "float64"}
        autoencoder = compiled(type(PENALTIES[name]).from_config(configuration), hidden=(8,))
        x = pixels.astype("float64")
        history = autoencoder.fit(x, x, verbose=0).history
        assert np.isfinite(history["loss"]).all()
        penalty = autoencoder.penalty(
            keras.ops.convert_to_tensor(autoencoder.encode(x)), encoder=autoencoder.encoder, x=x
        )
        assert keras.backend.standardize_dtype(penalty.dtype) == "float64"
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


def test_exact_penalty_of_a_convolutional_encoder_trains_with_xla(images):
    autoencoder = conv_autoencoder((4, 4, 1), filters=(2,), penalty=Contractive(0.1))
    jit = keras.config.backend() != "torch"
    autoencoder.compile(optimizer="adam", loss="mse", metrics=["mse"], jit_compile=jit)
    history = autoencoder.fit(images, images, epochs=1, verbose=0).history
    assert history["loss"][0] > history["mse"][0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KLSparsity(0, 1), "`rho` must be a number in (0, 1). Received: rho=0"),
        (lambda: KLSparsity(1, 1), "`rho` must be a number in (0, 1). Received: rho=1"),
        (lambda: KLSparsity(0.1, -1), "`beta` must be a number in [0, ∞). Received: beta=-1"),
        (
            lambda: KLSparsity(0.1, 1, momentum=1),
            "`momentum` must be a number in [0, 1). Received: momentum=1",
        ),
        (
            lambda: KLSparsity(0.1, 1, estimate="guess"),
            "`estimate` must be one of 'batch', 'moving_average', 'training_set'. "
            "Received: estimate='guess'",
        ),
        (lambda: L1Sparsity(-1), "`weight` must be a number in [0, ∞). Received: weight=-1"),
        (lambda: Contractive(-1), "`weight` must be a number in [0, ∞). Received: weight=-1"),
        (
            lambda: Contractive([1, 2]),
            '`weight` must be one number, but for method="layerwise". '
            "Received: weight=[1, 2], method='exact'",
        ),
        (
            lambda: dense(16, 4, penalty=Contractive([1, 2], method="layerwise")),
            "`weight` must be one number, or one for each of the encoder's 1 dense layers. "
            "Received: weight=[1.0, 2.0]",
        ),
        (
            lambda: dense(16, 4, code_activation="relu", penalty=KLSparsity(0.1, 1)),
            "`penalty` KLSparsity needs a code in [0, 1], such as a sigmoid's. Received: "
            "encoder 'encoder', whose last activation takes values from 0 to inf",
        ),
        (
            lambda: conv_autoencoder(code_activation="sigmoid", penalty=KLSparsity(0.1, 1)),
            "`unit` must be one of 'position', 'feature_map' for a code with positions. "
            "Received: unit=None, code shape (4, 4, 8)",
        ),
        (
            lambda: KLSparsity(0.1, 1, estimate="training_set", every_steps=0),
            "`every_steps` must be an integer of at least 1. Received: every_steps=0",
        ),
        (
            lambda: TrainingSetActivation(np.zeros((0, 16))),
            "`x` must hold at least one example. Received: shape (0, 16)",
        ),
    ],
)
def test_impossible_penalties_are_refused(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message


@pytest.mark.parametrize("every_steps", [None, 3])
def test_whole_set_penalty_brings_its_own_callback_as_often_as_it_says(
    pixels, every_steps, monkeypatch
):
    calls = []
    update = TrainingSetActivation.update
    monkeypatch.setattr(
        TrainingSetActivation, "update", lambda self: calls.append(self.x) or update(self)
    )
    penalty = KLSparsity(0.1, 2.0, estimate="training_set", every_steps=every_steps)
    compiled(penalty).fit(pixels, pixels, 16, 2, 0)  # 4 steps an epoch, by position
    assert len(calls) == (2 if every_steps is None else 3)
    assert all(x is pixels for x in calls)


def test_a_pass_over_other_images_is_asked_for_by_giving_the_callback(pixels):
    autoencoder = compiled(KLSparsity(0.1, 2.0, estimate="training_set"), "sgd")
    before = autoencoder.encode(pixels[:8]).mean(axis=0)
    autoencoder.fit(pixels, pixels, 64, 1, 0, [TrainingSetActivation(pixels[:8])])
    np.testing.assert_allclose(numpy_of(autoencoder.penalty.rho_hat), before, rtol=1e-5)


def test_whole_set_penalty_passes_over_a_data_set_too(pixels):
    found = []
    for data in ((pixels, pixels, 16), (Pairs(pixels, pixels, batch_size=16),)):
        keras.utils.set_random_seed(0)
        autoencoder = compiled(KLSparsity(0.1, 2.0, estimate="training_set"))
        autoencoder.fit(*data, epochs=2, shuffle=False, verbose=0)
        found.append(numpy_of(autoencoder.penalty.rho_hat))
    np.testing.assert_allclose(*found, rtol=1e-5)


@pytest.mark.skipif(keras.config.backend() == "torch", reason="a call is always one step there")
def test_passes_count_steps_where_a_call_makes_several(pixels, monkeypatch):
    calls = []
    update = TrainingSetActivation.update
    monkeypatch.setattr(
        TrainingSetActivation, "update", lambda self: calls.append(self.steps) or update(self)
    )
    autoencoder = dense(16, 6, penalty=KLSparsity(0.1, 2.0, "training_set", every_steps=4))
    autoencoder.compile(optimizer="sgd", loss="mse", steps_per_execution=2)
    autoencoder.fit(pixels, pixels, 8, epochs=2, verbose=0)  # 8 steps an epoch
    assert calls == [0, 4, 8, 12, 16]


@pytest.mark.parametrize("name", [*PENALTIES, "of Keras"])
def test_examples_count_in_the_penalty_by_their_weights(pixels, name):
    """Those of weight 0 not at all: the rest, at weight 2, have the loss that they have alone."""
    penalty = keras.regularizers.L2(0.1)
    if name != "of Keras":
        penalty = type(PENALTIES[name]).from_config(PENALTIES[name].get_config())
    if "probes" in name or "training set" in name:  # drawn anew, or of another pass
        penalty = Contractive(0.1)
    autoencoder = compiled(penalty, hidden=(8,))
    weights = 2.0 * (np.arange(64) % 2)
    kept = pixels[weights > 0]
    alone = autoencoder.evaluate(kept, kept, 32, 0)[0]
    for shape in ((64,), (64, 1)):
        autoencoder.compile("sgd", "mse", metrics=["mse"])  # traced anew, since the rank is another
        weighed = autoencoder.evaluate(pixels, pixels, 64, 0, weights.reshape(shape))[0]
        assert weighed == pytest.approx(alone, rel=1e-5)
    autoencoder.compile("sgd", "mse", metrics=["mse"])
    assert autoencoder.evaluate(kept, kept, 32, 0)[0] == pytest.approx(alone, rel=1e-6)
    both = [autoencoder.get_weights()]
    autoencoder.fit(pixels, pixels, 64, verbose=0, sample_weight=weights)
    both.append(autoencoder.get_weights())
    autoencoder.set_weights(both[0])
    autoencoder.fit(kept, kept, 32, verbose=0)
    for one, other in zip(both[1], autoencoder.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_weights_of_pixels_count_in_the_loss_alone(pixels):
    autoencoder = compiled(L1Sparsity(0.1))
    total = autoencoder.evaluate(pixels, pixels, 64, 0, np.zeros((64, 1)))
    assert total[0] == pytest.approx(0, abs=1e-7)  # of examples, and so in the penalty too
    sequence = Autoencoder(keras.layers.Dense(3), keras.layers.Dense(4), penalty=L1Sparsity(0.1))
    sequence.compile(optimizer="sgd", loss="mse")
    x = pixels.reshape(64, 4, 4)
    by_hand = 0.1 * np.abs(sequence_codes(sequence, x)).sum(axis=(1, 2)).mean()
    assert sequence.evaluate(x, x, 64, 0, np.zeros((64, 4))) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("estimate", ["batch", "moving_average"])
def test_batch_without_weight_is_left_alone(pixels, estimate):
    autoencoder = compiled(KLSparsity(0.1, 1.0, estimate=estimate))
    assert autoencoder.evaluate(pixels, pixels, 64, 0, np.zeros(64))[0] == pytest.approx(
        0, abs=1e-6
    )


def test_pixel_weights_of_images_of_any_size_are_taken(images):
    encoder = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 3, 1, "same")])
    autoencoder = Autoencoder(
        encoder, keras.layers.Conv2D(1, 3, 1, "same"), penalty=L1Sparsity(1.0)
    )
    autoencoder.compile(optimizer="sgd", loss="mse")
    history = autoencoder.fit(images, images, verbose=0, sample_weight=np.ones((64, 4, 4))).history
    assert np.isfinite(history["loss"]).all()


def test_whole_set_means_only_what_is_trained_on(pixels):
    autoencoder = compiled(KLSparsity(0.1, 1.0, estimate="training_set"), keras.optimizers.SGD(0.0))
    autoencoder.fit(pixels, pixels, verbose=0, validation_split=0.25)
    by_hand = autoencoder.encode(pixels[:48]).mean(axis=0)
    np.testing.assert_allclose(numpy_of(autoencoder.penalty.rho_hat), by_hand, rtol=1e-5)


def sequence_codes(autoencoder, x):
    autoencoder.build(x.shape)
    return autoencoder.encode(x)


@pytest.mark.parametrize(
    ("penalty", "arguments"),
    [
        (KLSparsity, {"rho": 0.1, "beta": 1.0}),
        (KLSparsity, {"rho": 0.1, "beta": 1.0, "estimate": "moving_average"}),
        (L1Sparsity, {"weight": 0.1}),
        (CodeRegularizer, {"regularizer": keras.regularizers.L1(0.1)}),
        (Contractive, {"weight": 0.1}),
        (Contractive, {"weight": 0.1, "method": "random_probe"}),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras': a generator, and no weights
def test_penalty_keeps_the_contract_of_a_keras_layer(penalty, arguments):
    is_contractive = penalty is Contractive
    encoder = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4, "sigmoid")])
    call = {"encoder": encoder, "x": np.ones((3, 5), "float32")} if is_contractive else {}
    TestCase().run_layer_test(
        penalty,
        arguments,
        input_shape=(3, 4),
        call_kwargs=call | {"training": True},
        expected_output_shape=(),
        expected_num_trainable_weights=0,
        expected_num_non_trainable_weights=int(arguments.get("estimate") == "moving_average"),
        expected_num_losses=0,
        run_training_check=False,  # it makes a data set of the outputs, and a scalar makes none
        assert_built_after_instantiation=penalty is not KLSparsity,
    )


def test_whole_set_penalty_inside_of_another_model_says_what_to_do(pixels):
    outer = keras.Sequential([compiled(KLSparsity(0.1, 1.0, estimate="training_set"))])
    outer.compile(optimizer="sgd", loss="mse")
    with pytest.raises(ValueError, match="inside of another model take another estimate"):
        outer.fit(pixels, pixels, verbose=0, callbacks=[TrainingSetActivation(pixels)])


def test_whole_set_penalty_of_no_arrays_is_refused_and_its_callback_elsewhere(pixels):
    autoencoder = compiled(KLSparsity(0.1, 1.0, estimate="training_set"))
    with pytest.raises(ValueError, match="`callbacks` must hold a TrainingSetActivation"):
        autoencoder.fit(((pixels, pixels) for _ in range(1)), verbose=0)
    autoencoder = compiled(KLSparsity(0.1, 1.0))
    with pytest.raises(ValueError, match='`penalty` must be a KLSparsity\\(estimate="training_set'):
        autoencoder.fit(pixels, pixels, verbose=0, callbacks=[TrainingSetActivation(pixels)])


def test_code_that_leaves_the_unit_interval_unforeseen_is_never_a_finite_penalty(pixels):
    class Doubled(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    encoder = keras.Sequential([keras.Input((16,)), keras.layers.Dense(3, "sigmoid"), Doubled()])
    decoder = keras.Sequential([keras.Input((3,)), keras.layers.Dense(16)])
    autoencoder = Autoencoder(encoder, decoder, penalty=KLSparsity(0.1, 1.0))
    autoencoder.compile(optimizer="adam", loss="mse", metrics=["mse"])
    total, mse = autoencoder.evaluate(10 * pixels, 10 * pixels, verbose=0)
    assert np.isnan(total)
    assert np.isfinite(mse)
