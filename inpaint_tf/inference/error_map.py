"""Where a completed picture differs from the truth, as colours."""

import cv2
import numpy as np

ERROR_RANGE = 64
"""Grey levels; this difference and more are yellow."""


def error_map(image, truth):
    """Mean absolute difference of the channels as colours: black for none, yellow for 64 or more.

    (height, width, 3) uint8 twice to (height, width, 3) uint8 RGB.
    """
    difference = np.abs(image.astype(np.float32) - truth.astype(np.float32)).mean(axis=2)
    levels = np.clip(difference * (255 / ERROR_RANGE), 0, 255).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
