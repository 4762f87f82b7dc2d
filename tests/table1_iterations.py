"""Run by test_engines.py: three iterations of each row of Table I on the engine of KERAS_BACKEND.

    python table1_iterations.py FOLDER [ROW ...]

Each row, or each that is named, is that of `configs/table1.py`, with narrow networks and small
pictures. Starts from FOLDER/ROW.weights.h5 where it is there, and writes it otherwise; writes
FOLDER/ENGINE.npz, losses.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from small import SIZE, small_batches
from three_iterations import STEPS, ListedRandom

from configs import table1
from inpaint_tf.engines import runtime
from inpaint_tf.training.build_from_config import build_schedule, build_trainer

SIDES = {"partial_convolution": 128, "partial_convolution_fine": 128}
"""Of the pictures, where seven halvings need more than `2 * SIZE` pixels."""


def small_config(row):
    """A row's config, in narrow networks."""
    config = table1.get_config(row)
    side = SIDES.get(row, 2 * SIZE)
    config.data.size, config.data.batch_size = side, 2
    config.masks.size = config.masks.size * side // 256
    config.masks.max_shrink = 4
    config.generator.width, config.critics.width = 8, 8
    config.train.critic_updates = min(config.train.critic_updates, 2)
    if row in SIDES:
        # The gradients before a normalisation are partly rounding, of which Adam makes whole steps.
        config.optimizer.epsilon = 1e-4
    return config


def main(folder, *rows):
    runtime.configure("cpu", "float32")
    losses = {}
    for row in rows or table1.ROWS:
        keras.utils.set_random_seed(0)
        config = small_config(row)
        trainer = build_trainer(config)
        trainer.random = ListedRandom()
        start = folder / f"{row}.weights.h5"
        if start.exists():
            trainer.load_weights(start)
        else:
            trainer.save_weights(start)
        [phase] = [phase for phase, steps, _ in build_schedule(config).parts if steps]
        step = runtime.compiled(trainer.step_for(phase), trainer.state)
        pictures = small_batches(trainer.batches_per_step(phase))
        for number in range(STEPS):
            batch = next(pictures).repeat(config.data.size // SIZE, 2)
            terms = step(batch.repeat(config.data.size // SIZE, 3))
            losses |= {f"{row}/{term}/{number}": float(value) for term, value in terms.items()}
    np.savez(folder / f"{keras.backend.backend()}.npz", **losses)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
