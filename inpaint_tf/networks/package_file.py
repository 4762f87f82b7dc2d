"""Files of weights that come inside other people's packages."""

import importlib.util
from pathlib import Path

from inpaint_tf.errors import UserError


def find(package: str, file: str, error: str) -> Path:
    """The path of a package's file. `UserError` with the text `error` where it is not installed.

    The package is not imported: its own code may need what is not here.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise UserError(error)
    return Path(spec.origin).parent / file
