"""Runs the worker of one kind of file, and again after each file that ends it."""

import os
import selectors
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
SILENCE = 180
"""Seconds without a line after which the worker counts as hanging, also on a slow machine."""


def fuzz(kind, seed, first, count):
    """(failures, most memory in MB) of files `first` to `first + count - 1` of a kind."""
    failures, most, end = [], 0, first + count
    while first < end:
        lines, status = _work(kind, seed, first, end - first)
        failures += [line for line in lines if line.startswith("FAIL")]
        most = max(most, *(int(line.split()[1]) // 1024 for line in lines if "END" in line[:3]), 0)
        begun = [int(line.split()[1]) for line in lines if line.startswith("BEGIN")]
        if status == 0:
            break
        if not begun:
            raise RuntimeError(f"the worker of {kind} did not begin: {status}")
        failures.append(f"FAIL {begun[-1]} ended by {status}")
        first = begun[-1] + 1
    return failures, most


def _work(kind, seed, first, count):
    """(lines that a worker printed, 0 or why it ended)."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "fuzz.worker", kind, *map(str, (seed, first, count)), folder],
            cwd=TESTS,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(
                    [str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", "")]
                ),
                "CUDA_VISIBLE_DEVICES": "-1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process, selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            lines = []
            while selector.select(SILENCE):
                line = process.stdout.readline()
                if not line:
                    break
                lines.append(line.strip())
            else:
                process.kill()
                return lines, f"{SILENCE} s without a sign"
        status = process.returncode
        reasons = {-27: "20 s of computing", -9: "a kill, for memory perhaps"}
        return lines, reasons.get(status, f"status {status}") if status else 0
