"""Where a run writes what it measures: TensorBoard and metrics.csv."""

import contextlib

from inpaint_tf.errors import UserError
from inpaint_tf.training.event_file import EventFile
from inpaint_tf.training.loop import COLUMNS
from inpaint_tf.training.run_folder import MetricsFile

TABS = (
    ("val_", "validation"),
    ("score_", "critics"),
    ("critic_", "critics"),
    ("penalty_", "critics"),
    ("images_per_second", "speed"),
    ("waiting_share", "speed"),
)
"""Which group of TensorBoard a value's name begins in; the others are losses."""


class Records:
    """Writes scalars to TensorBoard and metrics.csv, and picture rows to TensorBoard.

    folder: the run's folder. step: the step it continues from.
    """

    def __init__(self, folder, step):
        self.folder = folder
        self.metrics = MetricsFile(folder, COLUMNS, step)
        self.events = EventFile(folder)

    def write(self, step, phase, values):
        """values: dict of floats by the names in `training.COLUMNS`."""
        with self._writing():
            self.metrics.append(step, phase, values)
            self.events.add_scalars(
                step, {f"{_tab(name)}/{name}": value for name, value in values.items()}
            )

    def draw(self, step, picture):
        """picture: uint8 (height, width, 3), the rows that `Validation.run` gives."""
        caption = "original, masked, coarse, refined, completed, attention"
        with self._writing():
            self.events.add_image(step, "pictures", picture, caption)

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


def _tab(name):
    return next((tab for prefix, tab in TABS if name.startswith(prefix)), "losses")
