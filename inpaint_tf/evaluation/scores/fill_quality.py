"""What the eye sees of a filling and distances to the truth do not tell: blur, and the seam.

Each function looks at one picture; `statistics` divides the mean of the completed pictures by that
of the true ones. (A mean of the pictures' own ratios would be ruled by the few whose truth is
nearly flat.)
"""

import math

import numpy as np

from inpaint_tf.evaluation.scores.psnr_and_ssim import neighbour_differences
from inpaint_tf.evaluation.scores.view import View


def energy(view: View) -> float:
    """`gradient_energy` as a score."""
    return gradient_energy(view.image, view.mask)


def step(view: View) -> float:
    """`edge_step` as a score."""
    return edge_step(view.image, view.mask)


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
