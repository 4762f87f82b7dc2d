"""Faces found again: on faces drawn by code, which the cascades know for faces."""

import math

import cv2
import numpy as np
import pytest

from inpaint_tf.data.sample_faces.drawing import draw_face
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.pairing import center_mask
from inpaint_tf.evaluation.scores import recognition


@pytest.fixture(scope="module")
def face_picture():
    """(a drawn face in which the cascades find the face and two eyes, the face's box)."""
    for seed in range(200):
        picture = draw_face(seed, 256)
        face = recognition.find_face(picture)
        if face and len(recognition.find_eyes(picture, face)) == 2:
            return picture, face
    raise AssertionError("the cascades know none of 200 drawn faces")


def test_a_face_is_found_again_in_itself_and_not_where_it_is_gone(face_picture):
    picture, face = face_picture
    mask = center_mask(256, 256)
    assert recognition.found_again(picture, picture, mask, face) == (1.0, 1.0)
    empty = np.where(mask[..., None] == 1, np.uint8(128), picture)
    assert recognition.found_again(picture, empty, mask, face)[1] == 0.0
    assert recognition.found_again(picture, np.full_like(picture, 90), mask, face) == (0.0, 0.0)


def test_only_covered_eyes_count(face_picture):
    picture, face = face_picture
    eyes = sorted(recognition.find_eyes(picture, face))
    left, top, width, height = eyes[0]
    mask = np.zeros((256, 256), np.uint8)
    mask[top : top + height, left : left + width] = 1
    one_gone = picture.copy()
    one_gone[mask == 1] = 128
    assert recognition.found_again(picture, one_gone, mask, face)[1] == 0.0
    assert recognition.found_again(picture, picture, mask, face)[1] == 1.0


def test_what_is_not_covered_says_nothing(face_picture):
    picture, face = face_picture
    corner = np.zeros((256, 256), np.uint8)
    corner[:2, :2] = 1
    assert all(map(math.isnan, recognition.found_again(picture, picture, corner, face)))
    nothing = recognition.found_again(picture, picture, center_mask(256, 256), None)
    assert all(map(math.isnan, nothing))


@pytest.mark.parametrize("size", [(1, 1), (8, 300)])
def test_tiny_pictures_have_no_face(size):
    assert recognition.find_face(np.zeros((*size, 3), np.uint8)) is None


def field(number, content):
    """A protocol buffer's field: an integer, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    encoded = b""
    while value > 127:
        encoded, value = encoded + bytes([value & 127 | 128]), value >> 7
    return encoded + bytes([value])


def tensor_info(name, shape):
    dimensions = b"".join(field(1, field(1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dimensions)))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """An ONNX model in SFace's place: its features are the picture's mean colour."""
    node = field(1, "data") + field(2, "fc1") + field(4, "GlobalAveragePool")
    graph = field(1, node) + field(2, "means")
    graph += field(11, tensor_info("data", (1, 3, 112, 112)))
    graph += field(12, tensor_info("fc1", (1, 3, 1, 1)))
    path = tmp_path_factory.mktemp("model") / "means.onnx"
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13)))
    return path


def test_the_recogniser_compares_what_the_model_sees_of_the_face(model):
    recogniser = recognition.Recogniser(model)
    truth, completed = np.zeros((2, 60, 60, 3), np.uint8)
    face = (10, 20, 30, 30)
    truth[20:50, 10:40] = (200, 100, 0)
    completed[20:50, 10:40] = (0, 100, 200)
    completed[:20] = 255  # outside the face
    np.testing.assert_allclose(recogniser.features(truth[20:50, 10:40]), [200, 100, 0], atol=0.01)
    expected = 100**2 / (200**2 + 100**2)  # cosine of (200, 100, 0) and (0, 100, 200)
    assert recogniser.similarity(truth, completed, face) == pytest.approx(expected, abs=1e-5)
    assert recogniser.similarity(truth, truth, face) == pytest.approx(1)
    assert math.isnan(recogniser.similarity(truth, truth, None))


def test_the_recogniser_equals_opencv_match(model):
    recogniser = recognition.Recogniser(model)
    a, b = np.random.default_rng(0).integers(0, 256, (2, 112, 112, 3), np.uint8)
    network = cv2.FaceRecognizerSF.create(str(model), "")
    features = [network.feature(cv2.cvtColor(each, cv2.COLOR_RGB2BGR)).copy() for each in (a, b)]
    expected = network.match(*features, cv2.FaceRecognizerSF_FR_COSINE)
    found = recogniser.similarity(a, b, (0, 0, 112, 112))
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_file_that_is_no_model_is_told(tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("hello")
    with pytest.raises(UserError, match="FaceRecognizerSF loads"):
        recognition.Recogniser(path)
