"""Scores against literal numbers and against scikit-image."""

import json
import math

import numpy as np
import pytest

from inpaint_tf import metrics


def noisy_pair(height, width, seed=0):
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 255, width)[None, :, None] * np.ones((height, 1, 3))
    truth = np.clip(ramp + rng.normal(0, 20, ramp.shape), 0, 255).astype(np.uint8)
    image = np.clip(truth + rng.normal(0, 15, ramp.shape), 0, 255).astype(np.uint8)
    return image, truth


def centre_hole(height, width):
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 1
    return mask


def test_literal_values():
    truth = np.zeros((2, 2, 3), np.uint8)
    image = truth.copy()
    image[0, 0] = 10  # one pixel of four
    mask = np.array([[1, 0], [0, 0]], np.uint8)
    assert metrics.l1(image, truth) == 2.5
    assert metrics.l2(image, truth) == 25
    assert metrics.l1(image, truth, mask) == 10
    assert metrics.l2(image, truth, mask) == 100
    assert metrics.psnr(image, truth, mask) == pytest.approx(10 * math.log10(65025 / 100))
    # A composite's error is all in the hole: a quarter of the area is 6.02 dB.
    gain = metrics.psnr(image, truth) - metrics.psnr(image, truth, mask)
    assert gain == pytest.approx(10 * math.log10(4))


def test_uint8_differences_do_not_wrap():
    black, white = np.zeros((12, 12, 3), np.uint8), np.full((12, 12, 3), 255, np.uint8)
    assert metrics.l1(black, white) == metrics.l1(white, black) == 255
    assert metrics.psnr(black, white) == 0
    c1 = (0.01 * 255) ** 2
    assert metrics.ssim(black, white) == pytest.approx(c1 / (255**2 + c1))


@pytest.mark.parametrize("size", [(11, 11), (64, 48), (101, 37)])
def test_equals_scikit_image(size):
    skimage = pytest.importorskip("skimage.metrics", reason="scikit-image is not installed")
    image, truth = noisy_pair(*size)
    expected, expected_map = skimage.structural_similarity(
        truth,
        image,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        channel_axis=2,
        data_range=255,
        full=True,
    )
    assert metrics.ssim(image, truth) == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(metrics.ssim_map(image, truth), expected_map, atol=1e-6)
    expected_psnr = skimage.peak_signal_noise_ratio(truth, image, data_range=255)
    assert metrics.psnr(image, truth) == pytest.approx(expected_psnr, abs=1e-9)


def test_hole_ssim_sees_only_the_hole():
    image, truth = noisy_pair(40, 40)
    mask = centre_hole(40, 40)
    far = image.copy()
    far[:3] = 255 - far[:3]  # seven pixels from the hole: outside every window over it
    assert metrics.ssim(far, truth, mask) == metrics.ssim(image, truth, mask)
    assert metrics.ssim(far, truth) != metrics.ssim(image, truth)


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (10, 12), (7, 3)])
def test_pictures_smaller_than_the_window(size):
    image, truth = noisy_pair(*size)
    assert metrics.ssim(truth, truth) == pytest.approx(1)
    assert -1 <= metrics.ssim(image, truth) <= 1


def test_score_completion_agrees_with_the_single_functions():
    raw, truth = noisy_pair(32, 24)
    mask = centre_hole(32, 24)
    composite = np.where(mask[..., None] == 1, raw, truth)
    scores = metrics.score_completion(truth, composite, raw, mask)
    assert len(scores) == 2 * 2 * 4
    for name in metrics.SCORES:
        function = getattr(metrics, name)
        assert scores[f"full_composite_{name}"] == function(composite, truth)
        assert scores[f"full_raw_{name}"] == function(raw, truth)
        assert scores[f"hole_composite_{name}"] == function(composite, truth, mask)
        assert scores[f"hole_raw_{name}"] == function(raw, truth, mask)
    assert scores["hole_composite_l2"] == scores["hole_raw_l2"]


def test_average_leaves_out_what_is_not_finite_and_stays_valid_json():
    raw, truth = noisy_pair(16, 16)
    mask = centre_hole(16, 16)
    composite = np.where(mask[..., None] == 1, raw, truth)
    ordinary = metrics.score_completion(truth, composite, raw, mask)
    identical = metrics.score_completion(truth, truth, truth, np.zeros_like(mask))
    assert identical["full_composite_psnr"] == math.inf
    assert math.isnan(identical["hole_composite_l1"])
    means = metrics.average([ordinary, identical])
    assert means["full"]["composite"]["psnr"] == ordinary["full_composite_psnr"]
    assert means["full"]["composite"]["l1"] == ordinary["full_composite_l1"] / 2
    assert means["hole"]["raw"]["ssim"] == ordinary["hole_raw_ssim"]
    nothing = metrics.average([identical])
    assert nothing["full"]["raw"]["psnr"] is None
    assert nothing["hole"]["raw"]["l1"] is None
    json.dumps(nothing, allow_nan=False)


def test_shapes_are_checked():
    image, truth = noisy_pair(8, 8)
    with pytest.raises(ValueError, match=r"Received: \(8, 8, 3\) and \(7, 8, 3\)"):
        metrics.l1(image, truth[:7])
    with pytest.raises(ValueError, match="`mask` must be"):
        metrics.l1(image, truth, np.ones((4, 4)))
