"""Apple's GPU under TensorFlow, and what follows from it for the networks and the step.

Its plugin has no kernel for many operations. TensorFlow then computes them on the CPU, silently,
and copies what they read and write. So blocks of other operations stand in for them. Bytes, the few
random numbers of a step and the learning rate are left to the CPU on purpose: they do not wait for
the GPU, and every device draws the same. `inpaint_tf.doctor` checks both.
"""

import contextlib

import keras

ON_HOST = "on_host"
"""Part of the name of every operation that the CPU computes on purpose."""

_assumed = []


def is_used():
    """Whether what is built now is for Apple's GPU: it computes here, or it is `assumed`."""
    if _assumed:
        return _assumed[-1]
    from inpaint_tf.engines.current import engine

    return engine.runs_on_metal()


@contextlib.contextmanager
def assumed(used=True):
    """Build networks and trace functions as for Apple's GPU, or not, whatever computes here."""
    _assumed.append(used)
    try:
        yield
    finally:
        _assumed.pop()


@contextlib.contextmanager
def on_host():
    """A context whose operations the CPU computes, where Apple's GPU computes the others."""
    if not is_used():
        yield
        return
    import tensorflow as tf

    with keras.device("cpu:0"), tf.name_scope(ON_HOST):
        yield
