"""TFRecord shards as a source that is read in any order, and TFDS data sets by their shards.

A shard is a chain of records. A record is a length (uint64, little-endian), a checksum of 4 bytes,
the bytes of a `tf.train.Example`, and another checksum of 4 bytes
(https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details).
"""

import os
import struct
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from inpaint_tf.data.picture_files import UnreadableImage, read_image
from inpaint_tf.data.record_picture import picture_place
from inpaint_tf.errors import UserError

IMAGE_FEATURES = ("image", "image/encoded")  # TensorFlow's own scripts write the second
_LENGTH_BYTES, _CHECKSUM_BYTES = 8, 4


def is_record_name(name: str) -> bool:
    """Whether a file name is a TFRecord shard's, such as `faces-train.tfrecord-00000-of-00016`."""
    return ".tfrecord" in name and not name.startswith(".")


class RecordSource:
    """Encoded pictures in TFRecord shards. Their places are found once, by the records' lengths.

    A picture's name is its shard and its number in it. Names inside the records are not used,
    because finding them would mean reading every picture.

    shards: paths, in order.
    where: the user's name of the collection.
    """

    def __init__(self, shards: Iterable[str | os.PathLike[str]], where: str):
        self.where, self.paths = where, [Path(shard) for shard in shards]
        self._records = [
            (shard, number, *place)
            for shard in self.paths
            for number, place in enumerate(_find_records(shard))
        ]
        if not self._records:
            raise UserError(f"{where} holds no records; give other TFRecord shards")

    def __len__(self) -> int:
        return len(self._records)

    def name(self, index: int) -> str:
        shard, number, _, _ = self._records[index]
        return f"{shard.name}-{number:06d}"

    def entry(self, index: int) -> str:
        shard, number, _, _ = self._records[index]
        return f"{shard}#{number}"

    def read(self, index: int) -> np.ndarray:
        shard, _, offset, length = self._records[index]
        with open(shard, "rb") as file:
            file.seek(offset)
            record = file.read(length)
        return read_image(_encoded_picture(record, self.name(index)), self.name(index))

    def place(self, index: int) -> tuple[Path, int, int] | None:
        """(shard, offset, length) of the encoded picture; None where the record has none."""
        shard, _, offset, length = self._records[index]
        with open(shard, "rb") as file:
            found = picture_place(file, offset, length, IMAGE_FEATURES)
        return found and (shard, *found)


def _find_records(shard: Path) -> list[tuple[int, int]]:
    """The (offset, length) of every record of a shard, in bytes."""
    size = os.path.getsize(shard)
    places: list[tuple[int, int]] = []
    position = 0
    with open(shard, "rb") as file:
        while position < size:
            file.seek(position)
            header = file.read(_LENGTH_BYTES)
            offset = position + _LENGTH_BYTES + _CHECKSUM_BYTES
            length = struct.unpack("<Q", header)[0] if len(header) == _LENGTH_BYTES else size
            position = offset + length + _CHECKSUM_BYTES
            if position > size:
                raise UserError(
                    f"{shard} is cut short, compressed, or not a TFRecord file (record "
                    f"{len(places)} ends beyond it); write it again, uncompressed"
                )
            places.append((offset, length))
    return places


def _encoded_picture(record: bytes, name: str) -> bytes:
    from google.protobuf.message import DecodeError
    from tensorflow.train import Example

    try:
        features = Example.FromString(record).features.feature
    except DecodeError:
        raise UnreadableImage(name, "the record is not a tf.train.Example") from None
    for key in IMAGE_FEATURES:
        if key in features and features[key].bytes_list.value:
            return features[key].bytes_list.value[0]
    raise UnreadableImage(
        name, f"has no feature {' or '.join(IMAGE_FEATURES)}, but {', '.join(features) or 'none'}"
    )


def open_tfds(spec: str) -> RecordSource:
    """Opens `tfds:NAME[?split=SPLIT&data_dir=DIR]`, a data set that TFDS has prepared as TFRecord.

    The shards are read here, because `tfds.load` has no random access.
    Raises `UserError` where TFDS is not installed, or the data set is unknown, not prepared, or
    lacks the split.
    """
    name, _, query = spec.removeprefix("tfds:").partition("?")
    options = {"split": "train", **dict(parse_qsl(query))}
    unknown = sorted(set(options) - {"split", "data_dir"})
    if unknown:
        raise UserError(f"{spec}: unknown option {unknown[0]}; choose from split and data_dir")
    try:
        import tensorflow_datasets as tfds
    except ImportError:
        raise UserError(
            f"{spec} needs a package that is missing: pip install tensorflow-datasets"
        ) from None
    try:
        builder = tfds.builder(name, data_dir=options.get("data_dir"))
    except Exception as error:
        # TFDS gives the reason: unknown data set, bad version, unknown config, no folder.
        raise UserError(f"{spec} cannot be opened by TFDS: {error}") from None
    folder = Path(os.fspath(builder.data_dir))
    splits: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.tfrecord*")):
        split = path.name.split(".tfrecord")[0].rpartition("-")[2]
        splits.setdefault(split, []).append(path)
    if not splits:
        raise UserError(
            f"{spec} is not prepared in {folder}; prepare it with `tfds build {name}`, which says "
            "what to download by hand"
        )
    if options["split"] not in splits:
        raise UserError(f"{spec}: no split {options['split']}; there are {', '.join(splits)}")
    return RecordSource(splits[options["split"]], spec)
