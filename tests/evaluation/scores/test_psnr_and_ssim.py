"""Scores against literal numbers and against scikit-image."""

import math

import numpy as np
import pytest
from pictures import centre_hole, noisy_pair

from inpaint_tf.evaluation.scores import psnr_and_ssim


def test_literal_values():
    truth = np.zeros((2, 2, 3), np.uint8)
    image = truth.copy()
    image[0, 0] = 10  # one pixel of four
    mask = np.array([[1, 0], [0, 0]], np.uint8)
    assert psnr_and_ssim.l1(image, truth) == 2.5
    assert psnr_and_ssim.l2(image, truth) == 25
    assert psnr_and_ssim.l1(image, truth, mask) == 10
    assert psnr_and_ssim.l2(image, truth, mask) == 100
    assert psnr_and_ssim.psnr(image, truth, mask) == pytest.approx(10 * math.log10(65025 / 100))
    # A composite's error is all in the hole: a quarter of the area is 6.02 dB.
    gain = psnr_and_ssim.psnr(image, truth) - psnr_and_ssim.psnr(image, truth, mask)
    assert gain == pytest.approx(10 * math.log10(4))


def test_uint8_differences_do_not_wrap():
    black, white = np.zeros((12, 12, 3), np.uint8), np.full((12, 12, 3), 255, np.uint8)
    assert psnr_and_ssim.l1(black, white) == psnr_and_ssim.l1(white, black) == 255
    assert psnr_and_ssim.psnr(black, white) == 0
    c1 = (0.01 * 255) ** 2
    assert psnr_and_ssim.ssim(black, white) == pytest.approx(c1 / (255**2 + c1))


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
    assert psnr_and_ssim.ssim(image, truth) == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(psnr_and_ssim.ssim_map(image, truth), expected_map, atol=1e-6)
    expected_psnr = skimage.peak_signal_noise_ratio(truth, image, data_range=255)
    assert psnr_and_ssim.psnr(image, truth) == pytest.approx(expected_psnr, abs=1e-9)


def test_hole_ssim_sees_only_the_hole():
    image, truth = noisy_pair(40, 40)
    mask = centre_hole(40, 40)
    far = image.copy()
    far[:3] = 255 - far[:3]  # seven pixels from the hole: outside every window over it
    assert psnr_and_ssim.ssim(far, truth, mask) == psnr_and_ssim.ssim(image, truth, mask)
    assert psnr_and_ssim.ssim(far, truth) != psnr_and_ssim.ssim(image, truth)


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (10, 12), (7, 3)])
def test_pictures_smaller_than_the_window(size):
    image, truth = noisy_pair(*size)
    assert psnr_and_ssim.ssim(truth, truth) == pytest.approx(1)
    assert -1 <= psnr_and_ssim.ssim(image, truth) <= 1


def test_total_variation_literally():
    image = np.zeros((3, 3, 3), np.uint8)
    image[1, 1] = 10  # four steps of 10 in each channel
    assert psnr_and_ssim.total_variation(image) == pytest.approx(4 * 10 * 3 / (9 * 3))
    hole = np.zeros((3, 3), np.uint8)
    hole[1, 1:] = 1  # two pixels, one step between them
    assert psnr_and_ssim.total_variation(image, hole) == pytest.approx(10 * 3 / (2 * 3))
    assert psnr_and_ssim.total_variation(image, np.eye(3)) == 0  # no neighbours in it


def test_total_variation_equals_tensorflow():
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    image, _ = noisy_pair(20, 31)
    expected = tf.image.total_variation(tf.cast(image, "float32")).numpy() / image.size
    assert psnr_and_ssim.total_variation(image) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("size", [(256, 256), (161, 200), (177, 163)])
def test_ms_ssim_equals_tensorflow(size):
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    image, truth = noisy_pair(*size)
    expected = tf.image.ssim_multiscale(
        *(tf.cast(each[None], "float32") for each in (image, truth)), max_val=255
    )
    assert psnr_and_ssim.ms_ssim(image, truth) == pytest.approx(float(expected[0]), abs=1e-4)
    assert psnr_and_ssim.ms_ssim(truth, truth) == pytest.approx(1)


def test_ms_ssim_needs_five_scales():
    assert math.isnan(psnr_and_ssim.ms_ssim(*noisy_pair(160, 300)))


def test_shapes_are_checked():
    image, truth = noisy_pair(8, 8)
    with pytest.raises(ValueError, match=r"Received: \(8, 8, 3\) and \(7, 8, 3\)"):
        psnr_and_ssim.l1(image, truth[:7])
    with pytest.raises(ValueError, match="`mask` must be"):
        psnr_and_ssim.l1(image, truth, np.ones((4, 4)))
