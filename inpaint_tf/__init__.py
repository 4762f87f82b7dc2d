"""inpaint_tf: fill the covered part of a face (coarse-to-fine GAN with contextual attention)."""

from inpaint_tf.commands.parsing import old_names
from inpaint_tf.engines import saved_layers
from inpaint_tf.errors import names_on_demand

__version__ = "0.2.0"

_PUBLIC = {
    "Inpainter": "inpaint_tf.inference.inpainter",
    "evaluate": "inpaint_tf.evaluation.run",
    "export": "inpaint_tf.inference.export",
    "load_config": "inpaint_tf.commands.parsing.config_file",
    "train": "inpaint_tf.training.run",
}

__all__ = ["Inpainter", "__version__", "evaluate", "export", "load_config", "train"]

old_names.install()
saved_layers.install()


# Loading TensorFlow takes seconds; `import inpaint_tf` and `--help` should not.
__getattr__ = names_on_demand(__name__, _PUBLIC)


def __dir__():
    return sorted({*globals(), *__all__})
