"""Where the hole is: boxes, free-form strokes and mask pictures, drawn on the device.

A hole lies in a box, at the centre or at a random place; what is drawn inside the box says which
of its pixels are hole. The local critic and the discounted loss always see the whole box.
Masks are float32, 1 = hole, 0 = known.
"""

from typing import NamedTuple

from keras import ops

from inpaint_tf.engines import apple_gpu
from inpaint_tf.masks import strokes

KINDS = ("center", "random_box", "freeform", "mixed", "pictures")

MIXED_SHARES = {"center": 0.5, "random_box": 0.25, "freeform": 0.25}
"""How often each kind of hole occurs among those of kind "mixed"."""


class Hole(NamedTuple):
    """mask: (batch or 1, height, width, 1); boxes: (batch or 1, 2), int32 top and left;
    size: (box height, box width), Python ints."""

    mask: object
    boxes: object
    size: tuple


class HoleDrawer:
    """Draws the holes of a batch.

    kind: "center", the full box in the middle (2022 paper, section IV);
      "random_box", a box anywhere, in which the mask is shrunk on both sides of each axis by
      0 .. `max_shrink` pixels (2018 code);
      "freeform", random strokes inside a box anywhere;
      "mixed", any of these three, as often as `MIXED_SHARES` says;
      "pictures", one of `pictures`, randomly mirrored, inside a box anywhere.
    size: side of the box in pixels. `size` of the picture makes strokes and pictures cover all.
    max_shrink: pixels, for "random_box".
    per_image: a hole for each image, or one for the batch as in the 2018 code.
    pictures: uint8 (count, size, size), 0/1, for "pictures".
    """

    def __init__(self, kind="random_box", size=128, max_shrink=16, per_image=False, pictures=None):
        if kind not in KINDS:
            raise ValueError(f"`kind` must be one of {KINDS}. Received: kind={kind!r}")
        if kind == "pictures" and pictures is None:
            raise ValueError("`pictures` must be given when kind='pictures'.")
        self.kind = kind
        self.size = int(size)
        self.max_shrink = int(max_shrink)
        self.per_image = per_image
        with apple_gpu.on_host():
            self.pictures = None if pictures is None else ops.convert_to_tensor(pictures, "uint8")

    def draw(self, random, batch, height, width):
        """Holes for `batch` images of height x width pixels; `random` is a `StepRandom`."""
        count = batch if self.per_image else 1
        free = (height - self.size, width - self.size)
        if min(free) < 0:
            raise ValueError(
                f"The hole's size must not exceed the picture's. Received: size={self.size}, "
                f"picture {height}x{width}"
            )
        if self.kind == "mixed":
            boxes, drawing = self._draw_mixed(random, count, free)
        else:
            boxes = self._draw_boxes(self.kind, random, count, free)
            drawing = self._draw_inside(self.kind, random, count)
        return Hole(_place(drawing, boxes, height, width), boxes, (self.size, self.size))

    def _draw_mixed(self, random, count, free):
        """Every kind is drawn and one is taken: there is no branch for each image on a device."""
        choice = random.uniform((count, 1))
        boxes = drawing = None
        reached = 0.0
        for kind, share in MIXED_SHARES.items():
            new_boxes = self._draw_boxes(kind, random, count, free)
            new_drawing = self._draw_inside(kind, random, count)
            if boxes is None:
                boxes, drawing = new_boxes, new_drawing
            else:
                with apple_gpu.on_host():
                    taken = choice >= reached
                    boxes = ops.where(taken, new_boxes, boxes)
                drawing = ops.where(ops.reshape(taken, (-1, 1, 1, 1)), new_drawing, drawing)
            reached += share
        return boxes, drawing

    def _draw_boxes(self, kind, random, count, free):
        """Top and left of each box, int32 (count or 1, 2); `free`: pixels that it can move."""
        if kind == "center":
            return ops.convert_to_tensor([[free[0] // 2, free[1] // 2]], "int32")
        with apple_gpu.on_host():
            starts = [random.integers((count,), 0, length) for length in free]
            return ops.stack(starts, axis=1)

    def _draw_inside(self, kind, random, count):
        """The drawing in box coordinates, (count or 1, size, size, 1)."""
        if kind == "center":
            return ops.ones((1, self.size, self.size, 1))
        if kind == "random_box":
            return self._shrunk_boxes(random, count)
        if kind == "freeform":
            return strokes.draw_strokes(random, count, self.size)
        return self._chosen_pictures(random, count)

    def _shrunk_boxes(self, random, count):
        shrink = random.integers((2, count, 1), 0, self.max_shrink)
        positions = ops.arange(self.size, dtype="float32")[None, :]
        shrink = ops.cast(shrink, "float32")
        inside = (positions >= shrink) & (positions < self.size - shrink)  # (2, count, size)
        inside = ops.cast(inside, "float32")
        return inside[0][:, :, None, None] * inside[1][:, None, :, None]

    def _chosen_pictures(self, random, count):
        with apple_gpu.on_host():
            return self._choose_pictures(random, count)

    def _choose_pictures(self, random, count):
        chosen = random.integers((count,), 0, self.pictures.shape[0] - 1)
        drawing = ops.cast(ops.take(self.pictures, chosen, axis=0), "float32")[..., None]
        mirrored = random.uniform((2, count, 1, 1, 1)) < 0.5
        drawing = ops.where(mirrored[0], ops.flip(drawing, 1), drawing)
        return ops.where(mirrored[1], ops.flip(drawing, 2), drawing)


def _place(drawing, boxes, height, width):
    """Put (count, h, w, 1) drawings at `boxes` of an otherwise known (count, height, width, 1)."""
    boxes = ops.cast(boxes, "float32")  # exact, and Apple's GPU compares no integers
    rows = _placement(boxes[:, 0], drawing.shape[1], height)  # (count, height, h)
    columns = _placement(boxes[:, 1], drawing.shape[2], width)
    placed = ops.matmul(rows, drawing[..., 0])
    return ops.matmul(placed, ops.transpose(columns, (0, 2, 1)))[..., None]


def _placement(starts, length, full_length):
    """0/1 matrices (count, full_length, length) that move position i to start + i."""
    target = starts[:, None, None] + ops.arange(length, dtype="float32")[None, None, :]
    positions = ops.arange(full_length, dtype="float32")
    return ops.cast(positions[None, :, None] == target, "float32")
