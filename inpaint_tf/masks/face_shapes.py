"""Holes with the shape of what covers faces: glasses, a surgical mask, half of the face.

A shape is drawn from the 68 landmarks of a face in the usual order (Sagonas et al., "300 Faces
in-the-Wild Challenge", ICCV 2013 workshops; the one of dlib): 0-16 the jaw from the picture's left
to its right, 17-26 the brows, 27-35 the nose, 36-47 the eyes, 48-67 the mouth. Left and right are
those of the picture. Lengths follow the distance between the eyes' middles.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from inpaint_tf.errors import UserError, unknown_name

MEAN_FACE = np.array(
    [
        *((0.250, 0.445), (0.254, 0.512), (0.262, 0.578), (0.273, 0.641), (0.293, 0.703)),
        *((0.332, 0.758), (0.379, 0.805), (0.434, 0.840), (0.496, 0.852), (0.559, 0.840)),
        *((0.617, 0.805), (0.668, 0.758), (0.707, 0.703), (0.727, 0.645), (0.738, 0.578)),
        *((0.746, 0.512), (0.750, 0.445)),
        *((0.289, 0.391), (0.320, 0.367), (0.363, 0.359), (0.410, 0.367), (0.449, 0.383)),
        *((0.539, 0.383), (0.582, 0.363), (0.629, 0.359), (0.672, 0.363), (0.703, 0.391)),
        *((0.496, 0.434), (0.496, 0.480), (0.496, 0.523), (0.496, 0.570)),
        *((0.445, 0.594), (0.469, 0.605), (0.496, 0.613), (0.520, 0.605), (0.543, 0.598)),
        *((0.344, 0.441), (0.371, 0.422), (0.402, 0.426)),
        *((0.430, 0.445), (0.398, 0.453), (0.367, 0.453)),
        *((0.562, 0.445), (0.590, 0.426), (0.625, 0.426)),
        *((0.652, 0.441), (0.625, 0.453), (0.594, 0.453)),
        *((0.395, 0.668), (0.430, 0.656), (0.469, 0.652), (0.496, 0.660), (0.523, 0.652)),
        *((0.562, 0.656), (0.598, 0.668)),
        *((0.562, 0.711), (0.527, 0.730), (0.496, 0.730), (0.465, 0.727), (0.430, 0.711)),
        *((0.410, 0.672), (0.469, 0.672), (0.496, 0.676), (0.523, 0.672), (0.582, 0.672)),
        *((0.523, 0.695), (0.496, 0.699), (0.469, 0.695)),
    ]
)
"""(68, 2): x and y of the landmarks as shares of the side of a square portrait.

Medians of 503 training faces that are framed like CelebA-HQ, found by dlib.
"""

_SUBPIXELS = 16  # of OpenCV's drawing: coordinates are multiples of 1/16 pixel


class _Frame(NamedTuple):
    """A face's own axes: from the middle between the eyes, in lengths of their distance."""

    origin: np.ndarray
    right: np.ndarray  # from the eye on the picture's left to the other one
    down: np.ndarray
    unit: float  # the distance, pixels

    def at(self, x, y):
        return self.origin + x * self.right + y * self.down


def draw(name: str, landmarks: np.ndarray, height: int, width: int) -> np.ndarray:
    """The hole `name` of `SHAPES` on a face, bool (height, width), True = hole.

    landmarks: float (68, 2), x and y in pixels. What lies outside the picture is cut off. Raises
    `ValueError` for landmarks of another shape, and for eyes that lie on one point; `UserError` for
    another name.
    """
    if name not in SHAPES:
        raise UserError(unknown_name(name, SHAPES, "shape of a hole"))
    landmarks = np.asarray(landmarks, "float64")
    if landmarks.shape != (68, 2):
        raise ValueError(f"`landmarks` must be (68, 2). Received: shape={landmarks.shape}")
    left, right = eyes(landmarks)
    unit = float(np.hypot(*(right - left)))
    if not unit > 0:
        raise ValueError(f"The eyes must lie apart. Received: both at {left}")
    across = right - left
    frame = _Frame((left + right) / 2, across, np.array([-across[1], across[0]]), unit)
    canvas = np.zeros((height, width), "uint8")
    SHAPES[name](canvas, landmarks, frame)
    return canvas > 0


def eyes(landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the eye on the picture's left and of the other one, each (2,), x and y."""
    return landmarks[36:42].mean(axis=0), landmarks[42:48].mean(axis=0)


def mean_face(left_eye: np.ndarray, right_eye: np.ndarray) -> np.ndarray:
    """`MEAN_FACE` moved, turned and scaled so that its eyes lie there: (68, 2) in pixels."""
    mean_left, mean_right = (complex(*eye) for eye in eyes(MEAN_FACE))
    left, right = complex(*left_eye), complex(*right_eye)
    turn = (right - left) / (mean_right - mean_left)
    points = left + turn * (MEAN_FACE @ [1, 1j] - mean_left)
    return np.stack([points.real, points.imag], axis=1)


def _fill(canvas, points):
    cv2.fillPoly(canvas, [_fixed(points)], 1, shift=_SUBPIXELS.bit_length() - 1)


def _line(canvas, points, thickness):
    shift = _SUBPIXELS.bit_length() - 1
    cv2.polylines(canvas, [_fixed(points)], False, 1, max(round(thickness), 1), shift=shift)


def _fixed(points):
    return np.round(np.asarray(points) * _SUBPIXELS).astype("int32")


def _hull(canvas, points, margin):
    """The convex hull of points, with a margin in pixels around it."""
    circle = margin * np.exp(2j * np.pi * np.arange(16) / 16)
    around = (points @ [1, 1j])[:, None] + circle
    around = np.stack([around.real, around.imag], axis=-1).reshape(-1, 2).astype("float32")
    _fill(canvas, cv2.convexHull(around)[:, 0])


def _ellipse(canvas, frame, centre, axes):
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) * axes
    _fill(canvas, centre + circle[:, :1] * frame.right + circle[:, 1:] * frame.down)


def _eyes(canvas, landmarks, frame):
    for eye in eyes(landmarks):
        _ellipse(canvas, frame, eye, (0.36, 0.22))


def _glasses(canvas, landmarks, frame):
    """Dark glasses: two lenses, the bridge, and the arms as far as the sides of the face."""
    left, right = eyes(landmarks)
    for eye, cheek in ((left, landmarks[0]), (right, landmarks[16])):
        _ellipse(canvas, frame, eye + 0.08 * frame.down, (0.46, 0.38))
        _line(canvas, [eye, cheek - 0.05 * frame.down], 0.14 * frame.unit)
    _line(canvas, [left, right], 0.16 * frame.unit)


def _nose(canvas, landmarks, frame):
    _hull(canvas, landmarks[27:36], 0.14 * frame.unit)


def _mouth(canvas, landmarks, frame):
    _hull(canvas, landmarks[48:60], 0.16 * frame.unit)


def _surgical_mask(canvas, landmarks, frame):
    """From the bridge of the nose over the cheeks to below the chin."""
    _hull(canvas, np.concatenate([landmarks[1:16], landmarks[28:29]]), 0.04 * frame.unit)


def _face_outline(landmarks, frame):
    """The jaw, and over it a forehead as high as the eyes' distance and a tenth."""
    angles = np.linspace(0, np.pi, 17)[1:-1]
    half_width = np.hypot(*(landmarks[16] - landmarks[0])) / 2 / frame.unit
    middle = (landmarks[0] + landmarks[16]) / 2
    x, y = half_width * np.cos(angles), -1.1 * np.sin(angles)
    forehead = middle + x[:, None] * frame.right + y[:, None] * frame.down
    return np.concatenate([landmarks[:17], forehead])


def _part(x, y):
    """A function that draws the part of the face on one side: x or y is -1, 1 or 0 (both)."""

    def paint(canvas, landmarks, frame):
        _fill(canvas, _face_outline(landmarks, frame))
        far, cut = 20.0, 0.28 if y else 0.0  # the lower half begins at half the nose
        kept = np.zeros_like(canvas)
        lowest, highest = (-far if x <= 0 else 0, far if x >= 0 else 0)
        top, bottom = (-far if y <= 0 else cut, far if y >= 0 else cut)
        corners = ((lowest, top), (highest, top), (highest, bottom), (lowest, bottom))
        _fill(kept, [frame.at(*corner) for corner in corners])
        canvas &= kept

    return paint


def _centre(canvas, landmarks, frame):
    """The box of half the side of a portrait, on the face as the training pictures frame it."""
    del landmarks
    middle = mean_face(frame.at(-0.5, 0), frame.at(0.5, 0))
    mean_left, mean_right = eyes(MEAN_FACE)
    turn = complex(*frame.right) / complex(*(mean_right - mean_left))
    corners = np.array([[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])
    points = complex(*middle[0]) + turn * ((corners - MEAN_FACE[0]) @ [1, 1j])
    _fill(canvas, np.stack([points.real, points.imag], axis=1))


SHAPES: dict[str, Callable] = {
    "eyes": _eyes,
    "glasses": _glasses,
    "nose": _nose,
    "mouth": _mouth,
    "mask": _surgical_mask,
    "left": _part(-1, 0),
    "right": _part(1, 0),
    "lower": _part(0, 1),
    "upper": _part(0, -1),
    "centre": _centre,
}
"""Every shape and the function (canvas, landmarks, frame) that paints it with ones."""
