"""Adam, one operation for each variable where the engine has it."""

import keras
from keras import ops

from inpaint_tf import metal


@keras.saving.register_keras_serializable("inpaint_tf")
class Adam(keras.optimizers.Adam):
    """`keras.optimizers.Adam`, the same numbers but for rounding.

    Keras makes ten operations of a variable's update, each of which reads and writes all of it, and
    each of which a GPU must be told of. TensorFlow has one that does the same.
    """

    def __init__(self, *args, **kwargs):
        with metal.on_host():  # where the count of updates lives
            super().__init__(*args, **kwargs)

    def update_step(self, gradient, variable, learning_rate):
        if keras.backend.backend() != "tensorflow" or self.amsgrad:
            return super().update_step(gradient, variable, learning_rate)
        import tensorflow as tf

        index = self._get_variable_index(variable)
        with metal.on_host():
            updates = ops.cast(self.iterations + 1, variable.dtype)
            beta_1, beta_2 = (ops.cast(beta, variable.dtype) for beta in (self.beta_1, self.beta_2))
            powers = ops.power(beta_1, updates), ops.power(beta_2, updates)
            rate = ops.cast(learning_rate, variable.dtype)
        return tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=powers[0],
            beta2_power=powers[1],
            lr=rate,
            beta1=beta_1,
            beta2=beta_2,
            epsilon=ops.cast(self.epsilon, variable.dtype),
            grad=ops.cast(gradient, variable.dtype),
        )
