"""The smallest trainer that still has every part, shared by the tests of training."""

import keras
import numpy as np

from inpaint_tf.masks.hole_drawer import HoleDrawer
from inpaint_tf.networks import generators
from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic
from inpaint_tf.training.critics.wgan_gp import WassersteinCritics
from inpaint_tf.training.trainer import InpaintingTrainer

SIZE = 32
SETTINGS = {
    "kind": "contextual_attention",
    "width": 4,
    "hole_fill": "grey",
    "size": SIZE,
    "framing": [0.5, 0.4, 0.25],
}


KINDS = {"contextual_attention": (4, {}), "partial_convolution": (2, {"layers": 4})}
"""Width and options of small generators for 32x32 pictures."""


def small_trainer(
    holes=None,
    average=False,
    learning_rate=1e-3,
    seed=0,
    kind="contextual_attention",
    **settings,
):
    """A compiled trainer for 32x32 pictures with 16x16 holes."""
    keras.utils.set_random_seed(seed)
    width, options = KINDS[kind]

    def build_generator(name="generator"):
        return generators.build(kind, width, name=name, **options)

    trainer = InpaintingTrainer(
        build_generator(),
        WassersteinCritics(build_local_critic((16, 16), 8), build_global_critic((SIZE, SIZE), 8)),
        holes or HoleDrawer("random_box", size=16, max_shrink=2),
        average=build_generator("average") if average else None,
        seed=seed,
        **{"critic_updates": 2, **settings},
    )
    trainer.compile(*(keras.optimizers.Adam(learning_rate, 0.5, 0.9, 1e-8) for _ in range(2)))
    return trainer


def small_batches(per_step, used=0, batch=2):
    """Endless smooth pictures, (per_step, batch, 32, 32, 3), a function of the position alone."""
    position = used
    while True:
        yield np.stack([_batch(position + index, batch) for index in range(per_step)])
        position += per_step


def _batch(position, batch):
    coarse = np.random.default_rng(position).integers(0, 256, (batch, 4, 4, 3), dtype="uint8")
    return np.kron(coarse, np.ones((1, 8, 8, 1), "uint8"))
