"""What the generator minimises: reconstruction of its stages, and what the critics say."""

import functools
from typing import Any, NamedTuple

from keras import ops

from inpaint_tf import compositing
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.masks import Hole
from inpaint_tf.training import losses
from inpaint_tf.training.critics import balanced

TERMS = ("g_loss", "l1_loss", "ae_loss", "ssim_loss", "g_adversarial")
"""Names of what a generator update may return."""
OPTIONAL_TERMS = {
    "hole": "hole_loss",
    "ring": "ring_loss",
    "features": "feature_loss",
    "parts": "parts_loss",
    "face": "face_loss",
    "known_mean": "known_mean_loss",
    "hole_mean": "hole_mean_loss",
    "variation": "variation_loss",
    "perceptual": "perceptual_loss",
    "style": "style_loss",
}
"""More of them, where the weight that they are named beside is not 0."""


class LossWeights(NamedTuple):
    """Weights of the terms, as in `config.losses`; 0 leaves a term out.

    l1: on the spatially discounted L1 over the hole's box (paper, equation 1: 1.2).
    coarse: on the coarse stage within the reconstruction terms (2018 code: 1.2).
    ae: on the L1 over the known pixels (2018 code: 1.2; the paper has no such term).
    adversarial: on the critics' term (2018 code: 0.001; paper, equation 1: 1); with balanced ones
      the share that `balanced.adversarial` takes.
    discount: base of the spatial discount, no weight (2018 code: 0.9; paper, section IV-D: 0.99).
    In neither paper are:
    hole: on the L1 over the hole's own pixels.
    ring: on the L1 over the known pixels next to the hole.
    ssim: on 1 - SSIM of the composite over the hole's box.
    features: on the `feature_distance` of the composite, with critics that have one; it is a part
      of the reconstruction, in Algorithm 1 only. parts, face: the same for `parts_distance` and
      `face_distance`.
    known_mean, hole_mean: on the L1 over known and over hole pixels, both as means over all pixels
      (Liu et al., ECCV 2018: 1 and 6, of pictures whose values span 2.2 times as much).
    variation: on the total variation of the composite in the hole, dilated by a pixel (there: 0.1,
      of such pictures too).
    perceptual, style: on the terms of `terms.features` (there: 0.05 and 120; AOT-GAN: 0.1 and 250).
    """

    l1: float = 1.2
    coarse: float = 1.2
    ae: float = 1.2
    adversarial: float = 0.001
    discount: float = 0.9
    hole: float = 0.0
    ring: float = 0.0
    ssim: float = 0.0
    features: float = 0.0
    parts: float = 0.0
    face: float = 0.0
    known_mean: float = 0.0
    hole_mean: float = 0.0
    variation: float = 0.0
    perceptual: float = 0.0
    style: float = 0.0


ORIGINAL_WEIGHTS = LossWeights()
"""Those of the 2018 code."""


class GeneratorLoss:
    """The generator's loss of a batch.

    critics: a `critics.base.Critics`. weights: of its terms.
    side: of the holes' boxes, pixels.
    features: a `terms.features.FeatureTerms`, or None where no term needs it.
    """

    def __init__(self, critics: Any, weights: LossWeights, side: int, features: Any = None):
        self.critics, self.weights, self.features = critics, weights, features
        self.discount = losses.spatial_discount(side, side, weights.discount)

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of all terms that a call may return."""
        asked = [term for name, term in OPTIONAL_TERMS.items() if getattr(self.weights, name)]
        return (*TERMS, *asked, *(balanced.TERMS if self.critics.balanced else ()))

    @property
    def frozen_variables(self) -> list[Any]:
        """Those that a step reads and that checkpoints leave out."""
        return [] if self.features is None else self.features.frozen_variables

    def __call__(
        self,
        outputs: dict[str, Any],
        real: Any,
        hole: Hole,
        phase: str,
        means: list[Any],
        seen: Any = None,
    ) -> tuple[Any, dict[str, Any]]:
        """(total, terms) of the generator's outputs, in one of the trainer's phases.

        real: float32 (batch, height, width, 3) in [-1, 1]. means: see `balanced.adversarial`.
        seen: what balanced critics' `see` returned for these pictures, if it is known.
        """
        weights = self.weights
        stages = [(outputs["coarse"], weights.coarse)] if "coarse" in outputs else []
        if phase != "coarse":
            stages.append((outputs["refined"], 1.0))
        box_real = compositing.crop(real, hole.boxes, hole.size)
        l1 = sum(weight * self._box_l1(box_real, stage, hole) for stage, weight in stages)
        terms = {"l1_loss": l1}
        total = weights.l1 * l1
        for name, weight, region in self._regions(hole):
            terms[name] = sum(
                share * losses.region_l1(real, stage, region) for stage, share in stages
            )
            total = total + weight * terms[name]
        if phase == "coarse":
            return total, {"g_loss": total, **terms}
        completed = compositing.composite(outputs["refined"], real, hole.mask)
        if weights.ssim:
            terms["ssim_loss"] = self._dissimilarity(box_real, completed, hole)
            total = total + weights.ssim * terms["ssim_loss"]
        for name, weight, value in self._whole_terms(real, outputs["refined"], completed, hole):
            terms[name] = value
            total = total + weight * value
        if phase == "adversarial":
            if self.critics.balanced:
                added, more = self.balanced(real, outputs["refined"], hole, means, seen)
            else:
                more = {"g_adversarial": self.critics.adversarial(real, completed, hole)}
                added = weights.adversarial * more["g_adversarial"]
            total, terms = total + added, terms | more
        return total, {"g_loss": total, **terms}

    def balanced(
        self, real: Any, refined: Any, hole: Hole, means: list[Any], seen: Any = None
    ) -> tuple[Any, dict[str, Any]]:
        """(total, terms) of critics that `balanced.adversarial` weighs."""
        weights = self.weights
        completed = compositing.composite(refined, real, hole.mask)
        seen = seen or self.critics.see(real, ops.stop_gradient(completed), hole)
        box_real = compositing.crop(real, hole.boxes, hole.size)

        def reconstruction(picture):
            total = weights.l1 * self._box_l1(box_real, picture, hole)
            total = total + weights.hole * losses.region_l1(real, picture, hole.mask)
            if weights.ssim:
                total = total + weights.ssim * self._dissimilarity(box_real, picture, hole)
            return total

        def of_pictures(distance):
            function = functools.partial(distance, real)
            return engine.value_and_input_gradient(function, ops.stop_gradient(completed))

        critics, distances = self.critics, {}
        if weights.features:
            of_features = seen.value_and_gradient(critics.feature_distance)
            distances["feature_loss"] = weights.features, *of_features
        if weights.parts:
            distances["parts_loss"] = weights.parts, *of_pictures(critics.parts_distance)
        if weights.face:
            distances["face_loss"] = weights.face, *of_pictures(critics.face_distance)
        return balanced.adversarial(
            completed,
            hole,
            score=seen.value_and_gradient(critics.score),
            reconstruction=reconstruction,
            means=means,
            distances=distances,
            share=weights.adversarial,
        )

    def _box_l1(self, box_real, picture, hole):
        box = compositing.crop(picture, hole.boxes, hole.size)
        return losses.weighted_l1(box_real, box, self.discount)

    def _regions(self, hole):
        """(term, weight, region) of the L1 terms beside that over the box."""
        yield "ae_loss", self.weights.ae, 1.0 - hole.mask
        if self.weights.hole:
            yield "hole_loss", self.weights.hole, hole.mask
        if self.weights.ring:
            yield "ring_loss", self.weights.ring, losses.ring(hole.mask)

    def _whole_terms(self, real, refined, completed, hole):
        """(term, weight, value) of what the other papers' losses take over whole pictures."""
        weights = self.weights
        if weights.known_mean:
            known = losses.weighted_l1(real, refined, 1.0 - hole.mask)
            yield "known_mean_loss", weights.known_mean, known
        if weights.hole_mean:
            inside = losses.weighted_l1(real, refined, hole.mask)
            yield "hole_mean_loss", weights.hole_mean, inside
        if weights.variation:
            variation = losses.total_variation(completed, losses.dilated(hole.mask))
            yield "variation_loss", weights.variation, variation
        if self.features is not None:
            values = self.features(real, refined, completed)
            for name in ("perceptual", "style"):
                if getattr(weights, name):
                    yield OPTIONAL_TERMS[name], getattr(weights, name), values[OPTIONAL_TERMS[name]]

    def _dissimilarity(self, box_real, completed, hole):
        box = compositing.crop(completed, hole.boxes, hole.size)
        return losses.structural_dissimilarity(box_real, box)
