"""Colours of a photo's profile to sRGB, which networks see, and back. By LittleCMS, in 8 bits."""

import functools
import io

import numpy as np
from PIL import Image, ImageCms

MODES = {1: "L", 3: "RGB"}
SPACES = {1: b"GRAY", 3: b"RGB "}


def to_srgb(colours: np.ndarray, icc: bytes) -> np.ndarray:
    """uint8 (height, width, 1 or 3) in a profile's colours to uint8 RGB (height, width, 3).

    A profile that is missing, sRGB itself, for other values or damaged changes nothing.
    """
    channels = colours.shape[2]
    transform = _transform(icc, channels, True)
    if transform is None:
        return np.repeat(colours, 3, axis=2) if channels == 1 else colours
    image = Image.fromarray(colours[..., 0] if channels == 1 else colours)
    return np.asarray(ImageCms.applyTransform(image, transform))


def from_srgb(rgb: np.ndarray, icc: bytes, channels: int) -> np.ndarray:
    """uint8 RGB (height, width, 3) to uint8 (height, width, channels) in a profile's colours."""
    transform = _transform(icc, channels, False)
    image = Image.fromarray(rgb)
    if transform is None:
        return np.asarray(image.convert(MODES[channels])).reshape(*rgb.shape[:2], channels)
    return np.asarray(ImageCms.applyTransform(image, transform)).reshape(*rgb.shape[:2], channels)


@functools.lru_cache(maxsize=8)
def _transform(icc, channels, forward):
    if icc[16:20] != SPACES[channels]:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if ImageCms.getProfileDescription(profile).startswith("sRGB"):
            return None
        srgb = ImageCms.createProfile("sRGB")
        ends = [(profile, MODES[channels]), (srgb, "RGB")]
        (source, source_mode), (target, target_mode) = ends if forward else ends[::-1]
        return ImageCms.buildTransform(
            source,
            target,
            source_mode,
            target_mode,
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return None
