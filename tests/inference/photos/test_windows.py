"""Windows of a photo: cut out, put back, mirrored beyond the edge, turned."""

import math

import numpy as np
import pytest

from inpaint_tf.inference.photos import windows
from inpaint_tf.inference.photos.windows import Window


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def ramp(height, width):
    """Its value is 2 * column + row."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return 2 * columns + rows


@pytest.mark.parametrize("side", [1, 6, 7])
def test_an_upright_window_has_the_very_pixels(side):
    image = picture(20, 30)
    window = Window.around(12.3, 8.2, side)
    left, top = window.corner()
    assert abs(left + (side - 1) / 2 - 12.3) <= 0.5
    patch = windows.cut(image, window)
    np.testing.assert_array_equal(patch, image[top : top + side, left : left + side])
    np.testing.assert_array_equal(windows.put_back(patch, window, 20, 30), patch)


def test_beyond_the_edge_lies_the_mirror_image():
    row = np.arange(5, dtype=np.uint8)[None].repeat(5, axis=0)
    patch = windows.cut(row, Window.around(0, 2, 7))
    np.testing.assert_array_equal(patch[0], [3, 2, 1, 0, 1, 2, 3])
    rows, columns = Window.around(0, 2, 7).box(5, 5)
    assert (rows, columns) == (slice(0, 5), slice(0, 4))


def test_a_window_much_larger_than_the_photo_goes_on_mirroring():
    patch = windows.cut(np.array([[1, 2, 3]], np.uint8), Window.around(1, 0, 9))
    np.testing.assert_array_equal(patch, np.tile([2, 3, 2, 1, 2, 3, 2, 1, 2], (9, 1)))


def test_put_back_takes_the_part_inside_the_photo():
    image = picture(10, 12)
    window = Window.around(1, 8, 9)
    box = window.box(10, 12)
    back = windows.put_back(windows.cut(image, window), window, 10, 12)
    np.testing.assert_array_equal(back, image[box])


@pytest.mark.parametrize("degrees", [15, -40, 90, 170])
def test_a_turned_window_sees_the_photo_turned(degrees):
    window = Window.around(30, 25, 21, math.radians(degrees))
    patch = windows.cut(ramp(60, 60), window)
    cos, sin = math.cos(window.angle), math.sin(window.angle)
    assert patch[10, 10] == pytest.approx(2 * 30 + 25, abs=0.1)
    # One column to the right in the window is (cos, sin) in the photo.
    assert patch[10, 15] == pytest.approx(2 * (30 + 5 * cos) + 25 + 5 * sin, abs=0.2)
    assert patch[15, 10] == pytest.approx(2 * (30 - 5 * sin) + 25 + 5 * cos, abs=0.2)


def test_a_turned_window_goes_back_where_it_was():
    photo = ramp(60, 70)
    window = Window.around(33, 28, 25, math.radians(30))
    rows, columns = window.box(60, 70)
    back = windows.put_back(windows.cut(photo, window), window, 60, 70)
    inside = window.distance(*np.meshgrid(np.arange(70), np.arange(60)))[rows, columns] < 0.8
    assert inside.sum() > 300
    np.testing.assert_allclose(back[inside], photo[rows, columns][inside], atol=0.2)


def test_distance_is_one_at_the_border():
    window = Window.around(10, 10, 8, math.pi / 2)
    assert window.distance(np.array([10.0]), np.array([14.0]))[0] == pytest.approx(1)
    assert window.distance(np.array([12.0]), np.array([11.0]))[0] == pytest.approx(0.5)


def test_a_smaller_window_is_averaged():
    stripes = np.tile(np.array([0, 200], np.uint8), (64, 32))
    np.testing.assert_array_equal(windows.to_size(stripes, 16), np.full((16, 16), 100))
