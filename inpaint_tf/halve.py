"""Writes a generator's weights in about half the bytes, as those of the package are kept.

python -m inpaint_tf.halve --weights=logs/run1 --output=FILE.weights.h5
"""

from pathlib import Path

from inpaint_tf.errors import UserError, require_paths, run_command


def main(_):
    from absl import flags

    from inpaint_tf import weights

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    output = Path(args.output)
    if not output.name.endswith(weights.SUFFIX):
        raise UserError(f"--output={output} must end in {weights.SUFFIX}")
    if output.exists() and not args.overwrite:
        raise UserError(f"{output} is there already; choose another --output or add --overwrite")
    found = weights.find_weights(args.weights)
    from inpaint_tf import runtime
    from inpaint_tf.files import write_whole

    runtime.configure("cpu", "float32")
    generator, settings = weights.load_generator(found)
    with write_whole(output) as file:
        weights.save_generator(generator, file, settings, half=True)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB of {found.stat().st_size / 1e6:.1f}")


def cli():
    from absl import flags

    flags.DEFINE_string("weights", None, "A run's folder or a *.weights.h5 file.", required=True)
    flags.DEFINE_string("output", None, "The file to write.", required=True)
    flags.DEFINE_bool("overwrite", False, "Replace a file that is there.")
    run_command(main)


if __name__ == "__main__":
    cli()
