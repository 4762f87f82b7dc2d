"""Lets Keras open saved networks of this package after `import inpaint_tf` alone.

Keras looks for a class of a file among those that were registered, and a module registers its own
when it is imported. Importing them all with the package would load Keras, which takes seconds, and
settle its engine. So as soon as Keras is there, names are registered that import the class when a
file asks for it.
"""

import importlib
import sys
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any

PACKAGE = "inpaint_tf"
CLASSES = {
    "Adam": "training.optimizers.adam",
    "BatchNorm": "networks.layers.norms.batch_norm",
    "Clip": "networks.generators.coarse_to_fine",
    "Completion": "inference.completing_layer",
    "ContextualAttention": "networks.layers.contextual_attention",
    "DilatedConv2D": "networks.layers.dilation",
    "Double": "networks.layers.align_corners",
    "Gate": "networks.generators.aot",
    "IteratedSpectralConv2D": "networks.layers.norms.spectral_norm",
    "Muon": "training.optimizers.muon",
    "PartialConv2D": "networks.layers.partial_conv",
    "PhasedLearningRate": "training.optimizers.learning_rate",
    "ReflectConv2D": "networks.layers.reflection",
    "SpectralConv2D": "networks.layers.norms.spectral_norm",
    "SymmetricConv2D": "networks.layers.reflection",
    "UpsampleConv2D": "networks.layers.upsampling",
}
"""Every class that the package registers with Keras, and its module."""

WITH_FUNCTIONS = "networks.layers.activations"
"""Imported with Keras: nothing can stand in for a function. It has no imports of its own but Keras
and `apple_gpu`."""


def install() -> None:
    """Register the names now, if Keras is loaded, or else when it is."""
    if hasattr(sys.modules.get("keras"), "saving"):
        register()
    elif not any(isinstance(finder, AfterKeras) for finder in sys.meta_path):
        sys.meta_path.insert(0, AfterKeras())


def register() -> None:
    """Let Keras find what is in `CLASSES`, and import `WITH_FUNCTIONS`."""
    import keras

    known = keras.saving.get_custom_objects()
    for name, module in CLASSES.items():
        known.setdefault(f"{PACKAGE}>{name}", _stand_in(name, module))
    importlib.import_module(f"{PACKAGE}.{WITH_FUNCTIONS}")


class AfterKeras(MetaPathFinder):
    """Finds Keras as the other finders do, and has `register` called once it is loaded."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "keras":
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        for finder in others:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                load = spec.loader.exec_module

                def exec_module(module: ModuleType, load: Any = load) -> None:
                    load(module)
                    register()

                spec.loader.exec_module = exec_module
                return spec
        return None


def _stand_in(name, module):
    """A class whose only ability is to make objects of the class that it stands for."""

    def from_config(cls, config):
        found = getattr(importlib.import_module(f"{PACKAGE}.{module}"), name)
        return found.from_config(config)  # which has registered itself in place of this one

    return type(name, (), {"from_config": classmethod(from_config)})
