"""A photo completed: its holes in windows, at the photo's own size."""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from inpaint_tf.inference.photos import blending, detail, grain, holes, windows
from inpaint_tf.inference.photos.detectors import AUTO
from inpaint_tf.inference.photos.faces import Face, find_covered_faces
from inpaint_tf.inference.photos.framing import Framing
from inpaint_tf.inference.photos.plan import covers, plan
from inpaint_tf.inference.photos.windows import Window

Network = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray | None]]
"""(pictures (batch, size, size, 3), holes (batch, size, size), both uint8) to (raw pictures, and
offsets (batch, rows, columns, 2) or None), see `completion.complete_with_offsets`."""

RADIUS = 3
"""Pixels that Telea's method looks at around each point."""


class Options(NamedTuple):
    """How a photo is completed.

    detail: copy fine detail and grain into the filling. blend: take the seam away.
    detector: of faces, see `faces.find_faces`.
    """

    detail: bool = True
    blend: bool = True
    detector: str = AUTO


DEFAULTS = Options()


def complete_photo(
    image: np.ndarray,
    hole: np.ndarray,
    network: Network,
    *,
    size: int,
    framing: Framing,
    faces: list[Face] | None = None,
    options: Options = DEFAULTS,
) -> np.ndarray:
    """The photo with its holes filled: uint8 like `image`; known pixels keep their bytes.

    image: uint8 (height, width, 3) RGB of any size. hole: bool (height, width), True = hole.
    network: what completes windows of `size` x `size` pixels.
    framing: of the pictures that the network was trained on.
    faces: where faces are; None: they are looked for.
    """
    completed = holes.first_fill(image, hole)
    if faces is None:
        faces = find_covered_faces(
            completed, hole, options.detector, lambda found: covers(hole, found, framing)
        )
    left = hole.copy()
    for job in plan(hole, faces, framing, size):
        if job.window is None:
            _telea(completed, job.area)
        else:
            _complete_window(completed, left, job.area, job.window, network, size, options)
        left &= ~job.area  # known to the jobs that follow
    return completed


def _complete_window(completed, hole, area, window: Window, network, size, options):
    """Fill the area of `completed`, whose other holes hold a first filling."""
    patch = windows.cut(completed, window)
    in_hole = windows.cut(hole.astype(np.uint8), window, nearest=True) > 0
    # The rest of a small pixel is first filling: no colour from under the hole comes through.
    small_hole = windows.to_size(in_hole.astype(np.float32), size) > 0.5
    raw, offsets = network(windows.to_size(patch, size)[None], small_hole[None].astype(np.uint8))
    filling = windows.to_size(raw[0].astype(np.float32), window.side)
    if options.blend:
        filling = blending.without_seam(filling, patch, in_hole)
    if options.detail and offsets is not None and window.side > size:
        filling[in_hole] += detail.detail(patch, in_hole, size, offsets[0])
    if options.detail:
        filling = grain.with_grain(filling, patch, in_hole)
    filling = np.clip(np.rint(filling), 0, 255).astype(np.uint8)
    rows, columns = window.box(*hole.shape)
    taken = windows.put_back(filling, window, *hole.shape)
    taken_here = area[rows, columns]
    completed[rows, columns][taken_here] = taken[taken_here]


def _telea(completed, area):
    left, top, width, height = cv2.boundingRect(area.astype(np.uint8))
    margin = 4 * RADIUS
    box = (
        slice(max(top - margin, 0), top + height + margin),
        slice(max(left - margin, 0), left + width + margin),
    )
    filled = cv2.inpaint(
        np.ascontiguousarray(completed[box]), area[box].astype(np.uint8), RADIUS, cv2.INPAINT_TELEA
    )
    completed[box][area[box]] = filled[area[box]]
