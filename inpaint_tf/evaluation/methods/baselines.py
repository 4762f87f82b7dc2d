"""Methods without learning, by name, as baselines for the scores.

A new one is a file with a function and a line in `BASELINES`.
"""

import pkgutil

import cv2
import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.methods.opencv_fills import RADIUS

BASELINES = {
    "telea": "inpaint_tf.evaluation.methods.opencv_fills:telea",
    "ns": "inpaint_tf.evaluation.methods.opencv_fills:navier_stokes",
    "mean": "inpaint_tf.evaluation.methods.opencv_fills:mean_fill",
    "covered": "inpaint_tf.evaluation.methods.opencv_fills:covered",
    "biharmonic": "inpaint_tf.evaluation.methods.biharmonic:biharmonic",
}
"""The function of each: a picture (height, width, 3) uint8 RGB, black in the hole, and a mask
(height, width) uint8 with 1 = hole, to the filled picture. A module whose packages are missing
raises `UserError` when it is imported."""


class BaselineMethod:
    """One of `BASELINES`, by its name. Raises `UserError` for another name."""

    batched = False
    fill_level = 128

    def __init__(self, baseline: str):
        if baseline not in BASELINES:
            raise UserError(f"--baseline={baseline} is none of {', '.join(BASELINES)}")
        self.baseline = self.name = self.place = baseline
        self._fill = pkgutil.resolve_name(BASELINES[baseline])

    @property
    def settings(self):
        return {"baseline": self.baseline, "radius": RADIUS, "opencv": cv2.__version__}

    def source(self, pair):
        del pair

    def complete(self, pairs, images, masks):
        del pairs
        filled = []
        for image, mask in zip(images, masks, strict=True):
            # The hole is blanked first: no method can peep at the truth.
            known = np.where(mask[..., None] == 1, np.uint8(0), image)
            filled.append(keep_known(self._fill(known, mask), image, mask))
        return filled, filled


def keep_known(picture: np.ndarray, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """`picture` in the hole, `image` elsewhere; uint8 (height, width, 3) twice."""
    return np.where(mask[..., None] == 1, picture, image)
