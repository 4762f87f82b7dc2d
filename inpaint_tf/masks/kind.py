"""What every kind of hole has in common.

The classes of all kinds can be imported without Keras, because settings are checked before Keras
loads. Their methods import Keras when they draw.
"""

from typing import Any, NoReturn

import numpy as np

from inpaint_tf.errors import UserError


class Kind:
    """One kind of hole. Subclasses define `draw_inside`, and `draw_boxes` if boxes do not move.

    size: side of the box in pixels.
    max_shrink, pictures: see `HoleDrawer`; most kinds ignore them.
    """

    fills_box = False
    """Whether the hole may be the whole box. Such a box must be smaller than the picture."""
    whole_picture = False
    """Whether the box is the whole picture, whatever `config.masks.size` says."""
    takes_pictures = False
    """Whether it shows the mask pictures of `config.masks.pictures`."""

    def __init__(self, size: int, max_shrink: int = 16, pictures: np.ndarray | None = None):
        self.size = size
        self.max_shrink = max_shrink
        self.pictures: Any = pictures

    @classmethod
    def box_side(cls, masks: Any, picture_size: int) -> int:
        """Side of the box in pixels, for the settings `config.masks` and the pictures' size."""
        return picture_size if cls.whole_picture else masks.size

    @classmethod
    def check(cls, masks: Any, picture_size: int) -> None:
        """Raise `UserError`, naming the setting, if holes of this kind cannot be drawn.

        masks: the settings `config.masks` (fields size, max_shrink, pictures).
        picture_size: side of the training pictures in pixels.
        """
        if cls.whole_picture:
            return
        if masks.size > picture_size - cls.fills_box:
            relation = "be below" if cls.fills_box else "not exceed"
            limit = f"must {relation} --config.data.size={picture_size}"
            half = f"half is usual: --config.masks.size={picture_size // 2}"
            refuse("size", masks.size, f"{limit} ({half})")

    def draw(self, random: Any, count: int, free: tuple[int, int]) -> tuple[Any, Any]:
        """Draw `count` holes: (boxes, drawing) of `draw_boxes` and `draw_inside`.

        Boxes are drawn first: this order is part of what a seed means.
        """
        return self.draw_boxes(random, count, free), self.draw_inside(random, count)

    def draw_boxes(self, random: Any, count: int, free: tuple[int, int]) -> Any:
        """Top and left of each box, int32 (count or 1, 2). The default is a random place.

        random: a `StepRandom`. free: rows and columns by which a box can move.
        """
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        with apple_gpu.on_host():
            starts = [random.integers((count,), 0, length) for length in free]
            return ops.stack(starts, axis=1)

    def draw_inside(self, random: Any, count: int) -> Any:
        """The hole within its box, float32 (count or 1, size, size, 1), 1 = hole."""
        raise NotImplementedError


def refuse(field: str, value: object, reason: str) -> NoReturn:
    """Raise the `UserError` about a field of `config.masks`."""
    raise UserError(f"--config.masks.{field} {reason}; got {value!r}")
