"""A U-Net of partial convolutions: what is known grows from layer to layer until nothing is hole.

Liu et al., "Image Inpainting for Irregular Holes Using Partial Convolutions", ECCV 2018. The
authors published the layer alone. Where the paper leaves the network open it is that of the port
naoto0804/pytorch-inpainting-with-partial-conv, whose layer names these are.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.networks.layers.norms.batch_norm import BatchNorm
from inpaint_tf.networks.layers.partial_conv import PartialConv2D

LAYERS = 7
"""Of the encoder, and of the decoder; the paper has 8 for 512x512 pixels."""
SLOPE = 0.2
"""Of the decoder's leaky ReLU."""


class Conv(NamedTuple):
    """One partial convolution. width: its channels in units of the generator's width."""

    name: str
    width: int
    kernel: int = 3
    norm: bool = True  # batch normalisation after it


ENCODER = (
    Conv("enc_1", 1, kernel=7, norm=False),
    Conv("enc_2", 2, kernel=5),
    Conv("enc_3", 4, kernel=5),
    Conv("enc_4", 8),
)
"""Each halves the sides. More like the last one follow."""

DECODER = (
    Conv("dec_4", 4),
    Conv("dec_3", 2),
    Conv("dec_2", 1),
)
"""Each sees the features before it, twice as large, and the encoder's of that size. As wide ones as
the encoder's deepest come before them, and `dec_1`, the picture, after them."""


def build_generator(
    width: int = 64,
    name: str = "generator",
    layers: int = LAYERS,
    freeze_encoder: bool = False,
    **options: Any,
) -> keras.Model:
    """Build the generator; with width 64, the original's, it has 25,779,796 trainable parameters.

    width: channels of the first layer. layers: of the encoder, at least 4.
    freeze_encoder: for fine-tuning: the encoder's batch normalisations keep their moving
      statistics and use them in training too.
    options: ignored.

    Call arguments and results: see `networks.generators`; heights and widths are multiples of
    2 ** layers. The colour that covers the hole has no influence. Where a hole is larger than the
    network can close, the picture is ImageNet's mean colour. The compute type is Keras' global
    policy; batch normalisation and the output are float32 under every policy.
    """
    del options
    masked = keras.Input((None, None, 3), dtype="float32", name="masked")
    mask = keras.Input((None, None, 1), dtype="float32", name="mask")
    features, valid = compositing.to_imagenet(masked), 1.0 - mask
    skips = []
    deep = range(len(ENCODER) + 1, layers + 1)
    for layer in (*ENCODER, *(Conv(f"enc_{index}", 8) for index in deep)):
        skips.append((features, valid))
        features, valid = PartialConv2D(
            layer.width * width, layer.kernel, strides=2, **_options(layer)
        )(features, valid)
        if layer.norm:
            features = BatchNorm(frozen=freeze_encoder, name=f"{layer.name}.bn")(features)
        features = ops.relu(features)
    for layer in (*(Conv(f"dec_{index}", 8) for index in reversed(deep)), *DECODER):
        features, valid, parts = _join(features, valid, *skips.pop())
        features, valid = PartialConv2D(
            layer.width * width, layer.kernel, parts=parts, **_options(layer)
        )(features, valid)
        features = BatchNorm(name=f"{layer.name}.bn")(features)
        features = ops.leaky_relu(features, SLOPE)
    features, valid, parts = _join(features, valid, *skips.pop())
    picture, _ = PartialConv2D(
        3, 3, parts=parts, kernel_initializer=_initial(), dtype="float32", name="dec_1"
    )(features, valid)
    outputs = {"refined": compositing.from_imagenet(picture)}
    network = keras.Model([masked, mask], outputs, name=name)
    network.multiple = 2**layers
    return network


def _join(features, valid, skip, skip_valid):
    """(features, masks, channels of each mask): enlarged ones and the encoder's, side by side."""
    parts = (features.shape[-1], skip.shape[-1])
    enlarged = keras.layers.UpSampling2D(2, interpolation="nearest")
    features = ops.concatenate([enlarged(features), skip], axis=-1)
    return features, ops.concatenate([enlarged(valid), skip_valid], axis=-1), parts


def _options(layer):
    return {"use_bias": False, "kernel_initializer": _initial(), "name": layer.name}


def _initial():
    """Kaiming's: its standard deviation is sqrt(2 / inputs of a filter)."""
    return keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")
