"""Which picture goes with which mask, and under which name its result is written."""

import contextlib
import glob
import itertools
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from absl import logging

from inpaint_tf.data import picture_files
from inpaint_tf.data.sources import LIST_SUFFIXES, FileSource, Item, named_items, open_source
from inpaint_tf.data.tfrecords import is_record_name
from inpaint_tf.errors import UserError, nearest
from inpaint_tf.evaluation import mask_names
from inpaint_tf.evaluation.picture_size import NATIVE, resized
from inpaint_tf.masks import mask_files
from inpaint_tf.masks.face_shapes import SHAPES
from inpaint_tf.masks.mask_files import PLAIN, MaskRule

CENTER = "center"
"""In place of a mask file: the hole of half the height and half the width in the middle."""
TRANSPARENCY = "transparency"
"""In place of a mask file: the transparent part of the picture itself."""
PAINTED = "painted"
"""In place of a mask file: what has the rule's colour in the picture itself."""


CONTACT_SHEET = "contact_sheet.png"
"""What test.py draws beside the completed pictures."""


@dataclass(frozen=True)
class Pair:
    """A picture to complete. `mask` is a file, a word (`hole_word`), or None where none was found.

    image: a file, or an item of a packed cache or of TFRecords.
    name: of the result below the output folder: the picture's own path below its folder, ending in
    .png.
    fit_mask: bring the mask to the picture's size, whatever its own.
    rule: how the mask is read.
    why_none: why there is no mask.
    """

    name: str
    image: Path | Item
    mask: Path | Item | str | None
    fit_mask: bool = False
    rule: MaskRule = PLAIN
    why_none: str = ""

    def files(self):
        """The files it is read from."""
        parts = [part for part in (self.image, self.mask) if isinstance(part, Path | Item)]
        return [part.file() if isinstance(part, Item) else part for part in parts]

    def read(self, size=None):
        """The picture (height, width, 3), uint8 RGB, and its mask (height, width), uint8, 1 = hole.

        size: what both are brought to, a `picture_size.Size`.
        Raises UserError that says why the picture cannot be tested.
        """
        picture = self._read_image()
        image = resized(picture, size)
        return image, self.read_hole(picture, image, size, portrait=True)

    def _read_image(self):
        if isinstance(self.image, Item):
            return self.image.read()
        return picture_files.read_image(self.image)

    def read_hole(self, picture, image=None, size=None, portrait=False, faces=None):
        """The mask alone, (height, width), uint8, 1 = hole.

        picture: upright pixels of the picture's file. image: those after `size`.
        portrait: whether the pictures are faces framed as in training, see `shapes.on_faces`.
        faces: of the picture, for named shapes, see there too.
        Raises UserError that says why nothing can be completed.
        """
        image = picture if image is None else image
        mask = self._read_mask(picture, image, size, portrait, faces)
        if problem := mask_files.why_useless(mask, self.rule):
            where = f"its mask {self.mask}: " if isinstance(self.mask, Path | Item) else ""
            raise UserError(f"{where}{problem}")
        return mask

    def _read_mask(self, picture, image, size, portrait, faces):
        if self.mask is None:
            raise UserError(self.why_none)
        if self.mask == CENTER:
            return mask_files.grown(center_mask(*image.shape[:2]), self.rule.grow)
        if self.mask in (TRANSPARENCY, PAINTED) and isinstance(self.image, Item):
            raise UserError(f"--masks={self.mask} needs files of pictures: {self.image} is none")
        if self.mask == TRANSPARENCY:
            return mask_files.transparent_part(self.image, self.rule)
        if self.mask == PAINTED:
            return mask_files.read_mask(self.image, self.rule)
        if self.mask in SHAPES:
            from inpaint_tf.inference.photos import shapes

            portrait = self.name if portrait else ""
            hole = shapes.on_faces(self.mask, image, portrait=portrait, faces=faces)
            return mask_files.grown(hole, self.rule.grow)
        _check_no_copy(self.mask, self.image)
        if isinstance(self.mask, Item):
            mask = mask_files.as_hole(self.mask.read(), self.rule, str(self.mask)).astype(np.uint8)
        else:
            mask = mask_files.read_mask(self.mask, self.rule)
        if not self.fit_mask:
            _check_fit(self.mask, mask, picture, size)
        mask = resized(mask, size, nearest=True)
        return picture_files.resize(mask, *image.shape[:2], nearest=True)


def _check_no_copy(mask, image):
    """Raise UserError where the mask's file holds the picture itself."""
    if isinstance(image, Item) or isinstance(mask, Item):
        return
    with contextlib.suppress(OSError):  # which reading tells
        equal = mask.stat().st_size == image.stat().st_size
        if equal and mask.read_bytes() == image.read_bytes():
            raise UserError(f"its mask {mask} is the same file as the picture; draw a mask")


def _check_fit(path, mask, picture, size):
    """Raise UserError for a mask that cannot lie on the picture, both as they are in their files.

    size: a `picture_size.Size`; None: of a command without --size. A mask of the picture's shape,
    to rounding, fits at any size, and a square one fits what --size=PIXELS cuts out of a picture.
    One that lies on its side would put the hole elsewhere.
    """
    if mask.shape == picture.shape[:2]:
        return
    sizes = f"its mask {path} is {_pixels(mask)} and the picture {_pixels(picture)}"
    (height, width), (tall, wide) = mask.shape, picture.shape[:2]
    same_shape = abs(height / width / (tall / wide) - 1) < 0.01
    on_its_side = abs(height / width / (wide / tall) - 1) < 0.01
    if on_its_side and not same_shape:
        raise UserError(
            f"{sizes}: one of them lies on its side (EXIF orientation); turn it upright in its "
            "file, or draw the mask on the upright picture"
        )
    square = height == width
    if same_shape:
        if size in (None, NATIVE):  # with a size, both are resized anyway
            logging.log_first_n(
                logging.INFO,
                "masks of another size are brought to that of their pictures, by nearest pixels; "
                "the first: %s, %s to %s",
                1,
                *(path, _pixels(mask), _pixels(picture)),
            )
        return
    if square and isinstance(size, int):
        return
    if square and size is not None:
        raise UserError(f"{sizes}; make them equal, or give --size")
    raise UserError(f"{sizes}, of another shape: the hole would lie elsewhere; make them equal")


def center_mask(height, width):
    """(height, width) uint8 with the central half of each side as hole: 128x128 of 256x256."""
    if min(height, width) < 2:
        raise UserError(f"{width}x{height} pixels is too small for a centre hole")
    mask = np.zeros((height, width), np.uint8)
    top, left = (height - height // 2) // 2, (width - width // 2) // 2
    mask[top : top + height // 2, left : left + width // 2] = 1
    return mask


def find_pairs(images, masks=CENTER, limit=None, cycle=False, rule=PLAIN):
    """Pair every picture of `images` with its mask.

    images: a folder (with its subfolders), a glob, a list (.txt), one file, a packed cache (.npy),
      TFRecords, or tfds:NAME: see `data.open_source`. Masks among them, X_mask001.png beside
      X.jpg, are left out, and said.
    masks: a word, see `hole_word`; one file, for all pictures; or a folder or another source of
      masks, which belong to pictures by their names, see `MasksByName.find`. A picture is never its
      own mask.
    limit: take the first so many pictures only.
    cycle: give the pictures the masks of the folder by turns instead, in the order of their paths
      and brought to the pictures' sizes.
    rule: how masks are read.

    Returns `Pair`s sorted by path. A picture without a mask is among them, to fail by itself.
    """
    found = mask_names.without_masks(_find_images(images))
    word = hole_word(masks)
    one = is_one_mask(masks)
    if one and not any(isinstance(image, Item) for _, image in found):
        found = mask_names.without(found, masks)
    names = output_names([relative for relative, _ in found])
    files = [file for _, file in found if isinstance(file, Path)]
    chosen = list(zip(names, found, strict=True))[:limit]
    if word or one:
        mask = word or Path(masks)
        return [Pair(name, image, mask, rule=rule) for name, (_, image) in chosen]
    if cycle:
        turns = itertools.cycle(file for _, file in mask_names.mask_files(masks, files))
        return [
            Pair(name, image, mask, fit_mask=True, rule=rule)
            for (name, (_, image)), mask in zip(chosen, turns, strict=False)
        ]
    by_name = mask_names.MasksByName(masks, files)
    paired = []
    for name, (relative, image) in chosen:
        mask, why = by_name.find(relative)
        paired.append(Pair(name, image, mask, rule=rule, why_none=why))
    if all(pair.mask is None and pair.why_none.startswith("no mask") for pair in paired):
        wanted = Path(paired[0].name).with_suffix("")
        raise UserError(
            f"--masks={masks} holds no mask for any picture of --images={images}; masks pair by "
            f"name, so the first one would be {wanted}.png"
        )
    return paired


def hole_word(masks):
    """The word for holes without mask files that `masks` is, or None where it is a path.

    "center", the middle half of both sides; a name of `face_shapes.SHAPES`, on the pictures' faces,
    unless a file or folder is called so; `TRANSPARENCY` and `PAINTED`.
    """
    word = str(masks)
    if word in (CENTER, TRANSPARENCY, PAINTED):
        return word
    return word if word in SHAPES and not Path(word).exists() else None


def check_there(masks, words):
    """Raise UserError where `masks` is neither a word for holes nor a file, folder, glob or TFDS.

    words: those that the command takes. The message names the nearest of them, or all.
    """
    text = str(masks)
    known = hole_word(masks) or Path(masks).exists() or glob.has_magic(text)
    if not known and not text.startswith("tfds:"):
        near = nearest(text, words, cutoff=0.75)  # a folder's name is like some word easily
        hint = near or f"masks are files, or one of the words {', '.join(words)}"
        raise UserError(f"--masks={masks}: no such file or folder; {hint}")


def is_one_mask(masks):
    """Whether this is one mask for all pictures: a file, and no list, cache or records."""
    path = Path(masks)
    if hole_word(masks) or not path.is_file():
        return False
    several = path.suffix.lower() in (*LIST_SUFFIXES, ".npy") or is_record_name(path.name)
    return not several


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
        return named_items(source)
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


def _pixels(array):
    return f"{array.shape[1]}x{array.shape[0]} pixels"
