"""TensorFlow: several devices of one host share each batch (`tf.distribute.MirroredStrategy`).

Each device runs the step on its share of the batch, with a copy of every variable. What is drawn at
random is drawn for the whole batch on each device, so that the result does not depend on their
number. A loss is then a mean over shares: gradients are averaged before they are applied, and sums
that a loss divides by are averaged where it divides.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from inpaint_tf.errors import UserError

_strategy: list[Any] = []
"""Of the devices that share batches, once `share_batches` has chosen more than one."""


def device_count() -> int:
    """How many devices can share a batch."""
    return len(_devices())


def _devices():
    return tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")


def share_batches(count: int) -> None:
    """Let `count` devices share the batches of what is built and compiled from now on.

    Raises `UserError` in float16, whose loss scale is a decision of all devices together.
    """
    if keras.config.dtype_policy().compute_dtype == "float16":
        raise UserError(
            f"--data_parallel={count} in float16 is for JAX; use --precision=mixed_bfloat16, or "
            "install JAX and set KERAS_BACKEND=jax (runs and weights are the same files)"
        )
    names = [device.name for device in _devices()[:count]]
    _strategy[:] = [tf.distribute.MirroredStrategy(names)]


@contextlib.contextmanager
def on_all_devices() -> Iterator[None]:
    """A context in which variables are made on all devices that share batches."""
    if not _strategy:
        yield
        return
    [strategy] = _strategy
    with strategy.scope(), tf.variable_creator_scope(_assigned_alike):
        yield


def _assigned_alike(make, **options):
    """What a step assigns is the same on all devices: without this word assignments raise."""
    return make(**options | {"aggregation": tf.VariableAggregation.ONLY_FIRST_REPLICA})


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, of whole batches, as a graph that runs on all devices; its results' means."""
    [strategy] = _strategy

    def everywhere(*arguments: Any) -> Any:
        results = strategy.run(function, arguments)
        return tf.nest.map_structure(
            lambda result: strategy.reduce(tf.distribute.ReduceOp.MEAN, result, axis=None), results
        )

    return tf.function(everywhere, autograph=False)


def is_used() -> bool:
    """Whether devices share batches."""
    return bool(_strategy)


def shares() -> int:
    """See `engines.active_engine`."""
    return _strategy[0].num_replicas_in_sync if _is_device() else 1


def own_share(whole: Any, axis: int = 0) -> Any:
    """See `engines.active_engine`."""
    length = whole.shape[axis]
    if not _is_device() or length == 1:
        return whole
    own = length // shares()
    starts, sizes = [0] * len(whole.shape), list(whole.shape)
    starts[axis] = tf.distribute.get_replica_context().replica_id_in_sync_group * own
    sizes[axis] = own
    return keras.ops.slice(whole, starts, sizes)


def mean_over_shares(values: Any) -> Any:
    """See `engines.active_engine`."""
    if not _is_device():
        return values
    everywhere = tf.distribute.get_replica_context()
    return everywhere.all_reduce(tf.distribute.ReduceOp.MEAN, values)


def _is_device():
    """Whether this is computed for the share of one of several devices."""
    return bool(_strategy) and not tf.distribute.in_cross_replica_context()
