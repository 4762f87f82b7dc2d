"""The forms in which Python programs hold pictures, to uint8 RGB arrays and back.

Beside arrays of uint8 RGB these are paths of files, PIL images, arrays of floats in 0..1, and RGBA.
Files and PIL images are read by the rules of `data.picture_files`.
"""

import io
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.masks import mask_files

Restore = Callable[[np.ndarray, np.ndarray], Any]
"""(completed uint8 (height, width, 3), hole bool (height, width)) to the form that was given."""


def is_one_picture(images: Any) -> bool:
    """Whether this is one picture, and neither a batch nor a list of them."""
    return isinstance(images, str | os.PathLike | Image.Image) or (
        isinstance(images, np.ndarray) and images.ndim == 3
    )


def as_rgb(picture: Any) -> tuple[Any, Restore]:
    """(uint8 RGB (height, width, 3), what brings a completed one back to the form of `picture`).

    picture: a path, a PIL image, or an array (height, width, 3 or 4) of uint8, or of floats in
      0..1. Transparent parts are seen as white. Anything else is returned as it is.
    Known pixels come back as they were given, in floats and RGBA too; the hole is opaque. A path
    gives an array, a PIL image an upright PIL image. Raises `UserError` for what cannot be read.
    """
    if isinstance(picture, str | os.PathLike):
        return picture_files.read_image(picture), lambda completed, hole: completed
    if isinstance(picture, Image.Image):
        return _from_pil(picture)
    if isinstance(picture, np.ndarray) and picture.ndim == 3 and picture.shape[2] in (3, 4):
        if np.issubdtype(picture.dtype, np.floating):
            return _from_floats(picture)
        if picture.shape[2] == 4 and picture.dtype == np.uint8:
            return _from_rgba(picture)
    return picture, lambda completed, hole: completed


def as_mask(mask: Any) -> Any:
    """A path, a PIL image, or an array of floats in 0..1 as a mask of uint8, 1 = hole.

    Anything else is returned as it is. Over one half is hole.
    """
    if isinstance(mask, str | os.PathLike):
        return mask_files.read_mask(mask)
    if isinstance(mask, Image.Image):
        return mask_files.read_mask(_as_png(mask), name="the mask")
    if isinstance(mask, np.ndarray) and np.issubdtype(mask.dtype, np.floating):
        _check_range(mask, "masks")
        return (mask > 0.5).astype(np.uint8)
    return mask


def is_hole(mask: np.ndarray) -> np.ndarray:
    """bool (height, width) of a uint8 mask, by the rule of `completion.is_hole`."""
    flat = mask.reshape(mask.shape[:2])
    return flat > (127 if flat.max(initial=0) > 1 else 0)


def _from_pil(picture):
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        rgb, restore = _from_rgba(np.asarray(upright.convert("RGBA")))
        return rgb, lambda completed, hole: Image.fromarray(restore(completed, hole))
    pixels = picture_files.read_image(_as_png(upright))
    return pixels, lambda completed, hole: Image.fromarray(completed)


def _from_rgba(picture):
    alpha = picture[..., 3:].astype(np.float32) / 255
    on_white = np.rint(picture[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)

    def restore(completed, hole):
        opaque = np.concatenate([completed, np.full_like(completed[..., :1], 255)], axis=2)
        return np.where(hole[..., None], opaque, picture)

    return on_white, restore


def _from_floats(picture):
    _check_range(picture, "images")
    levels = np.rint(255 * picture.astype(np.float64)).astype(np.uint8)
    rgb, restore_levels = as_rgb(levels)

    def restore(completed, hole):
        levels = restore_levels(completed, hole)
        return np.where(hole[..., None], (levels / 255).astype(picture.dtype), picture)

    return rgb, restore


def _check_range(array, argument):
    if not (array.size and array.min() >= 0 and array.max() <= 1):  # False for NaN too
        low, high = (array.min(), array.max()) if array.size else (None, None)
        raise UserError(
            f"`{argument}` of floats must lie in 0..1. Received: values from {low} to {high}"
        )


def _as_png(picture):
    """A PIL image as a file's bytes, so that one reader knows all kinds of pixels."""
    file = io.BytesIO()
    try:
        picture.save(file, "PNG")
    except OSError:  # what PNG has no room for, such as CMYK
        picture.convert("RGB").save(file, "PNG")
    return file.getvalue()
