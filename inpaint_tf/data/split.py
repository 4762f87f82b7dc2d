"""Which pictures are for training and which are held out."""

import hashlib
import os
import re

from absl import logging

from inpaint_tf.data.paths.copies import copies
from inpaint_tf.data.paths.user_path import expand
from inpaint_tf.data.sources import Source, Subset, open_source
from inpaint_tf.errors import UserError


def split_source(source: Source, test_count: int) -> tuple[Subset, Subset]:
    """Holds out `test_count` pictures: those whose file names have the smallest hashes.

    The choice depends only on the base names, not on order, folder or machine. Adding a picture to
    the source or removing one moves at most one other picture between the parts.

    A copy of a held-out picture, the same bytes under another name, is not trained on.

    Returns (train, held_out), two sources in the order of `source`.
    Raises `UserError` where no picture would be left to train on.
    """
    if not 0 <= test_count < len(source):
        raise UserError(
            f"data.test_count={test_count} must be at least 0 and below {len(source)}, the number "
            f"of pictures in {source.where}"
        )
    by_hash = sorted(range(len(source)), key=lambda index: _hash(source.name(index)))
    kept, held_out = sorted(by_hash[test_count:]), sorted(by_hash[:test_count])
    copied = dict(copies(source, kept, source, held_out))
    if copied:
        one, other = next(iter(copied.items()))
        logging.warning(
            "left out of training: %d pictures with the bytes of held-out ones, such as %s of %s",
            *(len(copied), source.name(one), source.name(other)),
        )
    if len(copied) == len(kept):
        raise UserError(
            f"all {len(kept)} pictures of {source.where} that are not held out are copies of "
            "held-out ones; set a smaller data.test_count"
        )
    return (
        Subset(source, [index for index in kept if index not in copied]),
        Subset(source, held_out),
    )


def describe_source(source: Source) -> str:
    """The number of a source's pictures and a digest of their names, which depends on the order."""
    digest = hashlib.sha256()
    for index in range(len(source)):
        digest.update(source.name(index).encode("utf-8", errors="surrogateescape") + b"\0")
    return f"{len(source)} ({digest.hexdigest()[:12]})"


def source_bytes(source: Source) -> int:
    """The bytes of the files that a source reads; missing ones count as empty."""
    return sum(os.path.getsize(path) for path in source_files(source) if os.path.exists(path))


def source_files(source: Source) -> list[str]:
    """The files of a source's pictures, each once, in order."""
    entries = (source.entry(index) for index in range(len(source)))
    return list(dict.fromkeys(re.sub(r"#\d+$", "", entry) for entry in entries))


def _hash(name: str) -> tuple[bytes, str]:
    base = os.path.basename(name).encode("utf-8", errors="surrogateescape")
    # The whole name orders pictures that have the same base name in different folders.
    return hashlib.sha256(base).digest(), name


def open_train_and_validation(
    train: str, validation: str, test_count: int
) -> tuple[Source, Source | None]:
    """Opens the training pictures and the validation pictures.

    train: spec for `open_source` (data.train).
    validation: spec of the validation pictures (data.validation), or empty.
    test_count: without `validation`, number of pictures of `train` to hold out (data.test_count).

    Returns (train, validation); validation is None where `validation` is empty and `test_count` 0.
    Raises `UserError` where either cannot be opened, or both are the same.
    """
    source = open_source(train)
    if not validation:
        return split_source(source, test_count) if test_count else (source, None)
    if os.path.realpath(expand(train)) == os.path.realpath(expand(validation)):
        raise UserError(
            f"data.train and data.validation are both {train}; give another validation, or leave "
            "it empty and set data.test_count to hold pictures out"
        )
    held_out = open_source(validation)
    shared = copies(held_out, range(len(held_out)), source, range(len(source)))
    if shared:
        logging.warning(
            "%d of the pictures in data.validation are also in data.train, such as %s: validation "
            "scores will be too good",
            *(len(shared), held_out.name(shared[0][0])),
        )
    return source, held_out
