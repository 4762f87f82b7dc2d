"""The learning rate over a run's phases."""

import math
from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu
from inpaint_tf.training.optimizers import SCHEDULES


@keras.saving.register_keras_serializable("inpaint_tf")
class PhasedLearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """A rate for each phase of a run, constant or falling to zero along half a cosine.

    phases: list of (updates of this optimizer in the phase, rate at the phase's beginning).
    schedule: a member of `SCHEDULES`. A cosine starts anew in each phase: over the whole run it
      would leave nothing to the adversarial phase, which comes last.
    """

    def __init__(self, phases: list[tuple[int, float]], schedule: str = "constant"):
        super().__init__()
        if schedule not in SCHEDULES:
            raise ValueError(f"`schedule` must be one of {SCHEDULES}. Received: {schedule!r}")
        self.phases = [(int(updates), float(rate)) for updates, rate in phases]
        self.schedule = schedule

    def __call__(self, step: Any) -> Any:
        """The rate of update number `step`, counted from 0."""
        with apple_gpu.on_host():  # one number, that every variable's update reads
            return self._rate(step)

    def _rate(self, step):
        step = ops.cast(step, "float32")
        rate, start = 0.0, 0
        for updates, phase_rate in self.phases:
            done = (step - start) / max(updates, 1)
            fall = 0.5 * (1.0 + ops.cos(math.pi * done)) if self.schedule == "cosine" else 1.0
            rate = ops.where((step >= start) & (step < start + updates), phase_rate * fall, rate)
            start += updates
        return rate

    def get_config(self) -> dict[str, Any]:
        return {"phases": self.phases, "schedule": self.schedule}


def last_rate(optimizer: Any) -> float | None:
    """The rate of an optimizer's last update; None before the first."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # of a loss scale
    updates = int(optimizer.iterations.numpy())
    if not updates:
        return None
    rate = optimizer._learning_rate  # the property gives the next update's rate
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        rate = rate(updates - 1)
    return float(ops.convert_to_tensor(rate))
