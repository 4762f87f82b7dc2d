"""Apple's GPU under TensorFlow, and what follows from it for the networks and the step.

Its plugin has no kernel for many operations. TensorFlow then computes them on the CPU, silently,
and copies what they read and write. So blocks of other operations stand in for them, and the few
numbers that cannot be had otherwise (random ones, the learning rate, bytes) are computed by the CPU
on purpose, before the GPU needs them. `inpaint_tf.doctor` checks both.
"""

import contextlib

import keras

_assumed = []


def is_used():
    """Whether what is built now is for Apple's GPU: it computes here, or it is `assumed`."""
    if _assumed:
        return _assumed[-1]
    from inpaint_tf.engines import engine

    return engine.runs_on_metal()


@contextlib.contextmanager
def assumed(used=True):
    """Build networks and trace functions as for Apple's GPU, or not, whatever computes here."""
    _assumed.append(used)
    try:
        yield
    finally:
        _assumed.pop()


def on_host():
    """A context whose operations the CPU computes, where Apple's GPU computes the others."""
    return keras.device("cpu:0") if is_used() else contextlib.nullcontext()
