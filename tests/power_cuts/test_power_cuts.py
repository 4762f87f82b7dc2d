"""A few kills of the quick commands; `python -m power_cuts` kills all of them, 20 times each.

That a killed training ends in the same weights is in tests/commands/test_train_command.py.
"""

import subprocess
import sys
from pathlib import Path

from power_cuts.__main__ import compare

TESTS = Path(__file__).parents[1]


def test_killed_commands_end_in_the_same_bytes():
    ended = subprocess.run(
        [sys.executable, "-m", "power_cuts", "sample-faces", "pack", "--kills=2"],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    assert ended.stdout.count(": 2 kills, 1 runs ended, 0 unlike\n") == 2


def test_what_differs_is_told():
    whole = {"a": b"1", "b": b"2"}
    assert compare("pack", whole, {"a": b"1", "b": b"2"}, 3) == []
    assert compare("pack", whole, {"a": b"0", ".x.tmp": b""}, 3) == [
        f"pack after 3: {name} differs" for name in (".x.tmp", "a", "b")
    ]
