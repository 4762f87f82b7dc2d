"""The holes of a photo: grouped where they are near each other, and filled for a first look."""

import cv2
import numpy as np

from inpaint_tf.data import picture_files

NEAR = 0.03
"""Holes nearer than this share of the photo's longer side are one."""
LOOK = 640
"""Longest side, in pixels, at which holes are grouped and filled for a first look."""


def groups(hole: np.ndarray) -> list[np.ndarray]:
    """The holes of a photo, near ones together: bool arrays like `hole` (height, width), bool."""
    height, width = hole.shape
    small = _shrunk(hole)
    reach = max(round(NEAR * max(small.shape) / 2), 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    count, labels = cv2.connectedComponents(cv2.dilate(small, disc))
    if count == 2:
        return [hole]
    labels = picture_files.resize(labels.astype(np.float32), height, width, nearest=True)
    found = [hole & (labels == label) for label in range(1, count)]
    return [one for one in found if one.any()]


def first_fill(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The photo with its holes filled smoothly, for detectors and for resizing: uint8 like `image`.

    What lies under the hole is not looked at. The filling is computed at `LOOK` pixels (Telea 2004,
    by OpenCV) and enlarged.
    """
    if not hole.any():
        return image
    small_hole = _shrunk(hole)
    known = np.where(hole[..., None], np.uint8(0), image)
    share = picture_files.resize((~hole).astype(np.float32), *small_hole.shape)
    small = picture_files.resize(known, *small_hole.shape).astype(np.float32)
    small = np.clip(small / np.maximum(share, 1e-3)[..., None], 0, 255).astype(np.uint8)
    filled = cv2.inpaint(small, small_hole, 3, cv2.INPAINT_TELEA)
    filled = picture_files.resize(filled, *hole.shape)
    return np.where(hole[..., None], filled, image)


def _shrunk(hole):
    """(rows, columns) uint8, at most `LOOK` pixels long: 1 where any pixel of the hole is."""
    height, width = hole.shape
    scale = min(1.0, LOOK / max(height, width))
    size = max(round(height * scale), 1), max(round(width * scale), 1)
    return (picture_files.resize(hole.astype(np.float32), *size) > 0).astype(np.uint8)
