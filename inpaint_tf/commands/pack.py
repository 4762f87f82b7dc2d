"""Packs pictures of any source into a cache, which trains without decoding.

    inpaint-tf pack --images=faces/train --output=faces_256.npy --size=256

The cache is one uint8 array (pictures, size, size, 3); `data.train=faces_256.npy` reads it. Beside
it, `faces_256.npy.names.txt` keeps the names of the pictures, a line each.
"""

from collections.abc import Sequence

from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.data.pack import check_output, pack
from inpaint_tf.errors import Stopped


def main(_: Sequence[str]) -> None:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    from inpaint_tf.data import open_source

    args = flags.FLAGS
    require_paths(images=args.images, output=args.output)
    # Before the source is opened: listing a large folder takes a while.
    check_output(args.output, args.overwrite)
    source = open_source(args.images)
    try:
        counts = pack(source, args.output, args.size, args.crop, args.seed, args.overwrite)
    except KeyboardInterrupt:
        raise Stopped("stopped; nothing was written, run the same command again") from None
    if counts.enlarged:
        print(
            f"{counts.enlarged} of the {counts.packed} pictures have fewer than {args.size} pixels "
            "a side and were enlarged: they are softer than their size says"
        )
    left_out = f", {counts.left_out} unreadable left out" if counts.left_out else ""
    print(
        f"{args.output}: {counts.packed} pictures of {args.size}x{args.size}{left_out}; train with "
        f"--config.data.train={args.output} --config.data.size={args.size}"
    )


def cli() -> None:
    """Entry point of `inpaint-tf pack`."""
    from absl import flags

    flags.DEFINE_string("images", None, "Folder, glob, list, TFRecord, tfds:NAME or cache to pack.")
    flags.DEFINE_string("output", None, "The .npy file to write.")
    flags.DEFINE_integer("size", 256, "Height and width of the pictures, pixels.", lower_bound=1)
    flags.DEFINE_enum("crop", "center", ["center", "random"], "Square of a longer picture.")
    flags.DEFINE_integer("seed", 0, "Seed of the random crops.", lower_bound=0)
    flags.DEFINE_boolean("overwrite", False, "Replace a cache that is there.")
    flags.mark_flags_as_required(["images", "output"])
    run_command(main)


if __name__ == "__main__":
    cli()
