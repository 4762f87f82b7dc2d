"""Generator weights on disk: saved, and loaded into the kind of generator that they belong to.

Beside the weights, a file holds the settings needed to use them: the generator's kind and width,
the hole's fill, the size of the pictures trained on (pixels of the side, None: unknown), where
faces stand in them (`inference.photos.framing.Framing`, None: as in CelebA-HQ) and the iteration
they were taken at. `weights.formats` lists the formats.
"""

import json
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from inpaint_tf.errors import UserError, unknown_name
from inpaint_tf.networks import generators
from inpaint_tf.networks.layers.attention_memory import SCORE_BYTES
from inpaint_tf.weights import formats
from inpaint_tf.weights.formats import hdf5
from inpaint_tf.weights.locate import (
    DEFAULT,
    GENERATOR_FILE,
    RUN_CONFIG,
    find_weights,
    run_folder_of,
)

DEFAULT_SETTINGS = {
    "kind": generators.DEFAULT_KIND,
    "width": 32,
    "hole_fill": "grey",
    "size": None,
    "framing": None,
    "step": None,
}
"""For a file without settings: the 2018 code's."""
LEAST_NUMBERS = 100
"""Weights for each squared channel of width that every kind has at least; the 2018 code's: 3,500.

A file must not ask for a network that the memory cannot hold.
"""
USUAL_WIDTH = 64
"""A width that every machine has memory for, whatever else is wrong with the file."""
UNREADABLE = (ValueError, KeyError, TypeError, OSError, RuntimeError)
"""What Keras and HDF5 raise for a file that is damaged or of another network."""


def save_generator(
    generator: Any, path: str | Path | BinaryIO, settings: dict[str, Any], half: bool = False
) -> None:
    """Write the weights and their settings to a `*.weights.h5` file; not atomic.

    settings: a dict that fits into JSON, see `DEFAULT_SETTINGS`. Without a "kind" the file gets the
      generator's.
    half: as float16, compressed; see `formats.hdf5.write`.
    """
    from keras import ops

    settings = {"kind": generators.kind_of(generator), **settings}
    arrays = {name: ops.convert_to_numpy(weight) for name, weight in _by_name(generator).items()}
    hdf5.write(path, settings, arrays, half)


def load_generator(
    weights: str | Path = DEFAULT, score_bytes: int = SCORE_BYTES
) -> tuple[Any, dict[str, Any]]:
    """Build the generator that `weights` names and load its weights.

    weights: the name of weights that come with the package, a run folder, a checkpoint folder, a
      file of a format in `weights.formats`, or "latest": the newest run under logs/.
    score_bytes: see `layers.contextual_attention`.
    Returns (generator, settings). The settings have at least the keys of `DEFAULT_SETTINGS`.
    Raises `UserError` if there is no such file, or if it does not hold a generator of its kind.
    """
    path = find_weights(weights)
    settings, arrays = _read(path)
    _refuse_odd(settings, arrays, path)
    if settings["kind"] not in generators.KINDS:
        message = unknown_name(settings["kind"], generators.KINDS, "kind of generator")
        raise UserError(f"{path} holds an {message}")
    generator = generators.build(settings["kind"], settings["width"], score_bytes=score_bytes)
    _assign(generator, arrays, path, settings["width"])
    return generator, settings


def load_into(generator: Any, weights: str | Path, width: int) -> None:
    """Give a built generator of `width` the weights that `weights` names.

    Raises `UserError` as `load_generator` does, and for weights of another kind or width.
    """
    path = check_width(weights, width, generators.kind_of(generator))
    _assign(generator, _read(path)[1], path, width)


def check_width(weights: str | Path, width: int, kind: str | None = None) -> Path:
    """The path of the file that `weights` names.

    Raises `UserError` if its generator is not of this width, or not of this kind (None: any).
    """
    path = find_weights(weights)
    found = read_settings(path)
    for field, wanted in (("kind", kind), ("width", width)):
        if wanted is not None and found[field] != wanted:
            raise UserError(
                f"{path} holds a generator of {field} {found[field]}; "
                f"set --config.generator.{field}={found[field]}"
            )
    return path


def read_settings(path: str | Path) -> dict[str, Any]:
    """The settings in a weights file. `DEFAULT_SETTINGS` stand in for missing ones."""
    return _read(Path(path))[0]


def _read(path):
    """(settings, arrays) of a file, in whichever format it is."""
    try:
        found = formats.format_of(path)
        if found is None:
            raise ValueError("unknown format")
        settings, arrays = found.read(path)
        return {**DEFAULT_SETTINGS, "size": _size_of_run(path), **settings}, arrays
    except UNREADABLE:
        raise UserError(
            f"{path} is not a readable weights file; copy it again or pass another"
        ) from None


def _size_of_run(path):
    """Side of a run's training pictures, from its config: older weights do not say it themselves.

    path: of RUN/best.weights.h5 or RUN/checkpoints/step_*/generator.weights.h5. None: unknown.
    """
    folder = run_folder_of(path)
    try:
        size = folder and json.loads((folder / RUN_CONFIG).read_text())["data"]["size"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return size if isinstance(size, int) else None


def _refuse_odd(settings, arrays, path):
    """Raise `UserError` for settings that no generator has, or one far beyond the file's size."""
    width = settings["width"]
    whole = isinstance(width, int) and not isinstance(width, bool) and width > 1
    numbers = max(sum(array.size for array in arrays.values()), LEAST_NUMBERS * USUAL_WIDTH**2)
    framing = settings["framing"]
    framed = framing is None or (
        isinstance(framing, list)
        and len(framing) == 3
        and all(isinstance(share, float) and 0 < share < 1 for share in framing)
    )
    fine = (
        framed
        and whole
        and LEAST_NUMBERS * width**2 <= numbers
        and isinstance(settings["kind"], str)
    )
    if not fine or settings["hole_fill"] not in ("grey", "white"):
        raise UserError(f"{path} is damaged: its settings fit no generator; copy it again")


def _assign(generator, arrays, path, width):
    try:
        _assign_by_name(generator, arrays)
    except UNREADABLE as error:
        raise UserError(
            f"{path} is damaged or holds no generator of width {width} "
            f"({short_reason(error)}); pass a {GENERATOR_FILE}, or a run folder"
        ) from None
    if not all_finite(generator):
        raise UserError(f"{path} holds weights that are not numbers; pass an earlier checkpoint")


def _assign_by_name(generator, arrays):
    variables = _by_name(generator)
    for name in sorted(set(arrays) ^ set(variables)):
        raise ValueError(f"it has {'an unknown' if name in arrays else 'no'} {name}")
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _by_name(generator):
    """Every weight under "layer/weight"."""
    weights = [
        (f"{layer.name}/{variable.name}", variable)
        for layer in generator.layers
        for variable in layer.weights
    ]
    by_name = dict(weights)
    if len(by_name) < len(weights):
        raise ValueError("Weights of a generator must differ in their names, layer/weight.")
    return by_name


def load_exactly(model: Any, path: str | Path) -> None:
    """Call `model.load_weights(path)` so that it raises for a misfit and does not warn first."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Skipping nested container")
        model.load_weights(path)


def short_reason(error: Exception) -> str:
    """The first sentence of what Keras or HDF5 has to say."""
    return str(error).strip().splitlines()[0].split(". ")[0]


def all_finite(network: Any) -> bool:
    """Whether every weight of the network is a finite number."""
    return all(np.isfinite(weight).all() for weight in network.get_weights())
