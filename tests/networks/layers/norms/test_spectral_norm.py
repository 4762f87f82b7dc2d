import keras
import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.norms.spectral_norm import SpectralConv2D


@pytest.fixture
def layer():
    keras.utils.set_random_seed(0)
    layer = SpectralConv2D(5, 3, padding="same", use_bias=False)
    layer.build((None, None, None, 4))
    for _ in range(200):
        layer.iterate()
    return layer


def test_the_kernel_has_the_largest_singular_value_one(layer):
    pictures = np.random.default_rng(0).normal(size=(2, 7, 9, 4)).astype("float32")
    matrix = np.asarray(layer.kernel).reshape(36, 5)
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    plain = ops.conv(pictures, layer.kernel, padding="same")
    np.testing.assert_allclose(layer(pictures), plain / largest, rtol=1e-4, atol=1e-5)


def test_the_derivative_passes_through_the_singular_value(layer):
    """A kernel scaled as a whole gives the same output: the derivative in that direction is 0."""
    pictures = np.random.default_rng(0).normal(size=(1, 5, 5, 4)).astype("float32")
    weights = np.random.default_rng(1).normal(size=(1, 5, 5, 5)).astype("float32")
    _, [gradient] = engine.value_and_gradient(
        lambda: (ops.sum(layer(ops.convert_to_tensor(pictures)) * weights), None), [layer.kernel]
    )
    gradient, kernel = np.asarray(gradient), np.asarray(layer.kernel)
    assert np.abs(gradient).max() > 0.1
    assert abs(np.sum(gradient * kernel)) < 1e-3 * np.linalg.norm(gradient) * np.linalg.norm(kernel)


def test_a_call_moves_nothing(layer):
    before = np.asarray(layer.vector)
    layer(np.ones((1, 5, 5, 4), "float32"), training=True)
    np.testing.assert_array_equal(before, np.asarray(layer.vector))
