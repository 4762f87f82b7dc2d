"""Run by test_engines.py: three iterations of the small trainer on the engine of KERAS_BACKEND.

    python three_iterations.py FOLDER [shared] [partial]

shared: both updates of an iteration see the same pictures.
partial: the generator is one of partial convolutions, with batch normalisation.
Starts from FOLDER/start.weights.h5 where it is there, and writes it otherwise; writes
FOLDER/ENGINE.npz, losses and variables, and FOLDER/ENGINE.weights.h5.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import ops
from small import small_batches, small_trainer

from inpaint_tf.engines import runtime

STEPS, DRAWS, LONGEST = 3, 32, 64


class ListedRandom:
    """Stands in for `StepRandom`, whose numbers are the engine's own: here they are listed."""

    def __init__(self):
        numbers = np.random.default_rng(0).uniform(size=(STEPS, DRAWS, LONGEST))
        self.numbers = ops.convert_to_tensor(numbers.astype("float32"))
        self.state = keras.Variable(0, dtype="int32", trainable=False)
        self.draw = 0

    def restart(self, step):
        self.row, self.draw = ops.take(self.numbers, step, axis=0), 0

    def uniform(self, shape, low=0.0, high=1.0):
        numbers = self.row[self.draw, : int(np.prod(shape))]
        self.draw += 1
        return low + (high - low) * ops.reshape(numbers, shape)

    def integers(self, shape, low, high):
        return ops.cast(ops.floor(self.uniform(shape) * (high - low + 1)) + low, "int32")


def main(folder, shared=False, partial=False):
    runtime.configure("cpu", "float32")
    kind = "partial_convolution" if partial else "contextual_attention"
    trainer = small_trainer(average=True, learning_rate=1e-4, kind=kind)  # the original's rate
    if shared:
        trainer.critic_updates, trainer.shared_pictures = 1, True
    trainer.random = ListedRandom()
    start = folder / "start.weights.h5"
    if start.exists():
        trainer.load_weights(start)
    else:
        trainer.save_weights(start)
    step = runtime.compiled(trainer.train_step, trainer.state)
    batches = small_batches(trainer.batches_per_step())
    losses = [step(next(batches)) for _ in range(STEPS)]
    engine = keras.backend.backend()
    trainer.save_weights(folder / f"{engine}.weights.h5")
    arrays = {
        f"{term}/{i}": float(v) for i, terms in enumerate(losses) for term, v in terms.items()
    }
    arrays |= {
        f"variable/{i}/{v.path}": ops.convert_to_numpy(v) for i, v in enumerate(trainer.variables)
    }
    np.savez(folder / f"{engine}.npz", **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(name in sys.argv[2:] for name in ("shared", "partial")))
