"""One line where JAX' runtime aborts a process whose companions have gone.

It does so in C++, where Python can catch nothing, and prints a stack of addresses. What libraries
write to stderr therefore passes a small shell, which outlives the process.
"""

import os
import subprocess
import sys

LOST = (
    "another process of this run has ended or cannot be reached; its own last lines say why; run "
    "the same command again on all, which goes on from the last checkpoint"
)

_FILTER = f"""
told=
while IFS= read -r line; do
    case "$line" in
        *"JAX distributed service detected fatal errors"*)
            [ "$told" ] || printf '%s\\n' 'error: {LOST}' >&2
            told=1 ;;
        *coordination_service*) ;;
        *) [ "$told" ] || printf '%s\\n' "$line" >&2 ;;
    esac
done
"""


def replace_native_errors() -> None:
    """Let the rest of this process' native stderr pass the filter; Python's own goes around it."""
    sys.stderr.flush()
    own = os.dup(2)
    try:
        # A session of its own: Ctrl-C is for this process.
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _FILTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:  # without a shell the stack of addresses is better than nothing
        os.close(own)
        return
    assert keeper.stdin is not None
    os.dup2(keeper.stdin.fileno(), 2)
    keeper.stdin.close()
    keeper.returncode = 0  # it ends after this process: nobody waits for it
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
