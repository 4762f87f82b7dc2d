"""Pictures of any source -> a packed cache, which trains without decoding.

The cache is one uint8 array (pictures, size, size, 3); `data.train=faces_256.npy` reads it. Beside
it, `faces_256.npy.names.txt` keeps the names of the pictures, a line each.
"""

import shutil
from pathlib import Path
from typing import NamedTuple

from inpaint_tf.errors import UserError


class PackCounts(NamedTuple):
    """What `pack` did: pictures written, and unreadable pictures left out."""

    packed: int
    left_out: int


def pack(source, output, size, crop="center", seed=0, overwrite=False, progress=True):
    """Writes a source as a packed cache, whole or not at all; memory does not grow with it.

    Args:
      source: a `inpaint_tf.data.Source`.
      output: path of the .npy file.
      size: height and width of the squares, in pixels.
      crop: which square of a picture that is not square: "center" or "random".
      seed: of the random crops.
      overwrite: replace a cache that is there.
      progress: show a progress bar on stderr.

    Returns:
      `PackCounts`.

    Raises:
      UserError: `output` is unfit or exists, the disk is too small, too many pictures unreadable.
    """
    from tqdm import tqdm

    from inpaint_tf.data.picture_batches import check_crop, readable_squares
    from inpaint_tf.data.skip_unreadable import ReadablePictures
    from inpaint_tf.data.sources import NAMES_SUFFIX
    from inpaint_tf.data.whole_files import write_whole

    check_crop(crop)
    output = check_output(output, overwrite)
    _check_room(output.parent, len(source) * size * size * 3)
    pictures, names = ReadablePictures(source), []
    bar = tqdm(total=len(source), desc="packing", unit=" pictures", disable=not progress)
    # Written as a stream and not through a memory map, where a full disk kills the process.
    with bar, write_whole(output) as file:
        _write_header(file, len(source), size)
        for index, image in readable_squares(pictures, size, crop, seed):
            file.write(image)
            names.append(source.name(index).replace("\n", " "))
            bar.update(index + 1 - bar.n)
        if pictures.left_out:
            file.seek(0)
            _write_header(file, len(names), size)
        file.flush()  # a full disk shows here, before the names of an older cache are replaced
        with write_whole(f"{output}{NAMES_SUFFIX}") as names_file:
            text = "".join(f"{name}\n" for name in names)
            names_file.write(text.encode("utf-8", errors="surrogateescape"))
    return PackCounts(len(names), len(pictures.left_out))


def check_output(output, overwrite):
    """The path of the cache to write; UserError where it cannot become one."""
    output = Path(output).expanduser()
    if output.suffix != ".npy":
        raise UserError(f"--output={output} must end in .npy")
    if not output.parent.is_dir():
        raise UserError(f"--output={output}: there is no folder {output.parent}; make it first")
    if output.is_dir():
        raise UserError(f"--output={output} is a folder; name a file")
    if output.exists() and not overwrite:
        raise UserError(f"--output={output} exists; add --overwrite to replace it")
    return output


def _check_room(folder, needed):
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise UserError(
            f"the cache needs {needed / 2**20:,.1f} MiB but {folder} has {free / 2**20:,.1f} MiB "
            "free; free some space, write elsewhere, or choose a smaller --size"
        )


def _write_header(file, pictures, size):
    """The .npy header; numpy pads it so that a later, smaller count takes the same bytes."""
    from numpy.lib import format as npy

    shape = (pictures, size, size, 3)
    npy.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
