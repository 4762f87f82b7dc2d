"""Ways to damage a file: each takes bytes and random numbers, and returns other bytes."""

import re
import struct
import zlib
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator


def truncate(data: bytes, rng: Rng) -> bytes:
    return data[: rng.integers(0, len(data) + 1)]


def flip_bits(data: bytes, rng: Rng) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.integers(1, 9)):
        changed[rng.integers(len(data))] ^= 1 << rng.integers(8)
    return bytes(changed)


def flip_in_the_header(data: bytes, rng: Rng) -> bytes:
    return flip_bits(data[:200], rng) + data[200:]


def zero(data: bytes, rng: Rng) -> bytes:
    start, end = _range(data, rng)
    return data[:start] + bytes(end - start) + data[end:]


def cut_out(data: bytes, rng: Rng) -> bytes:
    start, end = _range(data, rng)
    return data[:start] + data[end:]


def repeat(data: bytes, rng: Rng) -> bytes:
    start, end = _range(data, rng)
    return data[:end] + data[start:end] * int(rng.integers(1, 4)) + data[end:]


def splice(data: bytes, rng: Rng) -> bytes:
    """A part of the file somewhere else in it."""
    start, end = _range(data, rng)
    place = rng.integers(0, len(data))
    return data[:place] + data[start:end] + data[place + end - start :]


def swap_halves(data: bytes, rng: Rng) -> bytes:
    place = rng.integers(0, len(data))
    return data[place:] + data[:place]


def random_bytes(data: bytes, rng: Rng) -> bytes:
    start, end = _range(data, rng)
    return data[:start] + rng.bytes(end - start) + data[end:]


def wrong_size(data: bytes, rng: Rng) -> bytes:
    """A number of two, four or eight bytes becomes extreme, most often one near the beginning."""
    width = int(rng.choice([2, 4, 8]))
    near = min(len(data), 128 if rng.random() < 0.8 else len(data))
    place = int(rng.integers(0, max(1, near - width)))
    value = int(rng.choice([0, 1, 2 ** (8 * width) - 1, 2 ** (8 * width - 1), 100_000, 16_383]))
    number = (value % 2 ** (8 * width)).to_bytes(width, str(rng.choice(["little", "big"])))
    return data[:place] + number + data[place + width :]


def wrong_number(data: bytes, rng: Rng) -> bytes:
    """A number that is written as text becomes another one, or none at all."""
    found = list(re.finditer(rb"-?\d+(\.\d+)?(e-?\d+)?", data[:20_000]))
    if not found:
        return wrong_size(data, rng)
    match = found[rng.integers(len(found))]
    others = (
        b"",
        b"-1",
        b"0",
        b"nan",
        b"inf",
        b"1e400",
        b"99999999999",
        b"x",
        b"\xff",
        b"[]",
        b"1.5",
    )
    return data[: match.start()] + others[rng.integers(len(others))] + data[match.end() :]


def _range(data, rng):
    start, length = int(rng.integers(len(data))), int(2 ** rng.uniform(0, 12))
    return start, min(len(data), start + length)


MUTATIONS: tuple[Callable[[bytes, Rng], bytes], ...] = (
    *(truncate, flip_bits, flip_in_the_header, zero, cut_out, repeat, splice, swap_halves),
    *(random_bytes, wrong_size, wrong_number),
)


def mutate(data: bytes, rng: Rng) -> bytes:
    """The file with one to three kinds of damage; empty now and then."""
    for _ in range(rng.integers(1, 4)):
        if data:
            data = MUTATIONS[rng.integers(len(MUTATIONS))](data, rng)
    return data


def with_right_checksums(png: bytes) -> bytes:
    """A damaged PNG whose chunks have the checksums of what they hold: damage that is decoded."""
    parts, position = [png[:8]], 8
    while position + 12 <= len(png):
        (length,) = struct.unpack(">I", png[position : position + 4])
        end = position + 8 + length
        if end + 4 > len(png):
            break
        parts += [png[position:end], struct.pack(">I", zlib.crc32(png[position + 4 : end]))]
        position = end + 4
    return b"".join(parts) + png[position:]


def png_bomb(side: int) -> bytes:
    """A PNG of `side` x `side` pixels, one bit each, all black: 10 gigapixels are 1.2 MB."""
    row = bytes(1 + -(-side // 8))
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
