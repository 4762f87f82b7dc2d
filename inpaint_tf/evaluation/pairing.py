"""Which picture goes with which mask, and under which name its result is written."""

import glob
import itertools
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.data.sources import FileSource, Item, open_source
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.picture_size import resized

CENTER = "center"
"""In place of a mask file: the hole of half the height and half the width in the middle."""


CONTACT_SHEET = "contact_sheet.png"
"""What test.py draws beside the completed pictures."""


@dataclass(frozen=True)
class Pair:
    """A picture to complete. `mask` is a file, `CENTER`, or None where none was found.

    image: a file, or an item of a packed cache or of TFRecords.
    name: of the result below the output folder: the picture's own path below its folder, ending in
    .png.
    fit_mask: bring the mask to the picture's size, whatever its own.
    """

    name: str
    image: Path | Item
    mask: Path | str | None
    fit_mask: bool = False

    def files(self):
        """The files it is read from."""
        image = self.image.file() if isinstance(self.image, Item) else self.image
        return [image, *([self.mask] if isinstance(self.mask, Path) else [])]

    def read(self, size=None, invert_masks=False):
        """The picture (height, width, 3), uint8 RGB, and its mask (height, width), uint8, 1 = hole.

        size: what both are brought to, a `picture_size.Size`.
        Raises UserError that says why the picture cannot be tested.
        """
        image = resized(self._read_image(), size)
        mask = self._read_mask(image, size, invert_masks)
        if mask.shape != image.shape[:2]:
            raise UserError(
                f"its mask {self.mask} is {_pixels(mask)} and the picture {_pixels(image)}; "
                "make them equal, or give --size"
            )
        if mask.all():
            raise UserError(f"the hole covers the whole picture of {_pixels(image)}")
        if not mask.any():
            raise UserError(
                f"its mask {self.mask} has no hole (white); if black is hole, add --invert_masks"
            )
        return image, mask

    def _read_image(self):
        if isinstance(self.image, Item):
            return self.image.read()
        return picture_files.read_image(self.image)

    def _read_mask(self, image, size, invert_masks):
        if self.mask is None:
            raise UserError(f"no mask of the name {Path(self.name).with_suffix('')} in --masks")
        if self.mask == CENTER:
            return center_mask(*image.shape[:2])
        mask = resized(picture_files.read_mask(self.mask, invert_masks), size, nearest=True)
        return picture_files.resize(mask, *image.shape[:2], nearest=True) if self.fit_mask else mask


def center_mask(height, width):
    """(height, width) uint8 with the central half of each side as hole: 128x128 of 256x256."""
    if min(height, width) < 2:
        raise UserError(f"{width}x{height} pixels is too small for a centre hole")
    mask = np.zeros((height, width), np.uint8)
    top, left = (height - height // 2) // 2, (width - width // 2) // 2
    mask[top : top + height // 2, left : left + width // 2] = 1
    return mask


def find_pairs(images, masks=CENTER, limit=None, cycle=False):
    """Pair every picture of `images` with its mask.

    images: a folder (with its subfolders), a glob, a list (.txt), one file, a packed cache (.npy),
      TFRecords, or tfds:NAME: see `data.open_source`.
    masks: "center"; one file, for all pictures; or a folder, in which the mask of `a/b.jpg` is
      `a/b.` with any ending, or `a/b.jpg.` with any ending where several pictures are called a/b,
      or `a/b_mask.` or `a/b_mask001.` with any ending.
    limit: take the first so many pictures only.
    cycle: give the pictures the masks of the folder by turns instead, in the order of their paths
      and brought to the pictures' sizes.

    Returns `Pair`s sorted by path. A picture without a mask is among them, to fail by itself.
    """
    found = _find_images(images)
    names = output_names([relative for relative, _ in found])
    pairs = zip(names[:limit], (image for _, image in found[:limit]), strict=True)
    if str(masks) == CENTER or Path(masks).is_file():
        mask = CENTER if str(masks) == CENTER else Path(masks)
        return [Pair(name, path, mask) for name, path in pairs]
    if cycle:
        turns = itertools.cycle(picture_files.list_images(masks))
        return [
            Pair(name, path, mask, fit_mask=True)
            for (name, path), mask in zip(pairs, turns, strict=False)
        ]
    mask_files = _masks_by_name(masks)
    paired = [
        Pair(name, image, _find_mask(relative, mask_files))
        for (name, image), (relative, _) in zip(pairs, found, strict=False)
    ]
    if all(pair.mask is None for pair in paired):
        wanted = Path(paired[0].name).with_suffix("")
        raise UserError(
            f"--masks={masks} holds no mask for any picture of --images={images}; masks pair by "
            f"name, so the first one would be {wanted}.png"
        )
    return paired


def output_names(paths):
    """A .png name for each relative path, all different even where letter case does not count.

    `a.jpg` becomes `a.png`; beside an `a.webp` they become `a.jpg.png` and `a.webp.png`. The name
    of the contact sheet is taken.
    """
    names = [path.with_suffix(".png").as_posix() for path in paths]
    while True:
        uses = Counter([CONTACT_SHEET, *(name.casefold() for name in names)])
        if max(uses.values(), default=0) < 2:
            return names
        # Whole names never clash with one another, so the clashes end.
        longer = [
            f"{path.as_posix()}.png" if uses[name.casefold()] > 1 else name
            for path, name in zip(paths, names, strict=True)
        ]
        if longer == names:  # names that differ in letter case only, on a system that allows it
            return names
        names = longer


def _find_images(images):
    """Sorted (path below the pictures' folder, file or `Item`) of all pictures."""
    path = Path(images)
    if path.is_file() and picture_files.is_image_name(path.name):
        return [(Path(path.name), path)]
    if not (path.exists() or str(images).startswith("tfds:") or glob.has_magic(str(images))):
        picture_files.list_images(path)  # which says what is missing
    source = open_source(images)
    if not isinstance(source, FileSource):
        return _items(source)
    if path.is_file():  # a list
        paths = sorted({Path(os.path.abspath(found)) for found in source.paths})
        root = os.path.commonpath({found.parent for found in paths})
    else:
        paths = sorted(Path(found) for found in source.paths)
        root = path if path.exists() else _fixed_part(path)
    return [(found.relative_to(root), found) for found in paths]


def _fixed_part(pattern):
    """The folder of a glob in front of its first wildcard."""
    parts = pattern.parts
    return Path(*parts[: next(i for i, part in enumerate(parts) if glob.has_magic(part))])


def _items(source):
    """(path, `Item`) of pictures without files of their own, by the names that they have."""
    names = [source.name(index) for index in range(len(source))]
    uses = Counter(names)
    found = []
    for index, name in enumerate(names):
        # Names come from anywhere: they must not lead out of the output folder.
        inside = [part for part in Path(name).parts if part not in ("/", "\\", "..")]
        relative = Path(*inside or [str(index)])
        if uses[name] > 1:
            relative = relative.with_name(f"{relative.stem}-{index}{relative.suffix}")
        found.append((relative, Item(source, index)))
    return sorted(found, key=lambda one: one[0])


def _masks_by_name(folder):
    """Mask files of a folder by their relative path without its ending, and without "_mask001"."""
    found, added = {}, {}
    for path in picture_files.list_images(folder):
        stem = path.relative_to(folder).with_suffix("")
        found[stem] = path
        bare = re.sub(r"[_-]mask\d*$", "", stem.name)
        if bare not in ("", stem.name):
            added.setdefault(stem.with_name(bare), []).append(path)
    return found | {
        stem: paths[0] for stem, paths in added.items() if len(paths) == 1 and stem not in found
    }


def _find_mask(relative, mask_files):
    """The whole name is more particular than the name without its ending: it goes first."""
    return mask_files.get(relative) or mask_files.get(relative.with_suffix(""))


def _pixels(array):
    return f"{array.shape[1]}x{array.shape[0]} pixels"
