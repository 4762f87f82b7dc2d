import numpy as np
import pytest

from inpaint_tf.training.optimizers import PhasedLearningRate


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
