"""Convolution of a picture that is mirrored at its border."""

from typing import Any

import keras
from keras import ops

from inpaint_tf.networks.layers.dilation import dilated_convolution


@keras.saving.register_keras_serializable("inpaint_tf")
class ReflectConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with stride 1, of the same size as its input.

    The border is mirrored without the outermost row: sides must be above half the kernel's reach.
    """

    def __init__(self, filters: int, kernel_size: int | tuple[int, int], **kwargs: Any):
        super().__init__(filters, kernel_size, **{**kwargs, "padding": "same"})

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        dilation = self.dilation_rate[0]
        reach = dilation * (self.kernel_size[0] // 2)
        padding = ((0, 0), (reach, reach), (reach, reach), (0, 0))
        padded = ops.pad(inputs, padding, mode="reflect")
        if dilation == 1:
            return ops.conv(padded, kernel, padding="valid")
        # Zeros outside the mirrored border reach only what is cut off here.
        outputs = dilated_convolution(padded, kernel, dilation)
        return outputs[:, reach:-reach, reach:-reach]
