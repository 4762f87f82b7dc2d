"""Python functions as a `tf.data.Dataset` that ends cleanly, also with the program."""

import atexit
import threading
import time

import numpy as np

_QUIET_SECONDS = 0.05  # far longer than tf.data takes from one call to the next
_MAX_WAIT_SECONDS = 5.0


class EndingCalls:
    """A function as tf.data may call it: nothing comes of an error, or once the program ends.

    tf.data prints a traceback for an exception, so it is kept in `error` instead. And a call from
    its threads into an interpreter that is shutting down hangs or aborts the program; so at exit
    calls give nothing, which ends the data set, and exit waits until no more of them come.

    Args:
      function: of an int, to a uint8 array.
    """

    def __init__(self, function):
        self.error = None
        self._function, self._lock = function, threading.Lock()
        self._running, self._last, self._ending = 0, 0.0, False
        atexit.register(self._wait_until_quiet)

    def __call__(self, argument):
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

    def _wait_until_quiet(self):
        self._ending = True
        until = time.monotonic() + _MAX_WAIT_SECONDS
        while time.monotonic() < until:
            with self._lock:
                if not self._running and time.monotonic() - self._last > _QUIET_SECONDS:
                    return
            time.sleep(_QUIET_SECONDS / 5)


_NOTHING = np.zeros((0,), np.uint8)


def counted_dataset(calls, start, step, batch, shape, threads, ahead):
    """The data set of `calls(start)`, `calls(start + step)`, ..., in order, joined to batches.

    Args:
      calls: EndingCalls of a function to uint8 arrays; where it gives nothing, the data set ends.
      start: argument of the first call.
      step: how much the argument grows from call to call.
      batch: how many results make an element.
      shape: of an element.
      threads: calls at once.
      ahead: elements that wait, at most.
    """
    import tensorflow as tf

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
    )
