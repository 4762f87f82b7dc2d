"""What critics on frozen features are shown of a picture."""

import numpy as np
import pytest
from keras import ops

from inpaint_tf.masks import face_shapes
from inpaint_tf.training.critics import views


def test_the_view_of_the_eyes_shows_both_eyes_of_the_mean_face():
    picture = np.zeros((1, 192, 192, 3), "float32")
    for x, y in 192 * face_shapes.MEAN_FACE[17:27]:  # the brows
        picture[0, round(y), round(x), 0] = 1
    for x, y in 192 * face_shapes.MEAN_FACE[36:48]:  # the eyes
        picture[0, round(y), round(x), 1] = 1
    picture[0, round(192 * face_shapes.MEAN_FACE[48:, 1].min()) :, :, 2] = 1  # the mouth
    view = np.asarray(views.eyes(ops.convert_to_tensor(picture), 256))
    assert view.shape == (1, 128, 288, 3)
    enlarged = 128 * 288 / (0.20 * 0.45 * 192**2)  # times as many pixels
    for channel in (0, 1):
        assert view[..., channel].sum() == pytest.approx(
            enlarged * picture[..., channel].sum(), rel=0.01
        )
    assert view[..., 2].max() == 0


def test_the_view_of_nose_and_mouth_shows_those_of_the_mean_face():
    picture = np.zeros((1, 192, 192, 3), "float32")
    for x, y in 192 * face_shapes.MEAN_FACE[48:]:
        picture[0, round(y), round(x), 0] = 1
    for x, y in 192 * face_shapes.MEAN_FACE[30:36]:  # the nose's tip and its wings
        picture[0, round(y), round(x), 1] = 1
    picture[0, : round(192 * face_shapes.MEAN_FACE[36:48, 1].max()), :, 2] = 1  # the eyes
    view = np.asarray(views.nose_and_mouth(ops.convert_to_tensor(picture), 256))
    assert view.shape == (1, 192, 192, 3)
    enlarged = 192 * 192 / (0.28 * 0.30 * 192**2)  # times as many pixels
    for channel in (0, 1):
        assert view[..., channel].sum() == pytest.approx(
            enlarged * picture[..., channel].sum(), rel=0.03
        )
    assert view[..., 2].max() == 0


def test_the_local_view_is_the_square_around_the_hole():
    mask = np.zeros((3, 64, 64, 1), "float32")
    mask[0, 16:48, 20:40] = 1  # 32 high and 20 wide: a square of 40 about (32, 30)
    mask[1, 0:4, 60:64] = 1  # small and in a corner: 0.3 of the side
    mask[2, :, 10] = 1  # as high as the picture
    starts, sides = views.bounding_squares(ops.convert_to_tensor(mask))
    np.testing.assert_allclose(sides, [40, 19.2, 64], rtol=1e-6)
    np.testing.assert_allclose(starts, [[12, 10], [0, 44.8], [0, 0]], rtol=1e-6)
