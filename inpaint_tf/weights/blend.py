"""Weights between, or beyond, those of two runs.

On such paths see Wang et al., "ESRGAN", ECCV workshops 2018, section 3.4.
"""

from typing import Any

from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators


def go_from(generator: Any, base: Any, strength: float) -> None:
    """Change a generator's weights to base + strength * (generator - base).

    generator, base: built generators. strength: 0 gives the base's weights, 1 changes nothing, more
      goes further than training did.
    Raises `UserError` if the two have different kinds or widths.
    """
    if generators.kind_of(base) != generators.kind_of(generator):
        raise UserError("--base and --weights hold generators of different kinds")
    pairs = list(zip(base.get_weights(), generator.get_weights(), strict=True))
    if any(old.shape != new.shape for old, new in pairs):
        raise UserError("--base and --weights hold generators of different widths")
    generator.set_weights([old + strength * (new - old) for old, new in pairs])
