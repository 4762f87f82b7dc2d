"""Where a hole is: drawn on the device, a file for each kind. Imports engines."""

import importlib

_PUBLIC = {
    "Hole": "inpaint_tf.masks.drawer",
    "HoleDrawer": "inpaint_tf.masks.drawer",
    "KINDS": "inpaint_tf.masks.drawer",
}

__all__ = ["KINDS", "Hole", "HoleDrawer"]


def __getattr__(name):
    # Lazily: Keras takes seconds to load.
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
