"""How far a completed picture is from the true one: PSNR, SSIM, L1 and L2 of uint8 RGB values.

Every function takes pictures of shape (height, width, 3), uint8, and a `mask` of shape
(height, width) where non-zero is hole. Without a mask the whole picture counts ("full"); with one
only the hole does ("hole"). A mask without a hole leaves nothing to measure: the answer is NaN.
"""

import math

import cv2
import numpy as np

SCORES = ("psnr", "ssim", "l1", "l2")
REGIONS = ("full", "hole")
OUTPUTS = ("composite", "raw")

# SSIM constants of Wang et al. 2004, "Image quality assessment: from error visibility to
# structural similarity": an 11-tap Gaussian of sigma 1.5, K1 = 0.01, K2 = 0.03, values 0..255.
SSIM_RADIUS = 5
SSIM_SIGMA = 1.5
SSIM_C1 = (0.01 * 255) ** 2
SSIM_C2 = (0.03 * 255) ** 2


def l1(image, reference, mask=None):
    """Mean absolute difference in grey levels, 0..255."""
    return _mean(np.abs(_difference(image, reference)), mask)


def l2(image, reference, mask=None):
    """Mean squared difference in grey levels squared, 0..65025."""
    return _mean(_difference(image, reference) ** 2, mask)


def psnr(image, reference, mask=None):
    """Peak signal-to-noise ratio in dB, paper equation 3 with R = 255; infinite where identical."""
    return _decibels(l2(image, reference, mask))


def ssim(image, reference, mask=None):
    """Mean structural similarity (paper equation 4), at most 1.

    Full: the mean of `ssim_map` less the 5-pixel border where the window leaves the picture, which
    is scikit-image's `structural_similarity(gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False, channel_axis=2, data_range=255)`. A picture with a side under 11
    pixels has no such interior: its whole map counts. Hole: the mean of the map over the hole.
    """
    return _mean_ssim(ssim_map(image, reference), mask)


def ssim_map(image, reference):
    """SSIM around every pixel and channel: (height, width, 3), float64; edges are mirrored."""
    image, reference = _pair(image, reference)
    mean_x, mean_y = _blur(image), _blur(reference)
    variance_x = _blur(image * image) - mean_x * mean_x
    variance_y = _blur(reference * reference) - mean_y * mean_y
    covariance = _blur(image * reference) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + SSIM_C1) / (mean_x * mean_x + mean_y * mean_y + SSIM_C1)
    structure = (2 * covariance + SSIM_C2) / (variance_x + variance_y + SSIM_C2)
    return luminance * structure


def score_completion(truth, composite, raw, mask):
    """All sixteen scores of one picture, `{"full_composite_psnr": ..., "hole_raw_l2": ...}`.

    `composite` has the known pixels of `truth` and the network's in the hole; `raw` is the
    network's picture everywhere.
    """
    scores = {}
    for output, image in zip(OUTPUTS, (composite, raw), strict=True):
        difference = _difference(image, truth)
        similarity = ssim_map(image, truth)
        for region, area in zip(REGIONS, (None, mask), strict=True):
            squared = _mean(difference**2, area)
            values = {
                "psnr": _decibels(squared),
                "ssim": _mean_ssim(similarity, area),
                "l1": _mean(np.abs(difference), area),
                "l2": squared,
            }
            scores |= {f"{region}_{output}_{name}": value for name, value in values.items()}
    return scores


def average(rows):
    """Means over pictures, `{region: {output: {score: mean}}}` of `REGIONS`, `OUTPUTS`, `SCORES`.

    `rows` are dicts of `score_completion`. A value that is not finite is left out of its mean: the
    infinite PSNR of an identical picture, and what a mask without a hole leaves unmeasured. Where
    no value remains the mean is None, so that the result is valid JSON.
    """

    def mean_of(column):
        values = [row[column] for row in rows if math.isfinite(row[column])]
        return math.fsum(values) / len(values) if values else None

    return {
        region: {
            output: {name: mean_of(f"{region}_{output}_{name}") for name in SCORES}
            for output in OUTPUTS
        }
        for region in REGIONS
    }


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


def _decibels(squared_error):
    return math.inf if squared_error == 0 else 10 * math.log10(255**2 / squared_error)


def _mean(values, mask):
    """Mean over the picture, or over the hole of `mask`; NaN where there is nothing to average."""
    if mask is not None:
        if mask.shape != values.shape[:2]:
            raise ValueError(f"`mask` must be {values.shape[:2]}. Received: {mask.shape}")
        values = values[mask != 0]
    return float(values.mean()) if values.size else math.nan


def _mean_ssim(similarity, mask):
    if mask is None and min(similarity.shape[:2]) > 2 * SSIM_RADIUS:
        similarity = similarity[SSIM_RADIUS:-SSIM_RADIUS, SSIM_RADIUS:-SSIM_RADIUS]
    return _mean(similarity, mask)


def _blur(image):
    kernel = cv2.getGaussianKernel(2 * SSIM_RADIUS + 1, SSIM_SIGMA)
    return cv2.sepFilter2D(image, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT)
