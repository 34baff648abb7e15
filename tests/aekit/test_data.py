"""What is refused is refused for every container alike, by name, and before any weight moves."""

import inspect

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import Pairs

from aekit import Autoencoder, GaussianCorruption, KLSparsity, SaltAndPepperNoise, _data
from aekit import dense_autoencoder as dense

N, WIDTH = 40, 6


def py_dataset(x, y=None):
    return Pairs(x) if y is None else Pairs(x, y)


def batches(x, y=None):
    data = py_dataset(x, y)
    yield from (data[i] for i in range(len(data)))


def tf_data(x, y=None):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices(x if y is None else (x, y)).batch(10)


def data_loader(x, y=None):
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(part) for part in ((x,) if y is None else (x, y))]
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*tensors), batch_size=10)


def data_frames(x, y=None):
    pandas = pytest.importorskip("pandas")
    return [pandas.DataFrame(part) for part in ((x,) if y is None else (x, y))]


STREAMS = {
    "PyDataset": py_dataset,
    "generator": batches,
    "tf.data": tf_data,
    "DataLoader": data_loader,
}
CONTAINERS = {"arrays": lambda *parts: list(parts), "data frames": data_frames} | {
    name: lambda x, y=None, make=make: [make(x, y)] for name, make in STREAMS.items()
}


@pytest.fixture
def x():
    return np.random.default_rng(0).random((N, WIDTH), dtype=np.float32)


def with_nan(x):
    x = x.copy()
    x[3, 2] = np.nan
    return x


# What is wrong, and what the error says.
BAD = {
    "no target": (lambda x: (x,), "`y` must be what to reconstruct"),
    "0 to 255": (lambda x: (x, 255 * x), r"`y` must be in \[0, 1\] for a cross-entropy.*divide by"),
    "NaN": (lambda x: (with_nan(x), with_nan(x)), "`x` must be finite. Received: 1 values"),
    "NaN in the target": (lambda x: (x, with_nan(x)), "`y` must be finite"),
    "a label": (
        lambda x: (x, np.arange(N)),
        r"`y` must have shape \(n, 6\). Received: \(\d+,( 1)?\)",
    ),
    "another width": (lambda x: (x[:, :5], x[:, :5]), r"`x` must have shape \(n, 6\)"),
}


def compiled(loss="binary_crossentropy", **slots):
    autoencoder = dense(WIDTH, 3, **slots)
    autoencoder.compile("adam", loss)
    return autoencoder


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("container", CONTAINERS)
def test_what_cannot_be_learnt_from_is_refused_before_weights_move(x, container, bad):
    make, message = BAD[bad]
    autoencoder = compiled()
    before = autoencoder.get_weights()
    for method in (autoencoder.fit, autoencoder.evaluate):
        with pytest.raises(ValueError, match=message):
            method(*CONTAINERS[container](*make(x)), verbose=0)
    for old, new in zip(before, autoencoder.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_trains_to_the_same_loss(x, container):
    keras.utils.set_random_seed(0)
    autoencoder = compiled("mse")
    by_hand = np.mean((x - autoencoder.reconstruct(x)) ** 2)
    data = CONTAINERS[container](x, x)
    assert autoencoder.evaluate(*data, batch_size=None, verbose=0) == pytest.approx(by_hand, 1e-4)
    keras.utils.set_random_seed(0)
    history = compiled("mse").fit(
        *CONTAINERS[container](x, x),
        shuffle=False,
        verbose=0,
        **({"batch_size": 10} if len(data) == 2 else {}),
    )
    keras.utils.set_random_seed(0)
    arrays = compiled("mse").fit(x, x, 10, shuffle=False, verbose=0)
    np.testing.assert_allclose(history.history["loss"], arrays.history["loss"], rtol=1e-5)


@pytest.mark.parametrize("bad", BAD)
def test_validation_data_are_refused_by_name_before_the_first_step(x, bad):
    make, message = BAD[bad]
    steps = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_: pytest.fail("a step"))
    validation = make(x)
    with pytest.raises(ValueError, match="`validation_data`: " + message):
        compiled().fit(
            x,
            x,
            verbose=0,
            callbacks=[steps],
            validation_data=validation if len(validation) > 1 else validation[0],
        )


@pytest.mark.parametrize("container", STREAMS)
def test_what_is_wrong_in_a_later_batch_is_refused_too(x, container):
    bad = x.copy()
    bad[35, 2] = np.nan  # of the last batch
    autoencoder = compiled()
    before = autoencoder.get_weights()
    with pytest.raises(ValueError, match="^`x` must be finite"):
        autoencoder.fit(*CONTAINERS[container](bad, bad), verbose=0)
    if container != "generator":  # which is looked at as it comes
        np.testing.assert_array_equal(before[0], autoencoder.get_weights()[0])


def test_of_a_generator_no_batch_is_lost_or_made_before_its_time(x):
    taken = []

    def pairs():
        for i in range(4):
            taken.append(i)
            yield Pairs(x, x)[i]

    checked, _ = _data.check(compiled(), pairs(), None)
    assert taken == [0]
    np.testing.assert_array_equal(np.concatenate([pair[0] for pair in checked]), x)


def test_no_more_is_looked_at_than_is_trained_on(x):
    class Counted(Pairs):
        def __getitem__(self, i):
            read.append(i)
            return super().__getitem__(i)

    read = []
    _data.check(compiled(), Counted(x, x), None, steps=2)
    assert read == [0, 1]


@pytest.mark.parametrize("name", ["fit", "evaluate", "encode", "reconstruct"])
def test_data_set_of_nothing_is_refused(x, name):
    class Empty(Pairs):
        def __len__(self):
            return 0

    with pytest.raises(ValueError, match="`x` must hold at least one batch. Received: none"):
        getattr(compiled(), name)(Empty(x, x))


def test_data_set_without_end_is_looked_at_and_trains(x):
    class Endless(Pairs):
        num_batches = None

        def __getitem__(self, i):
            return super().__getitem__(i % 4)

    history = compiled().fit(Endless(x, x), steps_per_epoch=5, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    with pytest.raises(ValueError, match="data set without end"):
        sparse = compiled(penalty=KLSparsity(0.1, 1.0, estimate="training_set"))
        sparse.fit(Endless(x, x), steps_per_epoch=5, verbose=0)
    with pytest.raises(ValueError, match="`x` must be an array, or a data set that ends"):
        compiled().encode(Endless(x, x))


@pytest.mark.parametrize("what", [[[0.5] * 6], "digits", {"x": np.ones((2, 6))}, None, 7])
def test_what_is_no_data_is_refused_by_name(what):
    for method in (compiled().fit, compiled().evaluate):
        with pytest.raises(ValueError, match="`x` must be an array of images, or a data set"):
            method(what, what, verbose=0)


# A last activation, the data, a loss, and whether the one can reach the other.
REACH = [
    ("sigmoid", (0, 1), "mse", True),
    ("sigmoid", (-2, 2), "mse", False),
    ("sigmoid", (0, 255), "mae", False),
    ("sigmoid", (0, 255), keras.losses.Huber(), False),
    ("sigmoid", (-2, 2), "cosine_similarity", True),
    ("tanh", (-1, 1), "mse", True),
    ("tanh", (-2, 2), "mse", False),
    ("relu", (0, 255), "mse", True),
    ("relu", (-1, 1), "mse", False),
    ("linear", (-300, 300), "mse", True),
    (lambda a: 255 * keras.ops.sigmoid(a), (0, 255), "mse", True),
    ("linear", (0, 1), "bce", False),
    ("tanh", (0, 1), keras.losses.BinaryCrossentropy(), False),
    ("linear", (0, 1), keras.losses.BinaryCrossentropy(from_logits=True), True),
    ("softmax", (0, 1), "categorical_crossentropy", True),
    ("softplus", (0, 1), "categorical_crossentropy", True),
    ("linear", (0, 1), "categorical_crossentropy", False),
]


@pytest.mark.parametrize(("activation", "ends", "loss", "reaches"), REACH)
def test_target_that_the_last_activation_cannot_reach_is_refused(
    x, activation, ends, loss, reaches
):
    data = ends[0] + (ends[1] - ends[0]) * x
    autoencoder = compiled(loss, output_activation=activation)
    if reaches:
        assert np.isfinite(autoencoder.fit(data, data, verbose=0).history["loss"]).all()
        return
    before = autoencoder.get_weights()
    for container in ("arrays", "PyDataset"):
        with pytest.raises(ValueError, match="`output_activation` must"):
            autoencoder.fit(*CONTAINERS[container](data, data), verbose=0)
    np.testing.assert_array_equal(before[0], autoencoder.get_weights()[0])


def test_outliers_of_what_is_judged_are_for_the_loss_to_say(x):
    """As a sigmoid's new data are, scaled as the old ones were."""
    autoencoder = compiled("mae", corruption=SaltAndPepperNoise(0.1))
    history = autoencoder.fit(x, x, verbose=0, validation_data=(1.2 * x, 1.2 * x)).history
    by_hand = np.abs(1.2 * x - autoencoder.reconstruct(1.2 * x)).mean()
    assert history["val_loss"][0] == pytest.approx(by_hand, rel=1e-5)
    assert autoencoder.evaluate(1.2 * x, 1.2 * x, verbose=0) == pytest.approx(by_hand, rel=1e-5)
    with pytest.raises(ValueError, match="`validation_data`: `output_activation` must be able"):
        autoencoder.fit(x, x, verbose=0, validation_data=(255 * x, 255 * x))


def test_loss_of_ones_own_is_not_judged_by_its_name(x):
    def binary_crossentropy(target, logits):
        return keras.losses.binary_crossentropy(target, logits, from_logits=True)

    class Shifted(keras.losses.MeanSquaredError):
        def call(self, target, reconstruction):
            return super().call(target / 255, reconstruction)

    data = np.concatenate([x, x], axis=1)  # of another width: a mask beside the image

    class WithMask(keras.losses.Loss):
        def call(self, target, reconstruction):
            return keras.ops.mean((target[:, :WIDTH] - reconstruction) ** 2, axis=-1)

    for loss, target in ((binary_crossentropy, x), (Shifted(), 255 * x), (WithMask(), data)):
        autoencoder = compiled(loss, output_activation="linear")
        assert np.isfinite(autoencoder.fit(x, target, verbose=0).history["loss"]).all()


def test_model_that_makes_its_target_itself_needs_none(x):
    class Own(Autoencoder):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **kwargs):
            return keras.ops.mean((x - y_pred) ** 2)

    own = Own(keras.layers.Dense(3), keras.layers.Dense(WIDTH))
    own.compile("sgd")
    assert np.isfinite(own.fit(x, verbose=0).history["loss"]).all()


def test_activation_with_weights_of_its_own_is_left_alone(x):
    autoencoder = compiled("mse", output_activation=keras.layers.PReLU())
    assert np.isfinite(autoencoder.fit(x, x, verbose=0).history["loss"]).all()


def test_what_stands_alone_in_a_list_is_taken_as_keras_takes_it(x):
    weights, autoencoder = np.ones(N), compiled("mse", penalty=KLSparsity(0.1, 1.0))
    plain = autoencoder.evaluate(x, x, N, 0, weights)
    assert autoencoder.evaluate([x], [x], N, 0, [weights]) == pytest.approx(plain, rel=1e-6)
    with pytest.raises(ValueError, match="`y` must be finite"):
        autoencoder.fit(x, [with_nan(x)], verbose=0)


def test_subclass_with_arguments_of_its_own_comes_back_from_its_configuration():
    class Small(Autoencoder):
        def __init__(self, width, **kwargs):
            super().__init__(keras.layers.Dense(width), keras.layers.Dense(WIDTH), **kwargs)
            self.width = width

        def get_config(self):
            return {"width": self.width, "name": self.name}

    assert Small.from_config(Small(2).get_config()).width == 2


@settings(max_examples=20)
@given(low=st.floats(-300, 0), width=st.floats(0.01, 600))
def test_sigmoid_takes_what_lies_in_the_unit_interval_and_nothing_else(low, width):
    data = np.array([[low] * WIDTH, [low + width] * WIDTH], dtype="float32")
    autoencoder = compiled("mse")
    if low >= -1e-3 and low + width <= 1.001:
        _data.check(autoencoder, data, data)
        return
    with pytest.raises(ValueError, match="`output_activation` must be able to reach"):
        _data.check(autoencoder, data, data)


def test_arguments_of_fit_are_those_of_keras(x):
    for method in ("fit", "evaluate", "predict"):
        ours, of_keras = (
            list(inspect.signature(getattr(kind, method)).parameters)
            for kind in (Autoencoder, keras.Model)
        )
        assert ours == of_keras
    history = keras.callbacks.History()
    autoencoder = compiled()
    callbacks = keras.callbacks.CallbackList([history], model=autoencoder)
    autoencoder.fit(x, x, 10, 2, 0, callbacks, 0.0, (x, x))
    assert list(history.history) == ["loss", "val_loss"] and len(history.epoch) == 2
    with pytest.raises(ValueError, match="`validation_data`: `x` must be finite"):
        compiled().fit(x, x, 10, 2, 0, None, 0.0, (with_nan(x), x))


def test_validation_data_are_looked_at_once(x, monkeypatch):
    looked, check = [], _data._PairCheck.__call__
    monkeypatch.setattr(_data._PairCheck, "__call__", lambda *a: looked.append(1) or check(*a))
    compiled().fit(x, x, epochs=3, verbose=0, validation_data=(x, x))
    assert len(looked) == 2


CROSS_ENTROPIES = (
    "binary_crossentropy",
    "bce",
    "binary_focal_crossentropy",
    keras.losses.BinaryCrossentropy(name="reconstruction"),
    keras.losses.BinaryCrossentropy(from_logits=True),
    keras.losses.binary_crossentropy,
    ["binary_crossentropy"],
)


@pytest.mark.parametrize("loss", CROSS_ENTROPIES)
def test_cross_entropy_is_known_by_each_of_its_names(x, loss):
    with pytest.raises(ValueError, match=r"`y` must be in \[0, 1\]"):
        compiled(loss).fit(255 * x, 255 * x, verbose=0)


def test_target_with_gaps_is_for_a_loss_of_ones_own(x):
    def known(target, reconstruction):
        there = keras.ops.logical_not(keras.ops.isnan(target))
        difference = keras.ops.where(there, target, 0.0) - reconstruction
        return keras.ops.mean(keras.ops.where(there, difference, 0.0) ** 2, axis=-1)

    autoencoder = compiled(known)
    filled = np.nan_to_num(with_nan(x))
    assert np.isfinite(autoencoder.fit(filled, with_nan(x), verbose=0).history["loss"]).all()


@pytest.mark.parametrize("noise", [GaussianCorruption(0.1), SaltAndPepperNoise(0.1)])
def test_noise_of_another_range_than_the_data_is_refused_by_name(x, noise):
    autoencoder = compiled("mse", output_activation="linear", corruption=noise)
    with pytest.raises(ValueError, match="`corruption` .*values from -"):
        autoencoder.fit(x - 0.5, x - 0.5, verbose=0)


@pytest.mark.parametrize("kind", ["object", "complex64", "U3"])
def test_what_are_no_numbers_are_refused(x, kind):
    with pytest.raises(ValueError, match="`x` must hold real numbers.*dtype"):
        compiled().fit(x.astype(kind), x.astype(kind), verbose=0)


@pytest.mark.parametrize("container", [*STREAMS, "list"])
def test_encode_and_reconstruct_take_what_predict_takes(x, container):
    autoencoder = compiled()
    make = STREAMS.get(container, lambda x: x.tolist())
    for method in (autoencoder.encode, autoencoder.reconstruct):
        np.testing.assert_allclose(method(make(x)), method(x), rtol=1e-5)


def test_one_image_without_its_batch_axis_is_refused_by_name(x):
    autoencoder = compiled()
    for method in (autoencoder.encode, autoencoder.reconstruct, autoencoder.predict):
        with pytest.raises(ValueError, match=r"`x` must have shape \(n, 6\). Received: \(6,\)"):
            method(x[0])
    with pytest.raises(ValueError, match=r"`code` must have shape \(n, 3\). Received: \(3,\)"):
        autoencoder.decode(autoencoder.encode(x)[0])
    with pytest.raises(ValueError, match="`batch_size` must be an integer of at least 1"):
        autoencoder.encode(x, batch_size=0)
    with pytest.raises(ValueError, match="`x` must hold at least one example"):
        autoencoder.encode(x[:0])


def test_reconstruct_computes_no_penalty_and_moves_no_random_state(x):
    class Counted(keras.layers.Layer):
        def call(self, code, encoder=None, x=None, training=False):
            calls.append(code)
            return keras.ops.mean(code)

    calls = []
    autoencoder = compiled("mse", penalty=Counted(), corruption=GaussianCorruption(0.1, seed=1))
    calls.clear()
    np.testing.assert_array_equal(
        autoencoder.reconstruct(x), autoencoder.decode(autoencoder.encode(x))
    )
    assert calls == []


def test_penalty_that_is_no_scalar_is_refused(x):
    class PerExample(keras.layers.Layer):
        def call(self, code, encoder=None, x=None, training=False):
            return keras.ops.mean(code, axis=-1)

    with pytest.raises(ValueError, match="`penalty` must return a scalar"):
        compiled("mse", penalty=PerExample()).predict(x, verbose=0)


def test_regularizer_of_keras_is_a_penalty_on_the_code(x, tmp_path):
    autoencoder = compiled("mse", penalty=keras.regularizers.L1(0.5))
    by_hand = np.mean((x - autoencoder.reconstruct(x)) ** 2)
    by_hand += 0.5 * np.abs(autoencoder.encode(x)).sum(axis=1).mean()
    assert autoencoder.evaluate(x, x, N, 0) == pytest.approx(by_hand, rel=1e-5)
    autoencoder.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.evaluate(x, x, N, 0) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("slot", ["penalty", "corruption"])
def test_function_that_could_not_be_saved_and_a_class_are_refused_at_once(slot):
    for what, hint in ((lambda x, **_: x, "register a function"), (KLSparsity, r"KLSparsity\(\.")):
        with pytest.raises(ValueError, match=f"`{slot}` must be a layer or None.*{hint}"):
            dense(WIDTH, 3, **{slot: what})


class Encoder(keras.Model):
    """Subclassed, and says nothing of its shapes."""

    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(4, activation="tanh")
        self.code = keras.layers.Dense(3, activation="sigmoid")

    def call(self, x, training=False):
        return self.code(self.hidden(x))


@pytest.mark.parametrize("make", [lambda: keras.layers.Dense(3, "sigmoid"), Encoder])
def test_encoder_of_any_kind_trains_and_shows_itself(x, make):
    autoencoder = Autoencoder(make(), keras.layers.Dense(WIDTH))
    autoencoder.compile("adam", "mse")
    autoencoder.fit(x, x, verbose=0)
    assert autoencoder.input_shape[1:] == autoencoder.output_shape[1:] == (WIDTH,)
    assert autoencoder.encode(x).shape == (N, 3) and ": 6 → 3 → 6," in repr(autoencoder)
    autoencoder.evaluate(x, x, verbose=0)


def test_images_of_any_size_are_taken():
    layers = keras.layers
    encoder = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, 2, "same")])
    up = layers.Conv2DTranspose(1, 3, 2, "same")
    autoencoder = Autoencoder(encoder, keras.Sequential([keras.Input((None, None, 2)), up]))
    autoencoder.compile("adam", "mse")
    for size in (8, 12):
        images = np.random.default_rng(0).random((4, size, size, 1), dtype=np.float32)
        autoencoder.fit(images, images, verbose=0)
        assert autoencoder.reconstruct(images).shape == images.shape
    with pytest.raises(ValueError, match=r"`x` must have shape \(n, any, any, 1\)"):
        autoencoder.fit(images[..., 0], images[..., 0], verbose=0)


def test_several_inputs_or_outputs_are_refused_by_name():
    a, b = keras.Input((6,)), keras.Input((3,))
    two = keras.Model([a, b], keras.layers.Dense(4)(keras.layers.Concatenate()([a, b])))
    split = keras.Model(a, [keras.layers.Dense(4)(a), keras.layers.Dense(4)(a)])
    for encoder, what in ((two, "input"), (split, "output")):
        with pytest.raises(ValueError, match=f"`encoder` must have one {what}"):
            Autoencoder(encoder, keras.layers.Dense(9))

    class MeanAndVariance(keras.Model):
        def call(self, x):
            return x[:, :3], x[:, 3:]

    with pytest.raises(ValueError, match="`encoder` must have one output"):
        Autoencoder(MeanAndVariance(), keras.layers.Dense(6)).build((None, 6))


def test_whole_can_be_used_as_a_functional_model(x):
    autoencoder = compiled()
    doubled = keras.Model(autoencoder.input, 2 * autoencoder.output)
    np.testing.assert_allclose(
        doubled.predict(x, verbose=0), 2 * autoencoder.reconstruct(x), rtol=1e-5
    )
