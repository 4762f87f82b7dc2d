"""A block on the device and on the CPU: its value, its first and its second derivative."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from inpaint_tf.doctor.building_blocks import Block
from inpaint_tf.engines import apple_gpu

ORDERS = ("value", "first derivative", "second derivative")
DERIVATIVES_ALLOWED = 10
"""Factor by which the errors of derivatives may be larger: they sum more numbers."""


class Comparison(NamedTuple):
    """The differences between a device and the CPU.

    errors: for each of `ORDERS`, the largest difference over the largest number on the CPU.
    allowed: the largest allowed error, for each order.
    seconds: for value and derivatives, on the device and on the CPU.
    failure: the reason why nothing could be compared, or "".
    """

    name: str
    errors: tuple[float, ...]
    allowed: tuple[float, ...]
    seconds: tuple[float, ...]
    failure: str = ""

    @property
    def passed(self) -> bool:
        return not self.failure and all(
            e <= a for e, a in zip(self.errors, self.allowed, strict=True)
        )  # False for NaN

    def complaints(self) -> Iterator[str]:
        """A sentence for each order that is wrong, and the reason of a failure."""
        if self.failure:
            yield f"{self.name}: {self.failure}"
        for order, error, allowed in zip(ORDERS, self.errors, self.allowed, strict=False):
            if not error <= allowed:
                yield f"{self.name}: the {order} is off by {error:.1g} of its size, not {allowed:g}"


def attempt(compute: Callable[[], Any]) -> tuple[Any, str]:
    """(compute(), ""), or (None, a description of the exception) where the device fails."""
    import tensorflow as tf

    try:
        return compute(), ""
    except (tf.errors.OpError, ValueError, RuntimeError, NotImplementedError) as error:
        reason = str(error).strip().splitlines() or [""]
        return None, f"raised {type(error).__name__}: {reason[0][:200]}"


def compare(block: Block, device: str, as_metal: bool) -> Comparison:
    """`Comparison` of a `Block` on `device` ("gpu" or "cpu") with the CPU's own form on the CPU.

    as_metal: whether `device` computes the form for Apple's GPU.
    """
    found, seconds = _evaluate(block, device, as_metal)
    expected, cpu_seconds = _evaluate(block, "cpu", False)
    errors = tuple(relative_error(*pair) for pair in zip(found, expected, strict=True))
    allowed = (block.allowed, *2 * (block.allowed * DERIVATIVES_ALLOWED,))[: len(errors)]
    return Comparison(block.name, errors, allowed, (seconds, cpu_seconds))


def relative_error(found: Any, expected: Any) -> float:
    """Largest difference over the largest expected number; infinite if a number is not finite."""
    found, expected = np.asarray(found, "float64"), np.asarray(expected, "float64")
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return math.inf
    difference = np.abs(found - expected).max()
    return float(difference / max(np.abs(expected).max(), 1e-6))


def _evaluate(block: Block, device: str, as_metal: bool) -> tuple[list[np.ndarray], float]:
    """([value, first derivative, second derivative], seconds) of a block, as arrays."""
    import keras
    from keras import ops

    from inpaint_tf.engines import runtime

    with apple_gpu.assumed(as_metal), keras.device(f"{device}:0"):
        function, inputs = block.build(), block.inputs()
        everything = ops.convert_to_tensor(np.concatenate([array.ravel() for array in inputs]))

        def derivatives(numbers: Any) -> Sequence[Any]:
            with keras.device(f"{device}:0"):
                if not block.differentiable:
                    return [function(*_split(numbers, inputs))]
                return _derivatives(lambda x: function(*_split(x, inputs)), numbers)

        run = runtime.compiled(derivatives, [])
        results = [ops.convert_to_numpy(result) for result in run(everything)]
        seconds = min(seconds_of(run, everything) for _ in range(3))
    return results, seconds


def _split(numbers: Any, like: Sequence[np.ndarray]) -> list[Any]:
    """Splits one vector into tensors with the shapes of the arrays `like`."""
    from keras import ops

    tensors, start = [], 0
    for array in like:
        part = ops.slice(numbers, (start,), (array.size,))
        tensors.append(ops.reshape(part, array.shape))
        start += array.size
    return tensors


def _derivatives(function: Callable[[Any], Any], numbers: Any) -> tuple[Any, Any, Any]:
    """The value, and the gradients of weighted sums of the value and of its gradient.

    The weights differ, so errors in two numbers do not cancel.
    """
    from keras import ops

    from inpaint_tf.engines.active_engine import engine

    def weighted(values: Any) -> Any:
        weights = np.random.default_rng(0).normal(size=values.shape).astype("float32")
        return ops.sum(values * weights)

    def first(x: Any) -> Any:
        gradient = engine.input_gradient(lambda y: weighted(function(y)), x)
        return ops.zeros_like(x) if gradient is None else gradient

    second = engine.input_gradient(lambda x: weighted(first(x)), numbers)
    second = ops.zeros_like(numbers) if second is None else second
    return function(numbers), first(numbers), second


def seconds_of(function: Callable[..., Any], *arguments: Any) -> float:
    """Seconds until a function that returns a list has computed all of its results."""
    from keras import ops

    start = time.perf_counter()
    for result in function(*arguments):
        ops.convert_to_numpy(result)  # waits for the device
    return time.perf_counter() - start
