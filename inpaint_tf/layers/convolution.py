"""The convolutions of the networks, each called by the name the 2018 code gave it."""

import keras
from keras import ops


def conv(name, filters, kernel=3, stride=1, dilation=1, activation="elu"):
    """A "same" convolution as in the 2018 generator: zero padding, bias, ELU."""
    return keras.layers.Conv2D(
        filters,
        kernel,
        strides=stride,
        dilation_rate=dilation,
        padding="same",
        activation=activation,
        name=name,
    )


@keras.saving.register_keras_serializable("inpaint_tf")
class Upsample2x(keras.layers.Layer):
    """Nearest-neighbour x2: (batch, h, w, c) to (batch, 2h, 2w, c), in one broadcast.

    Keras' `UpSampling2D` repeats rows and then columns: two passes over the memory, not one.
    """

    def call(self, inputs):
        batch, height, width = ops.shape(inputs)[:3]
        channels = inputs.shape[3]
        spread = ops.broadcast_to(
            inputs[:, :, None, :, None, :], (batch, height, 2, width, 2, channels)
        )
        return ops.reshape(spread, (batch, 2 * height, 2 * width, channels))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return batch, height and 2 * height, width and 2 * width, channels
