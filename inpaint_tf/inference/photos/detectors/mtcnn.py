"""MTCNN (Zhang et al., 2016) by the package of that name, whose weights come with it.

It is made of Keras layers but calls TensorFlow too: it runs where Keras runs on TensorFlow.
"""

import importlib.util

import numpy as np

from inpaint_tf.engines import runtime

THRESHOLDS = {f"threshold_{stage}": 0.5 for stage in ("pnet", "rnet", "onet")}
"""Lower than the package's 0.6, 0.7 and 0.8, which miss every fifth face under a mask. They find
seven false faces in a hundred photos instead of three: one matters only where it meets a hole."""


def is_installed() -> bool:
    """Whether the package is there, and Keras runs on TensorFlow."""
    if importlib.util.find_spec("mtcnn") is None:
        return False
    runtime.load_engine()
    return runtime.engine_name() == "TensorFlow"


class Detector:
    """See `detectors`."""

    def __init__(self):
        from mtcnn import MTCNN

        with runtime.layers_in("float32"):  # NumPy, which it goes on with, has no bfloat16
            self._mtcnn = MTCNN()

    def __call__(self, image: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, float]]:
        found = []
        for face in self._mtcnn.detect_faces(image, **THRESHOLDS):
            points = face["keypoints"]
            # What the package calls left is left in the photo.
            left, right = (np.array(points[f"{side}_eye"], float) for side in ("left", "right"))
            if (left != right).any():
                found.append((left, right, float(face["confidence"])))
        return found
