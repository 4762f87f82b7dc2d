"""Faces: where their eyes are, by a detector or by a file of the user."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos import detectors, faces
from inpaint_tf.inference.photos.detectors import mtcnn
from inpaint_tf.inference.photos.face_list import face_in_box, read_faces
from inpaint_tf.inference.photos.faces import Face, find_covered_faces, find_faces
from inpaint_tf.masks import face_shapes


@pytest.fixture(scope="module")
def astronaut():
    """512x512; the eyes lie at about (205, 101) and (245, 102)."""
    return pytest.importorskip("skimage.data").astronaut()


def test_a_face_has_the_landmarks_of_its_eyes():
    face = Face(np.array([100.0, 50.0]), np.array([140.0, 60.0]))
    left, right = face_shapes.eyes(face.landmarks)
    np.testing.assert_allclose([*left, *right], [100, 50, 140, 60])
    assert face.eye_distance == pytest.approx(np.hypot(40, 10))


@pytest.mark.parametrize("name", detectors.DETECTORS)
def test_detectors_find_a_face_in_a_photo(astronaut, name):
    if name == "mtcnn":
        pytest.importorskip("mtcnn")
    face = find_faces(astronaut, name)[0]
    np.testing.assert_allclose(face.left_eye, (205, 101), atol=6)
    np.testing.assert_allclose(face.right_eye, (245, 102), atol=6)
    left, top, width, height = face.box
    assert left < 205
    assert top < 101
    assert left + width > 245
    assert 120 < top + height < 190


def test_mtcnn_computes_in_float32_whatever_the_program_does(astronaut):
    pytest.importorskip("mtcnn")
    with runtime.layers_in("mixed_bfloat16"):
        left, _, _ = mtcnn.Detector()(astronaut)[0]
    np.testing.assert_allclose(left, (205, 101), atol=6)


def test_positions_are_those_of_the_photos_own_size(astronaut):
    large = np.kron(astronaut, np.ones((3, 3, 1), np.uint8))
    face = find_faces(large, "haar")[0]
    np.testing.assert_allclose(face.left_eye, (3 * 205, 3 * 101), atol=15)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (30, 2)])
def test_there_is_no_face_in_the_smallest_photos(size):
    assert find_faces(np.zeros((*size, 3), np.uint8)) == []


def test_auto_is_the_first_that_is_installed(monkeypatch):
    monkeypatch.setattr(detectors, "_is_installed", lambda name: name == "haar")
    assert detectors.choose("auto") == "haar"
    with pytest.raises(UserError, match=r"pip install 'inpaint-tf\[faces\]'"):
        detectors.choose("mtcnn")
    with pytest.raises(UserError, match="did you mean haar"):
        detectors.choose("har")


def test_a_second_look_only_where_the_first_is_not_enough(monkeypatch):
    first = Face(np.array([10.0, 10.0]), np.array([20.0, 10.0]))
    same, other = (Face(first.left_eye + d, first.right_eye + d) for d in (1, 40))
    looks = [[first], [same, other]] * 2
    monkeypatch.setattr(faces, "find_faces", lambda image, detector: looks.pop(0))
    photo, hole = np.zeros((9, 9, 3), np.uint8), np.ones((9, 9), bool)
    assert find_covered_faces(photo, hole, "haar", lambda found: True) == [first]
    looks.pop(0)
    assert find_covered_faces(photo, hole, "haar", lambda found: False) == [first, other]


def test_lists_of_faces(tmp_path):
    eyes = {"left_eye": [1, 2], "right_eye": [30.5, 2]}
    written = tmp_path / "faces.json"
    written.write_text(json.dumps({"a.jpg": [eyes, {"box": [0, 0, 50, 50]}], "b.jpg": []}))
    found = read_faces(written)
    assert [len(found[name]) for name in ("a.jpg", "b.jpg")] == [2, 0]
    np.testing.assert_array_equal(found["a.jpg"][0].right_eye, [30.5, 2])
    table = tmp_path / "faces.csv"
    table.write_text("image,left_eye_x,left_eye_y,right_eye_x,right_eye_y\na.jpg,1,2,30.5,2\n")
    np.testing.assert_array_equal(read_faces(table)["a.jpg"][0].left_eye, [1, 2])
    table.write_text("image,left,top,width,height\na.jpg,0,0,50,50\na.jpg,60,0,50,50\n")
    assert len(read_faces(table)["a.jpg"]) == 2


def test_a_box_is_that_of_the_face_in_it():
    face = Face(np.array([100.0, 80.0]), np.array([150.0, 80.0]))
    again = face_in_box(*face.box)
    np.testing.assert_allclose(again.left_eye, face.left_eye, atol=2)
    np.testing.assert_allclose(again.right_eye, face.right_eye, atol=2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("f.json", "[1]"),
        ("f.json", "{"),
        ("f.json", '{"a": [{"left_eye": [1, 2]}]}'),
        ("f.json", '{"a": [{"left_eye": [9, 2], "right_eye": [1, 2]}]}'),
        ("f.csv", "image,x\na,1\n"),
        ("f.csv", "image,left,top,width,height\na,1,2,x,4\n"),
    ],
)
def test_another_form_is_refused_in_one_line(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match="lists no faces") as caught:
        read_faces(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_threads_take_turns_at_the_detector(monkeypatch):
    at_once, most = [0], [0]

    def detector(image):
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.01)
        at_once[0] -= 1
        return []

    monkeypatch.setattr(faces, "_detector", lambda name: detector)
    pictures = [np.zeros((32, 32, 3), np.uint8)] * 6
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(find_faces, pictures)) == [[]] * 6
    assert most == [1]
