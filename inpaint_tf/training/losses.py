"""The losses, each a pure function of tensors that returns one float32 scalar.

Sources: the published code of Yu et al., CVPR 2018, for the exact form; paper, section IV-D. Where
another paper's loss is meant, it is named.
Pictures are float32 in [-1, 1], masks float32 with 1 = hole.
"""

from typing import Any

import numpy as np
from keras import ops

from inpaint_tf.engines.active_engine import engine


def spatial_discount(height: int, width: int, gamma: float) -> np.ndarray:
    """Weights of the reconstruction loss over a hole, NumPy (1, height, width, 1) in (0, 1].

    gamma ** (distance to the border of the hole): pixels far from anything known count less, for
    there many fillings are right. As in the 2018 code the distance is min(i, height - i), so that
    the first row and column count fully and the last ones gamma.
    """
    rows = gamma ** np.minimum(np.arange(height), height - np.arange(height))
    columns = gamma ** np.minimum(np.arange(width), width - np.arange(width))
    discount = np.maximum(rows[:, None], columns[None, :])
    return discount[None, :, :, None].astype("float32")


def weighted_l1(real: Any, prediction: Any, weights: Any) -> Any:
    """mean(|real - prediction| * weights); shapes broadcast."""
    return ops.mean(ops.abs(real - prediction) * weights)


def region_l1(real: Any, prediction: Any, region: Any) -> Any:
    """L1 over a region: mean(|real - prediction| * region) / mean(region).

    region: (batch or 1, height, width, 1), 1 = inside. 0 where nothing is inside.
    """
    inside = engine.mean_over_shares(ops.mean(region))
    return weighted_l1(real, prediction, region) / ops.maximum(inside, 1e-8)


def known_l1(real: Any, prediction: Any, mask: Any) -> Any:
    """L1 over the known pixels, a mean over them; 0 where nothing is known."""
    return region_l1(real, prediction, 1.0 - mask)


def ring(mask: Any, width: int = 8) -> Any:
    """The known pixels within `width` pixels of the hole, along rows and columns: of mask's shape.

    What is generated there is not shown, but it has to fit what lies beside it.
    """
    window = 2 * width + 1
    rows = ops.max_pool(mask, (window, 1), strides=1, padding="same")  # the square in two steps
    return ops.max_pool(rows, (1, window), strides=1, padding="same") - mask


def total_variation(pictures: Any, region: Any) -> Any:
    """Mean absolute difference of neighbours in a row, plus that of neighbours in a column.

    Liu et al., ECCV 2018. The means are over all pixels; a pair counts where both are inside.
    region: (batch or 1, height, width, 1), 1 = inside.
    """
    across = ops.abs(pictures[:, :, 1:] - pictures[:, :, :-1]) * region[:, :, 1:]
    down = ops.abs(pictures[:, 1:] - pictures[:, :-1]) * region[:, 1:]
    return ops.mean(across * region[:, :, :-1]) + ops.mean(down * region[:, :-1])


def dilated(mask: Any) -> Any:
    """The mask with its 8 neighbours at every pixel of the hole: of mask's shape."""
    return ops.max_pool(mask, 3, strides=1, padding="same")


def feature_l1(real: list[Any], prediction: list[Any]) -> Any:
    """The perceptual loss: mean absolute differences of features, summed over layers.

    real, prediction: for each layer (batch, rows, columns, channels).
    """
    return sum(ops.mean(ops.abs(x - y)) for x, y in zip(real, prediction, strict=True))


def style_l1(real: list[Any], prediction: list[Any]) -> Any:
    """The style loss: `feature_l1` of the features' Gram matrices (Gatys et al., CVPR 2016)."""
    return feature_l1([gram(x) for x in real], [gram(x) for x in prediction])


def gram(features: Any) -> Any:
    """Which channels occur together, wherever: (batch, rows, columns, channels) to (batch,
    channels, channels). Products of all values, over the number of a picture's values.
    """
    batch, rows, columns, channels = ops.shape(features)
    places = ops.reshape(features, (batch, rows * columns, channels))
    products = ops.matmul(ops.transpose(places, (0, 2, 1)), places)
    return products / ops.cast(rows * columns * channels, products.dtype)


def structural_dissimilarity(real: Any, prediction: Any) -> Any:
    """1 - SSIM (Wang et al., 2004): 0 where equal, about 1 where nothing agrees. In neither paper.

    real, prediction: (batch, height, width, channels) in [-1, 1], sides of at least 11 pixels. The
    mean over channels and over the Gaussian windows that lie inside, 11x11 pixels with sigma 1.5.
    """
    rows, columns = (_gaussian_windows(length) for length in real.shape[1:3])
    # A plane for each channel: large matrix products, instead of one for each row of pixels.
    real, prediction = (ops.transpose(picture, (0, 3, 1, 2)) for picture in (real, prediction))

    def local_mean(planes):
        batch, channels, height, width = planes.shape
        planes = ops.matmul(ops.reshape(planes, (-1, width)), columns.T)
        planes = ops.reshape(planes, (batch * channels, height, columns.shape[0]))
        return ops.matmul(rows, planes)

    mean_real, mean_prediction = local_mean(real), local_mean(prediction)
    product = mean_real * mean_prediction
    squares = ops.square(mean_real) + ops.square(mean_prediction)
    covariance = local_mean(real * prediction) - product
    variances = local_mean(ops.square(real) + ops.square(prediction)) - squares
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2  # 2: the range of values
    ssim = (2 * product + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2))
    return 1.0 - ops.mean(ssim)


def _gaussian_windows(length, size=11, sigma=1.5):
    """Matrix (length - size + 1, length): each row weights the values of one window."""
    weights = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * sigma**2))
    windows = np.zeros((length - size + 1, length), "float32")
    for start, row in enumerate(windows):
        row[start : start + size] = weights / weights.sum()
    return windows


def critic_wasserstein(real_scores: Any, fake_scores: Any) -> Any:
    """What a critic minimises: mean(fake) - mean(real)."""
    return ops.mean(fake_scores) - ops.mean(real_scores)


def generator_wasserstein(fake_scores: Any) -> Any:
    """What the generator minimises: -mean(fake)."""
    return -ops.mean(fake_scores)


def gradient_penalty(gradients: Any, mask: Any) -> Any:
    """mean((|gradient inside the hole| - 1) ** 2), a norm per picture (Gulrajani et al., 2017).

    gradients: (batch, height, width, 3), of a critic's score for an interpolated picture;
    mask: (batch or 1, height, width, 1).
    """
    square = ops.sum(ops.square(gradients) * mask, axis=(1, 2, 3))
    # s * rsqrt(s) is sqrt(s), but its gradient is finite where a critic's gradient vanishes.
    norm = square * ops.rsqrt(ops.maximum(square, 1e-12))
    return ops.mean(ops.square(norm - 1.0))


def interpolate(real: Any, fake: Any, alpha: Any) -> Any:
    """real + alpha * (fake - real), where the penalty is taken; alpha: (batch, 1, 1, 1)."""
    return real + alpha * (fake - real)
