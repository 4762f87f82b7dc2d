"""Where a process stands among those of its run, by flags and environment variables."""

import os
from typing import Any, NamedTuple

from inpaint_tf.errors import UserError

AUTO = "auto"


class Place(NamedTuple):
    """Where a process stands: the address of the first, how many there are, its own number.

    All are None where JAX finds them itself.
    """

    coordinator: str | None
    processes: int | None
    process: int | None


def find_place(
    coordinator: str | None = None, processes: Any = None, process: Any = None
) -> Place | None:
    """The `Place` of this process, or None where it trains alone.

    coordinator: "HOST:PORT" of the first process. processes: their number, or "auto" for what JAX
      finds of SLURM, Open MPI or Kubernetes. process: from 0 to processes - 1.
    What is None is taken from JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and JAX_PROCESS_ID.

    Raises `UserError` for what is no such number or address, and for what is missing.
    """
    given = os.environ.get
    if str(processes) == AUTO:
        if coordinator or process is not None:
            raise UserError(f"--processes={AUTO} finds --coordinator and --process itself")
        return Place(None, None, None)
    if processes is None and (coordinator or process is not None):
        processes = given("JAX_NUM_PROCESSES") or _missing("--processes")
    processes = _number(processes or given("JAX_NUM_PROCESSES") or 1, "--processes", 1)
    if processes == 1:
        return None
    process = given("JAX_PROCESS_ID") if process is None else process
    process = _number(_missing("--process") if process is None else process, "--process", 0)
    if process >= processes:
        raise UserError(
            f"--process={process} must be less than --processes={processes}: they count from 0"
        )
    coordinator = coordinator or given("JAX_COORDINATOR_ADDRESS") or _missing("--coordinator")
    host, _, port = coordinator.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 2**16:
        raise UserError(
            f"--coordinator={coordinator} must be HOST:PORT of the first process, such as "
            "node1:12345"
        )
    return Place(coordinator, processes, process)


def _missing(flag: str) -> Any:
    raise UserError(
        f"{flag} is missing: several processes need --coordinator=HOST:PORT, --processes=N and "
        "--process=I (or JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and JAX_PROCESS_ID)"
    )


def _number(text: Any, flag: str, least: int) -> int:
    if not str(text).isdigit() or int(text) < least:
        raise UserError(f"{flag}={text} must be a whole number from {least} on")
    return int(text)
