"""Pictures as grids of 2x2 pixels that are shifted by one pixel, and back.

With stride 2 and a border of one pixel, a 4x4 patch is exactly four cells. And a cell is what a
convolution computes from one place of a picture of half the size.
"""

from typing import Any

from keras import ops


def from_pixels(pixels: Any) -> Any:
    """(batch, 2h, 2w, c) to (batch, h+1, w+1, 4c), with a border of zeros one pixel wide.

    A cell holds (2 rows x 2 columns) x c values.
    """
    channels = pixels.shape[3]
    height, width = ops.shape(pixels)[1] // 2, ops.shape(pixels)[2] // 2
    padded = ops.pad(pixels, ((0, 0), (1, 1), (1, 1), (0, 0)))
    split = ops.reshape(padded, (-1, height + 1, 2, width + 1, 2, channels))
    return ops.reshape(
        ops.transpose(split, (0, 1, 3, 2, 4, 5)), (-1, height + 1, width + 1, 4 * channels)
    )


def to_pixels(cells: Any) -> Any:
    """(batch, h+1, w+1, 4c) to (batch, 2h, 2w, c), without the border: undoes `from_pixels`."""
    channels = cells.shape[3] // 4
    height, width = ops.shape(cells)[1:3]
    split = ops.reshape(cells, (-1, height, width, 2, 2, channels))
    padded = ops.reshape(
        ops.transpose(split, (0, 1, 3, 2, 4, 5)), (-1, 2 * height, 2 * width, channels)
    )
    # A slice by sizes: its gradient is a padding; that of an index expression assigns slowly.
    return ops.slice(
        padded, (0, 1, 1, 0), (ops.shape(cells)[0], 2 * height - 2, 2 * width - 2, channels)
    )
