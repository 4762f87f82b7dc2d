"""Wasserstein critics with gradient penalty: of the hole's box, and of the whole picture.

Yu et al., CVPR 2018, section 3.2, and its published code; paper, section IV-C and Algorithm 1.
"""

from typing import Any

import keras
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.errors import look_up
from inpaint_tf.masks import KINDS, Hole
from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic
from inpaint_tf.training import losses
from inpaint_tf.training.critics.base import Critics


def build(config: Any) -> "WassersteinCritics":
    """The critics of a config, with new weights."""
    size, width = config.data.size, config.critics.width
    kind = look_up(KINDS, config.masks.kind, "kind of hole")
    hole = kind.box_side(config.masks, size)
    return WassersteinCritics(
        build_local_critic((hole, hole), width),
        build_global_critic((size, size), width),
        config.losses.penalty,
    )


class WassersteinCritics(Critics):
    """The local and the global critic, and what they and the generator minimise.

    local_critic, global_critic: built networks, see `networks.discriminators`.
    penalty_weight: on the gradient penalties (both papers: 10).
    """

    terms = (
        "d_loss",
        "critic_local",
        "critic_global",
        "penalty_local",
        "penalty_global",
        "score_real_local",
        "score_real_global",
        "score_completed_local",
        "score_completed_global",
    )

    def __init__(
        self, local_critic: keras.Model, global_critic: keras.Model, penalty_weight: float = 10.0
    ):
        self.local_critic = local_critic
        self.global_critic = global_critic
        self.networks = {"local_critic": local_critic, "global_critic": global_critic}
        self.penalty_weight = penalty_weight

    def prepare(self, random: StepRandom, batch: int) -> Any:
        """(2, batch, 1, 1, 1) in [0, 1): where between real and completed the penalties lie."""
        whole = random.uniform((2, batch * engine.shares(), 1, 1, 1))
        return engine.own_share(whole, axis=1)

    def loss(self, real: Any, completed: Any, hole: Hole, prepared: Any) -> tuple[Any, dict]:
        """Wasserstein distances and gradient penalties; prepared: see `prepare`."""
        local_mask = compositing.crop(hole.mask, hole.boxes, hole.size)
        local_real = compositing.crop(real, hole.boxes, hole.size)
        local_completed = compositing.crop(completed, hole.boxes, hole.size)
        terms: dict[str, Any] = {}
        total = 0.0
        for name, critic, x, y, mask, alpha in (
            ("local", self.local_critic, local_real, local_completed, local_mask, prepared[0]),
            ("global", self.global_critic, real, completed, hole.mask, prepared[1]),
        ):
            # Real and fake in one pass: half the calls, twice the batch.
            scores = critic(ops.concatenate([x, y]))
            real_scores, fake_scores = ops.split(scores, 2)
            gradients = engine.input_gradient(critic, losses.interpolate(x, y, alpha))
            distance = losses.critic_wasserstein(real_scores, fake_scores)
            penalty = losses.gradient_penalty(gradients, mask)
            total = total + distance + self.penalty_weight * penalty
            terms |= {
                f"critic_{name}": distance,
                f"penalty_{name}": penalty,
                f"score_real_{name}": ops.mean(real_scores),
                f"score_completed_{name}": ops.mean(fake_scores),
            }
        return total, {"d_loss": total, **terms}

    def adversarial(self, real: Any, completed: Any, hole: Hole) -> Any:
        """-mean(score), of both critics together."""
        del real
        local = compositing.crop(completed, hole.boxes, hole.size)
        return losses.generator_wasserstein(
            self.local_critic(local)
        ) + losses.generator_wasserstein(self.global_critic(completed))
