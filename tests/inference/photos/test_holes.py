"""Holes near each other are one; the first filling depends on known pixels alone."""

import numpy as np

from inpaint_tf.inference.photos import holes


def squares(height, width, *corners, side=10):
    hole = np.zeros((height, width), bool)
    for top, left in corners:
        hole[top : top + side, left : left + side] = True
    return hole


def test_near_holes_are_one_group_and_far_ones_are_not():
    hole = squares(200, 400, (20, 20), (20, 36), (150, 300))
    first, second = sorted(holes.groups(hole), key=np.sum)
    assert second.sum() == 200
    np.testing.assert_array_equal(first, squares(200, 400, (150, 300)))
    np.testing.assert_array_equal(first | second, hole)


def test_groups_of_a_large_photo_share_all_its_pixels():
    hole = squares(1500, 2100, (10, 10), (1400, 2000), side=31)
    found = holes.groups(hole)
    assert [one.sum() for one in found] == [31 * 31] * 2
    np.testing.assert_array_equal(np.sum(found, axis=0), hole)


def test_the_first_filling_goes_on_with_what_is_known():
    image = np.full((90, 120, 3), (10, 200, 90), np.uint8)
    hole = squares(90, 120, (0, 0), (40, 50), side=30)
    covered = np.where(hole[..., None], np.uint8(255), image)
    filled = holes.first_fill(covered, hole)
    np.testing.assert_allclose(filled.astype(int), image.astype(int), atol=12)


def test_what_lies_under_the_hole_does_not_matter():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (700, 900, 3), dtype=np.uint8)
    hole = squares(700, 900, (100, 200), (301, 407), side=133)
    other = np.where(hole[..., None], np.uint8(7), image)
    filled = holes.first_fill(image, hole)
    np.testing.assert_array_equal(filled, holes.first_fill(other, hole))
    np.testing.assert_array_equal(filled[~hole], image[~hole])


def test_a_photo_without_a_hole_stays():
    image = np.zeros((4, 5, 3), np.uint8)
    assert holes.first_fill(image, np.zeros((4, 5), bool)) is image
