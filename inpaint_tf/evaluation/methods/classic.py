"""Classic ways to fill a hole, without learning, as baselines for the scores.

Each takes a picture (height, width, 3) uint8 RGB whose hole is not looked at, and a mask
(height, width) uint8 with 1 = hole, and returns the filled picture.
"""

import cv2
import numpy as np

from inpaint_tf.errors import UserError

RADIUS = 3
"""Pixels around each point that OpenCV's methods look at: the usual choice."""


def telea(image, mask):
    """Fast marching (Telea 2004), by OpenCV."""
    return cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_TELEA)


def navier_stokes(image, mask):
    """Fluid dynamics (Bertalmio, Bertozzi and Sapiro 2001), by OpenCV."""
    return cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_NS)


def mean_fill(image, mask):
    """The mean colour of the known pixels."""
    colour = np.rint(image[mask == 0].mean(axis=0)).astype(np.uint8)
    return np.where(mask[..., None] == 1, colour, image)


def biharmonic(image, mask):
    """Biharmonic equations (Damelin and Hoang 2018), by scikit-image; seconds for a large hole."""
    try:
        from skimage.restoration import inpaint_biharmonic
    except ImportError:
        raise UserError(
            "--baseline=biharmonic needs scikit-image; pip install scikit-image"
        ) from None
    filled = inpaint_biharmonic(image, mask, channel_axis=-1)
    return np.clip(np.rint(255 * filled), 0, 255).astype(np.uint8)


BASELINES = {"telea": telea, "ns": navier_stokes, "mean": mean_fill, "biharmonic": biharmonic}


class BaselineMethod:
    """One of `BASELINES`, by its name."""

    batched = False
    fill_level = 128

    def __init__(self, baseline):
        self.baseline = self.name = self.place = baseline

    @property
    def settings(self):
        return {"baseline": self.baseline, "radius": RADIUS, "opencv": cv2.__version__}

    def source(self, pair):
        del pair

    def complete(self, pairs, images, masks):
        del pairs
        filled = []
        for image, mask in zip(images, masks, strict=True):
            # The hole is blanked first: no method can peep at the truth.
            known = np.where(mask[..., None] == 1, np.uint8(0), image)
            filled.append(keep_known(BASELINES[self.baseline](known, mask), image, mask))
        return filled, filled


def keep_known(picture, image, mask):
    return np.where(mask[..., None] == 1, picture, image)
