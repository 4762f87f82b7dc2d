"""dlib's faces, on drawn ones: found, aligned, remembered; and what is said without dlib."""

import cv2
import numpy as np
import pytest

from inpaint_tf.data.sample_faces import draw_face
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores.face_descriptors import dlib_faces, of_one_face
from inpaint_tf.evaluation.scores.view import Judges, View
from inpaint_tf.masks import face_shapes

SIDE = 160


@pytest.fixture(scope="module")
def faces():
    pytest.importorskip("dlib", reason="dlib-bin is not installed")
    pytest.importorskip("face_recognition_models", reason="its models are not installed")
    return dlib_faces.DlibFaces()


@pytest.fixture(scope="module")
def picture():
    return draw_face(0, SIDE)


def test_eyes_and_mouth_lie_where_they_are_drawn(faces, picture):
    face = faces.find(picture)
    left, right = face_shapes.eyes(face.landmarks)
    mouth = face.landmarks[48:].mean(axis=0)
    assert face.landmarks.shape == (68, 2)
    assert 30 < left[0] < 75 < right[0] < 130
    assert abs(left[1] - right[1]) < 10
    assert max(left[1], right[1]) + 20 < mouth[1] < 140
    x, y, width, height = face.box
    assert 0 <= x < left[0] < right[0] < x + width <= SIDE
    assert 0 <= y < left[1] < mouth[1] < y + height <= SIDE


def test_large_pictures_and_parts_of_arrays(faces, picture):
    large = cv2.resize(picture, (900, 900), interpolation=cv2.INTER_CUBIC)
    face, small = faces.find(large), faces.find(picture)
    scaled = small.landmarks * 900 / SIDE
    assert np.abs(face.landmarks - scaled).max() < 40
    flipped = faces.find(picture[:, ::-1])  # not contiguous
    np.testing.assert_allclose(flipped.box[2:], small.box[2:], atol=20)


def test_a_picture_without_a_face(faces):
    assert faces.find(np.full((96, 96, 3), 128, np.uint8)) is None


def test_descriptors_are_of_the_cut_by_the_truths_landmarks(faces, picture):
    face = faces.find(picture)
    wide, tight = (faces.descriptor(picture, face, padding) for padding in (0.25, 0.0))
    assert wide.shape == (128,)
    assert np.linalg.norm(wide) == pytest.approx(1.4, abs=0.2)  # as dlib's network gives them
    assert np.linalg.norm(wide - tight) > 0.1
    other = faces.descriptor(draw_face(2, SIDE), face, 0.25)
    assert 0.2 < np.linalg.norm(wide - other) < 1.2


def test_what_was_seen_is_not_seen_again(faces, picture, monkeypatch):
    face = faces.find(picture)
    before = faces.descriptor(picture, face, 0.25)
    monkeypatch.setattr(faces, "_network", None)
    monkeypatch.setattr(faces, "_detector", None)
    assert faces.find(picture.copy()) is face
    assert faces.descriptor(picture.copy(), face, 0.25) is before


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(dlib_faces, "REMEMBERED", 2)
    memory = {}
    for key in (b"a", b"b", b"c"):
        dlib_faces._remember(memory, key, 1)
    assert list(memory) == [b"b", b"c"]


def test_a_covered_face_is_another_person_and_the_truth_is_itself(faces, picture):
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[40:120, 40:120] = 1
    covered = np.where(mask[..., None] == 1, np.uint8(128), picture)
    judges = Judges(faces=faces)
    scores = [
        [score(View(image, picture, mask, judges=judges)) for image in (picture, covered)]
        for score in (of_one_face.distance, of_one_face.landmarks, of_one_face.same_person)
    ]
    assert [same for same, _ in scores] == [0, 0, 1]
    assert scores[0][1] > 0.3
    assert scores[1][1] > 0.05


@pytest.mark.parametrize(
    ("missing", "packages"),
    [
        (("dlib", "face_recognition_models"), "dlib-bin face_recognition_models"),
        (("face_recognition_models",), "face_recognition_models"),
    ],
)
def test_missing_packages_are_named(monkeypatch, missing, packages):
    found = dlib_faces.importlib.util.find_spec

    def find_spec(name):
        return None if name in missing else found("json")

    monkeypatch.setattr(dlib_faces.importlib.util, "find_spec", find_spec)
    with pytest.raises(UserError, match=f"pip install {packages}$"):
        dlib_faces.check_installed()
    with pytest.raises(UserError, match="pip install"):
        dlib_faces.DlibFaces()
