"""A folder of drawn faces."""

from pathlib import Path

from tqdm import tqdm

from inpaint_tf.data.picture_files import write_png
from inpaint_tf.data.sample_faces.drawing import draw_face
from inpaint_tf.errors import UserError


def write_sample_faces(folder, count, size, first_seed=0, progress=True):
    """Write faces `first_seed` to `first_seed + count - 1` as `face_00000.png`, and so on.

    A file that exists already is kept and not drawn again; each appears whole or not at all.

    Args:
      folder: where to write; made if missing.
      count: number of faces, 1 or more.
      size: side of each picture in pixels, at least 16.
      first_seed: number of the first face, 0 or more; it is the number in the file's name too.
      progress: whether to show a progress bar on stderr.

    Returns:
      The paths of all `count` pictures, in order.

    Raises:
      UserError: a number is out of range, or `folder` cannot be a folder.
      OSError: the disk is full or the folder may not be written to.
    """
    _require("count", count, at_least=1)
    _require("size", size, at_least=16)
    _require("first_seed", first_seed, at_least=0)
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{folder}: a file is in the way; give another folder") from None
    seeds = range(first_seed, first_seed + count)
    paths = [folder / f"face_{seed:05d}.png" for seed in seeds]
    work = tqdm(
        zip(seeds, paths, strict=True), "Drawing faces", count, unit="face", disable=not progress
    )
    for seed, path in work:
        if not path.exists():
            write_png(path, draw_face(seed, size))
    return paths


def _require(name, value, at_least):
    if value < at_least:
        raise UserError(f"{name} must be at least {at_least}. Received: {name}={value}")
