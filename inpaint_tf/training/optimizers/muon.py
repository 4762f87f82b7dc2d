"""Muon for convolutions: every direction of a kernel's update has the same length.

After Jordan et al., "Muon" (2024), with the scale of Liu et al., "Muon is Scalable for LLM
Training" (2025), section 2.2, so that the learning rates are those of Adam.
"""

from typing import Any

import keras
from keras import ops

from inpaint_tf.engines import apple_gpu

LEAST_CHANNELS = 16
"""Kernels with fewer output channels are left to Adam: those that end in colours."""


@keras.saving.register_keras_serializable("inpaint_tf")
class Muon(keras.optimizers.Muon):
    """`keras.optimizers.Muon`, which knows matrices only, on the kernels of convolutions.

    A kernel (height, width, channels in, channels out) is a matrix of (height * width * channels
    in, channels out). Biases, and kernels to fewer than `LEAST_CHANNELS`, follow Adam.

    beta_1: Muon's momentum, and Adam's. beta_2, epsilon: Adam's. There is no weight decay.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-4,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        epsilon: float = 1e-8,
        name: str = "muon",
        **kwargs: Any,
    ):
        own = {
            "adam_beta_1": beta_1,
            "adam_beta_2": beta_2,
            "momentum": beta_1,
            "weight_decay": None,
            "adam_weight_decay": None,
        }
        with apple_gpu.on_host():  # where the count of updates lives
            super().__init__(learning_rate, epsilon=epsilon, name=name, **(own | kwargs))

    def _should_use_adamw(self, variable):
        return len(variable.shape) != 4 or variable.shape[-1] < LEAST_CHANNELS

    def _muon_update_step(self, gradient, variable, lr, m):
        gradient = ops.cast(gradient, variable.dtype)
        self.assign(m, gradient + self.momentum * m)
        ahead = gradient + self.momentum * m if self.nesterov else m
        matrix = ops.reshape(ahead, (-1, variable.shape[-1]))
        update = self.lr_adjust(self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        rate = ops.cast(lr, variable.dtype)
        self.assign_sub(variable, rate * ops.reshape(update, variable.shape))
