"""Generator weights on disk: an HDF5 file by the original layer names that says what it is.

It has a dataset for each weight, such as `conv1/kernel`, and the settings needed to use them as one
JSON attribute: the generator's width, the hole's fill and the iteration they were taken at. (Keras'
own files name weights by class and order: another class for a layer would make them unreadable.)
"""

import json
import warnings

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.networks.layers.attention_memory import SCORE_BYTES
from inpaint_tf.weights.locate import DEFAULT, GENERATOR_FILE, find_weights

ATTRIBUTE = "inpaint_tf"
DEFAULT_SETTINGS = {"width": 32, "hole_fill": "grey", "step": None}
"""For a file without settings: the 2018 code's."""
UNREADABLE = (ValueError, KeyError, TypeError, OSError, RuntimeError)
"""What Keras and HDF5 raise for a file that is damaged or of another network."""


def save_generator(generator, path, settings, half=False):
    """Write the weights and their settings, a JSON-able dict, to `path`; not atomic.

    half: as float16, compressed: about half the bytes. A kernel value keeps 11 bits, more than
      the 8 that a bfloat16 computation looks at.
    """
    import h5py
    from keras import ops

    with h5py.File(path, "w") as file:
        file.attrs[ATTRIBUTE] = json.dumps(settings, sort_keys=True)
        for name, variable in _by_name(generator).items():
            values = ops.convert_to_numpy(variable)
            if half:
                packing = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
                file.create_dataset(name, data=values.astype("float16"), **packing)
            else:
                file[name] = values


def load_generator(weights=DEFAULT, score_bytes=SCORE_BYTES):
    """Build the generator that `weights` names and load it.

    weights: the name of weights that come with the package, a run folder, a checkpoint folder, a
      `*.weights.h5` file, or "latest": the newest run under logs/.
    score_bytes: see `layers.contextual_attention`.
    Returns (generator, settings); settings has at least the keys of `DEFAULT_SETTINGS`.
    Raises `UserError` where there is no such file or it does not hold this generator.
    """
    from inpaint_tf.networks.generators.contextual_attention import build_generator

    path = find_weights(weights)
    settings = read_settings(path)
    generator = build_generator(settings["width"], score_bytes=score_bytes)
    _load_file(generator, path, settings["width"])
    return generator, settings


def load_into(generator, weights, width):
    """Give a built generator of `width` the weights that `weights` names.

    Raises `UserError` as `load_generator` does, and for weights of another width.
    """
    _load_file(generator, check_width(weights, width), width)


def check_width(weights, width):
    """The path of the file that `weights` names; `UserError` unless its generator has `width`."""
    path = find_weights(weights)
    found = read_settings(path)["width"]
    if found != width:
        raise UserError(
            f"{path} holds a generator of width {found}; set --config.generator.width={found}"
        )
    return path


def _load_file(generator, path, width):
    try:
        _load_by_name(generator, path)
    except UNREADABLE as error:
        raise UserError(
            f"{path} is damaged or holds no generator of width {width} "
            f"({short_reason(error)}); pass a {GENERATOR_FILE}, or a run folder"
        ) from None
    if not all_finite(generator):
        raise UserError(f"{path} holds weights that are not numbers; pass an earlier checkpoint")


def _load_by_name(generator, path):
    import h5py

    variables, found = _by_name(generator), set()
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: found.add(name) if hasattr(item, "shape") else None)
        for name in sorted(found ^ set(variables)):
            raise ValueError(f"it has {'an unknown' if name in found else 'no'} {name}")
        for name, variable in variables.items():
            variable.assign(file[name][()])


def _by_name(generator):
    """Every weight under `layer/weight`."""
    return {
        f"{layer.name}/{variable.name}": variable
        for layer in generator.layers
        for variable in layer.weights
    }


def load_exactly(model, path):
    """`model.load_weights(path)` that raises for a misfit, and does not warn of it before."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Skipping nested container")
        model.load_weights(path)


def read_settings(path):
    """The settings that a weights file carries, filled up with `DEFAULT_SETTINGS`."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return {**DEFAULT_SETTINGS, **json.loads(file.attrs.get(ATTRIBUTE, "{}"))}
    except (OSError, ValueError, TypeError):
        raise UserError(
            f"{path} is not a readable weights file; copy it again or pass another"
        ) from None


def short_reason(error):
    """The first sentence of what Keras or HDF5 has to say."""
    return str(error).strip().splitlines()[0].split(". ")[0]


def all_finite(network):
    """Whether no weight of the network is infinite or not a number."""
    return all(np.isfinite(weight).all() for weight in network.get_weights())
