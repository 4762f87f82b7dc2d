"""Holes of kind "random_box": rectangles of random size at a random place (2018 code)."""

from typing import Any

from inpaint_tf.masks.kind import Kind, refuse


class RandomBox(Kind):
    """A box anywhere. On each axis, 0 .. `max_shrink` pixels on both sides of it stay known."""

    fills_box = True

    @classmethod
    def check(cls, masks: Any, picture_size: int) -> None:
        super().check(masks, picture_size)
        if 2 * masks.max_shrink >= masks.size:
            half = f"half of --config.masks.size={masks.size}"
            refuse("max_shrink", masks.max_shrink, f"must be below {half}")

    def draw_inside(self, random: Any, count: int) -> Any:
        from keras import ops

        shrink = random.integers((2, count, 1), 0, self.max_shrink)
        positions = ops.arange(self.size, dtype="float32")[None, :]
        shrink = ops.cast(shrink, "float32")
        inside = (positions >= shrink) & (positions < self.size - shrink)  # (2, count, size)
        inside = ops.cast(inside, "float32")
        return inside[0][:, :, None, None] * inside[1][:, None, :, None]
