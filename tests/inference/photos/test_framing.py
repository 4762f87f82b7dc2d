"""The window in which a face stands as in the training pictures."""

import math

import numpy as np
import pytest

from inpaint_tf.data import in_order, open_source
from inpaint_tf.inference.photos import framing
from inpaint_tf.inference.photos.faces import Face
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


@pytest.fixture
def seen(monkeypatch):
    """Sets what is found, one after another: (x, y, distance) as shares of the side, or None."""

    def set_faces(*faces):
        left = iter(faces)

        def find(picture, detector):
            face = next(left)
            if face is None:
                return []
            x, y, distance = (share * len(picture) for share in face)
            return [Face((x - distance / 2 - 0.5, y - 0.5), (x + distance / 2 - 0.5, y - 0.5))]

        monkeypatch.setattr(framing, "find_faces", find)
        return [np.zeros((100, 100, 3), np.uint8)] * len(faces)

    return set_faces


def test_a_framing_is_the_median_of_the_faces_that_are_found(seen):
    pictures = seen(*[(0.5, 0.4, 0.3)] * 3, None, *[(0.52, 0.44, 0.28)] * 4, (0.9, 0.9, 0.1))
    assert framing.measured(pictures) == (0.52, 0.44, 0.28)


def test_few_faces_and_faces_anywhere_have_no_framing(seen):
    assert framing.measured(seen(*[(0.5, 0.4, 0.3)] * 7, None)) is None
    assert framing.measured(seen(*[(0.3, 0.4, 0.3), (0.7, 0.4, 0.1)] * 8)) is None
    assert framing.measured([np.zeros((32, 32, 3), np.uint8)] * 9) is None


def test_the_faces_of_celeba_have_the_framing_of_the_packages_weights(faces):
    source = open_source(faces / "train")
    found = framing.measured(picture for _, [picture] in in_order(source, 256, 1, 40))
    # A detector without landmarks knows the eyes from the box alone.
    np.testing.assert_allclose(found, Framing(), atol=0.03)
