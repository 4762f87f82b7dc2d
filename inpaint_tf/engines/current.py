"""The engine under Keras: TensorFlow or JAX, by the running Keras backend.

Keras 3 differentiates nothing itself and compiles nothing outside `fit`, so a step of our own needs
a few primitives, and nothing else. Each engine is a module with the same functions:

value_and_gradient(loss, variables): evaluates `loss()` and its gradient. `loss` returns (total,
  terms), a scalar and anything made of tensors, and changes no variable. Returns ((total, terms),
  gradients), a gradient per `keras.Variable`; for one that plays no part, None or zero.
input_gradient(function, inputs): the gradient of the summed `function(inputs)` for the inputs,
  itself differentiable.
value_and_input_gradient(function, inputs): (sum of `function(inputs)`, that gradient).
compiled(function, variables): see `runtime.compiled`.
choose_device(device): see `runtime.configure`; returns "cpu" or "gpu", or None where there is no
  GPU as asked.
runs_on_metal(), runs_on_cpu(): whether Apple's GPU computes, or the processor.
"""

import keras

if keras.backend.backend() == "tensorflow":
    from inpaint_tf.engines import tensorflow_engine as engine
elif keras.backend.backend() == "jax":
    from inpaint_tf.engines import jax_engine as engine
else:
    raise ImportError(
        "inpaint_tf computes on TensorFlow or JAX; got "
        f"KERAS_BACKEND={keras.backend.backend()!r}. Set it to 'tensorflow' or 'jax'."
    )

__all__ = ["engine"]
