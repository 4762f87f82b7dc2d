"""A generator as a `.keras` file: a model that Keras alone opens where this package is installed.

Its inputs are [image, mask], uint8 (batch, height, width, 3) and (batch, height, width, 1), any
sizes, and its output is the completed uint8 picture. Masks are read as by the SavedModel. It runs
on each of Keras' engines that the package runs on.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inpaint_tf.inference.export import outputs
from inpaint_tf.inference.export.comparison import ROUNDED, Tolerance

SUFFIX = ".keras"

HOW_TO_CALL = """\
{output} is ready. With keras and inpaint_tf:
  import inpaint_tf, keras
  model = keras.saving.load_model("{output}")
  completed = model([image, mask])
image: uint8 (batch, height, width, 3), RGB; mask: uint8 (batch, height, width, 1), 255 = hole."""


def default_options(size: int | None) -> dict[str, Any]:
    """None."""
    return {}


def tolerance(**options: Any) -> Tolerance:
    """Nearly all pixels within one grey level: the model may run without a graph."""
    return ROUNDED


def check_output(output: str | Path, overwrite: bool) -> Path:
    """The path `output`, if a `.keras` file can be written there; raises `UserError` if not."""
    return outputs.check_file(output, overwrite, zipfile.is_zipfile, "a Keras model", SUFFIX)


def write(generator: Any, hole_fill: str, path: Path) -> None:
    """Write a generator of any kind in `networks.generators` to the file `path`.

    hole_fill: "grey" or "white", as in training.
    """
    from inpaint_tf.inference.completing_layer import completing_model

    completing_model(generator, hole_fill).save(path)


def load(path: Path) -> Callable[[Any, Any], Any]:
    """The model as a function of (image, mask)."""
    import keras

    model = keras.saving.load_model(path)
    return lambda image, mask: keras.ops.convert_to_numpy(model([image, mask]))
