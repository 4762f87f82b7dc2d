"""The coarse-to-fine generator's picture in the hole alone: all that a composite takes of it.

Both stages end in a decoder that enlarges features to a picture, and a pixel of the picture depends
on few features around it. So the decoders see the part of the features that the hole's box needs.
The pixels in the hole are those of the whole generator, but for rounding: some processors' library
adds up in another order for another size.
"""

from typing import Any

import keras
from keras import ops

from inpaint_tf.networks.generators import coarse_to_fine

CELL = 4
"""Pixels of the picture for each feature that a decoder takes, along a side."""
MARGIN = 4
"""Features on either side of the hole that its pixels depend on: two 3x3 convolutions at a quarter
of the size, two at half, three at the full size."""
AFTER = len(coarse_to_fine.AFTER_ATTENTION)
"""Rows of attention's output, above and below those of a decoder, that these depend on: 3x3
convolutions between."""
STEP = 4
"""Boxes begin and end at multiples of so many features: fewer sizes, fewer plans of an engine."""


class HoleOnly(keras.layers.Layer):
    """A generator of `coarse_to_fine` that computes its refined picture where the hole is.

    generator: built by `build_generator`, in any dialect; its layers are used, not copied.

    Call arguments: masked, mask as the generator takes them, and of sizes that are tensors: an
    engine that compiles for known sizes cannot cut boxes out. All pictures share one box.
    Returns float32 (batch, height, width, 3): `refined` in the hole, anything elsewhere.
    """

    def __init__(self, generator: Any, **kwargs: Any):
        # A layer of the generator's type, so that weights are cast as they are inside of that.
        super().__init__(dtype=generator.dtype_policy, trainable=False, **kwargs)
        self._layer = generator.get_layer
        self.built = True

    def call(self, masked: Any, mask: Any) -> Any:
        masked, mask = (ops.cast(values, "float32") for values in (masked, mask))
        box = Box(mask)

        def run(table, features):
            for layer in table:
                features = self._layer(layer.name)(features)
            return features

        # Cut after the concatenation, not before: TensorFlow moves the ELUs before it behind it,
        # and would round them otherwise in a graph that has something between.
        def decode(table, last, features):
            picture = self._layer(last)(run(table, box.cut(features)))
            return box.paste(self._layer(f"{last}_clip")(picture))

        def attend(features, mask):
            return self._layer("contextual_attention")(features, mask, rows=box.rows(AFTER))

        return coarse_to_fine.wire(masked, mask, run, attend, decode)["refined"]


class Box:
    """What decoders have to see of the features: the holes of all pictures and a margin.

    mask: (batch, height, width, 1), 1 = hole; height and width are multiples of 8.
    """

    def __init__(self, mask: Any):
        self.shape = ops.shape(mask)
        self.top, self.bottom = _bounds(ops.max(mask, axis=(0, 2, 3)))
        self.left, self.right = _bounds(ops.max(mask, axis=(0, 1, 3)))

    def rows(self, more: int) -> tuple[Any, Any]:
        """The box's first row of features and the one after the last, with some more around."""
        height = self.shape[1] // CELL
        return ops.maximum(self.top - more, 0), ops.minimum(self.bottom + more, height)

    def cut(self, features: Any) -> Any:
        """(batch, height / 4, width / 4, channels) to what of it lies in the box."""
        return features[:, self.top : self.bottom, self.left : self.right]

    def paste(self, picture: Any) -> Any:
        """Pixels of the box (batch, ..., ..., 3) to the whole picture's size, zeros around."""
        batch, height, width, _ = self.shape
        rows = (CELL * self.top, height - CELL * self.bottom)
        columns = (CELL * self.left, width - CELL * self.right)
        whole = ops.pad(picture, ((0, 0), rows, columns, (0, 0)))
        return ops.reshape(whole, (batch, height, width, 3))


def _bounds(line):
    """The first feature that is needed along a side, and the one after the last; some, if none.

    line: (length,), 1 where there is a hole.
    """
    length = ops.shape(line)[0]
    places = ops.arange(length)
    last = ops.max(ops.where(line > 0, places, 0)) // CELL
    first = ops.minimum(ops.min(ops.where(line > 0, places, length - 1)) // CELL, last)
    first = ops.maximum(first - MARGIN, 0) // STEP * STEP
    after = (last + MARGIN) // STEP * STEP + STEP
    return first, ops.minimum(after, length // CELL)
