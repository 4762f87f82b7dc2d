"""JAX: pure functions of all variables' values, derivatives of functions.

Code written for Keras reads and assigns variables. Inside a `keras.StatelessScope` it uses the
scope's own values instead, which makes it a pure function. A scope does not see the values of the
scope around it, so each scope gets all variables that the step uses.
"""

import contextlib
import functools
import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import keras
import numpy as np
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


def outputs_and_input_pullback(
    function: Callable[[Any], dict[str, Any]], inputs: Any
) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]:
    """See `engines.active_engine`."""
    outputs, pullback = jax.vjp(function, inputs)
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
    spread = _Spread(batch_axis) if _mesh and batch_axis is not None else None

    # The new values reuse the memory of the old ones.
    @functools.partial(jax.jit, donate_argnums=0, out_shardings=spread and spread.everywhere)
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
            if spread is None:
                values, results = run(values, *arguments)
            else:
                results = spread.call(run, values, arguments)
                values = spread.values
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        return results

    return call


class _Spread:
    """Calls of a function whose state is the same on all devices and whose batches they share.

    The variables get the first device's part of the state: what else reads or changes them runs
    there, and needs no other process.
    """

    def __init__(self, batch_axis: int):
        [self._mesh] = _mesh
        axes = jax.sharding.PartitionSpec(*[None] * batch_axis, "batch")
        self.everywhere = jax.sharding.NamedSharding(self._mesh, jax.sharding.PartitionSpec())
        self._shared = jax.sharding.NamedSharding(self._mesh, axes)
        self._on_all: list[Any] = []
        self.values: list[Any] = []

    def call(self, run: Callable[..., Any], values: list[Any], arguments: Sequence[Any]) -> Any:
        """The results of `run`; `values` are then new. `arguments`: this process' share of each."""
        known = {id(value): on_all for value, on_all in zip(self.values, self._on_all, strict=True)}
        on_all = [
            known[id(value)] if id(value) in known else self._copy_to_all(value) for value in values
        ]
        shares = [jax.make_array_from_process_local_data(self._shared, a) for a in arguments]
        self._on_all, results = run(on_all, *shares)
        self.values = [value.addressable_data(0) for value in self._on_all]
        return jax.tree.map(lambda result: result.addressable_data(0), results)

    def _copy_to_all(self, value):
        copies = [jax.device_put(value, device) for device in self._mesh.local_devices]
        return jax.make_array_from_single_device_arrays(value.shape, self.everywhere, copies)


def device_count() -> int:
    """How many devices of each process can share a batch."""
    places = [device.process_index for device in jax.devices()]
    return min(places.count(process) for process in range(jax.process_count()))


def share_batches(count: int) -> None:
    """Let `count` devices of each process share the batches of what is compiled from now on."""
    devices = sorted(jax.devices(), key=lambda device: (device.process_index, device.id))
    chosen = [
        device
        for _, group in itertools.groupby(devices, lambda device: device.process_index)
        for device in itertools.islice(group, count)
    ]
    _mesh[:] = [jax.sharding.Mesh(chosen, ("batch",))]


def on_all_devices() -> contextlib.AbstractContextManager[None]:
    """A context without effect: calls copy variables to the devices."""
    return contextlib.nullcontext()


def shares() -> int:
    """Always 1: JAX splits a program of whole batches itself."""
    return 1


def own_share(whole: Any, axis: int = 0) -> Any:
    """The tensor `whole`."""
    del axis
    return whole


def mean_over_shares(values: Any) -> Any:
    """The tensors `values`."""
    return values


def largest_of_all(value: int) -> Any:
    """The largest `value` among all processes: an int32 scalar, there once it is read."""
    mesh = jax.sharding.Mesh(jax.devices(), ("all",))
    split = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("all"))
    own = np.full(jax.local_device_count(), value, np.int32)
    values = jax.make_array_from_process_local_data(split, own)
    return _largest(mesh)(values).addressable_data(0)


@functools.cache
def _largest(mesh):
    everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
    return jax.jit(jnp.max, out_shardings=everywhere)


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


def sizes_may_vary() -> bool:
    """False: a program is compiled for the sizes of everything in it."""
    return False
