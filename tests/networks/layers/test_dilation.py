"""Both forms of the dilated convolution against Keras' own."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.dilation import (
    DilatedConv2D,
    convolution_by_phases,
    dilated_convolution,
    direct,
)


def convolution_for_export(inputs, kernel, dilation):
    with direct():
        return dilated_convolution(inputs, kernel, dilation)


FORMS = [dilated_convolution, convolution_by_phases]


def example(height=13, width=21):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(2, height, width, 4)).astype("float32")
    kernel = rng.normal(size=(3, 3, 4, 6)).astype("float32")
    return ops.convert_to_tensor(inputs), ops.convert_to_tensor(kernel)


@pytest.mark.parametrize("form", [*FORMS, convolution_for_export])
@pytest.mark.parametrize("dilation", [2, 4, 8, 16])
def test_equals_keras_on_odd_sizes(form, dilation):
    inputs, kernel = example()
    expected = ops.conv(inputs, kernel, padding="same", dilation_rate=dilation)
    np.testing.assert_allclose(form(inputs, kernel, dilation), expected, atol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_gradients_equal_those_of_keras(form):
    inputs, kernel = example()
    weights = np.random.default_rng(1).normal(size=(2, 13, 21, 6)).astype("float32")

    def gradients(convolve):
        return (
            engine.input_gradient(lambda x: convolve(x, kernel) * weights, inputs),
            engine.input_gradient(lambda k: convolve(inputs, k) * weights, kernel),
        )

    expected = gradients(lambda x, k: ops.conv(x, k, padding="same", dilation_rate=4))
    for found, right in zip(gradients(lambda x, k: form(x, k, 4)), expected, strict=True):
        np.testing.assert_allclose(found, right, atol=1e-4)


def test_the_layer_is_keras_layer_with_the_same_weights():
    layer = DilatedConv2D(6, 3, dilation_rate=2, padding="same", activation="elu")
    plain = keras.layers.Conv2D(6, 3, dilation_rate=2, padding="same", activation="elu")
    inputs, _ = example()
    layer.build(inputs.shape)
    plain.build(inputs.shape)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(inputs), plain(inputs), atol=1e-5)


def test_a_device_without_the_gradient_gets_the_form_that_has_one():
    program = """
import numpy as np, tensorflow as tf
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.layers.dilation import dilated_convolution
kernel = tf.ones((3, 3, 1, 1))
gradient = engine.input_gradient(
    lambda x: dilated_convolution(x, kernel, 2), tf.ones((1, 9, 9, 1))
)
assert gradient[0, 4, 4, 0] == 9, gradient
try:
    tf.raw_ops.Conv2DBackpropInput(
        input_sizes=(1, 9, 9, 1), filter=kernel, out_backprop=tf.ones((1, 9, 9, 1)),
        strides=[1] * 4, padding="SAME", dilations=[1, 2, 2, 1],
    )
except tf.errors.InvalidArgumentError:
    print("the direct form has no gradient here")
"""
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "0"}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "the direct form has no gradient here\n"
