"""The filling meets the known pixels, and keeps its own shape inside."""

import numpy as np

from inpaint_tf.inference.photos.blending import blended, membrane, without_seam


def centre(height=60, width=80):
    hole = np.zeros((height, width), bool)
    hole[15:45, 20:60] = True
    return hole


def test_a_wrong_tone_is_mended_everywhere():
    known = np.full((60, 80, 3), 100, np.uint8)
    filling = np.full((60, 80, 3), 130.0, np.float32)
    blended = without_seam(filling, known, centre())
    np.testing.assert_allclose(blended[centre()], 100, atol=0.01)


def test_a_slope_is_the_solution_between_slopes():
    rows, columns = np.mgrid[:60, :80].astype(np.float32)
    slope = (rows + columns)[..., None]
    found = membrane(slope, ~centre())
    assert abs(found - slope).max() < 3
    assert abs(found - slope).mean() < 0.5


def test_the_fillings_own_shape_stays():
    rng = np.random.default_rng(0)
    shape = rng.normal(0, 9, (60, 80, 3)).astype(np.float32)
    known = np.full((60, 80, 3), 100, np.uint8)
    filling = np.where(centre()[..., None], shape, 0) + 50
    blended = without_seam(filling.astype(np.float32), known, centre())
    np.testing.assert_allclose(blended[centre()], (shape + 100)[centre()], atol=0.01)


def test_what_lies_under_the_hole_does_not_matter():
    rng = np.random.default_rng(0)
    known = rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)
    other = np.where(centre()[..., None], np.uint8(0), known)
    filling = np.full((60, 80, 3), 99.0, np.float32)
    first, second = (without_seam(filling, one, centre())[centre()] for one in (known, other))
    np.testing.assert_array_equal(first, second)


def test_without_known_pixels_or_hole_nothing_changes():
    filling = np.full((9, 9, 3), 7.0, np.float32)
    known = np.zeros((9, 9, 3), np.uint8)
    for hole in (np.ones((9, 9), bool), np.zeros((9, 9), bool)):
        np.testing.assert_array_equal(without_seam(filling, known, hole), filling)


def test_blended_pictures_are_known_outside_and_within_range():
    rng = np.random.default_rng(0)
    known = rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)
    found = blended(255 - known, known, centre())
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[~centre()], known[~centre()])
    np.testing.assert_array_equal(
        blended(np.full_like(known, 130), np.full_like(known, 250), centre()), 250
    )


def test_a_blended_filling_stays_within_the_range_of_bytes():
    rows = np.broadcast_to(np.arange(60, dtype=np.uint8)[:, None, None] * 4, (60, 80, 3))
    found = blended(rows, np.full_like(rows, 255), centre())  # by up to 255 levels too dark
    assert found[centre()].max() == 255
    assert found[centre()].min() > 100


def test_thin_pictures():
    values = np.arange(7, dtype=np.float32)[:, None, None]
    known = np.ones((7, 1), bool)
    known[3] = False
    assert abs(membrane(values, known)[3, 0, 0] - 3) < 0.1
