"""The Apache Beam pipeline of `inpaint-tf beam`. Importing it needs the extra `beam`."""

import contextlib
import logging
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.options.pipeline_options import PipelineOptions

from inpaint_tf.commands.photos import dead_letters, job_files
from inpaint_tf.commands.photos.jobs import Completer, Job
from inpaint_tf.errors import UserError, describe_os_error

NAMESPACE = "inpaint_tf"
"""Of the counters `completed`, `failed` and `skipped`."""
JOBS = ".jobs-"
"""What the folders of job files begin with, in the output folder."""
QUIET = "--default_sdk_harness_log_level=ERROR"
"""Workers tell of each bundle otherwise; the dead letters tell of photos."""


class PhotoHandler(ModelHandler[Job, str | None, Completer]):
    """Completes and writes photos; gives the dead letter's line or None for each.

    A photo that is done twice, as a retried bundle does it, has the same bytes in the same file.
    settings: what `Completer` asks for; it travels to the workers.
    """

    def __init__(self, settings: Any):
        self._settings = settings

    def load_model(self) -> Completer:
        return Completer(self._settings)

    def run_inference(
        self, batch: Sequence[Job], model: Completer, inference_args: Any = None
    ) -> Iterator[str | None]:
        del inference_args
        for job in batch:
            reason = why_not(model, job)
            _count("failed" if reason else "completed")
            yield dead_letters.line(str(job.pair.image), reason) if reason else None

    def batch_elements_kwargs(self) -> dict[str, int]:
        """Photos differ in size: one at a time."""
        return {"max_batch_size": 1}


def why_not(completer: Completer, job: Job) -> str | None:
    """Complete a job's photo; returns None, or why it failed, in one line.

    Whatever is wrong with it: one photo must not stop the others.
    """
    try:
        return completer(job)
    except OSError as error:
        reason = describe_os_error(error)
    except Exception as error:
        logging.getLogger(__name__).exception("%s", ascii(str(job.pair.image)))
        reason = f"{type(error).__name__}: {error}"
    return " ".join(reason.split())


def run(
    jobs: Sequence[Job], skipped: int, settings: Any, options: Sequence[str], output: Path
) -> int:
    """Run the pipeline and wait for its end; returns how many photos failed.

    skipped: how many more photos are there already, to be counted. options: Beam's own flags.
    output: the folder of the dead letters and, while it runs, of the job files.
    Raises `UserError` where the pipeline was stopped, and whatever the runner raises.
    """
    _tidy(output)
    folder = output / f"{JOBS}{uuid.uuid4().hex}"
    logging.getLogger("apache_beam").setLevel(logging.WARNING)
    try:
        pipeline = beam.Pipeline(options=PipelineOptions([QUIET, *options]))
        _add_steps(pipeline, job_files.write_jobs(jobs, folder), skipped, settings, output)
        _finish(pipeline.run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return dead_letters.count(output / dead_letters.FILE)


def _add_steps(pipeline, files, skipped, settings, output):
    pipeline | "there already" >> beam.Create([skipped]) | "skip" >> beam.Map(_count_skipped)
    (
        pipeline
        | "job files" >> beam.Create(files)
        | "spread files" >> beam.Reshuffle()
        | "jobs" >> beam.FlatMap(job_files.read_jobs)
        | "spread" >> beam.Reshuffle()
        | "complete" >> RunInference(PhotoHandler(settings))
        | "failed" >> beam.Filter(bool)
        | "dead letters"
        >> beam.io.WriteToText(
            str(output / dead_letters.FILE),
            num_shards=1,
            shard_name_template="",
            skip_if_empty=True,
        )
    )


def _finish(result):
    """Wait for the end of a pipeline; by Ctrl-C it ends on other machines too."""
    try:
        state = result.wait_until_finish()
    except KeyboardInterrupt:
        with contextlib.suppress(NotImplementedError):
            result.cancel()
        raise
    if state not in (None, "DONE"):
        raise UserError(f"the pipeline is {state}; what is done is kept, run it again to go on")


def _tidy(output):
    """Remove an earlier run's dead letters, and what it left behind when it was killed."""
    (output / dead_letters.FILE).unlink(missing_ok=True)
    for pattern in (f"{JOBS}*", f"beam-temp-{dead_letters.FILE}-*"):
        for left in output.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


def _count(name, photos=1):
    Metrics.counter(NAMESPACE, name).inc(photos)


def _count_skipped(photos):
    _count("skipped", photos)
