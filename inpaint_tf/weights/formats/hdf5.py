"""The package's own weights files: HDF5, `*.weights.h5`.

A file has a dataset for each weight, such as `conv1/kernel`, and the settings as one JSON
attribute. (Keras' own files name weights by class and order. If a layer got another class, they
could not be read any more.)
"""

import io
import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

SUFFIX = ".weights.h5"
ATTRIBUTE = "inpaint_tf"
LARGEST_RATIO = 100
"""Of the bytes of all weights to those of the file. Gzip halves them; zeros alone pack better."""


def recognises(path: Path) -> bool:
    """Whether `path` is a file with the suffix of these files."""
    return path.name.endswith(SUFFIX) and path.is_file()


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Settings and arrays of a file. Keras' own files have no settings, and other names."""
    import h5py

    arrays: dict[str, np.ndarray] = {}
    most = LARGEST_RATIO * path.stat().st_size
    with h5py.File(path, "r") as file:

        def take(name, item):
            if hasattr(item, "shape"):
                check(name, item)
                arrays[name] = item[()]

        def check(name, item):
            if item.dtype.kind not in "fiu":
                raise ValueError(f"{name} holds no numbers")
            if item.external or item.is_virtual:
                raise ValueError(f"{name} lies in another file")
            if item.nbytes + sum(array.nbytes for array in arrays.values()) > most:
                raise ValueError(f"{name} is larger than the file can hold")

        file.visititems(take)
        settings = json.loads(file.attrs.get(ATTRIBUTE, "{}"))
        if not isinstance(settings, dict):
            raise ValueError("its settings are no dict")
        return settings, arrays


def write(
    path: str | Path | BinaryIO,
    settings: dict[str, Any],
    arrays: dict[str, np.ndarray],
    half: bool = False,
) -> None:
    """Write a file, at a path or into an open one; not atomic.

    half: as float16, compressed. This takes about half the bytes. A kernel value keeps 11 bits; a
      bfloat16 computation looks at 8.
    """
    import h5py

    if not isinstance(path, str | Path):
        # Made in memory: HDF5 prints tracebacks when it cannot write into an open file.
        memory = io.BytesIO()
        _write(h5py.File(memory, "w"), settings, arrays, half)
        path.write(memory.getbuffer())
        return
    _write(h5py.File(path, "w"), settings, arrays, half)


def _write(
    opened: Any, settings: dict[str, Any], arrays: dict[str, np.ndarray], half: bool
) -> None:
    with opened as file:
        file.attrs[ATTRIBUTE] = json.dumps(settings, sort_keys=True)
        for name, values in arrays.items():
            if half:
                packing = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
                file.create_dataset(name, data=values.astype("float16"), **packing)
            else:
                file[name] = values
