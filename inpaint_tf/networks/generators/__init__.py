"""Kinds of generators, one file each. Listing them loads no Keras.

A kind is a file here with a function `build_generator(width, name="generator", **options)`, and a
line in `KINDS`. The function returns a `keras.Model` with random weights.

width: channels of the first layer, or another measure of size; the weights' settings record it.
options: `load_generator` passes score_bytes, the limit for the scores of contextual attention in
  bytes. A kind ignores the options it has no use for. Training passes freeze_encoder=True, if its
  config has it, to the kinds in `WITH_NORMS`.

The model's inputs are [masked, mask], float32:
  masked (batch, height, width, 3) in [-1, 1], the hole filled with one colour;
  mask (batch, height, width, 1), 1 = hole.
The model returns a dict of
  refined: the picture, float32 (batch, height, width, 3) in [-1, 1], raw (not yet composited). A
    network without a bound at its end may go a little beyond: `compositing.to_uint8` clips;
  coarse, if it has two stages: the first stage's picture, like refined;
  offsets, if it copies patches: int32 (batch, rows, columns, 2), how many rows and columns away the
    best patch lies, for display.

With `training=True` layers of batch normalisation use the batch's statistics and move their own.

Heights and widths are multiples of the model's attribute `multiple`, or of 8 if it has none. A kind
that cannot take every size has the smallest side of pictures as the attribute `least_side`. Names
of layers and of their weights make up the names in a weights file, "layer/weight"; no two may be
equal.
"""

from collections.abc import Callable
from typing import Any

from inpaint_tf.errors import UserError, look_up

DEFAULT_KIND = "contextual_attention"
"""The kind of weights files that do not name one."""

KINDS = {
    DEFAULT_KIND: "inpaint_tf.networks.generators.coarse_to_fine:build_generator",
    "contextual_attention_port": "inpaint_tf.networks.generators.dialects:pytorch_port",
    "contextual_attention_mmagic": "inpaint_tf.networks.generators.dialects:mmagic",
    "aot": "inpaint_tf.networks.generators.aot:build_generator",
    "partial_convolution": "inpaint_tf.networks.generators.partial_convolution:build_generator",
}
"""Every kind of generator and the function that builds it; see `errors.look_up`."""

HOLE_ONLY = dict.fromkeys(
    (DEFAULT_KIND, "contextual_attention_port", "contextual_attention_mmagic"),
    "inpaint_tf.networks.generators.hole_only:HoleOnly",
)
"""Kinds that can do less work where only the hole is asked for, and the layer that does it."""

WITH_NORMS = ("partial_convolution",)
"""Kinds with batch normalisation."""

DEFAULT_MULTIPLE = 8


def build(kind: str, width: int, name: str = "generator", **options: Any) -> Any:
    """Build a generator of a kind with random weights. Raises `UserError` for an unknown kind."""
    generator = look_up(KINDS, kind, "kind of generator")(width, name=name, **options)
    generator.kind = kind
    return generator


def kind_of(generator: Any) -> str:
    """The kind of a generator that `build` built; others count as `DEFAULT_KIND`."""
    return getattr(generator, "kind", DEFAULT_KIND)


def refined_in_hole(generator: Any) -> Callable[[Any, Any], Any]:
    """A function of (masked, mask) that returns `refined`, right in the hole, anything elsewhere.

    It does less work than the generator on a processor under TensorFlow, for the kinds in
    `HOLE_ONLY`: it needs sizes that depend on the hole, for which others compile anew and Apple's
    GPU would wait.
    """
    from inpaint_tf.engines import apple_gpu
    from inpaint_tf.engines.active_engine import engine

    kind = getattr(generator, "kind", None)  # of any other model nothing is known
    if kind in HOLE_ONLY and engine.sizes_may_vary() and not apple_gpu.is_used():
        return look_up(HOLE_ONLY, kind)(generator)
    return lambda masked, mask: generator([masked, mask], training=False)["refined"]


def multiple_of(generator: Any) -> int:
    """The number of pixels that a generator's heights and widths are multiples of."""
    return getattr(generator, "multiple", DEFAULT_MULTIPLE)


def check_multiple(generator: Any, side: int) -> None:
    """Raise `UserError` for training pictures with a side, in pixels, that is no multiple."""
    multiple = multiple_of(generator)
    if side % multiple:
        raise UserError(
            f"a generator of kind {kind_of(generator)!r} trains on pictures whose sides are "
            f"multiples of {multiple} pixels, not {side}; change --config.data.size"
        )


def check_side(generator: Any, side: int) -> None:
    """Raise `UserError` for pictures with a side, in pixels, that is too short for a generator."""
    least = getattr(generator, "least_side", 1)
    if side < least:
        raise UserError(
            f"a generator of kind {kind_of(generator)!r} needs pictures whose sides have at least "
            f"{least} pixels, not {side}"
        )
