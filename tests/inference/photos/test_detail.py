"""Detail comes from where attention looked, as strong as it was there."""

import numpy as np

from inpaint_tf.inference.photos.detail import detail

SIDE, SIZE, CELLS = 128, 32, 4  # a cell is 32 pixels of the patch


def noisy(seed=0):
    noise = np.random.default_rng(seed).integers(100, 156, (SIDE, SIDE, 3))
    return noise.astype(np.uint8)


def left_half():
    hole = np.zeros((SIDE, SIDE), bool)
    hole[:, : SIDE // 2] = True
    return hole


def everywhere(rows, columns):
    return np.broadcast_to(np.array([rows, columns]), (CELLS, CELLS, 2))


def test_it_is_the_residual_of_the_cell_that_attention_chose():
    patch = np.tile(noisy()[:, :64], (1, 2, 1))  # both halves are equal
    hole = left_half()
    copied = detail(patch, hole, SIZE, everywhere(0, 2))
    own = detail(patch, hole, SIZE, everywhere(0, 0))
    inner = np.argwhere(hole)[:, 1] < 48  # cubics reach over the middle a little
    inner &= np.argwhere(hole)[:, 1] > 16
    np.testing.assert_allclose(copied[inner], own[inner], atol=1e-3)
    assert 10 < copied.std() < 20  # of the noise, 16.2 with its coarse part


def test_a_smooth_patch_has_none():
    patch = np.full((SIDE, SIDE, 3), 90, np.uint8)
    np.testing.assert_array_equal(detail(patch, left_half(), SIZE, everywhere(1, 1)), 0)


def test_unrelated_neighbours_keep_the_strength():
    rng = np.random.default_rng(1)
    patch, hole = noisy(), left_half()
    one = detail(patch, hole, SIZE, everywhere(0, 1)).std()
    mixed = detail(patch, hole, SIZE, rng.integers(0, 2, (CELLS, CELLS, 2))).std()
    assert abs(mixed / one - 1) < 0.06


def test_patches_over_the_edge_stay_in_the_picture():
    hole = np.ones((SIDE, SIDE), bool)
    for offsets in (everywhere(3, 3), everywhere(-3, -3)):
        assert np.isfinite(detail(noisy(), hole, SIZE, offsets)).all()


def test_a_side_that_cells_do_not_divide():
    patch = noisy()[:101, :101]
    hole = np.zeros((101, 101), bool)
    hole[40:60, 40:60] = True
    assert detail(patch, hole, SIZE, everywhere(1, 0)).shape == (400, 3)
