"""Convolutions with as many pixels of border before as after, as PyTorch pads them.

TensorFlow's "same" padding has fewer before where the stride is 2.
"""

from typing import Any

import keras
from keras import ops

from inpaint_tf.networks.layers.dilation import dilated_convolution


@keras.saving.register_keras_serializable("inpaint_tf")
class SymmetricConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with half the kernel's reach of zeros on each side.

    With stride 1 its output is of the same size as its input, with stride 2 of half the size.
    """

    border = "constant"

    def __init__(self, filters: int, kernel_size: int | tuple[int, int], **kwargs: Any):
        super().__init__(filters, kernel_size, **{**kwargs, "padding": "same"})

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        dilation = self.dilation_rate[0]
        reach = dilation * (self.kernel_size[0] // 2)
        padding = ((0, 0), (reach, reach), (reach, reach), (0, 0))
        padded = ops.pad(inputs, padding, mode=self.border)
        if dilation == 1:
            return ops.conv(padded, kernel, strides=self.strides, padding="valid")
        # Zeros outside the mirrored border reach only what is cut off here.
        outputs = dilated_convolution(padded, kernel, dilation)
        return outputs[:, reach:-reach, reach:-reach]


@keras.saving.register_keras_serializable("inpaint_tf")
class ReflectConv2D(SymmetricConv2D):
    """The same with a border that is mirrored without the outermost row.

    Sides must be above half the kernel's reach.
    """

    border = "reflect"
