"""A block on the device and on the CPU: its value, its first and its second derivative."""

import math
import time
from typing import NamedTuple

import numpy as np

from inpaint_tf.engines import apple_gpu

ORDERS = ("value", "first derivative", "second derivative")
DERIVATIVES_ALLOWED = 10
"""How much larger the errors of derivatives may be: they add more numbers up."""


class Comparison(NamedTuple):
    """errors: by order, the largest difference over the largest number on the CPU.
    allowed: the largest that may be, by order. seconds: of value and derivatives; device, CPU."""

    name: str
    errors: tuple
    allowed: tuple
    seconds: tuple
    failure: str = ""

    @property
    def passed(self):
        return not self.failure and all(
            e <= a for e, a in zip(self.errors, self.allowed, strict=True)
        )  # no NaN is

    def complaints(self):
        """A sentence for each order that is wrong, or what stopped the computation."""
        if self.failure:
            yield f"{self.name}: {self.failure}"
        for order, error, allowed in zip(ORDERS, self.errors, self.allowed, strict=False):
            if not error <= allowed:
                yield f"{self.name}: the {order} is off by {error:.1g} of its size, not {allowed:g}"


def attempt(compute):
    """(compute(), ""), or (None, what was raised) where the device refuses."""
    import tensorflow as tf

    try:
        return compute(), ""
    except (tf.errors.OpError, ValueError, RuntimeError, NotImplementedError) as error:
        reason = str(error).strip().splitlines() or [""]
        return None, f"raised {type(error).__name__}: {reason[0][:200]}"


def compare(block, device, as_metal):
    """`Comparison` of a `Block` as it is on `device` ("gpu" or "cpu") with the CPU's own form.

    as_metal: whether its form on `device` is that for Apple's GPU.
    """
    found, seconds = _evaluate(block, device, as_metal)
    expected, cpu_seconds = _evaluate(block, "cpu", False)
    errors = tuple(relative_error(*pair) for pair in zip(found, expected, strict=True))
    allowed = (block.allowed, *2 * (block.allowed * DERIVATIVES_ALLOWED,))[: len(errors)]
    return Comparison(block.name, errors, allowed, (seconds, cpu_seconds))


def relative_error(found, expected):
    """Largest difference over the largest expected number; infinite where one is not finite."""
    found, expected = np.asarray(found, "float64"), np.asarray(expected, "float64")
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return math.inf
    difference = np.abs(found - expected).max()
    return float(difference / max(np.abs(expected).max(), 1e-6))


def _evaluate(block, device, as_metal):
    """([value, first derivative, second derivative], seconds) of a block, arrays."""
    import keras
    from keras import ops

    from inpaint_tf.engines import runtime

    with apple_gpu.assumed(as_metal), keras.device(f"{device}:0"):
        function, inputs = block.build(), block.inputs()
        everything = ops.convert_to_tensor(np.concatenate([array.ravel() for array in inputs]))

        def derivatives(numbers):
            with keras.device(f"{device}:0"):
                if not block.differentiable:
                    return [function(*_split(numbers, inputs))]
                return _derivatives(lambda x: function(*_split(x, inputs)), numbers)

        run = runtime.compiled(derivatives, [])
        results = [ops.convert_to_numpy(result) for result in run(everything)]
        seconds = min(seconds_of(run, everything) for _ in range(3))
    return results, seconds


def _split(numbers, like):
    """One vector into tensors with the shapes of the arrays `like`."""
    from keras import ops

    tensors, start = [], 0
    for array in like:
        part = ops.slice(numbers, (start,), (array.size,))
        tensors.append(ops.reshape(part, array.shape))
        start += array.size
    return tensors


def _derivatives(function, numbers):
    """Value, and gradients of weighted sums: of the value, and of its gradient.

    The weights let no two numbers stand for each other.
    """
    from keras import ops

    from inpaint_tf.engines.current import engine

    def weighted(values):
        weights = np.random.default_rng(0).normal(size=values.shape).astype("float32")
        return ops.sum(values * weights)

    def first(x):
        gradient = engine.input_gradient(lambda y: weighted(function(y)), x)
        return ops.zeros_like(x) if gradient is None else gradient

    second = engine.input_gradient(lambda x: weighted(first(x)), numbers)
    second = ops.zeros_like(numbers) if second is None else second
    return function(numbers), first(numbers), second


def seconds_of(function, *arguments):
    """Seconds until all results of a function that returns a list are there."""
    from keras import ops

    start = time.perf_counter()
    for result in function(*arguments):
        ops.convert_to_numpy(result)  # waits for the device
    return time.perf_counter() - start
