import numpy as np
from keras import ops

from inpaint_tf.networks.layers.align_corners import Double, resize_bilinear


def test_corners_stay_in_the_corners():
    line = np.array([0, 3, 9], "float32").reshape(1, 1, 3, 1)
    # Positions 0, 2/5, 4/5, 6/5, 8/5, 2 of the line
    found = np.asarray(resize_bilinear(ops.convert_to_tensor(line), 2, 6))[0, :, :, 0]
    np.testing.assert_allclose(found, [[0, 1.2, 2.4, 4.2, 6.6, 9]] * 2, atol=1e-6)


def test_rows_and_columns_are_resized_apart():
    features = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")
    found = np.asarray(Double()(features))
    assert found.shape == (2, 6, 8, 5)
    np.testing.assert_allclose(found[:, ::5, ::7], features[:, ::2, ::3], atol=1e-6)
    np.testing.assert_array_equal(resize_bilinear(ops.convert_to_tensor(features), 3, 4), features)
    assert Double().compute_output_shape((None, None, 4, 5)) == (None, None, 8, 5)
