"""Convolution whose kernel is divided by its largest singular value (Miyato et al., ICLR 2018)."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("inpaint_tf")
class SpectralConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with spectral normalisation.

    The singular vector is a variable that `iterate` moves and a call only reads, so that a loss
    changes nothing. The derivative passes through the singular value, with its vectors held fixed.
    """

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.vector = self.add_weight(
            shape=(1, self.filters), initializer="random_normal", trainable=False, name="vector"
        )

    def iterate(self) -> None:
        """One power iteration."""
        left = self._left()
        self.vector.assign(_unit(ops.matmul(left, self._matrix())))

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)  # kernel and bias, by name or number
        store["vector"] = self.vector

    def load_own_variables(self, store: Any) -> None:
        super().load_own_variables(store)
        self.vector.assign(store["vector"])

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        sigma = ops.matmul(ops.matmul(self._left(), self._matrix()), ops.transpose(self.vector))
        return super().convolution_op(inputs, kernel / ops.cast(sigma[0, 0], kernel.dtype))

    def _matrix(self):
        return ops.reshape(ops.cast(self.kernel, "float32"), (-1, self.filters))

    def _left(self):
        return ops.stop_gradient(_unit(ops.matmul(self.vector, ops.transpose(self._matrix()))))


@keras.saving.register_keras_serializable("inpaint_tf")
class IteratedSpectralConv2D(SpectralConv2D):
    """The same, with the singular value as PyTorch's `spectral_norm` takes it.

    Both vectors are kept from the last iteration; `SpectralConv2D` computes the left one anew from
    the moved right one, half an iteration further.
    """

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        rows = self.kernel.shape[0] * self.kernel.shape[1] * self.kernel.shape[2]
        self.left = self.add_weight(
            shape=(1, rows), initializer="random_normal", trainable=False, name="left"
        )
        self.iterate()

    def iterate(self) -> None:
        left = super()._left()
        self.left.assign(left)
        self.vector.assign(_unit(ops.matmul(left, self._matrix())))

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["left"] = self.left

    def load_own_variables(self, store: Any) -> None:
        super().load_own_variables(store)
        self.left.assign(store["left"])

    def _left(self):
        return ops.convert_to_tensor(self.left)


def _unit(vector):
    return vector * ops.rsqrt(ops.maximum(ops.sum(ops.square(vector)), 1e-12))
