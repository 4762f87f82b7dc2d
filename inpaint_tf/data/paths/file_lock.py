"""A file that one process holds at a time; the system takes it back from one that crashed."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

try:
    import fcntl
except ImportError:  # no such locks on Windows
    fcntl = None  # type: ignore[assignment]

_TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


def take_file(path: Path, is_free: Callable[[bytes], bool] | None = None) -> int | None:
    """The descriptor of the file at `path`, locked until it is closed; None if another has it.

    The file is made if missing, and keeps what it holds.
    is_free: on a file system without locks, whether the file is free by what it holds. None: never.
    Raises `OSError` where it cannot be opened for writing.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            if not _lock(descriptor, is_free):
                os.close(descriptor)
                return None
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the one who had it moved or removed it just now


def _lock(descriptor: int, is_free: Callable[[bytes], bool] | None) -> bool:
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno in _TAKEN:
                return False
    return is_free is not None and is_free(os.pread(descriptor, 4096, 0))


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
