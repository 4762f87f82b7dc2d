"""Processes that train one run together, on one host or on many. JAX connects them.

Each calls `together` before anything is computed. What several of them compute, all of them must
compute in the same order; what is written, the first writes.
"""

import atexit
import contextlib
import logging as python_logging
import os
import re
import socket
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from absl import logging

from inpaint_tf.engines.lost_process import LOST, replace_native_errors
from inpaint_tf.engines.place import AUTO, Place
from inpaint_tf.errors import UserError

BEAT = 30
"""Seconds without a sign of life after which a process counts as lost."""

_OF_A_LOST_PROCESS = re.compile(r"gloo|nccl|coordination|connection|socket|peer", re.IGNORECASE)

_joined: list[Place] = []
_status_at_once: list[int] = []
"""The exit status of a program that must not wait for the others."""


@contextlib.contextmanager
def together(place: Place | None, device: str = "auto") -> Iterator[None]:
    """A context in which this process and the others of its run compute together.

    place: of `place.find_place`; None: alone, which changes nothing. The engine must be loaded,
      and must not have computed yet.
    device: as `runtime.configure` gets it next.

    Raises `UserError` where the others cannot be found, where one is lost, and on TensorFlow. After
    an error the program ends without waiting for the others, which then end too.
    """
    if place is None:
        yield
        return
    try:
        _join(place, device)
        yield
    except BaseException as error:
        told = _told(error)
        _status_at_once[:] = [getattr(told, "status", UserError.status)]
        if told is error:
            raise
        raise told from None


def _told(error):
    """A `UserError` where the runtime says that another process has gone, or the error itself."""
    runtimes = isinstance(error, RuntimeError | ValueError)
    return UserError(LOST) if runtimes and _OF_A_LOST_PROCESS.search(str(error)) else error


def _join(place, device="auto"):
    """Connect with the other processes; without effect the second time."""
    import keras

    if keras.backend.backend() != "jax":
        raise UserError(
            "several processes need JAX; install it and set KERAS_BACKEND=jax (runs and weights "
            "are the same files)"
        )
    if _joined:
        if _joined != [place]:
            raise UserError("this program trains with other processes already; use another one")
        return
    import jax

    if device == "cpu":  # before JAX says which process this is, for which it starts its devices
        jax.config.update("jax_platforms", "cpu")
    python_logging.getLogger("jax._src.distributed").setLevel(python_logging.WARNING)
    atexit.register(_end_at_once)  # before the end that JAX has registered
    if place.coordinator:
        logging.info("process %d of %d, meeting at %s", place.process, place.processes, place[0])
        if place.process == 0:
            _refuse_taken_port(place.coordinator)
    replace_native_errors()
    try:
        jax.config.update("jax_enable_preemption_service", False)  # it would take SIGTERM from us
        jax.distributed.initialize(
            *place,
            cluster_detection_method="deactivate" if place.coordinator else None,
            heartbeat_timeout_seconds=BEAT,
        )
    except (AttributeError, TypeError):
        raise UserError(
            f"several processes need a newer JAX than {jax.__version__}; tried with 0.10"
        ) from None
    except (RuntimeError, ValueError) as error:
        raise UserError(_not_joined(place, error)) from None
    _joined[:] = [place]
    if not first():
        logging.set_verbosity(logging.WARNING)
    logging.info("%d processes train together", count())


def _refuse_taken_port(coordinator):
    """JAX crashes on a port that another program has."""
    port = int(coordinator.rpartition(":")[2])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise UserError(
                f"--coordinator={coordinator}: port {port} cannot be had here ({error.strerror}); "
                "give all processes another"
            ) from None


def _not_joined(place, error):
    if place.coordinator is None:
        return (
            f"--processes={AUTO} finds no cluster here ({error}); give --coordinator=HOST:PORT, "
            "--processes=N and --process=I"
        )
    return f"cannot join the other processes at {place.coordinator}: {error}"


def _end_at_once():
    """End after an error. JAX' own end would wait for the others and then abort."""
    if _status_at_once:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status_at_once[0])


def count() -> int:
    """How many processes compute together."""
    return _jax().process_count() if _joined else 1


def index() -> int:
    """The number of this process, from 0 on."""
    return int(_jax().process_index()) if _joined else 0


def first() -> bool:
    """Whether this process is the one that writes."""
    return index() == 0


def _jax():
    import jax

    return jax


def largest(value: int) -> Any:
    """The largest value among all processes, as an int32 scalar that is there once it is read.

    All processes must call it in the same places.
    """
    if not _joined:
        return value
    from inpaint_tf.engines.jax_engine import largest_of_all

    return largest_of_all(value)


def refuse_unlike(**values: Any) -> None:
    """Raise `UserError` where a value, by its bytes or text, is not the same in all processes.

    The message names it. All processes must call it in the same places.
    """
    if not _joined:
        return
    for name, value in values.items():
        content = value if isinstance(value, bytes) else str(value).encode()
        found = zlib.crc32(content) >> 1  # an int32 holds it
        if int(largest(found)) != found or -int(largest(-found)) != found:
            raise UserError(
                f"the processes of this run differ in: {name.replace('_', ' ')}; give all the same "
                "command and the same pictures"
            )


def take_values_of_first(variables: Iterable[Any]) -> None:
    """Give `keras.Variable`s the values that they have in the first process, bit for bit.

    All processes must call it in the same places, with variables of the same shapes.
    """
    if not _joined:
        return
    from jax.experimental.multihost_utils import broadcast_one_to_all

    variables = list(variables)
    values = [np.asarray(variable.value) for variable in variables]
    # As bytes: the numbers are summed over the processes, and -0.0 + 0.0 is 0.0.
    sent = broadcast_one_to_all(np.frombuffer(b"".join(v.tobytes() for v in values), np.uint8))
    start = 0
    for variable, value in zip(variables, values, strict=True):
        part = np.asarray(sent)[start : start + value.nbytes]
        variable.assign(np.frombuffer(part.tobytes(), value.dtype).reshape(value.shape))
        start += value.nbytes
