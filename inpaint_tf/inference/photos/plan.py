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
    rows, columns, nearest = _nearest(hole, windows)
    jobs, rest = [], np.zeros_like(hole)
    rest[rows[nearest < 0], columns[nearest < 0]] = True
    for index in np.unique(nearest[nearest >= 0]):
        area = np.zeros_like(hole)
        area[rows[nearest == index], columns[nearest == index]] = True
        jobs.append(Job(windows[index], area))
    for area in holes.groups(rest) if rest.any() else ():
        jobs.append(Job(None if is_thin(area, size) else window_around(area, size), area))
    return jobs


def covers(hole: np.ndarray, faces: list[Face], framing: Framing) -> bool:
    """Whether the windows of the faces hold all of the hole, bool (height, width)."""
    windows = [framing.window(face.left_eye, face.right_eye) for face in faces]
    return bool((_nearest(hole, windows)[2] >= 0).all())


def _nearest(hole, windows):
    """Rows and columns of the hole's pixels, and the index of each one's window, -1 for none."""
    rows, columns = np.nonzero(hole)
    nearest = np.full(len(rows), -1)
    least = np.ones(len(rows), np.float32)  # farther than this is outside
    for index, window in enumerate(windows):
        distance = window.distance(columns, rows)
        closer = distance < least
        nearest[closer], least[closer] = index, distance[closer]
    return rows, columns, nearest


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
