"""Nose, mouth and wrinkles: painted unlit, the head's light comes after."""

import numpy as np

from inpaint_tf.data.sample_faces.canvas import both_sides, ellipse, ribbon, smooth
from inpaint_tf.data.sample_faces.light import CREASE


def draw_nose(canvas, t):
    """Nostrils, wings and the shadow below; the nose itself is relief."""
    w, v = t.nose_width, t.nose_v
    below = ellipse((-0.02 * t.light[0], v + 0.020), (0.9 * w, 0.014))
    canvas.darken(below, (0.62, 0.50, 0.47), 0.65, blur=0.009)
    nostril = smooth(
        [(0.20 * w, v + 0.010), (0.42 * w, v), (0.68 * w, v + 0.006), (0.45 * w, v + 0.014)]
    )
    canvas.darken(both_sides(nostril), (0.24, 0.14, 0.12), 0.85, blur=0.0025)
    wing = [
        (0.86 * w, v - 0.028),
        (1.04 * w, v - 0.008),
        (0.92 * w, v + 0.012),
        (0.68 * w, v + 0.014),
    ]
    wing = ribbon(smooth(wing, closed=False), [0.002, 0.006, 0.007, 0.003])
    canvas.darken(both_sides(wing), CREASE, 0.6, blur=0.003)
    side = [(0.024, t.eye_v - 0.03), (0.026, t.eye_v + 0.04), (0.62 * w, v - 0.05)]
    side = ribbon(smooth(side, closed=False), [0.012, 0.014, 0.006])
    canvas.darken(both_sides(side), (0.80, 0.70, 0.66), 0.40, blur=0.010)


def draw_mouth(canvas, t):
    """Lips, and teeth where the mouth is open."""
    w, v, full = t.mouth_width, t.mouth_v, t.lip_fullness
    lift = 0.026 * t.smile
    gap = 0.032 * t.mouth_open
    corner = (w, v - lift)
    upper_edge = [
        (0, v - 0.020 * full),
        (0.20 * w, v - 0.025 * full),
        (0.62 * w, v - 0.013 * full - 0.5 * lift),
        corner,
    ]
    parting = [(0, v + 0.002), (0.22 * w, v + 0.001), (0.6 * w, v - 0.25 * lift + 0.002), corner]
    lower_in = [
        (0, v + 0.003 + gap),
        (0.35 * w, v + 0.002 + 0.9 * gap),
        (0.7 * w, v + 0.45 * gap - 0.4 * lift),
        corner,
    ]
    lower_edge = [
        (0, v + gap + 0.030 * full),
        (0.34 * w, v + gap + 0.026 * full),
        (0.72 * w, v + 0.5 * gap + 0.011 * full - 0.2 * lift),
        corner,
    ]
    upper_edge, parting, lower_in, lower_edge = map(
        _across, (upper_edge, parting, lower_in, lower_edge)
    )
    shadow = ellipse((0, v + gap + 0.042 * full + 0.004), (0.55 * w, 0.010))
    canvas.darken(shadow, (0.70, 0.58, 0.55), 0.6, blur=0.008)
    if gap:
        _draw_teeth(canvas, t, parting, lower_in, gap)
    softness = 0.0022
    canvas.fill(_between(upper_edge, parting), t.lip_colour * 0.86, 0.9, softness)
    canvas.fill(_between(lower_in, lower_edge), t.lip_colour * 1.02, 0.9, softness)
    glow = ellipse((-0.01 + 0.03 * t.light[0], v + gap + 0.014 * full), (0.40 * w, 0.005 * full))
    canvas.fill(glow, np.clip(t.lip_colour * 1.35 + 0.08, 0, 1), 0.45, blur=0.005)
    dark = t.lip_colour * 0.30
    canvas.fill(
        ribbon(parting, [0.003, 0.0035, 0.0045, 0.0035, 0.003]), dark, 0.4 if gap else 0.8, 0.0014
    )
    canvas.darken(both_sides(ellipse(corner, (0.008, 0.006))), CREASE, 0.55, blur=0.004)


def _draw_teeth(canvas, t, parting, lower_in, gap):
    clip = canvas.mask(_between(parting, lower_in))
    canvas.blend(clip, np.float32([0.20, 0.07, 0.07]))
    reach = 0.80 * t.mouth_width
    edge = smooth(
        [
            (-reach, t.mouth_v + 0.1 * gap),
            (0, t.mouth_v + 0.88 * gap),
            (reach, t.mouth_v + 0.1 * gap),
        ],
        closed=False,
    )
    teeth = np.concatenate([edge, [(reach, t.mouth_v - 0.04), (-reach, t.mouth_v - 0.04)]])
    canvas.fill(teeth, (0.93, 0.91, 0.86), 1.0, 0.0018, clip)
    places = (-0.052, -0.034, -0.017, 0.0, 0.017, 0.034, 0.052)
    gaps = [np.array([(u, t.mouth_v - 0.02), (u * 1.02, t.mouth_v + gap)]) for u in places]
    canvas.darken(
        [ribbon(line, [0.0015, 0.002]) for line in gaps], (0.72, 0.66, 0.62), 0.6, 0.001, clip
    )
    canvas.darken(ribbon(parting, [0.012]), (0.45, 0.36, 0.34), 0.7, 0.004, clip)
    corners = both_sides(ellipse((0.92 * t.mouth_width, t.mouth_v), (0.030, 0.03)))
    canvas.darken(corners, (0.35, 0.25, 0.24), 0.7, 0.010, clip)


def draw_wrinkles(canvas, t):
    """The fold from nose to mouth, and with age the lines of forehead and eyes."""
    smile = max(t.smile, 0)
    fold = smooth(
        [
            (1.05 * t.nose_width, t.nose_v - 0.012),
            (0.095, 0.665),
            (t.mouth_width + 0.022, t.mouth_v - 0.005),
        ],
        closed=False,
    )
    strength = min(1.0, 0.18 + 0.40 * smile + 0.45 * t.age)
    folds = both_sides(ribbon(fold, [0.004, 0.010, 0.003]))
    canvas.darken(folds, (0.70, 0.57, 0.53), strength, blur=0.005)
    old = max(0.0, t.age - 0.4)
    if not old:
        return
    line = smooth([(-0.12, 0.006), (-0.05, 0), (0.05, 0), (0.12, 0.006)], closed=False)
    line = ribbon(line, [0.001, 0.006, 0.005, 0.001])
    forehead = [np.add(line, (0, v)) for v in (0.285, 0.320, 0.352)]
    canvas.darken(forehead, CREASE, 0.8 * old, blur=0.003)
    outer = np.array([t.eye_u + 1.18 * t.eye_width, t.eye_v])
    crow_feet = []
    for spread in (-0.022, 0.0, 0.022):
        foot = ribbon(np.add(outer, [(0, 0.3 * spread), (0.035, spread)]), [0.004, 0.002])
        crow_feet += both_sides(foot)
    canvas.darken(crow_feet, CREASE, 0.8 * old * (0.5 + smile), 0.002)


def _across(half):
    """A symmetric curve through the right half's points, from the left corner to the right."""
    half = np.asarray(half)
    return smooth(np.concatenate([(half * (-1, 1))[:0:-1], half]), closed=False)


def _between(top, bottom):
    return np.concatenate([top, bottom[::-1]])
