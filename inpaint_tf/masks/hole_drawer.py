"""Draws the holes of a batch, of any kind.

A hole lies in a box. What is drawn inside the box says which of its pixels are hole. The local
critic and the discounted loss always see the whole box. Masks are float32, 1 = hole, 0 = known.
"""

from typing import Any, NamedTuple

import numpy as np

from inpaint_tf import compositing
from inpaint_tf.errors import look_up
from inpaint_tf.masks import KINDS


class Hole(NamedTuple):
    """Holes of a batch, as tensors.

    mask: float32 (batch or 1, height, width, 1), 1 = hole.
    boxes: int32 (batch or 1, 2), top and left of each box in pixels.
    size: (box height, box width), Python ints.
    """

    mask: Any
    boxes: Any
    size: tuple[int, int]


class HoleDrawer:
    """Draws the holes of a batch.

    kind: a name in `masks.KINDS`:
      "center", the full box in the middle (2022 paper, section IV);
      "random_box", a box anywhere. On each axis, 0 .. `max_shrink` pixels on both sides of it stay
      known (2018 code);
      "freeform", random strokes inside a box anywhere;
      "mixed", any of these three, as often as `mixed.SHARES` says;
      "pictures", one of `pictures`, randomly mirrored, inside a box anywhere;
      "turned_pictures", the same, turned by up to 45 degrees;
      "landmarks", what covers faces (`face_shapes`), on a portrait's mean face;
      "everyday", boxes, strokes over the whole picture and "landmarks", see `everyday.SHARES`.
    size: side of the box in pixels. With the picture's size, strokes and pictures cover all of it.
      For "landmarks" and "everyday" it must be the picture's.
    max_shrink: pixels, for "random_box".
    per_image: whether each image has its own hole. The 2018 code has one for the batch.
    pictures: uint8 (count, size, size), 0/1, for kinds that show them.
    Raises `ValueError` for an unknown kind, and for one that shows `pictures` without them.
    """

    def __init__(
        self,
        kind: str = "random_box",
        size: int = 128,
        max_shrink: int = 16,
        per_image: bool = False,
        pictures: np.ndarray | None = None,
    ):
        if kind not in KINDS:
            raise ValueError(f"`kind` must be one of {tuple(KINDS)}. Received: kind={kind!r}")
        self.kind = kind
        self.size = int(size)
        self.max_shrink = int(max_shrink)
        self.per_image = per_image
        build = look_up(KINDS, kind, "kind of hole")
        self._kind = build(size=self.size, max_shrink=self.max_shrink, pictures=pictures)

    def draw(self, random: Any, batch: int, height: int, width: int) -> Hole:
        """Draw holes for `batch` images of height x width pixels.

        random: a `StepRandom`. Raises `ValueError` if the box is larger than the picture.
        """
        count = batch if self.per_image else 1
        free = (height - self.size, width - self.size)
        if min(free) < 0:
            raise ValueError(
                f"The hole's size must not exceed the picture's. Received: size={self.size}, "
                f"picture {height}x{width}"
            )
        boxes, drawing = self._kind.draw(random, count, free)
        mask = compositing.place(drawing, boxes, height, width)
        return Hole(mask, boxes, (self.size, self.size))
