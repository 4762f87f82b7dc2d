"""Bilinear resizing as in PyTorch with align_corners=True: the corners' pixels stay in the corners.

Keras' own resizing has half-pixel centres only.
"""

from typing import Any

import keras
from keras import ops


def resize_bilinear(features: Any, height: Any, width: Any) -> Any:
    """(batch, H, W, c) to (batch, height, width, c), any float type; sizes may be tensors.

    Output row i lies at input row i * (H - 1) / (height - 1). Products with two matrices do it:
    every device has them, and their gradient.
    """
    full_height, full_width = ops.shape(features)[1:3]
    batch, channels = ops.shape(features)[0], features.shape[3]
    rows = ops.cast(_weights(full_height, height), features.dtype)
    columns = ops.cast(_weights(full_width, width), features.dtype)
    features = ops.reshape(features, (batch, full_height, full_width * channels))
    features = ops.reshape(ops.matmul(rows, features), (batch, height, full_width, channels))
    return ops.matmul(columns, features)


@keras.saving.register_keras_serializable("inpaint_tf")
class Double(keras.layers.Layer):
    """Twice the height and width, by `resize_bilinear`."""

    def call(self, inputs: Any) -> Any:
        height, width = ops.shape(inputs)[1:3]
        return resize_bilinear(inputs, 2 * height, 2 * width)

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, height, width, channels = input_shape
        return batch, height and 2 * height, width and 2 * width, channels


def _weights(full_length, length):
    """Matrix (length, full_length), float32: each row weights the two nearest positions."""
    intervals = ops.maximum(ops.cast(length - 1, "float32"), 1.0)  # a single output reads input 0
    scale = ops.cast(full_length - 1, "float32") / intervals
    wanted = ops.arange(length, dtype="float32")[:, None] * scale
    return ops.relu(1.0 - ops.abs(wanted - ops.arange(full_length, dtype="float32")[None, :]))
