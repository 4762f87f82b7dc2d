"""Gradient energy, steps and specks: literal numbers, SciPy's filters, made pictures."""

import math

import numpy as np
import pytest
from pictures import centre_hole, noisy_pair

from inpaint_tf.evaluation.scores import fill_quality
from inpaint_tf.evaluation.scores.view import View


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
    assert math.isnan(fill_quality.specks(View(image, image, single)))
    single[3, 3] = 1
    assert math.isnan(fill_quality.gradient_energy(image, single))
    assert math.isnan(fill_quality.clipped_step(image, image, single))


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


def test_no_step_counts_more_than_the_truths_largest():
    mask = centre_hole(4, 4)
    truth, image = np.zeros((2, 4, 4, 3), np.uint8)
    truth[1, 2] = 10
    image[1, 2] = 200
    # Two of the four pairs within the hole: 10 in the truth, 200 cut to 10 in the other picture.
    assert fill_quality.clipped_step(truth, truth, mask) == pytest.approx(10 * 2 / 4, rel=1e-3)
    assert fill_quality.clipped_step(image, truth, mask) == pytest.approx(10 * 2 / 4, rel=1e-3)
    assert fill_quality.clipped_step(truth, image, mask) == pytest.approx(10 * 2 / 4)


def test_specks_do_not_pass_for_sharpness():
    import cv2

    _, truth = noisy_pair(64, 64)
    mask = centre_hole(64, 64)
    blurred = np.where(mask[..., None] == 1, cv2.GaussianBlur(truth, (5, 5), 2), truth)
    specked = blurred.copy()
    specked[20:44:8, 20:44:8] = (255, 0, 255)  # nine pixels

    def share(function, image):
        return function(image) / function(truth)

    def energy(image):
        return fill_quality.gradient_energy(image, mask)

    def clipped(image):
        return fill_quality.clipped_step(image, truth, mask)

    # Nine pixels: twenty times the energy, and not twice the clipped steps.
    assert share(energy, specked) > 20 * share(energy, blurred)
    assert share(clipped, blurred) < share(clipped, specked) < 2 * share(clipped, blurred) < 0.3


def skin():
    """A picture of slow changes of the colour of skin, and its central hole."""
    down, right = np.mgrid[:64, :64]
    picture = np.array([205, 160, 135]) + (down + right)[..., None] * 0.3
    return picture.astype(np.uint8), centre_hole(64, 64)


def specked(picture, mask):
    return fill_quality.specks(View(picture, picture, mask))


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 90, 255), (0, 255, 0), (255, 0, 255)])
def test_a_few_pixels_of_glaring_colour_are_a_speck(colour):
    picture, mask = skin()
    assert specked(picture, mask) == 0
    picture[30, 30:33] = colour
    assert specked(picture, mask) == 0  # three pixels may be noise
    picture[31, 30] = colour
    assert fill_quality.speck_pixels(picture, mask) == 4
    assert specked(picture, mask) == 1
    assert specked(picture[::-1, ::-1], mask) == 1


def test_a_speck_beside_the_hole_is_the_pictures_own():
    picture, mask = skin()
    picture[4:7, 4:7] = (255, 0, 0)
    assert specked(picture, mask) == 0


@pytest.mark.parametrize(
    ("where", "colour"),
    [
        (np.s_[30:33, 30:33], (255, 255, 255)),  # the glint of an eye
        (np.s_[30:33, 30:33], (10, 10, 10)),  # a pupil
        (np.s_[:, 40:], (20, 60, 160)),  # a blue cloth with a straight edge
        (np.s_[24:, 40:], (20, 60, 160)),  # and with a corner
        (np.s_[36:42, :], (150, 50, 60)),  # lips
    ],
)
@pytest.mark.parametrize("grain", [0, 8])
def test_what_faces_have_is_no_speck(where, colour, grain):
    picture, mask = skin()
    picture[where] = colour
    noise = np.random.default_rng(0).normal(0, grain, picture.shape)
    noisy = np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
    assert specked(noisy, mask) == 0
