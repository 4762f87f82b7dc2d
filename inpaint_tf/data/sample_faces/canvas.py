"""A picture being painted, and the curves painted on it.

Positions are (u, v): u in [-0.5, 0.5] from left to right with 0 in the middle, v in [0, 1] from
top to bottom. Lengths share that unit (the side of the picture), so a drawing is the same at every
resolution. Colours are RGB in [0, 1].
"""

import functools

import cv2
import numpy as np

GRID = 128  # side of the coarse grid on which everything smooth (light, relief) is computed
_SUBPIXEL_BITS = 4
_LARGEST_BLUR = 4.0  # pixels; a softer mask is drawn smaller, which looks the same and is faster


class Canvas:
    """A square float32 picture; `pixels` is (side, side, 3) in [0, 1]."""

    def __init__(self, side):
        self.side = side
        self.pixels = np.zeros((side, side, 3), np.float32)

    def mask(self, *polygons, blur=0.0):
        """Coverage (side, side) in [0, 1] of filled polygons; `blur` is a standard deviation."""
        whole = (slice(0, self.side), slice(0, self.side))
        return self._coverage(polygons, blur, whole)

    def fill(self, shape, colour, opacity=1.0, blur=0.0, clip=None):
        """Paint a closed polygon (n, 2), or a list of them as one coat.

        `clip` (side, side) in [0, 1] limits where paint goes.
        """
        self._paint(shape, opacity, blur, clip, lambda below: np.float32(colour))

    def darken(self, shape, tint, opacity=1.0, blur=0.0, clip=None):
        """Multiply what lies under a polygon, or a list of them, by `tint`: a shadow or a stain."""
        self._paint(shape, opacity, blur, clip, lambda below: below * np.float32(tint))

    def blend(self, mask, colour):
        """Paint `colour`, (3,) or (side, side, 3), where mask (side, side) in [0, 1] says."""
        paint = np.empty_like(self.pixels)
        paint[:] = colour
        self.pixels = cv2.blendLinear(paint, self.pixels, mask, 1 - mask)

    def multiply(self, mask, factor):
        """Multiply by `factor`, (3,) or (side, side, 3), where mask (side, side) says."""
        self.blend(mask, self.pixels * np.float32(factor))

    def _paint(self, shape, opacity, blur, clip, recolour):
        polygons = shape if isinstance(shape, list) else [shape]
        window = self._window(polygons, blur)
        if window is None:
            return
        coverage = self._coverage(polygons, blur, window) * np.float32(opacity)
        if clip is not None:
            coverage = coverage * clip[window]
        below = self.pixels[window]
        below += coverage[..., None] * (recolour(below) - below)

    def _window(self, polygons, blur):
        """The rows and columns that the polygons and their blur touch; None if outside."""
        corners = np.add(np.concatenate(polygons), (0.5, 0)) * self.side
        reach = 3 * blur * self.side + 2
        low = np.clip(np.floor(corners.min(axis=0) - reach), 0, self.side).astype(int)
        high = np.clip(np.ceil(corners.max(axis=0) + reach), 0, self.side).astype(int)
        if (low >= high).any():
            return None
        return slice(low[1], high[1]), slice(low[0], high[0])

    def _coverage(self, polygons, blur, window):
        rows, columns = window
        height, width = rows.stop - rows.start, columns.stop - columns.start
        shrink = min(1.0, _LARGEST_BLUR / max(blur * self.side, 1e-6))
        small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        scale = np.array(small) / (width, height)
        # All corners at once: a brow is a hundred small polygons.
        corners = np.add(np.concatenate(polygons), (0.5, 0)) * self.side
        corners = ((corners - (columns.start, rows.start)) * scale - 0.5) * (1 << _SUBPIXEL_BITS)
        corners = np.rint(corners).astype(np.int32)
        coverage = np.zeros((small[1], small[0]), np.uint8)
        first = 0
        for polygon in polygons:  # one by one: filled together, overlaps would become holes
            last = first + len(polygon)
            cv2.fillPoly(coverage, [corners[first:last]], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
            first = last
        if blur > 0:
            sigma = blur * self.side * scale
            coverage = cv2.GaussianBlur(coverage, (0, 0), sigmaX=sigma[0], sigmaY=sigma[1])
        if shrink < 1:
            coverage = cv2.resize(coverage, (width, height), interpolation=cv2.INTER_LINEAR)
        return coverage.astype(np.float32) / 255


@functools.cache
def grid(side=GRID):
    """Pixel centres as two read-only float32 arrays (side, side): u and v."""
    steps = (np.arange(side, dtype=np.float32) + 0.5) / side
    u, v = np.meshgrid(steps - 0.5, steps)
    u.flags.writeable = v.flags.writeable = False
    return u, v


def enlarge(values, side):
    """Bring a coarse (n, n) or (n, n, c) array to (side, side[, c]); edges stay aligned."""
    return cv2.resize(values, (side, side), interpolation=cv2.INTER_LINEAR)


def noise(rng, cells, side=GRID):
    """Smooth noise (side, side) float32 of unit variance before smoothing.

    `cells` is (down, across), the number of independent values each way: the same values, so the
    same picture, at every side.
    """
    values = rng.standard_normal(cells, dtype=np.float32)
    return cv2.resize(values, (side, side), interpolation=cv2.INTER_CUBIC)


def smooth(points, closed=True, samples=8):
    """A Catmull-Rom curve through (n, 2) points, `samples` positions per piece."""
    points = np.asarray(points, np.float64)
    if closed:
        before, after, beyond = (np.roll(points, shift, axis=0) for shift in (1, -1, -2))
        start = points
    else:
        padded = np.concatenate([points[:1], points, points[-1:]])
        before, start, after, beyond = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(samples) / samples)[None, :, None]
    before, start, after, beyond = (p[:, None] for p in (before, start, after, beyond))
    curve = start + 0.5 * t * (
        after
        - before
        + t * (2 * before - 5 * start + 4 * after - beyond)
        + t * t * (3 * (start - after) + beyond - before)
    )
    curve = curve.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, points[-1:]])


def mirrored(half):
    """A closed left-right symmetric outline from its right half, top to bottom on the axis."""
    half = np.asarray(half, np.float64)
    return np.concatenate([half, (half * (-1, 1))[-2:0:-1]])


def ribbon(curve, widths):
    """The polygon of a brush stroke along `curve` (n, 2); `widths`, spread evenly over it."""
    curve = np.asarray(curve, np.float64)
    along = np.linspace(0, len(widths) - 1, len(curve))
    half = np.interp(along, np.arange(len(widths)), widths)[:, None] / 2
    direction = np.gradient(curve, axis=0)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
    normal = direction[:, ::-1] * (-1, 1)
    return np.concatenate([curve + half * normal, (curve - half * normal)[::-1]])


def ellipse(centre, radii, power=2.0, count=40):
    """A closed superellipse: power 2 is an ellipse, higher ones tend to a rectangle."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    unit = np.stack(
        [np.sign(cos) * abs(cos) ** (2 / power), np.sign(sin) * abs(sin) ** (2 / power)]
    )
    return np.asarray(centre) + unit.T * radii


def both_sides(points):
    """The right-hand figure and its mirror image."""
    points = np.asarray(points, np.float64)
    return [points, points * (-1, 1)]
