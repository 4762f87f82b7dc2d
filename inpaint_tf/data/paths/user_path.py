"""Paths as users give them: the home folder's `~`, and what is no path of this machine."""

import os
import re
from pathlib import Path

from inpaint_tf.errors import UserError

_ADDRESS = re.compile(r"([A-Za-z][\w+.-]+)://")


def expand(path: str | os.PathLike[str], flag: str = "") -> str:
    """The path with the home folder in place of `~`, as text; other text stays as it is.

    flag: what the user gave it as, such as "--output", for messages.
    Raises `UserError` for an address such as gs://bucket/faces, which would become a folder `gs:`,
    and for the home folder of a user that does not exist.
    """
    text = os.fspath(path)
    given = f"{flag}={text}" if flag else text
    address = _ADDRESS.match(text)
    if address:
        raise UserError(
            f"{given} is an address, and only folders and files of this machine are read and "
            f"written; copy it here, or mount it and give the folder"
        )
    expanded = os.path.expanduser(text)
    if expanded.startswith("~"):
        user = text[1:].split("/")[0]
        if user:
            raise UserError(f"{given}: there is no user {user}; for a file of this name, ./{text}")
        raise UserError(f"{given}: the home folder is unknown; give the whole path")
    return expanded


def user_path(path: str | os.PathLike[str], flag: str = "") -> Path:
    """`expand` as a `Path`."""
    return Path(expand(path, flag))
