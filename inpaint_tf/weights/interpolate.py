"""Weights between, or beyond, those of two runs.

For such paths see Wang et al., "ESRGAN", ECCV workshops 2018, section 3.4.
"""

from inpaint_tf.errors import UserError


def go_from(generator, base, strength):
    """Put a generator's weights at base + strength * (generator - base).

    Raises `UserError` for a base of another width.
    """
    pairs = list(zip(base.get_weights(), generator.get_weights(), strict=True))
    if any(old.shape != new.shape for old, new in pairs):
        raise UserError("--base and --weights hold generators of different widths")
    generator.set_weights([old + strength * (new - old) for old, new in pairs])
