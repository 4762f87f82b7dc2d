"""Validation pictures for TensorBoard: one sheet of faces for each kind of picture."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.inference.error_map import ERROR_RANGE, error_map

VIEWS = {
    "truth": "The pictures as they are.",
    "hole": "What the generator sees: the pictures with their holes covered.",
    "coarse": "The coarse network's picture, the refinement's input.",
    "refined": "The generator's picture, known pixels included.",
    "completed": "The result: the generator's picture in the hole, known pixels elsewhere.",
    "error": f"Mean absolute difference of result and truth: black none, yellow {ERROR_RANGE} grey "
    "levels or more.",
    "attention": "Where the filling is copied from. Hue: the direction, as in the wheel; bright: "
    "from far away; black: from the place itself.",
}
"""The kinds of pictures in the order in which they are made."""
CONSTANT = ("truth", "hole")
"""The same at each validation: drawn once a start."""

COLUMNS = 3
LEAST_SIDE = 224
"""Pixels: smaller pictures are enlarged, so that a face can be seen."""
GAP, WHITE = 4, 255
WHEEL = 88
"""Pixels of the colour wheel's side."""


class Sheet(NamedTuple):
    """tag: in TensorBoard. picture: uint8 (height, width, 3) RGB. description: shown with it."""

    tag: str
    picture: np.ndarray
    description: str


def sheets(rows: Sequence[dict[str, np.ndarray]], holes: str, constant: bool) -> Iterator[Sheet]:
    """Yield a sheet for each kind of picture that the rows have.

    rows: a dict of uint8 (height, width, 3) for each face, by names in `VIEWS` (but error).
    holes: the kind of hole. constant: whether to draw those of `CONSTANT` too.
    """
    rows = [{**row, "error": error_map(row["completed"], row["truth"])} for row in rows]
    for number, (view, description) in enumerate(VIEWS.items(), start=1):
        if view not in rows[0] or (view in CONSTANT and not constant):
            continue
        picture = lay_out([row[view] for row in rows])
        if view == "attention":
            picture = with_legend(picture)
        tag = f"7_pictures_{holes}/{number}_{view}"
        yield Sheet(tag, picture, f"{description} Holes of kind {holes}.")


def lay_out(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Equally large pictures (height, width, 3) in rows of `COLUMNS`, white between and after."""
    height, width = pictures[0].shape[:2]
    factor = max(1, -(-LEAST_SIDE // min(height, width)))
    large = [picture_files.resize(p, factor * height, factor * width) for p in pictures]
    columns = min(COLUMNS, len(large))
    blank = np.full_like(large[0], WHITE)
    large += [blank] * (-len(large) % columns)
    rows = [_join(large[i : i + columns], axis=1) for i in range(0, len(large), columns)]
    return _join(rows, axis=0)


def with_legend(picture: np.ndarray) -> np.ndarray:
    """A sheet of attention with the meaning of its colours below."""
    strip = np.full((WHEEL + 2 * GAP, max(picture.shape[1], WHEEL + 2 * GAP), 3), WHITE, np.uint8)
    strip[GAP : GAP + WHEEL, GAP : GAP + WHEEL] = colour_wheel(WHEEL)
    for line, text in enumerate(
        ("copied from that direction", "bright: from far, black: from here")
    ):
        place = (WHEEL + 4 * GAP, WHEEL // 2 + 24 * line)
        cv2.putText(strip, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    return _join([picture, strip[:, : picture.shape[1]]], axis=0)


def colour_wheel(side: int) -> np.ndarray:
    """The colours of `attention_colours` by direction, on white: uint8 (side, side, 3)."""
    down, right = np.mgrid[0:side, 0:side] - (side - 1) / 2
    colours = _direction_colours(down, right, np.hypot(down, right) / (side / 2) / 2)
    return np.where((np.hypot(down, right) < side / 2)[..., None], colours, np.uint8(WHITE))


def attention_colours(offsets: np.ndarray, height: int, width: int) -> np.ndarray:
    """Where each position copies from, as colours: (rows, columns, 2) to (height, width, 3).

    offsets: int, how many rows and columns away the best background patch lies
    (`contextual_attention`). Hue is the direction, brightness the distance; black: copies itself.
    """
    down, right = offsets[..., 0].astype("float64"), offsets[..., 1].astype("float64")
    distance = np.hypot(down, right) / np.hypot(*offsets.shape[:2])
    colours = _direction_colours(down, right, distance)
    return cv2.resize(colours, (width, height), interpolation=cv2.INTER_NEAREST)


def _direction_colours(down, right, distance):
    """Hue by direction, brightness by distance: full from a distance of 0.5 on."""
    hue = (np.arctan2(down, right) / (2 * np.pi)) % 1.0 * 179
    hsv = np.stack([hue, np.full_like(hue, 255), np.minimum(distance * 2, 1.0) * 255], axis=-1)
    return cv2.cvtColor(hsv.round().astype("uint8"), cv2.COLOR_HSV2RGB)


def _join(pictures, axis):
    shape = list(pictures[0].shape)
    shape[axis] = GAP
    gap = np.full(shape, WHITE, "uint8")
    parts = [part for picture in pictures for part in (picture, gap)][:-1]
    return np.concatenate(parts, axis=axis)
