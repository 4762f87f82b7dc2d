"""Where a run writes what it measures: TensorBoard and metrics.csv."""

import contextlib

from inpaint_tf.errors import UserError
from inpaint_tf.run_folder import MetricsFile
from inpaint_tf.training import COLUMNS

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
        import tensorflow as tf

        self.folder = folder
        self.metrics = MetricsFile(folder, COLUMNS, step)
        self.writer = tf.summary.create_file_writer(str(folder))

    def write(self, step, phase, values):
        """values: dict of floats by the names in `training.COLUMNS`."""
        import tensorflow as tf

        with self._writing(step):
            self.metrics.append(step, phase, values)
            for name, value in values.items():
                tf.summary.scalar(f"{_tab(name)}/{name}", value)

    def draw(self, step, picture):
        """picture: uint8 (height, width, 3), the rows that `Validation.run` gives."""
        import tensorflow as tf

        caption = "original, masked, coarse, refined, completed, attention"
        with self._writing(step):
            tf.summary.image("pictures", picture[None], description=caption)

    @contextlib.contextmanager
    def _writing(self, step):
        import tensorflow as tf

        try:
            with self.writer.as_default(step):
                yield
            self.writer.flush()
        except (tf.errors.OpError, OSError) as error:  # a full disk, in TensorFlow's words or ours
            reason = error.strerror if isinstance(error, OSError) else error.message
            raise UserError(
                f"cannot write metrics to {self.folder}: {reason}; free some space and run the "
                "same command again, which goes on from the last checkpoint"
            ) from None


def _tab(name):
    return next((tab for prefix, tab in TABS if name.startswith(prefix)), "losses")
