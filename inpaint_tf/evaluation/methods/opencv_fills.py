"""Classic ways to fill a hole, without learning, that need OpenCV and NumPy only.

Each takes a picture (height, width, 3) uint8 RGB whose hole is not looked at, and a mask
(height, width) uint8 with 1 = hole, and returns the filled picture.
"""

import cv2
import numpy as np

RADIUS = 3
"""Pixels around each point that OpenCV's methods look at: the usual choice."""


def telea(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fast marching (Telea 2004), by OpenCV."""
    return cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_TELEA)


def navier_stokes(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fluid dynamics (Bertalmio, Bertozzi and Sapiro 2001), by OpenCV."""
    return cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_NS)


def covered(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Mid-grey: no filling, but what a network sees, for scores of what the hole takes away."""
    return np.where(mask[..., None] == 1, np.uint8(128), image)


def mean_fill(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mean colour of the known pixels."""
    colour = np.rint(image[mask == 0].mean(axis=0)).astype(np.uint8)
    return np.where(mask[..., None] == 1, colour, image)
