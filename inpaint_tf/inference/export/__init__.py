"""Formats in which a model goes out, one file each. Listing them loads no Keras.

A format is a module with two functions and a text, and a line in `FORMATS`:

check_output(output, overwrite): the path `output`, if the model can be written there; a `UserError`
  if not. It loads nothing heavy.
export(generator, hole_fill, output, overwrite): write the model, whole or not at all.
HOW_TO_CALL: what a user is told afterwards; "{output}" stands for the path.

A model runs `inference.completion.complete`, so that it gives the bytes of `Inpainter`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from inpaint_tf.errors import look_up

if TYPE_CHECKING:
    from inpaint_tf.inference.inpainter import Inpainter

FORMATS = {
    "savedmodel": "inpaint_tf.inference.export.savedmodel",
}
"""Every format and its module; see `errors.look_up`."""

DEFAULT_FORMAT = "savedmodel"


def export(
    source: "Inpainter | str | Path",
    output: str | Path,
    format: str = DEFAULT_FORMAT,
    *,
    overwrite: bool = False,
) -> None:
    """Write a model for other programs.

    source: an `Inpainter`, or the weights that `Inpainter.load` takes, such as "faces256".
    output: where the model is written. format: a name in `FORMATS`.
    overwrite: replace a model of this format that is there.

    Raises `UserError` for an unknown format, unusable weights, and an `output` that exists (with
    overwrite: and is no such model).
    """
    module = look_up(FORMATS, format, "format")
    output = module.check_output(output, overwrite)
    from inpaint_tf.inference.inpainter import Inpainter

    inpainter = source if isinstance(source, Inpainter) else Inpainter.load(source)
    module.export(inpainter.generator, inpainter.hole_fill, output, overwrite)
