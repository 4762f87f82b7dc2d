"""Writes trained weights as a SavedModel that needs nothing but TensorFlow.

  python -m inpaint_tf.export --weights=logs/run1 --output=DIR

Its default signature takes `image` (batch, height, width, 3) and `mask` (batch, height, width, 1),
uint8, any sizes, and returns the completed uint8 `image`. A mask is hole over 127.5, as in a mask
picture; a mask without a value over 1 is an array of 0 and 1, where 1 is hole.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from inpaint_tf.errors import UserError, require_paths, run_command
from inpaint_tf.runtime import define_attention_flag
from inpaint_tf.runtime import define_flags as define_compute_flags

MARKER = "saved_model.pb"

HOW_TO_CALL = """\
{output} is ready. With TensorFlow alone:
  import tensorflow as tf
  model = tf.saved_model.load("{output}")
  completed = model.signatures["serving_default"](image=image, mask=mask)["image"]
image: uint8 (batch, height, width, 3), RGB; mask: uint8 (batch, height, width, 1), 255 = hole."""


def export(generator, hole_fill, output, overwrite=False):
    """Write a generator as a SavedModel at the folder `output`, whole or not at all.

    generator: the model of `networks.generator`. hole_fill: "grey" or "white", as in training.
    Raises UserError where `output` exists (with overwrite: and is not a SavedModel).
    """
    import keras
    import tensorflow as tf

    from inpaint_tf import completion, metal

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
    with metal.assumed(False), _folder_made_whole(output) as folder:
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


def main(_):
    """Run the command; its flags are defined by `cli`."""
    from absl import flags, logging

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    check_output(args.output, args.overwrite)
    from inpaint_tf import weights

    weights.find_weights(args.weights)  # so that a wrong path is told before TensorFlow loads
    from inpaint_tf import runtime

    runtime.configure(args.device, args.precision)
    generator, settings = weights.load_generator(args.weights, args.attention_mb << 20)
    logging.set_verbosity(logging.WARNING)  # saving tells of its inner steps
    export(generator, settings["hole_fill"], args.output, args.overwrite)
    print(HOW_TO_CALL.format(output=args.output))


def cli():
    """Entry point of `python -m inpaint_tf.export`."""
    from absl import flags

    from inpaint_tf.weights import ACCEPTED, DEFAULT

    flags.DEFINE_string("weights", DEFAULT, f"What to export: {ACCEPTED}.")
    flags.DEFINE_string("output", None, "Folder of the SavedModel.", required=True)
    flags.DEFINE_bool("overwrite", False, "Replace a SavedModel that is there.")
    define_compute_flags("float32")
    define_attention_flag()
    run_command(main)


if __name__ == "__main__":
    cli()
