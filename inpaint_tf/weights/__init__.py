"""Generator weights on disk: where they are, how they are read and written, and the shipped ones.

Imports networks and what lies below.
"""

import importlib

_PUBLIC = {
    "load_generator": "inpaint_tf.weights.generator_file",
    "save_generator": "inpaint_tf.weights.generator_file",
    "find_weights": "inpaint_tf.weights.locate",
}

__all__ = ["find_weights", "load_generator", "save_generator"]


def __getattr__(name):
    # Lazily: Keras takes seconds to load.
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
