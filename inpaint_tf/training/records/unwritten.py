"""What processes other than the first write of a run that they train together: nothing."""

from typing import Any

from inpaint_tf.training.checkpoints import CheckpointStore


class UnwrittenLog:
    """Takes what a `RunLog` takes."""

    def describe(self, *_: Any) -> None:
        """Nothing: the first process describes the run."""

    write = draw = draw_histograms = describe


class UnwrittenStore(CheckpointStore):
    """A `CheckpointStore` that saves nothing."""

    def save(self, trainer: Any, step: int) -> None:
        """Nothing: the first process saves."""

    def save_if_best(self, trainer: Any, step: int, psnr: float) -> None:
        """Nothing: the first process validates."""
