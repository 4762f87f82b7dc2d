"""The filling gets the grain of its surroundings, and no more."""

import numpy as np
import pytest

from inpaint_tf.inference.photos.grain import strength, with_grain


def noisy(deviation, size=120, seed=0):
    grey = np.random.default_rng(seed).normal(128, deviation, (size, size, 1))
    return np.repeat(np.clip(grey, 0, 255), 3, axis=-1)


def centre(size=120):
    hole = np.zeros((size, size), bool)
    hole[30:90, 30:90] = True
    return hole


@pytest.mark.parametrize("deviation", [3, 12])
def test_a_smooth_filling_becomes_as_grainy_as_the_photo(deviation):
    patch = noisy(deviation).astype(np.uint8)
    smooth = np.full((120, 120, 3), 128, np.float32)
    filling = with_grain(smooth, patch, centre())
    assert filling[centre()].std() == pytest.approx(deviation, rel=0.15)
    np.testing.assert_array_equal(filling[~centre()], smooth[~centre()])
    np.testing.assert_array_equal(filling, with_grain(smooth, patch, centre()))


def test_grain_that_is_there_is_not_doubled():
    filling = noisy(9, seed=1).astype(np.float32)
    np.testing.assert_array_equal(with_grain(filling, noisy(5).astype(np.uint8), centre()), filling)
    more = with_grain(filling, noisy(15).astype(np.uint8), centre())
    assert more[centre()].std() == pytest.approx(15, rel=0.15)


def test_a_photo_without_grain_gives_none():
    flat = np.full((120, 120, 3), 90, np.uint8)
    smooth = flat.astype(np.float32)
    np.testing.assert_array_equal(with_grain(smooth, flat, centre()), smooth)


def test_without_surroundings_nothing_changes():
    filling = np.zeros((9, 9, 3), np.float32)
    assert with_grain(filling, np.ones((9, 9, 3), np.uint8), np.ones((9, 9), bool)) is filling


def test_strength_does_not_count_edges():
    steps = np.zeros((100, 100), np.float32)
    steps[:, 50:] = 200
    assert strength(steps, np.ones((100, 100), bool)) == 0
