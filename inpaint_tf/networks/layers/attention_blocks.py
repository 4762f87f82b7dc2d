"""Contextual attention in blocks of rows, for feature maps whose score matrix is too large.

The score matrix grows with the square of the number of pixels: at 2048x2048 it has 4.3 G entries.
Computed for a few output rows at a time, it fits any given memory. Each step of the computation
looks at rows next to its own, so a block takes over the last rows of every step from the block
before it, and computes only new ones. The fusion also ties the first row of a column to the last
row of the column before. These two rows are computed first, and stand in for the rows above and
below the picture.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf.networks.layers import diagonals, pixel_cells
from inpaint_tf.networks.layers.attention_memory import EXTRA_ROWS, LEAST_ROWS


class Held(NamedTuple):
    """The last rows that a block has computed of each step, for the block after it."""

    scores: Any
    """(batch, 2, w, h, w): the last one, and the one before it."""
    by_rows: Any
    """(batch, w, 2, w, h): fused along rows; the last one is that before the last of `scores`."""
    attention: Any
    """(batch, w, 1, w, h): the last one is that before the last of `by_rows`."""


LAG = 2
"""Rows that attention is behind the scores."""


def logits(scores: Any, valid: Any, scale: float, excluded: bool) -> Any:
    """What the softmax takes; excluded: patches that are not valid get no weight in it."""
    weighted = scores * (scale * valid)
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
    batch, height, width = ops.shape(queries)[:3]
    count = (height + rows) // rows  # (height + 1) / rows, rounded up
    left_out = 0
    if wanted is not None:
        left_out = wanted[0] // rows
        count = (wanted[1] + rows - 1) // rows - left_out
    steps = _Steps(queries, keys, valid, lengths, softmax_scale, fuse, excluded)
    copies = ops.transpose(pixel_cells.from_pixels(ops.cast(background, dtype)), (0, 2, 1, 3))
    copies = ops.reshape(copies, (-1, (width + 1) * (height + 1), copies.shape[3]))

    def block(held: Held, index: Any) -> tuple[Held, tuple[Any, Any]]:
        held, attention = steps.advance(held, (left_out + index) * rows + LAG, rows)
        new = ops.reshape(_drop(attention, 2, 1, 0), (-1, width, rows, width * height))
        # Floats, exact up to 2**24: oneDNN prints warnings about transposed integers.
        return held, (
            _paste_rows(attention, copies, dtype),
            ops.cast(first_largest(new), "float32"),
        )

    held = steps.before(left_out * rows + LAG)
    copied, best = _one_after_another(block, held, count, (dtype, "float32"))
    copied = ops.transpose(copied, (1, 0, 3, 2, 4))  # (batch, blocks, rows, w + 1, 4c)
    copied = ops.reshape(copied, (-1, count * rows, width + 1, copies.shape[2]))
    best = ops.reshape(ops.transpose(best, (1, 0, 3, 2)), (-1, count * rows, width))
    if wanted is not None:
        copied, best = (_after_zeros(each, left_out * rows, height + 1) for each in (copied, best))
    copied = ops.slice(copied, (0, 0, 0, 0), (batch, height + 1, width + 1, copies.shape[2]))
    return copied, ops.cast(ops.slice(best, (0, 0, 0), (batch, height, width)), "int32")


class _Steps:
    """Scores, their fusion and the softmax, for the rows of a block. Arguments: as above."""

    def __init__(
        self,
        queries: Any,
        keys: Any,
        valid: Any,
        lengths: Any,
        softmax_scale: float,
        fuse: bool,
        excluded: bool,
    ):
        self.batch, self.height, self.width = ops.shape(queries)[:3]
        self.three_queries, self.three_keys = _three_rows(queries), _three_rows(keys)
        self.valid, self.lengths = valid, lengths
        self.softmax_scale, self.fuse, self.excluded = softmax_scale, fuse, excluded
        self.edges = _edges(self.scores, self.height) if fuse else ()

    def before(self, first: Any) -> Held:
        """What the block whose scores begin at the row `first` takes over."""
        batch, height, width = self.batch, self.height, self.width
        nothing = Held(
            ops.zeros((batch, 2, width, height, width)),
            ops.zeros((batch, width, 2, width, height)),
            ops.zeros((batch, width, 1, width, height)),
        )
        # Rows that depend on `nothing` are not among the last ones.
        return self.advance(nothing, first - EXTRA_ROWS, EXTRA_ROWS)[0]

    def advance(self, held: Held, first: Any, more: Any) -> tuple[Held, Any]:
        """Scores of `more` rows from `first` on: attention of as many, and of one before them."""
        scores = ops.concatenate([held.scores, self.scores(first + ops.arange(more))], axis=1)
        by_rows = held.by_rows
        if self.fuse:
            new = _fuse_along_rows(scores)
            new = _beyond(new, first - 1 + ops.arange(more), self.height, *self.edges)
            by_rows = ops.concatenate([by_rows, new], axis=2)
            fused = _fuse_along_columns(by_rows)
            by_rows = _drop(by_rows, 2, more, 0)
        else:
            fused = ops.transpose(_drop(scores, 1, 0, 2), (0, 2, 1, 4, 3))
        attention = self.attention(fused, first - LAG + ops.arange(more))
        attention = ops.concatenate([held.attention, attention], axis=2)
        held = Held(_drop(scores, 1, more, 0), by_rows, _drop(attention, 2, more, 0))
        return held, attention

    def scores(self, numbers: Any) -> Any:
        """(batch, r, w, h, w): of rows by their numbers, zeros for rows outside the picture."""
        exists = ops.cast((numbers >= 0) & (numbers < self.height), "float32")
        queries = ops.take(self.three_queries, ops.clip(numbers, 0, self.height - 1), axis=1)
        return _scores_of_rows(queries * exists[:, None, None], self.three_keys) * self.lengths

    def attention(self, fused: Any, numbers: Any) -> Any:
        """Weights of rows by their numbers: both (batch, w, r, w, h)."""
        exists = ops.cast((numbers >= 0) & (numbers < self.height), "float32")
        logs = logits(fused, self.valid, self.softmax_scale, self.excluded)
        positions = ops.reshape(logs, (*ops.shape(logs)[:3], self.width * self.height))
        attention = ops.reshape(ops.softmax(positions, axis=-1), ops.shape(logs))
        return attention * (self.valid * exists[:, None, None])


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


def _scores_of_rows(three_queries: Any, three_keys: Any) -> Any:
    """Products of 3x3 patches: (batch, r, w, 3c) and (batch, h, w, 3c) to (batch, r, w, h, w)."""
    height, width = ops.shape(three_keys)[1:3]
    channels = three_keys.shape[3]
    count = ops.shape(three_queries)[1]
    queries = ops.reshape(three_queries, (-1, count * width, channels))
    keys = ops.transpose(ops.reshape(three_keys, (-1, height * width, channels)), (0, 2, 1))
    columns = ops.reshape(ops.matmul(queries, keys), (-1, count, width, height, width))
    return diagonals.sum_of_three(columns, (2, 4))


def _edges(scores_of: Callable[[Any], Any], height: Any) -> tuple[Any, Any]:
    """What is fused along columns above the first row, and below the last: (batch, w, 1, w, h).

    The last row of one column precedes the first row of the next.
    """
    around = ops.arange(-1, 2)
    last, first = (
        _fuse_along_rows(scores_of(row + around)) for row in (height - 1, ops.zeros((), "int32"))
    )
    return diagonals.shift(last, (1,), -1), diagonals.shift(first, (1,), 1)


def _beyond(scores: Any, numbers: Any, height: Any, above: Any, below: Any) -> Any:
    """`scores` (batch, w, r, w, h) with other rows where their numbers are outside the picture."""
    outside = (numbers < 0) | (numbers >= height)
    edge = ops.where(numbers[0] < 0, above, below)
    return ops.where(outside[:, None, None], edge, scores)


def _fuse_along_rows(scores: Any) -> Any:
    """Score fusion, first part, of the middle rows: (batch, r, w, h, w) to (batch, w, r - 2, w, h).

    Row follows upon row, in the picture and in the background.
    """
    _, count, width, height = ops.shape(scores)[:4]
    matrix = ops.reshape(scores, (-1, count * width, height * width))
    fused = diagonals.sum_of_three_within(matrix, (1, 2), width)
    fused = ops.reshape(fused, (-1, count - 2, width, height, width))
    return ops.transpose(fused, (0, 2, 1, 4, 3))


def _fuse_along_columns(scores: Any) -> Any:
    """Score fusion, second part: (batch, w, r + 2, w, h) to the middle (batch, w, r, w, h)."""
    _, width, count, _, height = ops.shape(scores)
    matrix = ops.reshape(scores, (-1, width, count, width * height))
    fused = diagonals.sum_of_three_within(matrix, (2, 3), 1)
    return ops.reshape(fused, (-1, width, count - 2, width, height))


def _drop(scores: Any, axis: int, before: Any, after: Any) -> Any:
    """Drops the first and the last rows of queries."""
    shape = list(ops.shape(scores))
    starts = [0] * len(shape)
    starts[axis], shape[axis] = before, shape[axis] - before - after
    return ops.slice(scores, starts, shape)


def _paste_rows(attention: Any, copies: Any, dtype: str) -> Any:
    """Pastes rows of cells: `attention` (batch, w, rows + 1, w, h) to (batch, w + 1, rows, 4c).

    A cell is part of patches of its own row and of the row above.
    """
    above, own = _drop(attention, 2, 0, 1), _drop(attention, 2, 1, 0)
    weights = ops.pad(own, ((0, 0),) * 4 + ((0, 1),)) + ops.pad(above, ((0, 0),) * 4 + ((1, 0),))
    weights = diagonals.sum_of_two(weights, (1, 3))
    _, columns, rows = ops.shape(weights)[:3]
    weights = ops.reshape(weights, (-1, columns * rows, ops.shape(copies)[1]))
    copied = ops.matmul(ops.cast(weights, dtype), copies)
    return ops.reshape(copied, (-1, columns, rows, copies.shape[2]))


def _one_after_another(
    function: Callable[[Held, Any], tuple[Held, tuple[Any, Any]]],
    held: Held,
    count: Any,
    dtypes: Sequence[str],
) -> tuple[Any, ...]:
    """Stacks the results of function(held, 0), ..., each with what the one before it held."""
    if keras.backend.backend() != "tensorflow":
        return ops.scan(function, held, ops.arange(count))[1]
    import tensorflow as tf

    arrays = [tf.TensorArray(dtype, count) for dtype in dtypes]

    def step(index, held, arrays):
        after, results = function(held, index)
        after = Held(
            *(tf.ensure_shape(new, old.shape) for new, old in zip(after, held, strict=True))
        )
        written = [a.write(index, result) for a, result in zip(arrays, results, strict=True)]
        return index + 1, after, written

    # Keras' own scan runs ten blocks side by side where it can, and takes the memory of ten.
    _, _, arrays = tf.while_loop(
        lambda index, *_: index < count, step, (0, held, arrays), parallel_iterations=1
    )
    return tuple(array.stack() for array in arrays)
