"""PyTorch files of generators that this package has: `*.pt` and `*.pth`, read without PyTorch.

AOT-GAN (Zeng et al., TVCG 2022), published code: its files `G*.pt` are the generator's state dict.
"""

from pathlib import Path
from typing import Any

import numpy as np

from inpaint_tf.data.pytorch_file import read_arrays
from inpaint_tf.errors import UserError

SUFFIXES = (".pt", ".pth")
AOT_FIRST = "encoder.1.weight"
"""The first array of AOT-GAN's generator."""
PORT_FIRST = "coarse_generator.conv1.conv.weight"
"""That of a well-known port of the 2018 system to PyTorch."""


def recognises(path: Path) -> bool:
    """Whether `path` is a file with a suffix of these files."""
    return path.suffix in SUFFIXES and path.is_file()


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Settings and arrays. Raises `UserError` for a file of another network."""
    found = read_arrays(path)
    if AOT_FIRST in found:
        width = len(found[AOT_FIRST])
        settings = {"kind": "aot", "width": width, "hole_fill": "white"}
        return settings, {_our_name(name): _our_layout(values) for name, values in found.items()}
    if PORT_FIRST in found:
        raise UserError(
            f"{path} is of the PyTorch port of the 2018 system, which pads its convolutions and "
            "resizes its attention in another way: here its weights would give other pictures"
        )
    raise UserError(
        f"{path} holds no generator that is known here, but {', '.join(sorted(found)[:3])}, ...; "
        "pass the generator's file of AOT-GAN (G*.pt)"
    )


def _our_name(name):
    layer, _, weight = name.rpartition(".")
    return f"{layer}/{'kernel' if weight == 'weight' else weight}"


def _our_layout(values):
    """(filters, channels, rows, columns) to (rows, columns, channels, filters)."""
    return values.transpose(2, 3, 1, 0) if values.ndim == 4 else values
