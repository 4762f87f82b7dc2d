"""The one rule by which masks are read: files, and arrays of Python programs.

A pixel is hole where its value is over half of full scale. Full scale is 1, 255 or 65,535, the
least that holds the mask's largest value: masks of 0/1 and of 0/255 are read alike, whatever their
depth. Colours count by their grey value. Where a part is transparent, transparency decides:
strokes of one colour on a transparent layer are hole where they are opaque, and a picture with an
erased part is hole where it is transparent.
"""

import os
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageColor

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError

SCALES = (1, 255, 65535)
TOLERANCE = 40
ONE_COLOUR = (32, 0.95)
"""Strokes have one colour where so large a share of them lies within so many levels of it."""
PICTURE_COLOURS = (8, 0.005)
"""A picture has at least so many colours, of 16 levels a channel, with so large a share each."""


@dataclass(frozen=True)
class MaskRule:
    """What a user says about the masks.

    invert: what would be hole is known, and the reverse: for masks in which black is hole.
    colour: hole is where the mask has this colour, such as "#00ff00" or "lime", in place of white.
    tolerance: by how many levels of 0..255 each channel may differ from `colour`.
    grow: pixels by which the hole reaches further on all sides.
    Raises `UserError` for a colour that is none, and for numbers out of range.
    """

    invert: bool = False
    colour: str | None = None
    tolerance: int = TOLERANCE
    grow: int = 0

    def __post_init__(self):
        if self.colour is not None:
            _parse_colour(self.colour)
        if not 0 <= self.tolerance <= 255:
            raise UserError(f"--tolerance={self.tolerance} must be 0 to 255, levels of a channel")
        if self.grow < 0:
            raise UserError(f"--grow={self.grow} must be at least 0, pixels")

    @property
    def changes(self) -> dict[str, Any]:
        """Colour, tolerance and growth, each None where it changes nothing."""
        tolerance = None if self.colour is None else self.tolerance
        return {"colour": self.colour, "tolerance": tolerance, "grow": self.grow or None}


PLAIN = MaskRule()
"""White is hole."""


def read_mask(
    path_or_bytes: str | os.PathLike[str] | bytes, rule: MaskRule = PLAIN, name: str | None = None
) -> np.ndarray:
    """Reads a mask picture upright: uint8 (height, width), 1 = hole.

    path_or_bytes, name: see `picture_files.read_image`.
    Raises `UnreadableImage` like it, and where transparency can mean both.
    """

    def hole(image, name):
        return picture_files.upright(_hole(*_layers(image), rule, name), image)

    return picture_files.read_with(hole, path_or_bytes, name).astype(np.uint8)


def as_hole(mask: np.ndarray, rule: MaskRule = PLAIN, name: str = "mask") -> np.ndarray:
    """The hole of a mask in an array: bool (height, width).

    mask: (height, width) or (height, width, 1, 3 or 4) of bool, integers or floats. name: for
    messages. Raises `UnreadableImage` where transparency can mean both.
    """
    pixels = mask[..., None] if mask.ndim == 2 else mask
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else None
    return _hole(pixels[..., :3], alpha, rule, name)


def transparent_part(
    path_or_bytes: str | os.PathLike[str] | bytes, rule: MaskRule = PLAIN, name: str | None = None
) -> np.ndarray:
    """The erased part of a picture file, upright: uint8 (height, width), 1 where transparent.

    rule: only its `grow` counts. Raises `UnreadableImage` where nothing or all is transparent.
    """

    def hole(image, name):
        _, alpha = _layers(image)
        if alpha is None or (solid := _is_solid(alpha)).all():
            raise picture_files.UnreadableImage(name, "has no transparent part to be filled")
        if not solid.any():
            raise picture_files.UnreadableImage(name, "is transparent everywhere")
        return picture_files.upright(~solid, image)

    return grown(picture_files.read_with(hole, path_or_bytes, name).astype(np.uint8), rule.grow)


def why_useless(hole: np.ndarray, rule: MaskRule = PLAIN) -> str:
    """Why nothing can be completed with this hole, (height, width): empty if it can."""
    if hole.all():
        return f"the hole covers the whole picture of {hole.shape[1]}x{hole.shape[0]} pixels"
    if hole.any():
        return ""
    if rule.colour is not None:
        return (
            f"the mask has no hole: nothing in it has the colour {rule.colour}; another "
            "--mask_colour, or a larger --tolerance, may find it"
        )
    return (
        "the mask has no hole (white), no value over half of full scale; if black is hole, add"
        " --invert_masks (in training --config.masks.invert); if a colour is, --mask_colour=..."
    )


def grown(hole: np.ndarray, pixels: int) -> np.ndarray:
    """The hole (height, width), uint8 or bool, larger by so many pixels on all sides."""
    if not pixels:
        return hole
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return cv2.dilate(hole.astype(np.uint8), disc).astype(hole.dtype)


def _layers(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """(values (height, width, channels), alpha (height, width) or None) as they are stored."""
    if image.mode in ("1", "L") and not image.has_transparency_data:
        return np.asarray(image)[..., None], None
    if image.mode.startswith("I") or image.mode == "F":
        return np.asarray(image)[..., None], None
    if image.has_transparency_data:
        layers = np.asarray(image.convert("RGBA"))
        return layers[..., :3], layers[..., 3]
    return np.asarray(image.convert("RGB")), None


def _hole(values, alpha, rule, name):
    """bool (height, width), by the rule."""
    if rule.colour is not None:
        hole = _has_colour(values, alpha, rule)
    else:
        hole = None if alpha is None else _by_transparency(values, alpha, name)
        if hole is None:
            hole = _over_half(values)
    return grown(hole != rule.invert, rule.grow)


def _over_half(values):
    largest = values.max(initial=0)
    scale = next((scale for scale in SCALES if largest <= scale), largest)
    grey = values[..., 0]
    if values.shape[2] == 3 and (values != values[..., :1]).any():
        # OpenCV weighs colours in bytes, 16-bit values and float32.
        known = values.dtype in (np.uint8, np.uint16)
        grey = cv2.cvtColor(
            np.ascontiguousarray(values if known else values.astype(np.float32)), cv2.COLOR_RGB2GRAY
        )
    return grey > scale / 2


def _has_colour(values, alpha, rule):
    wanted = np.array(_parse_colour(rule.colour), np.float32)
    scale = 255 / next((scale for scale in SCALES[1:] if values.max(initial=0) <= scale), 255)
    if values.dtype == bool or (np.issubdtype(values.dtype, np.floating) and values.max() <= 1):
        scale = 255.0
    away = np.abs(values.astype(np.float32) * np.float32(scale) - wanted).max(axis=2)
    hole = away <= rule.tolerance
    return hole if alpha is None else hole & _is_solid(alpha)


def _is_solid(alpha):
    """Where a layer is rather opaque: over half of its most opaque place."""
    return alpha > alpha.max(initial=0) / 2


def _by_transparency(colours, alpha, name):
    """The hole that transparency tells, bool (height, width); None where nothing is transparent."""
    solid = _is_solid(alpha)
    if solid.all():
        return None
    if not solid.any():
        raise picture_files.UnreadableImage(name, "is transparent everywhere: it has no hole")
    drawn = colours[solid].astype(np.int64)
    levels, share = ONE_COLOUR
    middle = np.median(drawn, axis=0)
    if (np.abs(drawn - middle).max(axis=1) <= levels).mean() >= share:
        edge = np.concatenate([solid[0], solid[-1], solid[:, 0], solid[:, -1]])
        if solid.mean() <= 0.5 or edge.mean() <= 0.5:
            return solid  # strokes on a transparent layer
    else:
        cells = (drawn // 16) @ [256, 16, 1]
        shares = np.bincount(cells) / len(cells)
        most, least_share = PICTURE_COLOURS
        if (shares >= least_share).sum() >= most:
            return ~solid  # a picture, erased
    raise picture_files.UnreadableImage(
        name,
        "its transparency can be read in two ways, as strokes on a transparent layer and as a "
        "sheet with an erased part; save it without transparency, white where hole and black "
        "elsewhere",
    )


def _parse_colour(text):
    try:
        return ImageColor.getrgb(text)[:3]
    except ValueError:
        raise UserError(
            f"--mask_colour={text} is no colour; give one such as #00ff00 or lime"
        ) from None
