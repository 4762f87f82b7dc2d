"""Sources of pictures: a folder, a glob, a file list, TFRecord shards, TFDS, a packed cache.

Each is read by index, in any order and from any thread.
"""

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from inpaint_tf.data.paths.same_file import distinct
from inpaint_tf.data.paths.user_path import expand
from inpaint_tf.data.picture_files import is_image_name, list_images, read_image
from inpaint_tf.data.tfrecords import RecordSource, is_record_name, open_tfds
from inpaint_tf.errors import UserError

LIST_SUFFIXES = (".txt", ".flist")
NAMES_SUFFIX = ".names.txt"  # beside a packed cache: FILE.npy.names.txt


class Source(Protocol):
    """An indexable collection of pictures: what every source here offers."""

    @property
    def where(self) -> str:
        """The user's name of the collection, for messages."""

    @property
    def paths(self) -> Sequence[str | os.PathLike[str]]:
        """The files that it reads."""

    def __len__(self) -> int: ...

    def name(self, index: int) -> str:
        """The name of picture `index`: a relative path, or a number where it has no name."""

    def read(self, index: int) -> np.ndarray:
        """Picture `index` as uint8 (height, width, 3) RGB. Raises `UnreadableImage`."""

    def entry(self, index: int) -> str:
        """What stands for picture `index` in a list (.txt): its file, or FILE#NUMBER."""


@dataclass(frozen=True)
class Item:
    """One picture of a source that has no file of its own: a row of a cache, a record."""

    source: Source
    index: int

    def __str__(self) -> str:
        return self.source.entry(self.index)

    @property
    def name(self) -> str:
        return self.source.name(self.index)

    def read(self) -> np.ndarray:
        """The picture, see `Source.read`."""
        return self.source.read(self.index)

    def file(self) -> Path:
        """The file that it is read from."""
        return Path(str(self).rpartition("#")[0])

    def resolve(self) -> Path:
        """`file`, as an absolute path without links: what `Path.resolve` gives."""
        return self.file().resolve()


class FileSource:
    """Picture files.

    paths: of the pictures, in order.
    names: of the pictures, in the same order.
    where: the user's name of the collection.
    """

    def __init__(self, paths: Sequence[str | os.PathLike[str]], names: Sequence[str], where: str):
        self.paths, self.names, self.where = paths, names, where

    def __len__(self) -> int:
        return len(self.paths)

    def name(self, index: int) -> str:
        return self.names[index]

    def entry(self, index: int) -> str:
        return os.fspath(self.paths[index])

    def read(self, index: int) -> np.ndarray:
        return read_image(self.paths[index])


class Subset:
    """The pictures `indices` of a source, in that order."""

    def __init__(self, source: Source, indices: Sequence[int]):
        self.source, self.indices = source, indices
        self.where, self.paths = source.where, source.paths

    def __len__(self) -> int:
        return len(self.indices)

    def name(self, index: int) -> str:
        return self.source.name(self.indices[index])

    def entry(self, index: int) -> str:
        return self.source.entry(self.indices[index])

    def read(self, index: int) -> np.ndarray:
        return self.source.read(self.indices[index])


class ItemSource:
    """Pictures of other sources, as a list names them by FILE#NUMBER.

    items: (source, index) each. where: the user's name of the collection.
    """

    def __init__(self, items: Sequence[tuple[Source, int]], where: str):
        self.items, self.where = items, where
        self.paths = [
            path for source in {id(s): s for s, _ in items}.values() for path in source.paths
        ]

    def __len__(self) -> int:
        return len(self.items)

    def name(self, index: int) -> str:
        source, place = self.items[index]
        return source.name(place)

    def entry(self, index: int) -> str:
        source, place = self.items[index]
        return source.entry(place)

    def read(self, index: int) -> np.ndarray:
        source, place = self.items[index]
        return source.read(place)


class PackedSource:
    """A packed cache: one uint8 array (pictures, size, size, 3) in a .npy file, memory-mapped."""

    def __init__(self, path: str | os.PathLike[str]):
        self.where, self.paths = str(path), [path]
        try:
            self.array = np.asarray(np.lib.format.open_memmap(path, mode="r"))
        except OSError:
            raise
        except Exception as error:
            # NumPy reads the header as Python's literals: damage raises almost anything.
            reason = " ".join(str(error).split()) or type(error).__name__
            raise UserError(f"{path} is not a whole .npy file ({reason}); pack it again") from None
        shape = self.array.shape
        if self.array.dtype != np.uint8 or len(shape) != 4 or shape[3] != 3 or shape[1] != shape[2]:
            raise UserError(
                f"{path} must hold uint8 (pictures, size, size, 3), but holds {self.array.dtype} "
                f"{shape}; make it with `inpaint-tf pack`"
            )
        if not shape[0]:
            raise UserError(f"{path} holds no pictures; pack it again")
        self._names = self._read_names(Path(f"{path}{NAMES_SUFFIX}"))

    def _read_names(self, path: Path) -> list[str] | None:
        if not path.exists():
            return None
        names = path.read_text("utf-8", errors="surrogateescape").split("\n")[:-1]
        if len(names) != len(self):
            raise UserError(
                f"{path} has {len(names)} names for {len(self)} pictures; pack again, or remove it"
            )
        return names

    def __len__(self) -> int:
        return len(self.array)

    def name(self, index: int) -> str:
        return self._names[index] if self._names else f"{index:06d}"

    def entry(self, index: int) -> str:
        return f"{self.where}#{index}"

    def read(self, index: int) -> np.ndarray:
        return np.array(self.array[index])


def open_source(spec: str | os.PathLike[str]) -> Source:
    """Opens the source of pictures that a user named.

    spec: one of
      a folder, with its subfolders, of pictures or else of TFRecord shards;
      a glob of pictures or of TFRecord shards, such as `faces/*.png` (`**`: any subfolders);
      a list, `.txt` or `.flist`: a path on each line, relative to the list's folder or to the
      current one; a line FILE#NUMBER is a row of a packed cache or a record of a shard, from 0;
      a TFRecord shard (`.tfrecord` in its name);
      `tfds:NAME` or `tfds:NAME?split=SPLIT`, such as `tfds:celeb_a_hq/256`;
      a packed cache, `.npy`;
      a single picture.

    Raises `UserError` where it does not exist, is empty, or is none of these.
    """
    spec = expand(spec)
    if not spec:
        raise UserError("the path of the pictures is empty; give a folder, a glob, a list, ...")
    if spec.startswith("tfds:"):
        return open_tfds(spec)
    path = Path(spec)
    if not path.exists():
        if glob.has_magic(spec):
            return _open_glob(spec)
        raise UserError(f"{spec}: no such file or folder; check the path of the pictures")
    if path.is_dir():
        return _open_folder(path)
    if path.suffix.lower() == ".npy":
        return PackedSource(path)
    if path.suffix.lower() in LIST_SUFFIXES:
        return _open_list(path)
    if is_record_name(path.name):
        return RecordSource([path], spec)
    if is_image_name(path.name):
        return FileSource([path], [path.name], spec)
    raise UserError(
        f"{spec} is no picture, list (.txt, .flist), packed cache (.npy) or TFRecord shard "
        "(.tfrecord); rename it or give another path"
    )


def _open_folder(folder: Path) -> Source:
    try:
        paths = list_images(folder)
    except UserError:
        shards = sorted(path for path in folder.rglob("*") if is_record_name(path.name))
        if shards:
            return RecordSource(shards, str(folder))
        raise
    names = [path.relative_to(folder).as_posix() for path in paths]
    return _distinct_files(paths, names, str(folder))


def _distinct_files(paths: Sequence[Path | str], names: Sequence[str], where: str) -> FileSource:
    """A `FileSource` in which each file counts once, whatever leads to it."""
    chosen = distinct(paths, where)
    return FileSource([paths[i] for i in chosen], [names[i] for i in chosen], where)


def named_items(source: Source) -> list[tuple[Path, Item]]:
    """Sorted (relative path, `Item`) of pictures without files of their own, by their names."""
    names = [source.name(index) for index in range(len(source))]
    uses = Counter(names)
    found = []
    for index, name in enumerate(names):
        # Names come from anywhere: they must not lead out of a folder.
        inside = [part for part in Path(name).parts if part not in ("/", "\\", "..")]
        relative = Path(*inside or [str(index)])
        if uses[name] > 1:
            relative = relative.with_name(f"{relative.stem}-{index}{relative.suffix}")
        found.append((relative, Item(source, index)))
    return sorted(found, key=lambda one: one[0])


_ITEM = re.compile(r"(.+(?:\.npy|\.tfrecord[^/#]*))#(\d+)")


def _open_items(path: Path, lines: Sequence[str]) -> Source:
    """The source of a list with lines FILE#NUMBER, and perhaps others."""
    opened: dict[str, Source] = {}
    items = []
    for line in lines:
        match = _ITEM.fullmatch(line)
        file, number = (match[1], int(match[2])) if match else (line, 0)
        if file not in opened:
            beside = path.parent / file
            opened[file] = open_source(beside if beside.exists() else file)
        if number >= len(opened[file]):
            raise UserError(
                f"{path}: {file} has {len(opened[file])} pictures, and {line} would be one more; "
                "was it packed anew?"
            )
        items.append((opened[file], number))
    sources = list(opened.values())
    if len(sources) == 1:  # so that a cache is read without decoding
        return Subset(sources[0], [number for _, number in items])
    return ItemSource(items, str(path))


def _open_glob(pattern: str) -> Source:
    found = sorted(path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))
    shards = [path for path in found if is_record_name(os.path.basename(path))]
    pictures = [path for path in found if is_image_name(path)]
    if pictures:
        root = os.path.commonpath([os.path.dirname(path) for path in pictures])
        names = [Path(os.path.relpath(path, root)).as_posix() for path in pictures]
        return _distinct_files(pictures, names, pattern)
    if shards:
        return RecordSource(shards, pattern)
    raise UserError(f"{pattern} matches no pictures and no TFRecord shards; check the pattern")


def _open_list(path: Path) -> Source:
    text = path.read_text("utf-8-sig", errors="surrogateescape")  # Windows' editors begin so
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise UserError(f"{path} is empty; write the path of a picture on each line")
    if any(_ITEM.fullmatch(line) for line in lines):
        return _open_items(path, lines)
    # An absolute path stays as it is. Reading reports a path that does not exist.
    beside = (path.parent / line for line in lines)
    paths = [
        found if os.path.exists(found) else Path(line)
        for found, line in zip(beside, lines, strict=True)
    ]
    if not any(os.path.exists(found) for found in paths):  # False for a name that is too long
        raise UserError(
            f"{path}: none of its {len(lines)} pictures exists (the first is {lines[0]}); paths "
            f"are relative to {path.parent} or to the current folder"
        )
    return _distinct_files(paths, lines, str(path))
