"""What a run's settings and pictures make of each other that a user may not have meant."""

from collections.abc import Iterator
from typing import Any

from inpaint_tf.data.sides import packed_side


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
    enlarged = _enlarged("training", training, config.data.size)
    yield from enlarged or _enlarged("validation", validation, config.data.size)


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
