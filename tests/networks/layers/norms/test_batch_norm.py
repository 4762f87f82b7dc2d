import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.norms.batch_norm import BatchNorm

FEATURES = np.array([[[[1.0, 0.0]], [[5.0, 0.0]]]], "float32")  # one picture, 2x1, two channels


def test_in_training_the_batch_normalises_and_the_moving_statistics_follow():
    layer = BatchNorm()
    outputs = np.asarray(layer(FEATURES, training=True))
    # mean 3, variance 4: (1 - 3) / 2 and (5 - 3) / 2
    np.testing.assert_allclose(outputs[0, :, 0, 0], [-1, 1], rtol=1e-5)
    np.testing.assert_allclose(layer.moving_mean, [0.3, 0], rtol=1e-6)
    # unbiased variance 8: 0.9 * 1 + 0.1 * 8
    np.testing.assert_allclose(layer.moving_variance, [1.7, 0.9], rtol=1e-6)


def test_otherwise_the_moving_statistics_normalise_and_stay():
    layer = BatchNorm()
    layer.build(FEATURES.shape)
    layer.set_weights(list(np.array([[2, 1], [1, 0], [3, 0], [4, 1]], "float32")))
    before = layer.get_weights()
    for layer.frozen, training in ((False, False), (True, True)):
        outputs = np.asarray(layer(FEATURES, training=training))
        np.testing.assert_allclose(outputs[0, :, 0, 0], [-1, 3], rtol=1e-5)
    for one, other in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_frozen_statistics_leave_scale_and_shift_to_train():
    layer = BatchNorm(frozen=True)
    layer.build(FEATURES.shape)
    assert [variable.name for variable in layer.trainable_variables] == ["gamma", "beta"]
    _, gradients = engine.value_and_gradient(
        lambda: (ops.sum(layer(FEATURES, training=True)), None), layer.trainable_variables
    )
    np.testing.assert_allclose(gradients[0], [6, 0], rtol=1e-4)  # 1 + 5
    np.testing.assert_allclose(gradients[1], [2, 2])


def test_it_is_rebuilt_from_its_settings():
    assert BatchNorm.from_config(BatchNorm(frozen=True, name="a").get_config()).frozen


def test_bfloat16_keeps_its_type():
    layer = BatchNorm(dtype="mixed_bfloat16")
    outputs = layer(ops.cast(FEATURES, "bfloat16"), training=True)
    assert "bfloat16" in str(outputs.dtype)
    assert np.asarray(layer.moving_mean)[0] == pytest.approx(0.3)
