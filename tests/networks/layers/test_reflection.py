import keras
import numpy as np
import pytest

from inpaint_tf.networks.layers.reflection import ReflectConv2D


@pytest.mark.parametrize(("kernel", "dilation"), [(3, 1), (7, 1), (3, 2), (3, 8)])
def test_the_border_is_mirrored(kernel, dilation):
    pictures = np.random.default_rng(0).normal(size=(2, 13, 11, 3)).astype("float32")
    layer = ReflectConv2D(4, kernel, dilation_rate=dilation, activation="relu")
    found = np.asarray(layer(pictures))
    reach = dilation * (kernel // 2)
    mirrored = np.pad(pictures, ((0, 0), (reach, reach), (reach, reach), (0, 0)), "reflect")
    plain = keras.layers.Conv2D(4, kernel, dilation_rate=dilation, activation="relu")
    plain.build(mirrored.shape)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(found, plain(mirrored), atol=1e-5)
    assert found.shape == (2, 13, 11, 4)


def test_it_is_rebuilt_from_its_settings():
    layer = ReflectConv2D(4, 3, dilation_rate=2, name="a")
    again = ReflectConv2D.from_config(layer.get_config())
    assert (again.filters, again.dilation_rate, again.name) == (4, (2, 2), "a")
