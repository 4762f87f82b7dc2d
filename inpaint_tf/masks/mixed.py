"""Holes of kind "mixed": each is of another kind, at random."""

from typing import Any

import numpy as np

from inpaint_tf.errors import look_up
from inpaint_tf.masks import KINDS
from inpaint_tf.masks.kind import Kind

SHARES = {"center": 0.5, "random_box": 0.25, "freeform": 0.25}
"""How often each kind occurs. The order is part of what a seed means."""


class Mixed(Kind):
    """A hole of one of the kinds in `SHARES`, as often as `SHARES` says.

    A subclass has other `parts`: [(a kind of hole, its share), ...].
    """

    def __init__(self, size: int, max_shrink: int = 16, pictures: np.ndarray | None = None):
        super().__init__(size, max_shrink, pictures)
        self.parts = [
            (look_up(KINDS, kind, "kind of hole")(size, max_shrink, pictures), share)
            for kind, share in SHARES.items()
        ]

    def draw(self, random: Any, count: int, free: tuple[int, int]) -> tuple[Any, Any]:
        """Draw every kind and take one: devices have no branch for each image."""
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        choice = random.uniform((count, 1))
        boxes = drawing = None
        reached = 0.0
        for kind, share in self.parts:
            new_boxes, new_drawing = kind.draw(random, count, free)
            if boxes is None:
                boxes, drawing = new_boxes, new_drawing
            else:
                with apple_gpu.on_host():
                    taken = choice >= reached
                    boxes = ops.where(taken, new_boxes, boxes)
                drawing = ops.where(ops.reshape(taken, (-1, 1, 1, 1)), new_drawing, drawing)
            reached += share
        return boxes, drawing
