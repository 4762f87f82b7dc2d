"""The generator of AOT-GAN: blocks that see a place at four distances at once.

Zeng et al., "Aggregated Contextual Transformations for High-Resolution Image Inpainting", TVCG 2022
(arXiv 2104.01431), and its published code, whose layer names these are.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf.networks.layers.align_corners import Double
from inpaint_tf.networks.layers.reflection import ReflectConv2D

BLOCKS = 8
RATES = (1, 2, 4, 8)
"""Dilation of each branch of a block."""


LEAST_SIDE = 33
"""Pixels: the widest mirrored border, 8 pixels at a quarter of the size, needs 9 of picture."""


class Conv(NamedTuple):
    """One convolution with ReLU. width: its channels in units of the generator's width."""

    name: str
    width: int
    kernel: int
    stride: int = 1
    reflect: bool = False  # the border is mirrored; else zeros
    upsample: bool = False  # bilinear x2 before the convolution


ENCODER = (
    Conv("encoder.1", 1, kernel=7, reflect=True),
    Conv("encoder.3", 2, kernel=4, stride=2),
    Conv("encoder.5", 4, kernel=4, stride=2),
)

DECODER = (
    Conv("decoder.0.conv", 2, kernel=3, upsample=True),
    Conv("decoder.2.conv", 1, kernel=3, upsample=True),
)


def build_generator(width: int = 64, name: str = "generator", **options: Any) -> keras.Model:
    """Build the generator; with width 64, the original's, it has 15,200,835 parameters.

    width: channels of the first layer. options: ignored.

    Call arguments and results: see `networks.generators`; heights and widths are multiples of 8 and
    at least 40, `LEAST_SIDE` before padding. The original covers the hole in white
    (`config.masks.fill`). The compute type is Keras' global policy; the blocks' gates and the
    output are float32 under every policy.
    """
    del options
    masked = keras.Input((None, None, 3), dtype="float32", name="masked")
    mask = keras.Input((None, None, 1), dtype="float32", name="mask")
    features = ops.concatenate([masked, mask], axis=-1)
    for layer in ENCODER:
        features = _conv(layer, width)(features)
    for index in range(BLOCKS):
        features = aot_block(features, f"middle.{index}")
    for layer in DECODER:
        features = _conv(layer, width)(Double()(features))
    picture = keras.layers.Conv2D(
        3, 3, padding="same", activation="tanh", dtype="float32", name="decoder.4", **_initial()
    )(features)
    network = keras.Model([masked, mask], {"refined": picture}, name=name)
    network.least_side = LEAST_SIDE
    return network


def aot_block(features: Any, name: str) -> Any:
    """One block: (batch, rows, columns, channels), multiples of 4 channels, to the same shape.

    Each place takes the new features in the share that its gate says, and keeps its own for the
    rest.
    """
    channels = features.shape[-1]
    branches = [
        ReflectConv2D(
            channels // len(RATES),
            3,
            dilation_rate=rate,
            activation="relu",
            name=f"{name}.block{index:02d}.1",
            **_initial(),
        )(features)
        for index, rate in enumerate(RATES)
    ]
    fused = ReflectConv2D(channels, 3, name=f"{name}.fuse.1", **_initial())(
        ops.concatenate(branches, axis=-1)
    )
    gate = ReflectConv2D(channels, 3, name=f"{name}.gate.1", **_initial())(features)
    return Gate(name=f"{name}.mix")([features, fused, gate])


@keras.saving.register_keras_serializable("inpaint_tf")
class Gate(keras.layers.Layer):
    """Mixes two pictures by a third, which is normalised over each picture's places.

    Call arguments: [old, new, gate], each (batch, rows, columns, channels). The gate gets mean -5
    and standard deviation 10, and its sigmoid is the share of `new`.
    """

    def call(self, inputs: Any) -> Any:
        old, new, gate = inputs
        gate = ops.cast(gate, "float32")
        places = ops.cast(ops.shape(gate)[1] * ops.shape(gate)[2], "float32")
        away = gate - ops.mean(gate, axis=(1, 2), keepdims=True)
        variance = ops.sum(ops.square(away), axis=(1, 2), keepdims=True) / (places - 1.0)
        share = ops.sigmoid(10.0 * away / (ops.sqrt(variance) + 1e-9) - 5.0)
        share = ops.cast(share, old.dtype)
        return old * (1.0 - share) + new * share

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]


def _conv(layer, width):
    options = {"activation": "relu", "name": layer.name, **_initial()}
    filters = layer.width * width
    if layer.reflect:
        return ReflectConv2D(filters, layer.kernel, **options)
    return keras.layers.Conv2D(
        filters, layer.kernel, strides=layer.stride, padding="same", **options
    )


def _initial():
    return {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.02)}
