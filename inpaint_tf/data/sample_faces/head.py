"""Neck, ears, head and the relief of the face."""

import numpy as np

from inpaint_tf.data.sample_faces.canvas import (
    both_sides,
    enlarge,
    grid,
    mirrored,
    noise,
    ribbon,
    smooth,
)
from inpaint_tf.data.sample_faces.light import diffuse, gloss, normals

SKULL_TOP = 0.085


def head_outline(t):
    """The closed outline of skull and face."""
    w, jaw, chin = t.head_width, t.jaw_width, t.chin
    half = [
        *dome(0.99 * w, SKULL_TOP, 0.38),
        (w, 0.47),
        (0.975 * w, 0.60),
        (jaw, 0.72),
        (0.5 * (jaw + t.chin_width) + 0.02, chin - 0.085),
        (t.chin_width, chin - 0.020),
        (0.45 * t.chin_width, chin - 0.002),
        (0, chin),
    ]
    return smooth(mirrored(half))


def dome(half_width, top, bottom):
    """Five points of the right half of a skull: from its top on the axis to its widest place."""
    angle = np.radians([0, 24, 47, 69, 90])
    across, up = np.sin(angle) ** 0.92, np.cos(angle) ** 0.92
    return np.stack([half_width * across, bottom - (bottom - top) * up], axis=1)


def draw_neck(canvas, t):
    """The neck down to the picture's edge, under the shadow of the chin."""
    half_width = 0.155 + 0.045 * (1 - t.feminine)
    side = [(half_width, 0.70), (half_width, 0.93), (half_width + 0.06, 1.0), (0.5, 1.06)]
    outline = np.concatenate(
        [smooth(side, closed=False), (smooth(side, closed=False) * (-1, 1))[::-1]]
    )
    mask = canvas.mask(outline, blur=0.002)
    u, _ = grid()
    depth = np.sqrt(np.clip(1 - (u / (1.25 * half_width)) ** 2, 0.05, 1)) * half_width
    lit = diffuse(normals(depth), t, subsurface=0.25)
    canvas.blend(mask, enlarge(lit * np.float32(t.skin * 0.96), canvas.side))
    tendon = ribbon([(0.10, 0.86), (0.07, 0.95), (0.03, 1.0)], [0.01, 0.02, 0.01])
    canvas.darken(both_sides(tendon), (0.85, 0.8, 0.78), 0.5, blur=0.008)
    shadow = head_outline(t) * (0.92, 1) + (-0.06 * t.light[0], 0.045)
    canvas.darken(shadow, (0.52, 0.42, 0.38), 0.85, blur=0.022, clip=mask)


def draw_ears(canvas, t):
    """Both ears, of which the head will hide the inner part."""
    w, size = t.head_width, t.ear_size
    half = np.array(
        [
            (-0.02, 0.455),
            (0.018, 0.452),
            (0.040, 0.475),
            (0.038, 0.525),
            (0.022, 0.570),
            (0.004, 0.602),
            (-0.02, 0.60),
        ]
    )
    ear = smooth((half - (0, 0.52)) * size + (w, 0.52))
    rim = smooth(
        (half[1:6] * (0.62, 1) - (0.001, 0.52)) * (size, 0.76 * size) + (w, 0.52), closed=False
    )
    for sign in (-1, 1):
        lit = diffuse(np.float32([0.45 * sign, 0, 0.9]), t, subsurface=0.4)
        canvas.fill(ear * (sign, 1), t.skin * (1.0, 0.90, 0.88) * lit, blur=0.0015)
        inner = (smooth((half * (0.55, 1) - (0.004, 0.52)) * (size, 0.62 * size) + (w, 0.52))) * (
            sign,
            1,
        )
        canvas.darken(inner, (0.66, 0.50, 0.46), 0.75, blur=0.006)
        canvas.fill(
            ribbon(rim * (sign, 1), [0.002, 0.006, 0.006, 0.002]), t.skin * lit, 0.35, blur=0.003
        )


def draw_skin(canvas, t, mask):
    """The colour of the skin, unlit, over the head's `mask` (side, side)."""
    red = _bumps(
        [
            ((0.165, 0.60), (0.060, 0.045), 0.55 * t.blush),
            ((0, t.nose_v - 0.01), (0.035, 0.030), 0.45 * t.blush),
            ((0, t.chin - 0.05), (0.06, 0.03), 0.25),
        ]
    )
    dark = _bumps(
        [
            ((t.eye_u, t.eye_v + 0.045), (0.045, 0.014), 0.25 + 0.35 * t.age),
            ((t.eye_u, t.eye_v - 0.012), (0.055, 0.028), 0.45),
        ]
    )
    mottling = noise(t.rng("mottling"), (14, 14)) * 0.5 + noise(t.rng("pores"), (56, 56)) * 0.4
    tint = (
        1
        - red[..., None] * np.float32([0.02, 0.22, 0.20])
        - dark[..., None] * np.float32([0.14, 0.22, 0.20])
    )
    tint += (0.012 + 0.012 * t.age) * mottling[..., None]
    canvas.blend(mask, enlarge(np.float32(t.skin) * tint.astype(np.float32), canvas.side))
    if t.freckles:
        _draw_freckles(canvas, t)


def _draw_freckles(canvas, t):
    rng = t.rng("freckles")
    count = int(130 * t.freckles)
    places = rng.normal((0, 0.565), (0.11, 0.045), (count, 2))
    sizes = rng.uniform(0.0015, 0.004, count)
    corners = np.array([(1, 0.2), (0.3, 1), (-0.8, 0.7), (-0.9, -0.5), (0.2, -1)])
    specks = [place + corners * size for place, size in zip(places, sizes, strict=True)]
    canvas.fill(specks, t.skin * (0.68, 0.52, 0.42), 0.55, blur=0.0012)


def light_head(canvas, t, mask):
    """Multiply everything painted on the head by the light, then add the skin's sheen."""
    normal = normals(face_relief(t))
    canvas.multiply(mask, enlarge(diffuse(normal, t, subsurface=0.3), canvas.side))
    oily = 0.4 + _bumps([((0, 0.57), (0.05, 0.10), 0.5), ((0, 0.30), (0.14, 0.06), 0.4)])
    sheen = gloss(normal, t) * oily * 0.20
    canvas.pixels += (mask * enlarge(sheen.astype(np.float32), canvas.side))[..., None]


def face_relief(t):
    """Height of the face (128, 128) towards the viewer: a skull and the bumps upon it."""
    u, v = grid()
    middle, tall = 0.5 * (SKULL_TOP + t.chin), 0.53 * (t.chin - SKULL_TOP)
    radius = abs(u / (1.09 * t.head_width)) ** 2.3 + abs((v - middle) / (1.08 * tall)) ** 2.5
    height = 0.27 * np.sqrt(np.clip(1 - radius, 0.02, 1))
    age, nose, lips = t.age, t.nose_relief, t.lip_fullness
    brow, eye, tip, mouth = t.eye_v - t.brow_lift + 0.012, t.eye_v, t.nose_v, t.mouth_v
    ridge = 0.5 + 0.5 * (1 - t.feminine)
    bumps = [
        ((0.10, brow), (0.065, 0.020), 0.011 * ridge),
        ((t.eye_u - 0.005, eye), (0.058, 0.034), -0.022),
        ((t.eye_u, eye + 0.002), (0.030, 0.022), 0.013),
        ((t.eye_u + 0.005, eye + 0.062), (0.045, 0.012), -0.002 - 0.004 * age),
        ((0, eye + 0.01), (0.020, 0.045), 0.016 * nose),
        ((0, tip - 0.075), (0.021, 0.040), 0.019 * nose),
        ((0, tip - 0.018), (0.55 * t.nose_width, 0.026), 0.032 * nose),
        ((0.68 * t.nose_width, tip - 0.004), (0.016, 0.016), 0.013 * nose),
        ((0.165, 0.595 - 0.02 * t.smile), (0.055, 0.045), 0.012 + 0.010 * max(t.smile, 0)),
        ((0.115, 0.665), (0.018, 0.035), -0.004 - 0.005 * max(t.smile, 0)),
        ((0.20, 0.70), (0.05, 0.06), -0.006 * (1 - t.feminine) - 0.006 * age),
        ((0, mouth - 0.045), (0.010, 0.018), -0.004),
        ((0.022, mouth - 0.014), (0.026, 0.011), 0.008 * lips),
        ((0, mouth + 0.020), (0.040, 0.013), 0.011 * lips),
        ((0, mouth + 0.052), (0.050, 0.014), -0.010),
        ((0, t.chin - 0.050), (0.055, 0.032), 0.016),
    ]
    return height + _bumps(bumps)


def _bumps(bumps):
    """The sum (128, 128) of Gaussian bumps, given as centre, spread and height.

    A centre off the axis stands for itself and its mirror image.
    """
    both = [*bumps, *(((-u, v), spread, high) for (u, v), spread, high in bumps if u)]
    centre, spread = (np.float32([bump[i] for bump in both]) for i in (0, 1))
    u, v = grid()
    across = np.exp(-0.5 * ((u[:1] - centre[:, :1]) / spread[:, :1]) ** 2)
    down = np.exp(-0.5 * ((v[:, :1].T - centre[:, 1:]) / spread[:, 1:]) ** 2)
    return (down * np.float32([bump[2] for bump in both])[:, None]).T @ across
