"""A generator as a LiteRT (TensorFlow Lite) file, for phones and small boards.

Its one signature takes `image` (1, height, width, 3) and `mask` (1, height, width, 1), uint8, of
one size, and returns the uint8 picture `completed`. Masks are read as by the SavedModel. Only
LiteRT's own operators are used.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inpaint_tf.errors import UserError, unknown_name
from inpaint_tf.inference.export import extras, outputs
from inpaint_tf.inference.export.comparison import ROUNDED, Tolerance

SUFFIX = ".tflite"
IDENTIFIER = b"TFL3"
"""Bytes 4 to 7 of every such file."""

TOLERANCES = {"float32": ROUNDED, "float16": ROUNDED, "int8": Tolerance(16, 0.95)}
"""Types of the weights in the file. "int8": the inputs of convolutions are rounded to 8 bits too,
which is seen in the picture."""

HOW_TO_CALL = """\
{output} is ready. With ai-edge-litert alone:
  from ai_edge_litert.interpreter import Interpreter
  complete = Interpreter("{output}").get_signature_runner()
  completed = complete(image=image, mask=mask)["completed"]
image: uint8 (1, height, width, 3), RGB, of the size exported; mask: uint8 (1, height, width, 1)."""


def default_options(size: int | None) -> dict[str, Any]:
    """Pictures of the weights' own size, float32; see `write`."""
    return {"height": size or 256, "width": size or 256, "weights_type": "float32"}


def tolerance(weights_type: str, **options: Any) -> Tolerance:
    """Nearly all pixels within one grey level, unless the weights have 8 bits."""
    if weights_type not in TOLERANCES:
        raise UserError(unknown_name(weights_type, TOLERANCES, "type of weights"))
    return TOLERANCES[weights_type]


def check_output(output: str | Path, overwrite: bool) -> Path:
    """The path `output`, if a LiteRT file can be written there; raises `UserError` if not.

    It is one too if a package is missing.
    """
    extras.require("litert", "ai_edge_litert")
    return outputs.check_file(output, overwrite, _is_litert, "a LiteRT model", SUFFIX)


def write(
    generator: Any,
    hole_fill: str,
    path: Path,
    height: int,
    width: int,
    weights_type: str = "float32",
) -> None:
    """Write a generator to the file `path`.

    generator, hole_fill: see `portable.completion`, which says what is refused.
    height, width: of the pictures. weights_type: a key of `TOLERANCES`.
    """
    import tensorflow as tf

    from inpaint_tf.inference.export import portable

    # The converter makes signatures of SavedModels alone.
    with tempfile.TemporaryDirectory() as folder:
        completion = portable.completion(generator, hole_fill, 1, height, width)
        with completion as (function, _):
            module = tf.Module()
            module.weights = [variable.value for variable in generator.variables]
            module.function = function
            tf.saved_model.save(module, folder, signatures={"serving_default": function})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if weights_type != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if weights_type == "float16":
            converter.target_spec.supported_types = [tf.float16]
        path.write_bytes(converter.convert())


def load(path: Path) -> Callable[[Any, Any], Any]:
    """The model as a function of (image, mask), run by LiteRT's interpreter."""
    from ai_edge_litert.interpreter import Interpreter

    complete = Interpreter(str(path)).get_signature_runner()
    return lambda image, mask: complete(image=image, mask=mask)["completed"]


def _is_litert(path):
    with path.open("rb") as file:
        return file.read(8)[4:] == IDENTIFIER
