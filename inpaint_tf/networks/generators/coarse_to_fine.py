"""The coarse-to-fine generator (Yu et al., CVPR 2018, figure 2; paper, section IV-A).

Each network is a table with the layer names of the published code: importing its weights is a
lookup. Widths are multiples of `width`, 32 in the original.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.networks.layers.activations import elu
from inpaint_tf.networks.layers.attention_memory import SCORE_BYTES
from inpaint_tf.networks.layers.contextual_attention import ContextualAttention
from inpaint_tf.networks.layers.dilation import DilatedConv2D
from inpaint_tf.networks.layers.upsampling import UpsampleConv2D


class Conv(NamedTuple):
    """One "same" convolution. width: its channels in units of the generator's width."""

    name: str
    width: float
    kernel: int = 3
    stride: int = 1
    dilation: int = 1
    activation: str = "elu"
    upsample: bool = False  # nearest-neighbour x2 before the convolution


COARSE = (
    Conv("conv1", 1, kernel=5),
    Conv("conv2_downsample", 2, stride=2),
    Conv("conv3", 2),
    Conv("conv4_downsample", 4, stride=2),
    Conv("conv5", 4),
    Conv("conv6", 4),
    Conv("conv7_atrous", 4, dilation=2),
    Conv("conv8_atrous", 4, dilation=4),
    Conv("conv9_atrous", 4, dilation=8),
    Conv("conv10_atrous", 4, dilation=16),
    Conv("conv11", 4),
    Conv("conv12", 4),
    Conv("conv13_upsample_conv", 2, upsample=True),
    Conv("conv14", 2),
    Conv("conv15_upsample_conv", 1, upsample=True),
    Conv("conv16", 0.5),
)

CONVOLUTION_BRANCH = (
    Conv("xconv1", 1, kernel=5),
    Conv("xconv2_downsample", 1, stride=2),  # narrower than conv2_downsample
    Conv("xconv3", 2),
    Conv("xconv4_downsample", 2, stride=2),
    Conv("xconv5", 4),
    Conv("xconv6", 4),
    Conv("xconv7_atrous", 4, dilation=2),
    Conv("xconv8_atrous", 4, dilation=4),
    Conv("xconv9_atrous", 4, dilation=8),
    Conv("xconv10_atrous", 4, dilation=16),
)

ATTENTION_BRANCH = (
    Conv("pmconv1", 1, kernel=5),
    Conv("pmconv2_downsample", 1, stride=2),
    Conv("pmconv3", 2),
    Conv("pmconv4_downsample", 4, stride=2),
    Conv("pmconv5", 4),
    Conv("pmconv6", 4, activation="relu"),
)

AFTER_ATTENTION = (
    Conv("pmconv9", 4),
    Conv("pmconv10", 4),
)

REFINEMENT_DECODER = (
    Conv("allconv11", 4),
    Conv("allconv12", 4),
    Conv("allconv13_upsample_conv", 2, upsample=True),
    Conv("allconv14", 2),
    Conv("allconv15_upsample_conv", 1, upsample=True),
    Conv("allconv16", 0.5),
)


def build_generator(
    width: int = 32, name: str = "generator", score_bytes: int = SCORE_BYTES
) -> keras.Model:
    """Build the generator; with width 32 it has 3,601,542 parameters.

    width: channels of the first layer. score_bytes: see `layers.contextual_attention`.

    Call arguments: [masked, mask], float32, any height and width that are multiples of 8:
      masked (batch, height, width, 3) in [-1, 1], the hole filled with one colour;
      mask (batch, height, width, 1), 1 = hole.
    Returns a dict:
      coarse, refined: (batch, height, width, 3), float32 in [-1, 1], raw (not yet composited);
      offsets: (batch, height/8, width/8, 2), int32, from contextual attention, for display.

    The compute type is Keras' global policy; outputs are float32 under every policy.
    """
    masked = keras.Input((None, None, 3), dtype="float32", name="masked")
    mask = keras.Input((None, None, 1), dtype="float32", name="mask")

    features = _run(COARSE, with_mask(masked, mask), width)
    coarse = _to_picture("conv17", features)

    pasted = compositing.composite(coarse, masked, mask)
    pasted = with_mask(pasted, mask)
    convolved = _run(CONVOLUTION_BRANCH, pasted, width)
    attended = _run(ATTENTION_BRANCH, pasted, width)
    attended, offsets = ContextualAttention(score_bytes=score_bytes, name="contextual_attention")(
        attended, mask
    )
    attended = _run(AFTER_ATTENTION, attended, width)
    features = ops.concatenate([convolved, attended], axis=-1)
    features = _run(REFINEMENT_DECODER, features, width)
    refined = _to_picture("allconv17", features)

    outputs = {"coarse": coarse, "refined": refined, "offsets": offsets}
    return keras.Model([masked, mask], outputs, name=name)


def with_mask(pictures: Any, mask: Any) -> Any:
    """The five input channels of the 2018 code: picture, ones, mask."""
    return ops.concatenate([pictures, ops.ones_like(mask), mask], axis=-1)


def _run(table, features, width):
    for layer in table:
        features = conv(
            layer.name,
            int(layer.width * width),
            layer.kernel,
            layer.stride,
            layer.dilation,
            layer.activation,
            layer.upsample,
        )(features)
    return features


def conv(
    name: str,
    filters: int,
    kernel: int = 3,
    stride: int = 1,
    dilation: int = 1,
    activation: str | None = "elu",
    upsample: bool = False,
) -> keras.layers.Layer:
    """A "same" convolution as in the 2018 generator: zero padding, bias, ELU.

    filters: channels. upsample: first double the height and width by nearest neighbour.
    """
    activation = elu if activation == "elu" else activation
    if upsample:
        return UpsampleConv2D(filters, kernel, activation=activation, name=name)
    options = {"padding": "same", "activation": activation, "name": name}
    if dilation > 1:
        return DilatedConv2D(filters, kernel, dilation_rate=dilation, **options)
    return keras.layers.Conv2D(filters, kernel, strides=stride, **options)


def _to_picture(name, features):
    """A linear 3x3 convolution to RGB, clipped to [-1, 1]; float32 under every policy."""
    picture = conv(name, 3, activation=None)(features)
    return Clip(name=f"{name}_clip", dtype="float32")(picture)


@keras.saving.register_keras_serializable("inpaint_tf")
class Clip(keras.layers.Layer):
    """Clip to [-1, 1], any shape."""

    def call(self, inputs):
        return ops.clip(inputs, -1.0, 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape
