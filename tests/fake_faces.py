"""Stands for `DlibFaces` in tests: quick, and its answers are known."""

import numpy as np

from inpaint_tf.evaluation.scores.face_descriptors.dlib_faces import Face
from inpaint_tf.masks import face_shapes


class FakeFaces:
    """Finds the mean face in the middle of every square picture that is not black.

    Its landmarks are moved right by a hundredth of the picture's mean level. Its descriptor is that
    hundredth for each colour, twice as much with padding.
    """

    def find(self, picture):
        if not picture.any():
            return None
        side = len(picture)
        box = (side // 4, side // 4, side // 2, side // 2)
        return Face(box, side * face_shapes.MEAN_FACE, None, None)

    def landmarks(self, picture, face):
        return face.landmarks + np.array([picture.mean() / 100, 0])

    def descriptor(self, picture, face, padding):
        return picture.mean(axis=(0, 1)) * (2 if padding else 1) / 100
