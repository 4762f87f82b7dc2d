"""Pictures with the same bytes in two parts of the data, found without reading all of them.

Encoded pictures, files or records of TFRecord shards, of other sizes differ. Of those whose size
occurs in both parts the last 4 KB are read: they are the end of the compressed pixels. Only where
these agree too are whole pictures compared. Of a packed cache one row of each is read first.
"""

import hashlib
import os
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

from inpaint_tf.data.sources import FileSource, PackedSource
from inpaint_tf.data.tfrecords import RecordSource

_GLANCE = 4096  # bytes

Look = Callable[[Any, int], Hashable]


def copies(
    source: Any, indices: Sequence[int], other: Any, others: Sequence[int]
) -> list[tuple[int, int]]:
    """(index in `source`, index in `other`) of pictures with the same bytes, one for each index.

    indices, others: which pictures to compare. Missing files have no copies.
    """
    looks = _looks(source)
    if looks is None or looks != _looks(other):
        return []
    ours, theirs = list(indices), list(others)
    found: dict[Hashable, int] = {}
    keys: dict[int, Hashable] = {}
    for look in looks:
        theirs_by_key: dict[Hashable, list[int]] = {}
        for index in theirs:
            theirs_by_key.setdefault(look(other, index), []).append(index)
        keys = {index: look(source, index) for index in ours}
        ours = [i for i in ours if keys[i] is not None and keys[i] in theirs_by_key]
        wanted = {keys[i] for i in ours}
        found = {key: same[0] for key, same in theirs_by_key.items() if key in wanted}
        theirs = [i for key, same in theirs_by_key.items() if key in wanted for i in same]
    return [(index, found[keys[index]]) for index in ours]


def _looks(source: Any) -> tuple[Look, ...] | None:
    """Functions of (source, index), ever closer: what differs in one differs. None: unknown."""
    if isinstance(source, FileSource | RecordSource):
        return _size, _end, _bytes
    if isinstance(source, PackedSource):
        return _packed_row, _packed_bytes
    return None


def _place(source: FileSource | RecordSource, index: int) -> tuple[Path | str, int, int] | None:
    """(file, offset, length) of an encoded picture; None where it cannot be read."""
    try:
        if isinstance(source, RecordSource):
            return source.place(index)
        path = os.fspath(source.paths[index])
        return path, 0, os.stat(path).st_size
    except (OSError, ValueError):
        return None


def _read(source: FileSource | RecordSource, index: int, most: int | None) -> Hashable:
    """A digest of the last `most` bytes of a picture, None: of all; None where there is none."""
    place = _place(source, index)
    if place is None:
        return None
    path, offset, length = place
    try:
        with open(path, "rb") as file:
            skipped = 0 if most is None else max(0, length - most)
            file.seek(offset + skipped)
            return length, hashlib.sha256(file.read(length - skipped)).digest()
    except (OSError, ValueError):
        return None


def _size(source: FileSource | RecordSource, index: int) -> Hashable:
    place = _place(source, index)
    return place and place[2]


def _end(source: FileSource | RecordSource, index: int) -> Hashable:
    return _read(source, index, _GLANCE)


def _bytes(source: FileSource | RecordSource, index: int) -> Hashable:
    return _read(source, index, None)


def _packed_row(source: PackedSource, index: int) -> Hashable:
    picture = source.array[index]
    return picture[len(picture) // 2].tobytes()


def _packed_bytes(source: PackedSource, index: int) -> Hashable:
    return hashlib.sha256(source.array[index].tobytes()).digest()
