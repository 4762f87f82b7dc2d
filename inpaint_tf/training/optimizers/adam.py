"""Adam, in one operation a variable where the engine has it."""

from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu


@keras.saving.register_keras_serializable("inpaint_tf")
class Adam(keras.optimizers.Adam):
    """`keras.optimizers.Adam`, the same numbers but for rounding.

    Keras updates a variable in ten operations. Each reads and writes all of it, and each is a
    separate kernel launch on a GPU. TensorFlow has one operation that does the same.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        with apple_gpu.on_host():  # where the count of updates lives
            super().__init__(*args, **kwargs)

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        if keras.backend.backend() != "tensorflow" or self.amsgrad:
            return super()._backend_update_step(grads, trainable_variables, learning_rate)
        import tensorflow as tf

        with apple_gpu.on_host():  # once for all variables
            updates = ops.cast(self.iterations + 1, "float32")
            powers = [ops.power(beta, updates) for beta in (self.beta_1, self.beta_2)]
            rate = ops.cast(learning_rate, "float32")
        for gradient, variable in zip(grads, trainable_variables, strict=True):
            variable = variable.value if isinstance(variable, keras.Variable) else variable
            index = self._get_variable_index(variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=self._momentums[index].value.handle,
                v=self._velocities[index].value.handle,
                beta1_power=ops.cast(powers[0], variable.dtype),
                beta2_power=ops.cast(powers[1], variable.dtype),
                lr=ops.cast(rate, variable.dtype),
                beta1=ops.cast(self.beta_1, variable.dtype),
                beta2=ops.cast(self.beta_2, variable.dtype),
                epsilon=ops.cast(self.epsilon, variable.dtype),
                grad=ops.cast(gradient, variable.dtype),
            )
