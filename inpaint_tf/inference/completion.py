"""From uint8 picture and mask to completed uint8 picture: the computation behind every output.

Testing and exported models run `complete`: they give the same bytes. `Inpainter.complete` runs the
form of it that may compute less. It runs on the device. It pads, scales, covers the hole, runs the
generator and composites.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from inpaint_tf import compositing as image_values
from inpaint_tf.engines import apple_gpu, runtime
from inpaint_tf.networks import generators


def complete(generator: Any, hole_fill: str, image: Any, mask: Any) -> tuple[Any, Any]:
    """Fill the holes of a batch of pictures.

    generator: see `networks.generators`. hole_fill: a key of `compositing.HOLE_FILLS`.
    image: (batch, height, width, 3), uint8 RGB, any height and width.
    mask: (batch, height, width, 1), uint8, read by `is_hole`.

    Returns (completed, raw), both uint8 like `image`: `raw` is the network's picture everywhere,
    `completed` has it in the hole and the very bytes of `image` elsewhere.
    """
    return complete_with_offsets(generator, hole_fill, image, mask)[:2]


def complete_with_offsets(
    generator: Any, hole_fill: str, image: Any, mask: Any
) -> tuple[Any, Any, Any]:
    """Like `complete`, but return (completed, raw, offsets): where the network copied from.

    offsets: int32 (batch, rows, columns, 2), see `networks.generators`, or None for a kind without.
    """
    hole, masked, padded_hole = _cover(generator, hole_fill, image, mask)
    outputs = generator([masked, padded_hole], training=False)
    return *_composite(outputs["refined"], image, hole), outputs.get("offsets")


def complete_alone(generator: Any, hole_fill: str, image: Any, mask: Any) -> tuple[Any]:
    """Like `complete`, but return (completed,), for which less may have to be computed.

    Where less is, some pixel in a hundred thousand may be rounded to the next grey level.
    """
    hole, masked, padded_hole = _cover(generator, hole_fill, image, mask)
    refined = generators.refined_in_hole(generator)(masked, padded_hole)
    return _composite(refined, image, hole)[:1]


def _cover(generator, hole_fill, image, mask):
    """(hole of `image`'s size, what the generator takes: the padded picture covered, its hole)."""
    multiple = generators.multiple_of(generator)
    with apple_gpu.on_host():  # where the bytes come from and go to
        hole = is_hole(mask)
        # Pad first and cover the hole after: a hole at the edge stays a hole in the padding.
        padded = image_values.pad_to_multiple(image_values.to_unit(image), multiple)
        padded_hole = image_values.pad_to_multiple(ops.cast(hole, "float32"), multiple)
        return hole, image_values.fill_hole(padded, padded_hole, hole_fill), padded_hole


def _composite(refined, image, hole):
    """(completed, raw), uint8 of `image`'s size."""
    height, width = ops.shape(image)[1:3]
    with apple_gpu.on_host():
        raw = image_values.to_uint8(refined[:, :height, :width])
        return image_values.composite(raw, image, hole), raw


def is_hole(mask: Any) -> Any:
    """True where a uint8 mask (batch, height, width, 1) is hole.

    In a mask picture, values over 127.5 are hole. A mask without a value over 1 is an array of 0
    and 1 instead, and 1 is hole.
    """
    largest = ops.max(mask, axis=(1, 2, 3), keepdims=True)
    return ops.where(largest > 1, mask > 127, mask > 0)


def compiled(
    generator: Any,
    hole_fill: str,
    function: Callable[..., Any] = complete,
    graph_per_size: bool = False,
) -> Any:
    """`complete` as one compiled function of (image, mask), for the running Keras engine.

    function: `complete`, or `complete_alone` or `complete_with_offsets` in its place.
    graph_per_size: for callers whose pictures are all of one size, which is quicker to start.

    On TensorFlow one graph serves all sizes. That is quicker to start than a graph for each of many
    sizes, and exact: graphs made for a known size round differently in the last bits. Apple's GPU
    gets a graph per size, because it has no kernels for arithmetic with shapes.
    """

    def completion(image, mask):
        return function(generator, hole_fill, image, mask)

    per_size = graph_per_size or apple_gpu.is_used()
    if keras.backend.backend() == "tensorflow" and not per_size:
        import tensorflow as tf

        return tf.function(completion, input_signature=tensorflow_signature())
    return runtime.compiled(completion, generator.variables)


def tensorflow_signature() -> list[Any]:
    """`TensorSpec`s of (image, mask), uint8, any batch, height and width."""
    import tensorflow as tf

    return [
        tf.TensorSpec((None, None, None, 3), tf.uint8, name="image"),
        tf.TensorSpec((None, None, None, 1), tf.uint8, name="mask"),
    ]
