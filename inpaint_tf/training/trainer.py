"""One iteration of the paper's Algorithm 1: five critic updates, then one generator update."""

import keras
from keras import ops

from inpaint_tf import images
from inpaint_tf.engines import apple_gpu
from inpaint_tf.engines.current import engine
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.training import losses

PHASES = ("coarse", "reconstruction", "adversarial")
"""What an iteration trains: the coarse network alone, the generator without critics, or all."""


class InpaintingTrainer(keras.Model):
    """Generator, critics, losses and the step that trains them.

    generator, local_critic, global_critic: built networks.
    holes: a `masks.HoleDrawer`; its box must have the local critic's input size.
    average: a second generator that follows a moving average of the first's weights, or None.
    hole_fill: what covers the hole, a key of `images.HOLE_FILLS`.
    critic_updates: critic updates for each generator update (Algorithm 1: 5).
    l1_weight: on the spatially discounted L1 over the hole's box (paper, equation 1: 1.2).
    coarse_weight: on the coarse stage within both reconstruction terms (2018 code: 1.2).
    ae_weight: on the L1 over the known pixels (2018 code: 1.2; the paper has no such term).
    ssim_weight: on 1 - SSIM of the refined picture over the hole's box (neither paper has it: 0).
    adversarial_weight: on -mean(critic scores) (2018 code: 0.001; paper, equation 1: 1).
    penalty_weight: on the gradient penalties (both: 10).
    discount: base of the spatial discount (2018 code: 0.9; paper, section IV-D: 0.99).
    average_decay: of the moving average, per iteration.
    flip: mirror each training picture left to right with probability 1/2.
    seed: of everything random in the step; draws are a function of (seed, step).
    """

    def __init__(
        self,
        generator,
        local_critic,
        global_critic,
        holes,
        *,
        average=None,
        hole_fill="grey",
        critic_updates=5,
        l1_weight=1.2,
        coarse_weight=1.2,
        ae_weight=1.2,
        ssim_weight=0.0,
        adversarial_weight=0.001,
        penalty_weight=10.0,
        discount=0.9,
        average_decay=0.999,
        flip=False,
        seed=0,
    ):
        super().__init__(name="inpainting_trainer")
        self.generator = generator
        self.local_critic = local_critic
        self.global_critic = global_critic
        self.average = average
        self.holes = holes
        self.hole_fill = hole_fill
        self.critic_updates = critic_updates
        self.l1_weight = l1_weight
        self.coarse_weight = coarse_weight
        self.ae_weight = ae_weight
        self.ssim_weight = ssim_weight
        self.adversarial_weight = adversarial_weight
        self.penalty_weight = penalty_weight
        self.discount = losses.spatial_discount(holes.size, holes.size, discount)
        self.average_decay = average_decay
        self.flip = flip
        self.random = StepRandom(seed)
        self.phase = "adversarial"
        # Counts iterations, also those whose update a float16 loss scale skipped.
        with apple_gpu.on_host():
            self.step = self.add_weight(
                shape=(), dtype="int32", initializer="zeros", trainable=False, name="step"
            )
        self.built = True
        if average is not None:
            average.set_weights(generator.get_weights())

    def compile(self, generator_optimizer, critic_optimizer):
        """Take the two optimizers; each is built for the variables that it updates."""
        super().compile(optimizer=None)
        self.generator_optimizer = generator_optimizer
        self.critic_optimizer = critic_optimizer
        generator_optimizer.build(self.generator.trainable_variables)
        critic_optimizer.build(self.critic_variables)

    @property
    def critic_variables(self):
        return self.local_critic.trainable_variables + self.global_critic.trainable_variables

    @property
    def state(self):
        """Every variable that a step reads or changes."""
        optimizers = (self.generator_optimizer, self.critic_optimizer)
        changed = [variable for optimizer in optimizers for variable in optimizer.variables]
        return [*self.variables, *changed, self.random.state]

    def best_generator(self):  # no property: Keras would save what it returns once more
        """The generator to keep: the moving average where there is one."""
        return self.generator if self.average is None else self.average

    def batches_per_step(self):
        """Batches that one `train_step` takes: fresh pictures for every update."""
        return self.critic_updates + 1 if self.phase == "adversarial" else 1

    def train_step(self, pictures):
        """One iteration. pictures: uint8 (batches_per_step, batch, height, width, 3).

        Returns a dict of float32 scalars: every loss term, penalty and mean critic score, as the
        last update of each kind saw them.
        """
        self.random.restart(self.step)
        with apple_gpu.on_host():  # where the bytes come from
            *for_critics, for_generator = ops.unstack(pictures, self.batches_per_step())
        results = {}
        for batch in for_critics:
            results |= self.update_critics(*self.prepare(batch))
        results |= self.update_generator(*self.prepare(for_generator))
        if self.average is not None:
            self._follow_generator()
        with apple_gpu.on_host():
            self.step.assign_add(1)
        return results

    def prepare(self, pictures):
        """uint8 (batch, height, width, 3) to float32 in [-1, 1], mirrored or not, and a hole."""
        batch, height, width = pictures.shape[:3]
        with apple_gpu.on_host():
            real = images.to_unit(pictures)
            if self.flip:
                mirrored = self.random.uniform((batch, 1, 1, 1)) < 0.5
                real = ops.where(mirrored, ops.flip(real, axis=2), real)
        return real, self.holes.draw(self.random, batch, height, width)

    def update_critics(self, real, hole):
        """Algorithm 1, lines 3-8: score real and completed pictures, penalise, update."""
        batch = real.shape[0]
        completed = images.composite(self.generate(real, hole)["refined"], real, hole.mask)
        alphas = self.random.uniform((2, batch, 1, 1, 1))
        (_, terms), gradients = engine.value_and_gradient(
            lambda: self._scaled(
                self.critic_optimizer, *self.critic_loss(real, completed, hole, alphas)
            ),
            self.critic_variables,
        )
        self.critic_optimizer.apply(gradients, self.critic_variables)
        return terms

    def update_generator(self, real, hole):
        """Algorithm 1, lines 10-12."""
        if self.phase == "coarse":
            variables = [v for v in self.generator.trainable_variables if _is_coarse(v)]
        else:
            variables = self.generator.trainable_variables
        (_, terms), gradients = engine.value_and_gradient(
            lambda: self._scaled(self.generator_optimizer, *self.generator_loss(real, hole)),
            variables,
        )
        self.generator_optimizer.apply(gradients, variables)
        return terms

    def critic_loss(self, real, completed, hole, alphas):
        """(total, terms) of the critics: Wasserstein distances and gradient penalties.

        real, completed: (batch, height, width, 3); alphas: (2, batch, 1, 1, 1) in [0, 1], where
        between real and completed the local and the global penalty are taken.
        """
        local_mask = images.crop(hole.mask, hole.boxes, hole.size)
        local_real = images.crop(real, hole.boxes, hole.size)
        local_completed = images.crop(completed, hole.boxes, hole.size)
        terms, total = {}, 0.0
        for name, critic, x, y, mask, alpha in (
            ("local", self.local_critic, local_real, local_completed, local_mask, alphas[0]),
            ("global", self.global_critic, real, completed, hole.mask, alphas[1]),
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

    def generator_loss(self, real, hole):
        """(total, terms) of the generator: reconstruction of both stages, and the critics."""
        outputs = self.generate(real, hole)
        stages = [(outputs["coarse"], self.coarse_weight)]
        if self.phase != "coarse":
            stages.append((outputs["refined"], 1.0))
        box_real = images.crop(real, hole.boxes, hole.size)
        l1 = sum(
            weight
            * losses.weighted_l1(box_real, images.crop(stage, hole.boxes, hole.size), self.discount)
            for stage, weight in stages
        )
        ae = sum(weight * losses.known_l1(real, stage, hole.mask) for stage, weight in stages)
        total = self.l1_weight * l1 + self.ae_weight * ae
        terms = {"l1_loss": l1, "ae_loss": ae}
        if self.ssim_weight and self.phase != "coarse":
            box_refined = images.crop(outputs["refined"], hole.boxes, hole.size)
            terms["ssim_loss"] = losses.structural_dissimilarity(box_real, box_refined)
            total = total + self.ssim_weight * terms["ssim_loss"]
        if self.phase == "adversarial":
            completed = images.composite(outputs["refined"], real, hole.mask)
            local = images.crop(completed, hole.boxes, hole.size)
            adversarial = losses.generator_wasserstein(
                self.local_critic(local)
            ) + losses.generator_wasserstein(self.global_critic(completed))
            total = total + self.adversarial_weight * adversarial
            terms["g_adversarial"] = adversarial
        return total, {"g_loss": total, **terms}

    def generate(self, real, hole):
        """The generator's outputs for real pictures (batch, height, width, 3) with their `Hole`."""
        masked = images.fill_hole(real, hole.mask, self.hole_fill)
        mask = ops.broadcast_to(hole.mask, (*masked.shape[:3], 1))
        return self.generator([masked, mask])

    def _follow_generator(self):
        for average, variable in zip(
            self.average.trainable_variables, self.generator.trainable_variables, strict=True
        ):
            average.assign_add((1.0 - self.average_decay) * (variable - average))

    @staticmethod
    def _scaled(optimizer, total, terms):
        """Loss scaling, for float16; the identity for optimizers that do not scale."""
        return optimizer.scale_loss(total), terms


def _is_coarse(variable):
    """Whether a generator variable belongs to the coarse network, conv1 .. conv17."""
    return variable.path.split("/")[-2].startswith("conv")
