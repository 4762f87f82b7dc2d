"""The step, its losses and critics, and the run around it. Imports everything but doctor,
evaluation (its scores excepted) and commands."""

import importlib

_PUBLIC = {
    "Schedule": "inpaint_tf.training.loop",
    "train": "inpaint_tf.training.run",
}

__all__ = ["Schedule", "train"]


def __getattr__(name):
    # Lazily: Keras takes seconds to load.
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
