"""Distances between what networks see in pictures: LPIPS of two, FID and KID of two sets.

Pure arithmetic on features; `feature_networks` makes them.
"""

import numpy as np

KID_SUBSETS = 100
KID_SIZE = 1000
"""Pictures in each subset, at most: of all, if there are fewer."""


def lpips(layers, others, heads):
    """Learned perceptual distance of two pictures (Zhang et al. 2018, equation 1); 0 is the same.

    layers, others: features of each picture, a list of (height, width, channels).
    heads: the learned weight of each channel of each layer, a list of (channels,).
    """
    total = 0.0
    for x, y, head in zip(layers, others, heads, strict=True):
        difference = _unit_length(x) - _unit_length(y)
        total += float(np.mean(np.square(difference) @ head))
    return total


def frechet(features, others):
    """FID (Heusel et al. 2017): distance of two sets as Gaussians; 0 is the same, at least 0.

    features, others: (pictures, channels), at least two pictures each. Fewer pictures give greater
    distances: compare only values of equally many.
    """
    mean_x, covariance_x = _gaussian(features)
    mean_y, covariance_y = _gaussian(others)
    # trace(sqrt(X Y)) is that of the symmetric sqrt(sqrt(X) Y sqrt(X)): real and stable.
    root = _symmetric_root(covariance_x)
    shared = np.linalg.eigvalsh(root @ covariance_y @ root)
    cross = np.sqrt(np.maximum(shared, 0.0)).sum()
    offset = np.square(mean_x - mean_y).sum()
    return float(max(offset + np.trace(covariance_x) + np.trace(covariance_y) - 2 * cross, 0.0))


def kernel_distance(features, others, seed=0):
    """KID (Binkowski et al. 2018): (mean, standard deviation) over subsets; the deviation is None
    where there is one subset only, the whole.

    The unbiased squared maximum mean discrepancy under the kernel (x.y / channels + 1) ** 3, for
    `KID_SUBSETS` subsets of at most `KID_SIZE` pictures. It may fall below 0.
    """
    rng = np.random.default_rng(seed)
    size = min(KID_SIZE, len(features), len(others))
    whole = size == len(features) == len(others)
    values = []
    for _ in range(1 if whole else KID_SUBSETS):
        x = features[rng.choice(len(features), size, replace=False)]
        y = others[rng.choice(len(others), size, replace=False)]
        values.append(_discrepancy(x.astype(np.float64), y.astype(np.float64)))
    return float(np.mean(values)), None if whole else float(np.std(values))


def _discrepancy(x, y):
    count = len(x)
    within = sum(
        (matrix.sum() - np.trace(matrix)) / (count * (count - 1))
        for matrix in (_kernel(x, x), _kernel(y, y))
    )
    return within - 2 * _kernel(x, y).mean()


def _kernel(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def _unit_length(features):
    length = np.sqrt(np.sum(np.square(features), axis=-1, keepdims=True))
    return features / (length + 1e-10)


def _gaussian(features):
    features = np.asarray(features, np.float64)
    return features.mean(axis=0), np.cov(features, rowvar=False)


def _symmetric_root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
