"""The step, its losses and critics, and the run around it. Imports everything but doctor,
evaluation (its scores excepted) and commands."""

from inpaint_tf.errors import names_on_demand

_PUBLIC = {
    "Schedule": "inpaint_tf.training.loop",
    "train": "inpaint_tf.training.run",
}

__all__ = ["Schedule", "train"]


# Lazily: Keras takes seconds to load.
__getattr__ = names_on_demand(__name__, _PUBLIC)
