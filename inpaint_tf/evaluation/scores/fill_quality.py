"""What the eye sees of a filling and distances to the truth do not tell: blur, seam, specks.

Each function looks at one picture; `statistics` divides the mean of the completed pictures by that
of the true ones. (A mean of the pictures' own ratios would be ruled by the few whose truth is
nearly flat.)
"""

import math

import cv2
import numpy as np

from inpaint_tf.evaluation.scores.psnr_and_ssim import neighbour_differences
from inpaint_tf.evaluation.scores.view import View

CLIPPED_AT = 0.999
"""The quantile of the truth's steps that no step counts more than."""

SPECK_WINDOW = 9
"""Side in pixels of the square whose median is what surrounds a pixel."""
SPECK_LEVELS = 40
"""Grey levels of chroma by which a pixel of a speck differs from that. In none of the README's
1,009 true faces do four pixels reach 19 (centre hole, 256x256)."""
SPECK_ALIKE = 25
"""Pixels of the square that have the colour of a pixel outside specks, to half of these levels: a
quarter of it, as the corner of a larger area has."""
SPECK_PIXELS = 4
"""That a hole has of them where it counts as specked: single pixels are noise."""
AT_ONCE = 4096
"""Pixels whose squares are looked at together."""


def energy(view: View) -> float:
    """`gradient_energy` as a score."""
    return gradient_energy(view.image, view.mask)


def clipped(view: View) -> float:
    """`clipped_step` as a score."""
    return clipped_step(view.image, view.truth, view.mask)


def step(view: View) -> float:
    """`edge_step` as a score."""
    return edge_step(view.image, view.mask)


def specks(view: View) -> float:
    """1 where `speck_pixels` are `SPECK_PIXELS` or more, 0 where not; NaN without a hole."""
    if not np.any(view.mask):
        return math.nan
    return float(speck_pixels(view.image, view.mask) >= SPECK_PIXELS)


def gradient_energy(image, mask):
    """Mean squared difference between neighbours that both lie in the hole, grey levels squared.

    image: (height, width, 3) uint8; mask: (height, width), non-zero is hole. NaN where no two
    neighbours are hole. A blurred filling may have the higher PSNR; here it shows. Noise shows as
    well: more than the truth is no better than less.
    """
    pairs, differences = neighbour_differences(np.asarray(image).astype(np.float64), mask)
    steps = [d[pair] for d, pair in zip(differences, pairs, strict=True)]
    count = sum(step.size for step in steps)
    return sum(float((step**2).sum()) for step in steps) / count if count else math.nan


def clipped_step(image, truth, mask):
    """Mean absolute difference between neighbours that both lie in the hole, in grey levels.

    No step counts more than the `CLIPPED_AT` quantile of the truth's own steps in that hole: a few
    glaring pixels, whose squares rule `gradient_energy`, cannot stand for a sharp picture.
    image, truth: (height, width, 3) uint8. NaN where no two neighbours are hole.
    """
    steps, limit = _steps(image, mask), _steps(truth, mask)
    if not steps.size:
        return math.nan
    return float(np.minimum(steps, np.quantile(limit, CLIPPED_AT)).mean())


def speck_pixels(image, mask):
    """How many pixels of the hole have a colour that little around them has.

    image: (height, width, 3) uint8 RGB. A pixel's chroma, red and blue difference of OpenCV's YCrCb
    in grey levels, is compared with that of the `SPECK_WINDOW` square around it. The pixel counts
    where it lies over `SPECK_LEVELS` from the median, and fewer than `SPECK_ALIKE` pixels, itself
    among them, lie within half as many of it. Light alone, such as the glint of an eye, does not
    count, nor the edge or corner of a larger area of another colour.
    """
    chroma = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2YCrCb)[..., 1:]
    median = cv2.merge([cv2.medianBlur(c, SPECK_WINDOW) for c in cv2.split(chroma)])
    far = np.argwhere(_apart(chroma, median, SPECK_LEVELS) & (mask != 0))
    radius = SPECK_WINDOW // 2
    framed = cv2.copyMakeBorder(chroma, *(radius,) * 4, cv2.BORDER_REPLICATE)
    squares = np.lib.stride_tricks.sliding_window_view(framed, (SPECK_WINDOW,) * 2, axis=(0, 1))
    count = 0
    for start in range(0, len(far), AT_ONCE):  # all of a large picture of noise would fill memory
        rows, columns = far[start : start + AT_ONCE].T
        square = np.moveaxis(squares[rows, columns], 1, -1)
        own = chroma[rows, columns][:, None, None]
        alike = np.count_nonzero(~_apart(square, own, SPECK_LEVELS / 2), axis=(1, 2))
        count += np.count_nonzero(alike < SPECK_ALIKE)
    return int(count)


def _apart(chroma, other, levels):
    """Whether colours (..., 2) lie over so many levels apart."""
    squared = (chroma.astype(np.int32) - other.astype(np.int32)) ** 2
    return squared.sum(axis=-1) > levels**2


def _steps(image, mask):
    """Absolute differences of neighbours in the hole, (count,)."""
    pairs, differences = neighbour_differences(np.asarray(image).astype(np.float64), mask)
    steps = [np.abs(d[pair]) for d, pair in zip(differences, pairs, strict=True)]
    return np.concatenate([each.ravel() for each in steps])


def edge_step(image, mask):
    """Mean absolute difference across the hole's edge, in grey levels; NaN without an edge.

    Between a pixel of the hole and a neighbour, one row or column apart, that is known.
    """
    hole = mask != 0
    _, (down, right) = neighbour_differences(np.asarray(image).astype(np.float64))
    across = np.concatenate(
        [down[hole[1:] != hole[:-1]].ravel(), right[hole[:, 1:] != hole[:, :-1]].ravel()]
    )
    return float(np.abs(across).mean()) if across.size else math.nan
