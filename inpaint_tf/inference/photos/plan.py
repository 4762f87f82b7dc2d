"""Which pixels of the holes are completed in which window."""

from typing import NamedTuple

import cv2
import numpy as np

from inpaint_tf.inference.photos import holes
from inpaint_tf.inference.photos.faces import Face
from inpaint_tf.inference.photos.framing import Framing
from inpaint_tf.inference.photos.windows import Window

AROUND = 2.0
"""Side of a window without a face, in longer sides of its hole: the holes of training are half."""


class Job(NamedTuple):
    """A window, and the pixels to take from it: bool (height, width) of the photo.

    window: None for pixels that a classic method fills, see `is_thin`.
    """

    window: Window | None
    area: np.ndarray


def plan(hole: np.ndarray, faces: list[Face], framing: Framing, size: int) -> list[Job]:
    """Jobs whose areas make up the hole, bool (height, width), each pixel in one of them.

    Pixels in the windows of faces go to the face whose window's middle is nearest, in sides of the
    window. What is left is grouped, and each group gets a window around itself, of at least `size`
    pixels, or none where it is thin.
    """
    windows = [framing.window(face.left_eye, face.right_eye) for face in faces]
    rows, columns = np.nonzero(hole)
    distances = np.full((len(windows) + 1, len(rows)), np.inf, np.float32)
    distances[-1] = 1  # farther than this is outside
    for window, distance in zip(windows, distances, strict=False):
        distance[:] = window.distance(columns, rows)
    nearest = distances.argmin(axis=0)
    jobs = []
    for index, window in enumerate(windows):
        area = np.zeros_like(hole)
        chosen = nearest == index
        area[rows[chosen], columns[chosen]] = True
        if chosen.any():
            jobs.append(Job(window, area))
    rest = hole.copy()
    for job in jobs:
        rest &= ~job.area
    for area in holes.groups(rest) if rest.any() else ():
        jobs.append(Job(None if is_thin(area, size) else window_around(area, size), area))
    return jobs


def window_around(area: np.ndarray, size: int) -> Window:
    """The window around a hole, bool (height, width), that no face is known for."""
    left, top, width, height = cv2.boundingRect(area.astype(np.uint8))
    side = max(AROUND * max(width, height), size)
    return Window.around(left + (width - 1) / 2, top + (height - 1) / 2, side)


def is_thin(area: np.ndarray, size: int) -> bool:
    """Whether every pixel of a hole, bool (height, width), is near to known ones."""
    left, top, width, height = cv2.boundingRect(area.astype(np.uint8))
    box = area[top : top + height, left : left + width].astype(np.uint8)
    depth = cv2.distanceTransform(np.pad(box, 1), cv2.DIST_L2, 3)
    return bool(depth.max() <= size / 64)
