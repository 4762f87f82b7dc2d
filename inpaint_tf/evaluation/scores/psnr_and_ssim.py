"""How far a completed picture is from the true one, by uint8 RGB values. docs/protocol.md has each
formula.

Every function takes pictures of shape (height, width, 3), uint8, and a `mask` of shape
(height, width) where non-zero is hole. Without a mask the whole picture counts ("full"); with one
only the hole does ("hole"). A mask without a hole leaves nothing to measure: the answer is NaN.
"""

import math

import cv2
import numpy as np

# SSIM constants of Wang et al. 2004, "Image quality assessment: from error visibility to
# structural similarity": an 11-tap Gaussian of sigma 1.5, K1 = 0.01, K2 = 0.03, values 0..255.
SSIM_RADIUS = 5
SSIM_SIGMA = 1.5
SSIM_C1 = (0.01 * 255) ** 2
SSIM_C2 = (0.03 * 255) ** 2
MS_SSIM_POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the five scales, finest first (Wang, Simoncelli and Bovik 2003, section 4)."""


def l1(image, reference, mask=None):
    """Mean absolute difference in grey levels, 0..255."""
    return _mean(np.abs(_difference(image, reference)), mask)


def l2(image, reference, mask=None):
    """Mean squared difference in grey levels squared, 0..65025."""
    return _mean(_difference(image, reference) ** 2, mask)


def psnr(image, reference, mask=None):
    """Peak signal-to-noise ratio in dB, paper equation 3 with R = 255; infinite where identical."""
    return decibels(l2(image, reference, mask))


def total_variation(image, mask=None):
    """Sum of absolute differences between neighbours, over the number of values: grey levels.

    Neighbours are one row or one column apart; in a hole, both must lie in it. Yu et al. (2018,
    Table 1) print it in percent of 255.
    """
    image = np.asarray(image).astype(np.float64)
    pairs, values = neighbour_differences(image, mask)
    count = image.size if mask is None else np.count_nonzero(mask) * image.shape[2]
    return sum(np.abs(part[pair]).sum() for part, pair in zip(values, pairs, strict=True)) / count


def neighbour_differences(image, mask=None):
    """((pairs down, pairs right), (differences down, right)) of a float picture.

    Differences are (height - 1, width, 3) and (height, width - 1, 3); pairs are bool arrays
    without the channels: where both neighbours lie in the hole, or everywhere without a mask.
    """
    down, right = np.diff(image, axis=0), np.diff(image, axis=1)
    if mask is None:
        pairs = np.ones(down.shape[:2], bool), np.ones(right.shape[:2], bool)
    else:
        hole = mask != 0
        pairs = hole[1:] & hole[:-1], hole[:, 1:] & hole[:, :-1]
    return pairs, (down, right)


def ssim(image, reference, mask=None):
    """Mean structural similarity (paper equation 4), at most 1.

    Full: the mean of `ssim_map` less the 5-pixel border where the window leaves the picture, which
    is scikit-image's `structural_similarity(gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False, channel_axis=2, data_range=255)`. A picture with a side under 11
    pixels has no such interior: its whole map counts. Hole: the mean of the map over the hole.
    """
    return mean_ssim(ssim_map(image, reference), mask)


def ssim_map(image, reference):
    """SSIM around every pixel and channel: (height, width, 3), float64; edges are mirrored."""
    luminance, structure = ssim_factors(image, reference)
    return luminance * structure


def ssim_factors(image, reference):
    """The two factors of `ssim_map`: luminance, and contrast times structure."""
    image, reference = _pair(image, reference)
    mean_x, mean_y = _blur(image), _blur(reference)
    variances = _blur(image * image + reference * reference) - mean_x * mean_x - mean_y * mean_y
    covariance = _blur(image * reference) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + SSIM_C1) / (mean_x * mean_x + mean_y * mean_y + SSIM_C1)
    structure = (2 * covariance + SSIM_C2) / (variances + SSIM_C2)
    return luminance, structure


def mean_ssim(similarity, mask=None):
    """`ssim` from its map."""
    return _mean(_interior(similarity) if mask is None else similarity, mask)


def ms_ssim(image, reference, factors=None):
    """Multi-scale SSIM of whole pictures (Wang, Simoncelli and Bovik 2003), 0 to 1.

    Contrast and structure at five scales, each half as large as the one before, and luminance at
    the last. Each scale's means are taken without the border, negative ones count 0, and the mean
    over channels comes last, as in `tf.image.ssim_multiscale`. NaN where a side is under 161
    pixels: the last scale would be smaller than the window.
    factors: `ssim_factors(image, reference)`, where they are known already.
    """
    image, reference = _pair(image, reference)
    smallest = 2 * SSIM_RADIUS * 2 ** (len(MS_SSIM_POWERS) - 1) + 1
    if min(image.shape[:2]) < smallest:
        return math.nan
    product = 1.0
    for scale, power in enumerate(MS_SSIM_POWERS):
        if scale:
            image, reference, factors = _halve(image), _halve(reference), None
        luminance, structure = factors or ssim_factors(image, reference)
        last = scale == len(MS_SSIM_POWERS) - 1
        similarity = _interior(luminance * structure if last else structure)
        product = product * np.maximum(similarity.mean(axis=(0, 1)), 0.0) ** power
    return float(np.mean(product))


def _pair(image, reference):
    image, reference = np.asarray(image), np.asarray(reference)
    if image.shape != reference.shape or image.ndim != 3:
        raise ValueError(
            "`image` and `reference` must be (height, width, channels) of equal shape. "
            f"Received: {image.shape} and {reference.shape}"
        )
    return image.astype(np.float64), reference.astype(np.float64)


def _difference(image, reference):
    image, reference = _pair(image, reference)
    return image - reference


def decibels(squared_error):
    """PSNR of a mean squared error in grey levels squared."""
    return math.inf if squared_error == 0 else 10 * math.log10(255**2 / squared_error)


def _mean(values, mask):
    """Mean over the picture, or over the hole of `mask`; NaN where there is nothing to average."""
    if mask is not None:
        if mask.shape != values.shape[:2]:
            raise ValueError(f"`mask` must be {values.shape[:2]}. Received: {mask.shape}")
        values = values[mask != 0]
    return float(values.mean()) if values.size else math.nan


def _interior(values):
    """Without the border where the window leaves the picture; all of one that is all border."""
    if min(values.shape[:2]) <= 2 * SSIM_RADIUS:
        return values
    return values[SSIM_RADIUS:-SSIM_RADIUS, SSIM_RADIUS:-SSIM_RADIUS]


def _halve(image):
    """Means of 2x2 pixels; an odd last row or column is taken twice."""
    height, width = image.shape[:2]
    image = cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REFLECT)
    return cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _blur(image):
    kernel = cv2.getGaussianKernel(2 * SSIM_RADIUS + 1, SSIM_SIGMA)
    return cv2.sepFilter2D(image, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT)
