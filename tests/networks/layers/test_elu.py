"""Both forms of ELU against its definition."""

import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines import apple_gpu
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.activations import elu, elu_of_parts

FORMS = [elu, elu_of_parts]
POINTS = np.array(
    [-np.inf, -1e30, -104, -100, -20, -1, -1e-3, -1e-9, -0.0, 0, 1e-9, 1e-3, 1, 20, 100, 1e30],
    "float32",
)
NEGATIVE = POINTS < 0
EXPONENTIAL = np.exp(np.minimum(POINTS.astype("float64"), 0))


@pytest.mark.parametrize("form", FORMS)
def test_value_is_within_a_millionth(form):
    expected = np.where(NEGATIVE, EXPONENTIAL - 1, POINTS)
    np.testing.assert_allclose(form(ops.convert_to_tensor(POINTS)), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_first_derivative_is_one_at_zero_and_right_in_the_tails(form):
    found = engine.input_gradient(form, ops.convert_to_tensor(POINTS))
    np.testing.assert_allclose(found, np.where(NEGATIVE, EXPONENTIAL, 1), atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_second_derivative_is_right_at_zero_and_in_the_tails(form):
    def slope(x):
        return engine.input_gradient(form, x)

    found = engine.input_gradient(slope, ops.convert_to_tensor(POINTS))
    # TensorFlow's own goes by the value, which is 0 already where it rounds to it.
    rounded = np.isclose(POINTS, -1e-9, rtol=1e-6, atol=0)
    told = ~rounded | (form is elu_of_parts)
    np.testing.assert_allclose(found[told], np.where(NEGATIVE, EXPONENTIAL, 0)[told], atol=1e-6)


def test_apples_gpu_gets_the_form_that_it_has():
    import tensorflow as tf

    def operations():
        graph = tf.function(lambda x: elu(x)).get_concrete_function(tf.TensorSpec((3,))).graph
        return {operation.type for operation in graph.get_operations()}

    assert "Elu" in operations()
    with apple_gpu.assumed():
        assert "Elu" not in operations()
