"""Writes a generator's weights in about half the bytes, as those of the package are kept.

    inpaint-tf halve --weights=logs/run1 --output=FILE.weights.h5

--base=logs/run0 --strength=1.1 goes a tenth further than training went from run0 to run1, and
--strength=0.9 a tenth less far. Where run1 added critics to run0, that makes completed pictures
sharper or softer without training (for such paths see Wang et al., ESRGAN, 2018, section 3.4).
"""

from collections.abc import Sequence

from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.commands.weight_files import convert
from inpaint_tf.errors import UserError
from inpaint_tf.weights import blend


def main(_: Sequence[str]) -> None:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    from inpaint_tf.weights import generator_file, locate

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    output = convert.new_file(args.output, args.overwrite)
    if args.strength != 1.0 and not args.base:
        raise UserError("--strength is how far to go from --base; pass --base too")
    found = locate.find_weights(args.weights)
    from inpaint_tf.engines import runtime

    runtime.configure("cpu", "float32")
    generator, settings = generator_file.load_generator(found)
    if args.base:
        blend.go_from(generator, generator_file.load_generator(args.base)[0], args.strength)
    convert.write(generator, settings, output, half=True)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB of {found.stat().st_size / 1e6:.1f}")


def cli() -> None:
    """Entry point of `inpaint-tf halve`."""
    from absl import flags

    flags.DEFINE_string("weights", None, "A run's folder or a *.weights.h5 file.", required=True)
    flags.DEFINE_string("output", None, "The file to write.", required=True)
    flags.DEFINE_string(
        "base", None, "What --weights were trained from: a run's folder or a *.weights.h5 file."
    )
    flags.DEFINE_float("strength", 1.0, "How far to go from --base: 1 is to --weights.")
    flags.DEFINE_bool("overwrite", False, "Replace a file that is there.")
    run_command(main)


if __name__ == "__main__":
    cli()
