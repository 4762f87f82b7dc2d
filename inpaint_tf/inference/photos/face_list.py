"""Files in which a user says where faces are.

JSON: {"a.jpg": [{"left_eye": [x, y], "right_eye": [x, y]}, {"box": [left, top, width, height]}]}.
CSV: a row for each face, under the names image, left_eye_x, left_eye_y, right_eye_x, right_eye_y,
or image, left, top, width, height. Pixels of the upright photo; a box reaches from the brows to the
chin and from cheek to cheek, and left is left in the photo.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos.faces import Face
from inpaint_tf.masks import face_shapes

EYES = ("left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y")
BOX = ("left", "top", "width", "height")


def read_faces(path: str | Path) -> dict[str, list[Face]]:
    """{name of the photo: its faces}. Raises `UserError` for a file of another form."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = _json_rows(text) if path.suffix.lower() == ".json" else _csv_rows(text)
        faces: dict[str, list[Face]] = {}
        for name, numbers in rows:
            faces.setdefault(name, []).extend(_face(numbers))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} lists no faces ({error!r}); give JSON or CSV as --help of the command shows"
        ) from None
    return faces


def face_in_box(left: float, top: float, width: float, height: float) -> Face:
    """The upright face in a box around brows, cheeks and chin."""
    least, most = face_shapes.MEAN_FACE.min(axis=0), face_shapes.MEAN_FACE.max(axis=0)
    side = (width + height) / sum(most - least)
    middle = np.array([left + width / 2, top + height / 2])
    eyes = [
        middle + (eye - (least + most) / 2) * side
        for eye in face_shapes.eyes(face_shapes.MEAN_FACE)
    ]
    return Face(*eyes)


def _json_rows(text):
    for name, faces in json.loads(text).items():
        yield name, None
        for face in faces:
            if "box" in face:
                yield name, face["box"]
            else:
                yield name, (face["left_eye"], face["right_eye"])


def _csv_rows(text):
    for row in csv.DictReader(text.splitlines()):
        columns = EYES if EYES[0] in row else BOX
        numbers = [float(row[column]) for column in columns]
        yield row["image"], (numbers[:2], numbers[2:]) if columns == EYES else numbers


def _face(numbers: Any) -> list[Face]:
    """No face for None: a photo that is listed without one."""
    if numbers is None:
        return []
    if len(numbers) == 4:
        return [face_in_box(*map(float, numbers))]
    left, right = (np.array(eye, float) for eye in numbers)
    if left.shape != (2,) or right.shape != (2,) or not left[0] < right[0]:
        raise ValueError("eyes are x and y, the one on the left first")
    return [Face(left, right)]
