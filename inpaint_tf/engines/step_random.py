"""Random numbers as a function of (seed, step), so that a resumed run draws the same numbers."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu

DRAWS_PER_STEP = 256
"""Most draws of one step. Steps up to 2**31 / 256, 8 million, have draws of their own."""


class StepRandom:
    """A stream of uniform numbers; `restart(step)` sets it to the beginning of a step.

    Keras' own seed state is neither saved with the weights nor tied to the step. Setting it from
    the step makes both unnecessary. Works inside compiled functions on every engine.
    """

    def __init__(self, seed: int):
        self.seed = int(seed)
        with apple_gpu.on_host():
            self.generator = keras.random.SeedGenerator(self.seed)

    @property
    def state(self) -> Any:
        """The variable that each draw changes."""
        return self.generator.state

    def restart(self, step: Any) -> None:
        """Continue with the draws of `step` (int or integer scalar tensor)."""
        with apple_gpu.on_host():
            counter = ops.cast(step, "int32") * DRAWS_PER_STEP
            state = ops.stack([ops.convert_to_tensor(self.seed, "int32"), counter])
            self.generator.state.assign(ops.cast(state, "uint32"))

    def uniform(self, shape: Sequence[Any], low: float = 0.0, high: float = 1.0) -> Any:
        """float32 in [low, high)."""
        with apple_gpu.on_host():
            return keras.random.uniform(shape, low, high, dtype="float32", seed=self.generator)

    def integers(self, shape: Sequence[Any], low: Any, high: Any) -> Any:
        """int32 in low .. high, both included (ints or integer scalar tensors)."""
        # By floats: random integers with bounds reportedly raise on a Mac with TensorFlow 2.18/19.
        with apple_gpu.on_host():
            numbers = ops.floor(self.uniform(shape) * (high - low + 1)) + low
            return ops.cast(ops.minimum(numbers, high), "int32")
