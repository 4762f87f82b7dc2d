"""The window in which a face stands as in the training pictures."""

import math

import numpy as np
import pytest

from inpaint_tf.inference.photos.framing import Framing
from inpaint_tf.masks import face_shapes

FRAMING = Framing()


def test_a_face_of_the_training_pictures_gets_its_own_picture():
    eyes = np.array([[0.497 - 0.1115, 0.439], [0.497 + 0.1115, 0.439]]) * 256 - 0.5
    window = FRAMING.window(*eyes)
    assert (window.side, window.corner(), window.angle) == (256, (0, 0), 0)


def test_the_mean_face_stands_in_that_framing():
    window = FRAMING.window(*(eye * 1000 for eye in face_shapes.eyes(face_shapes.MEAN_FACE)))
    assert window.side == pytest.approx(1000, abs=30)
    assert np.hypot(*np.subtract((window.x, window.y), 500)) < 30


@pytest.mark.parametrize(("degrees", "turned"), [(0, False), (9, False), (-9, False), (12, True)])
def test_only_a_face_that_leans_is_turned(degrees, turned):
    angle = math.radians(degrees)
    half = 20 * np.array([math.cos(angle), math.sin(angle)])
    window = FRAMING.window(np.array([100, 80]) - half, np.array([100, 80]) + half)
    assert window.side == round(40 / 0.223)
    assert window.angle == pytest.approx(angle if turned else 0)


@pytest.mark.parametrize("degrees", [30, -75, 180])
def test_the_eyes_of_a_turned_window_lie_level(degrees):
    angle = math.radians(degrees)
    half = 20 * np.array([math.cos(angle), math.sin(angle)])
    left, right = np.array([100, 80]) - half, np.array([100, 80]) + half
    window = FRAMING.window(left, right)
    matrix = window.matrix()
    for eye, x in ((left, 0.497 - 0.1115), (right, 0.497 + 0.1115)):
        place = np.linalg.solve(matrix[:, :2], eye - matrix[:, 2])
        np.testing.assert_allclose((place + 0.5) / window.side, [x, 0.439], atol=1e-2)


def test_another_framing_has_another_window():
    window = Framing(0.5, 0.5, 0.5).window(np.array([10, 20]), np.array([30, 20]))
    assert window.side == 40
    assert abs(window.x - 20) <= 0.5
    assert abs(window.y - 20) <= 0.5
