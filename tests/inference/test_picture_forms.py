"""Pictures as Python programs hold them."""

import numpy as np
import pytest
from PIL import Image

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.inference import picture_forms
from inpaint_tf.inference.inpainter import Inpainter

RGB = np.random.default_rng(0).integers(0, 256, (6, 4, 3), np.uint8)
HOLE = np.zeros((6, 4), bool)
HOLE[2:4, 1:3] = True


class Black(Inpainter):
    """Completes every hole with black."""

    def __init__(self):
        self.seen = []

    def _complete_equal_sizes(self, images, masks, batch_size, function):
        self.seen += list(images)
        holes = np.stack([picture_forms.is_hole(mask) for mask in masks])[..., None]
        return np.where(holes, np.uint8(0), images), np.zeros_like(images)


def painted(picture, colour):
    done = np.array(picture)
    done[HOLE] = colour
    return done


def test_a_path_gives_an_array(tmp_path):
    picture_files.write_png(tmp_path / "a.png", RGB)
    picture_files.write_png(tmp_path / "mask.png", 255 * HOLE.astype(np.uint8))
    completed = Black().complete(tmp_path / "a.png", str(tmp_path / "mask.png"))
    np.testing.assert_array_equal(completed, painted(RGB, 0))


def test_a_pil_image_gives_one(tmp_path):
    completed = Black().complete(Image.fromarray(RGB), Image.fromarray(HOLE))
    assert completed.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(completed), painted(RGB, 0))
    grey = Image.fromarray(RGB[..., 0])
    completed = Black().complete(grey, HOLE)
    np.testing.assert_array_equal(
        np.asarray(completed), painted(np.repeat(RGB[..., :1], 3, axis=2), 0)
    )
    assert Black().complete(grey.convert("CMYK"), HOLE).size == (4, 6)


def test_a_pil_image_that_lies_on_its_side_is_turned_upright():
    sideways = Image.fromarray(np.rot90(RGB))
    sideways.getexif()[0x0112] = 6  # turn by 90 degrees to see it
    np.testing.assert_array_equal(np.asarray(Black().complete(sideways, HOLE)), painted(RGB, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_keep_their_known_values(dtype):
    floats = np.random.default_rng(1).random((6, 4, 3)).astype(dtype)
    painter = Black()
    completed = painter.complete(floats, HOLE.astype(dtype))
    assert completed.dtype == dtype
    np.testing.assert_array_equal(completed, painted(floats, 0.0))
    np.testing.assert_array_equal(painter.seen[0], np.rint(floats * 255).astype(np.uint8))


def test_rgba_keeps_its_known_pixels_and_gets_an_opaque_filling():
    alpha = np.full((6, 4, 1), 255, np.uint8)
    alpha[0], alpha[1], alpha[2:4, 1:3] = 0, 51, 0  # 51 / 255 = 0.2
    rgba = np.concatenate([RGB, alpha], axis=2)
    painter = Black()
    completed = painter.complete(rgba, HOLE)
    np.testing.assert_array_equal(completed, painted(rgba, (0, 0, 0, 255)))
    assert (painter.seen[0][0] == 255).all()  # transparent: white
    np.testing.assert_array_equal(
        painter.seen[0][1], np.rint(0.2 * RGB[1].astype(float) + 0.8 * 255).astype(np.uint8)
    )
    as_pil = painter.complete(Image.fromarray(rgba), HOLE)
    assert as_pil.mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(as_pil), completed)


def test_a_list_gives_each_its_own_form():
    floats = RGB / 255
    completed = Black().complete([RGB, Image.fromarray(RGB), floats], [HOLE, HOLE, HOLE])
    np.testing.assert_array_equal(completed[0], painted(RGB, 0))
    assert isinstance(completed[1], Image.Image)
    np.testing.assert_array_equal(completed[2], painted(floats, 0))
    batch = Black().complete(np.stack([floats] * 2), HOLE)
    np.testing.assert_array_equal(batch, [painted(floats, 0)] * 2)


@pytest.mark.parametrize("wrong", [RGB * 1.0, RGB / 255 - 0.5, np.full((6, 4, 3), np.nan)])
def test_floats_of_another_range_are_refused(wrong):
    with pytest.raises(UserError, match=r"`images` of floats must lie in 0\.\.1"):
        Black().complete(wrong, HOLE)
    with pytest.raises(UserError, match=r"`masks` of floats must lie in 0\.\.1"):
        Black().complete(RGB, wrong[..., 0])


def test_a_file_that_is_missing_is_named():
    with pytest.raises(UserError, match=r"nowhere\.png"):
        Black().complete("nowhere.png", HOLE)
