"""TensorFlow: graphs that read and assign variables themselves, derivatives by tapes."""

import platform

import tensorflow as tf


def value_and_gradient(loss, variables):
    """See `engines.current`."""
    values = [variable.value for variable in variables]
    # Nothing else is watched: networks that only pass values on leave no trace in memory.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        total, terms = loss()
    return (total, terms), tape.gradient(total, values)


def input_gradient(function, inputs):
    """See `engines.current`."""
    return value_and_input_gradient(function, inputs)[1]


def value_and_input_gradient(function, inputs):
    """See `engines.current`."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tf.reduce_sum(outputs), tape.gradient(outputs, inputs)


def compiled(function, variables):
    """See `runtime.compiled`."""
    del variables  # the graph finds them itself
    return tf.function(function, autograph=False)


def choose_device(device):
    """See `runtime.configure`; returns "cpu" or "gpu", or None where there is no GPU as asked."""
    gpus = tf.config.list_physical_devices("GPU")
    if device == "gpu" and not gpus:
        return None
    try:
        if device == "cpu" or not gpus:
            tf.config.set_visible_devices([], "GPU")
            device = "cpu"
        else:
            device = "gpu"
            for gpu in gpus:  # otherwise TensorFlow takes all of the memory at once
                tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:  # a program that has used TensorFlow before has made its choice
        device = "gpu" if tf.config.get_visible_devices("GPU") else "cpu"
    # float32 means float32: NVIDIA's TF32 would round what is selected by products too.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    return device


def runs_on_metal():
    """Whether the GPU that computes is Apple's, by its plugin: on a Mac there is no other."""
    return platform.system() == "Darwin" and bool(tf.config.get_visible_devices("GPU"))


def runs_on_cpu():
    """Whether what is computed now is computed by the processor."""
    return not tf.config.list_logical_devices("GPU")
