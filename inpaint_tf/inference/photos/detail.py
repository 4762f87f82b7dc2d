"""Fine detail for a filling that a network made small: copied from where its attention looked.

A filling of 256 pixels enlarged to a face of 800 is soft beside a sharp photo. What is finer than
the network sees is the photo minus its small version enlarged: the residual. In the hole it is
copied from the known cells that contextual attention found most alike (after Yi et al., "Contextual
Residual Aggregation for Ultra High-Resolution Image Inpainting", CVPR 2020, section 3.2, who
average residuals by the attention's weights: an average of fine detail is blurred).
"""

import numpy as np

from inpaint_tf.data import picture_files


def residual(patch: np.ndarray, size: int) -> np.ndarray:
    """What of `patch` (side, side, 3) is lost at size x size pixels: float32 like it."""
    side = patch.shape[0]
    lowered = picture_files.resize(picture_files.resize(patch, size, size), side, side)
    return patch.astype(np.float32) - lowered.astype(np.float32)


def copied(residuals: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Residuals brought from each cell's best match to the cell.

    residuals: float32 (side, side, 3).
    offsets: int (cells, cells, 2), rows and columns from each cell to its best match.

    Patches of two cells' width overlap under a triangular window. Where neighbours copy from
    unrelated places their sum would lose contrast; it is divided by what it keeps of the variance.
    """
    side, cells = residuals.shape[0], offsets.shape[0]
    pixels = -(-side // cells)  # of a cell
    pixels += pixels % 2
    grid = picture_files.resize(residuals, cells * pixels, cells * pixels)
    rows = np.arange(cells * pixels)
    # The two cells whose patches cover a row: the nearer middles before and after it.
    place = (rows + 0.5) / pixels - 0.5
    first = np.floor(place).astype(int)
    after = (place - first).astype(np.float32)
    patches = []
    for down in (0, 1):
        for right in (0, 1):
            cell_rows = np.clip(first + down, 0, cells - 1)[:, None]
            cell_columns = np.clip(first + right, 0, cells - 1)[None]
            offset = offsets[cell_rows, cell_columns]
            weight = (after if down else 1 - after)[:, None] * (after if right else 1 - after)
            patches.append((offset, weight))
    total = np.zeros_like(grid)
    kept = np.zeros(grid.shape[:2], np.float32)
    for offset, weight in patches:
        source_rows = _mirrored(rows[:, None] + offset[..., 0] * pixels, len(rows))
        source_columns = _mirrored(rows[None] + offset[..., 1] * pixels, len(rows))
        total += weight[..., None] * grid[source_rows, source_columns]
        for other, other_weight in patches:
            kept += weight * other_weight * (offset == other).all(axis=-1)
    total /= np.sqrt(np.maximum(kept, 1e-6))[..., None]
    return picture_files.resize(total, side, side)


def _mirrored(index, length):
    """A patch may reach over the edge by half a cell."""
    index = np.abs(index)
    return np.where(index < length, index, 2 * (length - 1) - index)
