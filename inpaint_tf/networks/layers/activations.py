"""ELU, with a form for devices that lack it; leaky ReLU whose second derivative costs nothing."""

from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu


@keras.saving.register_keras_serializable("inpaint_tf")
def elu(x: Any) -> Any:
    """x where x >= 0, else exp(x) - 1; any shape and floating type."""
    return elu_of_parts(x) if apple_gpu.is_used() else ops.elu(x)


def elu_of_parts(x: Any) -> Any:
    """`elu` made of comparison, selection and exponential: three times the work.

    The exponential gets no positive number, which keeps the unused branch finite. A minimum would
    do the same, but engines disagree on its derivative at 0.
    """
    positive = x >= 0
    return ops.where(positive, x, ops.exp(ops.where(positive, ops.zeros_like(x), x)) - 1.0)


@keras.saving.register_keras_serializable("inpaint_tf")
class LeakyReLU(keras.layers.Layer):
    """max(x, slope x), any shape, as a product with a slope that is constant to the gradient.

    The second derivative is zero. TensorFlow does not know this of its own leaky ReLU: the gradient
    of a gradient penalty would carry zeros backwards through every layer of the critic again.
    """

    def __init__(self, slope: float = 0.2, **kwargs: Any):
        super().__init__(**kwargs)
        self.slope = slope

    def call(self, inputs: Any) -> Any:
        slopes = ops.where(inputs > 0, 1.0, self.slope)
        return inputs * ops.stop_gradient(ops.cast(slopes, inputs.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "slope": self.slope}
