"""What the tests of `inpaint-tf complete` share: a small network, and the values of the flags."""

from types import SimpleNamespace

import cv2
import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.networks.generators.coarse_to_fine import build_generator


@pytest.fixture(scope="module")
def inpainter():
    keras.utils.set_random_seed(3)
    inpainter = inpaint_tf.Inpainter(build_generator(width=4))
    inpainter.window_size = 32
    return inpainter


@pytest.fixture
def arguments(pictures, tmp_path, inpainter, monkeypatch):
    """The flags' values; three of six photos have masks of their own, and those are all there."""
    monkeypatch.setattr(inpaint_tf.Inpainter, "load", lambda *_, **__: inpainter)
    masks = tmp_path / "masks"
    masks.mkdir()
    for path in sorted(pictures.glob("*.png"))[3:]:
        path.unlink()
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 10:30] = 255
    for index in range(3):
        cv2.imwrite(str(masks / f"{index}.png"), mask)
    return SimpleNamespace(
        images=str(pictures),
        masks=str(masks),
        output=str(tmp_path / "completed"),
        invert_masks=False,
        mask_colour=None,
        tolerance=40,
        grow=0,
        weights="faces256",
        faces=None,
        detector="haar",
        detail=True,
        blend="membrane",
        overwrite=False,
        device="cpu",
        precision="float32",
    )
