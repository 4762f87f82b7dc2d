"""Random numbers as a function of (seed, step), so that a resumed run draws the same numbers."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu

DRAWS_PER_STEP = 256
"""Draws of one step that its own seed gives. Steps up to 2**31 / 256, 8 million, differ in them.

A step with more draws, such as one of 16 critic updates, takes the others from further seeds.
"""
_NEXT_SEED = 0x9E3779B9
"""Between a step's seeds: odd, so that 2**32 of them differ, and far from the seeds users take."""


class StepRandom:
    """A stream of uniform numbers; `restart(step)` sets it to the beginning of a step.

    Keras' own seed state is neither saved with the weights nor tied to the step. Setting it from
    the step makes both unnecessary. Works inside compiled functions on every engine.
    """

    def __init__(self, seed: int):
        self.seed = int(seed)
        self._drawn = 0  # counted while the step is traced: compiled steps draw the same
        with apple_gpu.on_host():
            self.generator = keras.random.SeedGenerator(self.seed)

    @property
    def state(self) -> Any:
        """The variable that each draw changes."""
        return self.generator.state

    def restart(self, step: Any) -> None:
        """Continue with the draws of `step` (int or integer scalar tensor)."""
        self._drawn = 0
        with apple_gpu.on_host():
            counter = ops.cast(step, "int32") * DRAWS_PER_STEP
            state = ops.stack([ops.convert_to_tensor(self.seed, "int32"), counter])
            self.generator.state.assign(ops.cast(state, "uint32"))

    def _take_next_seed(self):
        seed = (self.seed + self._drawn // DRAWS_PER_STEP * _NEXT_SEED) % 2**32
        counter = self.generator.state[1] - DRAWS_PER_STEP
        state = ops.stack([ops.convert_to_tensor(seed, "uint32"), counter])
        self.generator.state.assign(ops.cast(state, "uint32"))

    def uniform(self, shape: Sequence[Any], low: float = 0.0, high: float = 1.0) -> Any:
        """float32 in [low, high)."""
        with apple_gpu.on_host():
            if self._drawn and self._drawn % DRAWS_PER_STEP == 0:
                self._take_next_seed()
            self._drawn += 1
            return keras.random.uniform(shape, low, high, dtype="float32", seed=self.generator)

    def integers(self, shape: Sequence[Any], low: Any, high: Any) -> Any:
        """int32 in low .. high, both included (ints or integer scalar tensors)."""
        # By floats: random integers with bounds reportedly raise on a Mac with TensorFlow 2.18/19.
        with apple_gpu.on_host():
            numbers = ops.floor(self.uniform(shape) * (high - low + 1)) + low
            return ops.cast(ops.minimum(numbers, high), "int32")
