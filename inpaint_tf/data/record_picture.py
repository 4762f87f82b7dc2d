"""Where a picture lies in a record, a `tf.train.Example`, without reading its pixels.

An Example is nested messages of protobuf. A message is fields; those that matter here begin with a
number whose last three bits are 2, and the length of what follows
(https://protobuf.dev/programming-guides/encoding). So the walk reads some bytes at the beginning of
each message and steps over the rest.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

_BYTES = 2
"""The wire type of what has a length in front."""
_LONGEST_NUMBER = 10  # bytes


def picture_place(
    file: BinaryIO, offset: int, length: int, features: Sequence[str]
) -> tuple[int, int] | None:
    """(offset, length) in `file` of the bytes of the first of `features` that the record has.

    offset, length: of the record in the file. None where it has none of them, or is damaged.
    """
    found = {}
    for start, size in _fields(file, offset, length):  # of the Example: its features
        for entry in _fields(file, start, size):  # pairs of name and feature
            parts = list(_fields(file, *entry))
            if len(parts) != 2 or parts[0][1] > 100:
                continue
            file.seek(parts[0][0])
            name = file.read(parts[0][1]).decode("utf-8", errors="replace")
            lists = list(_fields(file, *parts[1]))  # a feature: one list
            values = list(_fields(file, *lists[0])) if lists else []
            if name in features and values:
                found[name] = values[0]
    return next((found[name] for name in features if name in found), None)


def _fields(file: BinaryIO, offset: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield (offset, length) of each field with a length; nothing more where there is another."""
    end = offset + length
    while offset < end:
        file.seek(offset)
        head = file.read(2 * _LONGEST_NUMBER)
        tag, used = _number(head, 0)
        size, used = _number(head, used)
        offset += used
        if tag & 7 != _BYTES or not used or offset + size > end:
            return
        yield offset, size
        offset += size


def _number(head: bytes, place: int) -> tuple[int, int]:
    """(number, place after it); seven bits a byte, the lowest first. (0, 0) where it is cut off."""
    number = shift = 0
    for position in range(place, min(place + _LONGEST_NUMBER, len(head))):
        number |= (head[position] & 127) << shift
        shift += 7
        if head[position] < 128:
            return number, position + 1
    return 0, 0
