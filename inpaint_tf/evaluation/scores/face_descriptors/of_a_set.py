"""What descriptors of completed faces, as a set, say beside those of the true faces.

Scores of `SetFeatures`: row i of both sets is one picture. They are None for fewer than
`FEWEST` faces.
"""

import numpy as np

from inpaint_tf.evaluation.scores import feature_distances
from inpaint_tf.evaluation.scores.view import SetFeatures

FEWEST = 20
"""Faces. A discriminant learnt from half of so few says little, and less than nothing of fewer."""
SPLITS = 10
"""Times that the set is halved at random."""
RIDGE = 0.1
"""Share of a round covariance of the same trace that is mixed into the measured one, which has more
entries than there are faces to estimate it from."""


def told_apart(features: SetFeatures) -> float | None:
    """Share of pictures that a linear discriminant knows for true or completed; 0.5 is the best.

    Fisher's discriminant is learnt on one half of the faces, truth and completion of each, and
    asked about the other half; then the other way round; mean over `SPLITS` random halvings.
    """
    if len(features.truth) < FEWEST:
        return None
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(SPLITS):
        halves = np.array_split(rng.permutation(len(features.truth)), 2)
        for learnt, asked in (halves, halves[::-1]):
            classify = discriminant(features.completed[learnt], features.truth[learnt])
            right = [classify(features.completed[asked]), ~classify(features.truth[asked])]
            shares.append(np.mean(right))
    return float(np.mean(shares))


def spread(features: SetFeatures) -> float | None:
    """Root of the summed variances over the faces, as a share of the truth's; 1 is as varied."""
    if len(features.truth) < FEWEST:
        return None
    completed, truth = (each.var(axis=0).sum() for each in (features.completed, features.truth))
    return float(np.sqrt(completed / truth)) if truth else None


def frechet(features: SetFeatures) -> float | None:
    """See `feature_distances.frechet`."""
    if len(features.truth) < FEWEST:
        return None
    return feature_distances.frechet(features.completed, features.truth)


def discriminant(positives, negatives):
    """Fisher's linear discriminant: a function of (count, channels) to bool, True for positives.

    positives, negatives: (count, channels), equally many. The threshold lies midway.
    """
    means = positives.mean(axis=0), negatives.mean(axis=0)
    centred = np.concatenate([positives - means[0], negatives - means[1]])
    covariance = centred.T @ centred / len(centred)
    channels = len(covariance)
    level = np.trace(covariance) / channels or 1.0  # 1.0: all are one point, and so is the middle
    mixed = (1 - RIDGE) * covariance + RIDGE * level * np.eye(channels)
    direction = np.linalg.solve(mixed, means[0] - means[1])
    threshold = direction @ (means[0] + means[1]) / 2
    return lambda asked: asked @ direction > threshold
