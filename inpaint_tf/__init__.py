"""inpaint_tf: fill the covered part of a face (coarse-to-fine GAN with contextual attention)."""

import importlib

from inpaint_tf.commands.parsing import old_names

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


def __getattr__(name):
    # Loading TensorFlow takes seconds; `import inpaint_tf` and `--help` should not.
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
