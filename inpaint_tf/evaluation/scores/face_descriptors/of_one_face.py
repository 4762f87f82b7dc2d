"""How far a completed face is from the true one, for a recogniser. Scores of a `View`.

Each is NaN without a recogniser, where it finds no face in the truth, and where the hole covers
none of that face. Landmarks of the truth align both pictures.
"""

import math

import numpy as np

from inpaint_tf.evaluation.scores.recognition import touches
from inpaint_tf.evaluation.scores.view import View
from inpaint_tf.masks import face_shapes

PADDING = 0.25
"""Of the cut that the recogniser was trained on."""
TIGHT = 0.0
"""Of the cut in which the hole, not the known hair and background, has most of the area."""
SAME_PERSON = 0.6
"""Descriptors nearer than this are of one person, as dlib's author chose it."""


def distance(view: View) -> float:
    """Between the descriptors with `PADDING`: 0 is the same, strangers lie about 0.85 apart."""
    return _distance(view, PADDING)


def tight_distance(view: View) -> float:
    """The same with padding `TIGHT`."""
    return _distance(view, TIGHT)


def same_person(view: View) -> float:
    """1 where `distance` lies under `SAME_PERSON`, 0 where not."""
    apart = view.once(distance)
    return apart if math.isnan(apart) else float(apart < SAME_PERSON)


def landmarks(view: View) -> float:
    """Mean distance of the 68 landmarks from the truth's, as a share of that of the two eyes."""
    face = view.once(covered_face)
    if face is None:
        return math.nan
    found = view.judges.faces.landmarks(view.image, face)
    left, right = face_shapes.eyes(face.landmarks)
    eyes = np.linalg.norm(right - left)
    moved = np.linalg.norm(found - face.landmarks, axis=1).mean()
    return float(moved / eyes) if eyes else math.nan


def covered_face(view: View):
    """The truth's face, a `dlib_faces.Face`, or None where the hole covers none of one."""
    if view.judges.faces is None:
        return None
    face = view.judges.faces.find(view.truth)
    return face if face and touches(view.mask, face.box) else None


def _distance(view, padding):
    face = view.once(covered_face)
    if face is None:
        return math.nan
    seen = [view.judges.faces.descriptor(x, face, padding) for x in (view.image, view.truth)]
    return float(np.linalg.norm(seen[0] - seen[1]))
