"""Holes of kind "landmarks": glasses, masks and the like, on the mean face of a portrait."""

from typing import Any

import cv2
import numpy as np

from inpaint_tf.masks import face_shapes
from inpaint_tf.masks.kind import Kind

SHAPES = {
    "eyes": 1,
    "glasses": 4,
    "nose": 1,
    "mouth": 2,
    "mask": 3,
    "left": 1,
    "right": 1,
    "lower": 2,
    "upper": 1,
}
"""How many of sixteen holes have each shape of `face_shapes.SHAPES`."""
VARIANTS = 32
"""Of sixteen holes each, drawn once: a step takes from these."""
SCALE = (0.9, 1.15)
"""Of the face, beside the mean face."""
SHIFT = 0.03
"""The most that the face lies beside the mean face's place, as a share of the picture's side."""
TURN = 8.0
"""The most that the face is turned, degrees."""
GROWTH = 0.025
"""The most that a shape reaches beyond what it covers, as a share of the picture's side."""


class Landmarks(Kind):
    """One of the shapes in `SHAPES`, where faces have it in the training pictures.

    Training pictures are portraits framed alike, so that the mean face moved, turned and scaled a
    little stands for the landmarks of each. The shapes are the same whatever the seed.
    """

    whole_picture = True

    def __init__(self, size: int, max_shrink: int = 16, pictures: np.ndarray | None = None):
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        super().__init__(size, max_shrink)
        with apple_gpu.on_host():
            self.pictures: Any = ops.convert_to_tensor(_variants(size), "uint8")

    def draw_boxes(self, random: Any, count: int, free: tuple[int, int]) -> Any:
        from keras import ops

        return ops.zeros((1, 2), "int32")

    def draw_inside(self, random: Any, count: int) -> Any:
        from keras import ops

        from inpaint_tf.engines import apple_gpu

        with apple_gpu.on_host():
            chosen = random.integers((count,), 0, self.pictures.shape[0] - 1)
            return ops.cast(ops.take(self.pictures, chosen, axis=0), "float32")[..., None]


def _variants(size):
    """uint8 (VARIANTS * 16, size, size), 1 = hole."""
    rng = np.random.default_rng(0)
    names = [name for name, often in SHAPES.items() for _ in range(often)] * VARIANTS
    return np.stack([_variant(rng, name, size) for name in names])


def _variant(rng, name, size):
    turn = np.exp(1j * np.radians(rng.uniform(-TURN, TURN))) * rng.uniform(*SCALE)
    shift = complex(*rng.uniform(-SHIFT, SHIFT, 2))
    points = 0.5 + 0.5j + shift + turn * (face_shapes.MEAN_FACE @ [1, 1j] - (0.5 + 0.5j))
    landmarks = np.stack([points.real, points.imag], axis=1) * size
    hole = face_shapes.draw(name, landmarks, size, size).astype("uint8")
    width = 2 * round(rng.uniform(0, GROWTH) * size) + 1
    return cv2.dilate(hole, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
