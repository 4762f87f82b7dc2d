"""Where faces stand in the pictures that a network was trained on."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from inpaint_tf.inference.photos import detectors
from inpaint_tf.inference.photos.faces import find_faces
from inpaint_tf.inference.photos.windows import Window

TILT = math.radians(10)
"""Faces that lean more are turned upright for the network."""


LEAST_FACES = 8
"""Of which a framing is measured."""
LEAST_SIDE = 64
"""Of pictures in which faces are looked for, pixels."""


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


def measured(
    pictures: Iterable[np.ndarray], detector: str = detectors.AUTO, least: int = LEAST_FACES
) -> Framing | None:
    """The medians of where the surest face of each picture has its eyes.

    pictures: square, uint8 RGB (size, size, 3). detector: see `faces.find_faces`.
    least: faces that must be found. None where fewer are, or where they are not of one framing:
      half of them must have their eyes within a tenth of the side of the median, at a distance
      within a quarter of it.
    """
    found = []
    for picture in pictures:
        side = len(picture)
        faces = find_faces(picture, detector) if side >= LEAST_SIDE else []
        if faces:
            middle = (np.add(faces[0].left_eye, faces[0].right_eye) / 2 + 0.5) / side
            found.append((*middle, faces[0].eye_distance / side))
    if len(found) < least:
        return None
    framings = np.array(found)
    median = np.median(framings, axis=0)
    aside = np.hypot(*(framings - median)[:, :2].T) > 0.1
    other_size = np.abs(framings[:, 2] / median[2] - 1) > 0.25
    if np.mean(aside | other_size) > 0.5:
        return None
    return Framing(*(round(float(value), 3) for value in median))
