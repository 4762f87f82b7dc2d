"""All scores of a picture together, in the columns of metrics.csv."""

import math

import numpy as np
import pytest
from fake_faces import FakeFaces
from pictures import centre_hole, noisy_pair

from inpaint_tf.evaluation.scores import (
    fill_quality,
    of_one_picture,
    psnr_and_ssim,
    recognition,
    table,
)

EVERYWHERE = ("psnr", "ssim", "l1", "l2", "tv")


def completion(height=32, width=24):
    raw, truth = noisy_pair(height, width)
    mask = centre_hole(height, width)
    return truth, np.where(mask[..., None] == 1, raw, truth), raw, mask


@pytest.fixture
def found(monkeypatch):
    """A face wherever it is looked for: noise has none."""
    face = (4, 4, 16, 16)
    monkeypatch.setattr(recognition, "find_face", lambda image: face)
    monkeypatch.setattr(recognition, "found_again", lambda *given: (1.0, 0.5))
    return face


def test_every_column_is_what_its_function_says(found):
    truth, composite, raw, mask = completion()
    scores = of_one_picture.score_completion(truth, composite, raw, mask)
    assert list(scores) == table.columns()
    assert len(scores) == 2 * 2 * 5 + 2 * 2 + 10 + 4
    functions = {
        name: getattr(psnr_and_ssim, "total_variation" if name == "tv" else name)
        for name in EVERYWHERE
    }
    for output, image in (("composite", composite), ("raw", raw)):
        for region, area in (("full", None), ("hole", mask)):
            for name, function in functions.items():
                given = (image,) if name == "tv" else (image, truth)
                expected = function(*given, area)
                assert scores[f"{region}_{output}_{name}"] == pytest.approx(expected, abs=1e-12)
    for name, picture in (("", composite), ("truth_", truth)):
        assert scores[f"fill_{name}energy"] == fill_quality.gradient_energy(picture, mask)
        assert scores[f"fill_{name}step"] == fill_quality.edge_step(picture, mask)
        clipped = fill_quality.clipped_step(picture, truth, mask)
        assert scores[f"fill_{name}clipped_step"] == clipped
    specked = fill_quality.speck_pixels(composite, mask) >= fill_quality.SPECK_PIXELS
    assert scores["fill_specks"] == specked
    assert (scores["fill_face_found"], scores["fill_eyes_found"]) == (1.0, 0.5)
    assert math.isnan(scores["fill_identity"])
    assert math.isnan(scores["face_distance"])


def test_a_raw_picture_that_is_the_composite_has_its_scores():
    truth, composite, _, mask = completion()
    twice = of_one_picture.score_completion(truth, composite, composite.copy(), mask)
    assert list(twice) == table.columns()
    assert twice["hole_raw_ssim"] == twice["hole_composite_ssim"]


def test_the_recogniser_sees_truth_composite_and_face(found):
    class Recogniser:
        def similarity(self, *given):
            self.given = given
            return 0.7

    truth, composite, raw, mask = completion()
    recogniser = Recogniser()
    judges = of_one_picture.Judges(recogniser=recogniser)
    scores = of_one_picture.score_completion(truth, composite, raw, mask, judges)
    assert scores["fill_identity"] == 0.7
    np.testing.assert_array_equal(recogniser.given[1], composite)
    assert recogniser.given[2] == found
    elsewhere = np.zeros_like(mask)
    elsewhere[-1, -1] = 1  # a face that is not covered says nothing
    scores = of_one_picture.score_completion(truth, composite, raw, elsewhere, judges)
    assert math.isnan(scores["fill_identity"])


def test_faces_are_those_of_truth_and_composite():
    truth, composite, raw, mask = completion(32, 32)
    judges = of_one_picture.Judges(faces=FakeFaces())
    scores = of_one_picture.score_completion(truth, composite, raw, mask, judges)
    apart = np.linalg.norm(composite.mean(axis=(0, 1)) - truth.mean(axis=(0, 1)))
    assert scores["face_distance"] == pytest.approx(2 * apart / 100)
    assert scores["face_tight_distance"] == pytest.approx(apart / 100)
    assert scores["face_same_person"] == 1
    assert scores["face_landmarks"] > 0


def test_lpips_is_of_composite_and_raw_pictures():
    class Lpips:
        def distance(self, image, reference):
            return float(np.abs(image.astype(int) - reference).sum())

    truth, composite, raw, mask = completion()
    scores = of_one_picture.score_completion(
        truth, composite, raw, mask, of_one_picture.Judges(lpips=Lpips())
    )
    assert 0 < scores["full_composite_lpips"] < scores["full_raw_lpips"]
    assert math.isnan(of_one_picture.score_completion(truth, raw, raw, mask)["full_raw_lpips"])


def test_an_identical_picture():
    truth, _, _, mask = completion(176, 176)
    scores = of_one_picture.score_completion(truth, truth, truth, mask)
    assert scores["full_raw_psnr"] == scores["hole_composite_psnr"] == math.inf
    assert scores["hole_composite_ssim"] == pytest.approx(1)
    assert scores["full_composite_ms_ssim"] == pytest.approx(1)
    assert scores["fill_energy"] == scores["fill_truth_energy"]
    assert scores["fill_step"] == scores["fill_truth_step"]


def test_inverted_and_shifted_pictures_score_worse():
    truth, _, _, mask = completion(64, 64)
    inverted, shifted = 255 - truth, np.roll(truth, 1, axis=1)
    scores = [
        of_one_picture.score_completion(truth, image, image, mask) for image in (inverted, shifted)
    ]
    assert scores[0]["hole_raw_psnr"] < scores[1]["hole_raw_psnr"] < 40
    assert scores[0]["hole_raw_ssim"] < 0 < scores[1]["hole_raw_ssim"] < 1
    # As sharp, and wrong.
    assert scores[0]["fill_energy"] == pytest.approx(scores[0]["fill_truth_energy"])


def test_a_mask_without_a_hole_leaves_its_scores_unmeasured():
    truth, _, raw, mask = completion()
    scores = of_one_picture.score_completion(truth, truth, raw, np.zeros_like(mask))
    assert all(
        math.isnan(scores[f"hole_{output}_{name}"])
        for output in ("composite", "raw")
        for name in EVERYWHERE
    )
    assert math.isnan(scores["fill_energy"])
    assert math.isnan(scores["fill_step"])
    assert math.isnan(scores["fill_face_found"])
