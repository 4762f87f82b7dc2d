"""Hair: a silhouette behind the head, one in front, and strands that flow from the parting."""

import cv2
import numpy as np

from inpaint_tf.data.sample_faces.canvas import ellipse, enlarge, grid, mirrored, noise, smooth
from inpaint_tf.data.sample_faces.head import SKULL_TOP, dome
from inpaint_tf.data.sample_faces.light import diffuse, normals

_LONG = 0.7  # v below which side hair falls past the jaw


class Hair:
    """Hair of one face, ready to be painted behind and in front of the head."""

    def __init__(self, canvas, t):
        self.canvas, self.traits = canvas, t
        self.behind, self.front = outlines(t)
        self.strand = enlarge(_ringlets(t) if t.style.curl else _strands(t), canvas.side)
        self.colour = self._lit_colour()

    def draw_behind(self):
        """What falls behind neck and ears, in the head's shadow; and a bun."""
        mask = self._feathered(self.canvas.mask(self.behind, blur=0.006))
        self.canvas.blend(mask, self.colour * np.float32(0.55))
        if self.traits.style.bun:
            bun = self.canvas.mask(ellipse((0.0, 0.055), (0.12, 0.08)), blur=0.006)
            self.canvas.blend(self._feathered(bun), self.colour * np.float32(0.85))

    def draw_front(self, head_mask):
        """What lies over forehead and cheeks, with its shadow on the skin."""
        t = self.traits
        opacity = np.float32(1 - t.style.thinness)
        shadow = np.add(self.front, (-0.02 * t.light[0], 0.016))
        self.canvas.darken(shadow, (0.58, 0.47, 0.43), 0.6 * opacity, 0.012, head_mask)
        mask = self.canvas.mask(self.front, blur=0.005 + 0.03 * t.style.thinness)
        self.canvas.blend(self._feathered(mask) * opacity, self.colour)

    def _feathered(self, soft):
        """A blurred silhouette cut again along the strands, so that its edge is made of hair."""
        style = self.traits.style
        sharpness = 3.0 - 1.8 * style.thinness
        roughness = 0.8 + 0.6 * style.curl
        edge = 4 * soft * (1 - soft)
        return np.clip(0.5 + sharpness * (soft - 0.5) + roughness * edge * self.strand, 0, 1)

    def _lit_colour(self):
        """Colour (side, side, 3) of hair anywhere: strands, the light on a round head, a sheen."""
        t = self.traits
        u, v = grid()
        width = t.head_width + 0.03 + t.style.side
        # A sphere above, a cylinder below: hair that falls does not turn under the chin.
        above = np.minimum(v - 0.5, 0) / (0.52 + t.style.volume)
        radius = (u / (1.15 * width)) ** 2 + above**2
        lit = diffuse(normals(0.30 * np.sqrt(np.clip(1 - radius, 0.03, 1))), t)
        arc = v - 0.17 - 0.6 * (u - 0.30 * t.light[0]) ** 2
        sheen = (0.5 - 0.3 * t.style.curl) * t.contrast * np.exp(-0.5 * (arc / 0.04) ** 2)
        base = enlarge(np.float32(t.hair) * lit, self.canvas.side)
        shine = enlarge(
            np.float32(sheen)[..., None] * np.float32(0.2 + 0.6 * t.hair), self.canvas.side
        )
        tone = np.clip(0.95 + (0.34 - 0.1 * t.style.curl) * self.strand, 0.45, 1.5)[..., None]
        return base * tone + shine * np.clip(0.6 + 0.6 * self.strand, 0, 1.5)[..., None]


def outlines(t):
    """(behind, front): polygons (n, 2) of the hair behind the head and of the hair over it."""
    style, w = t.style, t.head_width
    out = w + 0.010 + style.side
    end = style.end
    outer = [*dome(out, SKULL_TOP - style.volume, 0.36)]
    if end > _LONG:
        outer += [(out + 0.15 * style.side, v) for v in np.arange(0.50, end - 0.03, 0.12)]
        outer += [(out - 0.01, end - 0.02), (out - 0.05, end)]
    else:
        outer += [(out, 0.43), (w + 0.3 * style.side, end)]
    behind = [*outer, (0.5 * out, end), (0, end)]
    rng = t.rng("haircut")
    right = _front_half(t, outer, 1, rng)
    left = _front_half(t, outer, -1, rng) * (-1, 1)
    return smooth(mirrored(behind)), np.concatenate([right, left[::-1]])


def _front_half(t, outer, sign, rng):
    """Round one half of the front hair: from the top down the outside and up the inside."""
    style = t.style
    untidy = np.clip(0.25 * style.volume + 0.02 * style.curl, 0.001, 0.012)
    outer = np.array(outer)
    outer[1:] += rng.normal(0, untidy, (len(outer) - 1, 2))  # the top joins the other half
    inner = t.head_width - 0.012 - style.cover
    line = _hairline(t, inner, sign, rng)
    side_v = np.arange(style.end, line[-1, 1] + 0.05, -0.07)
    # Long hair falls inwards below the jaw and hides the sides of the neck.
    falls_in = 0.10 * np.clip((side_v - 0.62) / 0.30, 0, 1) ** 1.5
    side = np.stack([inner - falls_in + 0.01 * (style.end < _LONG), side_v], axis=1)
    edge = smooth(np.concatenate([side, line[::-1]]), closed=False)
    return np.concatenate([smooth(outer, closed=False), edge])


def _hairline(t, inner, sign, rng):
    """The hairline (n, 2) of one side, from the parting to the temple, in uneven locks."""
    style, parting = t.style, sign * t.parting
    along = np.linspace(0, 1, 13)
    u = parting + along * (inner - 0.010 - parting)
    receding = 0.16 * t.age * (1 - t.feminine) * max(0, 0.1 - style.droop) / 0.1
    v = style.hairline + style.droop * along**1.6 + (0.40 - style.hairline) * 0.5 * along**4
    locks = rng.uniform(0, 0.022, 13) * (np.arange(13) % 2) * (4 * along * (1 - along))
    fringe = np.clip((style.hairline - 0.15) / 0.15, 0.3, 1)
    return np.stack([u, v - receding * along * (1 - along) - locks * fringe], axis=1)


def _strands(t):
    """Brightness (256, 256) of straight or wavy strands, about -1 to 1.

    Strands leave the parting sideways and fall: along a parabola u**2 / v is constant.
    """
    u, v = grid(256)
    below = np.clip(v - SKULL_TOP + t.style.volume + 0.02, 0, None) + 0.02
    wave = 0.03 * t.wave * np.sin(22 * v + 4 * np.abs(u)) * np.clip(v - 0.1, 0, 1)
    flow = (u - t.parting + wave) / np.sqrt(below)
    across = np.float32(256 + 110 * flow)
    along = np.float32(18 * v)
    strand = cv2.remap(_streaks(t), across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return strand * np.clip(below / 0.12, 0.3, 1)


def _streaks(t):
    """Noise (32, 512): different across the hair, slowly changing along it."""
    rng = t.rng("strands")
    fine = rng.standard_normal((8, 512), dtype=np.float32)
    locks = rng.standard_normal((4, 56), dtype=np.float32)
    locks = cv2.resize(locks, (512, 8), interpolation=cv2.INTER_CUBIC)
    return cv2.resize(0.45 * fine + 0.55 * locks, (512, 32), interpolation=cv2.INTER_LINEAR)


def _ringlets(t):
    """Brightness (256, 256) of curls, about -1 to 1: rings of light around dark gaps."""
    rng = t.rng("ringlets")
    rings = np.clip(0.7 - np.abs(noise(rng, (62, 62), side=256)), -0.35, 1)
    return np.clip(0.8 * rings + 0.3 * noise(rng, (24, 24), side=256) + 0.1, -0.8, 0.9)
