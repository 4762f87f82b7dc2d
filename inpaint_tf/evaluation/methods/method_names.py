"""Names of methods, for tables and folders."""

import re
from pathlib import Path


def name_apart(methods):
    """Give methods of one name different ones: "a-output" and "b-output", or "run" and "run-2"."""
    for same in _clashes(methods):
        for method in same:
            method.name = short_name(method.place, parts=2)
    for same in _clashes(methods):
        taken = {method.name.casefold() for method in methods}
        for method in same[1:]:
            number = 2
            while f"{method.name}-{number}".casefold() in taken:
                number += 1
            method.name = f"{method.name}-{number}"
            taken.add(method.name.casefold())
    return methods


def _clashes(methods):
    """Lists of methods that have one name, on a disk that does not tell letter case apart."""
    groups = {}
    for method in methods:
        groups.setdefault(method.name.casefold(), []).append(method)
    return [group for group in groups.values() if len(group) > 1]


def short_name(place, parts=1):
    """The last part, or parts, of a path that say something, fit for a folder's name."""
    said = [part for part in Path(place).parts if part.strip("./\\")]
    name = re.sub(r"(\.weights)?\.h5$", "", "-".join(said[-parts:]) or "weights")
    return re.sub(r"[^\w.-]", "_", name)
