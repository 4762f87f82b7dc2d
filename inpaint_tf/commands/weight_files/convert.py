"""Writes weights of any format that can be read as a `*.weights.h5` file.

    inpaint-tf convert --weights=CHECKPOINT --output=FILE.weights.h5

For TensorFlow 1 checkpoints of the 2018 code and AOT-GAN's files `G*.pt`, which then load quicker
and, on JAX, without TensorFlow. `--weights` of every other command takes them as they are, too.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.errors import UserError


def main(_: Sequence[str]) -> None:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    from inpaint_tf.weights import locate

    args = flags.FLAGS
    require_paths(weights=args.weights, output=args.output)
    output = new_file(args.output, args.overwrite)
    found = locate.find_weights(args.weights)
    from inpaint_tf.engines import runtime
    from inpaint_tf.weights import generator_file

    runtime.configure("cpu", "float32")
    generator, settings = generator_file.load_generator(found)
    write(generator, settings, output)
    count = sum(weight.size for weight in generator.get_weights())
    print(f"{output}: {settings['kind']}, width {settings['width']}, {count:,} numbers")


def new_file(path: str, overwrite: bool) -> Path:
    """The path of a weights file to write. Raises `UserError` where it must not be written."""
    from inpaint_tf.weights import locate

    output = Path(path)
    if not output.name.endswith(locate.SUFFIX):
        raise UserError(f"--output={output} must end in {locate.SUFFIX}")
    if output.exists() and not overwrite:
        raise UserError(f"{output} is there already; choose another --output or add --overwrite")
    return output


def write(generator: Any, settings: dict[str, Any], output: Path, half: bool = False) -> None:
    """Write a generator's weights, whole or not at all; `half` as float16."""
    from inpaint_tf.data.atomic_files import write_whole
    from inpaint_tf.weights import generator_file

    with write_whole(output) as file:
        generator_file.save_generator(generator, file, settings, half=half)


def cli() -> None:
    """Entry point of `inpaint-tf convert`."""
    from absl import flags

    from inpaint_tf.weights.locate import ACCEPTED

    flags.DEFINE_string("weights", None, f"What to convert: {ACCEPTED}.", required=True)
    flags.DEFINE_string("output", None, "The file to write.", required=True)
    flags.DEFINE_bool("overwrite", False, "Replace a file that is there.")
    run_command(main)


if __name__ == "__main__":
    cli()
