"""Biharmonic equations (Damelin and Hoang 2018). Needs scikit-image."""

import numpy as np

from inpaint_tf.errors import UserError

try:
    from skimage.restoration import inpaint_biharmonic
except ImportError:
    raise UserError("--baseline=biharmonic needs scikit-image; pip install scikit-image") from None


def biharmonic(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill the hole; takes seconds for a large one.

    image: (height, width, 3) uint8 RGB, whose hole is not looked at.
    mask: (height, width) uint8, 1 = hole.
    """
    filled = inpaint_biharmonic(image, mask, channel_axis=-1)
    return np.clip(np.rint(255 * filled), 0, 255).astype(np.uint8)
