"""An adversarial term whose gradient is brought to the norm of the reconstruction's gradient.

So its weight is a share that means the same for all critics, and need not be guessed for each kind.
"""

from collections.abc import Callable
from typing import Any

from keras import ops

from inpaint_tf.engines.active_engine import engine

TERMS = ("norm_reconstruction", "norm_adversarial")
"""Norms of the gradients for the completed picture."""
DECAY = 0.98
"""Of the running means of these norms."""


def adversarial(
    completed: Any,
    hole: Any,
    *,
    score: tuple[Any, Any],
    reconstruction: Callable[[Any], Any],
    means: list[Any],
    distances: dict[str, tuple[float, Any, Any]],
    share: float,
) -> tuple[Any, dict[str, Any]]:
    """(total, terms) to add to the generator's loss: of the critics, and of their features.

    Both gradients are taken for the completed picture, in the hole. The total is linear in it and
    has the adversarial gradient so scaled: one pass back through the generator serves both.

    completed: the composite.
    score: what the critics say of it, and the gradient of that for it.
    reconstruction: the loss of a completed picture whose gradient's norm is the measure, together
      with the distances.
    means: the running means of `TERMS`, 0 before the first step.
    distances: (weight, value, gradient) by the names of their terms: of frozen features from the
      truth's.
    share: of the reconstruction's norm.
    """
    fixed = ops.stop_gradient(completed)
    value, wanted = score
    known = engine.input_gradient(reconstruction, fixed)
    terms = {name: distance for name, (_, distance, _) in distances.items()}
    features = sum(weight * gradient for weight, _, gradient in distances.values())
    norms = [_norm(gradient * hole.mask) for gradient in (known + features, wanted)]
    kept = [ops.convert_to_tensor(mean) for mean in means]
    levels = [ops.where(mean > 0, mean, norm) for mean, norm in zip(kept, norms, strict=True)]
    scale = share * levels[0] / ops.maximum(levels[1], 1e-12)
    total = ops.sum(completed * ops.stop_gradient(scale * wanted + features))
    return total, {**terms, "g_adversarial": value, **dict(zip(TERMS, norms, strict=True))}


def _norm(gradient):
    """Of the whole batch: the mean loss of `n` shares has `1 / n` of each share's gradient."""
    squares = engine.mean_over_shares(ops.sum(ops.square(gradient)))
    return ops.sqrt(squares / engine.shares())


def follow(means: list[Any], terms: dict[str, Any]) -> None:
    """Move the running means towards the norms among a step's `terms`, if they are there."""
    if TERMS[0] not in terms:
        return
    for mean, name in zip(means, TERMS, strict=True):
        kept = ops.convert_to_tensor(mean)
        followed = DECAY * kept + (1.0 - DECAY) * terms[name]
        mean.assign(ops.where(kept > 0, followed, terms[name]))
