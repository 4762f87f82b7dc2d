"""One iteration of the paper's Algorithm 1: five critic updates, then one generator update."""

import functools
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.engines import apple_gpu
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.masks import Hole, HoleDrawer
from inpaint_tf.networks import generators
from inpaint_tf.training.critics import balanced
from inpaint_tf.training.generator_loss import ORIGINAL_WEIGHTS, GeneratorLoss, LossWeights
from inpaint_tf.training.optimizers.learning_rate import last_rate

PHASES = ("coarse", "reconstruction", "adversarial")
"""What an iteration trains: the coarse network alone, the generator without critics, or all."""


GRADIENT_NORMS = ("gradient_norm_generator", "gradient_norm_critics")
"""Of all weights together. In float16 they include the loss scale."""
RATES = ("rate_generator", "rate_critics")
"""What `learning_rates` may give."""


class InpaintingTrainer(keras.Model):
    """Generator, critics, losses and the step that trains them.

    generator: a built network, see `networks.generators`.
    critics: a `critics.base.Critics`, of any kind in `training.critics`.
    holes: a `masks.HoleDrawer`; critics that look at its box must be built for its size.
    average: a second generator that follows a moving average of the first's weights, or None.
    hole_fill: what covers the hole, a key of `compositing.HOLE_FILLS`.
    critic_updates: critic updates for each generator update (Algorithm 1: 5).
    shared_pictures: whether the one critic update of an iteration sees the generator's pictures:
      the generator then completes them once for both. Algorithm 1 has fresh ones for each.
    weights: of the terms of the generator's loss. features: a `terms.features.FeatureTerms`, which
      the perceptual and the style term need, or None.
    average_decay: of the moving average, per iteration.
    flip: mirror each training picture left to right with probability 1/2.
    gradient_norms: whether a step returns the norms of the gradients too.
    seed: of everything random in the step; draws are a function of (seed, step).
    """

    def __init__(
        self,
        generator: keras.Model,
        critics: Any,
        holes: HoleDrawer,
        *,
        average: keras.Model | None = None,
        hole_fill: str = "grey",
        critic_updates: int = 5,
        shared_pictures: bool = False,
        weights: LossWeights = ORIGINAL_WEIGHTS,
        features: Any = None,
        average_decay: float = 0.999,
        flip: bool = False,
        gradient_norms: bool = False,
        seed: int = 0,
    ):
        super().__init__(name="inpainting_trainer")
        self.generator = generator
        self.critics = critics
        for attribute, network in critics.networks.items():
            setattr(self, attribute, network)  # so that Keras keeps them in the checkpoints
        self.average = average
        self.holes = holes
        self.hole_fill = hole_fill
        if shared_pictures and critic_updates != 1:
            raise ValueError(
                "With `shared_pictures` an iteration has one critic update. Received: "
                f"critic_updates={critic_updates}"
            )
        self.critic_updates = critic_updates
        self.shared_pictures = shared_pictures
        self.objective = GeneratorLoss(critics, weights, holes.size, features)
        self.average_decay = average_decay
        self.flip = flip
        self.gradient_norms = gradient_norms
        self.random = StepRandom(seed)
        # Counts iterations, also those whose update a float16 loss scale skipped.
        with apple_gpu.on_host():
            self.step = self.add_weight(
                shape=(), dtype="int32", initializer="zeros", trainable=False, name="step"
            )
        if critics.balanced:
            self.balance = [
                self.add_weight(shape=(), initializer="zeros", trainable=False, name=name)
                for name in balanced.TERMS
            ]
        self.built = True
        if average is not None:
            average.set_weights(generator.get_weights())

    def compile(self, generator_optimizer: Any, critic_optimizer: Any) -> None:
        """Take the two optimizers; each is built for the variables that it updates."""
        super().compile(optimizer=None)
        self.generator_optimizer = generator_optimizer
        self.critic_optimizer = critic_optimizer
        generator_optimizer.build(self.generator.trainable_variables)
        critic_optimizer.build(self.critics.trainable_variables)

    @property
    def state(self) -> list[Any]:
        """Every variable that a step reads or changes."""
        optimizers = (self.generator_optimizer, self.critic_optimizer)
        changed = [variable for optimizer in optimizers for variable in optimizer.variables]
        frozen = [*self.critics.frozen_variables, *self.objective.frozen_variables]
        return [*self.variables, *changed, self.random.state, *frozen]

    def best_generator(self) -> Any:  # no property: Keras would save what it returns again
        """The generator to keep: the moving average where there is one."""
        return self.generator if self.average is None else self.average

    def terms(self) -> tuple[str, ...]:
        """Names of all numbers that a step may return, in the order of metrics.csv."""
        norms = GRADIENT_NORMS if self.gradient_norms else ()
        return (*self.objective.terms, *self.critics.terms, *norms)

    def learning_rates(self) -> dict[str, float]:
        """The rates of the last update of each optimizer that has made one."""
        optimizers = {"generator": self.generator_optimizer, "critics": self.critic_optimizer}
        rates = {f"rate_{name}": last_rate(optimizer) for name, optimizer in optimizers.items()}
        return {name: rate for name, rate in rates.items() if rate is not None}

    def batches_per_step(self, phase: str = "adversarial") -> int:
        """Batches that one step takes: fresh pictures for every update, unless they share them."""
        shared = self.shared_pictures or phase != "adversarial"
        return 1 if shared else self.critic_updates + 1

    def step_for(self, phase: str) -> Callable[[Any], dict[str, Any]]:
        """`train_step` in one of `PHASES`, as a function of the pictures alone."""
        return functools.partial(self.train_step, phase=phase)

    def train_step(self, pictures: Any, phase: str = "adversarial") -> dict[str, Any]:
        """One iteration. pictures: uint8 (batches per step, batch, height, width, 3).

        Returns a dict of float32 scalars: every loss term, penalty and mean critic score, as the
        last update of each kind saw them.
        """
        self.random.restart(self.step)
        with apple_gpu.on_host():  # where the bytes come from
            *for_critics, for_generator = ops.unstack(pictures, self.batches_per_step(phase))
        results: dict[str, Any] = {}
        for batch in for_critics:
            results |= self.update_critics(*self.prepare(batch))
        update = self.update_generator
        if self.shared_pictures and phase == "adversarial":
            update = self.update_all
        results |= update(*self.prepare(for_generator), phase)
        if self.average is not None:
            self._follow_generator()
        with apple_gpu.on_host():
            self.step.assign_add(1)
        return results

    def prepare(self, pictures: Any) -> tuple[Any, Hole]:
        """uint8 (batch, height, width, 3) to float32 in [-1, 1], mirrored or not, and a hole.

        Where devices share the batch, each draws for all of it and gets its own share.
        """
        batch, height, width = pictures.shape[:3]
        with apple_gpu.on_host():
            real = compositing.to_unit(pictures)
            if self.flip:
                mirrored = self.random.uniform((batch, 1, 1, 1)) < 0.5
                real = ops.where(mirrored, ops.flip(real, axis=2), real)
        hole = self.holes.draw(self.random, batch, height, width)
        mask, boxes = engine.own_share(hole.mask), engine.own_share(hole.boxes)
        return engine.own_share(real), Hole(mask, boxes, hole.size)

    def update_critics(self, real: Any, hole: Hole) -> dict[str, Any]:
        """Algorithm 1, lines 3-8: score real and completed pictures, penalise, update."""
        # Critics see composites: what the generator paints outside the hole is not asked for.
        refined = generators.refined_in_hole(self.generator)(*self._cover(real, hole))
        return self._step_critics(real, compositing.composite(refined, real, hole.mask), hole)

    def _step_critics(self, real, completed, hole, *seen):
        prepared = self.critics.prepare(self.random, real.shape[0])
        variables = self.critics.trainable_variables
        (_, terms), gradients = engine.value_and_gradient(
            lambda: self._scaled(
                self.critic_optimizer, *self.critics.loss(real, completed, hole, prepared, *seen)
            ),
            variables,
        )
        self.critic_optimizer.apply(gradients, variables)
        return terms | self._norm("gradient_norm_critics", gradients)

    def update_generator(self, real: Any, hole: Hole, phase: str = "adversarial") -> dict[str, Any]:
        """Algorithm 1, lines 10-12."""
        variables = self.generator.trainable_variables
        if phase == "coarse":
            coarse = {id(variable) for variable in self._coarse_network().trainable_variables}
            variables = [variable for variable in variables if id(variable) in coarse]
        (_, terms), gradients = engine.value_and_gradient(
            lambda: self._scaled(self.generator_optimizer, *self.generator_loss(real, hole, phase)),
            variables,
            self.generator.non_trainable_variables,
        )
        return self._step_generator(terms, gradients, variables)

    def update_all(self, real: Any, hole: Hole, phase: str = "adversarial") -> dict[str, Any]:
        """Both updates on the same pictures, which the generator completes once."""
        variables = self.generator.trainable_variables
        outputs, pullback = engine.outputs_and_pullback(
            lambda: _pictures(self.generate(real, hole, training=True)),
            variables,
            self.generator.non_trainable_variables,
        )
        completed = compositing.composite(outputs["refined"], real, hole.mask)
        seen = [self.critics.see(real, completed, hole)] if self.critics.balanced else []
        results = self._step_critics(real, completed, hole, *seen)
        (_, terms), wanted = engine.value_and_output_gradient(
            lambda outputs: self._scaled(
                self.generator_optimizer, *self.loss_of_outputs(outputs, real, hole, phase, *seen)
            ),
            outputs,
        )
        return results | self._step_generator(terms, pullback(wanted), variables)

    def _step_generator(self, terms, gradients, variables):
        self.generator_optimizer.apply(gradients, variables)
        if self.critics.balanced:
            balanced.follow(self.balance, terms)
        return terms | self._norm("gradient_norm_generator", gradients)

    def generator_loss(
        self, real: Any, hole: Hole, phase: str = "adversarial"
    ) -> tuple[Any, dict[str, Any]]:
        """(total, terms) of the generator: reconstruction of its stages, and the critics."""
        outputs = self.generate(real, hole, training=True)
        return self.loss_of_outputs(outputs, real, hole, phase)

    def loss_of_outputs(
        self,
        outputs: dict[str, Any],
        real: Any,
        hole: Hole,
        phase: str = "adversarial",
        seen: Any = None,
    ) -> tuple[Any, dict[str, Any]]:
        """`generator_loss`, given what `generate` returned and perhaps what the critics see."""
        means = self.balance if self.critics.balanced else []
        return self.objective(outputs, real, hole, phase, means, seen)

    def generate(self, real: Any, hole: Hole, training: bool = False) -> dict[str, Any]:
        """The generator's outputs for real pictures (batch, height, width, 3) with their `Hole`.

        training: whether batch normalisation uses the batch's statistics and moves its own: in the
          generator's update. The critics see what it would show a user.
        """
        return self.generator([*self._cover(real, hole)], training=training)

    def _cover(self, real, hole):
        """(masked, mask), what the generator takes."""
        masked = compositing.fill_hole(real, hole.mask, self.hole_fill)
        return masked, ops.broadcast_to(hole.mask, (*masked.shape[:3], 1))

    def _follow_generator(self):
        for average, variable in zip(
            self.average.trainable_variables, self.generator.trainable_variables, strict=True
        ):
            average.assign_add((1.0 - self.average_decay) * (variable - average))
        for average, variable in zip(
            self.average.non_trainable_variables,
            self.generator.non_trainable_variables,
            strict=True,
        ):
            average.assign(variable)  # moving statistics are averages already

    def _coarse_network(self):
        """What of the generator its coarse picture depends on."""
        return keras.Model(self.generator.inputs, self.generator.output["coarse"])

    def _norm(self, name, gradients):
        """{name: norm of all gradients together}, if norms are asked for."""
        if not self.gradient_norms:
            return {}
        squares = [ops.sum(ops.square(ops.cast(gradient, "float32"))) for gradient in gradients]
        return {name: ops.sqrt(sum(squares))}

    @staticmethod
    def _scaled(optimizer, total, terms):
        """Loss scaling, for float16; the identity for optimizers that do not scale."""
        return optimizer.scale_loss(total), terms


def _pictures(outputs):
    """What of a generator's outputs has gradients."""
    return {name: outputs[name] for name in ("coarse", "refined") if name in outputs}
