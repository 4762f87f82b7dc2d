"""Square windows of a photo, upright or turned: cut out with antialiasing and put back.

Positions are x and y in pixels; (0, 0) is the middle of the first pixel.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from inpaint_tf.data import picture_files

BORDER = cv2.BORDER_REFLECT_101
"""Beyond the photo's edge a window sees its mirror image, as the training pictures do."""


@dataclass(frozen=True)
class Window:
    """A square. x, y: its middle. side: whole pixels. angle: its rows against the photo's, radians.

    A window that is not turned lies on whole pixels: cut out and put back, they keep their values.
    """

    x: float
    y: float
    side: int
    angle: float = 0.0

    @classmethod
    def around(cls, x: float, y: float, side: float, angle: float = 0.0) -> "Window":
        """The window of about this middle and side; upright where the angle is 0."""
        whole = max(round(side), 1)
        if angle:
            return cls(float(x), float(y), whole, float(angle))
        half = (whole - 1) / 2
        return cls(round(x - half) + half, round(y - half) + half, whole)

    def corner(self) -> tuple[int, int]:
        """Column and row of the first pixel of a window that is not turned."""
        half = (self.side - 1) / 2
        return round(self.x - half), round(self.y - half)

    def matrix(self) -> np.ndarray:
        """(2, 3): from positions in the window to positions in the photo."""
        cos, sin, half = math.cos(self.angle), math.sin(self.angle), (self.side - 1) / 2
        return np.array(
            [
                [cos, -sin, self.x - half * (cos - sin)],
                [sin, cos, self.y - half * (sin + cos)],
            ]
        )

    def box(self, height: int, width: int) -> tuple[slice, slice]:
        """Rows and columns of the photo that the window touches."""
        half = (self.side - 1) / 2
        reach = half * (abs(math.cos(self.angle)) + abs(math.sin(self.angle)))
        rows = _clipped(self.y - reach, self.y + reach, height)
        return rows, _clipped(self.x - reach, self.x + reach, width)

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How far positions are from the middle, in half sides: at most 1 inside the window."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        across = (x - self.x) * cos + (y - self.y) * sin
        down = (y - self.y) * cos - (x - self.x) * sin
        return np.maximum(abs(across), abs(down)) / (self.side / 2)


def cut(image: np.ndarray, window: Window, nearest: bool = False) -> np.ndarray:
    """The window's pixels at the photo's own scale: (side, side, ...) like `image` (H, W, ...).

    nearest: take the nearest pixels where the window is turned, so that a mask keeps its values.
    """
    if window.angle:
        flags = cv2.INTER_NEAREST if nearest else cv2.INTER_CUBIC
        size = (window.side, window.side)
        flags |= cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(image, window.matrix(), size, flags=flags, borderMode=BORDER)
    left, top = window.corner()
    height, width = image.shape[:2]
    rows, columns = _mirrored(top, window.side, height), _mirrored(left, window.side, width)
    return image[rows[:, None], columns]


def put_back(patch: np.ndarray, window: Window, height: int, width: int) -> np.ndarray:
    """What `cut` gave, in the window's `box` of the photo: (rows, columns, ...).

    Pixels of the box outside a turned window repeat its edge.
    """
    rows, columns = window.box(height, width)
    if not window.angle:
        left, top = window.corner()
        return patch[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    matrix = window.matrix()
    matrix[:, 2] -= columns.start, rows.start
    size = (columns.stop - columns.start, rows.stop - rows.start)
    return cv2.warpAffine(
        patch, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def to_size(patch: np.ndarray, size: int) -> np.ndarray:
    """A patch (side, side, ...) at `size` x `size`: averaged over areas, or by cubics if larger."""
    return picture_files.resize(patch, size, size)


def _clipped(first, last, length):
    """The whole pixels from `first` to `last`, within 0 .. length - 1; at least one."""
    start = min(max(math.floor(first + 1e-6), 0), length - 1)
    return slice(start, max(min(math.ceil(last - 1e-6) + 1, length), start + 1))


def _mirrored(first, count, length):
    """Indices first .. first + count - 1, reflected at both ends of 0 .. length - 1."""
    period = max(2 * (length - 1), 1)
    index = np.arange(first, first + count) % period
    return np.minimum(index, period - index) if length > 1 else np.zeros(count, int)
