"""What an evaluation is asked to do, and the checks of it.

The checks run before TensorFlow takes its seconds to load, and before anything is written.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inpaint_tf.data.paths.user_path import expand
from inpaint_tf.data.picture_files import is_image_name
from inpaint_tf.engines.runtime import DEVICES, PRECISIONS
from inpaint_tf.errors import UserError, unknown_name
from inpaint_tf.evaluation.pairing import (
    CENTER,
    PAINTED,
    TRANSPARENCY,
    Pair,
    check_there,
    hole_word,
    is_one_mask,
)
from inpaint_tf.evaluation.picture_size import Size, parse_size
from inpaint_tf.evaluation.scores.face_descriptors import dlib_faces
from inpaint_tf.masks.face_shapes import SHAPES
from inpaint_tf.masks.mask_files import TOLERANCE, MaskRule
from inpaint_tf.networks.layers.attention_memory import SCORE_BYTES
from inpaint_tf.weights import locate

PROTOCOLS: dict[str, dict[str, Any]] = {
    "shah2022": {"masks": "center", "size": 256, "limit": 2000, "blend": "none"}
}
"""What a protocol sets: of the 2022 paper, section V, 2,000 pictures with 128x128 of 256x256."""
FREE = {"masks": "center", "size": None, "limit": None, "blend": "none"}
"""The same fields as they are without a protocol."""
CHOICES = {
    "mask_pairing": ("name", "cycle"),
    "blend": ("none", "membrane"),
    "device": DEVICES,
    "precision": PRECISIONS,
}
"""The values of fields that are names."""
INPUTS = ("images", "masks", "weights", "predictions", "lpips", "inception", "recogniser")
"""The fields that are paths of what is read."""
SMALLEST_SIZE = 8
PUBLISHED = ("summary.json", "table.md", "table.tex", "report.html")
"""What is written into the output folder itself, for one method and for several."""


@dataclass(frozen=True, kw_only=True)
class EvaluationSettings:
    """What to complete and score, by which methods, and where the results go.

    images: pictures: a folder, a glob, a .txt list, one file, or another `data.open_source` takes.
    output: folder for the results. A second evaluation with the same settings goes on in it.
    masks: "center" (half of each side), a shape such as "glasses" on the faces, a folder of mask
        pictures, or one mask for all pictures. White is hole, see `masks.mask_files`.
    mask_pairing: "name": a folder's mask goes to the picture of its name. "cycle": the masks go to
        the pictures in turn, each resized to its picture.
    invert_masks: black is hole in the mask pictures.
    mask_colour: hole is where the mask pictures have this colour, such as "#00ff00"; tolerance: by
        how many levels of 0..255 each channel may differ from it.
    grow: pixels by which holes reach further on all sides, in the mask's own size.

    weights: our networks, each by the name of shipped weights, a run's folder, a checkpoint or a
        weights file. Without weights, predictions and baselines the shipped network is tested.
    predictions: folders of pictures that other programs completed.
    baselines: names of classic methods, see `methods.baselines.BASELINES`.
        These three take one value or several.
    blend: "membrane": what a network's filling lacks at the hole's edge is given to it, fading
        inwards, before it is put into the picture, see `inference.photos.blending`. "none": it is
        put in as it is, as in the papers.

    size: cut pictures square and resize them to this many pixels, at least 8. "native": they stay
        as they are. None: their shorter side is brought to the size that the weights were trained
        at, and they stay as they are where that is unknown; see `picture_size`.
    limit: test the first so many pictures. None: all.
    protocol: a name in `PROTOCOLS`, which sets masks, size and limit. None: as given here.

    batch_size: pictures that a network completes together, at most.
    device: "auto", "cpu" or "gpu". precision: "float32", "mixed_bfloat16", "mixed_float16" or
        "auto".
    score_bytes: attention whose scores take more bytes is computed in blocks of rows.

    lpips: weights file of LPIPS. inception: Keras' weights file of Inception-v3, for FID and KID.
    recogniser: OpenCV's SFace model file, for the score of identity. None: without that score.
    recognition: score faces by dlib's landmarks and descriptors; needs the extra `recognition`.

    overwrite: do again what the output folder holds already.
    """

    images: str | Path
    output: str | Path
    masks: str | Path = CENTER
    mask_pairing: str = "name"
    invert_masks: bool = False
    mask_colour: str | None = None
    tolerance: int = TOLERANCE
    grow: int = 0
    weights: Sequence[str | Path] = ()
    predictions: Sequence[str | Path] = ()
    baselines: Sequence[str] = ()
    blend: str = "none"
    size: Size = None
    limit: int | None = None
    protocol: str | None = None
    batch_size: int = 8
    device: str = "auto"
    precision: str = "float32"
    score_bytes: int = SCORE_BYTES
    lpips: str | Path | None = None
    inception: str | Path | None = None
    recogniser: str | Path | None = None
    recognition: bool = False
    overwrite: bool = False

    def __post_init__(self):
        for name in ("weights", "predictions", "baselines"):
            value = getattr(self, name)
            several = (value,) if isinstance(value, str | Path) else tuple(value or ())
            object.__setattr__(self, name, several)
        for name in (*INPUTS, "output"):
            value = getattr(self, name)
            if isinstance(value, tuple):
                object.__setattr__(self, name, tuple(_expanded(name, one) for one in value))
            elif value is not None:
                object.__setattr__(self, name, _expanded(name, value))

    @property
    def central(self) -> bool:
        """Whether the holes are the central half of each side."""
        return str(self.masks) == CENTER

    @property
    def mask_rule(self) -> MaskRule:
        """How masks are read. UserError for a colour that is none, and for numbers out of range."""
        return MaskRule(self.invert_masks, self.mask_colour, self.tolerance, self.grow)


def _expanded(name, path):
    """The path in the type that it has."""
    expanded = expand(path, f"--{name}")
    return Path(expanded) if isinstance(path, Path) else expanded


def complete_settings(settings: EvaluationSettings) -> EvaluationSettings:
    """The settings with what a protocol stands for, and with our network if no method is given."""
    settings = apply_protocol(replace(settings, size=parse_size(settings.size)))
    if not (settings.weights or settings.predictions or settings.baselines):
        settings = replace(settings, weights=(locate.DEFAULT,))
    # By the run's own name: the newest will be another one soon.
    named = (locate.latest_run() if str(w) == locate.LATEST else w for w in settings.weights)
    return replace(settings, weights=tuple(named))


def apply_protocol(settings: EvaluationSettings) -> EvaluationSettings:
    """The settings with what their protocol sets. UserError if one of them says otherwise."""
    if settings.protocol is None:
        return settings
    if settings.protocol not in PROTOCOLS:
        raise UserError(unknown_name(settings.protocol, PROTOCOLS, "protocol"))
    fixed = PROTOCOLS[settings.protocol]
    for name, value in fixed.items():
        given = getattr(settings, name)
        if given not in (FREE[name], value):
            raise UserError(
                f"--protocol={settings.protocol} sets --{name}={value}; leave --{name}={given} out"
            )
    return replace(settings, **fixed)


def check_settings(settings: EvaluationSettings) -> None:
    """Raise UserError for settings that cannot be meant, without a look at the pictures."""
    check_values(settings)
    for name in settings.weights:
        locate.find_weights(str(name))
    check_paths(settings)
    check_masks(settings)


def check_values(settings: EvaluationSettings) -> None:
    """Numbers must be large enough, and names be known."""
    for name, least in (("size", SMALLEST_SIZE), ("limit", 1), ("batch_size", 1)):
        value = getattr(settings, name)
        if isinstance(value, int) and value < least:
            raise UserError(f"--{name}={value} is too small; give at least {least}")
    for name, known in CHOICES.items():
        value = getattr(settings, name)
        if value not in known:
            raise UserError(unknown_name(value, known, name))
    if settings.blend != "none" and not settings.weights:
        raise UserError(
            f"--blend={settings.blend} changes what our networks fill in, and none is tested; add "
            "--weights, or leave --blend out"
        )


def check_paths(settings: EvaluationSettings) -> None:
    """An empty path would mean the current folder."""
    for name in ("images", "masks", "output"):
        if not str(getattr(settings, name)).strip():
            raise UserError(f"--{name} is empty; give a path")
    output = Path(settings.output)
    if is_image_name(output.name) and not output.exists():
        raise UserError(
            f"--output={output} looks like a picture, and the results are a folder of files; give "
            "a folder's name"
        )


def check_masks(settings: EvaluationSettings) -> None:
    """Mask settings must have an effect, and the masks be there."""
    assert settings.mask_rule
    word = hole_word(settings.masks)
    if word in (TRANSPARENCY, PAINTED):
        raise UserError(
            f"--masks={word} is for inpaint-tf complete: such pictures have no truth to score with"
        )
    if word:
        given = {
            "invert_masks": settings.invert_masks,
            "mask_colour": settings.mask_colour is not None,
            "mask_pairing": settings.mask_pairing == "cycle",
        }
        for name, needs_pictures in given.items():
            if needs_pictures:
                raise UserError(f"--{name} is for mask pictures; give --masks=FOLDER")
        return
    masks = settings.masks
    check_there(masks, (CENTER, *SHAPES))
    if settings.mask_pairing == "cycle" and is_one_mask(masks):
        raise UserError(f"--mask_pairing=cycle needs a folder of masks, and {masks} is none")


def check_files(settings: EvaluationSettings) -> None:
    """Weights and packages of scores must be there, if they are asked for."""
    for name in ("recogniser", "lpips", "inception"):
        path = getattr(settings, name)
        if path is not None and not Path(path).is_file():
            raise UserError(f"no file at --{name}={path}; see --help for where to get it")
    if settings.recognition:
        dlib_faces.check_installed()


def check_output_apart(settings: EvaluationSettings, pairs: Iterable[Pair]) -> None:
    """The output folder must not hold input: results would be read as input, or written over it."""
    output = Path(settings.output).resolve()
    for folder in settings.predictions:
        resolved = Path(folder).resolve()
        if output.is_relative_to(resolved) or resolved.is_relative_to(output):
            raise UserError(
                f"--output={settings.output} and --predictions={folder} lie in one another; choose "
                "an output folder apart from the predictions"
            )
    inside = next((pair for pair in pairs if pair.image.resolve().is_relative_to(output)), None)
    if inside:
        raise UserError(
            f"the picture {inside.image} lies in --output={settings.output}; choose another folder"
        )
    for name, folder in (("images", Path(settings.images)), ("masks", Path(settings.masks))):
        if folder.is_dir() and output.is_relative_to(folder.resolve()):
            raise UserError(
                f"--output={settings.output} lies in --{name}={folder}, where the results would be "
                "taken for input; choose a folder outside"
            )


def check_layout(settings: EvaluationSettings, methods: Sequence[Any]) -> None:
    """One method's results lie in the output folder itself, several have a folder each."""
    output = Path(settings.output)
    of_one, of_several = (output / "settings.json").exists(), _is_comparison(output)
    if len(methods) > 1 and of_one:
        raise UserError(f"{output} holds a test of one method; choose another --output for several")
    if len(methods) == 1 and of_several:
        raise UserError(f"{output} holds a test of several methods; choose another --output")
    places = [output, *(output / method.name for method in methods)]
    begun = any((place / "settings.json").exists() for place in places)
    if settings.overwrite or of_several or begun:
        return
    taken = next((output / name for name in PUBLISHED if (output / name).exists()), None)
    if taken:
        raise UserError(
            f"{taken} is there already and not from a test; choose another --output, or add "
            "--overwrite"
        )


def _is_comparison(output):
    """Whether a folder holds a test of several methods."""
    try:
        return "methods" in json.loads((output / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False
