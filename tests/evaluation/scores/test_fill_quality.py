"""Gradient energy and steps at the edge, against literal numbers and SciPy's filters."""

import math

import numpy as np
import pytest
from pictures import centre_hole, noisy_pair

from inpaint_tf.evaluation.scores import fill_quality


def test_literal_energy_and_step():
    image = np.zeros((4, 4, 3), np.uint8)
    image[1, 1] = 3
    mask = np.zeros((4, 4), np.uint8)
    mask[1:3, 1:3] = 1
    # Two of the four pairs within the hole differ, by 3.
    assert fill_quality.gradient_energy(image, mask) == 2 * 9 / 4
    # Eight pairs cross the edge of a 2x2 hole; two of them touch the pixel.
    assert fill_quality.edge_step(image, mask) == pytest.approx(2 * 3 / 8)


def test_a_blurred_filling_has_less_energy_and_a_flat_one_none():
    import cv2

    _, truth = noisy_pair(48, 40)
    mask = centre_hole(48, 40)
    inside = mask[..., None] == 1
    blurred = np.where(inside, cv2.GaussianBlur(truth, (5, 5), 2), truth)
    flat = np.where(inside, np.uint8(128), truth)
    energy = fill_quality.gradient_energy
    assert 0 < energy(blurred, mask) < 0.3 * energy(truth, mask)
    assert energy(flat, mask) == 0


def test_a_step_at_the_edge_counts_both_ways():
    truth = np.tile(np.arange(40, dtype=np.uint8)[None, :, None], (30, 1, 3))
    mask = centre_hole(30, 40)
    raised = np.where(mask[..., None] == 1, truth + 50, truth).astype(np.uint8)
    # Left and right, 15 rows each, the truth steps by 1; above and below, 20 columns, by 0.
    assert fill_quality.edge_step(truth, mask) == pytest.approx(30 / 70)
    expected = (15 * 51 + 15 * 49 + 40 * 50) / 70
    assert fill_quality.edge_step(raised, mask) == pytest.approx(expected)


def test_nothing_to_measure():
    image, _ = noisy_pair(8, 8)
    single = np.zeros((8, 8), np.uint8)
    assert math.isnan(fill_quality.edge_step(image, single))
    single[3, 3] = 1
    assert math.isnan(fill_quality.gradient_energy(image, single))


def test_equals_scipy_filters():
    ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed")
    image, _ = noisy_pair(33, 47)
    mask = centre_hole(33, 47)
    inner = (
        ndimage.correlate1d(mask.astype(int), [1, 1], axis=axis, origin=-1, mode="constant") == 2
        for axis in (0, 1)
    )
    steps = [
        ndimage.correlate1d(image.astype(float), [-1, 1], axis=axis, origin=-1)[pairs]
        for axis, pairs in enumerate(inner)
    ]
    expected = np.mean(np.concatenate(steps) ** 2)
    assert fill_quality.gradient_energy(image, mask) == pytest.approx(expected, rel=1e-9)
