"""Python functions as a `tf.data.Dataset` that ends cleanly, even when the program exits."""

import atexit
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_QUIET_SECONDS = 0.05  # far longer than tf.data takes from one call to the next
_MAX_WAIT_SECONDS = 5.0


class EndingCalls:
    """A function for tf.data to call: returns an empty array after an error or at the end.

    tf.data prints a traceback for an exception, so the exception is kept in `error` instead. A call
    from the threads of tf.data into an interpreter that shuts down hangs or aborts the program. At
    exit, calls therefore return an empty array, which ends the data set, and exit waits until no
    more calls come.

    function: takes an int and returns a uint8 array that is not empty.
    """

    def __init__(self, function: Callable[[int], np.ndarray]):
        self.error: Exception | None = None
        self._function, self._lock = function, threading.Lock()
        self._running, self._last, self._ending = 0, 0.0, False
        atexit.register(self._wait_until_quiet)

    def __call__(self, argument: Any) -> np.ndarray:
        with self._lock:
            self._running += 1
        try:
            return _NOTHING if self._ending else self._function(int(argument))
        except Exception as error:
            self.error = self.error or error
            return _NOTHING
        finally:
            with self._lock:
                self._running, self._last = self._running - 1, time.monotonic()

    def _wait_until_quiet(self) -> None:
        self._ending = True
        until = time.monotonic() + _MAX_WAIT_SECONDS
        while time.monotonic() < until:
            with self._lock:
                if not self._running and time.monotonic() - self._last > _QUIET_SECONDS:
                    return
            time.sleep(_QUIET_SECONDS / 5)


_NOTHING = np.zeros((0,), np.uint8)


def counted_dataset(
    calls: EndingCalls,
    start: int,
    step: int,
    batch: int,
    shape: Sequence[int],
    threads: int,
    ahead: int,
) -> Any:
    """The `tf.data.Dataset` of `calls(start)`, `calls(start + step)`, ..., in order, in batches.

    calls: where they return an empty array, the data set ends.
    start: argument of the first call.
    step: difference between the arguments of successive calls.
    batch: number of results in an element.
    shape: of an element.
    threads: number of calls that run at once.
    ahead: most elements that are ready in advance.
    """
    import tensorflow as tf

    # Nothing is left to tune, and the thread that tunes looks up only once a minute: a program that
    # drops the data set would wait for it.
    options = tf.data.Options()
    options.autotune.enabled = False
    return (
        tf.data.Dataset.counter(start=start, step=step)
        .map(
            lambda argument: tf.numpy_function(calls, [argument], tf.uint8),
            num_parallel_calls=threads,
            deterministic=True,
        )
        .take_while(lambda result: tf.size(result) > 0)
        .batch(batch, drop_remainder=True)
        .map(lambda results: tf.reshape(results, shape))
        .prefetch(ahead)
        .with_options(options)
    )
