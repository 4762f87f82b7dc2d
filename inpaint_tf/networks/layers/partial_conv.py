"""Convolution of what is known alone: each window is scaled by how much of it is known.

Liu et al., "Image Inpainting for Irregular Holes Using Partial Convolutions", ECCV 2018; the
formula is that of the authors' published layer.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

EPSILON = 1e-8
"""Beside the sum of a window's mask (published code); it only keeps 0 from being divided by."""


@keras.saving.register_keras_serializable("inpaint_tf")
class PartialConv2D(keras.layers.Conv2D):
    """A convolution of known pixels, and the mask of what is known after it.

    Zeros surround the picture on all sides alike, also at stride 2, and count as unknown.

    Call arguments:
      features (batch, height, width, channels);
      valid (batch or 1, height, width, parts), 1 = known, of any numbers in [0, 1].
    Returns (outputs, valid): outputs (batch, rows, columns, filters), 0 where a window knows
    nothing; valid (batch or 1, rows, columns, 1), one mask for all filters.

    filters, kernel_size, strides, dilation_rate, activation and the rest: of `keras.layers.Conv2D`,
      but for padding. Kernels have odd sides.
    parts: how many channels of the features each channel of `valid` stands for: features that were
      joined have a mask for each part. None: one for all channels, or one for each.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        parts: Sequence[int] | None = None,
        **kwargs: Any,
    ):
        if kernel_size % 2 == 0:
            raise ValueError(f"`kernel_size` must be odd. Received: {kernel_size}")
        super().__init__(filters, kernel_size, **{**kwargs, "padding": "valid"})
        self.parts = None if parts is None else tuple(parts)

    def call(self, features: Any, valid: Any) -> tuple[Any, Any]:
        # Counts of more than 256 channels are not exact in bfloat16.
        valid = ops.stop_gradient(ops.cast(valid, "float32"))
        parts = self.parts or (1,) * valid.shape[-1]
        if sum(parts) not in (1, features.shape[-1]) or len(parts) != valid.shape[-1]:
            raise ValueError(
                f"`valid` must have a channel for each of {parts} of the {features.shape[-1]} "
                f"channels. Received: {valid.shape}"
            )
        known = self._known(valid, parts)
        some = ops.clip(known, 0.0, 1.0)
        window = self.kernel_size[0] * self.kernel_size[1] * sum(parts)
        share = window / (known + EPSILON) * some
        if self.use_bias:
            share = share * some  # twice, as published: it matters where masks are soft
        masked = features * ops.cast(_by_channel(valid, parts), features.dtype)
        outputs = self._windows(masked, ops.cast(self.kernel, masked.dtype))
        outputs = outputs * ops.cast(share, outputs.dtype)
        some = ops.cast(some, outputs.dtype)
        if self.use_bias:
            outputs = outputs + ops.cast(self.bias, outputs.dtype) * some
        if self.activation is not None:
            outputs = self.activation(outputs)
        return outputs, some

    def _known(self, valid, parts):
        """The sum of the mask in each window, (batch or 1, rows, columns, 1), float32.

        One channel for each part in place of one for each of the features': the same sums.
        """
        ones = np.ones((*self.kernel_size, len(parts), 1), "float32")
        return self._windows(valid, ops.convert_to_tensor(ones * np.float32(parts)[:, None]))

    def _windows(self, inputs, kernel):
        (stride, _), (dilation, _) = self.strides, self.dilation_rate
        if stride == 1:
            return ops.conv(inputs, kernel, padding="same", dilation_rate=dilation)
        reach = dilation * (self.kernel_size[0] // 2)
        inputs = ops.pad(inputs, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
        return ops.conv(inputs, kernel, strides=stride, padding="valid", dilation_rate=dilation)

    def compute_output_shape(self, features_shape: Any, valid_shape: Any = None) -> Any:
        valid_shape = valid_shape or (1,)  # Keras asks without it before it builds
        rows, columns = (
            length and -(-length // stride)
            for length, stride in zip(features_shape[1:3], self.strides, strict=True)
        )
        shapes = ((features_shape[0], self.filters), (valid_shape[0], 1))
        return tuple((batch, rows, columns, channels) for batch, channels in shapes)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "kernel_size": self.kernel_size[0], "parts": self.parts}


def _by_channel(valid, parts):
    """The mask of each channel, or the one mask of all.

    A product with a 0/1 matrix is exact, and takes half the time of a gather on two cores.
    """
    if len(parts) == 1:
        return valid
    return ops.matmul(
        valid, ops.convert_to_tensor(np.repeat(np.eye(len(parts)), parts, 1), "float32")
    )
