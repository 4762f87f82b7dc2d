"""Free-form holes: random brush strokes, drawn on the device.

After Yu et al., "Free-Form Image Inpainting with Gated Convolution", ICCV 2019, appendix: a brush
goes from vertex to vertex, turning by about the same angle each time. Lengths are fractions of the
drawing's side: holes look alike at every size.
"""

import math
from typing import Any

from keras import ops

from inpaint_tf.engines import apple_gpu

STROKES = 4
"""The most strokes in one drawing. The least is one."""
VERTICES = 8
"""The most moves of one stroke. The least is `LEAST_VERTICES`."""
LEAST_VERTICES = 4
MEAN_ANGLE = 2 * math.pi / 5
ANGLE_RANGE = 2 * math.pi / 15
LENGTH = (0.06, 0.28)
"""The shortest and the longest move."""
BRUSH = (0.05, 0.16)
"""The narrowest and the widest brush."""


def draw_strokes(random: Any, count: int, size: int) -> Any:
    """Draw `count` holes: float32 (count, size, size, 1), 1 = hole. random: a `StepRandom`."""
    with apple_gpu.on_host():
        vertices, reaches = _draw_moves(random, (count, STROKES))
    centres = (ops.arange(size, dtype="float32") + 0.5) / size
    drawing = ops.zeros((count, size, size), dtype="float32")
    for start, end, reach in zip(vertices, vertices[1:], reaches, strict=False):
        touched = ops.cast(_near_segment(centres, start, end, reach), "float32")
        drawing = ops.maximum(drawing, ops.max(touched, axis=1))
    return drawing[..., None]


def _draw_moves(random, shape):
    """(vertices, reaches) of the brushes, one more vertex than moves: [(row, column), ...], [...].

    All are of shape (count, strokes), in fractions of the side. A move with a reach below zero
    draws nothing.
    """
    count = shape[0]
    row, column = random.uniform(shape), random.uniform(shape)
    radius = random.uniform(shape, *BRUSH) / 2
    strokes_wanted = random.integers((count, 1), 1, STROKES)
    moves_wanted = random.integers(shape, LEAST_VERTICES, VERTICES)
    turns = random.uniform((VERTICES, *shape), MEAN_ANGLE - ANGLE_RANGE, MEAN_ANGLE + ANGLE_RANGE)
    lengths = random.uniform((VERTICES, *shape), *LENGTH)
    first_angle = random.uniform(shape, 0, 2 * math.pi)
    radius = ops.where(ops.arange(STROKES)[None, :] < strokes_wanted, radius, -1.0)

    vertices, reaches = [(row, column)], []
    for move in range(VERTICES):
        # Every second turn goes the other way: the original zigzags.
        angle = first_angle + (turns[move] if move % 2 else -turns[move])
        row = ops.clip(row + lengths[move] * ops.sin(angle), 0.0, 1.0)
        column = ops.clip(column + lengths[move] * ops.cos(angle), 0.0, 1.0)
        vertices.append((row, column))
        reaches.append(ops.where(move < moves_wanted, radius, -1.0))
    return vertices, reaches


def _near_segment(centres, start, end, reach):
    """Whether each pixel lies within `reach` of the segment: (count, strokes, size, size)."""
    row, column = (part[:, :, None, None] for part in start)
    down, right = (b[:, :, None, None] - a for a, b in zip((row, column), end, strict=True))
    offset_row = centres[None, None, :, None] - row
    offset_column = centres[None, None, None, :] - column
    square = ops.maximum(down * down + right * right, 1e-12)
    along = ops.clip((offset_row * down + offset_column * right) / square, 0.0, 1.0)
    away_row, away_column = offset_row - along * down, offset_column - along * right
    reach = reach[:, :, None, None]
    return (away_row**2 + away_column**2 <= reach * reach) & (reach > 0)
