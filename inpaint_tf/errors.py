"""A user's mistakes, told in one line; and names that are looked up when they are asked for."""

import difflib
import errno
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from typing import Any


class UserError(Exception):
    """A mistake that the user can correct. The message is one line that says what to change."""

    status = 1
    """Exit status of a command that it ends."""


class Stopped(UserError):
    """The user has stopped the command by Ctrl-C. The message says what is kept."""

    status = 130  # as shells count it: 128 and the signal's number


def describe_os_error(error: OSError) -> str:
    """One line for an `OSError`: the file, the system's reason, and what to do."""
    where = f"{error.filename}: " if error.filename else ""
    advice = {
        errno.ENOSPC: "; free some space or choose another folder",
        errno.EDQUOT: "; free some space or choose another folder",
        errno.EACCES: "; choose a folder you may write to",
        errno.EPERM: "; choose a folder you may write to",
        errno.EROFS: "; choose a folder you may write to",
    }.get(error.errno or 0, "")
    return f"{where}{error.strerror or error}{advice}"


def is_out_of_memory(error: BaseException) -> bool:
    """True for TensorFlow's `ResourceExhaustedError`, XLA's status of that name, `MemoryError`.

    TensorFlow raises its own for a full disk too: that one is not meant.
    """
    exhausted = type(error).__name__ == "ResourceExhaustedError"
    if exhausted or "RESOURCE_EXHAUSTED" in str(error):
        return "No space left" not in str(error)
    return isinstance(error, MemoryError)


def look_up(table: Mapping[str, str], name: str, what: str = "kind") -> Any:
    """The object that `name` stands for in a table of names and "module:attribute" strings.

    The object's module is imported here, so that listing the names of a table imports nothing.
    what: what the names are, such as "kind of hole".
    Raises `UserError` for a name that is not in the table.
    """
    if name not in table:
        raise UserError(unknown_name(name, table, what))
    return pkgutil.resolve_name(table[name])


def unknown_name(name: str, names: Iterable[str], what: str) -> str:
    """The message for a name that is not one of `names`; it suggests the nearest, or lists all."""
    names = list(names)
    hint = nearest(name, names) or f"choose from {', '.join(names)}"
    return f"unknown {what} {name!r}; {hint}"


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """ "did you mean X?", X being the one of `names` that is nearest, or "" where none is near.

    cutoff: how alike they must be, 0 to 1: twice the letters in common over all letters.
    """
    near = difflib.get_close_matches(str(name), list(names), n=1, cutoff=cutoff)
    return f"did you mean {near[0]}?" if near else ""


def names_on_demand(package: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """A `__getattr__` for a package: its public names are imported when they are asked for.

    package: `__name__` of the package. places: the module that has each name.
    """

    def find(name: str) -> Any:
        if name in places:
            return getattr(importlib.import_module(places[name]), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
