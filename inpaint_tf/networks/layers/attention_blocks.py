"""Contextual attention in blocks of rows, for feature maps whose score matrix is too large.

The score matrix grows with the square of the number of pixels: at 2048x2048 it has 4.3 G entries.
Computed for a few output rows at a time, it fits any given memory. A block computes more rows of
scores than it outputs: one above for the patches that overlap, and two on either side for the
fusion. The fusion also ties the first row of a column to the last row of the column before, so row
numbers wrap at the picture's edge.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from inpaint_tf.networks.layers import diagonals, pixel_cells
from inpaint_tf.networks.layers.attention_memory import EXTRA_ROWS, LEAST_ROWS


def logits(scores: Any, valid: Any, scale: float, excluded: bool) -> Any:
    """What the softmax takes; excluded: patches that are not valid get no weight in it."""
    weighted = scale * scores * valid
    return weighted - 1e9 * (1.0 - valid) if excluded else weighted


def rows_per_block(batch: Any, height: Any, width: Any, score_bytes: int) -> Any:
    """Output rows for which float32 scores of (rows, width, height, width) take `score_bytes`.

    The result is an integer, or a scalar tensor where a size is a tensor.
    """
    if all(isinstance(length, int) for length in (batch, height, width)):
        rows = int(score_bytes / (4 * batch * width**2 * height)) - EXTRA_ROWS
        return min(max(rows, LEAST_ROWS), height + 1)
    row = 4.0 * ops.cast(width, "float32") ** 2  # in int32 it would overflow
    row = row * ops.cast(batch, "float32") * ops.cast(height, "float32")
    rows = ops.cast(score_bytes / row, "int32") - EXTRA_ROWS
    return ops.minimum(ops.maximum(rows, LEAST_ROWS), height + 1)


def attend_in_blocks(
    queries: Any,
    keys: Any,
    valid: Any,
    lengths: Any,
    background: Any,
    rows: Any,
    *,
    softmax_scale: float,
    fuse: bool,
    dtype: str,
    excluded: bool = False,
    wanted: tuple[Any, Any] | None = None,
) -> tuple[Any, Any]:
    """The cells that attention pastes, and the best background positions.

    queries, keys: float32 (batch, h, w, c), foreground and background at half resolution.
    valid: (batch or 1, 1, 1, w, h), see `contextual_attention`.
    lengths: (batch, 1, 1, h, w), the reciprocal lengths of the background patches.
    background: (batch, 2h, 2w, c).
    rows: output rows per block, integer or scalar tensor.
    dtype: type of the product that copies. excluded: see `logits`.
    wanted: the first row of cells that is asked for, and the one after the last. Blocks without any
      of them are left out, and zero in what is returned. None: all rows are.

    Returns (copied, best): copied (batch, h+1, w+1, 4c), see `pixel_cells`; best (batch, h, w)
    int32, the background position counted by columns.
    """
    shape = ops.shape(queries)
    height, width = shape[1:3]
    three_queries, three_keys = _three_rows(queries), _three_rows(keys)
    copies = ops.transpose(pixel_cells.from_pixels(ops.cast(background, dtype)), (0, 2, 1, 3))
    copies = ops.reshape(copies, (-1, (width + 1) * (height + 1), copies.shape[3]))

    count = (height + rows) // rows  # (height + 1) / rows, rounded up
    left_out = 0
    if wanted is not None:
        left_out = wanted[0] // rows
        count = (wanted[1] + rows - 1) // rows - left_out

    def block(index: Any) -> tuple[Any, Any]:
        first = (
            left_out + index
        ) * rows - 1  # the row of queries above the block's first row of cells
        scored = first - 2 + ops.arange(rows + EXTRA_ROWS)
        scores = _scores_of_rows(three_queries, three_keys, scored % height) * lengths
        if fuse:
            scores = _fuse_rows(scores, scored % height, height)
        else:
            scores = _drop_rows(ops.transpose(scores, (0, 2, 1, 4, 3)), 2, 2)
        attended = first + ops.arange(rows + 1)
        exists = ops.cast((attended >= 0) & (attended < height), "float32")
        logs = logits(scores, valid, softmax_scale, excluded)
        positions = ops.reshape(logs, (-1, width, rows + 1, width * height))
        attention = ops.reshape(ops.softmax(positions, axis=-1), ops.shape(logs))
        attention = attention * valid * exists[:, None, None]
        best = first_largest(
            ops.reshape(attention, (-1, width, rows + 1, width * height))[:, :, 1:]
        )
        # Floats, exact up to 2**24: oneDNN prints warnings about transposed integers.
        return _paste_rows(attention, copies, dtype), ops.cast(best, "float32")

    copied, best = _one_after_another(block, count, (dtype, "float32"))
    copied = ops.transpose(copied, (1, 0, 3, 2, 4))  # (batch, blocks, rows, w + 1, 4c)
    copied = ops.reshape(copied, (-1, count * rows, width + 1, copies.shape[2]))
    best = ops.reshape(ops.transpose(best, (1, 0, 3, 2)), (-1, count * rows, width))
    if wanted is not None:
        copied, best = (_after_zeros(each, left_out * rows, height + 1) for each in (copied, best))
    copied = ops.slice(copied, (0, 0, 0, 0), (shape[0], height + 1, width + 1, copies.shape[2]))
    return copied, ops.cast(ops.slice(best, (0, 0, 0), (shape[0], height, width)), "int32")


def _after_zeros(blocks: Any, before: Any, least: Any) -> Any:
    """`blocks` after as many rows of zeros, and before so many that there are `least` in all."""
    after = ops.maximum(least - before - ops.shape(blocks)[1], 0)
    rest = ((0, 0),) * (len(blocks.shape) - 2)
    return ops.pad(blocks, ((0, 0), (before, after), *rest))


def first_largest(weights: Any) -> Any:
    """Where the largest of the last axis stands, the first of equal ones, int32.

    weights: any shape, floats, none of them -0.0. Keras' own argmax on TensorFlow tells -0.0 from
    0.0 by its bits, an operation that other programs' formats lack.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.argmax(weights, axis=-1, output_type="int32")
    return ops.argmax(weights, axis=-1)


def _three_rows(features: Any) -> Any:
    """Each row joined to the rows above and below it, zeros outside: (batch, h, w, 3c)."""
    return ops.concatenate([diagonals.shift(features, (1,), by) for by in (-1, 0, 1)], axis=-1)


def _scores_of_rows(three_queries: Any, three_keys: Any, rows: Any) -> Any:
    """Products of 3x3 patches for some rows of queries: (batch, rows, w, h, w)."""
    height, width = ops.shape(three_keys)[1:3]
    channels = three_keys.shape[3]
    queries = ops.reshape(
        ops.take(three_queries, rows, axis=1), (-1, ops.shape(rows)[0] * width, channels)
    )
    keys = ops.transpose(ops.reshape(three_keys, (-1, height * width, channels)), (0, 2, 1))
    columns = ops.reshape(ops.matmul(queries, keys), (-1, ops.shape(rows)[0], width, height, width))
    return diagonals.sum_of_three(columns, (2, 4))


def _fuse_rows(scores: Any, rows: Any, height: Any) -> Any:
    """Score fusion of the middle rows: (batch, r, w, h, w) to (batch, w, r - 4, w, h).

    rows: (r,), their numbers in a picture of `height` rows; row 0 follows the last row.
    """
    _, count, width = ops.shape(scores)[:3]
    is_first, is_last = rows == 0, rows == height - 1

    # By rows. Scores before the picture's first position and after its last one are zero, and not
    # those of the rows that follow by wrapping.
    matrix = ops.reshape(scores, (-1, count * width, height * width))
    column = ops.arange(width)[None, :]
    no_before = ops.reshape(is_first[:, None] & (column == 0), (-1, 1))
    no_after = ops.reshape(is_last[:, None] & (column == width - 1), (-1, 1))
    matrix = (
        matrix
        + ops.where(no_before, 0.0, diagonals.shift(matrix, (1, 2), -1))
        + ops.where(no_after, 0.0, diagonals.shift(matrix, (1, 2), 1))
    )

    # By columns. The last row of one column precedes the first row of the next.
    by_rows = ops.reshape(matrix, (-1, count, width, height, width))
    turned = ops.transpose(by_rows, (0, 2, 1, 4, 3))
    turned = ops.reshape(turned, (-1, width, count, width * height))
    above, middle, below = (_drop_rows(turned, *drop) for drop in ((1, 3), (2, 2), (3, 1)))
    is_first, is_last = is_first[2:-2, None], is_last[2:-2, None]
    above = ops.where(is_first, diagonals.shift(above, (1,), -1), above)
    below = ops.where(is_last, diagonals.shift(below, (1,), 1), below)
    fused = middle + diagonals.shift(above, (3,), -1) + diagonals.shift(below, (3,), 1)
    return ops.reshape(fused, (-1, width, count - 4, width, height))


def _drop_rows(scores: Any, before: int, after: int) -> Any:
    """Drops the first and the last rows of queries, axis 2 of (batch, w, rows, ...)."""
    shape = list(ops.shape(scores))
    starts = [0] * len(shape)
    starts[2], shape[2] = before, shape[2] - before - after
    return ops.slice(scores, starts, shape)


def _paste_rows(attention: Any, copies: Any, dtype: str) -> Any:
    """Pastes rows of cells: `attention` (batch, w, rows + 1, w, h) to (batch, w + 1, rows, 4c).

    A cell is part of patches of its own row and of the row above.
    """
    above, own = _drop_rows(attention, 0, 1), _drop_rows(attention, 1, 0)
    weights = ops.pad(own, ((0, 0),) * 4 + ((0, 1),)) + ops.pad(above, ((0, 0),) * 4 + ((1, 0),))
    weights = diagonals.sum_of_two(weights, (1, 3))
    _, columns, rows = ops.shape(weights)[:3]
    weights = ops.reshape(weights, (-1, columns * rows, ops.shape(copies)[1]))
    copied = ops.matmul(ops.cast(weights, dtype), copies)
    return ops.reshape(copied, (-1, columns, rows, copies.shape[2]))


def _one_after_another(
    function: Callable[[Any], tuple[Any, Any]], count: Any, dtypes: Sequence[str]
) -> tuple[Any, Any]:
    """Stacks the results of function(0), ..., function(count - 1), run one after another."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # Keras' own map runs ten blocks side by side, and takes the memory of ten.
        return tf.map_fn(
            function, tf.range(count), parallel_iterations=1, fn_output_signature=dtypes
        )
    return ops.map(function, ops.arange(count))
