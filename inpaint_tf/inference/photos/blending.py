"""Making the seam between a filling and its surroundings vanish. Only pixels of the hole change."""

import cv2
import numpy as np

from inpaint_tf.data import picture_files

LEVELS_LEAST = 4  # pixels of the coarsest grid of `membrane`


def membrane(difference: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Smoothly goes on, where nothing is known, with values that are known: Laplace's equation.

    difference: float32 (height, width, channels). known: bool (height, width).
    Coarse grids first; each then is relaxed a little.
    """
    height, width = known.shape
    values = np.where(known[..., None], difference, 0).astype(np.float32)
    if min(height, width) > LEVELS_LEAST:
        size = (-(-height // 2), -(-width // 2))
        share = picture_files.resize(known.astype(np.float32), *size)
        coarse = picture_files.resize(values, *size) / np.maximum(share, 1e-6)[..., None]
        coarse = membrane(coarse, share > 0)
        guess = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
        guess = guess.reshape(values.shape)
    else:
        guess = np.broadcast_to(values[known].mean(axis=0), values.shape) if known.any() else values
    values = np.where(known[..., None], values, guess)
    kernel = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4
    for _ in range(8):
        around = cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REPLICATE)
        values = np.where(known[..., None], values, around.reshape(values.shape))
    return values
