"""Draws faces into a folder: `inpaint-tf sample-faces --output=DIR --count=64`."""

from collections.abc import Sequence

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.errors import Stopped


def main(_: Sequence[str]) -> None:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    from inpaint_tf.data.sample_faces import write_sample_faces

    args = flags.FLAGS
    try:
        write_sample_faces(args.output, args.count, args.size, args.first_seed)
    except KeyboardInterrupt:
        raise Stopped("stopped; run the same command again to draw the rest") from None
    print(f"{args.output}: {args.count} faces")


def cli() -> None:
    """Entry point of `inpaint-tf sample-faces`."""
    from absl import flags

    flags.DEFINE_string("output", None, "Folder to write to; made if missing.")
    flags.DEFINE_integer("count", 64, "Number of faces.", lower_bound=1)
    flags.DEFINE_integer("size", 256, "Side of each picture, pixels.", lower_bound=16)
    flags.DEFINE_integer("first_seed", 0, "Number of the first face.", lower_bound=0)
    flags.mark_flag_as_required("output")
    run_command(main)


if __name__ == "__main__":
    cli()
