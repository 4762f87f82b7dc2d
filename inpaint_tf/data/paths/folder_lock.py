"""One program at a time in a folder: a lock that ends with its process, however it ends.

The system holds the lock (flock), and takes it back from a process that crashed; Linux does so on
NFS too, from 2.6.12 on. Where a file system has no locks, what the lock's file says of its owner is
believed as far as it can be checked: a process of this machine that has ended locks nothing.
"""

import contextlib
import datetime
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inpaint_tf.data.paths.file_lock import take_file
from inpaint_tf.errors import UserError

LOCK_FILE = ".lock"


@contextlib.contextmanager
def locked(folder: str | os.PathLike[str], flag: str) -> Iterator[None]:
    """A context in which no other program gets this lock of the folder, which is there already.

    flag: the flag that names the folder, such as "--workdir", for the message.
    Raises `UserError` with host, process and time where another program holds it; `OSError` where
    the folder cannot be written.
    """
    path = Path(folder) / LOCK_FILE
    descriptor = take_file(path, lambda text: not _lives(_owner(text)))
    if descriptor is None:
        raise UserError(_in_use(path, flag))
    with open(descriptor, "r+b", buffering=0) as file:
        try:
            file.truncate()
            file.write(json.dumps(_this_process()).encode())
            yield
        finally:
            with contextlib.suppress(OSError):  # on a disk that has become read-only it stays
                path.unlink()


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
