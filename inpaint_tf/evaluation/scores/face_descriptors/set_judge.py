"""The scores of faces as a set, from the pictures that a test has completed."""

import numpy as np
from tqdm import tqdm

from inpaint_tf.data import picture_files
from inpaint_tf.evaluation.scores import table
from inpaint_tf.evaluation.scores.face_descriptors.of_one_face import TIGHT, covered_face
from inpaint_tf.evaluation.scores.view import Judges, SetFeatures, View


class FaceSetJudge:
    """Judges sets by a `dlib_faces.DlibFaces`, which remembers what the test has seen of them.

    size: see `Pair.read`.
    """

    branch = "face_set"
    """Of summary.json, where its scores go."""

    def __init__(self, faces, size=None):
        self.judges = Judges(faces=faces)
        self.size = size

    def judge(self, name, pairs, results):
        """{score of `table.FACE_SET`: value} of completed pairs, or None without any face."""
        seen = FaceSet(self.judges)
        for pair in tqdm(pairs, desc=f"{name}: faces", unit="image"):
            truth, mask = pair.read(self.size)
            seen.add(picture_files.read_image(results.folder / pair.name), truth, mask)
        return seen.scores()


class FaceSet:
    """Collects tight descriptors of completed and true faces."""

    def __init__(self, judges):
        self.judges = judges
        self._completed, self._truth = [], []

    def add(self, completed, truth, mask):
        """One picture, see `View`; without a covered face it adds nothing."""
        face = covered_face(View(completed, truth, mask, judges=self.judges))
        if face:
            describe = self.judges.faces.descriptor
            self._completed.append(describe(completed, face, TIGHT))
            self._truth.append(describe(truth, face, TIGHT))

    def scores(self):
        """{score of `table.FACE_SET`: value}, or None without any face."""
        if not self._truth:
            return None
        features = SetFeatures(np.stack(self._completed), np.stack(self._truth))
        return table.of_set(table.FACE_SET, features)
