"""The scores by which training validates: of each composite in turn, then of all together."""

import math
from typing import Any

import numpy as np

from inpaint_tf.evaluation.scores import fill_quality, psnr_and_ssim
from inpaint_tf.evaluation.scores.face_descriptors import of_one_face
from inpaint_tf.evaluation.scores.face_descriptors.set_judge import FaceSet
from inpaint_tf.evaluation.scores.view import Judges, View

MEANS = ("val_psnr", "val_ssim", "val_l1", "val_hole_psnr", "val_hole_ssim", "val_hole_l1")
SCORES = (*MEANS, "val_hole_robust_sharpness", "val_hole_specks")
"""dB, SSIM and L1 in grey levels, of the whole picture and of the hole; the truth's sharpness is 1;
share of holes with specks."""
FACE_SCORES = ("val_descriptor_distance", "val_landmarks", "val_told_apart", "val_spread")
"""Those of `face_descriptors`, where a recogniser is given."""


class Tally:
    """Scores composites one by one. faces: a `dlib_faces.DlibFaces`, for `FACE_SCORES`, or None."""

    def __init__(self, faces: Any = None):
        self._judges = Judges(faces=faces)
        self._means: list[list[float]] = []
        self._fills: list[tuple[float, float, float]] = []
        self._faces: list[tuple[float, float]] = []
        self._face_set = FaceSet(self._judges)

    def add(self, truth: np.ndarray, completed: np.ndarray, hole: np.ndarray) -> None:
        """truth, completed: (height, width, 3) uint8 RGB; hole: (height, width), True = hole."""
        self._means.append(
            [
                score(truth, completed, mask)
                for mask in (None, hole)
                for score in (psnr_and_ssim.psnr, psnr_and_ssim.ssim, psnr_and_ssim.l1)
            ]
        )
        view = View(completed, truth, hole, judges=self._judges)
        of_truth = fill_quality.clipped_step(truth, truth, hole)
        self._fills.append((fill_quality.clipped(view), of_truth, fill_quality.specks(view)))
        if self._judges.faces is not None:
            self._faces.append((of_one_face.distance(view), of_one_face.landmarks(view)))
            self._face_set.add(completed, truth, hole)

    def scores(self) -> dict[str, float]:
        """Means over the pictures, by the names of `SCORES`, and of `FACE_SCORES` those that could
        be measured. Sharpness is a ratio of means, as in a test."""
        found = dict(zip(MEANS, np.mean(self._means, axis=0).tolist(), strict=True))
        steps, true_steps, specks = np.mean(self._fills, axis=0).tolist()
        found["val_hole_robust_sharpness"] = steps / true_steps if true_steps else math.nan
        found["val_hole_specks"] = specks
        return found | self._face_scores()

    def _face_scores(self):
        of_set = self._face_set.scores()
        if of_set is None:
            return {}
        apart, moved = np.nanmean(self._faces, axis=0).tolist()
        values = (apart, moved, of_set["told_apart"], of_set["spread"])
        pairs = zip(FACE_SCORES, values, strict=True)
        return {name: value for name, value in pairs if value is not None}
