"""Pictures of any source -> a packed cache, which trains without decoding.

The cache is one uint8 array (pictures, size, size, 3); `data.train=faces_256.npy` reads it. The
file `faces_256.npy.names.txt` beside it holds the names of the pictures, one on each line.
"""

import os
import shutil
from pathlib import Path
from typing import BinaryIO, NamedTuple

from inpaint_tf.data.paths.user_path import user_path
from inpaint_tf.data.sources import Source
from inpaint_tf.errors import UserError


class PackCounts(NamedTuple):
    """Pictures that `pack` has written, those of them that it enlarged, and unreadable others."""

    packed: int
    left_out: int
    enlarged: int


def pack(
    source: Source,
    output: str | os.PathLike[str],
    size: int,
    crop: str = "center",
    seed: int = 0,
    overwrite: bool = False,
    progress: bool = True,
) -> PackCounts:
    """Writes a source as a packed cache, whole or not at all. Memory does not grow with its size.

    output: path of the .npy file.
    size: height and width of the squares, in pixels.
    crop: which square of a picture that is not square: "center" or "random".
    seed: of the random crops.
    overwrite: replace a cache that exists.
    progress: show a progress bar on stderr.

    Raises `UserError` where `output` is unsuitable or exists, the disk is too small, or too many
    pictures are unreadable.
    """
    from tqdm import tqdm

    from inpaint_tf.data.atomic_files import write_whole
    from inpaint_tf.data.sources import NAMES_SUFFIX
    from inpaint_tf.data.streams.picture_batches import SQUARES, check_crop, readable_squares
    from inpaint_tf.data.streams.skip_unreadable import ReadablePictures

    check_crop(crop, SQUARES)
    output = check_output(output, overwrite)
    _check_room(output.parent, len(source) * size * size * 3)
    pictures, names, enlarged = ReadablePictures(source), [], 0
    bar = tqdm(total=len(source), desc="packing", unit=" pictures", disable=not progress)
    # Written as a stream: with a memory map, a full disk would kill the process.
    with bar, write_whole(output) as file:
        _write_header(file, len(source), size)
        for index, image, side in readable_squares(pictures, size, crop, seed):
            file.write(image.data)
            enlarged += side < size
            names.append(source.name(index).replace("\n", " "))
            bar.update(index + 1 - bar.n)
        if pictures.left_out:
            file.seek(0)
            _write_header(file, len(names), size)
        file.flush()  # a full disk raises here, before the names of an older cache are replaced
        with write_whole(f"{output}{NAMES_SUFFIX}") as names_file:
            text = "".join(f"{name}\n" for name in names)
            names_file.write(text.encode("utf-8", errors="surrogateescape"))
    return PackCounts(len(names), len(pictures.left_out), enlarged)


def check_output(output: str | os.PathLike[str], overwrite: bool) -> Path:
    """The path of the cache to write. Raises `UserError` where no cache can be written there."""
    output = user_path(output, "--output")
    if output.suffix != ".npy":
        raise UserError(f"--output={output} must end in .npy")
    if not output.parent.is_dir():
        raise UserError(f"--output={output}: there is no folder {output.parent}; make it first")
    if output.is_dir():
        raise UserError(f"--output={output} is a folder; name a file")
    if output.exists() and not overwrite:
        raise UserError(f"--output={output} exists; add --overwrite to replace it")
    return output


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise UserError(
            f"the cache needs {_in_units(needed)} but {folder} has {_in_units(free)} free; free "
            "some space, write elsewhere, or choose a smaller --size"
        )


def _in_units(count: float) -> str:
    """A number of bytes in the unit that leaves it readable: "3.4 TiB"."""
    power, unit = next(
        ((power, unit) for power, unit in ((20, "MiB"), (30, "GiB")) if count < 2 ** (power + 10)),
        (40, "TiB"),
    )
    return f"{count / 2**power:,.1f} {unit}"


def _write_header(file: BinaryIO, pictures: int, size: int) -> None:
    """Writes the .npy header. NumPy pads it, so a smaller count takes the same number of bytes."""
    from numpy.lib import format as npy

    shape = (pictures, size, size, 3)
    npy.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
