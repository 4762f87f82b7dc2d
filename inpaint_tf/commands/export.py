"""Writes trained weights as a model for other programs.

  inpaint-tf export --weights=logs/run1 --output=DIR

The default format is a SavedModel, which needs nothing but TensorFlow. Its default signature takes
`image` (batch, height, width, 3) and `mask` (batch, height, width, 1), uint8, any sizes, and
returns the completed uint8 `image`. In a mask, values over 127.5 are hole. A mask without a value
over 1 is an array of 0 and 1, where 1 is hole.
"""

from inpaint_tf.commands.parsing.flags import define_attention_flag, define_compute_flags
from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.errors import look_up
from inpaint_tf.inference import export


def main(_):
    """Run the command; its flags are defined by `cli`."""
    from absl import flags, logging

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    model_format = look_up(export.FORMATS, args.format, "format")
    model_format.check_output(args.output, args.overwrite)
    from inpaint_tf.weights import generator_file, locate

    locate.find_weights(args.weights)  # so that a wrong path is told before TensorFlow loads
    from inpaint_tf.engines import runtime
    from inpaint_tf.inference.inpainter import Inpainter

    runtime.configure(args.device, args.precision)
    generator, settings = generator_file.load_generator(args.weights, args.attention_mb << 20)
    logging.set_verbosity(logging.WARNING)  # saving tells of its inner steps
    inpainter = Inpainter(generator, settings["hole_fill"], settings["size"])
    export.export(inpainter, args.output, args.format, overwrite=args.overwrite)
    print(model_format.HOW_TO_CALL.format(output=args.output))
    if inpainter.size:
        side = inpainter.size
        print(f"Trained at {side}x{side}: resize faces to that, other sizes come out worse.")


def cli():
    """Entry point of `inpaint-tf export`."""
    from absl import flags

    from inpaint_tf.weights.locate import ACCEPTED, DEFAULT

    flags.DEFINE_string("weights", DEFAULT, f"What to export: {ACCEPTED}.")
    flags.DEFINE_string("output", None, "Where the model is written.", required=True)
    flags.DEFINE_enum(
        "format",
        export.DEFAULT_FORMAT,
        list(export.FORMATS),
        "What is written. savedmodel: a folder that TensorFlow alone can serve.",
    )
    flags.DEFINE_bool("overwrite", False, "Replace a model of this format that is there.")
    define_compute_flags("float32")
    define_attention_flag()
    run_command(main)


if __name__ == "__main__":
    cli()
