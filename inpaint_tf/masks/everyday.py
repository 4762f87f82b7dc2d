"""Holes of kind "everyday": what people want to see behind, of many forms and sizes."""

from typing import Any

import numpy as np

from inpaint_tf.errors import look_up
from inpaint_tf.masks import KINDS
from inpaint_tf.masks.center import Center
from inpaint_tf.masks.kind import Kind
from inpaint_tf.masks.mixed import Mixed

SHARES = {"near_center": 0.4, "random_box": 0.1, "freeform": 0.15, "landmarks": 0.35}
"""How often each part occurs. Boxes have half the picture's side; strokes go all over it."""


class Everyday(Mixed):
    """A hole of one of the parts in `SHARES`, anywhere in the picture."""

    whole_picture = True

    def __init__(self, size: int, max_shrink: int = 16, pictures: np.ndarray | None = None):
        Kind.__init__(self, size, max_shrink)
        half = size // 2
        shrink = min(max_shrink, half // 4)
        kinds: dict[str, Kind] = {"near_center": _NearCenter(half, size // 16)}
        for name, side in (("random_box", half), ("freeform", size), ("landmarks", size)):
            kinds[name] = look_up(KINDS, name, "kind of hole")(side, shrink)
        self.parts = [(_InPicture(kinds[name], size), share) for name, share in SHARES.items()]


class _InPicture(Kind):
    """Another kind's holes, with the whole picture as their box."""

    def __init__(self, inner: Kind, size: int):
        super().__init__(size)
        self.inner = inner

    def draw(self, random: Any, count: int, free: tuple[int, int]) -> tuple[Any, Any]:
        from keras import ops

        from inpaint_tf import compositing

        room = self.size - self.inner.size
        boxes, drawing = self.inner.draw(random, count, (room, room))
        whole = ops.zeros((1, 2), "int32")
        return whole, compositing.place(drawing, boxes, self.size, self.size)


class _NearCenter(Center):
    """The box in the middle; every second one lies up to `reach` pixels away from it."""

    def __init__(self, size: int, reach: int):
        super().__init__(size)
        self.reach = reach

    def draw_boxes(self, random: Any, count: int, free: tuple[int, int]) -> Any:
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        with apple_gpu.on_host():
            moved = ops.cast(random.uniform((count, 1)) < 0.5, "int32")
            away = random.integers((count, 2), -self.reach, self.reach)
            return super().draw_boxes(random, count, free) + moved * away
