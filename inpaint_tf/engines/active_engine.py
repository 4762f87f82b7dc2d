"""The engine under Keras, TensorFlow or JAX: it follows the Keras backend.

Keras 3 differentiates nothing itself and compiles nothing outside `fit`, so our own training step
needs a few primitives. Each engine is a module with the same functions:

value_and_gradient(loss, variables, moved=()): evaluates `loss()` and its gradient. `loss` returns
  (total, terms), a scalar and any structure of tensors, and changes no variable but those in
  `moved`, such as moving statistics. Returns ((total, terms), gradients), one gradient per
  `keras.Variable`: None or zero where the loss does not depend on it.
input_gradient(function, inputs): the gradient of the summed `function(inputs)` with respect to the
  inputs; it can be differentiated again.
value_and_input_gradient(function, inputs): (sum of `function(inputs)`, that gradient).
outputs_and_pullback(function, variables, moved=()): the outputs of `function()`, a dict of tensors,
  and a function from the gradient of a loss for each of them to its gradients, one per
  `keras.Variable`. `moved`: as above.
outputs_and_input_pullback(function, inputs): the outputs of `function(inputs)`, a dict of lists of
  tensors, and a function from the gradient of a loss for them, as `value_and_output_gradient` gives
  it, to its gradient for the inputs. It can be called for several losses.
value_and_output_gradient(loss, outputs): ((total, terms), gradient of the total for each output);
  `loss(outputs)` returns (total, terms) as above.
compiled(function, variables, batch_axis): see `runtime.compiled`.
device_count(): how many devices of each process can share a batch. share_batches(count): let them,
  where they are more than one in all.
on_all_devices(): a context in which variables are made for all devices that share batches.
JAX splits a program of whole batches itself. TensorFlow runs a step for each device's share, and
what knows of the whole batch has to say so:
shares(): on how many devices the step that is being compiled runs, each with its share of the
  batch; 1 where one program computes all.
own_share(whole, axis=0): what of a whole batch's tensor belongs to this device's share. Tensors of
  length 1 along the axis, and all where `shares()` is 1, come back as they are.
mean_over_shares(values): the mean over all devices of a tensor or a list of them.
choose_device(device): see `runtime.configure`. Returns "cpu" or "gpu", or None where a GPU is
  requested but missing.
sizes_may_vary(): whether sizes inside a program may depend on numbers at no great cost.
runs_on_metal(), runs_on_cpu(): whether Apple's GPU computes, and whether the processor does.
"""

from typing import Any

import keras

engine: Any
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
