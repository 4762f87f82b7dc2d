import numpy as np
import pytest
from keras import ops

from inpaint_tf import compositing


def test_all_levels_survive_the_way_to_the_device_and_back():
    levels = np.arange(256, dtype="uint8")
    unit = np.asarray(compositing.to_unit(levels))
    assert unit[0] == -1.0
    assert unit[-1] == 1.0
    np.testing.assert_array_equal(compositing.to_uint8(unit), levels)


def test_to_uint8_rounds_and_clips():
    found = compositing.to_uint8(np.array([-1.2, 1.2, 0.0039, 0.0], "float32"))
    # (0.0039 + 1) * 127.5 = 127.997; (0 + 1) * 127.5 = 127.5 rounds to the even 128
    assert np.asarray(found).tolist() == [0, 255, 128, 128]


@pytest.mark.parametrize(("fill", "value"), [("grey", 0.0), ("white", 1.0)])
def test_fill_hole(fill, value):
    pictures = np.full((1, 2, 2, 3), -0.5, "float32")
    mask = np.array([1, 0, 0, 0], "float32").reshape(1, 2, 2, 1)
    filled = np.asarray(compositing.fill_hole(pictures, mask, fill))
    assert filled[0, 0, 0].tolist() == [value] * 3
    assert (filled[0, 1] == -0.5).all()


def test_composite_keeps_known_pixels():
    mask = np.array([1, 0, 0, 0], "float32").reshape(1, 2, 2, 1)
    found = compositing.composite(np.ones((2, 2, 2, 3)), np.zeros((2, 2, 2, 3)), mask)
    assert np.asarray(found).sum() == 2 * 3  # one pixel of each of two pictures


def test_crop_takes_each_image_at_its_own_place():
    pictures = np.random.default_rng(0).normal(size=(2, 7, 9, 3)).astype("float32")
    found = compositing.crop(ops.convert_to_tensor(pictures), np.array([[0, 4], [3, 1]]), (4, 5))
    np.testing.assert_array_equal(found[0], pictures[0, 0:4, 4:9])
    np.testing.assert_array_equal(found[1], pictures[1, 3:7, 1:6])


def test_crop_with_one_box_for_all():
    pictures = np.random.default_rng(0).normal(size=(2, 6, 6, 1)).astype("float32")
    found = compositing.crop(ops.convert_to_tensor(pictures), np.array([[1, 2]]), (3, 3))
    np.testing.assert_array_equal(found, pictures[:, 1:4, 2:5])


def square(pictures, starts, sides, size):
    starts, sides = np.asarray(starts, "float32"), np.asarray(sides, "float32")
    return np.asarray(compositing.enlarge(ops.convert_to_tensor(pictures), starts, sides, size))


def test_a_square_of_its_own_size_is_cut_out():
    pictures = np.random.default_rng(0).normal(size=(2, 9, 9, 3)).astype("float32")
    found = square(pictures, [[0, 4], [3, 1]], [5, 5], 5)
    np.testing.assert_allclose(found[0], pictures[0, 0:5, 4:9], atol=1e-6)
    np.testing.assert_allclose(found[1], pictures[1, 3:8, 1:6], atol=1e-6)


def test_a_square_is_enlarged_bilinearly_and_shrunk_by_areas():
    ramp = np.tile(np.arange(8, dtype="float32")[None, None, :, None], (1, 8, 1, 1))
    # Pixels of half a pixel's width, whose middles lie at 2 - 1/4, 2 + 1/4, ...
    found = square(ramp, [[2, 2]], [3], 6)[0, :, :, 0]
    np.testing.assert_allclose(found, np.tile([1.75, 2.25, 2.75, 3.25, 3.75, 4.25], (6, 1)))
    found = square(ramp, [[0, 0]], [8], 4)[0, :, :, 0]
    np.testing.assert_allclose(found[:, 1:3], np.tile([2.5, 4.5], (4, 1)), atol=1e-6)
    stripes = np.tile(np.array([0, 1], "float32"), 32)[None, None, :, None] * np.ones((1, 64, 1, 1))
    found = square(stripes.astype("float32"), [[0, 0]], [64], 16)
    np.testing.assert_allclose(found[:, :, 1:-1], 0.5, atol=1e-6)


def test_one_square_for_all_pictures():
    pictures = np.random.default_rng(0).normal(size=(3, 8, 8, 1)).astype("float32")
    found = square(pictures, [[1, 2]], [4], 4)
    np.testing.assert_allclose(found, pictures[:, 1:5, 2:6], atol=1e-6)


def test_place_puts_each_piece_at_its_own_place():
    pieces = np.random.default_rng(0).normal(size=(2, 4, 5, 1)).astype("float32")
    found = compositing.place(ops.convert_to_tensor(pieces), np.array([[0, 4], [3, 1]]), 7, 9)
    expected = np.zeros((2, 7, 9, 1), "float32")
    expected[0, 0:4, 4:9] = pieces[0]
    expected[1, 3:7, 1:6] = pieces[1]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (8, 16), (9, 23)])
def test_padding_repeats_the_border(height, width):
    pictures = np.random.default_rng(0).integers(0, 256, (1, height, width, 3)).astype("uint8")
    padded = np.asarray(compositing.pad_to_multiple(pictures, 8))
    rows, columns = -height % 8, -width % 8
    expected = np.pad(pictures, ((0, 0), (0, rows), (0, columns), (0, 0)), mode="edge")
    np.testing.assert_array_equal(padded, expected)
