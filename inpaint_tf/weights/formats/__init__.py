"""Formats in which weights can be read, one file each. Listing them loads nothing heavy.

A format is a module with two functions, and a line in `FORMATS`:

recognises(path): whether the file or folder is of this format. It is called for every path that a
  user passes, so it loads nothing heavy.
read(path): (settings, arrays). settings: a dict with any of the keys of
  `generator_file.DEFAULT_SETTINGS`; missing ones get those values. arrays: {name: NumPy array}, the
  names as in `networks.generators`, such as "conv1/kernel". It raises ValueError, KeyError,
  TypeError, OSError or RuntimeError for a file that is damaged, `UserError` for one of another
  network.
"""

from pathlib import Path
from types import ModuleType

from inpaint_tf.errors import look_up

FORMATS = {
    "hdf5": "inpaint_tf.weights.formats.hdf5",
    "pytorch": "inpaint_tf.weights.formats.pytorch",
    "tensorflow1": "inpaint_tf.weights.formats.tensorflow1",
}
"""Every format and its module, in the order in which they are tried."""


def format_of(path: str | Path) -> ModuleType | None:
    """The module of the format that a file or folder has; None for an unknown format."""
    for name in FORMATS:
        module = look_up(FORMATS, name, "format of weights")
        if module.recognises(Path(path)):
            return module
    return None
