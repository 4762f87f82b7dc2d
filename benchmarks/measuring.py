"""How the benchmarks measure: best of several runs, in units of a convolution of this machine."""

import math
import resource
import sys
import time

UNIT_MULTIPLICATIONS = 64 * 64 * 3 * 3 * 128 * 128
"""Of the unit: a 3x3 convolution of 128 to 128 channels on 64x64 pixels, forward, for one image."""


def best_seconds(*functions, repeats=5):
    """The shortest of `repeats` runs of each function, taken in turns; each ran once before."""
    for function in functions:
        function()
    best = [math.inf] * len(functions)
    for _ in range(repeats):
        for index, function in enumerate(functions):
            started = time.perf_counter()
            function()
            best[index] = min(best[index], time.perf_counter() - started)
    return best


def unit_seconds(dtype="float32", batch=4):
    """Seconds per image of the unit in `dtype`."""
    import tensorflow as tf

    pictures = tf.cast(tf.random.normal((batch, 64, 64, 128)), dtype)
    kernel = tf.cast(tf.random.normal((3, 3, 128, 128)), dtype)
    convolve = tf.function(lambda: tf.nn.conv2d(pictures, kernel, 1, "SAME"))
    return best_seconds(convolve, repeats=20)[0] / batch


def peak_bytes():
    """The most memory this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
