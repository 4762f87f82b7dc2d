"""One program at a time in a folder: a lock that ends with its process, however it ends.

The system holds the lock (flock), and takes it back from a process that crashed; Linux does so on
NFS too, from 2.6.12 on. Where a file system has no locks, what the lock's file says of its owner is
believed as far as it can be checked: a process of this machine that has ended locks nothing.
"""

import contextlib
import datetime
import errno
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inpaint_tf.errors import UserError

try:
    import fcntl
except ImportError:  # no such locks on Windows
    fcntl = None  # type: ignore[assignment]

LOCK_FILE = ".lock"
_TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


@contextlib.contextmanager
def locked(folder: str | os.PathLike[str], flag: str) -> Iterator[None]:
    """A context in which no other program gets this lock of the folder, which is there already.

    flag: the flag that names the folder, such as "--workdir", for the message.
    Raises `UserError` with host, process and time where another program holds it; `OSError` where
    the folder cannot be written.
    """
    path = Path(folder) / LOCK_FILE
    with open(_take(path, flag), "r+b", buffering=0) as file:
        try:
            file.truncate()
            file.write(json.dumps(_this_process()).encode())
            yield
        finally:
            with contextlib.suppress(OSError):  # on a disk that has become read-only it stays
                path.unlink()


def _take(path: Path, flag: str) -> int:
    """The descriptor of the locked file."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            free = _lock(descriptor)
            if not free:
                raise UserError(_in_use(path, flag))
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its owner ended and removed it just now


def _lock(descriptor: int) -> bool:
    """Whether the file is locked now; False where another process holds the lock."""
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno in _TAKEN:
                return False
    return not _lives(_owner(os.pread(descriptor, 4096, 0)))


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _this_process() -> dict[str, Any]:
    now = datetime.datetime.now().astimezone().isoformat(" ", "seconds")
    return {"host": socket.gethostname(), "process": os.getpid(), "since": now}


def _owner(text: bytes) -> dict[str, Any]:
    """What a lock's file says of who made it; empty where it says nothing."""
    try:
        owner = json.loads(text)
        return owner if {"host", "process", "since"} <= set(owner) else {}
    except (ValueError, TypeError):
        return {}


def _lives(owner: dict[str, Any]) -> bool:
    """Whether the owner may still run. What another host says of itself cannot be checked."""
    if not owner or (owner["host"], owner["process"]) == (socket.gethostname(), os.getpid()):
        return False
    if owner["host"] != socket.gethostname():
        return True
    try:
        os.kill(owner["process"], 0)
    except (ProcessLookupError, TypeError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _in_use(path: Path, flag: str) -> str:
    with contextlib.suppress(OSError):
        owner = _owner(path.read_bytes())
        if owner:
            return (
                f"{path.parent} is in use by process {owner['process']} on {owner['host']} since "
                f"{owner['since']}; wait for it, stop it, or choose another {flag} (if there is no "
                f"such process, delete {path})"
            )
    return f"{path.parent} is in use by another program; wait for it, or choose another {flag}"
