"""Checkpoints of the published 2018 code: folders or prefixes that TensorFlow 1's Saver wrote.

The released ones hold the generator, some also the critics and Adam's averages. Their networks see
and give pictures whose channels are blue, green, red: the code reads files by OpenCV. The channels
are turned round here, so that the weights work like all others.
"""

from pathlib import Path
from typing import Any

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.networks.original_names import as_rgb

SCOPE = "inpaint_net/"
INDEX = ".index"


def recognises(path: Path) -> bool:
    """Whether `path` is a prefix of a checkpoint's files, or a folder with a checkpoint."""
    return _prefix(path) is not None


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Settings and arrays of the generator. Raises `UserError` for another network's checkpoint."""
    try:
        import tensorflow as tf
    except ImportError:
        raise UserError(
            f"{path} is a TensorFlow checkpoint; install TensorFlow to read it"
        ) from None
    try:
        reader = tf.train.load_checkpoint(str(_prefix(path)))
        names = sorted(reader.get_variable_to_shape_map())
        found = {
            name: reader.get_tensor(name)
            for name in names
            if name.startswith(SCOPE) and name.endswith(("/kernel", "/bias"))
        }
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise UserError(
            f"{path} is a damaged TensorFlow checkpoint ({str(error).splitlines()[0]})"
        ) from None
    if not found:
        raise UserError(
            f"{path} holds no generator of the 2018 code ({SCOPE}...), but "
            f"{', '.join(names[:3])}, ..."
        )
    arrays = {}
    for name, values in found.items():
        layer, weight = name.split("/")[-2:]
        arrays[f"{layer}/{weight}"] = as_rgb(layer, values)
    width = len(arrays["conv1/bias"]) if "conv1/bias" in arrays else 32
    return {"width": width, "hole_fill": "grey"}, arrays


def _prefix(path):
    """The path without the endings of a checkpoint's files; None if there is none."""
    if path.is_dir():
        found = sorted(path.glob(f"*{INDEX}"), key=lambda file: file.stat().st_mtime)
        return found[-1].with_suffix("") if found else None
    if path.suffix == INDEX and path.is_file():
        return path.with_suffix("")
    return path if path.with_name(path.name + INDEX).is_file() else None
