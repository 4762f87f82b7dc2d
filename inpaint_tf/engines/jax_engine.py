"""JAX: pure functions of all variables' values, derivatives of functions.

Code written for Keras reads and assigns variables. Inside a `keras.StatelessScope` it uses the
scope's own values instead, which makes it a pure function. A scope does not see the values of the
scope around it, so each scope gets all variables that the step uses.
"""

import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import keras
from jax import numpy as jnp

_step_variables: list[Any] = []
"""All variables of the function that is being compiled; otherwise empty."""

_mesh: list[Any] = []
"""The devices that share the batches, once `share_batches` has chosen more than one."""

_one_at_a_time = threading.RLock()
"""Otherwise a second thread would read variables whose memory the first has given away."""


def value_and_gradient(
    loss: Callable[[], tuple[Any, Any]], variables: Sequence[Any], moved: Sequence[Any] = ()
) -> tuple[tuple[Any, Any], list[Any]]:
    """See `engines.active_engine`. Where the loss does not depend on a variable: zero."""
    function = _stateless(loss, variables, moved)

    def of_values(values):
        (total, terms), after = function(values)
        return total, (terms, after)

    values = [variable.value for variable in variables]
    (total, (terms, after)), gradients = jax.value_and_grad(of_values, has_aux=True)(values)
    _assign(moved, after)
    return (total, terms), gradients


def outputs_and_pullback(
    function: Callable[[], dict[str, Any]], variables: Sequence[Any], moved: Sequence[Any] = ()
) -> tuple[dict[str, Any], Callable[[dict[str, Any]], list[Any]]]:
    """See `engines.active_engine`."""
    values = [variable.value for variable in variables]
    of_values = _stateless(function, variables, moved)
    outputs, pullback, after = jax.vjp(of_values, values, has_aux=True)
    _assign(moved, after)
    return outputs, lambda gradients: pullback(gradients)[0]


def value_and_output_gradient(
    loss: Callable[[dict[str, Any]], tuple[Any, Any]], outputs: dict[str, Any]
) -> tuple[tuple[Any, Any], dict[str, Any]]:
    """See `engines.active_engine`. Zero for an output that the loss does not depend on."""
    return jax.value_and_grad(loss, has_aux=True)(outputs)


def _stateless(function, variables, moved):
    """`function()` as one of the values of `variables`.

    It returns (results, values of `moved` after it): a scope's assignments end with the scope.
    """
    trained = {id(variable) for variable in variables}
    others = {id(variable): variable for variable in (*_step_variables, *moved)}
    fixed = [(v, v.value) for key, v in others.items() if key not in trained]

    def of_values(values: list[Any]) -> Any:
        mapping = [*fixed, *zip(variables, values, strict=True)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            results = function()
        return results, [scope.get_current_value(variable) for variable in moved]

    return of_values


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def input_gradient(function: Callable[[Any], Any], inputs: Any) -> Any:
    """See `engines.active_engine`."""
    return value_and_input_gradient(function, inputs)[1]


def value_and_input_gradient(function: Callable[[Any], Any], inputs: Any) -> tuple[Any, Any]:
    """See `engines.active_engine`."""
    return jax.value_and_grad(lambda x: jnp.sum(function(x)))(inputs)


def compiled(
    function: Callable[..., Any], variables: Iterable[Any], batch_axis: int | None = None
) -> Callable[..., Any]:
    """See `runtime.compiled`."""
    variables = list({id(variable): variable for variable in variables}.values())
    everywhere, shared = _shardings(batch_axis)

    # The new values reuse the memory of the old ones.
    @functools.partial(jax.jit, donate_argnums=0, out_shardings=everywhere)
    def run(values: list[Any], *arguments: Any) -> tuple[list[Any], Any]:
        mapping = list(zip(variables, values, strict=True))
        _step_variables[:] = variables
        try:
            with keras.StatelessScope(state_mapping=mapping) as scope:
                results = function(*arguments)
        finally:
            _step_variables.clear()
        return [scope.get_current_value(variable) for variable in variables], results

    def call(*arguments: Any) -> Any:
        with _one_at_a_time:
            values = [variable.value for variable in variables]
            if shared is not None:
                values = jax.device_put(values, everywhere)  # moves nothing after the first time
                arguments = jax.device_put(arguments, shared)
            values, results = run(values, *arguments)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        return results

    return call


def _shardings(batch_axis):
    """(of what all devices hold, of what they share); None where one device does everything."""
    if not _mesh or batch_axis is None:
        return None, None
    [mesh] = _mesh
    axes = jax.sharding.PartitionSpec(*[None] * batch_axis, "batch")
    everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
    return everywhere, jax.sharding.NamedSharding(mesh, axes)


def device_count() -> int:
    """How many devices can share a batch."""
    return jax.local_device_count()


def share_batches(count: int) -> None:
    """Let the first `count` devices share the batches of what is compiled from now on."""
    _mesh[:] = [jax.sharding.Mesh(jax.local_devices()[:count], ("batch",))]


def choose_device(device: str) -> str | None:
    """See `engines.active_engine`."""
    if device == "cpu":
        jax.config.update("jax_platforms", "cpu")  # without effect once JAX has computed
    # float32 means float32: NVIDIA's TF32 would also round pixels that a product with 0/1 selects.
    jax.config.update("jax_default_matmul_precision", "highest")
    found = "cpu" if runs_on_cpu() else "gpu"
    return None if device == "gpu" and found == "cpu" else found


def runs_on_metal() -> bool:
    """Always False: the form for Apple's GPU is for TensorFlow's plugin."""
    return False


def runs_on_cpu() -> bool:
    """Whether the processor computes."""
    return jax.default_backend() == "cpu"
