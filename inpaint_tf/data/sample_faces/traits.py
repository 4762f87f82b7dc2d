"""What makes one drawn face differ from another: everything is sampled from the seed here.

Lengths and positions are in the unit of `canvas` (the side of the picture); amounts are in [0, 1].
"""

from dataclasses import dataclass

import numpy as np

SKIN_TONES = np.array(  # light to dark
    [
        (0.97, 0.83, 0.76),
        (0.94, 0.76, 0.65),
        (0.87, 0.67, 0.53),
        (0.77, 0.56, 0.42),
        (0.63, 0.43, 0.31),
        (0.49, 0.33, 0.24),
        (0.37, 0.25, 0.18),
    ]
)
DARK_HAIR = ((0.07, 0.06, 0.06), (0.12, 0.08, 0.07), (0.19, 0.12, 0.09))
LIGHT_HAIR = (
    (0.30, 0.19, 0.12),
    (0.40, 0.23, 0.14),
    (0.52, 0.38, 0.24),
    (0.74, 0.58, 0.36),
    (0.85, 0.72, 0.50),
    (0.53, 0.23, 0.11),
)
GREY_HAIR = ((0.42, 0.41, 0.41), (0.62, 0.61, 0.60), (0.82, 0.81, 0.79))
DARK_EYES = ((0.22, 0.12, 0.07), (0.33, 0.19, 0.10))
LIGHT_EYES = ((0.42, 0.31, 0.14), (0.36, 0.44, 0.24), (0.30, 0.47, 0.62), (0.45, 0.52, 0.56))


@dataclass(frozen=True)
class HairStyle:
    """The silhouette of a haircut before it is varied; see `hair.outlines`."""

    volume: float  # height above the skull
    side: float  # thickness beside the skull
    end: float  # v where the sides end: 0.5 at the ear, above 1 out of the picture
    hairline: float  # v of the hairline in the middle
    droop: float  # how far the hairline falls from the parting to the temples
    cover: float = 0.0  # how far side hair comes in over the cheeks
    curl: float = 0.0
    bun: bool = False
    thinness: float = 0.0  # how much skin shows through


STYLES = {
    "bald": None,
    "buzz": HairStyle(0.004, 0.000, 0.45, 0.21, 0.00, thinness=0.45),
    "short": HairStyle(0.040, 0.008, 0.46, 0.20, 0.01),
    "quiff": HairStyle(0.062, 0.002, 0.45, 0.18, 0.02),
    "cropped fringe": HairStyle(0.038, 0.012, 0.47, 0.30, 0.01),
    "afro": HairStyle(0.075, 0.075, 0.50, 0.20, 0.03, curl=1.0),
    "short curls": HairStyle(0.050, 0.025, 0.47, 0.23, 0.02, curl=0.8),
    "bob": HairStyle(0.035, 0.055, 0.78, 0.18, 0.14, cover=0.035),
    "bob with fringe": HairStyle(0.035, 0.055, 0.80, 0.35, 0.02, cover=0.03),
    "long": HairStyle(0.035, 0.060, 1.15, 0.17, 0.16, cover=0.03),
    "long with fringe": HairStyle(0.035, 0.055, 1.15, 0.36, 0.02, cover=0.02),
    "long curls": HairStyle(0.055, 0.085, 1.10, 0.19, 0.10, cover=0.02, curl=0.9),
    "tied back": HairStyle(0.018, 0.004, 0.47, 0.20, 0.06),
    "bun": HairStyle(0.018, 0.004, 0.47, 0.20, 0.06, bun=True),
}
SHORT_STYLES = ("bald", "buzz", "short", "short", "quiff", "cropped fringe", "afro", "short curls")
LONG_STYLES = (
    "bob", "bob with fringe", "long", "long", "long with fringe", "long curls",
    "tied back", "bun", "afro",
)  # fmt: skip


@dataclass(frozen=True)
class Traits:
    """One face in one photograph."""

    seed: int
    feminine: float
    age: float
    # Head
    head_width: float  # half the width at the cheekbones
    jaw_width: float  # half the width at the mouth
    chin_width: float
    chin: float  # v of its lowest point
    ear_size: float
    skin: np.ndarray
    blush: float
    freckles: float
    # Features
    eye_v: float
    eye_u: float  # distance of each eye from the axis
    eye_width: float
    eye_open: float
    eye_tilt: float
    lid_fold: float
    gaze: np.ndarray  # shift of both irises
    iris: np.ndarray
    lashes: float
    eye_shadow: np.ndarray | None
    brow_lift: float
    brow_thickness: float
    brow_arch: float
    nose_v: float
    nose_width: float
    nose_relief: float
    mouth_v: float
    mouth_width: float
    lip_fullness: float
    lip_colour: np.ndarray
    smile: float
    mouth_open: float
    # Hair
    style: HairStyle | None
    hair: np.ndarray
    parting: float  # u
    wave: float
    beard: float
    moustache: float
    # Worn
    glasses: str | None  # round, square or aviator
    frame: np.ndarray
    lens_tint: float
    earrings: np.ndarray | None
    clothes: np.ndarray
    collar: str  # round, v or shirt
    # Pose, light, camera
    roll: float  # radians
    yaw: float  # shift of the nearest point of the face
    pitch: float
    zoom: float
    shift: np.ndarray  # of the whole head, (u, v)
    light: np.ndarray  # unit vector towards the light: right, down, to the viewer
    contrast: float  # share of the light that has a direction
    warmth: float  # colour of that light: -1 blue to 1 orange
    exposure: float
    grain: float
    defocus: float  # in sides of the picture

    def rng(self, purpose):
        """A generator for one texture, the same whatever else is drawn."""
        return np.random.default_rng([self.seed, *purpose.encode()])


def sample_traits(seed):
    """The traits of face number `seed` (an integer, 0 or more)."""
    rng = np.random.default_rng([seed, 2018])
    feminine = float(np.clip(rng.choice([0.15, 0.85]) + rng.normal(0, 0.12), 0, 1))
    age = rng.beta(1.3, 2.0)
    tone = rng.beta(1.0, 1.4)
    return Traits(
        seed=seed,
        feminine=feminine,
        age=age,
        **_head(rng, feminine, age, tone),
        **_features(rng, feminine, age, tone),
        **_hair(rng, feminine, age, tone),
        **_worn(rng, feminine),
        **_photograph(rng),
    )


def _head(rng, feminine, age, tone):
    width = rng.normal(0.286, 0.015)
    skin = _along(SKIN_TONES, tone) * (1 + rng.normal(0, 0.02, 3) * (1, 0.6, 1))
    return {
        "head_width": width,
        "jaw_width": width * (0.85 - 0.07 * feminine + rng.normal(0, 0.025)),
        "chin_width": 0.100 - 0.035 * feminine + rng.normal(0, 0.012),
        "chin": rng.normal(0.905, 0.012) - 0.012 * feminine,
        "ear_size": rng.uniform(0.85, 1.15),
        "skin": np.clip(skin, 0.08, 0.98),
        "blush": rng.uniform(0.2, 1.0),
        "freckles": rng.uniform(0.4, 1) if tone < 0.35 and rng.random() < 0.2 else 0.0,
    }


def _features(rng, feminine, age, tone):
    made_up = feminine > 0.5 and rng.random() < 0.6
    lips = _along(SKIN_TONES, tone) * (0.86, 0.62, 0.62)
    if made_up:
        lipstick = rng.choice([(0.72, 0.10, 0.16), (0.80, 0.30, 0.36), (0.55, 0.12, 0.22)])
        lips += rng.uniform(0.3, 0.8) * (lipstick - lips)
    light_eyed = rng.random() < 0.75 - 1.3 * tone
    smile = float(np.clip(rng.normal(0.5, 0.4), -0.2, 1))
    return {
        "eye_v": rng.uniform(0.462, 0.488),
        "eye_u": rng.normal(0.122, 0.005),
        "eye_width": rng.normal(0.056, 0.003),
        "eye_open": rng.normal(0.44, 0.045) + 0.05 * feminine - 0.05 * max(smile, 0),
        "eye_tilt": rng.normal(0.05, 0.06),
        "lid_fold": rng.uniform(0.2, 1),
        "gaze": rng.normal(0, (0.007, 0.002)),
        "iris": _vary(rng, LIGHT_EYES if light_eyed else DARK_EYES, 0.10),
        "lashes": 0.35 + 0.4 * feminine * rng.random() + 0.25 * made_up,
        "eye_shadow": _vary(rng, ((0.45, 0.30, 0.32), (0.35, 0.32, 0.42), (0.5, 0.36, 0.26)), 0.1)
        if made_up
        else None,
        "brow_lift": rng.normal(0.071, 0.006) + 0.006 * feminine,
        "brow_thickness": rng.normal(0.023, 0.003) - 0.007 * feminine,
        "brow_arch": rng.uniform(0.006, 0.018) + 0.008 * feminine,
        "nose_v": rng.normal(0.622, 0.009),
        "nose_width": rng.normal(0.056, 0.006) - 0.005 * feminine + 0.010 * tone,
        "nose_relief": rng.uniform(0.75, 1.25),
        "mouth_v": rng.uniform(0.712, 0.738),
        "mouth_width": rng.normal(0.098, 0.007) + 0.018 * max(smile, 0),
        "lip_fullness": rng.uniform(0.75, 1.2) + 0.15 * feminine + 0.25 * tone - 0.25 * age,
        "lip_colour": np.clip(lips, 0.05, 0.9),
        "smile": smile,
        "mouth_open": rng.uniform(0.35, 1.0) if smile > 0.45 and rng.random() < 0.75 else 0.0,
    }


def _hair(rng, feminine, age, tone):
    names = LONG_STYLES if rng.random() < feminine else SHORT_STYLES
    if rng.random() < 0.6 * age:
        colours = GREY_HAIR
    else:
        colours = LIGHT_HAIR if rng.random() < 0.85 - 1.5 * tone else DARK_HAIR
    bearded = feminine < 0.45 and rng.random() < 0.5
    beard = rng.uniform(0.25, 1.0) if bearded else 0.0
    return {
        "style": STYLES[names[rng.integers(len(names))]],
        "hair": _vary(rng, colours, 0.08),
        "parting": rng.uniform(-0.13, 0.13),
        "wave": rng.uniform(0, 1),
        "beard": beard,
        "moustache": beard if bearded else 0.8 * (feminine < 0.4 and rng.random() < 0.12),
    }


def _worn(rng, feminine):
    glasses = rng.choice(["round", "square", "aviator"]) if rng.random() < 0.25 else None
    frames = ((0.06, 0.06, 0.07), (0.25, 0.13, 0.08), (0.62, 0.52, 0.32), (0.5, 0.1, 0.12))
    earrings = _vary(rng, ((0.85, 0.70, 0.35), (0.82, 0.83, 0.85), (0.9, 0.88, 0.84)), 0.05)
    return {
        "glasses": glasses,
        "frame": _vary(rng, frames, 0.15),
        "lens_tint": 0.8 if rng.random() < 0.15 else rng.uniform(0, 0.12),
        "earrings": earrings if rng.random() < 0.5 * feminine else None,
        "clothes": rng.uniform(0.06, 0.9) * rng.uniform(0.55, 1.0, 3),
        "collar": str(rng.choice(["round", "v", "shirt"])),
    }


def _photograph(rng):
    light = np.array([rng.normal(0, 0.5), -rng.uniform(0.15, 0.75), 1.0])
    return {
        "roll": float(np.clip(rng.normal(0, 0.045), -0.12, 0.12)),
        "yaw": float(np.clip(rng.normal(0, 0.022), -0.05, 0.05)),
        "pitch": float(np.clip(rng.normal(0, 0.008), -0.018, 0.018)),
        "zoom": rng.uniform(0.97, 1.06),
        "shift": rng.normal(0, (0.010, 0.006)),
        "light": light / np.linalg.norm(light),
        "contrast": rng.uniform(0.55, 0.9),
        "warmth": rng.uniform(-0.5, 1),
        "exposure": rng.uniform(0.92, 1.1),
        "grain": rng.uniform(0.002, 0.010),
        "defocus": rng.uniform(0.0005, 0.0025),
    }


def _along(colours, position):
    """The colour at `position` in [0, 1] along a list of them."""
    steps = np.linspace(0, 1, len(colours))
    return np.array([np.interp(position, steps, channel) for channel in np.transpose(colours)])


def _vary(rng, colours, amount):
    """One of `colours`, each channel changed by a share of itself."""
    colour = np.array(colours[rng.integers(len(colours))])
    return np.clip(colour * (1 + rng.normal(0, amount) + rng.normal(0, amount / 3, 3)), 0.02, 0.97)
