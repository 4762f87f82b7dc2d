"""Completes photos by Apache Beam: `complete` for millions of them, on one machine or on many.

  inpaint-tf beam --images=PHOTOS --masks=MASKS --output=completed \
      --beam="--direct_running_mode=multi_processing --direct_num_workers=4"

Its flags are those of `inpaint-tf complete`, and it writes the same bytes. --beam has Beam's own:
--runner=DataflowRunner and the like. All workers must see the folders under the same paths.
OUTPUT/failed.txt lists the photos that could not be completed, with the reason; exit status 1 then.
Run it again after an interruption and it goes on. Needs `pip install 'inpaint-tf[beam]'`.
"""

import importlib.util
import shlex
from pathlib import Path
from types import SimpleNamespace

from absl import flags

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.commands.photos import complete
from inpaint_tf.commands.photos.jobs import find_jobs
from inpaint_tf.errors import Stopped, UserError

DEAD_LETTERS = "failed.txt"
"""In the output folder."""
SETTINGS = ("weights", "device", "precision", "faces", "detector", "detail", "blend")
"""The flags that workers need."""


def main(argv):
    """Complete the photos that the flags name; returns the exit status."""
    del argv
    return complete_by_beam(flags.FLAGS)


def complete_by_beam(args):
    """Complete photos as `args` says, an object with an attribute for each flag.

    Returns the exit status: 1 if some photos failed.
    """
    if importlib.util.find_spec("apache_beam") is None:
        raise UserError("Apache Beam is missing; pip install 'inpaint-tf[beam]'")
    jobs, done_before = find_jobs(args)
    complete.tell_done_before(jobs, done_before)
    if not jobs:
        return 0
    from inpaint_tf.commands.photos import beam_pipeline

    settings = SimpleNamespace(**{name: getattr(args, name) for name in SETTINGS})
    output = Path(args.output)
    output.mkdir(parents=True, exist_ok=True)
    try:
        failed = beam_pipeline.run(
            jobs, settings, shlex.split(args.beam), (output / DEAD_LETTERS).absolute()
        )
    except KeyboardInterrupt:
        raise Stopped("stopped; what is done is kept, and the same command goes on") from None
    print(f"Completed: {len(jobs) - failed} in {output}")
    if failed:
        raise UserError(f"{failed} photos were not completed; see {output / DEAD_LETTERS}")
    return 0


def cli():
    """Entry point of the command."""
    complete.define_flags()
    flags.DEFINE_string("beam", "", "Beam's own flags, in quotes.")
    run_command(main)


if __name__ == "__main__":
    cli()
