"""The file that lists the photos which could not be completed."""

import os
from pathlib import Path

FILE = "failed.txt"
"""In the output folder."""
ESCAPES = str.maketrans({"\t": r"\t", "\n": r"\n", "\r": r"\r"})


def line(photo: str | os.PathLike[str], reason: str) -> str:
    """A photo's line: its path, a tab, the reason. It has no other tab and no line break.

    Bytes of names that are no UTF-8 become \\xff and the like, for the file is UTF-8.
    """
    return "\t".join(_printable(text) for text in (os.fspath(photo), reason))


def count(path: str | os.PathLike[str]) -> int:
    """How many photos a file of dead letters lists; 0 where there is none."""
    path = Path(path)
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _printable(text):
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text.translate(ESCAPES)
