"""What the tests of formats share: an untrained Inpainter, pictures of any size, the comparison."""

import keras
import numpy as np

from inpaint_tf import Inpainter
from inpaint_tf.networks import generators

SIZE = 64


def small_inpainter(kind="contextual_attention", hole_fill="white", seed=5, **options):
    """Width 4; its size is 64, which is that of the pictures compared."""
    keras.utils.set_random_seed(seed)
    generator = generators.build(kind, 4, **options)
    return Inpainter(generator, hole_fill, max(SIZE, getattr(generator, "least_side", 1)))


def pictures(count, height, width):
    """Noise, uint8 (count, height, width, 3), and masks with a hole at the right border, 255."""
    images = np.random.default_rng(height).integers(0, 256, (count, height, width, 3), np.uint8)
    masks = np.zeros((count, height, width, 1), np.uint8)
    masks[:, height // 4 : height // 2, width // 3 :] = 255
    return images, masks


def check(complete, inpainter, images, masks, levels=1):
    """A model gives what the Inpainter gives, and known pixels to the byte."""
    found = np.asarray(complete(images, masks))
    assert found.dtype == np.uint8
    assert found.shape == images.shape
    known = masks[..., 0] == 0
    np.testing.assert_array_equal(found[known], images[known])
    off = np.abs(found.astype(int) - inpainter.complete(images, masks).astype(int))
    assert off.max() <= levels
    assert np.mean(off > 0) < 0.01
