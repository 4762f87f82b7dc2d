import numpy as np
import pytest
from keras import ops

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators
from inpaint_tf.networks.generators import aot


def test_it_has_the_originals_parameters():
    # encoder.1: (4 * 49 + 1) * 64, ... : the published code's state has 108 arrays
    generator = generators.build("aot", 64)
    assert generator.count_params() == 15_200_835
    assert len(generator.weights) == 108


def test_any_size_and_batch():
    generator = generators.build("aot", 4)
    masked = np.random.default_rng(0).uniform(-1, 1, (1, 48, 64, 3)).astype("float32")
    mask = np.zeros((1, 48, 64, 1), "float32")
    mask[:, 8:24, 8:24] = 1
    found = generator([masked, mask])
    assert set(found) == {"refined"}
    refined = np.asarray(found["refined"])
    assert refined.shape == (1, 48, 64, 3)
    assert np.abs(refined).max() <= 1


def test_the_gate_is_normalised_over_places():
    rng = np.random.default_rng(0)
    old, new, gate = rng.normal(size=(3, 2, 4, 5, 3)).astype("float32")
    found = np.asarray(aot.Gate()([ops.convert_to_tensor(each) for each in (old, new, gate)]))
    mean = gate.mean((1, 2), keepdims=True)
    deviation = gate.std((1, 2), ddof=1, keepdims=True)
    share = 1 / (1 + np.exp(-5 * (2 * (gate - mean) / deviation - 1)))
    np.testing.assert_allclose(found, old * (1 - share) + new * share, atol=1e-5)


def test_pictures_that_are_too_small_are_told():
    generator = generators.build("aot", 4)
    inpainter = inpaint_tf.Inpainter(generator, "white")
    for side, message in ((33, None), (32, "'aot' needs pictures .* at least 33 pixels, not 32")):
        picture, mask = np.zeros((64, side, 3), np.uint8), np.zeros((64, side), bool)
        mask[8:24, 8:24] = True
        if message is None:
            assert inpainter.complete(picture, mask).shape == picture.shape
        else:
            with pytest.raises(UserError, match=message):
                inpainter.complete(picture, mask)
