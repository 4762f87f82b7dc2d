"""Pictures of what the networks do, for people to look at; NumPy uint8 RGB."""

import cv2
import numpy as np

GAP = 4  # pixels of white between pictures
GAP_LEVEL = 255


def attention_colours(offsets, height, width):
    """Where each position copies from, as colours: (rows, columns, 2) to (height, width, 3).

    offsets: int, how many rows and columns away the best background patch lies
    (`contextual_attention`). Hue is the direction, brightness the distance; black: copies itself.
    """
    down, right = offsets[..., 0].astype("float64"), offsets[..., 1].astype("float64")
    distance = np.hypot(down, right) / np.hypot(*offsets.shape[:2])
    hue = (np.arctan2(down, right) / (2 * np.pi)) % 1.0 * 179
    hsv = np.stack([hue, np.full_like(hue, 255), np.minimum(distance * 2, 1.0) * 255], axis=-1)
    colours = cv2.cvtColor(hsv.round().astype("uint8"), cv2.COLOR_HSV2RGB)
    return cv2.resize(colours, (width, height), interpolation=cv2.INTER_NEAREST)


def grid(rows):
    """Lay equally large pictures out: a list of rows, each a list of (h, w, 3), to one picture."""
    return _join([_join(row, axis=1) for row in rows], axis=0)


def _join(pictures, axis):
    shape = list(pictures[0].shape)
    shape[axis] = GAP
    gap = np.full(shape, GAP_LEVEL, "uint8")
    parts = [part for picture in pictures for part in (picture, gap)][:-1]
    return np.concatenate(parts, axis=axis)
