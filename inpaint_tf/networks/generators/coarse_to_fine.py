"""The coarse-to-fine generator (Yu et al., CVPR 2018, figure 2; paper, section IV-A).

Each network is a table with the layer names of the published code: importing its weights is a
lookup. Widths are multiples of `width`, 32 in the original.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.networks.layers.activations import elu
from inpaint_tf.networks.layers.attention_memory import SCORE_BYTES
from inpaint_tf.networks.layers.contextual_attention import AttentionRules, ContextualAttention
from inpaint_tf.networks.layers.dilation import DilatedConv2D
from inpaint_tf.networks.layers.reflection import ReflectConv2D, SymmetricConv2D
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


COARSE_ENCODER = (
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
)

COARSE_DECODER = (
    Conv("conv11", 4),
    Conv("conv12", 4),
    Conv("conv13_upsample_conv", 2, upsample=True),
    Conv("conv14", 2),
    Conv("conv15_upsample_conv", 1, upsample=True),
    Conv("conv16", 0.5),
)

COARSE = COARSE_ENCODER + COARSE_DECODER

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


class Dialect(NamedTuple):
    """How a program computes this system. The default is the 2018 code; see `dialects`.

    border: of convolutions. "same": TensorFlow's zeros; "symmetric": PyTorch's zeros, which differ
      at stride 2; "reflect": the picture is mirrored.
    attention: rules of contextual attention. before_attention: activation of the layer before it.
    """

    border: str = "same"
    attention: AttentionRules = AttentionRules()
    before_attention: str = "relu"


ORIGINAL = Dialect()


def build_generator(
    width: int = 32,
    name: str = "generator",
    score_bytes: int = SCORE_BYTES,
    dialect: Dialect = ORIGINAL,
) -> keras.Model:
    """Build the generator; with width 32 it has 3,601,542 parameters.

    width: channels of the first layer. score_bytes: see `layers.contextual_attention`.
    dialect: whose way of computing.

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

    run = functools.partial(_run, width=width, border=dialect.border)
    *before, last = ATTENTION_BRANCH
    attention_branch = (*before, last._replace(activation=dialect.before_attention))
    attend = ContextualAttention(
        score_bytes=score_bytes, rules=dialect.attention, name="contextual_attention"
    )

    def decode(table, last, features):
        return _to_picture(last, run(table, features), dialect.border)

    return keras.Model(
        [masked, mask], wire(masked, mask, run, attend, decode, attention_branch), name=name
    )


def wire(
    masked: Any,
    mask: Any,
    run: Callable[[Any, Any], Any],
    attend: Callable[[Any, Any], tuple[Any, Any]],
    decode: Callable[[Any, str, Any], Any],
    attention_branch: tuple[Conv, ...] = ATTENTION_BRANCH,
) -> dict[str, Any]:
    """How the parts make up the generator; see `build_generator` for what comes and goes.

    run(table, features): a table's layers, one after the other. attend: contextual attention.
    decode(table, last, features): a decoder and the layer `last`, which makes a picture of it.
    """
    features = run(COARSE_ENCODER, with_mask(masked, mask))
    coarse = decode(COARSE_DECODER, "conv17", features)

    pasted = compositing.composite(coarse, masked, mask)
    pasted = with_mask(pasted, mask)
    convolved = run(CONVOLUTION_BRANCH, pasted)
    attended, offsets = attend(run(attention_branch, pasted), mask)
    attended = run(AFTER_ATTENTION, attended)
    features = ops.concatenate([convolved, attended], axis=-1)
    refined = decode(REFINEMENT_DECODER, "allconv17", features)
    return {"coarse": coarse, "refined": refined, "offsets": offsets}


def with_mask(pictures: Any, mask: Any) -> Any:
    """The five input channels of the 2018 code: picture, ones, mask."""
    return ops.concatenate([pictures, ops.ones_like(mask), mask], axis=-1)


def _run(table, features, width, border):
    for layer in table:
        features = conv(
            layer.name,
            int(layer.width * width),
            layer.kernel,
            layer.stride,
            layer.dilation,
            layer.activation,
            layer.upsample,
            border,
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
    border: str = "same",
) -> keras.layers.Layer:
    """A "same" convolution as in the 2018 generator: zero padding, bias, ELU.

    filters: channels. upsample: first double the height and width by nearest neighbour.
    border: see `Dialect`.
    """
    activation = elu if activation == "elu" else activation
    options = {"activation": activation, "name": name}
    if upsample:
        return UpsampleConv2D(
            filters, kernel, border="reflect" if border == "reflect" else "zeros", **options
        )
    if border == "reflect":
        return ReflectConv2D(filters, kernel, strides=stride, dilation_rate=dilation, **options)
    if dilation > 1:  # on each side as many zeros as PyTorch pads
        return DilatedConv2D(filters, kernel, dilation_rate=dilation, padding="same", **options)
    if border == "symmetric":
        return SymmetricConv2D(filters, kernel, strides=stride, **options)
    return keras.layers.Conv2D(filters, kernel, strides=stride, padding="same", **options)


def _to_picture(name, features, border):
    """A linear 3x3 convolution to RGB, clipped to [-1, 1]; float32 under every policy."""
    picture = conv(name, 3, activation=None, border=border)(features)
    return Clip(name=f"{name}_clip", dtype="float32")(picture)


@keras.saving.register_keras_serializable("inpaint_tf")
class Clip(keras.layers.Layer):
    """Clip to [-1, 1], any shape."""

    def call(self, inputs):
        return ops.clip(inputs, -1.0, 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape
