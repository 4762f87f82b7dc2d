"""Where a run writes what it measures: TensorBoard and metrics.csv."""

import contextlib
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import logging

from inpaint_tf.data.atomic_files import write_whole
from inpaint_tf.engines.environment import describe_environment
from inpaint_tf.errors import UserError
from inpaint_tf.training.records import graph, hyperparameters
from inpaint_tf.training.records.event_file import PREFIX, SUFFIX, EventFile
from inpaint_tf.training.records.pictures import sheets
from inpaint_tf.training.records.scalars import scalar

SETTINGS = "settings"
"""Part of the event files' names of what `RunLog.describe` writes."""


class RunLog:
    """Writes scalars to TensorBoard and metrics.csv, and pictures and settings to TensorBoard.

    folder: the run's folder. columns: names of all values. step: the step it continues from.
    """

    def __init__(self, folder: Path, columns: Iterable[str], step: int):
        self.folder = folder
        self.metrics = MetricsFile(folder, columns, step)
        self.events = EventFile(folder)
        self._drawn: set[str] = set()

    def describe(
        self, step: int, config: Any, scores: Sequence[str], networks: Iterable[Any] = ()
    ) -> None:
        """Write the run's settings as a text and as a line of the table of runs, and its graph.

        The text of each start stays, under its step. Line and graph are in a file of their own that
        takes the place of earlier ones: TensorBoard keeps the first line of a run that it finds,
        and a run may go on for longer than it first said.

        config: the run's `ConfigDict`. scores: names of its validation scores.
        networks: functional Keras models.
        """
        with self._writing():
            earlier = list(self.folder.glob(f"{PREFIX}*.{SETTINGS}{SUFFIX}"))
            events = EventFile(self.folder, SETTINGS)
            self.events.add_text(
                step, "settings", hyperparameters.as_markdown(config, describe_environment())
            )
            for summary in hyperparameters.table_line(config, scores, self.folder.name):
                events.add_summary(step, summary)
            events.add_graph(graph.of_networks(networks))
            for path in earlier:
                path.unlink(missing_ok=True)
            events.flush()

    def write(self, step: int, phase: str, values: dict[str, float]) -> None:
        """values: dict of floats by the names of `columns`."""
        with self._writing():
            self.metrics.append(step, phase, values)
            shown = {scalar(name): value for name, value in values.items()}
            self.events.add_scalars(
                step,
                {one.tag: value for one, value in shown.items()},
                {one.tag: one.description for one in shown},
            )

    def draw(self, step: int, rows: dict[str, list[dict[str, np.ndarray]]]) -> None:
        """rows: of pictures by kind of hole, as `Validation.run` gives them."""
        with self._writing():
            for holes, faces in rows.items():
                for sheet in sheets(faces, holes, constant=holes not in self._drawn):
                    self.events.add_image(step, *sheet)
                self._drawn.add(holes)

    def draw_histograms(self, step: int, *networks: Any) -> None:
        """Write a histogram of each weight of Keras models."""
        with self._writing():
            for network in networks:
                for layer in network.layers:
                    for weight in layer.weights:
                        tag = f"8_weights_{network.name}/{layer.name}/{weight.name}"
                        self.events.add_histogram(step, tag, np.asarray(weight))

    @contextlib.contextmanager
    def _writing(self):
        try:
            yield
            self.events.flush()
        except OSError as error:
            raise UserError(
                f"cannot write metrics to {self.folder}: {error.strerror}; free some space and "
                "run the same command again, which goes on from the last checkpoint"
            ) from None


class MetricsFile:
    """RUN/metrics.csv: one row for each logged step.

    columns: the names of all values that a row may have; missing ones stay empty.
    step: the step the run continues from; rows after it belong to lost work and are dropped.
    """

    def __init__(self, folder: Path, columns: Iterable[str], step: int):
        self.path = Path(folder) / "metrics.csv"
        self.columns = ["step", "phase", *columns]
        rows = self._rows_up_to(step)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        with write_whole(self.path) as file:
            file.write(text.getvalue().encode())

    def append(self, step: int, phase: str, values: dict[str, float]) -> None:
        """Add a row: values is a dict of numbers by column name."""
        with open(self.path, "a", newline="") as file:
            csv.DictWriter(file, self.columns).writerow({"step": step, "phase": phase, **values})

    def _rows_up_to(self, step):
        if not self.path.exists():
            return []
        with open(self.path, newline="", errors="replace") as file:
            try:
                reader = csv.DictReader(file)
                rows = list(reader)
                if rows and "step" not in (reader.fieldnames or ()):
                    raise csv.Error("its first line names no step")
            except csv.Error as error:
                raise UserError(
                    f"{self.path} is damaged ({error}); mend it, or delete it to go on without the "
                    "rows so far"
                ) from None
        odd = sum(_step(row) is None for row in rows[:-1])  # a kill may have cut the last one short
        if odd:
            logging.warning("%s: %d damaged rows are left out", self.path, odd)
        return [row for row in rows if (found := _step(row)) is not None and found <= step]


def _step(row):
    """The step of a row, or None where it is no number of a step."""
    step = row["step"] or ""
    return int(step) if step.isascii() and step.isdigit() and len(step) < 19 else None
