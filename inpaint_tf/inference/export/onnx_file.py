"""A generator as an ONNX file of standard operators, for ONNX Runtime and others.

Its inputs are `image` (batch, height, width, 3) and `mask` (batch, height, width, 1), uint8, its
output is the uint8 picture `completed`. Masks are read as by the SavedModel. Batch, height and
width are free unless they are given.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inpaint_tf.inference.export import extras, outputs
from inpaint_tf.inference.export.comparison import ROUNDED, Tolerance

SUFFIX = ".onnx"
OPSET = 17
"""Version of the operators: that of ONNX Runtime 1.12 (2022) and later."""

HOW_TO_CALL = """\
{output} is ready. With onnxruntime alone:
  import onnxruntime
  model = onnxruntime.InferenceSession("{output}")
  [completed] = model.run(None, {{"image": image, "mask": mask}})
image: uint8 (batch, height, width, 3), RGB; mask: uint8 (batch, height, width, 1), 255 = hole."""


def default_options(size: int | None) -> dict[str, Any]:
    """Any height and width; see `write`."""
    return {"height": None, "width": None}


def tolerance(**options: Any) -> Tolerance:
    """Nearly all pixels within one grey level."""
    return ROUNDED


def check_output(output: str | Path, overwrite: bool) -> Path:
    """The path `output`, if an ONNX file can be written there; raises `UserError` if not.

    It is one too if a package is missing.
    """
    extras.require("onnx", "onnx", "onnxruntime", "tf2onnx")
    return outputs.check_file(output, overwrite, _is_onnx, "an ONNX model", SUFFIX)


def write(
    generator: Any, hole_fill: str, path: Path, height: int | None = None, width: int | None = None
) -> None:
    """Write a generator to the file `path`.

    generator, hole_fill: see `portable.completion`, which says what is refused.
    height, width: of the pictures; None: any.
    """
    import tf2onnx

    from inpaint_tf.inference.export import portable

    logging.getLogger("tf2onnx").setLevel(logging.WARNING)  # it tells of its inner steps
    completion = portable.completion(generator, hole_fill, None, height, width)
    with completion as (function, signature):
        model, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    standard = [entry for entry in model.opset_import if not entry.domain]
    del model.opset_import[:]
    model.opset_import.extend(standard)  # the converter names another set too, and does not use it
    model.producer_name = "inpaint_tf"
    model.doc_string = "Fills the holes of pictures. In a mask, values over 127.5 are hole."
    for value in (*model.graph.input, *model.graph.output):
        _name_axes(value, ("batch", "height", "width"))
    path.write_bytes(model.SerializeToString())


def load(path: Path) -> Callable[[Any, Any], Any]:
    """The model as a function of (image, mask), run by ONNX Runtime on the CPU."""
    import onnxruntime

    model = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda image, mask: model.run(["completed"], {"image": image, "mask": mask})[0]


def _name_axes(value, names):
    """Give the free axes of an input or output names, equal ones where the lengths are equal."""
    for axis, name in zip(value.type.tensor_type.shape.dim, names, strict=False):
        if not axis.HasField("dim_value"):
            axis.dim_param = name


def _is_onnx(path):
    import onnx

    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # whatever protobuf says of other bytes
        return False
    return bool(model.graph.node)
