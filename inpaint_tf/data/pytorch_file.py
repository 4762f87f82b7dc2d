"""Arrays out of PyTorch files, without PyTorch and without running what a file says.

A PyTorch file is a pickle, and a pickle can call any function. This reader knows the few names that
tensors need, gives them meanings of its own, and rejects everything else. It reads both layouts:
the zip archive since PyTorch 1.6, and the one before, in which the pickles and the numbers follow
one another. Facts on the layouts: torch/serialization.py, PyTorch 2.
"""

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from inpaint_tf.errors import UserError

MAGIC = 0x1950A86A20F9469CFC6C
"""The first number of a file of the older layout."""

DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}


LARGEST_RATIO = 20
"""Of the bytes in an archive to those of its file. PyTorch does not compress."""


class _Storage(NamedTuple):
    """Numbers that tensors are views of: where they are, and of which type."""

    key: str
    dtype: str


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple
    strides: tuple


class _NotAllowed(Exception):
    """A pickle names something that no tensor needs."""


class _Tensors(pickle.Unpickler):
    """Unpickles dicts, lists, numbers, texts and tensors; nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: _Tensor(
                storage, offset, tuple(shape), tuple(strides)
            )
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise _NotAllowed(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        if pid[0] != "storage":
            raise _NotAllowed(str(pid[0]))
        return _Storage(str(pid[2]), pid[1])


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """{name: array} of a state dict, or of nested dicts with names joined by dots.

    Raises `UserError` for a file of another kind, and for one that holds more than arrays, numbers
    and texts.
    """
    try:
        content = _read_zip(path) if zipfile.is_zipfile(path) else _read_older(path)
    except _NotAllowed as error:
        raise UserError(f"{path} holds {error}, which is no array; it is not read") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    except Exception as error:
        # A damaged pickle raises almost anything.
        raise UserError(f"{path} is not a PyTorch file, or is damaged ({error})") from None
    return dict(_flat(content))


def _read_zip(path):
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > LARGEST_RATIO * Path(path).stat().st_size:
            raise ValueError(f"it unpacks to {unpacked:,} bytes")
        [pickled] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        folder = pickled.removesuffix("data.pkl")
        content = _Tensors(io.BytesIO(archive.read(pickled))).load()
        return _with_arrays(content, lambda storage: archive.read(f"{folder}data/{storage.key}"))


def _read_older(path):
    with open(path, "rb") as file:
        if _Tensors(file).load() != MAGIC:
            raise ValueError("no magic number")
        _Tensors(file).load()  # version of the layout
        _Tensors(file).load()  # the machine that wrote it
        content = _Tensors(file).load()
        sizes = {tensor.storage.key: tensor.storage.dtype for tensor in _tensors(content)}
        numbers = {}
        for key in _Tensors(file).load():
            count = int(np.frombuffer(file.read(8), "<i8")[0])
            numbers[key] = file.read(count * np.dtype(sizes[key]).itemsize)
    return _with_arrays(content, lambda storage: numbers[storage.key])


def _tensors(content):
    if isinstance(content, _Tensor):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _tensors(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _tensors(value)


def _with_arrays(content, read):
    """The content with arrays in the place of tensors; read: the bytes of a storage."""
    if isinstance(content, _Tensor):
        numbers = np.frombuffer(read(content.storage), content.storage.dtype)[content.offset :]
        last = sum((n - 1) * step for n, step in zip(content.shape, content.strides, strict=True))
        if 0 in content.shape:
            return np.zeros(content.shape, numbers.dtype)
        if min(content.strides, default=0) < 0 or last >= len(numbers):
            raise ValueError("a tensor reaches beyond its numbers")
        if math.prod(content.shape) > len(numbers):
            raise ValueError("a tensor has more elements than numbers")
        strides = [step * numbers.itemsize for step in content.strides]
        return np.lib.stride_tricks.as_strided(numbers, content.shape, strides).copy()
    if isinstance(content, dict):
        return {key: _with_arrays(value, read) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_with_arrays(value, read) for value in content]
    return content


def _flat(content, prefix=""):
    if isinstance(content, np.ndarray):
        yield prefix.removesuffix("."), content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from _flat(value, f"{prefix}{key}.")
