"""Dilated convolution, in the form that the device computes fastest.

For a dilated convolution, Keras on TensorFlow moves every pixel twice: into a batch of
`dilation`**2 small pictures and back. The direct form leaves the pixels in place and skips the
zeros between the kernel's taps, but not every device has its gradient.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu

_direct: list[bool] = []


@contextlib.contextmanager
def direct() -> Iterator[None]:
    """A context whose graphs have the direct form: for programs that take no gradient."""
    _direct.append(True)
    try:
        yield
    finally:
        _direct.pop()


@keras.saving.register_keras_serializable("inpaint_tf")
class DilatedConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with stride 1 and "same" padding, by `dilated_convolution`."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        return dilated_convolution(inputs, kernel, self.dilation_rate[0])


def dilated_convolution(inputs: Any, kernel: Any, dilation: int) -> Any:
    """Zero-padded "same" convolution whose taps are `dilation` pixels apart.

    inputs: (batch, height, width, channels), any height and width.
    kernel: (rows, columns, channels, filters), of the inputs' type.
    Returns (batch, height, width, filters).
    """
    if keras.backend.backend() != "tensorflow":
        return ops.conv(inputs, kernel, padding="same", dilation_rate=dilation)
    dtype = keras.backend.standardize_dtype(inputs.dtype)
    if _direct:
        return _with_padding_named(inputs, kernel, dilation)
    if not apple_gpu.is_used() and _tensorflow_differentiates_dilation(dtype):
        import tensorflow as tf

        return tf.nn.conv2d(inputs, kernel, 1, "SAME", dilations=dilation)
    return convolution_by_phases(inputs, kernel, dilation)


def _with_padding_named(inputs, kernel, dilation):
    """The direct form by TensorFlow: ONNX Runtime knows no "same" padding beside a dilation."""
    import tensorflow as tf

    reaches = [dilation * (length - 1) for length in kernel.shape[:2]]
    padding = [[0, 0], *([reach // 2, reach - reach // 2] for reach in reaches), [0, 0]]
    return tf.nn.conv2d(inputs, kernel, 1, padding, dilations=dilation)


def convolution_by_phases(inputs: Any, kernel: Any, dilation: int) -> Any:
    """`dilated_convolution` as an ordinary convolution of every `dilation`-th row and column.

    It is made of padding, reshaping, transposing and a plain convolution, which every device has.
    """
    height, width = ops.shape(inputs)[1:3]
    channels, filters = inputs.shape[3], kernel.shape[3]
    rows, columns = (height + dilation - 1) // dilation, (width + dilation - 1) // dilation
    padding = ((0, 0), (0, rows * dilation - height), (0, columns * dilation - width), (0, 0))
    phases = ops.reshape(
        ops.pad(inputs, padding), (-1, rows, dilation, columns, dilation, channels)
    )
    phases = ops.transpose(phases, (0, 2, 4, 1, 3, 5))  # (batch, dilation, dilation, rows, ...)
    phases = ops.reshape(phases, (-1, rows, columns, channels))
    outputs = ops.conv(phases, kernel, padding="same")
    outputs = ops.reshape(outputs, (-1, dilation, dilation, rows, columns, filters))
    outputs = ops.transpose(outputs, (0, 3, 1, 4, 2, 5))
    outputs = ops.reshape(outputs, (-1, rows * dilation, columns * dilation, filters))
    return ops.slice(outputs, (0, 0, 0, 0), (ops.shape(inputs)[0], height, width, filters))


@functools.cache
def _tensorflow_differentiates_dilation(dtype: str) -> bool:
    """Whether TensorFlow has the gradient of a dilated convolution here, found by trying.

    On a CPU the gradient needs oneDNN. TensorFlow has oneDNN on x86, it can be switched off, and it
    supports float16 only on some processors.
    """
    import tensorflow as tf

    from inpaint_tf.engines.active_engine import engine

    # On a Mac, only graphs for other machines come here, so the answer is the CPU's.
    device = tf.device("cpu:0" if engine.runs_on_metal() else None)
    with tf.init_scope(), device:  # eagerly, even while a graph is traced; no tape records this
        pictures, kernel = tf.ones((1, 5, 5, 1), dtype), tf.ones((3, 3, 1, 1), dtype)
        options = {"strides": [1] * 4, "padding": "SAME", "dilations": [1, 2, 2, 1]}
        try:
            tf.raw_ops.Conv2DBackpropInput(
                input_sizes=pictures.shape, filter=kernel, out_backprop=pictures, **options
            )
            tf.raw_ops.Conv2DBackpropFilter(
                input=pictures, filter_sizes=kernel.shape, out_backprop=pictures, **options
            )
        except tf.errors.OpError:
            return False
    return True
