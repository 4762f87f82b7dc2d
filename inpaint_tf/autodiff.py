"""Derivatives: the only mathematics that depends on the engine under Keras.

Keras 3 differentiates nothing itself. A step written with these two primitives runs wherever they
are given for `keras.backend.backend()`.
"""

import keras

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"inpaint_tf trains on the TensorFlow backend of Keras; got "
        f"KERAS_BACKEND={keras.backend.backend()!r}. Unset KERAS_BACKEND or set it to 'tensorflow'."
    )

import tensorflow as tf


def value_and_gradient(loss, variables):
    """Evaluate `loss()` and its gradient.

    loss: function of nothing that returns (total, terms); total is a scalar, terms anything.
    variables: list of `keras.Variable`.
    Returns ((total, terms), gradients), a gradient per variable, None where it plays no part.
    """
    # Nothing else is watched: networks that only pass values on leave no trace in memory.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([variable.value for variable in variables])
        total, terms = loss()
    return (total, terms), tape.gradient(total, [variable.value for variable in variables])


def input_gradient(function, inputs):
    """Gradient of the summed `function(inputs)` for the inputs, itself differentiable."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs)
