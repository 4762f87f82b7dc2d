"""The fused upsampling convolution against Keras' upsampling followed by a convolution."""

import keras
import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.upsampling import UpsampleConv2D


def plain_twin(layer):
    """`UpSampling2D` and `Conv2D` with the weights of `layer`."""
    convolution = keras.layers.Conv2D(layer.filters, 3, padding="same", activation="elu")
    convolution.build((None, None, None, layer.kernel.shape[2]))
    convolution.set_weights(layer.get_weights())
    return keras.Sequential([keras.layers.UpSampling2D(interpolation="nearest"), convolution])


def example(height, width):
    layer = UpsampleConv2D(5, activation="elu")
    layer.build((None, None, None, 3))
    rng = np.random.default_rng(0)
    layer.bias.assign(rng.normal(size=5))
    return layer, rng.normal(size=(2, height, width, 3)).astype("float32")


@pytest.mark.parametrize(("height", "width"), [(1, 1), (4, 4), (3, 7)])
def test_equals_upsampling_and_then_convolving(height, width):
    layer, inputs = example(height, width)
    outputs = layer(inputs)
    assert outputs.shape == (2, 2 * height, 2 * width, 5)
    np.testing.assert_allclose(outputs, plain_twin(layer)(inputs), atol=1e-5)


def test_gradients_equal_those_of_upsampling_and_then_convolving():
    layer, inputs = example(3, 4)
    twin = plain_twin(layer)
    weights = np.random.default_rng(1).normal(size=(2, 6, 8, 5)).astype("float32")
    inputs = ops.convert_to_tensor(inputs)
    np.testing.assert_allclose(
        engine.input_gradient(lambda x: layer(x) * weights, inputs),
        engine.input_gradient(lambda x: twin(x) * weights, inputs),
        atol=1e-5,
    )
    for found, expected in zip(
        kernel_and_bias_gradients(layer, layer, inputs, weights),
        kernel_and_bias_gradients(twin, twin, inputs, weights),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, atol=1e-4)


def kernel_and_bias_gradients(function, layer, inputs, weights):
    _, gradients = engine.value_and_gradient(
        lambda: (ops.sum(function(inputs) * weights), {}), layer.trainable_variables
    )
    return gradients


def test_bfloat16_rounds_sums_of_taps_only_once():
    layer, inputs = example(8, 8)
    mixed = UpsampleConv2D(5, activation="elu", dtype="mixed_bfloat16")
    mixed.build((None, None, None, 3))
    mixed.set_weights(layer.get_weights())
    with_model = keras.Sequential([keras.Input((8, 8, 3)), mixed])  # inside Keras' own casts
    outputs = with_model(inputs)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    np.testing.assert_allclose(ops.cast(outputs, "float32"), layer(inputs), atol=0.05)
    assert keras.backend.standardize_dtype(mixed.kernel.dtype) == "float32"


def test_other_kernels_are_refused():
    with pytest.raises(ValueError, match="padding=valid"):
        UpsampleConv2D(4, padding="valid")
    with pytest.raises(ValueError, match="kernel_size=5"):
        UpsampleConv2D(5, 5)
