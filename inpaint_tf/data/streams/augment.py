"""What a training picture may become: a part of it, in other colours.

As torchvision's `RandomResizedCrop` and `ColorJitter` draw them, which the published training of
AOT-GAN (Zeng et al., TVCG 2022) uses.
"""

import math

import numpy as np
from PIL import Image, ImageEnhance

AREAS = (0.08, 1.0)
"""Of the picture's area, the shares that a part has."""
RATIOS = (3 / 4, 4 / 3)
"""Of a part's width to its height."""
TRIES = 10
"""Of a part that is longer than the picture, before the middle is taken."""
MOST_JITTER = 0.5
"""A turn of the hues by more than half of their circle is one by less, the other way."""


def random_part(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A part of (H, W, ...), of a random share of its area, shape and place. Not resized."""
    height, width = image.shape[:2]
    for _ in range(TRIES):
        area = height * width * rng.uniform(*AREAS)
        ratio = math.exp(rng.uniform(math.log(RATIOS[0]), math.log(RATIOS[1])))
        part = round(math.sqrt(area / ratio)), round(math.sqrt(area * ratio))
        if 0 < part[0] <= height and 0 < part[1] <= width:
            top = rng.integers(0, height - part[0] + 1)
            left = rng.integers(0, width - part[1] + 1)
            return image[top : top + part[0], left : left + part[1]]
    part = min(height, round(width / RATIOS[0])), min(width, round(height * RATIOS[1]))
    top, left = (height - part[0]) // 2, (width - part[1]) // 2
    return image[top : top + part[0], left : left + part[1]]


def jitter_colours(image: np.ndarray, most: float, rng: np.random.Generator) -> np.ndarray:
    """Other brightness, contrast, saturation and hue, in random order.

    image: uint8 (H, W, 3) RGB, and the result too.
    most: the first three are multiplied by 1 - most to 1 + most, and hues turned by up to most
      times their circle, either way; 0 to `MOST_JITTER`.
    """
    brightness, contrast, saturation = rng.uniform(1 - most, 1 + most, 3)
    turn = rng.uniform(-most, most)
    changes = (
        lambda picture: ImageEnhance.Brightness(picture).enhance(brightness),
        lambda picture: ImageEnhance.Contrast(picture).enhance(contrast),
        lambda picture: ImageEnhance.Color(picture).enhance(saturation),
        lambda picture: _turn_hues(picture, turn),
    )
    picture = Image.fromarray(image)
    for index in rng.permutation(len(changes)):
        picture = changes[index](picture)
    return np.asarray(picture)


def _turn_hues(picture, turn):
    hue, saturation, value = np.moveaxis(np.asarray(picture.convert("HSV")), -1, 0)
    turned = ((hue.astype(int) + int(turn * 255)) % 256).astype(np.uint8)
    return Image.fromarray(np.stack([turned, saturation, value], -1), "HSV").convert("RGB")
