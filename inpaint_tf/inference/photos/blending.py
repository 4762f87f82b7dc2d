"""A filling without a seam: what it lacks at the hole's edge is given to it, fading inwards.

The gradients of the filling stay as they are as far as the edge allows: this is the membrane form
of Pérez, Gangnet and Blake, "Poisson Image Editing", SIGGRAPH 2003, section 2.
"""

import cv2
import numpy as np

from inpaint_tf.data import picture_files

COARSEST = 4  # pixels of the smaller side
MARGIN = 8  # known pixels around the hole
SWEEPS = 8
"""Relaxations at each scale: twice as many change no picture by a grey level on average."""
_NEIGHBOURS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4


def without_seam(filling: np.ndarray, known: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The filling, changed in the hole so that it meets the known pixels: float32 like it.

    filling: float32 (height, width, channels), everywhere. known: the true pixels, uint8, of which
    those in the hole are not looked at. hole: bool (height, width).
    """
    if hole.all() or not hole.any():
        return filling
    left, top, width, height = cv2.boundingRect(hole.astype(np.uint8))
    # Only the edge matters: what lies farther away is not computed.
    box = (
        slice(max(top - MARGIN, 0), top + height + MARGIN),
        slice(max(left - MARGIN, 0), left + width + MARGIN),
    )
    difference = known[box].astype(np.float32) - filling[box]
    blended = filling.copy()
    blended[box] += membrane(difference, ~hole[box])
    return blended


def blended(filling: np.ndarray, known: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The known picture with the filling in its hole, without a seam: uint8 like both.

    filling, known: uint8 (height, width, channels). hole: bool (height, width).
    """
    seamless = without_seam(filling.astype(np.float32), known, hole)
    return np.where(hole[..., None], np.clip(np.rint(seamless), 0, 255).astype(np.uint8), known)


def membrane(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Goes on smoothly where values are not known: solves Laplace's equation there, roughly.

    values: float32 (height, width, channels). known: bool (height, width), somewhere True.
    Coarse grids first; each finer one starts from the coarser one's solution.
    """
    height, width = known.shape
    values = np.where(known[..., None], values, np.float32(0))
    if min(height, width) > COARSEST:
        half = (-(-height // 2), -(-width // 2))
        share = picture_files.resize(known.astype(np.float32), *half)
        coarse = picture_files.resize(values, *half) / np.maximum(share, 1e-6)[..., None]
        guess = _enlarged(membrane(coarse, share > 0), width, height)
    else:
        guess = np.broadcast_to(values[known].mean(axis=0), values.shape)
    values = np.where(known[..., None], values, guess)
    for _ in range(SWEEPS):
        mean = cv2.filter2D(values, -1, _NEIGHBOURS, borderType=cv2.BORDER_REPLICATE)
        values = np.where(known[..., None], values, mean.reshape(values.shape))
    return values


def _enlarged(values, width, height):
    enlarged = cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR)
    return enlarged.reshape(height, width, values.shape[2])
