"""The Apache Beam pipeline of `inpaint-tf beam`. Importing it needs the extra `beam`."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.options.pipeline_options import PipelineOptions

from inpaint_tf.commands.photos.jobs import Completer, Job

NAMESPACE = "inpaint_tf"
"""Of the counters `completed` and `failed`."""
QUIET = "--default_sdk_harness_log_level=ERROR"
"""Workers tell of each bundle otherwise; the dead letters tell of photos."""


class PhotoHandler(ModelHandler[Job, tuple, Completer]):
    """Completes and writes photos; gives (photo's path, why it failed or None) for each.

    A photo that is done twice, as a retried bundle does it, has the same bytes in the same file.
    settings: what `Completer` asks for; it travels to the workers.
    """

    def __init__(self, settings: Any):
        self._settings = settings

    def load_model(self) -> Completer:
        return Completer(self._settings)

    def run_inference(
        self, batch: Sequence[Job], model: Completer, inference_args: Any = None
    ) -> Iterator[tuple[str, str | None]]:
        del inference_args
        for job in batch:
            reason = model(job)
            Metrics.counter(NAMESPACE, "failed" if reason else "completed").inc()
            yield str(job.pair.image), reason

    def batch_elements_kwargs(self) -> dict[str, int]:
        """Photos differ in size: one at a time."""
        return {"max_batch_size": 1}


def run(jobs: Sequence[Job], settings: Any, options: Sequence[str], dead_letters: Path) -> int:
    """Run the pipeline and wait for its end; returns how many photos failed.

    options: Beam's own flags. dead_letters: the text file of failures, a line "path, tab, reason"
    for each; there is none without failures.
    """
    dead_letters.unlink(missing_ok=True)
    for left in dead_letters.parent.glob(f"beam-temp-{dead_letters.name}-*"):  # by a kill
        shutil.rmtree(left, ignore_errors=True)
    logging.getLogger("apache_beam").setLevel(logging.WARNING)
    pipeline = beam.Pipeline(options=PipelineOptions([QUIET, *options]))
    (
        pipeline
        | "photos" >> beam.Create(list(jobs))
        | "spread" >> beam.Reshuffle()
        | "complete" >> RunInference(PhotoHandler(settings))
        | "failed" >> beam.Filter(lambda result: result[1] is not None)
        | "lines" >> beam.Map(lambda result: f"{result[0]}\t{result[1]}")
        | "dead letters"
        >> beam.io.WriteToText(
            str(dead_letters), num_shards=1, shard_name_template="", skip_if_empty=True
        )
    )
    pipeline.run().wait_until_finish()
    return len(dead_letters.read_text().splitlines()) if dead_letters.exists() else 0
