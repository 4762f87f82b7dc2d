"""Pictures with holes, shared by the tests of the scores."""

import numpy as np


def noisy_pair(height, width, seed=0):
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 255, width)[None, :, None] * np.ones((height, 1, 3))
    truth = np.clip(ramp + rng.normal(0, 20, ramp.shape), 0, 255).astype(np.uint8)
    image = np.clip(truth + rng.normal(0, 15, ramp.shape), 0, 255).astype(np.uint8)
    return image, truth


def centre_hole(height, width):
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 1
    return mask
