"""Named holes on the faces of a photo: glasses, a surgical mask, half of the face."""

import threading

import numpy as np
from absl import logging

from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos import detectors
from inpaint_tf.inference.photos.faces import Face, find_faces
from inpaint_tf.masks import face_shapes

NAMED = 5
"""Pictures named in the log where the mean face stands for the one that was not found."""
_one_at_a_time = threading.Lock()  # a detector may be a network with a state of its own


def on_faces(
    name: str,
    image: np.ndarray,
    detector: str = detectors.AUTO,
    portrait: str = "",
    faces: list[Face] | None = None,
) -> np.ndarray:
    """The hole `name` of `face_shapes.SHAPES` on a photo's faces: uint8 (height, width), 1 = hole.

    image: uint8 RGB (height, width, 3).
    portrait: the picture's name, if it shows one face framed as in training: then the surest face
      alone counts, and in a square picture without one the mean face, which the log tells.
    faces: the photo's, the surest first; None: they are looked for.
    Raises `UserError` where no face is found, for another name, and for a detector that is missing.
    """
    if faces is None:
        logging.log_first_n(
            logging.INFO, "holes lie on the faces that %s finds", 1, detectors.choose(detector)
        )
        with _one_at_a_time:
            faces = find_faces(image, detector)
    found = [face.landmarks for face in faces]
    height, width = image.shape[:2]
    if portrait and not found and height == width:
        logging.log_first_n(
            logging.WARNING, "%s: no face found, the hole lies on the mean face", NAMED, portrait
        )
        found = [face_shapes.MEAN_FACE * height]
    if not found:
        raise UserError(f"no face found in it, and {name!r} is drawn on faces; give a mask picture")
    landmarks = found[:1] if portrait else found
    drawn = [face_shapes.draw(name, face, height, width) for face in landmarks]
    return np.any(drawn, axis=0).astype(np.uint8)
