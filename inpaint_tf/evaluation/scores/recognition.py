"""Whether a completed face is still found, and still the same person, by OpenCV's recognisers.

The cascades of Viola and Jones come with OpenCV. They are made for upright faces seen from the
front; a picture in whose truth they find nothing says nothing and is left out.
"""

import math
import threading

import cv2
import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores.view import View

SCALE_STEP = 1.1
NEIGHBOURS = 5
LOOKED_AT = 160
"""Pixels of the longer side at which faces, and eyes in a face, are looked for: the cascades take
time for every size that a large picture could hold."""
SMALLEST_FACE = 1 / 4
"""Of the picture's shorter side."""
SMALLEST_EYE, LARGEST_EYE = 1 / 8, 1 / 2
"""Of the face's width."""
EYE_BAND = 0.6
"""Upper part of a face in which eyes are looked for."""
SAME_FACE = 0.5
"""Least intersection over union of a face and the one found again."""
SAME_EYE = 0.5
"""Greatest distance between the centres, in widths of the eye."""
FACE_SIDE = 112
"""Pixels of the picture that SFace takes."""

_of_this_thread = threading.local()


def face_found(view: View) -> float:
    """1 where the covered face is found again, 0 where not."""
    return view.once(_found_again)[0]


def eyes_found(view: View) -> float:
    """Share of the covered eyes that are found again."""
    return view.once(_found_again)[1]


def identity(view: View) -> float:
    """Similarity of the covered face to the truth's; NaN without a recogniser."""
    recogniser, face = view.judges.recogniser, view.once(_face_of_truth)
    if not recogniser or not touches(view.mask, face):
        return math.nan
    return recogniser.similarity(view.truth, view.image, face)


def _face_of_truth(view):
    return find_face(view.truth)


def _found_again(view):
    return found_again(view.truth, view.image, view.mask, view.once(_face_of_truth))


def find_face(image):
    """(left, top, width, height) of the largest face of uint8 RGB pictures, or None."""
    faces = _detect("haarcascade_frontalface_default.xml", image, SMALLEST_FACE, 1.0)
    return max(faces, key=lambda face: face[2] * face[3], default=None)


def find_eyes(image, face):
    """(left, top, width, height) of each eye in the upper part of `face`."""
    left, top, width, height = face
    part = image[top : top + round(height * EYE_BAND), left : left + width]
    eyes = _detect("haarcascade_eye.xml", part, SMALLEST_EYE / EYE_BAND, LARGEST_EYE / EYE_BAND)
    return [(left + x, top + y, w, h) for x, y, w, h in eyes]


def touches(mask, face):
    """Whether a hole covers some of a face's box; False without a face."""
    return face is not None and bool(_cut(mask, face).any())


def found_again(truth, completed, mask, face):
    """(face, eyes): 1 or 0, and the share of the covered eyes, that are found in `completed`.

    truth, completed: (height, width, 3) uint8 RGB; mask: (height, width), non-zero is hole.
    face: `find_face(truth)`. NaN where the hole covers none of what the truth shows.
    """
    if not touches(mask, face):
        return math.nan, math.nan
    again = find_face(completed)
    same_face = again is not None and _overlap(face, again) >= SAME_FACE
    covered = [eye for eye in find_eyes(truth, face) if _covers(mask, eye)]
    if not covered:
        return float(same_face), math.nan
    eyes = find_eyes(completed, face)
    return float(same_face), float(np.mean([_is_among(eye, eyes) for eye in covered]))


class Recogniser:
    """Compares faces by OpenCV's SFace (Zhong et al. 2021), from a model file of the user.

    path: an ONNX file of `cv2.FaceRecognizerSF`, such as face_recognition_sface_2021dec.onnx.
    Raises `UserError` for a file that OpenCV cannot load.
    """

    def __init__(self, path):
        self.path = str(path)
        self._of_this_thread = threading.local()
        self._network()

    def similarity(self, truth, completed, face):
        """Cosine of the two faces' features, -1 to 1; NaN where the truth shows no face.

        Both pictures are cut at the truth's face and not turned: the cascade finds upright faces.
        """
        if face is None:
            return math.nan
        features = [self.features(_cut(image, face)) for image in (truth, completed)]
        norms = np.linalg.norm(features[0]) * np.linalg.norm(features[1])
        return float(np.vdot(*features) / norms) if norms else math.nan

    def features(self, picture):
        """Features (128,) of an uint8 RGB picture of a face."""
        bgr = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR)
        bgr = cv2.resize(bgr, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
        return self._network().feature(bgr).ravel().astype(np.float64)

    def _network(self):
        # OpenCV's networks are not safe to share between threads.
        if not hasattr(self._of_this_thread, "network"):
            try:
                self._of_this_thread.network = cv2.FaceRecognizerSF.create(self.path, "")
            except cv2.error:
                raise UserError(
                    f"--recogniser={self.path} is no model that OpenCV's FaceRecognizerSF loads; "
                    "give its SFace ONNX file"
                ) from None
        return self._of_this_thread.network


def _detect(cascade, image, smallest, largest):
    """Boxes in an RGB picture; smallest and largest side as shares of its shorter side."""
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    scale = min(1.0, LOOKED_AT / max(grey.shape))
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    least, most = (max(1, round(min(grey.shape) * share)) for share in (smallest, largest))
    found = _cascade(cascade).detectMultiScale(
        grey, SCALE_STEP, NEIGHBOURS, minSize=(least, least), maxSize=(most, most)
    )
    return [tuple(round(value / scale) for value in box) for box in found]


def _cascade(name):
    """Cascades keep state while they look: one for each thread."""
    if not hasattr(_of_this_thread, "cascades"):
        _of_this_thread.cascades = {}
    if name not in _of_this_thread.cascades:
        _of_this_thread.cascades[name] = cv2.CascadeClassifier(cv2.data.haarcascades + name)
    return _of_this_thread.cascades[name]


def _cut(array, box):
    left, top, width, height = box
    return array[top : top + height, left : left + width]


def _overlap(a, b):
    """Intersection over union of two boxes."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    return common / (a[2] * a[3] + b[2] * b[3] - common)


def _centre(box):
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def _covers(mask, box):
    """Whether the box's centre is hole."""
    x, y = _centre(box)
    return mask[int(y), int(x)] != 0


def _is_among(eye, found):
    x, y = _centre(eye)
    return any(
        math.hypot(x - other_x, y - other_y) <= SAME_EYE * eye[2]
        for other_x, other_y in map(_centre, found)
    )
