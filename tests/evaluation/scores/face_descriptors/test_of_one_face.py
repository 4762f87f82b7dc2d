"""Scores of one face, by a recogniser whose answers are known."""

import math

import numpy as np
import pytest
from fake_faces import FakeFaces

from inpaint_tf.evaluation.scores.face_descriptors import of_one_face
from inpaint_tf.evaluation.scores.face_descriptors.set_judge import FaceSet
from inpaint_tf.evaluation.scores.view import Judges, View
from inpaint_tf.masks import face_shapes


def view(level=100, truth_level=150, faces=True, hole=(16, 16)):
    truth = np.full((32, 32, 3), truth_level, np.uint8)
    image = np.full((32, 32, 3), level, np.uint8)
    mask = np.zeros((32, 32), np.uint8)
    mask[hole] = 1
    return View(image, truth, mask, judges=Judges(faces=FakeFaces() if faces else None))


def test_distances_with_both_paddings():
    assert of_one_face.distance(view()) == pytest.approx(3**0.5)
    assert of_one_face.tight_distance(view()) == pytest.approx(0.75**0.5)


def test_under_six_tenths_it_is_the_same_person():
    assert of_one_face.same_person(view()) == 0
    assert of_one_face.same_person(view(133)) == 1  # 0.34 for each colour: 0.59
    assert of_one_face.same_person(view(132)) == 0  # 0.36 for each: 0.62


def test_landmarks_are_measured_in_distances_of_the_eyes():
    left, right = face_shapes.eyes(32 * face_shapes.MEAN_FACE)
    expected = 1.0 / np.hypot(*(right - left))
    assert of_one_face.landmarks(view()) == pytest.approx(expected)  # one pixel
    assert of_one_face.landmarks(view(0)) == 0


@pytest.mark.parametrize(
    "score",
    [
        *(of_one_face.distance, of_one_face.tight_distance),
        *(of_one_face.same_person, of_one_face.landmarks),
    ],
)
def test_nothing_to_measure(score):
    assert math.isnan(score(view(faces=False)))
    assert math.isnan(score(view(truth_level=0)))  # no face in the truth
    assert math.isnan(score(view(hole=(2, 2))))  # the face is not covered


def test_a_set_collects_the_covered_faces_alone():
    seen = FaceSet(Judges(faces=FakeFaces()))
    assert seen.scores() is None
    for level in range(60, 110):
        one, outside = view(level, level + 20), view(level, hole=(2, 2))
        seen.add(one.image, one.truth, one.mask)
        seen.add(outside.image, outside.truth, outside.mask)
    scores = seen.scores()
    assert list(scores) == ["told_apart", "spread", "frechet"]
    assert scores["spread"] == pytest.approx(1.0)
    assert scores["frechet"] == pytest.approx(0.12)
    assert 0.5 < scores["told_apart"] < 0.9
