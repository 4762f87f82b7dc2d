"""Value ranges, compositing, and cutting and padding of pictures, on the device.

Pictures cross to the device as uint8 RGB in 0..255 and are float32 in [-1, 1] there
(x / 127.5 - 1, as in the CVPR 2018 code). Masks are float32, 1 = hole, 0 = known.
Everything here is `keras.ops`: training, testing, export and demo share it. Imports engines.
"""

from typing import Any

import numpy as np
from keras import ops

from inpaint_tf.engines import apple_gpu

HOLE_FILLS = {"grey": 0.0, "white": 1.0}
"""Value in [-1, 1] that covers the hole: mid-grey in the 2018 code, white in the 2022 paper."""


IMAGENET_MEAN = np.array((0.485, 0.456, 0.406), "float32")
IMAGENET_DEVIATION = np.array((0.229, 0.224, 0.225), "float32")
"""Of red, green and blue in 0..1, by which networks for ImageNet normalise pictures."""


def to_unit(images: Any) -> Any:
    """uint8 in 0..255, any shape, to float32 in [-1, 1]."""
    with apple_gpu.on_host():  # bytes come from there and go there
        return ops.cast(images, "float32") / 127.5 - 1.0


def to_uint8(images: Any) -> Any:
    """Float in [-1, 1], any shape, to uint8 in 0..255, rounded to the nearest level."""
    with apple_gpu.on_host():
        levels = ops.round((ops.cast(images, "float32") + 1.0) * 127.5)
        return ops.cast(ops.clip(levels, 0.0, 255.0), "uint8")


def to_imagenet(images: Any) -> Any:
    """(..., 3) in [-1, 1], red first, to mean 0 and deviation 1 over ImageNet: in [-2.2, 2.7]."""
    return images * (0.5 / IMAGENET_DEVIATION) + (0.5 - IMAGENET_MEAN) / IMAGENET_DEVIATION


def from_imagenet(images: Any) -> Any:
    """The inverse of `to_imagenet`."""
    return images * (2.0 * IMAGENET_DEVIATION) + (2.0 * IMAGENET_MEAN - 1.0)


def fill_hole(images: Any, masks: Any, fill: str = "grey") -> Any:
    """Cover the hole with one colour: what the generator is shown.

    images: (batch, height, width, 3) in [-1, 1]; masks: (batch or 1, height, width, 1).
    fill: a key of `HOLE_FILLS`.
    """
    return images * (1.0 - masks) + HOLE_FILLS[fill] * masks


def composite(predictions: Any, images: Any, masks: Any) -> Any:
    """Prediction in the hole, picture elsewhere (paper, Algorithm 1, line 6).

    predictions, images: (batch, height, width, 3), both float or both uint8.
    masks: (batch or 1, height, width, 1), 0/1 or bool.

    Selected rather than added up: known pixels stay what they are to the bit, whatever the
    generator returns.
    """
    return ops.where(ops.cast(masks, "bool"), predictions, images)


def crop(images: Any, boxes: Any, size: tuple[int, int]) -> Any:
    """Cut one `size` box out of each image.

    images: (batch, height, width, channels); boxes: (batch or 1, 2), the top and left of each box
    in pixels; size: (box height, box width). Returns (batch, box height, box width, channels).

    Products with 0/1 matrices select rows and columns. They are exact, differentiable to any
    order, take one box per image at no extra cost, and use operations that every device has.
    """
    if tuple(images.shape[1:3]) == tuple(size):
        return images  # there is one such box
    height, width = ops.shape(images)[1:3]
    boxes = ops.cast(boxes, "float32")  # exact, and Apple's GPU compares no integers
    rows = _selection(boxes[:, 0], size[0], height, images.dtype)  # (b, box height, height)
    columns = _selection(boxes[:, 1], size[1], width, images.dtype)  # (b, box width, width)
    return _mix(rows, columns, images)


def enlarge(images: Any, starts: Any, sides: Any, size: int | tuple[int, int]) -> Any:
    """Cut a box out of each image and resize it, bilinearly, or by areas where it shrinks.

    images: (batch, height, width, channels), float32; starts: float32 (batch or 1, 2), top and left
    of each box; sides: float32 (batch or 1,) of squares, or (batch or 1, 2), heights and widths.
    All are in pixels, not always whole ones. size: height and width of the result, or its one side.
    Returns (batch, height, width, channels).
    """
    height, width = images.shape[1:3]
    new_height, new_width = (size, size) if isinstance(size, int) else size
    heights, widths = (sides, sides) if len(sides.shape) == 1 else (sides[:, 0], sides[:, 1])
    rows = _triangles(starts[:, 0], heights, new_height, height)  # (b, new height, height)
    columns = _triangles(starts[:, 1], widths, new_width, width)  # (b, new width, width)
    return _mix(rows, columns, images)


def _mix(rows, columns, images):
    """Sums of rows, then of columns: matrices (batch or 1, new length, length) say of which.

    Two large products: one for each row of the picture takes several times as long on a processor.
    """
    height, width = ops.shape(images)[1:3]
    channels = images.shape[3]
    mixed = ops.matmul(rows, ops.reshape(images, (-1, height, width * channels)))
    new_height, new_width = rows.shape[1], columns.shape[1]
    mixed = ops.reshape(mixed, (-1, new_height, width, channels))
    mixed = ops.reshape(ops.transpose(mixed, (0, 2, 1, 3)), (-1, width, new_height * channels))
    mixed = ops.reshape(ops.matmul(columns, mixed), (-1, new_width, new_height, channels))
    return ops.transpose(mixed, (0, 2, 1, 3))


def _triangles(starts, sides, size, full_length):
    """Matrices (batch, size, full_length) that take positions from a stretch, weights of sum 1."""
    scale = ops.reshape(sides / size, (-1, 1, 1))
    steps = ops.arange(size, dtype="float32")[None, :, None] + 0.5
    wanted = ops.reshape(starts, (-1, 1, 1)) + steps * scale - 0.5
    away = ops.abs(wanted - ops.arange(full_length, dtype="float32")[None, None, :])
    weights = ops.relu(1.0 - away / ops.maximum(scale, 1.0))
    return weights / ops.sum(weights, axis=2, keepdims=True)


def place(pieces: Any, boxes: Any, height: int, width: int) -> Any:
    """Put each piece at its box of a picture that is 0 elsewhere: the transpose of `crop`.

    pieces: (batch, box height, box width, 1), float32; boxes: as in `crop`, and all inside the
    picture. Returns (batch, height, width, 1), float32.
    """
    boxes = ops.cast(boxes, "float32")  # exact, and Apple's GPU compares no integers
    rows = _selection(boxes[:, 0], pieces.shape[1], height, "float32")  # (b, box height, height)
    columns = _selection(boxes[:, 1], pieces.shape[2], width, "float32")  # (b, box width, width)
    placed = ops.matmul(ops.transpose(rows, (0, 2, 1)), pieces[..., 0])
    return ops.matmul(placed, columns)[..., None]


def _selection(starts, length, full_length, dtype):
    """0/1 matrices (batch, length, full_length) that pick positions start .. start + length - 1."""
    wanted = starts[:, None] + ops.arange(length, dtype="float32")[None, :]
    positions = ops.arange(full_length, dtype="float32")
    return ops.cast(wanted[:, :, None] == positions[None, None, :], dtype)


def pad_to_multiple(images: Any, multiple: int) -> Any:
    """Repeat the last row and column until height and width are multiples of `multiple`.

    images: (batch, height, width, channels) of any type and any, even unknown, size.
    """
    height, width = ops.shape(images)[1:3]
    images = ops.take(images, _clamped_range(height, multiple), axis=1)
    return ops.take(images, _clamped_range(width, multiple), axis=2)


def _clamped_range(length, multiple):
    padded = (length + multiple - 1) // multiple * multiple
    return ops.minimum(ops.arange(padded), length - 1)
