"""Arrays out of TensorFlow Lite files, without TensorFlow.

Such a file is a FlatBuffer: tables whose fields are found through a list of offsets each. Facts on
the layout: flatbuffers.dev, "FlatBuffer Internals", and TensorFlow's schema.fbs, version 3.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from inpaint_tf.errors import UserError

IDENTIFIER = b"TFL3"
DTYPES = {0: "<f4", 1: "<f2"}
"""By the schema's TensorType. Tensors of other types are left out."""
# Places of fields in their tables, by the schema.
SUBGRAPHS, BUFFERS = 2, 4  # of Model
TENSORS = 0  # of SubGraph
SHAPE, TYPE, BUFFER, NAME = 0, 1, 2, 3  # of Tensor
DATA = 0  # of Buffer


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The constant tensors of floats in a file's first graph, by their names.

    Raises `UserError` for a file that is none of TensorFlow Lite.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    try:
        if data[4:8] != IDENTIFIER:
            raise ValueError("another identifier")
        return dict(_constants(data))
    except (struct.error, ValueError, IndexError) as error:
        raise UserError(f"{path} is not a TensorFlow Lite file") from error


def _constants(data: bytes) -> Iterator[tuple[str, np.ndarray]]:
    model = _follow(data, 0)
    buffers = list(_tables(data, model, BUFFERS))
    graphs = list(_tables(data, model, SUBGRAPHS))
    for tensor in _tables(data, graphs[0], TENSORS):
        dtype = DTYPES.get(_scalar(data, tensor, TYPE, "<b"))
        raw = _bytes(data, buffers[_scalar(data, tensor, BUFFER, "<I")], DATA)
        if dtype is None or not raw:
            continue
        shape = np.frombuffer(_bytes(data, tensor, SHAPE, 4), "<i4")
        yield _bytes(data, tensor, NAME).decode(), np.frombuffer(raw, dtype).reshape(shape)


def _field(data: bytes, table: int, place: int) -> int | None:
    """Where a field of a table stands; None where the table leaves it out."""
    offsets = table - struct.unpack_from("<i", data, table)[0]
    if 4 + 2 * place >= struct.unpack_from("<H", data, offsets)[0]:
        return None
    offset = struct.unpack_from("<H", data, offsets + 4 + 2 * place)[0]
    return table + offset if offset else None


def _scalar(data: bytes, table: int, place: int, form: str) -> int:
    """0, the schema's default, where the table leaves it out."""
    where = _field(data, table, place)
    return 0 if where is None else struct.unpack_from(form, data, where)[0]


def _bytes(data: bytes, table: int, place: int, width: int = 1) -> bytes:
    """A vector of numbers of `width` bytes, or a text."""
    where = _field(data, table, place)
    if where is None:
        return b""
    start = _follow(data, where)
    end = start + 4 + width * struct.unpack_from("<I", data, start)[0]
    if end > len(data):
        raise ValueError("a vector goes beyond the end")
    return data[start + 4 : end]


def _tables(data: bytes, table: int, place: int) -> Iterator[int]:
    """Where the tables of a vector of tables stand."""
    where = _field(data, table, place)
    if where is None:
        return
    start = _follow(data, where)
    for index in range(struct.unpack_from("<I", data, start)[0]):
        yield _follow(data, start + 4 + 4 * index)


def _follow(data: bytes, where: int) -> int:
    return where + struct.unpack_from("<I", data, where)[0]
