"""Beard and moustache: painted unlit, the head's light comes after."""

import numpy as np

from inpaint_tf.data.sample_faces.canvas import enlarge, grid, noise


def draw_beard(canvas, t, mask):
    """Beard and moustache, from a shadow on the jaw to full."""
    if not t.beard and not t.moustache:
        return
    u, v = grid()
    patchy = noise(t.rng("beard"), (16, 16))
    line = 0.655 - 0.9 * np.clip(abs(u) - 0.17, 0, None) + 0.12 * np.clip(0.15 - abs(u), 0, None)
    jaw = _ramp(v - line - 0.02 + 0.008 * patchy, 0.055) * t.beard
    lips = (u / (0.72 * t.mouth_width + 0.03)) ** 2 + ((v - t.mouth_v - 0.008) / 0.040) ** 2
    jaw = jaw * _ramp(lips - 1 + 0.1 * patchy, 0.5)
    above = t.mouth_v - 0.036 + 1.2 * np.clip(abs(u) - 0.02, 0, None) ** 1.5
    width = _ramp(1.12 * t.mouth_width - abs(u), 0.02)
    hair = np.maximum(jaw, t.moustache * width * _ramp(0.021 - abs(v - above), 0.016))
    grain = enlarge(noise(t.rng("whiskers"), (90, 200), side=256), canvas.side)
    hair = enlarge(np.float32(hair), canvas.side)
    cover = hair * np.clip(0.50 + 0.45 * hair + 0.30 * grain, 0, 1)
    tone = np.clip(0.85 + 0.22 * grain, 0.4, 1.3)[..., None]
    canvas.blend(mask * np.float32(cover), np.float32(t.hair * 0.9) * tone)


def _ramp(value, width):
    """0 to 1 as `value` rises from 0 to `width`, smoothly."""
    x = np.clip(value / width, 0, 1)
    return x * x * (3 - 2 * x)
