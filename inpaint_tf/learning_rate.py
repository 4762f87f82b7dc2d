"""Learning rates over a run's phases."""

import math

import keras
from keras import ops

from inpaint_tf import metal

SCHEDULES = ("constant", "cosine")


@keras.saving.register_keras_serializable("inpaint_tf")
class PhasedLearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """A rate for each phase of a run, constant or falling to zero along half a cosine.

    phases: list of (updates of this optimizer in the phase, rate at the phase's beginning).
    schedule: a member of `SCHEDULES`. A cosine starts anew in each phase: were it to fall over the
      whole run, the adversarial phase, which comes last, would find nothing left of it.
    """

    def __init__(self, phases, schedule="constant"):
        super().__init__()
        if schedule not in SCHEDULES:
            raise ValueError(f"`schedule` must be one of {SCHEDULES}. Received: {schedule!r}")
        self.phases = [(int(updates), float(rate)) for updates, rate in phases]
        self.schedule = schedule

    def __call__(self, step):
        """The rate of update number `step`, counted from 0."""
        with metal.on_host():  # one number, that every variable's update reads
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

    def get_config(self):
        return {"phases": self.phases, "schedule": self.schedule}
