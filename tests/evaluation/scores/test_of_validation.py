"""Scores of validation: the same as a test's, over all pictures."""

import numpy as np
import pytest
from fake_faces import FakeFaces
from pictures import centre_hole

from inpaint_tf.evaluation.scores import fill_quality, psnr_and_ssim
from inpaint_tf.evaluation.scores.of_validation import FACE_SCORES, SCORES, Tally


def completions(count):
    hole = centre_hole(32, 32) == 1
    for seed in range(count):
        truth = 10 * np.random.default_rng(seed).integers(9, 12, (32, 32, 1)) + [60, 20, 0]
        completed = np.where(hole[..., None], 0.7 * truth + 30, truth)
        yield truth.astype(np.uint8), completed.astype(np.uint8), hole


def test_means_ratio_and_share():
    tally, pictures = Tally(), list(completions(3))
    pictures[0][1][12:15, 12:15] = (255, 0, 255)
    for each in pictures:
        tally.add(*each)
    scores = tally.scores()
    assert tuple(scores) == SCORES
    hole_psnr = [psnr_and_ssim.psnr(completed, truth, hole) for truth, completed, hole in pictures]
    assert scores["val_hole_psnr"] == pytest.approx(np.mean(hole_psnr))
    steps = [
        [fill_quality.clipped_step(each, truth, hole) for each in (completed, truth)]
        for truth, completed, hole in pictures
    ]
    ratio = np.divide(*np.sum(steps, axis=0))
    assert scores["val_hole_robust_sharpness"] == pytest.approx(ratio)
    assert 0.7 < ratio < 0.75  # steps of 7 and not of 10, and those of a speck
    assert scores["val_hole_specks"] == pytest.approx(1 / 3)


def test_scores_of_faces_where_there_is_a_recogniser():
    tally = Tally(FakeFaces())
    for each in completions(24):
        tally.add(*each)
    scores = tally.scores()
    assert tuple(scores) == (*SCORES, *FACE_SCORES)
    assert 0 < scores["val_descriptor_distance"] < 1
    assert 0 < scores["val_landmarks"] < 0.3
    assert 0.4 < scores["val_told_apart"] <= 1


def test_too_few_faces_have_no_scores_of_a_set():
    tally = Tally(FakeFaces())
    for each in completions(2):
        tally.add(*each)
    assert tuple(tally.scores()) == (*SCORES, *FACE_SCORES[:2])
