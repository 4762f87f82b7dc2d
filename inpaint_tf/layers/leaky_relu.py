"""Leaky ReLU whose second derivative costs nothing."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("inpaint_tf")
class LeakyReLU(keras.layers.Layer):
    """max(x, slope x), any shape, as a product with a slope that is a constant to the gradient.

    The second derivative is zero. TensorFlow does not know that of its own leaky ReLU: the gradient
    of a gradient penalty would carry zeros backwards through every layer of the critic once more.
    """

    def __init__(self, slope=0.2, **kwargs):
        super().__init__(**kwargs)
        self.slope = slope

    def call(self, inputs):
        slopes = ops.where(inputs > 0, 1.0, self.slope)
        return inputs * ops.stop_gradient(ops.cast(slopes, inputs.dtype))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "slope": self.slope}
