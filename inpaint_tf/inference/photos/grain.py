"""The grain of a photo: noise as strong in the filling as it is around the hole."""

import cv2
import numpy as np

NEAR = 0.04
"""How far around the hole the grain is measured, as a share of the window's side."""
_NORMAL = 0.6745
"""Median size of a normal variable with deviation 1."""


def with_grain(filling: np.ndarray, patch: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The filling with grey noise added in the hole: float32 (side, side, 3) like it.

    filling: float32. patch: uint8, of which the pixels near the hole are looked at. hole: bool
    (side, side). The same input gives the same noise. Nothing changes where the filling is as
    grainy as its surroundings.
    """
    reach = max(round(NEAR * hole.shape[0]), 3)
    disc = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    near = (cv2.dilate(hole.astype(np.uint8), disc) > 0) & ~hole
    if not near.any():
        return filling
    wanted, there = strength(_grey(patch), near), strength(_grey(filling), hole)
    if wanted <= there:
        return filling
    noise = np.random.default_rng(0).standard_normal(hole.shape, np.float32)
    noise *= np.sqrt(wanted**2 - there**2) / strength(noise, np.ones_like(hole))
    return filling + np.where(hole, noise, np.float32(0))[..., None]


def strength(grey: np.ndarray, area: np.ndarray) -> float:
    """Standard deviation of what is finer than a pixel's neighbourhood, in `area`, in grey levels.

    It comes from the median, which lines and edges hardly change.
    """
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.0)
    return float(np.median(abs(fine[area]))) / _NORMAL


def _grey(picture):
    return picture.astype(np.float32).mean(axis=-1)
