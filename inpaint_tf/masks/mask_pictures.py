"""Holes of kind "pictures": given mask pictures, inside a box anywhere."""

from typing import Any

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.masks.kind import Kind


class Pictures(Kind):
    """One of `pictures`, mirrored at random along both axes.

    pictures: uint8 (count, size, size), 0/1. Raises `ValueError` without them.
    """

    def __init__(self, size: int, max_shrink: int = 16, pictures: np.ndarray | None = None):
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        if pictures is None:
            raise ValueError("`pictures` must be given when kind='pictures'.")
        super().__init__(size, max_shrink)
        with apple_gpu.on_host():
            self.pictures: Any = ops.convert_to_tensor(pictures, "uint8")

    @classmethod
    def check(cls, masks: Any, picture_size: int) -> None:
        super().check(masks, picture_size)
        if not masks.pictures:
            raise UserError("masks of kind 'pictures' need --config.masks.pictures=FOLDER")

    def draw_inside(self, random: Any, count: int) -> Any:
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        with apple_gpu.on_host():
            chosen = random.integers((count,), 0, self.pictures.shape[0] - 1)
            drawing = ops.cast(ops.take(self.pictures, chosen, axis=0), "float32")[..., None]
            mirrored = random.uniform((2, count, 1, 1, 1)) < 0.5
            drawing = ops.where(mirrored[0], ops.flip(drawing, 1), drawing)
            return ops.where(mirrored[1], ops.flip(drawing, 2), drawing)
