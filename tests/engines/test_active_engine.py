import keras
import numpy as np
from keras import ops

from inpaint_tf.engines.active_engine import engine


def test_value_and_gradient_of_the_variables_asked_for():
    first, second = keras.Variable([1.0, 2.0]), keras.Variable([3.0, 4.0])
    (total, terms), gradients = engine.value_and_gradient(
        lambda: (ops.sum(first**2 * second), {"sum": ops.sum(second)}), [first]
    )
    assert float(total) == 1 * 3 + 4 * 4
    assert float(terms["sum"]) == 7
    assert len(gradients) == 1
    np.testing.assert_allclose(gradients[0], [2 * 1 * 3, 2 * 2 * 4])


def test_a_variable_without_part_has_no_gradient():
    used, unused = keras.Variable(1.0), keras.Variable(1.0)
    _, gradients = engine.value_and_gradient(lambda: (used * 2, None), [used, unused])
    assert gradients[1] is None or float(gradients[1]) == 0


def test_input_gradient_can_be_differentiated_again():
    scale = keras.Variable(3.0)
    inputs = ops.convert_to_tensor([1.0, 2.0])

    def penalty():
        # d(scale * x^2)/dx = 2 * scale * x; its sum is 6 * scale
        return ops.sum(engine.input_gradient(lambda x: scale * x**2, inputs)), None

    (total, _), gradients = engine.value_and_gradient(penalty, [scale])
    assert float(total) == 18
    assert float(gradients[0]) == 6
