"""TensorFlow: graphs that read and assign variables themselves, derivatives by tapes."""

import platform
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf

from inpaint_tf.engines import tensorflow_mirror
from inpaint_tf.engines.tensorflow_mirror import (
    device_count,
    mean_over_shares,
    on_all_devices,
    own_share,
    share_batches,
    shares,
)

__all__ = [
    "choose_device",
    "compiled",
    "device_count",
    "input_gradient",
    "mean_over_shares",
    "on_all_devices",
    "outputs_and_input_pullback",
    "outputs_and_pullback",
    "own_share",
    "runs_on_cpu",
    "runs_on_metal",
    "share_batches",
    "shares",
    "sizes_may_vary",
    "value_and_gradient",
    "value_and_input_gradient",
    "value_and_output_gradient",
]


def value_and_gradient(
    loss: Callable[[], tuple[Any, Any]], variables: Sequence[Any], moved: Sequence[Any] = ()
) -> tuple[tuple[Any, Any], list[Any]]:
    """See `engines.active_engine`."""
    del moved  # assigned where `loss` assigns them
    values = [variable.value for variable in variables]
    # Nothing else is watched, so networks that are not trained keep no values in memory.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        total, terms = loss()
    return (total, terms), _of_all_shares(tape.gradient(total, values))


def outputs_and_pullback(
    function: Callable[[], dict[str, Any]], variables: Sequence[Any], moved: Sequence[Any] = ()
) -> tuple[dict[str, Any], Callable[[dict[str, Any]], list[Any]]]:
    """See `engines.active_engine`."""
    del moved  # assigned where `function` assigns them
    values = [variable.value for variable in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        outputs = function()

    # The outputs that the loss does not depend on have no gradient.
    def pullback(gradients: dict[str, Any]) -> list[Any]:
        given = {name: gradient for name, gradient in gradients.items() if gradient is not None}
        return _of_all_shares(tape.gradient({name: outputs[name] for name in given}, values, given))

    return outputs, pullback


def outputs_and_input_pullback(
    function: Callable[[Any], dict[str, Any]], inputs: Any
) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]:
    """See `engines.active_engine`."""
    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(inputs)
        outputs = function(inputs)

    def pullback(gradients: dict[str, Any]) -> Any:
        pairs = zip(tf.nest.flatten(outputs), tf.nest.flatten(gradients), strict=True)
        given = [(output, gradient) for output, gradient in pairs if gradient is not None]
        return tape.gradient([output for output, _ in given], inputs, [each for _, each in given])

    return outputs, pullback


def _of_all_shares(gradients):
    """The gradients of a whole batch's loss, from those of this device's share."""
    if shares() == 1:
        return gradients
    found = [gradient for gradient in gradients if gradient is not None]
    means = iter(mean_over_shares(found))
    return [None if gradient is None else next(means) for gradient in gradients]


def value_and_output_gradient(
    loss: Callable[[dict[str, Any]], tuple[Any, Any]], outputs: dict[str, Any]
) -> tuple[tuple[Any, Any], dict[str, Any]]:
    """See `engines.active_engine`. None for an output that the loss does not depend on."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(outputs)
        total, terms = loss(outputs)
    return (total, terms), tape.gradient(total, outputs)


def input_gradient(function: Callable[[Any], Any], inputs: Any) -> Any:
    """See `engines.active_engine`."""
    return value_and_input_gradient(function, inputs)[1]


def value_and_input_gradient(function: Callable[[Any], Any], inputs: Any) -> tuple[Any, Any]:
    """See `engines.active_engine`."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tf.reduce_sum(outputs), tape.gradient(outputs, inputs)


def compiled(
    function: Callable[..., Any], variables: Iterable[Any], batch_axis: int | None = None
) -> Any:
    """See `runtime.compiled`."""
    del variables  # the graph finds them itself
    if batch_axis is not None and tensorflow_mirror.is_used():
        return tensorflow_mirror.compiled(function)
    return tf.function(function, autograph=False)


def choose_device(device: str) -> str | None:
    """See `engines.active_engine`."""
    gpus = tf.config.list_physical_devices("GPU")
    if device == "gpu" and not gpus:
        return None
    try:
        if device == "cpu" or not gpus:
            tf.config.set_visible_devices([], "GPU")
            device = "cpu"
        else:
            device = "gpu"
            tf.config.set_visible_devices(gpus, "GPU")  # an earlier choice may have hidden them
            for gpu in gpus:  # otherwise TensorFlow takes all of the memory at once
                tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:  # the program has used TensorFlow before, and the choice is made
        device = "gpu" if tf.config.get_visible_devices("GPU") else "cpu"
    # float32 means float32: NVIDIA's TF32 would also round pixels that a product with 0/1 selects.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    return device


def runs_on_metal() -> bool:
    """Whether Apple's GPU computes, by its plugin: a Mac has no other GPU."""
    return platform.system() == "Darwin" and bool(tf.config.get_visible_devices("GPU"))


def runs_on_cpu() -> bool:
    """Whether the processor computes."""
    return not tf.config.list_logical_devices("GPU")


def sizes_may_vary() -> bool:
    """See `engines.active_engine`. A GPU's library looks for the best way anew for each size."""
    return runs_on_cpu()
