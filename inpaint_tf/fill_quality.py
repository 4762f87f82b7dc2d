"""What the eye sees of a filling and distances to the truth do not tell: blur, and the seam."""

import math

import numpy as np

from inpaint_tf.metrics import neighbour_differences


def sharpness(completed, truth, mask):
    """Gradient energy of the filling over that of the truth: 1 is as sharp, 0 is flat.

    The energy is the sum of squared differences between neighbours that both lie in the hole. A
    blurred filling may have the higher PSNR; here it shows. Noise shows as well: above 1 is no
    better than below.
    completed, truth: (height, width, 3) uint8; mask: (height, width), non-zero is hole. NaN where
    the truth has no gradient in the hole.
    """
    energy = gradient_energy(truth, mask)
    return gradient_energy(completed, mask) / energy if energy else math.nan


def gradient_energy(image, mask):
    """Sum of squared differences between neighbours in the hole, over rows, columns, channels."""
    pairs, differences = neighbour_differences(np.asarray(image).astype(np.float64), mask)
    return sum(float((d[pair] ** 2).sum()) for d, pair in zip(differences, pairs, strict=True))


def seam(completed, truth, mask):
    """Mean step across the hole's edge over that of the truth: 1 is no seam, above 1 shows one.

    A step is the absolute difference between a pixel of the hole and a neighbour, down or right,
    outside it or the other way round. NaN where the truth has no step, or the hole no edge.
    """
    step = edge_step(truth, mask)
    return edge_step(completed, mask) / step if step else math.nan


def edge_step(image, mask):
    """Mean absolute difference across the hole's edge, in grey levels; 0 without an edge."""
    hole = mask != 0
    _, (down, right) = neighbour_differences(np.asarray(image).astype(np.float64))
    across = np.concatenate(
        [down[hole[1:] != hole[:-1]].ravel(), right[hole[:, 1:] != hole[:, :-1]].ravel()]
    )
    return float(np.abs(across).mean()) if across.size else 0.0
