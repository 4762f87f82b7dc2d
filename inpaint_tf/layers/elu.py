"""ELU, also for a device that does not have it."""

import keras
from keras import ops

from inpaint_tf import metal


@keras.saving.register_keras_serializable("inpaint_tf")
def elu(x):
    """x where x >= 0, else exp(x) - 1; any shape and floating type."""
    return elu_of_parts(x) if metal.is_used() else ops.elu(x)


def elu_of_parts(x):
    """`elu` made of comparison, selection and exponential: three times the work.

    The exponential sees no positive number, which keeps the unused branch finite. A minimum would
    do the same, but engines disagree on its derivative at 0.
    """
    positive = x >= 0
    return ops.where(positive, x, ops.exp(ops.where(positive, ops.zeros_like(x), x)) - 1.0)
