"""Holes of kind "center": the full box in the middle (2022 paper, section IV)."""

from typing import Any

from inpaint_tf.masks.kind import Kind


class Center(Kind):
    """One full box in the middle of the picture. Nothing about it is random."""

    fills_box = True

    def draw_boxes(self, random: Any, count: int, free: tuple[int, int]) -> Any:
        from keras import ops

        return ops.convert_to_tensor([[free[0] // 2, free[1] // 2]], "int32")

    def draw_inside(self, random: Any, count: int) -> Any:
        from keras import ops

        return ops.ones((1, self.size, self.size, 1))
