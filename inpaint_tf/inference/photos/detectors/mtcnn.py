"""MTCNN (Zhang et al., 2016) by the package of that name, whose weights come with it.

It needs TensorFlow, also where Keras runs on another engine.
"""

import importlib.util

import numpy as np


def is_installed() -> bool:
    """Whether the package and TensorFlow are there."""
    return all(importlib.util.find_spec(name) for name in ("mtcnn", "tensorflow"))


class Detector:
    """See `detectors`."""

    def __init__(self):
        from mtcnn import MTCNN

        self._mtcnn = MTCNN()

    def __call__(self, image: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, float]]:
        found = []
        for face in self._mtcnn.detect_faces(image):
            points = face["keypoints"]
            # The package calls left what is left in the photo.
            left, right = (np.array(points[f"{side}_eye"], float) for side in ("left", "right"))
            found.append((left, right, float(face["confidence"])))
        return found
