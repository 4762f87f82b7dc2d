"""Batch normalisation with PyTorch's conventions (Ioffe and Szegedy, ICML 2015)."""

from typing import Any

import keras
from keras import ops

from inpaint_tf.engines.active_engine import engine

EPSILON = 1e-5
MOMENTUM = 0.9
"""Share of the moving statistics that a step keeps: PyTorch's momentum 0.1."""


@keras.saving.register_keras_serializable("inpaint_tf")
class BatchNorm(keras.layers.Layer):
    """(batch, rows, columns, channels) to the same shape; statistics over all but the channels.

    In training, `training=True`, the batch's own statistics normalise it, and the moving ones
    follow; otherwise the moving ones do. As in PyTorch the moving variance follows the batch's
    unbiased one. It computes in float32 under every policy.

    frozen: whether the moving statistics normalise in training too, and stay. Scale and shift train
      on.
    """

    def __init__(self, frozen: bool = False, **kwargs: Any):
        super().__init__(**{"autocast": False, **kwargs})
        self.frozen = frozen

    def build(self, input_shape: Any) -> None:
        def weight(name: str, initial: str, trainable: bool) -> Any:
            options = {"dtype": "float32", "autocast": False, "trainable": trainable}
            return self.add_weight((input_shape[-1],), initial, name=name, **options)

        self.gamma = weight("gamma", "ones", True)
        self.beta = weight("beta", "zeros", True)
        self.moving_mean = weight("moving_mean", "zeros", False)
        self.moving_variance = weight("moving_variance", "ones", False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        features = ops.cast(inputs, "float32")
        if training and not self.frozen:
            mean, variance = self._follow(features)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        scale = self.gamma * ops.rsqrt(variance + EPSILON)
        return ops.cast(features * scale + (self.beta - mean * scale), self.compute_dtype)

    def _follow(self, features):
        """The batch's mean and variance, after the moving ones have followed them."""
        mean = engine.mean_over_shares(ops.mean(features, axis=(0, 1, 2)))
        variance = ops.mean(ops.square(features - mean), axis=(0, 1, 2))
        variance = engine.mean_over_shares(variance)
        count = engine.shares() * ops.cast(ops.size(features) // features.shape[-1], "float32")
        unbiased = variance * count / ops.maximum(count - 1.0, 1.0)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, unbiased)):
            kept = MOMENTUM * ops.convert_to_tensor(moving)
            moving.assign(kept + (1.0 - MOMENTUM) * ops.stop_gradient(now))
        return mean, variance

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "frozen": self.frozen}
