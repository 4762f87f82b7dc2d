"""Sums over neighbours along several axes together: the diagonals of a score matrix.

Shifts are slices by sizes and paddings, because the gradient of each is the other. The gradient of
an index expression assigns into zeros and takes ten times as long.
"""

from collections.abc import Sequence
from typing import Any

from keras import ops


def shift(scores: Any, axes: Sequence[int], by: int) -> Any:
    """result[.., i, ..] = scores[.., i + by, ..] for all `axes` together, zeros outside."""
    shape = ops.shape(scores)
    starts, sizes, padding = [0] * len(shape), list(shape), [(0, 0)] * len(shape)
    for axis in axes:
        starts[axis] = max(by, 0)
        sizes[axis] = shape[axis] - abs(by)
        padding[axis] = (max(-by, 0), max(by, 0))
    return ops.pad(ops.slice(scores, starts, sizes), padding)


def sum_of_three(scores: Any, axes: Sequence[int]) -> Any:
    """scores[i] + scores[i - 1] + scores[i + 1], where i counts along all `axes` together."""
    return scores + shift(scores, axes, -1) + shift(scores, axes, 1)


def sum_of_three_within(scores: Any, axes: tuple[int, int], margin: Any) -> Any:
    """`sum_of_three` of all but the first and the last `margin` entries of the first of two axes.

    The margin is at least 1: what lies beyond the axis counts nowhere.
    """
    axis, other = axes
    shape = ops.shape(scores)

    def neighbours(by: int) -> Any:
        starts, sizes, padding = [0] * len(shape), list(shape), [(0, 0)] * len(shape)
        starts[axis], sizes[axis] = margin + by, shape[axis] - 2 * margin
        starts[other], sizes[other] = max(by, 0), shape[other] - abs(by)
        padding[other] = (max(-by, 0), max(by, 0))
        return ops.pad(ops.slice(scores, starts, sizes), padding)

    return neighbours(0) + neighbours(-1) + neighbours(1)


def sum_of_two(scores: Any, axes: Sequence[int]) -> Any:
    """scores[i] + scores[i - 1], one entry longer along each of `axes`."""
    before, after = [(0, 0)] * len(scores.shape), [(0, 0)] * len(scores.shape)
    for axis in axes:
        before[axis], after[axis] = (1, 0), (0, 1)
    return ops.pad(scores, after) + ops.pad(scores, before)
