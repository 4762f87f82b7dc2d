"""Fine detail for a filling that a network made small: copied from where its attention looked.

A filling of 256 pixels enlarged to a face of 800 is soft beside a sharp photo. What is finer than
the network sees is the photo minus its small version enlarged: the residual. In the hole it is
copied from the known cells that contextual attention found most alike (after Yi et al., "Contextual
Residual Aggregation for Ultra High-Resolution Image Inpainting", CVPR 2020, section 3.2, who
average residuals by the attention's weights: an average of fine detail is blurred).
"""

import numpy as np

from inpaint_tf.data import picture_files


def detail(patch: np.ndarray, hole: np.ndarray, size: int, offsets: np.ndarray) -> np.ndarray:
    """What to add to a filling of size x size pixels, enlarged: float32 (pixels of the hole, 3).

    patch: uint8 (side, side, 3), a smooth filling in its hole. hole: bool (side, side).
    offsets: int (cells, cells, 2), rows and columns from each cell to its best match, see
      `networks.layers.contextual_attention`.
    """
    side, cells = patch.shape[0], offsets.shape[0]
    residual = patch.astype(np.float32) - _lowered(patch, size)
    patches = _patches(np.argwhere(hole), side / cells, offsets)
    total, kept = np.float32(0), np.float32(0)
    for offset, weight in patches:
        source = _mirrored(np.argwhere(hole) + offset * side // cells, side)
        total = total + weight[:, None] * residual[source[:, 0], source[:, 1]]
        for other, other_weight in patches:
            kept = kept + weight * other_weight * (offset == other).all(axis=1)
    # Where neighbours copy from unrelated places, their mean has lost contrast: it is given back.
    return total / np.sqrt(kept)[:, None]


def _lowered(patch, size):
    side = patch.shape[0]
    return picture_files.resize(picture_files.resize(patch, size, size), side, side)


def _patches(positions, pixels, offsets):
    """The four cells around each position, rows and columns: [(offset, weight)].

    Patches of two cells' width, `pixels` a cell, overlap under a triangular window: the weights of
    a position add up to 1.
    """
    place = (positions + 0.5) / pixels - 0.5  # in cells, from the middle of the first
    first = np.floor(place).astype(int)
    after = (place - first).astype(np.float32)
    share = (1 - after, after)
    last = offsets.shape[0] - 1
    return [
        (
            offsets[np.clip(first[:, 0] + down, 0, last), np.clip(first[:, 1] + right, 0, last)],
            share[down][:, 0] * share[right][:, 1],
        )
        for down in (0, 1)
        for right in (0, 1)
    ]


def _mirrored(index, length):
    """Half a patch may reach over the edge."""
    index = np.abs(index)
    return np.where(index < length, index, 2 * (length - 1) - index)
