"""A folder of drawn faces."""

import os
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from inpaint_tf.data.paths.user_path import user_path
from inpaint_tf.data.picture_files import write_png
from inpaint_tf.data.sample_faces.drawing import draw_face
from inpaint_tf.errors import UserError


def write_sample_faces(
    folder: str | os.PathLike[str],
    count: int,
    size: int,
    first_seed: int = 0,
    progress: bool = True,
) -> list[Path]:
    """Writes faces `first_seed` to `first_seed + count - 1` as `face_00000.png`, and so on.

    Files that exist are kept and not drawn again. Each file appears whole or not at all.

    folder: where to write; created if missing.
    count: number of faces, 1 or more.
    size: side of each picture in pixels, at least 16.
    first_seed: number of the first face, 0 or more; the file's name has the same number.
    progress: show a progress bar on stderr.

    Returns the paths of all `count` pictures, in order.
    Raises `UserError` where a number is out of range, `folder` cannot be a folder or has such files
    of another size, `OSError` where the disk is full or the folder not writable.
    """
    _require("count", count, at_least=1)
    _require("size", size, at_least=16)
    _require("first_seed", first_seed, at_least=0)
    folder = user_path(folder, "--output")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{folder}: a file is in the way; give another folder") from None
    seeds = range(first_seed, first_seed + count)
    paths = [folder / f"face_{seed:05d}.png" for seed in seeds]
    for path in paths:
        found = _size(path)
        if found not in (None, (size, size)):
            raise UserError(
                f"{path} is there with {found[0]}x{found[1]} pixels; choose another folder, or "
                f"remove it to have it drawn at {size}x{size}"
            )
    work = tqdm(
        zip(seeds, paths, strict=True), "Drawing faces", count, unit="face", disable=not progress
    )
    for seed, path in work:
        if not path.exists():
            write_png(path, draw_face(seed, size))
    return paths


def _size(path: Path) -> tuple[int, int] | None:
    """(width, height) of a picture, from its header; None where there is none."""
    try:
        with Image.open(path) as picture:
            return picture.size
    except (OSError, ValueError):
        return None


def _require(name: str, value: int, at_least: int) -> None:
    if value < at_least:
        raise UserError(f"{name} must be at least {at_least}. Received: {name}={value}")
