"""Files and folders by what they are: one file may have several paths, by links of any kind."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from absl import logging

Paths = Sequence[str | os.PathLike[str]]


def files_below(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """The files in a folder and its subfolders, in no order; links are followed.

    A link to a folder that it lies in leads nowhere new, and is left out. Names of folders that
    start with a dot are left out too. Raises `OSError` for a folder that cannot be read.
    """
    above = [_identity(folder)]
    yield from _below(Path(folder), above)


def _below(folder: Path, above: list[tuple[int, int] | None]) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        if not entry.is_dir():
            yield folder / entry.name
        elif not entry.name.startswith("."):
            identity = _identity(entry.path)
            if identity not in above:
                yield from _below(folder / entry.name, [*above, identity])


def distinct(paths: Paths, where: str) -> list[int]:
    """The indices of paths that lead to different files, in order: each file counts once.

    Of several paths to a file the first without a link in it is taken, or else the first. A path
    that leads to no file is kept: reading it says what is wrong.
    where: what the user called the paths, for the log.
    """
    same: dict[object, list[int]] = {}
    for index, path in enumerate(paths):
        same.setdefault(_identity(path) or index, []).append(index)
    chosen = sorted(_without_link(paths, indices) for indices in same.values())
    if len(chosen) < len(paths):
        logging.warning(
            "%s: %d of %d paths lead to files that are there already; each file counts once",
            *(where, len(paths) - len(chosen), len(paths)),
        )
    return chosen


def _without_link(paths: Paths, indices: list[int]) -> int:
    if len(indices) == 1:
        return indices[0]
    plain = (i for i in indices if os.path.realpath(paths[i]) == os.path.abspath(paths[i]))
    return next(plain, indices[0])


def _identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    try:
        about = os.stat(path)
    except (OSError, ValueError):
        return None
    return about.st_dev, about.st_ino
