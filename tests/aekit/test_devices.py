"""Training on two devices, and in two processes, gives the losses of one device.

The tests start this file as a script: a backend is told of virtual devices before it starts.
"""

import json
import os
import socket
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from aekit import (
    Contractive,
    GaussianCorruption,
    KLSparsity,
    L1Sparsity,
    MaskingNoise,
    SaltAndPepperNoise,
    dense_autoencoder,
)

BACKEND = keras.config.backend()
ON_TENSORFLOW = BACKEND == "tensorflow"
HALF, EPOCHS = 8, 3  # of a batch of 16, which one step learns from; one step an epoch
RHO, BETA, MOMENTUM = 0.1, 0.5, 0.6


def kl(estimate):
    return KLSparsity(RHO, BETA, estimate, MOMENTUM)


# What each slot adds is the same whoever holds which examples of the batch.
SLOTS = {
    "no slot": lambda: {"hidden": (6,)},
    "L1": lambda: {"penalty": L1Sparsity(0.1)},
    "Keras' L1": lambda: {"penalty": keras.regularizers.L1(0.1)},
    "contractive": lambda: {"penalty": Contractive(0.5)},
    "contractive by layers": lambda: {"penalty": Contractive(0.5, "layerwise"), "hidden": (6,)},
    "KL of the training set": lambda: {"penalty": kl("training_set")},
}
# A replica of MirroredStrategy draws, and takes mean activations, for its own examples alone.
BY_REPLICA = {
    "KL of the batch": lambda: {"penalty": kl("batch")},
    "KL by moving average": lambda: {"penalty": kl("moving_average")},
    "masking": lambda: {"corruption": MaskingNoise(0.3, seed=1)},
    "Gaussian": lambda: {"corruption": GaussianCorruption(0.3, seed=1)},
    "salt and pepper": lambda: {"corruption": SaltAndPepperNoise(0.3, seed=1)},
    "contractive by probes": lambda: {"penalty": Contractive(0.5, "random_probe", seed=1)},
}


class TwoReplicas(keras.layers.Layer):
    """A slot as two replicas fill it: two copies with one seed, each for a half of the batch."""

    def __init__(self, slot):
        super().__init__()
        self.copies = [slot, type(slot).from_config(slot.get_config())]

    def call(self, first, encoder=None, x=None, training=False):
        """`first` is the code where there is an `encoder`, for a penalty; else the image."""
        results = []
        for slot, half in zip(self.copies, (slice(HALF), slice(HALF, None)), strict=True):
            given = {"encoder": encoder, "x": x[half]} if encoder else {}
            results.append(slot(first[half], training=training, **given))
        return sum(results) / 2 if encoder else ops.concatenate(results)

    @property
    def rho_hat(self):
        return sum(ops.convert_to_tensor(slot.rho_hat) for slot in self.copies) / 2


class Codes(keras.callbacks.Callback):
    """Keeps the codes of the images as they are before each step."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        self.seen.append(self.model.encode(images()).tolist())


def images(n=2 * HALF):
    """Darker from the second half on, whose mean activations are others then."""
    x = np.random.default_rng(0).random((n, 12), dtype=np.float32)
    x[HALF:] *= 0.3
    return x


def train(slots, x, batch_size=2 * HALF):
    """What is to be the same on one device and on two."""
    keras.utils.set_random_seed(0)
    autoencoder = dense_autoencoder(12, 4, **slots)
    autoencoder.compile(keras.optimizers.SGD(0.5), "mse", metrics=["mse"])
    codes = [Codes()] if isinstance(slots.get("penalty"), KLSparsity) else []
    history = autoencoder.fit(x, x, batch_size, EPOCHS, 0, codes, shuffle=False).history
    weights = autoencoder.encoder.get_weights() + autoencoder.decoder.get_weights()
    rho_hat = getattr(autoencoder.penalty, "rho_hat", None)
    return history | {
        "weights": np.concatenate([kernel.ravel() for kernel in weights]).tolist(),
        "codes": codes and codes[0].seen,
        "rho_hat": [] if rho_hat is None else ops.convert_to_numpy(rho_hat).tolist(),
    }


def mirrored():
    """`train` on two virtual devices of TensorFlow."""
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, 2 * [tf.config.LogicalDeviceConfiguration()])
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

    def on_both(make, x):
        with strategy.scope():
            return train(make(), x)

    return on_both


def data_parallel():
    """`train` on two virtual devices of JAX."""
    distribution = keras.distribution.DataParallel()
    assert distribution.device_mesh.devices.size == 2

    def on_both(make, x):
        keras.distribution.set_distribution(distribution)
        try:
            return train(make(), x)
        finally:
            keras.distribution.set_distribution(None)

    return on_both


def on_one_and_two_devices():
    """Every kind on one device and on two: what the fixture `trained` starts."""
    on_both = mirrored() if ON_TENSORFLOW else data_parallel()
    one, two = {}, {}
    for name, make in SLOTS.items():
        one[name], two[name] = train(make(), images()), on_both(make, images())
    for name, make in BY_REPLICA.items():
        slots = make()
        if ON_TENSORFLOW:
            slots = {which: TwoReplicas(slot) for which, slot in slots.items()}
        one[name], two[name] = train(slots, images()), on_both(make, images())
    if ON_TENSORFLOW:
        make, x = BY_REPLICA["KL by moving average"], images(2 * HALF + 1)
        one["short batch"], two["short batch"] = train(make(), x), on_both(make, x)
    return one, two


def in_process(index, port):
    """One of two processes: of each batch it holds one half."""
    deep = {"hidden": (16, 8)}
    if ON_TENSORFLOW:
        import tensorflow as tf

        with tf.distribute.MultiWorkerMirroredStrategy().scope():
            return train(deep, images(4 * HALF))
    keras.distribution.initialize(f"127.0.0.1:{port}", num_processes=2, process_id=index)
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    x = images(4 * HALF).reshape(2, 2, HALF, 12)[:, index].reshape(2 * HALF, 12)
    return train(deep, x, HALF)


def start(*arguments, **environment):
    """This file as a script, in a process of its own and on the CPU."""
    on_cpu = {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, arguments)],
        env=os.environ | on_cpu | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outputs(processes, seconds=300):
    """`(stdout, stderr)` of each; none of them outlives the test."""
    try:
        return [process.communicate(timeout=seconds) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def result_of(out):
    return json.loads(out.splitlines()[-1])


@pytest.fixture(scope="module")
def trained():
    """`(one, two)`: what each kind gave on one device and on two."""
    if BACKEND == "torch":
        pytest.skip("Keras distributes on TensorFlow and JAX")
    process = start(XLA_FLAGS="--xla_force_host_platform_device_count=2")
    ((out, err),) = outputs([process])
    assert process.returncode == 0, err[-3000:]
    return result_of(out)


def assert_same(given, expected):
    for name in ("loss", "mse", "weights", "codes", "rho_hat"):
        if expected[name]:
            np.testing.assert_allclose(given[name], expected[name], 2e-5, 1e-6, err_msg=name)


@pytest.mark.parametrize("name", SLOTS)
def test_two_devices_train_to_the_losses_and_weights_of_one(trained, name):
    one, two = trained
    assert_same(two[name], one[name])
    assert two[name]["mse"][-1] < two[name]["mse"][0]


@pytest.mark.parametrize("name", BY_REPLICA)
def test_replicas_draw_the_same_and_average_for_their_own_examples(trained, name):
    """JAX knows no replicas: it draws and averages for the whole batch, as on one device."""
    one, two = trained
    assert_same(two[name], one[name] | {"codes": []})


@pytest.mark.parametrize("name", ["batch", "by moving average", "training set"])
def test_mean_activation_on_two_devices_is_that_by_hand(trained, name):
    """From the codes before each step: a mean for each replica, or one for all devices."""
    two = next(kind for of, kind in trained[1].items() if of.startswith("KL") and name in of)
    means = np.array(two["codes"]).reshape(EPOCHS, 2, HALF, -1).mean(axis=2)
    if not ON_TENSORFLOW or name == "training set":  # (step, replica, unit)
        means = means.mean(axis=1, keepdims=True)
    if name == "by moving average":
        for step in range(1, EPOCHS):
            means[step] = MOMENTUM * means[step - 1] + (1 - MOMENTUM) * means[step]
    if name != "batch":
        np.testing.assert_allclose(two["rho_hat"], means[-1].mean(axis=0), rtol=1e-5)
    kl_by_hand = RHO * np.log(RHO / means) + (1 - RHO) * np.log((1 - RHO) / (1 - means))
    penalty = np.subtract(two["loss"], two["mse"])
    np.testing.assert_allclose(penalty, BETA * kl_by_hand.sum(axis=2).mean(axis=1), rtol=1e-4)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="only tf.distribute shares out a batch of one")
def test_replica_without_an_example_adds_nothing(trained):
    """Of 17 examples in batches of 16 the last batch is one example, on one of two replicas."""
    one, two = (kinds["short batch"] for kinds in trained)
    np.testing.assert_allclose(two["mse"], one["mse"], rtol=0.01)
    np.testing.assert_allclose(two["loss"][0], one["loss"][0], rtol=0.05)
    assert np.isfinite(two["loss"] + two["weights"] + two["rho_hat"]).all()


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


@pytest.mark.skipif(BACKEND == "torch", reason="Keras distributes on TensorFlow and JAX")
def test_two_processes_train_the_deep_autoencoder_as_one_does():
    ports = free_ports(2)
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    tasks = [{"cluster": cluster, "task": {"type": "worker", "index": i}} for i in range(2)]
    processes = [start(i, ports[0], TF_CONFIG=json.dumps(task)) for i, task in enumerate(tasks)]
    results = outputs(processes)
    if ON_TENSORFLOW and all("_maybe_symbolic_build" in err for _, err in results):
        pytest.xfail("Keras refuses MultiWorkerMirroredStrategy: keras-team/keras#20585")
    assert [process.returncode for process in processes] == [0, 0], results[0][1][-3000:]
    expected = train({"hidden": (16, 8)}, images(4 * HALF))
    for out, _ in results:
        assert_same(result_of(out), expected)


if __name__ == "__main__":
    keras.config.disable_traceback_filtering()
    script = in_process if sys.argv[1:] else on_one_and_two_devices
    print(json.dumps(script(*map(int, sys.argv[1:]))))
