"""Holes with the shape of what covers faces."""

import numpy as np
import pytest

from inpaint_tf.errors import UserError
from inpaint_tf.masks import face_shapes

SIZE = 256
FACE = face_shapes.MEAN_FACE * SIZE


def covered(name, points):
    """The share of points that lie in the hole `name` of the mean face."""
    hole = face_shapes.draw(name, FACE, SIZE, SIZE)
    x, y = np.round(points).astype(int).T
    return hole[y, x].mean()


def test_the_mean_face_has_the_framing_of_the_training_pictures():
    left, right = face_shapes.eyes(face_shapes.MEAN_FACE)
    np.testing.assert_allclose((left + right) / 2, (0.497, 0.439), atol=0.003)
    assert right[0] - left[0] == pytest.approx(0.223, abs=0.002)


@pytest.mark.parametrize("name", face_shapes.SHAPES)
def test_a_shape_is_a_part_of_the_picture(name):
    hole = face_shapes.draw(name, FACE, SIZE, SIZE)
    assert hole.shape == (SIZE, SIZE)
    assert hole.dtype == bool
    assert 0.02 < hole.mean() < 0.27


def test_shapes_cover_what_they_are_called_after_and_nothing_else():
    eyes, nose, mouth = FACE[36:48], FACE[30:36], FACE[48:68]
    for name, inside, outside in (
        ("eyes", eyes, (nose, mouth)),
        ("glasses", eyes, (nose, mouth)),
        ("nose", nose, (eyes, mouth)),
        ("mouth", mouth, (eyes, nose)),
        ("mask", np.concatenate([nose, mouth]), (eyes,)),
        ("lower", np.concatenate([nose, mouth]), (eyes,)),
        ("upper", eyes, (nose, mouth)),
        ("left", FACE[36:42], (FACE[42:48],)),
        ("right", FACE[42:48], (FACE[36:42],)),
        ("centre", np.concatenate([eyes, nose, mouth]), ()),
    ):
        assert covered(name, inside) == 1, name
        for part in outside:
            assert covered(name, part) == 0, name


def test_the_centre_is_the_box_of_a_portrait():
    hole = face_shapes.draw("centre", FACE, SIZE, SIZE)
    box = np.zeros((SIZE, SIZE), bool)
    box[64:192, 64:192] = True
    assert (hole != box).mean() < 0.005  # its last row and column


def test_halves_meet():
    halves = [face_shapes.draw(name, FACE, SIZE, SIZE) for name in ("left", "right")]
    both = halves[0] & halves[1]
    assert 0 < both.sum() < 2 * SIZE  # the line between them


def test_shapes_move_turn_and_grow_with_the_face():
    upright = face_shapes.draw("glasses", FACE, SIZE, SIZE)
    turned = np.stack([SIZE - 1 - FACE[:, 1], FACE[:, 0]], axis=1)  # a quarter, clockwise
    hole = face_shapes.draw("glasses", turned, SIZE, SIZE)
    assert (np.rot90(upright, -1) != hole).mean() < 0.005
    twice = face_shapes.draw("glasses", 2 * FACE, 2 * SIZE, 2 * SIZE)
    assert twice.mean() == pytest.approx(upright.mean(), rel=0.05)


def test_what_lies_outside_the_picture_is_cut_off():
    hole = face_shapes.draw("mask", FACE - (0, 150), SIZE, SIZE)
    assert hole[:60].any()
    assert not hole[80:].any()
    assert not face_shapes.draw("mouth", FACE + 500, SIZE, SIZE).any()


def test_the_mean_face_goes_where_the_eyes_are():
    left, right = face_shapes.eyes(FACE)
    np.testing.assert_allclose(face_shapes.mean_face(left, right), FACE, atol=1e-9)
    placed = face_shapes.mean_face(np.array([10.0, 20.0]), np.array([10.0, 80.0]))
    np.testing.assert_allclose(face_shapes.eyes(placed), [[10, 20], [10, 80]], atol=1e-9)


def test_mistakes_get_one_line():
    with pytest.raises(UserError, match="did you mean glasses"):
        face_shapes.draw("glases", FACE, SIZE, SIZE)
    with pytest.raises(ValueError, match=r"\(68, 2\)"):
        face_shapes.draw("nose", FACE[:5], SIZE, SIZE)
    with pytest.raises(ValueError, match="apart"):
        face_shapes.draw("nose", np.zeros((68, 2)), SIZE, SIZE)
