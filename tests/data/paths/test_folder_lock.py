"""A folder has one user at a time, and a crash does not leave it locked."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inpaint_tf.data.paths import file_lock
from inpaint_tf.data.paths.folder_lock import LOCK_FILE, locked
from inpaint_tf.errors import UserError

HOLD = """
import sys, time
from inpaint_tf.data.paths.folder_lock import locked
with locked(sys.argv[1], "--workdir"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_is_told_who_holds_it_and_a_kill_frees_it(tmp_path, holder):
    told = (
        rf"in use by process {holder.pid} on {socket.gethostname()} since 20\d\d-\d\d-\d\d \d\d:"
        r".* choose another --workdir"
    )
    with pytest.raises(UserError, match=told), locked(tmp_path, "--workdir"):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / LOCK_FILE).exists()  # nobody could remove it
    with locked(tmp_path, "--workdir"):
        assert json.loads((tmp_path / LOCK_FILE).read_text())["process"] == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_the_same_program_does_not_get_it_twice(tmp_path):
    again = locked(tmp_path, "--output")
    told = pytest.raises(UserError, match=f"in use by process {os.getpid()} on")
    with locked(tmp_path, "--output"), told, again:
        pass
    with locked(tmp_path, "--output"):
        pass


@pytest.fixture
def without_locks(monkeypatch):
    """A file system that has no locks."""

    def refuse(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(file_lock.fcntl, "flock", refuse)


@pytest.mark.parametrize(
    ("owner", "in_use"),
    [
        ({"host": socket.gethostname(), "process": os.getppid(), "since": "2026"}, True),
        ({"host": socket.gethostname(), "process": 2**22 + 1, "since": "2026"}, False),
        ({"host": "another", "process": 1, "since": "2026"}, True),
        ({"host": socket.gethostname(), "process": os.getpid(), "since": "2026"}, False),
        ([1], False),
        ({}, False),
    ],
)
def test_without_locks_the_file_is_believed_as_far_as_it_can_be_checked(
    tmp_path, without_locks, owner, in_use
):
    (tmp_path / LOCK_FILE).write_text(json.dumps(owner))
    if in_use:
        with pytest.raises(UserError, match="in use by process"), locked(tmp_path, "--workdir"):
            pass
    else:
        with locked(tmp_path, "--workdir"):
            pass


def test_a_lock_that_was_removed_meanwhile_is_taken_anew(tmp_path, monkeypatch):
    answers = iter([False, True])
    monkeypatch.setattr(file_lock, "_is_at", lambda *_: next(answers))
    with locked(tmp_path, "--workdir"):
        assert (tmp_path / LOCK_FILE).exists()
