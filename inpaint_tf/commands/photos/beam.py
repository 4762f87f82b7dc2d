"""Completes photos by Apache Beam: `complete` for millions of them, on one machine or on many.

  inpaint-tf beam --images=PHOTOS --masks=MASKS --output=completed \
      --beam="--direct_running_mode=multi_processing --direct_num_workers=4"

Its flags are those of `inpaint-tf complete`, and it writes the same bytes. --beam has Beam's own:
--runner=DataflowRunner and the like. All workers must see the folders under the same paths.
OUTPUT/failed.txt lists the photos that could not be completed, with the reason; exit status 1 then.
Run it again after an interruption and it goes on. Needs `pip install 'inpaint-tf[beam]'`.
"""

import contextlib
import importlib.util
import io
import shlex
from pathlib import Path

from absl import flags

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.commands.photos import complete, dead_letters, for_workers
from inpaint_tf.commands.photos.jobs import find_jobs
from inpaint_tf.commands.wording import not_completed
from inpaint_tf.errors import Stopped, UserError


def main(argv):
    """Complete the photos that the flags name; returns the exit status."""
    del argv
    return complete_by_beam(flags.FLAGS)


def complete_by_beam(args):
    """Complete photos as `args` says, an object with an attribute for each flag.

    Returns the exit status. Raises `UserError` if some photos failed.
    """
    if importlib.util.find_spec("apache_beam") is None:
        raise UserError("Apache Beam is missing; pip install 'inpaint-tf[beam]'")
    work = find_jobs(args)
    complete.tell_done_before(work)
    output = Path(args.output).absolute()
    letters = output / dead_letters.FILE
    if not work.jobs:
        letters.unlink(missing_ok=True)  # an earlier run's
        return 0
    options, settings = beam_flags(args.beam), for_workers.settings(args)
    jobs = [for_workers.job(each) for each in work.jobs]
    from inpaint_tf.commands.photos import beam_pipeline

    work.record.write()
    try:
        failed = beam_pipeline.run(jobs, work.done_before, settings, options, output)
    except KeyboardInterrupt:
        raise Stopped("stopped; what is done is kept, and the same command goes on") from None
    except (UserError, OSError):
        raise
    except Exception as error:  # runners raise almost anything
        raise UserError(f"Beam: {last_line(error)}; what is done is kept") from error
    print(f"Completed: {len(jobs) - failed} in {args.output}")
    if failed:
        raise UserError(f"{not_completed(failed, 'photo')}; see {letters}")
    return 0


def beam_flags(text: str) -> list[str]:
    """Beam's own flags, one each, of what --beam holds. Needs Apache Beam.

    Raises `UserError` for quotes that do not close and for values that Beam refuses.
    """
    from apache_beam.options.pipeline_options import PipelineOptions

    said = io.StringIO()
    try:
        options = shlex.split(text)
        with contextlib.redirect_stderr(said):
            PipelineOptions(options).get_all_options()
    except ValueError as error:
        raise UserError(f"--beam={text}: {error}") from None
    except SystemExit:  # after the help of all flags
        reason = said.getvalue().strip().rpartition("error: ")[2]
        raise UserError(f"--beam={text}: {reason}") from None
    return options


def last_line(error: Exception) -> str:
    """What an error says, without the traceback that Beam puts in front of it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def cli():
    """Entry point of the command."""
    complete.define_flags()
    flags.DEFINE_string("beam", "", "Beam's own flags, in quotes.")
    run_command(main)


if __name__ == "__main__":
    cli()
