"""Nearest-neighbour upsampling and the convolution after it, as one convolution before it.

An upsampled picture repeats every pixel four times, so a 3x3 kernel on it sees only 2x2 different
pixels. Which taps fall on the same pixel depends only on the parity of row and column. Summing
those taps first leaves four 2x2 kernels on the small picture, one for each parity: 16 products for
four output pixels instead of 36, and no upsampled picture in memory.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from inpaint_tf.networks.layers import pixel_cells


@keras.saving.register_keras_serializable("inpaint_tf")
class UpsampleConv2D(keras.layers.Conv2D):
    """Nearest-neighbour x2, then a zero-padded 3x3 convolution with bias and activation.

    The weights are those of the 3x3 convolution.
    border: "zeros", or "reflect" to mirror the large picture at its border; then the row outside it
      repeats the small picture's outermost row.
    Call arguments: (batch, height, width, channels). Returns (batch, 2 height, 2 width, filters).
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int] = 3,
        border: str = "zeros",
        **kwargs: Any,
    ):
        if kernel_size not in (3, (3, 3), [3, 3]):  # a file has it as a list
            raise ValueError(f"`kernel_size` must be 3. Received: kernel_size={kernel_size}")
        if kwargs.setdefault("padding", "same") != "same":
            raise ValueError(f"`padding` must be 'same'. Received: padding={kwargs['padding']}")
        # Without Keras' casts: the taps are summed before they are rounded to bfloat16.
        super().__init__(filters, 3, autocast=False, **kwargs)
        self.border = border

    def call(self, inputs: Any) -> Any:
        kernel = ops.cast(_parity_kernels(self.kernel), self.compute_dtype)
        bias = ops.cast(ops.tile(self.bias, 4), self.compute_dtype)
        mode = "constant" if self.border == "zeros" else "symmetric"
        padded = ops.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)), mode=mode)
        outputs = ops.conv(ops.cast(padded, self.compute_dtype), kernel, padding="valid")
        return pixel_cells.to_pixels(self.activation(outputs + bias))

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, height, width, _ = input_shape
        return batch, height and 2 * height, width and 2 * width, self.filters

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "border": self.border}


def _parity_kernels(kernel: Any) -> Any:
    """(3, 3, channels, filters) to (2, 2, channels, 4 filters), in the order of `pixel_cells`.

    The cell that a 2x2 kernel computes has its first pixel in an odd row and column of the output,
    because output pixels 2p - 1 and 2p are those that see small pixels p - 1 and p.
    """
    channels, filters = kernel.shape[2:]
    parities = ops.matmul(
        ops.convert_to_tensor(_TAPS, kernel.dtype), ops.reshape(kernel, (9, channels * filters))
    )
    parities = ops.reshape(parities, (2, 2, 4, channels, filters))
    parities = ops.transpose(parities, (0, 1, 3, 2, 4))
    return ops.reshape(parities, (2, 2, channels, 4 * filters))


def _taps() -> np.ndarray:
    """0/1 matrix (2x2 small taps x 2x2 parities, 3x3 taps): the taps that each small tap sums."""
    line = np.zeros((2, 2, 3), "float32")  # (small tap, parity in the cell, tap)
    line[0, 0, [0, 1]] = line[1, 0, 2] = 1  # odd row: the row above repeats its pixel
    line[0, 1, 0] = line[1, 1, [1, 2]] = 1  # even row: the row below repeats its pixel
    return np.einsum("apk,bql->abpqkl", line, line).reshape(16, 9)


_TAPS = _taps()
