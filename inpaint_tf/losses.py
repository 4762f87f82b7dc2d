"""The losses, each a pure function of tensors that returns one float32 scalar.

Sources: the published code of Yu et al., CVPR 2018, for the exact form; paper, section IV-D.
Pictures are float32 in [-1, 1], masks float32 with 1 = hole.
"""

import numpy as np
from keras import ops


def spatial_discount(height, width, gamma):
    """Weights of the reconstruction loss over a hole, NumPy (1, height, width, 1) in (0, 1].

    gamma ** (distance to the border of the hole): pixels far from anything known count less, for
    there many fillings are right. As in the 2018 code the distance is min(i, height - i), so that
    the first row and column count fully and the last ones gamma.
    """
    rows = gamma ** np.minimum(np.arange(height), height - np.arange(height))
    columns = gamma ** np.minimum(np.arange(width), width - np.arange(width))
    discount = np.maximum(rows[:, None], columns[None, :])
    return discount[None, :, :, None].astype("float32")


def weighted_l1(real, prediction, weights):
    """mean(|real - prediction| * weights); shapes broadcast."""
    return ops.mean(ops.abs(real - prediction) * weights)


def known_l1(real, prediction, mask):
    """L1 over the known pixels: mean(|real - prediction| * (1 - mask)) / mean(1 - mask).

    0 where nothing is known.
    """
    known = 1.0 - mask
    return weighted_l1(real, prediction, known) / ops.maximum(ops.mean(known), 1e-8)


def critic_wasserstein(real_scores, fake_scores):
    """What a critic minimises: mean(fake) - mean(real)."""
    return ops.mean(fake_scores) - ops.mean(real_scores)


def generator_wasserstein(fake_scores):
    """What the generator minimises: -mean(fake)."""
    return -ops.mean(fake_scores)


def gradient_penalty(gradients, mask):
    """mean((|gradient inside the hole| - 1) ** 2), a norm per picture (Gulrajani et al., 2017).

    gradients: (batch, height, width, 3), of a critic's score for an interpolated picture;
    mask: (batch or 1, height, width, 1).
    """
    square = ops.sum(ops.square(gradients) * mask, axis=(1, 2, 3))
    # s * rsqrt(s) is sqrt(s), but its gradient is finite where a critic's gradient vanishes.
    norm = square * ops.rsqrt(ops.maximum(square, 1e-12))
    return ops.mean(ops.square(norm - 1.0))


def interpolate(real, fake, alpha):
    """real + alpha * (fake - real), where the penalty is taken; alpha: (batch, 1, 1, 1)."""
    return real + alpha * (fake - real)
