"""Files that appear whole or not at all."""

import contextlib
import os
import uuid
from pathlib import Path


@contextlib.contextmanager
def write_whole(path):
    """Context giving a binary file that appears at `path` only when all of it has been written.

    It is written beside `path` under a temporary name, which is removed if anything fails, and then
    takes the place of what was at `path`. An OSError names `path`.
    """
    path = Path(path)
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "x+b") as file:
            yield file
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            error.filename, error.filename2 = str(path), None
        raise


def write_text(path, text):
    """Write a text file whole or not at all."""
    with write_whole(path) as file:
        file.write(text.encode("utf-8", "surrogateescape"))


def flush_to_disk(path):
    """Survive a power cut too: renaming alone does not bring the bytes to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
