"""Apple's GPU under TensorFlow, and its consequences for the networks and the training step.

Its plugin has no kernel for many operations. TensorFlow silently computes these on the CPU, and
copies what they read and write. Blocks of other operations therefore replace them. Bytes, the few
random numbers of a step and the learning rate stay on the CPU on purpose: they do not wait for the
GPU, and every device draws the same numbers. `inpaint_tf.doctor` checks both.
"""

import contextlib
from collections.abc import Iterator

import keras

ON_HOST = "on_host"
"""Part of the name of every operation that the CPU computes on purpose."""

_assumed: list[bool] = []


def is_used() -> bool:
    """Whether networks built now are for Apple's GPU: it computes here, or it is `assumed`."""
    if _assumed:
        return _assumed[-1]
    from inpaint_tf.engines.active_engine import engine

    return engine.runs_on_metal()


@contextlib.contextmanager
def assumed(used: bool = True) -> Iterator[None]:
    """A context that builds and traces for Apple's GPU, or for others, whatever computes here."""
    _assumed.append(used)
    try:
        yield
    finally:
        _assumed.pop()


@contextlib.contextmanager
def on_host() -> Iterator[None]:
    """A context whose operations the CPU computes while Apple's GPU computes the others."""
    if not is_used():
        yield
        return
    import tensorflow as tf

    with keras.device("cpu:0"), tf.name_scope(ON_HOST):
        yield
