"""Eyes and brows: painted unlit, the head's light comes after."""

import numpy as np

from inpaint_tf.data.sample_faces.canvas import both_sides, ellipse, ribbon, smooth
from inpaint_tf.data.sample_faces.light import CREASE

_SCLERA = np.array([0.90, 0.88, 0.86])
_LASH = np.array([0.09, 0.06, 0.05])
_IRIS_RADIUS = 0.0245


def eye_lids(t, sign):
    """Upper and lower lid of one eye as curves from the inner to the outer corner."""
    w, h = t.eye_width, t.eye_width * t.eye_open
    upper = [
        (-1.0, 0.12),
        (-0.72, -0.48),
        (-0.25, -1.02),
        (0.25, -1.05),
        (0.70, -0.66),
        (1.02, -0.04),
    ]
    lower = [(-1.0, 0.12), (-0.55, 0.50), (0.0, 0.80), (0.50, 0.72), (1.02, -0.04)]
    raise_lower = 1 - 0.35 * max(t.smile, 0)
    tilt = np.array([[1, -t.eye_tilt], [0, 1]])
    curves = (np.array(upper) * (w, h) @ tilt, np.array(lower) * (w, h * raise_lower) @ tilt)
    return [smooth(np.add(c, (t.eye_u, t.eye_v)) * (sign, 1), closed=False) for c in curves]


def iris_centre(t, sign):
    """Where one iris is; both look the same way."""
    return np.array([sign * t.eye_u, t.eye_v - 0.003]) + t.gaze


def draw_eyes(canvas, t):
    """Eyeballs, irises, lids and lashes of both eyes."""
    for sign in (-1, 1):
        upper, lower = eye_lids(t, sign)
        _draw_lids(canvas, t, sign, upper, lower)
        opening = np.concatenate([upper, lower[::-1]])
        clip = canvas.mask(opening)
        canvas.blend(clip, _SCLERA * (0.85 + 0.15 * t.skin))
        corners = [ellipse(end, (0.016, 0.02)) for end in (upper[0], upper[-1])]
        canvas.darken(corners, (0.66, 0.58, 0.56), 0.6, 0.007, clip)
        inner_corner = np.array([sign * (t.eye_u - 0.98 * t.eye_width), t.eye_v + 0.004])
        canvas.fill(ellipse(inner_corner, (0.010, 0.009)), (0.72, 0.42, 0.38), 0.8, 0.003, clip)
        _draw_iris(canvas, t, iris_centre(t, sign), clip)
        canvas.darken(ribbon(upper, [0.016, 0.026, 0.022]), (0.42, 0.36, 0.36), 0.7, 0.004, clip)
        _draw_lashes(canvas, t, sign, upper, lower)


def _draw_lashes(canvas, t, sign, upper, lower):
    canvas.fill(ribbon(lower, [0.003, 0.004, 0.003]), t.skin * (0.95, 0.72, 0.68), 0.6, 0.0012)
    lash = t.lashes
    canvas.fill(ribbon(lower, [0.001, 0.002, 0.004]), _LASH, 0.30 + 0.3 * lash, 0.0015)
    outwards = np.linspace(0, 1, len(upper))[:, None] ** 4
    line = upper + outwards * (0.012 * lash * sign, -0.008 * lash)
    thick = 0.004 + 0.006 * lash
    canvas.fill(ribbon(line, [0.002, thick, thick, 0.002]), _LASH, 0.9, 0.0008)


def _draw_lids(canvas, t, sign, upper, lower):
    if t.eye_shadow is not None:
        lid = np.concatenate([upper, upper[::-1] - (0, 0.026)])
        canvas.fill(lid, t.eye_shadow * t.skin * 1.3, 0.5, blur=0.008)
    fold = upper * (1, 0.75) + (0.002 * sign, 0.25 * t.eye_v - 0.016 - 0.006 * t.lid_fold)
    canvas.darken(
        ribbon(fold, [0.002, 0.007, 0.006, 0.002]), CREASE, 0.35 + 0.45 * t.lid_fold, 0.0025
    )
    bag = np.add(lower, (0, 0.022))
    canvas.darken(ribbon(bag, [0.004, 0.008, 0.001]), (0.75, 0.64, 0.60), 0.15 + 0.5 * t.age, 0.004)


def _draw_iris(canvas, t, centre, clip):
    radius = _IRIS_RADIUS
    canvas.fill(ellipse(centre, (radius, radius)), t.iris * 0.35, blur=0.0015, clip=clip)
    canvas.fill(ellipse(centre, (0.82 * radius,) * 2), t.iris, blur=0.003, clip=clip)
    lower_glow = centre - t.light[:2] * (0.012, 0.012)
    canvas.fill(ellipse(lower_glow, (0.011, 0.009)), np.clip(t.iris * 1.6, 0, 1), 0.6, 0.004, clip)
    canvas.fill(ellipse(centre, (0.0105, 0.0105)), (0.02, 0.02, 0.02), blur=0.0012, clip=clip)


def draw_eye_lights(canvas, t):
    """The reflection of the light in both eyes: after the head is lit."""
    for sign in (-1, 1):
        upper, lower = eye_lids(t, sign)
        clip = canvas.mask(np.concatenate([upper, lower[::-1]]))
        lamp = iris_centre(t, sign) + t.light[:2] * (0.016, 0.013)
        floor = lamp - t.light[:2] * 0.026
        canvas.fill(ellipse(lamp, (0.0055, 0.005)), (1.0, 1.0, 0.98), 0.92, 0.0010, clip)
        canvas.fill(ellipse(floor, (0.004, 0.003)), (1.0, 1.0, 1.0), 0.25, 0.0015, clip)


def draw_brows(canvas, t):
    """Both eyebrows: a soft shape and the hairs that give it grain."""
    rng = t.rng("brows")
    arch, v = t.brow_arch, t.eye_v - t.brow_lift
    spine = smooth(
        [(0.048, v + 0.005), (0.088, v - 0.2 * arch), (0.14, v - arch), (0.198, v + 0.010)],
        closed=False,
    )
    profile = np.array([0.75, 1.0, 0.85, 0.25]) * t.brow_thickness
    colour = np.clip(t.hair * 0.7, 0.05, 0.6)
    starts = rng.uniform(0, 1, 60)
    places = np.stack(
        [np.interp(starts, np.linspace(0, 1, len(spine)), axis) for axis in spine.T], axis=1
    )
    widths = np.interp(starts, np.linspace(0, 1, 4), profile)
    places[:, 1] += rng.uniform(-0.45, 0.45, 60) * widths
    lean = np.stack([0.006 + 0.012 * starts, -0.013 + 0.018 * starts], axis=1)
    hairs = [np.array([p, p + d, p + d + 0.0022]) for p, d in zip(places, lean, strict=True)]
    canvas.fill(both_sides(ribbon(spine, profile)), colour, 0.62, blur=0.0035)
    hairs += [hair * (-1, 1) for hair in hairs]
    canvas.fill(hairs, colour * 0.8, 0.6, blur=0.0008)
