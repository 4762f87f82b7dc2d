import keras
import numpy as np
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.activations import LeakyReLU

VALUES = np.array([-100.0, -1.0, -1e-30, 0.0, 1e-30, 2.0, 100.0], "float32")


def test_value_and_gradient_equal_those_of_keras():
    ours, plain = LeakyReLU(0.2), keras.layers.LeakyReLU(0.2)
    np.testing.assert_array_equal(ours(VALUES), plain(VALUES))
    inputs = ops.convert_to_tensor(VALUES)
    np.testing.assert_array_equal(
        engine.input_gradient(ours, inputs), engine.input_gradient(plain, inputs)
    )


def test_gradient_of_a_penalty_equals_that_of_keras():
    rng = np.random.default_rng(0)
    inputs = ops.convert_to_tensor(rng.normal(size=(4, 5)).astype("float32"))
    weights = [rng.normal(size=(5, 6)).astype("float32"), rng.normal(size=(6, 1)).astype("float32")]

    def penalty_gradients(activation):
        first, second = (keras.Variable(weight) for weight in weights)

        def penalty():
            gradients = engine.input_gradient(lambda x: activation(x @ first) @ second, inputs)
            return ops.sum(ops.square(gradients)), {}

        return engine.value_and_gradient(penalty, [first, second])[1]

    for ours, plain in zip(
        penalty_gradients(LeakyReLU(0.2)),
        penalty_gradients(keras.layers.LeakyReLU(0.2)),
        strict=True,
    ):
        np.testing.assert_allclose(ours, plain, rtol=1e-5)
