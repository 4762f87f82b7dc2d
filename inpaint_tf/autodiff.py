"""Derivatives: the only mathematics that depends on the engine under Keras.

Keras 3 differentiates nothing itself. A step written with these two primitives runs on every engine
that has them.
"""

from inpaint_tf.engines import engine


def value_and_gradient(loss, variables):
    """Evaluate `loss()` and its gradient.

    loss: function of nothing that returns (total, terms); total is a scalar, terms anything made of
      tensors. It changes no variable.
    variables: list of `keras.Variable`.
    Returns ((total, terms), gradients), a gradient per variable; for one that plays no part, None
    or zero.
    """
    return engine.value_and_gradient(loss, variables)


def input_gradient(function, inputs):
    """Gradient of the summed `function(inputs)` for the inputs, itself differentiable."""
    return engine.input_gradient(function, inputs)
