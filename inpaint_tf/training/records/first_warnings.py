"""What a run's settings and pictures make of each other that a user may not have meant."""

from collections.abc import Iterator
from typing import Any

from inpaint_tf.data.sides import packed_side
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.inference.memory import available_bytes
from inpaint_tf.networks.generators import DEFAULT_KIND

PIXEL_BYTES = 60
"""Of memory for each pixel of a batch and each unit of the generator's width, at the least: a step
of Algorithm 1 in bfloat16 takes 75, one in float32 145."""


def first_warnings(config: Any, training: Any, validation: Any = None) -> Iterator[str]:
    """Yield a line for each. They are no errors: the run goes on.

    training, validation: the `data.Source`s; validation may be None.
    """
    batch = config.data.batch_size
    if batch > len(training):
        yield (
            f"--config.data.batch_size={batch} is more than the {len(training):,} pictures to "
            "train on: each batch shows some of them several times; set it lower"
        )
    yield from _memory(config)
    enlarged = _enlarged("training", training, config.data.size)
    yield from enlarged or _enlarged("validation", validation, config.data.size)


def _memory(config):
    """[a line] where a step cannot fit into the memory, else []. Unknown on a GPU."""
    if config.generator.kind != DEFAULT_KIND or not engine.runs_on_cpu():
        return []
    batch, side = config.data.batch_size, config.data.size
    needed, free = batch * side**2 * config.generator.width * PIXEL_BYTES, available_bytes()
    if free is None or needed <= free:
        return []
    return [
        f"a step with {batch} pictures of {side}x{side} pixels takes {needed / 1e9:.0f} GB of "
        f"memory and more, and {free / 1e9:.1f} GB are free: set a lower --config.data.batch_size"
    ]


def _enlarged(what, source, size):
    """[a line] where the pictures were packed smaller than they are used, else []."""
    side = packed_side(source)
    if side is None or side >= size:
        return []
    keep = f"set --config.data.size={side}, or " if side % 8 == 0 else ""
    return [
        f"the {what} pictures are packed at {side}x{side} pixels and enlarged to {size}x{size}, "
        f"which adds no detail: {keep}pack them anew by: inpaint-tf pack --images=DIR "
        f"--output=FILE.npy --size={size}"
    ]
