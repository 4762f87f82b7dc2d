"""Classic fillings: known pixels stay, and the truth under the hole is never seen."""

import numpy as np
import pytest

from inpaint_tf.evaluation.methods.baselines import BASELINES, BaselineMethod
from inpaint_tf.evaluation.pairing import center_mask


def picture(height=24, width=20):
    ramp = np.linspace(20, 230, width)[None, :, None] * np.ones((height, 1, 3))
    return ramp.astype(np.uint8)


@pytest.mark.parametrize("name", BASELINES)
def test_a_ramp_is_filled_from_its_sides_alone(name):
    if name == "biharmonic":
        pytest.importorskip("skimage", reason="scikit-image is not installed")
    truth, mask = picture(), center_mask(24, 20)
    hole = mask == 1
    [composite], [raw] = BaselineMethod(name).complete([None], [truth], [mask])
    assert composite.dtype == np.uint8
    np.testing.assert_array_equal(composite[~hole], truth[~hole])
    np.testing.assert_array_equal(raw, composite)
    other = truth.copy()
    other[hole] = 255 - other[hole]
    [again], _ = BaselineMethod(name).complete([None], [other], [mask])
    np.testing.assert_array_equal(again[hole], composite[hole])
    if name == "mean":
        assert (composite[hole] == np.rint(truth[~hole].mean(axis=0))).all()
    elif name == "covered":
        assert (composite[hole] == 128).all()
    else:
        # Brighter to the right, as the ramp is.
        columns = composite[12, 5:15, 0].astype(int)
        assert columns[-1] > columns[0] + 30
