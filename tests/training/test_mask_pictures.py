"""Mask pictures of training are read like all others, and those that cannot serve are left out."""

import numpy as np
import pytest
from PIL import Image

from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.training.build_from_config import read_mask_pictures


@pytest.fixture
def config(tmp_path):
    config = default_config()
    config.data.size, config.masks.size = 16, 8
    config.masks.kind, config.masks.pictures = "pictures", str(tmp_path)
    return config


def save(path, pixels):
    Image.fromarray(pixels).save(path)


def hole():
    mask = np.zeros((8, 8), np.uint8)
    mask[2:5, 1:7] = 1
    return mask


def test_masks_of_any_kind_have_the_same_hole(tmp_path, config):
    save(tmp_path / "0.png", hole())
    save(tmp_path / "1.png", hole() * 255)
    save(tmp_path / "2.png", hole().astype(np.uint16) * 65535)
    save(tmp_path / "3.png", np.dstack([hole() * 0] * 3 + [hole() * 255]))
    masks = read_mask_pictures(config)
    np.testing.assert_array_equal(masks, np.stack([hole()] * 4))
    config.masks.invert = True
    np.testing.assert_array_equal(read_mask_pictures(config), 1 - masks)


def test_masks_that_cannot_serve_are_left_out_and_named(tmp_path, config, caplog):
    save(tmp_path / "good.png", hole() * 255)
    save(tmp_path / "black.png", hole() * 0)
    save(tmp_path / "white.png", hole() * 0 + 255)
    (tmp_path / "torn.png").write_bytes((tmp_path / "good.png").read_bytes()[:60])
    speck = np.zeros((800, 800), np.uint8)
    speck[1, 1] = 255  # which the size of the box takes away
    save(tmp_path / "speck.png", speck)
    np.testing.assert_array_equal(read_mask_pictures(config), hole()[None])
    for name in (
        "black.png: the mask has no hole (white)",
        "white.png: the hole covers",
        "torn.png: ",
        "speck.png: ",
    ):
        assert name in caplog.text


def test_a_folder_of_useless_masks_ends_the_run(tmp_path, config):
    save(tmp_path / "black.png", hole() * 0)
    save(tmp_path / "zeros.png", hole() * 0)
    with pytest.raises(UserError, match=r"none of its 2 masks can serve, such as .*black\.png"):
        read_mask_pictures(config)
