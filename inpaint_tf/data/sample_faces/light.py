"""Light on smooth surfaces: a relief becomes a map of colour factors."""

import numpy as np

from inpaint_tf.data.sample_faces.canvas import GRID

_AMBIENT = np.array([0.97, 0.99, 1.04], np.float32)  # sky and walls: slightly blue
_WRAP = 0.35  # light that creeps round the edge, as it does in skin
_GLOSS = 18  # sharpness of highlights
CREASE = (0.58, 0.44, 0.40)  # what is left of the light in a fold of the skin


def normals(relief):
    """Unit normals (n, n, 3), pointing right, down, to the viewer, of a height map (n, n).

    Heights share the unit of the positions: the side of the picture.
    """
    down, right = np.gradient(relief, 1.0 / GRID)
    normal = np.stack([-right, -down, np.ones_like(relief)], axis=-1)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def diffuse(normal, traits, subsurface=0.0):
    """Colour factors (..., 3), about 1 where a surface faces the light.

    `subsurface` reddens the shadows, as blood under skin does.
    """
    facing = normal @ traits.light.astype(np.float32)
    lambert = np.clip((facing + _WRAP) / (1 + _WRAP), 0, 1)[..., None]
    key = np.float32([1 + 0.05 * traits.warmth, 1.0, 1 - 0.08 * traits.warmth])
    share = traits.contrast
    factors = (1 - share) * 0.75 * _AMBIENT + (share + 0.25 * (1 - share)) * key * lambert * 1.04
    if subsurface:
        factors = factors ** np.float32([1 - subsurface, 1, 1 + 0.4 * subsurface])
    return factors.astype(np.float32)


def gloss(normal, traits):
    """Strength (...) in [0, 1] of the light's mirror image (Blinn)."""
    half = np.add(traits.light, (0, 0, 1))
    half = (half / np.linalg.norm(half)).astype(np.float32)
    return np.clip(normal @ half, 0, 1) ** _GLOSS * traits.contrast
