"""The arguments of `Inpainter.complete`: what of them is taken, and what is told of the rest."""

from typing import Any

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.inference import picture_forms
from inpaint_tf.masks import mask_files

LAYERS = (1, 3, 4)
"""Channels that a mask may have: grey, RGB, RGBA."""


def read_forms(images: Any) -> tuple[Any, list[Any]]:
    """(`images` with every picture as a uint8 RGB array, how each goes back to its form)."""
    if picture_forms.is_one_picture(images):
        picture, restore = picture_forms.as_rgb(images)
        return picture, [restore]
    if isinstance(images, list | tuple) or (isinstance(images, np.ndarray) and images.ndim == 4):
        read = [picture_forms.as_rgb(picture) for picture in images]
        return [picture for picture, _ in read], [restore for _, restore in read]
    return images, []


def _read_mask_forms(masks):
    if isinstance(masks, list | tuple):
        return [picture_forms.as_mask(mask) for mask in masks]
    return picture_forms.as_mask(masks)


def as_pictures(images: Any) -> list[np.ndarray]:
    """`images` in any accepted form as a list of (height, width, 3) uint8 arrays."""
    if isinstance(images, np.ndarray):
        pictures = list(images) if images.ndim == 4 else [images]
    elif isinstance(images, list | tuple):
        pictures = list(images)
    else:
        raise UserError(
            f"`images` must be a NumPy array or a list of them. Received: {type(images).__name__}"
        )
    if not pictures:
        raise UserError("`images` must hold at least one picture. Received: none")
    for picture in pictures:
        if (
            not isinstance(picture, np.ndarray)
            or picture.dtype != np.uint8
            or picture.ndim != 3
            or picture.shape[2] != 3
            or picture.size == 0
        ):
            raise UserError(
                "`images` must be uint8 RGB of shape (height, width, 3) or "
                f"(batch, height, width, 3). Received: {_describe(images, picture)}"
            )
    return pictures


def as_masks(masks: Any, pictures: list[np.ndarray]) -> list[np.ndarray]:
    """`masks` in any accepted form as a list of (height, width, 1) uint8 arrays, one a picture."""
    masks = _read_mask_forms(masks)
    if isinstance(masks, np.ndarray):
        size = pictures[0].shape[:2]
        one_for_all = masks.ndim == 2 or masks.shape in [(*size, layers) for layers in LAYERS]
        masks = [masks] * len(pictures) if one_for_all else list(masks)
    elif not isinstance(masks, list | tuple):
        raise UserError(
            f"`masks` must be a NumPy array or a list of them. Received: {type(masks).__name__}"
        )
    if len(masks) != len(pictures):
        raise UserError(
            f"`masks` must be one for all or one for each of the {len(pictures)} images. "
            f"Received: {len(masks)}"
        )
    return [_as_mask(mask, picture) for mask, picture in zip(masks, pictures, strict=True)]


def _as_mask(mask, picture):
    size = picture.shape[:2]
    if (
        not isinstance(mask, np.ndarray)
        or not (mask.dtype == bool or np.issubdtype(mask.dtype, np.integer))
        or mask.shape not in (size, *((*size, layers) for layers in LAYERS))
    ):
        raise UserError(
            f"`masks` must be bool or integers of shape {size} or {(*size, 1)}, the size of the "
            f"image, or RGB or RGBA. Received: {_describe(mask, mask)}"
        )
    hole = mask_files.as_hole(mask)
    if hole.all():
        raise UserError(
            "`masks` must leave known pixels to fill the hole from. "
            f"Received: a hole that covers the whole picture of {size[1]}x{size[0]} pixels"
        )
    return hole[..., None].astype(np.uint8)


def _describe(images, picture):
    if not isinstance(picture, np.ndarray):
        return type(picture).__name__
    whole = images if isinstance(images, np.ndarray) else picture
    return f"{whole.dtype} of shape {whole.shape}"
