"""The one-cycle schedule, beside its formula in NumPy."""

import keras
import numpy as np
import pytest

from aekit import dense_autoencoder
from aekit.schedules import one_cycle


def by_hand(peak, steps, warmup, start):
    """The rates at the steps 0 to steps + 2."""
    t = np.arange(steps + 3)
    rising = start + (peak - start) * t / warmup
    rest = np.minimum(t - warmup, steps - warmup) / (steps - warmup)
    return np.where(t < warmup, rising, peak / 2 * (1 + np.cos(np.pi * rest)))


def rates(schedule, steps):
    return np.array([float(schedule(t)) for t in range(steps + 3)])


@pytest.mark.parametrize(
    ("peak", "steps", "warmup", "start"),
    [
        (0.02, 100, 15, 0.002),
        (2, 37, 9, 0),
        (0.05, 40, 39, 0.05),
        (1e-3, 2, 1, 1e-4),
    ],
)
def test_rate_is_the_formulas_at_every_step(peak, steps, warmup, start):
    schedule = one_cycle(peak, steps, warmup, start)
    expected = by_hand(peak, steps, warmup, start)
    np.testing.assert_allclose(rates(schedule, steps), expected, rtol=1e-5, atol=1e-7 * peak)
    assert expected[0] == start and expected[warmup] == peak


@pytest.mark.parametrize(("steps", "warmup"), [(100, 15), (312, 47), (10, 2), (2, 1)])
def test_unless_told_it_rises_in_15_percent_of_the_steps_from_a_tenth_of_the_peak(steps, warmup):
    schedule = one_cycle(0.02, steps)
    assert schedule.get_config() == one_cycle(0.02, steps, warmup, 0.002).get_config()


def test_it_is_keras_own_and_can_be_saved_with_an_optimizer(pixels):
    schedule = one_cycle(0.02, 12)
    assert type(schedule) is keras.optimizers.schedules.CosineDecay
    autoencoder = dense_autoencoder(16, 4)
    autoencoder.compile(keras.optimizers.Adam(schedule), loss="mse")
    autoencoder.fit(pixels, pixels, batch_size=16, epochs=3, verbose=0)  # all 12 steps
    assert float(autoencoder.optimizer.learning_rate) == pytest.approx(0, abs=1e-8)
    config = keras.optimizers.serialize(autoencoder.optimizer)
    copy = keras.optimizers.deserialize(config)
    np.testing.assert_array_equal(rates(copy._learning_rate, 12), rates(schedule, 12))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"peak": 0},
            "`peak` must be a number in (0, ∞). Received: peak=0",
        ),
        (
            {"peak": float("nan")},
            "`peak` must be a number in (0, ∞). Received: peak=nan",
        ),
        (
            {"steps": 1},
            "`steps` must be an integer of at least 2. Received: steps=1",
        ),
        (
            {"steps": 100.0},
            "`steps` must be an integer of at least 2. Received: steps=100.0",
        ),
        (
            {"warmup": 0},
            "`warmup` must be an integer from 1 to 99. Received: warmup=0",
        ),
        (
            {"warmup": 100},
            "`warmup` must be an integer from 1 to 99. Received: warmup=100",
        ),
        (
            {"warmup": 0.15},
            "`warmup` must be an integer from 1 to 99. Received: warmup=0.15",
        ),
        (
            {"start": -0.1},
            "`start` must be a number in [0, 0.02]. Received: start=-0.1",
        ),
        (
            {"start": 0.03},
            "`start` must be a number in [0, 0.02]. Received: start=0.03",
        ),
    ],
)
def test_impossible_schedule_is_refused(arguments, message):
    with pytest.raises(ValueError) as error:
        one_cycle(**({"peak": 0.02, "steps": 100} | arguments))
    assert str(error.value) == message
