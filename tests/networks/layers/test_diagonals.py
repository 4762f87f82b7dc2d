import numpy as np

from inpaint_tf.networks.layers import diagonals

SQUARE = np.array([[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]], "float32")


def test_shift_moves_all_axes_together():
    np.testing.assert_array_equal(
        diagonals.shift(SQUARE, (1, 2), 1), [[[5, 6, 0], [8, 9, 0], [0, 0, 0]]]
    )
    np.testing.assert_array_equal(
        diagonals.shift(SQUARE, (2,), -1), [[[0, 1, 2], [0, 4, 5], [0, 7, 8]]]
    )


def test_sum_of_three_adds_both_neighbours_on_the_diagonal():
    found = diagonals.sum_of_three(SQUARE, (1, 2))
    np.testing.assert_array_equal(found, [[[1 + 5, 2 + 6, 3], [4 + 8, 1 + 5 + 9, 8], [7, 12, 14]]])


def test_sum_of_two_is_one_longer():
    found = diagonals.sum_of_two(SQUARE[:, :2, :2], (1, 2))
    np.testing.assert_array_equal(found, [[[1, 2, 0], [4, 1 + 5, 2], [0, 4, 5]]])
