"""Formats in which a model goes out, one file each. Listing them loads no Keras.

A format is a module with five functions and a text, and a line in `FORMATS`:

default_options(size): the names of its options, such as "height", and their defaults. size: side of
  the pictures trained on, or None.
check_output(output, overwrite): the path `output`, if the model can be written there; a `UserError`
  if not, or if a package is missing. It loads nothing heavy.
write(generator, hole_fill, path, **options): write the model to `path`, where nothing is.
load(path): the model as a function of (image, mask), NumPy uint8, run by the program that it is
  for.
tolerance(**options): the `comparison.Tolerance` within which it must be `Inpainter`; a `UserError`
  for an option that is no good.
HOW_TO_CALL: what a user is told afterwards; "{output}" stands for the path.

A model runs `inference.completion.complete`, so that it gives what
`Inpainter.complete_with_raw` gives. Each written model is loaded and compared with it before it
appears.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from inpaint_tf.errors import UserError, look_up

if TYPE_CHECKING:
    from inpaint_tf.inference.export.comparison import Comparison
    from inpaint_tf.inference.inpainter import Inpainter

FORMATS = {
    "savedmodel": "inpaint_tf.inference.export.savedmodel",
    "onnx": "inpaint_tf.inference.export.onnx_file",
    "litert": "inpaint_tf.inference.export.litert_file",
    "keras": "inpaint_tf.inference.export.keras_file",
}
"""Every format and its module; see `errors.look_up`."""

DEFAULT_FORMAT = "savedmodel"
OTHER_SIZE = 256
"""Side of the picture compared, for weights whose own size is unknown."""


def export(
    source: "Inpainter | str | Path",
    output: str | Path,
    format: str = DEFAULT_FORMAT,
    *,
    overwrite: bool = False,
    **options: Any,
) -> "Comparison":
    """Write a model for other programs, whole or not at all, and compare it with `Inpainter`.

    source: an `Inpainter`, or the weights that `Inpainter.load` takes, such as "faces256".
    output: where the model is written. format: a name in `FORMATS`.
    overwrite: replace a model of this format that is there.
    options: those of the format. "onnx" and "litert" take `height` and `width` of the pictures;
      "litert" takes `weights_type`, "float32", "float16" or "int8".

    Returns how near the model is. Raises `UserError` for an unknown format or option, unusable
    weights, an `output` that exists (with overwrite: and is no such model), a package that is
    missing, and a model that does not compute what `Inpainter` does; it is removed.
    """
    module = look_up(FORMATS, format, "format")
    check_options(format, **options)
    place: Path = module.check_output(output, overwrite)
    from inpaint_tf.inference.export import comparison, outputs
    from inpaint_tf.inference.inpainter import Inpainter

    inpainter = source if isinstance(source, Inpainter) else Inpainter.load(source)
    options = {**module.default_options(inpainter.size), **options}
    side = inpainter.size or OTHER_SIZE
    height, width = options.get("height") or side, options.get("width") or side
    with outputs.made_whole(place) as path:
        module.write(inpainter.generator, inpainter.hole_fill, path, **options)
        allowed = module.tolerance(**options)
        return comparison.compare(module.load(path), inpainter, height, width, allowed)


def check_options(format: str, **options: Any) -> None:
    """Raise `UserError` for options that a format in `FORMATS` does not take, or not so."""
    module = look_up(FORMATS, format, "format")
    known = module.default_options(None)
    for name in options:
        if name not in known:
            taking = [other for other, path in FORMATS.items() if name in _options_of(path)]
            hint = f"it is for {' and '.join(taking)}" if taking else "there is no such option"
            raise UserError(f"--format={format} takes no --{name}; {hint}")
    if "weights_type" in options:
        module.tolerance(**options)


def _options_of(path):
    return look_up({"format": path}, "format").default_options(None)
