"""The functions of `psnr_and_ssim` as scores of a `View`: what several of them need is shared.

Each is NaN where the hole is empty.
"""

import math

import numpy as np

from inpaint_tf.evaluation.scores import psnr_and_ssim
from inpaint_tf.evaluation.scores.view import View


def psnr(view: View) -> float:
    """dB; infinite for equal pictures."""
    return psnr_and_ssim.decibels(view.once(l2))


def ssim(view: View) -> float:
    """At most 1."""
    return psnr_and_ssim.mean_ssim(view.whole.once(_similarity), view.mask)


def ms_ssim(view: View) -> float:
    """0 to 1; of whole pictures."""
    return psnr_and_ssim.ms_ssim(view.image, view.truth, view.once(_ssim_factors))


def l1(view: View) -> float:
    """Grey levels."""
    difference = view.once(_difference)
    return float(np.mean(np.abs(difference))) if difference.size else math.nan


def l2(view: View) -> float:
    """Grey levels squared."""
    difference = view.once(_difference)
    return float(np.mean(difference**2)) if difference.size else math.nan


def tv(view: View) -> float:
    """Total variation in grey levels."""
    if not view.once(_difference).size:
        return math.nan
    return psnr_and_ssim.total_variation(view.image, view.mask)


def _difference(view):
    """float64 (height, width, 3), or (pixels, 3) of a hole."""
    if view.mask is None:
        return view.image.astype(np.float64) - view.truth.astype(np.float64)
    return view.whole.once(_difference)[view.mask != 0]


def _ssim_factors(view):
    return psnr_and_ssim.ssim_factors(view.image, view.truth)


def _similarity(view):
    luminance, structure = view.once(_ssim_factors)
    return luminance * structure
