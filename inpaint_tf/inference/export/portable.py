"""The completion as a TensorFlow graph of operations that other programs' formats have."""

import contextlib
from collections.abc import Iterator
from typing import Any

from inpaint_tf.errors import UserError


@contextlib.contextmanager
def completion(
    generator: Any,
    hole_fill: str,
    batch: int | None = None,
    height: int | None = None,
    width: int | None = None,
) -> Iterator[tuple[Any, list[Any]]]:
    """Context with (function, its signature), a `tf.function` and its `TensorSpec`s, to be traced.

    generator: of any kind in `networks.generators`, in float32. hole_fill: "grey" or "white".
    batch, height, width: of the pictures; None: any.

    The function takes (image, mask), uint8 (batch, height, width, 3) and (..., 1), and returns a
    dict with the uint8 image `completed`.
    Raises `UserError` on another Keras engine than TensorFlow, for a generator that does not
    compute in float32, and for sides that are too short for it.
    """
    import keras
    import tensorflow as tf
    from keras import ops

    from inpaint_tf.engines import apple_gpu
    from inpaint_tf.inference.completion import complete
    from inpaint_tf.networks import generators
    from inpaint_tf.networks.layers import dilation

    if keras.backend.backend() != "tensorflow":
        raise UserError("this format is made by TensorFlow; unset KERAS_BACKEND")
    if any(layer.compute_dtype != "float32" for layer in generator.layers):
        raise UserError("this format is made of float32 networks; set --precision=float32")
    for side in (height, width):
        if side is not None:
            generators.check_side(generator, side)
    signature = [
        tf.TensorSpec((batch, height, width, 3), tf.uint8, name="image"),
        tf.TensorSpec((batch, height, width, 1), tf.uint8, name="mask"),
    ]

    @tf.function(input_signature=signature)
    def function(image, mask):
        # As floats, which hold bytes exactly: LiteRT neither compares nor selects bytes.
        image, mask = ops.cast(image, "float32"), ops.cast(mask, "float32")
        return {"completed": ops.cast(complete(generator, hole_fill, image, mask)[0], "uint8")}

    with apple_gpu.assumed(False), dilation.direct():
        yield function, signature
