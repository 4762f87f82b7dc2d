"""A generator as a SavedModel that needs nothing but TensorFlow.

Its default signature takes `image` (batch, height, width, 3) and `mask` (batch, height, width, 1),
uint8, any sizes, and returns the completed uint8 `image`. A mask is hole over 127.5, as in a mask
picture; a mask without a value over 1 is an array of 0 and 1, where 1 is hole.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from inpaint_tf.errors import UserError

MARKER = "saved_model.pb"


def export(generator, hole_fill, output, overwrite=False):
    """Write a generator as a SavedModel at the folder `output`, whole or not at all.

    generator: the model of `networks.generator`. hole_fill: "grey" or "white", as in training.
    Raises UserError where `output` exists (with overwrite: and is not a SavedModel).
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
    # Only what is reachable from the module is saved; Keras' own objects are left out, so that no
    # Keras version is needed to load it.
    module.weights = [variable.value for variable in generator.variables]
    module.serve = serve
    # Made on a Mac's GPU it is no other model: what it serves on has those kernels.
    with apple_gpu.assumed(False), _folder_made_whole(output) as folder:
        try:
            tf.saved_model.save(module, folder, signatures={"serving_default": serve})
        except tf.errors.OpError as error:  # a full or refused disk, in TensorFlow's own words
            reason = error.message.rsplit("; ", 1)[-1]
            raise UserError(f"--output={output} could not be written: {reason}") from None


def check_output(output, overwrite):
    """`output` as a path where a SavedModel may be written; UserError where it may not."""
    output = Path(output)
    if output.exists():
        if not overwrite:
            raise UserError(f"--output={output} exists; choose another, or add --overwrite")
        if not (output / MARKER).is_file() and not (output.is_dir() and not any(output.iterdir())):
            raise UserError(f"--output={output} is not a SavedModel; it is not overwritten")
    output.parent.mkdir(parents=True, exist_ok=True)
    return output


@contextlib.contextmanager
def _folder_made_whole(output):
    """Context giving a folder that takes the place of `output` when all of it has been written."""
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
