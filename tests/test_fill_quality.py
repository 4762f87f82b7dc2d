"""Sharpness and seams against literal numbers and SciPy's difference filters."""

import math

import numpy as np
import pytest
from test_metrics import centre_hole, noisy_pair

from inpaint_tf import fill_quality


def test_literal_energy_and_step():
    image = np.zeros((4, 4, 3), np.uint8)
    image[1, 1] = 3
    mask = np.zeros((4, 4), np.uint8)
    mask[1:3, 1:3] = 1
    # In the hole the pixel has a neighbour below and one to the right, three channels each.
    assert fill_quality.gradient_energy(image, mask) == 2 * 9 * 3
    # Eight pairs cross the edge of a 2x2 hole; two of them touch the pixel.
    assert fill_quality.edge_step(image, mask) == pytest.approx(2 * 3 / 8)


def test_a_blurred_filling_is_less_sharp_and_a_flat_one_has_no_energy():
    import cv2

    _, truth = noisy_pair(48, 40)
    mask = centre_hole(48, 40)
    inside = mask[..., None] == 1
    blurred = np.where(inside, cv2.GaussianBlur(truth, (5, 5), 2), truth)
    flat = np.where(inside, np.uint8(128), truth)
    assert fill_quality.sharpness(truth, truth, mask) == 1
    assert 0 < fill_quality.sharpness(blurred, truth, mask) < 0.3
    assert fill_quality.sharpness(flat, truth, mask) == 0
    assert math.isnan(fill_quality.sharpness(truth, flat, mask))


def test_a_step_at_the_edge_is_a_seam():
    truth = np.tile(np.arange(40, dtype=np.uint8)[None, :, None], (30, 1, 3))
    mask = centre_hole(30, 40)
    raised = np.where(mask[..., None] == 1, truth + 50, truth).astype(np.uint8)
    assert fill_quality.seam(truth, truth, mask) == 1
    # Of the truth's edge half the pairs (left and right) step by 1, the others by 0.
    sides, ends = 2 * 15, 2 * 20
    before = sides / (sides + ends)
    after = (15 * 51 + 15 * 49 + ends * 50) / (sides + ends)
    assert fill_quality.seam(raised, truth, mask) == pytest.approx(after / before)


def test_equals_scipy_filters():
    ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed")
    image, truth = noisy_pair(33, 47)
    mask = centre_hole(33, 47)
    inner = {
        axis: ndimage.correlate1d(mask.astype(int), [1, 1], axis=axis, origin=-1, mode="constant")
        == 2
        for axis in (0, 1)
    }

    def energy(picture):
        steps = (
            ndimage.correlate1d(picture.astype(float), [-1, 1], axis=axis, origin=-1)[inner[axis]]
            for axis in (0, 1)
        )
        return sum((step**2).sum() for step in steps)

    expected = energy(image) / energy(truth)
    assert fill_quality.sharpness(image, truth, mask) == pytest.approx(expected, rel=1e-9)
