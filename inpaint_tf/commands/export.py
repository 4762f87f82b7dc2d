"""Writes trained weights as a model for other programs.

  inpaint-tf export --weights=logs/run1 --output=DIR
  inpaint-tf export --weights=logs/run1 --format=onnx --output=model.onnx

The formats:
  savedmodel: a folder for TensorFlow alone, any sizes.
  onnx: a file for ONNX Runtime and others, any sizes.
  litert: a file for LiteRT (TensorFlow Lite) on phones and small boards, one picture of one size.
  keras: a file for Keras where inpaint_tf is installed, any sizes.

A model takes `image` (batch, height, width, 3) and `mask` (batch, height, width, 1), uint8, and
returns the completed uint8 picture. In a mask, values over 127.5 are hole. A mask without a value
over 1 is an array of 0 and 1, where 1 is hole. Once written, it is run by the program that it is
for and compared with what this package computes; one that differs is removed, and that is an error.
"""

from inpaint_tf.commands.parsing.flags import define_attention_flag, define_compute_flags
from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.errors import look_up
from inpaint_tf.inference import export

OPTIONS = ("height", "width", "weights_type")
"""Flags for some formats alone."""
TIMES = {"onnx": "about a minute"}
"""How long it takes on two cores, where that is longer than some seconds."""


def main(_):
    """Run the command; its flags are defined by `cli`."""
    from absl import flags, logging

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    model_format = look_up(export.FORMATS, args.format, "format")
    options = {name: args[name].value for name in OPTIONS if args[name].value is not None}
    export.check_options(args.format, **options)
    model_format.check_output(args.output, args.overwrite)
    from inpaint_tf.weights import generator_file, locate

    locate.find_weights(args.weights)  # so that a wrong path is told before TensorFlow loads
    from inpaint_tf.engines import runtime
    from inpaint_tf.inference.inpainter import Inpainter

    runtime.configure(args.device, args.precision)
    generator, settings = generator_file.load_generator(args.weights, args.attention_mb << 20)
    logging.set_verbosity(logging.WARNING)  # saving tells of its inner steps
    inpainter = Inpainter(generator, settings["hole_fill"], settings["size"])
    print(
        f"Converting, and running what comes out: {TIMES.get(args.format, 'some seconds')}",
        flush=True,
    )
    found = export.export(inpainter, args.output, args.format, overwrite=args.overwrite, **options)
    print(found)
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
        "What is written. savedmodel: for TensorFlow alone. onnx: for ONNX Runtime. litert: for "
        "phones and small boards. keras: for Keras with this package.",
    )
    for name in ("height", "width"):
        flags.DEFINE_integer(
            name,
            None,
            f"{name.title()} of the pictures, pixels. onnx: any, unless it is given. litert: the "
            "weights' own size, unless it is given.",
            lower_bound=1,
        )
    flags.DEFINE_enum(
        "weights_type",
        None,
        ["float32", "float16", "int8"],
        "litert: how the file holds the weights. float16 takes half of the space; int8 a quarter, "
        "and it is seen in the pictures.",
    )
    flags.DEFINE_bool("overwrite", False, "Replace a model of this format that is there.")
    define_compute_flags("float32")
    define_attention_flag()
    run_command(main)


if __name__ == "__main__":
    cli()
