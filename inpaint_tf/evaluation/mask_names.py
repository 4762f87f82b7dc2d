"""Which mask belongs to which picture, by their names, and which files are masks at all."""

import glob
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from absl import logging

from inpaint_tf.data import picture_files
from inpaint_tf.data.sources import LIST_SUFFIXES, FileSource, Item, named_items, open_source
from inpaint_tf.errors import UserError

ADDED = re.compile(r"[_-]mask\d*$", re.IGNORECASE)
"""What a mask has behind the name of its picture: X_mask, X_mask001."""
PictureFile = Path | Item
"""A file, or a row of a packed cache or a record."""
NAMED = 5
"""So many files are named in a message."""


class MasksByName:
    """The masks of a folder, a list or a glob, by the names of their pictures.

    masks: where they are. pictures: files that are no masks, though they may lie among them.
    where: the user's word for the place, in messages.
    """

    def __init__(self, masks: str | Path, pictures: Iterable[Path], where: str = "--masks"):
        self.where = f"{where}={masks}"
        self._found: dict[str, list[PictureFile]] = {}
        self._added: dict[str, list[PictureFile]] = {}
        for relative, path in mask_files(masks, pictures):
            stem = relative.with_suffix("")
            self._found.setdefault(key(stem), []).append(path)
            if bare := bare_stem(stem):
                self._added.setdefault(key(bare), []).append(path)

    def find(self, relative: Path) -> tuple[PictureFile | None, str]:
        """(the mask of the picture of this relative path or None, why there is none).

        The mask of `a/b.jpg` is `a/b.` with any ending, `a/b.jpg.` with any ending, or `a/b_mask.`
        or `a/b_mask001.` with any ending. A whole name is more particular: it goes first.
        """
        stem = relative.with_suffix("")
        for table, name in ((self._found, relative), (self._found, stem), (self._added, stem)):
            candidates = table.get(key(name), [])
            if len(candidates) == 1:
                return candidates[0], ""
            if candidates:
                return None, (
                    f"{len(candidates)} masks are called like it: {named(candidates)}; keep one"
                )
        return None, f"no mask of the name {stem} in {self.where}"


def mask_files(masks: str | Path, pictures: Iterable[Path] = ()) -> list[tuple[Path, PictureFile]]:
    """Sorted (path below the masks' folder, file or `Item`) of the masks of any source.

    pictures: files that are left out: a picture is never its own mask.
    Raises `UserError` where nothing is left.
    """
    path = Path(masks)
    if path.is_dir():
        found, root = picture_files.list_images(path), path
    else:
        source = open_source(masks)
        if not isinstance(source, FileSource):
            return list(named_items(source))
        found = sorted({Path(os.path.abspath(file)) for file in source.paths})
        is_list = path.suffix.lower() in LIST_SUFFIXES
        if not (found and (is_list or glob.has_magic(str(masks)))):
            raise UserError(f"--masks={masks} is no folder, list or glob of masks")
        root = Path(os.path.commonpath({file.parent for file in found}))
    own = {identity(picture) for picture in pictures}
    left = [file for file in found if identity(file) not in own]
    if not left:
        raise UserError(
            f"--masks={masks} holds nothing but the pictures themselves, and a picture is not its "
            "own mask; name masks X_mask.png for a picture X.jpg, or give another folder"
        )
    return [(file.relative_to(root), file) for file in left]


def without_masks(pictures: Sequence[tuple[Path, PictureFile]]) -> list[tuple[Path, PictureFile]]:
    """Of (relative path, file), those that are no masks of others: no X_mask001.png beside X.jpg.

    What is left out is said.
    """
    stems = {key(relative.with_suffix("")) for relative, _ in pictures}

    def is_mask(relative):
        bare = bare_stem(relative.with_suffix(""))
        return bare is not None and key(bare) in stems

    masks = [relative for relative, _ in pictures if is_mask(relative)]
    if masks:
        logging.warning("left out of the pictures, masks by their names: %s", named(masks))
    return [(relative, file) for relative, file in pictures if not is_mask(relative)]


def without(pictures: Sequence[tuple[Path, Path]], mask: str | Path) -> list[tuple[Path, Path]]:
    """Of (relative path, file), those that are not the file `mask`; it is said if there was one."""
    own = identity(mask)
    left = [(relative, file) for relative, file in pictures if identity(file) != own]
    if not left:
        raise UserError(f"--masks={mask} is the picture itself, and no picture is its own mask")
    if len(left) < len(pictures):
        logging.warning("left out of the pictures, for it is the mask: %s", mask)
    return left


def bare_stem(stem: Path) -> Path | None:
    """The name, without its ending, of the picture of a mask called X_mask001; else None."""
    bare = ADDED.sub("", stem.name)
    return stem.with_name(bare) if bare not in ("", stem.name) else None


def key(path: Path) -> str:
    """What two names must share to be the same: macOS takes letters with accents apart."""
    return unicodedata.normalize("NFC", path.as_posix())


def identity(path: str | Path) -> tuple[object, ...]:
    """What two paths of one file share, also through links; the path where there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return (os.path.abspath(path),)
    return found.st_dev, found.st_ino


def named(paths: Sequence[PictureFile]) -> str:
    """The first names, and how many more."""
    text = ", ".join(path.name for path in paths[:NAMED])
    return text + (f" and {len(paths) - NAMED} more" if len(paths) > NAMED else "")
