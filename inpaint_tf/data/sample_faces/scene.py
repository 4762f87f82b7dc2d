"""What surrounds the face: background, clothes, glasses, pose and camera."""

import cv2
import numpy as np

from inpaint_tf.data.sample_faces.canvas import (
    Canvas,
    both_sides,
    ellipse,
    enlarge,
    grid,
    ribbon,
    smooth,
)
from inpaint_tf.data.sample_faces.light import diffuse


def draw_background(canvas, t):
    """A gradient with shapes far out of focus."""
    rng = t.rng("background")
    base = rng.uniform(0.08, 0.85) * rng.uniform(0.65, 1.0, 3)
    far = np.clip(base * rng.uniform(0.5, 1.5) + rng.normal(0, 0.07, 3), 0.03, 0.95)
    u, v = grid(64)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.clip(0.5 + np.cos(angle) * u + np.sin(angle) * (v - 0.5), 0, 1)[..., None]
    scene = Canvas(64)
    scene.pixels[:] = base + slope * (far - base)
    kind = rng.choice(["plain", "lights", "room", "leaves"])
    count = {"plain": 0, "lights": 16, "room": 5, "leaves": 26}[str(kind)]
    for _ in range(count):
        centre = rng.uniform((-0.55, -0.05), (0.55, 1.05))
        colour = np.clip(base * rng.uniform(0.5, 1.7) + rng.normal(0, 0.05, 3), 0.02, 1)
        if kind == "lights":
            shape, blur = ellipse(centre, (rng.uniform(0.03, 0.08),) * 2), 0.010
            colour = np.clip(np.add(colour, (0.25, 0.18, 0.05)), 0, 1)
        elif kind == "room":
            shape, blur = ellipse(centre, rng.uniform(0.08, 0.45, 2), power=12), 0.015
        else:
            shape, blur = ellipse(centre, rng.uniform(0.04, 0.13, 2)), 0.020
            colour *= (0.85, 0.95, 0.70)
        scene.fill(shape, colour, rng.uniform(0.3, 0.8), blur)
    canvas.pixels[:] = enlarge(scene.pixels, canvas.side)


def draw_clothes(canvas, t):
    """Shoulders and a collar at the lower corners."""
    neck = 0.19 + 0.03 * (1 - t.feminine)
    opening = {"round": 0.985, "v": 1.08, "shirt": 1.04}[t.collar]
    drop = 0.955 - 0.025 * (1 - t.feminine)
    half = [
        (0, opening),
        (0.6 * neck, 0.6 * opening + 0.4 * drop),
        (neck, drop),
        (0.36, drop + 0.02),
        (0.52, drop + 0.06),
        (0.6, 1.2),
        (0, 1.2),
    ]
    outline = np.concatenate([smooth(half[:5], closed=False), half[5:]])
    outline = np.concatenate([outline, (outline * (-1, 1))[::-1]])
    u, v = grid()
    wave = np.sin(40 * u + 25 * v * np.sign(u)) * 0.05
    normal = np.stack([0.9 * u, np.full_like(u, -0.4), np.full_like(u, 0.85)], axis=-1)
    cloth = np.float32(t.clothes) * diffuse(normal, t) * np.float32(1 + wave)[..., None]
    canvas.blend(canvas.mask(outline, blur=0.002), enlarge(np.float32(cloth), canvas.side))
    edge = smooth(half[:3], closed=False)
    canvas.darken(both_sides(ribbon(edge, [0.012])), (0.6, 0.6, 0.62), 0.7, blur=0.004)
    if t.collar == "shirt":
        flap = np.array(
            [(neck - 0.01, drop - 0.03), (0.09, 1.03), (0.20, 1.05), (neck + 0.05, drop + 0.01)]
        )
        canvas.fill(both_sides(flap), np.clip(t.clothes * 1.12 + 0.03, 0, 1), blur=0.002)
        canvas.darken(both_sides(ribbon(flap, [0.006])), (0.6, 0.6, 0.62), 0.5, blur=0.003)


def draw_earrings(canvas, t):
    """The same drop below each ear."""
    if t.earrings is None:
        return
    v = 0.52 + 0.10 * t.ear_size
    for sign in (-1, 1):
        centre = np.array([sign * (t.head_width + 0.012), v])
        canvas.fill(ellipse(centre, (0.011, 0.014)), t.earrings * 0.75, blur=0.001)
        canvas.fill(ellipse(centre + t.light[:2] * 0.006, (0.004, 0.004)), (1, 1, 1), 0.8, 0.002)


def draw_glasses(canvas, t, head_mask):
    """Two equal lenses, the bridge, the temples, and their shadow."""
    if t.glasses is None:
        return
    radii, power = {
        "round": ((0.082, 0.075), 2.0),
        "square": ((0.088, 0.062), 4.5),
        "aviator": ((0.090, 0.074), 2.6),
    }[t.glasses]
    centre = np.array([t.eye_u + 0.004, t.eye_v + 0.010])
    lens = ellipse(centre, radii, power, count=64)
    if t.glasses == "aviator":
        lens[:, 0] -= 0.35 * (lens[:, 1] - centre[1]) * 0.6
    rim = 0.006 if t.glasses == "aviator" else 0.011
    inner = centre[0] - radii[0]
    bridge = smooth(
        [(-inner, t.eye_v + 0.002), (0, t.eye_v - 0.012), (inner, t.eye_v + 0.002)], closed=False
    )
    outer = centre[0] + radii[0]
    temple = np.array([(outer - 0.004, t.eye_v - 0.012), (t.head_width + 0.012, t.eye_v - 0.006)])
    loop = np.concatenate([lens, lens[:2]])
    parts = [*both_sides(ribbon(loop, [rim])), ribbon(bridge, [rim])]
    parts += both_sides(ribbon(temple, [1.4 * rim, rim]))
    fall = np.array([-0.02 * t.light[0], 0.014])
    canvas.fill(
        [part + fall for part in parts], t.skin * (0.35, 0.24, 0.20), 0.35, 0.006, head_mask
    )
    canvas.darken(both_sides(lens), 0.25 + 0.3 * t.frame, t.lens_tint, blur=0.001)
    for sign in (-1, 1):
        clip = canvas.mask(lens * (sign, 1))
        glare = np.array([(-0.06, -0.09), (-0.02, -0.09), (-0.07, 0.09), (-0.11, 0.09)])
        canvas.fill(glare + centre * (sign, 1), (1, 1, 1), 0.10, 0.008, clip)
    canvas.fill(parts, t.frame, blur=0.0008)
    edges = [*both_sides(ribbon(loop, [0.3 * rim])), ribbon(bridge, [0.3 * rim])]
    edges = [np.add(edge, (0, -0.2 * rim)) for edge in edges]
    canvas.fill(edges, np.clip(t.frame * 1.3 + 0.25, 0, 1), 0.45, blur=0.0012)


def pose(picture, t):
    """Turn the finished picture (side, side, 3): roll in the plane, yaw and pitch by parallax."""
    u, v = grid()
    right, down = (u - t.shift[0]) / t.zoom, (v - 0.5 - t.shift[1]) / t.zoom
    cos, sin = np.cos(t.roll), np.sin(t.roll)
    from_u, from_v = cos * right + sin * down, cos * down - sin * right
    radius = (from_u / (1.25 * t.head_width)) ** 2 + (from_v / 0.48) ** 2
    nearness = np.sqrt(np.clip(1 - radius, 0, 1))
    nose = np.exp(-0.5 * ((from_u / 0.05) ** 2 + ((from_v + 0.52 - t.nose_v) / 0.05) ** 2))
    nearness = cv2.GaussianBlur(np.float32(nearness), (0, 0), 4) + 0.22 * np.float32(nose)
    from_u, from_v = from_u - t.yaw * nearness, from_v + 0.5 - t.pitch * nearness
    side = picture.shape[0]
    columns = enlarge(np.float32((from_u + 0.5) * side - 0.5), side)
    rows = enlarge(np.float32(from_v * side - 0.5), side)
    return cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def photograph(picture, size, t):
    """The picture (side, side, 3) float as a camera gives it: uint8 (size, size, 3)."""
    picture = cv2.GaussianBlur(picture, (0, 0), t.defocus * picture.shape[0])
    picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    u, v = grid()
    vignette = enlarge(np.float32(1 - 0.25 * (u**2 + (v - 0.5) ** 2)), size)
    picture = picture * (vignette * np.float32(t.exposure))[..., None]
    grain = t.rng("grain").standard_normal((size, size, 3), dtype=np.float32)
    picture = picture + np.float32(t.grain) * grain
    return np.uint8(np.clip(picture, 0, 1) * 255 + 0.5)
