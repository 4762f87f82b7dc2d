"""How much memory completing a picture takes, and how much there is."""

import os
from pathlib import Path

from inpaint_tf.errors import UserError
from inpaint_tf.networks.layers.attention_memory import EXTRA_ROWS, LEAST_ROWS, SCORE_BYTES

SCORE_COPIES = 6
"""Score matrices, or blocks of one, alive at once. With `ACTIVATION_BYTES` the estimate is 0 to
30 % above the measured peaks of TensorFlow on a CPU (512x512: 0.47 GB; 1024x1024: 2.05 GB)."""

ACTIVATION_BYTES = 6 * 32 * 4
"""Per picture pixel: six feature maps of 32 float32 channels alive at once."""

CGROUP = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")


def completion_bytes(
    height: int, width: int, batch_size: int = 1, score_bytes: int | None = SCORE_BYTES
) -> int:
    """Bytes that completing a batch of pictures takes at its peak, roughly.

    Contextual attention compares every position with every other at an eighth of the resolution:
    doubling the sides takes 16 times the memory, until `score_bytes` are reached.

    score_bytes: the attention's limit; None for a generator without attention.
    """
    activations = batch_size * height * width * ACTIVATION_BYTES
    if score_bytes is None:
        return activations
    rows, columns = -(-height // 8), -(-width // 8)
    row = batch_size * rows * columns**2 * 4  # bytes of scores
    held = rows * row
    if held > score_bytes:
        held = max(score_bytes, (EXTRA_ROWS + min(LEAST_ROWS, rows + 1)) * row)
    return held * SCORE_COPIES + activations


def fitting_batch_size(
    height: int,
    width: int,
    batch_size: int,
    available: int | None,
    score_bytes: int | None = SCORE_BYTES,
) -> int:
    """`batch_size`, halved until a batch of such pictures fits into `available` bytes (None: any).

    Raises `UserError` if not even one picture fits.
    """
    if available is None:
        return batch_size
    while completion_bytes(height, width, batch_size, score_bytes) > available:
        if batch_size == 1:
            raise too_large(height, width, available, score_bytes)
        batch_size //= 2
    return batch_size


def too_large(
    height: int,
    width: int,
    available: int | None = None,
    score_bytes: int | None = SCORE_BYTES,
) -> UserError:
    """The UserError of a picture that does not fit into the memory."""
    there_is = "" if available is None else f" and {available / 1e9:.1f} GB are free"
    return UserError(
        f"a picture of {width}x{height} pixels needs about "
        f"{completion_bytes(height, width, 1, score_bytes) / 1e9:.1f} GB of memory{there_is}; make "
        "the picture smaller (test.py: leave --size=native out), or use a machine with more memory"
    )


def available_bytes() -> int | None:
    """Bytes that a process may still take, within the limit of its container; None if unknown."""
    limits = [limit for limit in (_meminfo_available(), _cgroup_available()) if limit is not None]
    if limits:
        return min(limits)
    if "SC_PHYS_PAGES" in os.sysconf_names:  # macOS tells only how much is built in
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _meminfo_available():
    if not MEMINFO.exists():
        return None
    for line in MEMINFO.read_text().splitlines():
        name, value = line.split(":", 1)
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return None


def _cgroup_available():
    limit, used = CGROUP / "memory.max", CGROUP / "memory.current"
    if not (limit.exists() and used.exists()) or limit.read_text().strip() == "max":
        return None
    taken = int(used.read_text()) - _cgroup_reclaimable()
    return max(0, int(limit.read_text()) - taken)


def _cgroup_reclaimable():
    """Bytes of files that were read and are not in use: the system drops them when it must."""
    stat = CGROUP / "memory.stat"
    for line in stat.read_text().splitlines() if stat.exists() else ():
        name, _, value = line.partition(" ")
        if name == "inactive_file":
            return int(value)
    return 0
