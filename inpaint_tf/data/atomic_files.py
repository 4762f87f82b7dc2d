"""Files that appear whole or not at all."""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from inpaint_tf.data.paths.file_lock import take_file


@contextlib.contextmanager
def write_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A context with a binary file that appears at `path` once all of it is written.

    The file is written beside `path` under a temporary name. It then replaces what was at `path`;
    after a failure it is removed. What a kill leaves is overwritten by the next file for `path`. An
    `OSError` names `path`.
    """
    path = Path(path)
    temporary = path.with_name(f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}.tmp")
    try:
        # Where a file system has no locks, the folder's lock keeps two programs apart.
        descriptor = take_file(temporary, lambda text: True)
        if descriptor is None:  # another program writes this file too, and the last one wins
            temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        with open(descriptor, "r+b") as file:
            file.truncate()
            yield file
            file.flush()
            os.replace(temporary, path)  # while it is locked: nobody writes into it afterwards
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            error.filename, error.filename2 = str(path), None
        raise


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes a text file whole or not at all."""
    with write_whole(path) as file:
        file.write(text.encode("utf-8", "surrogateescape"))


def flush_to_disk(path: str | os.PathLike[str]) -> None:
    """Makes a file survive a power cut: renaming alone does not bring its bytes to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
