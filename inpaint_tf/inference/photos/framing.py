"""Where faces stand in the pictures that a network was trained on."""

import math
from typing import NamedTuple

import numpy as np

from inpaint_tf.inference.photos.windows import Window

TILT = math.radians(10)
"""Faces that lean more are turned upright for the network."""


class Framing(NamedTuple):
    """Of square training pictures, as shares of their side.

    eyes_x, eyes_y: the middle between the eyes. eye_distance: from the middle of one to the other.
    The values are medians of 120 training faces of the package's weights, framed like CelebA-HQ.
    """

    eyes_x: float = 0.497
    eyes_y: float = 0.439
    eye_distance: float = 0.223

    def window(self, left_eye: np.ndarray, right_eye: np.ndarray) -> Window:
        """The window of a photo in which a face stands as in the training pictures.

        left_eye, right_eye: x and y in pixels of the eyes' middles, left in the photo first.
        """
        across = np.subtract(right_eye, left_eye)
        side = math.hypot(*across) / self.eye_distance
        angle = math.atan2(across[1], across[0])
        if abs(angle) <= TILT:
            angle = 0.0
        # From the eyes to the window's middle, in the window's own axes.
        x, y = (0.5 - self.eyes_x) * side, (0.5 - self.eyes_y) * side
        eyes = np.add(left_eye, right_eye) / 2
        cos, sin = math.cos(angle), math.sin(angle)
        return Window.around(eyes[0] + x * cos - y * sin, eyes[1] + x * sin + y * cos, side, angle)
