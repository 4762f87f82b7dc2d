import keras
import numpy as np
import pytest

from inpaint_tf.training.optimizers.adam import Adam
from inpaint_tf.training.optimizers.learning_rate import PhasedLearningRate, last_rate


def test_constant_changes_with_the_phase():
    rate = PhasedLearningRate([(2, 0.1), (0, 0.5), (3, 0.2)], "constant")
    np.testing.assert_allclose([float(rate(s)) for s in range(5)], [0.1, 0.1, 0.2, 0.2, 0.2])


def test_cosine_starts_anew_in_each_phase():
    rate = PhasedLearningRate([(4, 1.0), (2, 0.5)], "cosine")
    half_cosine = 0.5 * (1 + np.cos(np.pi * np.array([0, 0.25, 0.5, 0.75])))
    expected = [*half_cosine, 0.5, 0.25]
    np.testing.assert_allclose([float(rate(s)) for s in range(6)], expected, atol=1e-6)


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match="linear"):
        PhasedLearningRate([(1, 1.0)], "linear")


def test_a_longer_phase_stretches_its_cosine():
    ended, longer = (PhasedLearningRate([(n, 1.0)], "cosine") for n in (4, 8))
    assert float(ended(4)) == 0.0
    np.testing.assert_allclose(float(longer(4)), 0.5, atol=1e-6)  # and rises again
    np.testing.assert_allclose(float(longer(2)), 0.5 * (1 + np.sqrt(0.5)), atol=1e-6)


def test_the_rate_logged_is_that_of_the_last_update():
    rates = PhasedLearningRate([(1, 0.1), (2, 0.2)])
    for adam in (Adam(rates), keras.optimizers.LossScaleOptimizer(Adam(rates))):
        inner = getattr(adam, "inner_optimizer", adam)
        found = []
        for updates in range(4):
            inner.iterations.assign(updates)
            found.append(last_rate(adam))
        assert found[0] is None
        np.testing.assert_allclose(found[1:], [0.1, 0.2, 0.2])
    plain = keras.optimizers.Adam(0.3)
    plain.iterations.assign(7)
    np.testing.assert_allclose(last_rate(plain), 0.3)
