"""Random numbers as a function of (seed, step), so that a resumed run draws what it would have."""

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu

DRAWS_PER_STEP = 256
"""Room for the draws of one step. Steps up to 2**31 / 256, 8 million, have draws of their own."""


class StepRandom:
    """A stream of uniform numbers that `restart(step)` puts at the beginning of that step.

    Keras' own seed state is neither saved with the weights nor tied to the step; setting it from
    the step makes both needless. Works inside compiled functions on every engine.
    """

    def __init__(self, seed):
        self.seed = int(seed)
        with apple_gpu.on_host():
            self.generator = keras.random.SeedGenerator(self.seed)

    @property
    def state(self):
        """The variable that each draw changes."""
        return self.generator.state

    def restart(self, step):
        """Continue with the draws that belong to `step` (int or integer scalar tensor)."""
        with apple_gpu.on_host():
            counter = ops.cast(step, "int32") * DRAWS_PER_STEP
            state = ops.stack([ops.convert_to_tensor(self.seed, "int32"), counter])
            self.generator.state.assign(ops.cast(state, "uint32"))

    def uniform(self, shape, low=0.0, high=1.0):
        """float32 in [low, high)."""
        with apple_gpu.on_host():
            return keras.random.uniform(shape, low, high, dtype="float32", seed=self.generator)

    def integers(self, shape, low, high):
        """int32 in low .. high, both included."""
        # Floats: on a Mac with TensorFlow 2.18 or 2.19 integers with bounds are reported to raise.
        with apple_gpu.on_host():
            numbers = ops.floor(self.uniform(shape) * (high - low + 1)) + low
            return ops.cast(ops.minimum(numbers, high), "int32")
