"""JAX: pure functions of all variables' values, derivatives of functions.

Code written for Keras reads and assigns variables. Inside a `keras.StatelessScope` it does so with
values of the scope's own, which makes a pure function of it. A scope does not see the values of the
scope around it, so each is opened with all variables that the step uses.
"""

import functools
import threading

import jax
import keras
from jax import numpy as jnp

_step_variables = []
"""All variables of the function that is being compiled; empty outside."""

_one_at_a_time = threading.RLock()
"""A second thread would meet variables whose memory the first has given away."""


def value_and_gradient(loss, variables):
    """See `engines.current`. The gradient of a variable without part is zero."""
    trained = {id(variable) for variable in variables}
    fixed = [(v, v.value) for v in _step_variables if id(v) not in trained]

    def function(values):
        mapping = [*fixed, *zip(variables, values, strict=True)]
        with keras.StatelessScope(state_mapping=mapping):
            return loss()

    return jax.value_and_grad(function, has_aux=True)([variable.value for variable in variables])


def input_gradient(function, inputs):
    """See `engines.current`."""
    return value_and_input_gradient(function, inputs)[1]


def value_and_input_gradient(function, inputs):
    """See `engines.current`."""
    return jax.value_and_grad(lambda x: jnp.sum(function(x)))(inputs)


def compiled(function, variables):
    """See `runtime.compiled`."""
    variables = list({id(variable): variable for variable in variables}.values())

    # The memory of the old values becomes that of the new ones.
    @functools.partial(jax.jit, donate_argnums=0)
    def run(values, *arguments):
        mapping = list(zip(variables, values, strict=True))
        _step_variables[:] = variables
        try:
            with keras.StatelessScope(state_mapping=mapping) as scope:
                results = function(*arguments)
        finally:
            _step_variables.clear()
        return [scope.get_current_value(variable) for variable in variables], results

    def call(*arguments):
        with _one_at_a_time:
            values, results = run([variable.value for variable in variables], *arguments)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        return results

    return call


def choose_device(device):
    """See `runtime.configure`; returns "cpu" or "gpu", or None where there is no GPU as asked."""
    if device == "cpu":
        jax.config.update("jax_platforms", "cpu")
    # float32 means float32: NVIDIA's TF32 would round what is selected by products too.
    jax.config.update("jax_default_matmul_precision", "highest")
    found = "cpu" if runs_on_cpu() else "gpu"
    return None if device == "gpu" and found == "cpu" else found


def runs_on_metal():
    """Never: what is built for Apple's GPU is built for TensorFlow's plugin."""
    return False


def runs_on_cpu():
    """Whether what is computed now is computed by the processor."""
    return jax.default_backend() == "cpu"
