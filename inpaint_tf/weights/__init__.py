"""Generator weights on disk: where they are, how they are read and written, and the shipped ones.

Imports networks and what lies below.
"""

from inpaint_tf.errors import names_on_demand

_PUBLIC = {
    "load_generator": "inpaint_tf.weights.generator_file",
    "save_generator": "inpaint_tf.weights.generator_file",
    "find_weights": "inpaint_tf.weights.locate",
}

__all__ = ["find_weights", "load_generator", "save_generator"]


# Lazily: Keras takes seconds to load.
__getattr__ = names_on_demand(__name__, _PUBLIC)
