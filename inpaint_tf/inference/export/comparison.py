"""A written model against `Inpainter`, on a drawn face with a hole."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from inpaint_tf.errors import UserError

if TYPE_CHECKING:
    from inpaint_tf.inference.inpainter import Inpainter

SEED = 7
"""Number of the drawn face."""


class Tolerance(NamedTuple):
    """What a format may differ by in the hole."""

    levels: int
    """Grey levels by which a pixel may be off."""
    share: float
    """Least share of the hole's pixels that are not further off."""


EXACT = Tolerance(0, 1.0)
ROUNDED = Tolerance(1, 0.999)
"""For programs that compute the same numbers in another order."""


class Comparison(NamedTuple):
    """Completed pictures of a model and of `Inpainter`, in grey levels of 0 to 255."""

    height: int
    width: int
    largest: int
    """Largest difference in the hole."""
    equal: float
    """Share of the hole's pixels that are equal."""
    within: float
    """Share of the hole's pixels that the tolerance allows."""
    known_equal: bool
    """Whether all pixels outside the hole are those of the picture."""

    def __str__(self):
        return (
            f"Compared with Inpainter on a drawn face of {self.width}x{self.height}: largest "
            f"difference {self.largest} of 255, {100 * self.equal:.2f} % of the hole's pixels equal"
        )


def compare(
    complete: Callable[[Any, Any], Any],
    inpainter: "Inpainter",
    height: int,
    width: int,
    tolerance: Tolerance,
) -> Comparison:
    """Complete a drawn face by a written model and by `inpainter`.

    complete: function of (image, mask), uint8 (1, height, width, 3) and (1, height, width, 1), 255
      = hole; it returns the completed uint8 image.
    Raises `UserError` if the model changes known pixels, or differs by more than `tolerance`.
    """
    image, mask = sample(height, width)
    found = np.asarray(complete(image, mask))
    if found.shape != image.shape or found.dtype != np.uint8:
        raise UserError(f"the written model returns {found.dtype} of shape {found.shape}")
    expected, _ = inpainter.complete_with_raw(image, mask)
    off = np.abs(found.astype(int) - expected.astype(int)).max(axis=-1)
    hole = mask[..., 0] > 0
    comparison = Comparison(
        height,
        width,
        largest=int(off[hole].max()),
        equal=float(np.mean(off[hole] == 0)),
        within=float(np.mean(off[hole] <= tolerance.levels)),
        known_equal=bool((found[~hole] == image[~hole]).all()),
    )
    if comparison.within < tolerance.share or not comparison.known_equal:
        known = "" if comparison.known_equal else ", and known pixels are changed"
        raise UserError(
            f"the written model was removed, it does not compute what Inpainter does. {comparison}"
            f"{known}; at least {100 * tolerance.share:g} % must be within {tolerance.levels}"
        )
    return comparison


def sample(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A drawn face, uint8 (1, height, width, 3), and its mask (1, height, width, 1), 255 = hole.

    The hole is a box in the middle and a strip at the lower border.
    """
    from inpaint_tf.data.sample_faces import draw_face

    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    face = draw_face(SEED, side)[top : top + height, left : left + width]
    mask = np.zeros((1, height, width, 1), np.uint8)
    mask[:, height // 4 : height - height // 4, width // 4 : width - width // 4] = 255
    mask[:, height - height // 10 :, : width // 2] = 255
    return np.ascontiguousarray(face)[None], mask
