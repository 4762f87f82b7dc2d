"""OpenCV's Haar cascade for faces from the front, which comes with OpenCV (Viola and Jones, 2001).

It tells a box and not where the eyes are. They are put where a portrait framed around such a box
has them, so a face that leans is not turned upright.
"""

import cv2
import numpy as np

from inpaint_tf.masks import face_shapes

CASCADE = "haarcascade_frontalface_default.xml"
BOX = np.array([0.500, 0.505, 0.620])
"""Middle and side of its boxes as shares of a square portrait: medians of 20 faces."""


def is_installed() -> bool:
    """OpenCV is always there."""
    return True


class Detector:
    """See `detectors`."""

    def __init__(self):
        self._cascade = cv2.CascadeClassifier(cv2.data.haarcascades + CASCADE)

    def __call__(self, image: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, float]]:
        grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
        boxes, _, weights = self._cascade.detectMultiScale3(
            grey, scaleFactor=1.1, minNeighbors=4, outputRejectLevels=True
        )
        return [
            (*_eyes(*map(float, box)), float(weight))
            for box, weight in zip(boxes, np.ravel(weights), strict=True)
        ]


def _eyes(left, top, width, height):
    side = (width + height) / 2 / BOX[2]
    corner = np.array([left + width / 2, top + height / 2]) - BOX[:2] * side
    return [corner + eye * side for eye in face_shapes.eyes(face_shapes.MEAN_FACE)]
