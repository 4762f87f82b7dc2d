"""What frozen networks are shown of a picture: the hole, all of it, parts, the face.

Each takes pictures, or masks, float32 (batch, height, width, channels), square, and returns them
cut and resized. Eyes, nose, mouth and face are those of portraits that are framed alike.
"""

import math
from typing import Any

from keras import ops

from inpaint_tf import compositing
from inpaint_tf.networks import efficientnet_lite0, face_landmarks

MARGIN = 1 / 8
"""Of the hole's bounding square, that the view of the hole shows on each side of it."""
LEAST_SIDE = 0.3
"""Of the view of the hole, as a share of the picture's."""
EYES = (0.33, 0.27), (0.20, 0.45)
"""Top and left, height and width of the view of both eyes, as shares of the picture's sides: where
they are in a portrait with the mean face of `masks.face_shapes`, brows and all."""
EYES_SIZE = (0.5, 1.125)
"""Height and width that they are enlarged to, as shares of the other views' sides."""
NOSE_AND_MOUTH = (0.52, 0.345), (0.28, 0.30)
"""The same of the nose's tip and the mouth, from below the eyes to the chin, enlarged as much."""
NOSE_AND_MOUTH_SIZE = (0.7, 0.75)


def hole(pictures: Any, mask: Any, size: int) -> Any:
    """`bounding_squares` of the mask, in `size` pixels.

    mask: (n or 1, height, width, 1), where the pictures are n or several times as many.
    """
    starts, sides = bounding_squares(mask)
    repeats = pictures.shape[0] // sides.shape[0] if sides.shape[0] > 1 else 1
    return compositing.enlarge(
        pictures, ops.tile(starts, (repeats, 1)), ops.tile(sides, (repeats,)), size
    )


def whole(pictures: Any, size: int) -> Any:
    """All of the picture, in `size` pixels."""
    if pictures.shape[1:3] == (size, size):
        return pictures
    return ops.image.resize(pictures, (size, size), interpolation="bilinear")


def eyes(pictures: Any, size: int) -> Any:
    """Both eyes, in `EYES_SIZE` times `size` pixels, rounded up to the features' strides."""
    return _part(pictures, EYES, EYES_SIZE, size)


def nose_and_mouth(pictures: Any, size: int) -> Any:
    """Both, in `NOSE_AND_MOUTH_SIZE` times `size` pixels, rounded up likewise."""
    return _part(pictures, NOSE_AND_MOUTH, NOSE_AND_MOUTH_SIZE, size)


def _part(pictures, place, enlarged, size):
    starts, sides = (
        ops.convert_to_tensor([[share * pictures.shape[1] for share in shares]], "float32")
        for shares in place
    )
    height, width = (whole_strides(share * size) for share in enlarged)
    return compositing.enlarge(pictures, starts, sides, (height, width))


def face(pictures: Any) -> Any:
    """All of the picture, in the size of the network of face landmarks."""
    start, side = ops.zeros((1, 2)), ops.full((1,), float(pictures.shape[1]))
    return compositing.enlarge(pictures, start, side, face_landmarks.SIDE)


def bounding_squares(mask: Any) -> tuple[Any, Any]:
    """What the view of the hole shows: (starts, sides), float32 (batch or 1, 2) and (batch or 1,).

    The square around the hole and `MARGIN`, moved into the picture; pixels, not always whole ones.
    mask: (batch or 1, height, width, 1), square pictures. Without a hole: the picture's middle.
    """
    length = mask.shape[1]
    lows, highs = [], []
    for axis in (2, 1):
        covered = ops.max(mask[..., 0], axis=axis) > 0  # rows, then columns
        positions = ops.arange(length, dtype="float32")[None, :]
        low = ops.min(ops.where(covered, positions, float(length)), axis=1)
        high = ops.max(ops.where(covered, positions + 1.0, 0.0), axis=1)
        lows.append(low)
        highs.append(high)
    low, high = ops.stack(lows, axis=1), ops.stack(highs, axis=1)
    sides = ops.max(high - low, axis=1) * (1 + 2 * MARGIN)
    sides = ops.clip(sides, LEAST_SIDE * length, float(length))
    starts = (low + high - sides[:, None]) / 2
    return ops.clip(starts, 0.0, length - sides[:, None]), sides


def whole_strides(pixels: float) -> int:
    """The next number of pixels that the coarsest features divide."""
    stride = efficientnet_lite0.STRIDES[-1]
    return math.ceil(pixels / stride) * stride
