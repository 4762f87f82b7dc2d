"""Holes of kind "freeform": random brush strokes inside a box anywhere."""

from typing import Any

from inpaint_tf.masks.kind import Kind


class Freeform(Kind):
    """Random strokes; `masks.brush_strokes` draws them."""

    def draw_inside(self, random: Any, count: int) -> Any:
        from inpaint_tf.masks import brush_strokes

        return brush_strokes.draw_strokes(random, count, self.size)
