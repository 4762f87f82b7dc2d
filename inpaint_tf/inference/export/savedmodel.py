"""A generator as a SavedModel that needs nothing but TensorFlow.

Its default signature takes `image` (batch, height, width, 3) and `mask` (batch, height, width, 1),
uint8, any sizes, and returns the completed uint8 `image`. In a mask, values over 127.5 are hole. A
mask without a value over 1 is an array of 0 and 1, where 1 is hole.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inpaint_tf.data.paths.user_path import user_path
from inpaint_tf.errors import UserError

MARKER = "saved_model.pb"
"""The file that every SavedModel has."""

HOW_TO_CALL = """\
{output} is ready. With TensorFlow alone:
  import tensorflow as tf
  model = tf.saved_model.load("{output}")
  completed = model.signatures["serving_default"](image=image, mask=mask)["image"]
image: uint8 (batch, height, width, 3), RGB; mask: uint8 (batch, height, width, 1), 255 = hole."""


def export(generator: Any, hole_fill: str, output: str | Path, overwrite: bool = False) -> None:
    """Write a generator as a SavedModel at the folder `output`, whole or not at all.

    generator: of any kind in `networks.generators`. hole_fill: "grey" or "white", as in training.
    Raises `UserError` if `output` exists (with overwrite: and is not a SavedModel), if the disk is
    full, and on another Keras engine than TensorFlow.
    """
    import keras
    import tensorflow as tf

    from inpaint_tf.engines import apple_gpu
    from inpaint_tf.inference import completion

    if keras.backend.backend() != "tensorflow":
        raise UserError("a SavedModel is made by TensorFlow; unset KERAS_BACKEND")
    output = check_output(output, overwrite)

    @tf.function(input_signature=completion.tensorflow_signature())
    def serve(image, mask):
        return {"image": completion.complete(generator, hole_fill, image, mask)[0]}

    module = tf.Module()
    # Only what can be reached from the module is saved. Keras' own objects are left out: loading
    # the model needs no Keras.
    module.weights = [variable.value for variable in generator.variables]
    module.serve = serve
    # A Mac's GPU changes nothing in the model: the machines that serve it have all kernels.
    with apple_gpu.assumed(False), _folder_made_whole(output) as folder:
        try:
            tf.saved_model.save(module, folder, signatures={"serving_default": serve})
        except tf.errors.OpError as error:  # a full or refused disk, in TensorFlow's own words
            reason = error.message.rsplit("; ", 1)[-1]
            raise UserError(f"--output={output} could not be written: {reason}") from None


def check_output(output: str | Path, overwrite: bool) -> Path:
    """The path `output`, if a SavedModel can be written there; raises `UserError` if not."""
    output = user_path(output, "--output")
    if output.exists():
        if not overwrite:
            raise UserError(f"--output={output} exists; choose another, or add --overwrite")
        if not (output / MARKER).is_file() and not (output.is_dir() and not any(output.iterdir())):
            raise UserError(f"--output={output} is not a SavedModel; it is not overwritten")
    output.parent.mkdir(parents=True, exist_ok=True)
    return output


@contextlib.contextmanager
def _folder_made_whole(output: Path) -> Iterator[str]:
    """Context with a folder to write. It takes the place of `output` when it is complete."""
    temporary = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    new, old = temporary / "new", temporary / "old"
    try:
        yield os.fspath(new)
        if output.exists():
            os.rename(output, old)
        try:
            os.rename(new, output)
        except OSError:
            if old.exists():
                os.rename(old, output)
            raise
    finally:
        shutil.rmtree(temporary)
