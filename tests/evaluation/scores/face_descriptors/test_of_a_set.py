"""What descriptors say of sets, on made descriptors whose answers are known."""

import numpy as np
import pytest

from inpaint_tf.evaluation.scores.face_descriptors import of_a_set
from inpaint_tf.evaluation.scores.view import SetFeatures


def descriptors(count=100, channels=16, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, (count, channels))


def test_sets_of_one_kind_cannot_be_told_apart():
    truth = descriptors(400)
    assert of_a_set.told_apart(SetFeatures(truth, truth)) == 0.5
    others = descriptors(400, seed=1)
    assert of_a_set.told_apart(SetFeatures(others, truth)) == pytest.approx(0.5, abs=0.06)


def test_a_shift_is_told_as_often_as_it_stands_out():
    truth = descriptors(400, channels=1)
    far = SetFeatures(descriptors(400, channels=1, seed=1) + 1.0, truth)
    assert of_a_set.told_apart(far) == 1.0
    # Two normal distributions two deviations apart: the middle lies one deviation from each, and
    # 84.1 % of a normal distribution lies below that.
    near = SetFeatures(descriptors(400, channels=1, seed=1) + 0.2, truth)
    assert of_a_set.told_apart(near) == pytest.approx(0.841, abs=0.03)


def test_the_discriminant_looks_where_the_kinds_differ_and_not_where_they_spread():
    wide = descriptors(200, channels=2) * [1.0, 50.0]
    shifted = descriptors(200, channels=2, seed=1) * [1.0, 50.0] + [1.0, 0.0]
    classify = of_a_set.discriminant(shifted, wide)
    assert classify(np.array([[0.9, 3.0], [0.9, -3.0], [0.1, 3.0]])).tolist() == [True, True, False]


def test_more_channels_than_faces():
    truth = descriptors(30, channels=128)
    assert of_a_set.told_apart(SetFeatures(truth + 1.0, truth)) == 1.0


def test_the_same_set_gives_the_same_answer():
    features = [SetFeatures(descriptors(40, seed=1) + 0.05, descriptors(40)) for _ in range(2)]
    assert of_a_set.told_apart(features[0]) == of_a_set.told_apart(features[1])


def test_spread_is_a_ratio_of_deviations():
    truth = descriptors()
    assert of_a_set.spread(SetFeatures(0.7 * truth + 3.0, truth)) == pytest.approx(0.7)
    assert of_a_set.spread(SetFeatures(truth, np.zeros_like(truth))) is None


def test_frechet_of_a_shift_is_its_squared_length():
    truth = descriptors(200)
    assert of_a_set.frechet(SetFeatures(truth + 0.1, truth)) == pytest.approx(16 * 0.01)


@pytest.mark.parametrize("score", [of_a_set.told_apart, of_a_set.spread, of_a_set.frechet])
def test_few_faces_give_no_answer(score):
    few = descriptors(of_a_set.FEWEST - 1)
    assert score(SetFeatures(few, few)) is None
    enough = descriptors(of_a_set.FEWEST)
    assert score(SetFeatures(enough, enough)) is not None
