"""Holes of kinds "pictures" and "turned_pictures": given mask pictures, inside a box anywhere."""

import math
from typing import Any

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.masks.kind import Kind

MOST_DEGREES = 45


class Pictures(Kind):
    """One of `pictures`, mirrored at random along both axes.

    pictures: uint8 (count, size, size), 0/1. Raises `ValueError` without them.
    """

    takes_pictures = True

    def __init__(self, size: int, max_shrink: int = 16, pictures: np.ndarray | None = None):
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        if pictures is None:
            raise ValueError("`pictures` must be given for kinds that show them.")
        super().__init__(size, max_shrink)
        with apple_gpu.on_host():
            self.pictures: Any = ops.convert_to_tensor(pictures, "uint8")

    @classmethod
    def check(cls, masks: Any, picture_size: int) -> None:
        super().check(masks, picture_size)
        if not masks.pictures:
            raise UserError("masks of this kind need --config.masks.pictures=FOLDER")

    def draw_inside(self, random: Any, count: int) -> Any:
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        with apple_gpu.on_host():
            chosen = random.integers((count,), 0, self.pictures.shape[0] - 1)
            drawing = ops.cast(ops.take(self.pictures, chosen, axis=0), "float32")[..., None]
            mirrored = random.uniform((2, count, 1, 1, 1)) < 0.5
            drawing = ops.where(mirrored[0], ops.flip(drawing, 1), drawing)
            return ops.where(mirrored[1], ops.flip(drawing, 2), drawing)


class TurnedPictures(Pictures):
    """One of `pictures`, mirrored at random and turned left by 0 to `MOST_DEGREES` degrees.

    About the middle; what comes in from outside is no hole. So the published training of AOT-GAN
    draws them (Zeng et al., TVCG 2022), which mirrors along one axis only.
    """

    def draw_inside(self, random: Any, count: int) -> Any:
        from inpaint_tf.engines import apple_gpu

        drawing = super().draw_inside(random, count)
        with apple_gpu.on_host():
            return turn(drawing, random.uniform((count,)) * math.radians(MOST_DEGREES))


def turn(drawing: Any, angles: Any) -> Any:
    """Turn masks (count, side, side, 1) left by `angles` in radians, (count,): nearest pixels."""
    from keras import ops

    count, side = drawing.shape[0], drawing.shape[1]
    middle = (side - 1) / 2
    places = ops.arange(side, dtype="float32") - middle
    down, right = places[None, :, None], places[None, None, :]
    cosine, sine = (function(angles)[:, None, None] for function in (ops.cos, ops.sin))
    # Where each pixel of the result was before: turned back, y points down.
    rows = ops.cast(ops.round(middle + cosine * down + sine * right), "int32")
    columns = ops.cast(ops.round(middle + cosine * right - sine * down), "int32")
    inside = (rows >= 0) & (rows < side) & (columns >= 0) & (columns < side)
    flat = ops.where(inside, rows * side + columns, 0)  # (count, side, side)
    found = ops.take_along_axis(
        ops.reshape(drawing, (count, -1)), ops.reshape(flat, (count, -1)), axis=1
    )
    found = ops.reshape(found, (count, side, side))
    return ops.where(inside, found, ops.zeros_like(found))[..., None]
