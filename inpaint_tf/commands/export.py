"""Writes trained weights as a SavedModel that needs nothing but TensorFlow.

  inpaint-tf export --weights=logs/run1 --output=DIR

Its default signature takes `image` (batch, height, width, 3) and `mask` (batch, height, width, 1),
uint8, any sizes, and returns the completed uint8 `image`. A mask is hole over 127.5, as in a mask
picture; a mask without a value over 1 is an array of 0 and 1, where 1 is hole.
"""

from inpaint_tf.commands.parsing.flags import define_attention_flag, define_compute_flags
from inpaint_tf.commands.parsing.run import require_paths, run_command
from inpaint_tf.inference.export.savedmodel import check_output, export

HOW_TO_CALL = """\
{output} is ready. With TensorFlow alone:
  import tensorflow as tf
  model = tf.saved_model.load("{output}")
  completed = model.signatures["serving_default"](image=image, mask=mask)["image"]
image: uint8 (batch, height, width, 3), RGB; mask: uint8 (batch, height, width, 1), 255 = hole."""


def main(_):
    """Run the command; its flags are defined by `cli`."""
    from absl import flags, logging

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    check_output(args.output, args.overwrite)
    from inpaint_tf.weights import generator_file, locate

    locate.find_weights(args.weights)  # so that a wrong path is told before TensorFlow loads
    from inpaint_tf.engines import runtime

    runtime.configure(args.device, args.precision)
    generator, settings = generator_file.load_generator(args.weights, args.attention_mb << 20)
    logging.set_verbosity(logging.WARNING)  # saving tells of its inner steps
    export(generator, settings["hole_fill"], args.output, args.overwrite)
    print(HOW_TO_CALL.format(output=args.output))


def cli():
    """Entry point of `inpaint-tf export`."""
    from absl import flags

    from inpaint_tf.weights.locate import ACCEPTED, DEFAULT

    flags.DEFINE_string("weights", DEFAULT, f"What to export: {ACCEPTED}.")
    flags.DEFINE_string("output", None, "Folder of the SavedModel.", required=True)
    flags.DEFINE_bool("overwrite", False, "Replace a SavedModel that is there.")
    define_compute_flags("float32")
    define_attention_flag()
    run_command(main)


if __name__ == "__main__":
    cli()
