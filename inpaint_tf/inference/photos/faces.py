"""Faces in a photo: where their eyes are, found by a detector or listed by the user."""

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.errors import look_up
from inpaint_tf.inference.photos import detectors
from inpaint_tf.masks import face_shapes

LONGEST_SIDE = 640
"""Pixels to which larger photos are reduced for detection: faces of a fifteenth of it are found."""

_one_at_a_time = threading.Lock()
"""Several threads read pictures: neither loading a detector nor OpenCV's cascades bear that."""


@dataclass(frozen=True)
class Face:
    """A face in a photo, in its pixels.

    left_eye, right_eye: x and y of the eyes' middles, (2,); left and right as in the photo.
    score: how sure the detector is; comparable within one detector only.
    """

    left_eye: np.ndarray
    right_eye: np.ndarray
    score: float = 1.0
    landmarks: np.ndarray = field(init=False)
    """(68, 2), x and y: `face_shapes.MEAN_FACE`, its eyes brought to the face's."""

    def __post_init__(self):
        landmarks = face_shapes.mean_face(self.left_eye, self.right_eye)
        object.__setattr__(self, "landmarks", landmarks)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the box around brows, cheeks and chin."""
        left, top = np.floor(self.landmarks.min(axis=0)).astype(int)
        right, bottom = np.ceil(self.landmarks.max(axis=0)).astype(int)
        return int(left), int(top), int(right - left), int(bottom - top)

    @property
    def eye_distance(self) -> float:
        """Pixels between the eyes' middles."""
        return float(np.hypot(*np.subtract(self.right_eye, self.left_eye)))


def find_faces(image: np.ndarray, detector: str = detectors.AUTO) -> list[Face]:
    """The faces in a photo, the surest first.

    image: uint8 (height, width, 3) RGB of any size.
    detector: a name in `detectors.DETECTORS`, or "auto": the best that is installed.
    Raises `UserError` for another name, and for a detector that is not installed.
    """
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    small = picture_files.resize(image, max(round(height * scale), 1), max(round(width * scale), 1))
    with _one_at_a_time:
        found = _detector(detectors.choose(detector))(small)
    ratio = np.array([width / small.shape[1], height / small.shape[0]])
    faces = [
        Face((left + 0.5) * ratio - 0.5, (right + 0.5) * ratio - 0.5, score)
        for left, right, score in found
    ]
    return sorted(faces, key=lambda face: -face.score)


def find_covered_faces(
    filled: np.ndarray, hole: np.ndarray, detector: str, is_enough: Callable[[list[Face]], bool]
) -> list[Face]:
    """The faces in a photo with holes: detectors see some of them only with the hole one colour.

    filled: the photo, its hole, bool (height, width), filled smoothly. detector: as in
    `find_faces`. is_enough: tells of the faces found so far whether to look no further.
    """
    faces = find_faces(filled, detector)
    if is_enough(faces):
        return faces
    covered = np.where(hole[..., None], np.uint8(127), filled)
    return faces + [
        face
        for face in find_faces(covered, detector)
        if all(_far_apart(face, other) for other in faces)
    ]


def _far_apart(face, other):
    between = np.add(face.left_eye, face.right_eye) - np.add(other.left_eye, other.right_eye)
    return np.hypot(*between) / 2 > max(face.eye_distance, other.eye_distance)


@functools.cache
def _detector(name):
    """A detector loads its weights once."""
    return look_up(detectors.DETECTORS, name, "face detector")()
