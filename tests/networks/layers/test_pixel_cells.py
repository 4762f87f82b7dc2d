import numpy as np
from keras import ops

from inpaint_tf.networks.layers import pixel_cells


def test_cells_are_shifted_by_one_pixel():
    pixels = np.arange(1, 17, dtype="float32").reshape(1, 4, 4, 1)
    grid = np.asarray(pixel_cells.from_pixels(pixels))
    assert grid.shape == (1, 3, 3, 4)
    np.testing.assert_array_equal(grid[0, 0, 0], [0, 0, 0, 1])  # a corner of the border
    np.testing.assert_array_equal(grid[0, 1, 1], [6, 7, 10, 11])  # rows 1-2, columns 1-2


def test_to_pixels_undoes_from_pixels():
    pixels = np.random.default_rng(0).normal(size=(2, 6, 10, 3)).astype("float32")
    np.testing.assert_array_equal(pixel_cells.to_pixels(pixel_cells.from_pixels(pixels)), pixels)


def test_to_pixels_drops_the_border():
    assert not np.any(
        pixel_cells.to_pixels(ops.pad(np.ones((1, 1, 1, 4)), ((0, 0), (1, 1), (1, 1), (0, 0))))[
            :, 1:-1, 1:-1
        ]
        - 1
    )
