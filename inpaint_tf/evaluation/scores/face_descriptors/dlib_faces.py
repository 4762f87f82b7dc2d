"""dlib's faces: found by gradients' histograms, aligned by landmarks, described by 128 numbers.

King, "Dlib-ml", JMLR 2009; landmarks after Kazemi and Sullivan, CVPR 2014; the recogniser is dlib's
ResNet with 29 layers. The packages `dlib-bin` and `face_recognition_models` bring code and weights.
"""

import hashlib
import importlib
import importlib.util
import threading
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from inpaint_tf.errors import UserError

MODELS = "face_recognition_models"
LANDMARKS_FILE = "models/shape_predictor_68_face_landmarks.dat"
DESCRIPTOR_FILE = "models/dlib_face_recognition_resnet_model_v1.dat"

FOUND_AT = 512
"""Pixels of the longer side at which faces are looked for: the detector's time grows with the
area."""
ENLARGEMENTS = (0, 1)
"""How often a picture is doubled to find a face in it, tried in order. The detector's own smallest
face has 80 pixels."""
REMEMBERED = 20_000
"""Descriptors, of a kilobyte each; the oldest go first."""
CHIP_SIDE = 150
"""Pixels of the cut and turned face that the recogniser takes."""


class Face(NamedTuple):
    """A face of a picture.

    box: (left, top, width, height) within the picture.
    landmarks: float (68, 2), x and y in pixels, in the order of `masks.face_shapes`.
    rectangle, shape: the same as dlib's objects, the rectangle not cut at the picture's edge.
    """

    box: tuple[int, int, int, int]
    landmarks: np.ndarray
    rectangle: Any
    shape: Any


def check_installed() -> None:
    """Raise `UserError` where a package is missing; imports none of them."""
    missing = [
        package
        for package, module in (("dlib-bin", "dlib"), (MODELS, MODELS))
        if not _is_there(module)
    ]
    if missing:
        raise UserError(f"scores of recognition need packages: pip install {' '.join(missing)}")


def _is_there(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # marked in sys.modules as one that must not be imported
        return False


class DlibFaces:
    """Finds and describes faces; remembers what it has seen, so that no truth is seen twice.

    Raises `UserError` where a package is missing. May be called from several threads, which wait
    for each other: dlib's objects keep state.
    """

    def __init__(self) -> None:
        check_installed()
        self._dlib = importlib.import_module("dlib")
        # Not imported: that would need pkg_resources, which new versions of setuptools lack.
        spec = importlib.util.find_spec(MODELS)
        folder = Path(spec.origin).parent if spec and spec.origin else Path()
        self._detector = self._dlib.get_frontal_face_detector()
        self._predictor = self._dlib.shape_predictor(str(folder / LANDMARKS_FILE))
        self._network = self._dlib.face_recognition_model_v1(str(folder / DESCRIPTOR_FILE))
        self._lock = threading.Lock()
        self._faces: dict[bytes, Face | None] = {}
        self._descriptors: dict[bytes, np.ndarray] = {}

    def find(self, picture: np.ndarray) -> Face | None:
        """The largest face of an uint8 RGB picture (height, width, 3), or None."""
        key = _digest(picture)
        with self._lock:
            if key not in self._faces:
                _remember(self._faces, key, self._find(np.ascontiguousarray(picture)))
            return self._faces[key]

    def landmarks(self, picture: np.ndarray, face: Face) -> np.ndarray:
        """The landmarks of another picture of `face`, in the same rectangle: float (68, 2)."""
        with self._lock:
            return _points(self._predictor(np.ascontiguousarray(picture), face.rectangle))

    def descriptor(self, picture: np.ndarray, face: Face, padding: float) -> np.ndarray:
        """What the recogniser sees, float64 (128,): distances under 0.6 mean the same person.

        The picture is cut and turned by the landmarks of `face`, which may be another picture's.
        padding: share of the cut that is added around it; 0.25 is what the network was trained on,
          0 shows little but what lies between brows and chin.
        """
        with self._lock:
            picture = np.ascontiguousarray(picture)
            chip = self._dlib.get_face_chip(picture, face.shape, CHIP_SIDE, padding)
            key = _digest(chip)
            if key not in self._descriptors:
                seen = np.array(self._network.compute_face_descriptor(chip))
                _remember(self._descriptors, key, seen)
            return self._descriptors[key]

    def _find(self, picture):
        scale = min(1.0, FOUND_AT / max(picture.shape[:2]))
        looked_at = picture
        if scale < 1:
            looked_at = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for times in ENLARGEMENTS:
            found = self._detector(looked_at, times)
            if found:
                largest = max(found, key=lambda rectangle: rectangle.area())
                return self._described(picture, largest, scale)
        return None

    def _described(self, picture, found, scale):
        height, width = picture.shape[:2]
        ends = (found.left(), found.top(), found.right(), found.bottom())
        left, top, right, bottom = (round(end / scale) for end in ends)
        rectangle = self._dlib.rectangle(left, top, right, bottom)
        shape = self._predictor(picture, rectangle)
        left, top = max(left, 0), max(top, 0)
        box = left, top, min(right + 1, width) - left, min(bottom + 1, height) - top
        return Face(box, _points(shape), rectangle, shape)


def _points(shape):
    return np.array([(point.x, point.y) for point in shape.parts()], np.float64)


def _remember(memory, key, value):
    if len(memory) >= REMEMBERED:
        del memory[next(iter(memory))]
    memory[key] = value


def _digest(picture):
    header = str(picture.shape).encode()
    return hashlib.sha1(header + picture.tobytes(), usedforsecurity=False).digest()
