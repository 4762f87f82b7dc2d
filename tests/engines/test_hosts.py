"""Two processes that train together give what one gives, stop together, and survive a kill."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from small_runs import ROOT, SETTINGS, arrays, assert_alike, train

from inpaint_tf.engines import hosts
from inpaint_tf.engines.lost_process import LOST
from inpaint_tf.engines.place import Place, find_place
from inpaint_tf.errors import UserError

WITHOUT_CRITICS = [  # which take long to compile
    "--config.train.reconstruction_steps=8",
    "--config.train.steps=0",
    "--config.train.checkpoint_every=2",
    "--config.train.validate_every=100",
]
LAST = "checkpoints/step_00000008/trainer.weights.h5"


def start(pictures, workdir, *more):
    """The two processes of a run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        *(sys.executable, "train.py", *SETTINGS, *more, f"--config.data.train={pictures}"),
        *(f"--workdir={workdir}", f"--coordinator={address}", "--processes=2"),
    ]
    return [
        subprocess.Popen(
            [*command, f"--process={number}"],
            cwd=ROOT,
            env=os.environ | {"KERAS_BACKEND": "jax"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]


def end(processes):
    """[(status, stdout, stderr)] of processes, once both have ended."""
    ended = [process.communicate(timeout=300) for process in processes]
    return [(process.returncode, *texts) for process, texts in zip(processes, ended, strict=True)]


def run(*arguments):
    ended = end(start(*arguments))
    assert [status for status, _, _ in ended] == [0, 0], ended
    return ended


def interrupt(processes, checkpoint, number, sent):
    """Send one of the two processes a signal once `checkpoint` is there; what they then do.

    Returns [(status, stdout, stderr)], and the seconds until both had ended.
    """
    until = time.monotonic() + 240
    while not checkpoint.exists():
        assert all(process.poll() is None for process in processes), end(processes)
        assert time.monotonic() < until
        time.sleep(0.01)
    processes[number].send_signal(sent)
    sent_at = time.monotonic()
    return end(processes), time.monotonic() - sent_at


def test_two_processes_give_what_one_gives(pictures, tmp_path):
    ended = train(pictures, tmp_path / "one", devices=1)
    assert ended.returncode == 0, ended.stderr
    (_, said, told), (_, said_by_other, told_by_other) = run(pictures, tmp_path / "two")
    assert "2 devices share each batch of 4 pictures" in told
    assert "finished 3 steps" in said
    assert "finished" not in said_by_other
    assert "step/s" not in told_by_other
    assert_alike(tmp_path / "two", tmp_path / "one")
    assert len(list((tmp_path / "two").glob("*.v2"))) == 2  # as one process writes


def test_what_ends_one_process_ends_both_and_changes_nothing(pictures, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run(pictures, whole, *WITHOUT_CRITICS)
    arguments = (pictures, parts, *WITHOUT_CRITICS)

    killed = interrupt(start(*arguments), parts / "checkpoints/step_00000002", 1, signal.SIGKILL)
    ((status, _, told), _), seconds = killed
    assert seconds < 60
    assert status == 1
    assert re.findall(r"^error: .*", told, re.MULTILINE) == [f"error: {LOST}"]
    assert "Traceback" not in told

    stopped, _ = interrupt(
        start(*arguments), parts / "checkpoints/step_00000004", 1, signal.SIGTERM
    )
    assert [status for status, _, _ in stopped] == [128 + signal.SIGTERM] * 2
    assert "and saved; the same command goes on" in stopped[0][1]

    run(*arguments)
    expected, found = arrays(whole / LAST), arrays(parts / LAST)
    assert expected.keys() == found.keys()
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("node1:1234", "two", 0), "--processes=two must be a whole number from 1 on"),
        (("node1:1234", 2, 2), "--process=2 must be less than --processes=2"),
        (("node1:1234", 2, "-1"), "--process=-1 must be a whole number from 0 on"),
        (("node1:1234", 2, None), "--process is missing"),
        (("node1:1234", None, 0), "--processes is missing"),
        ((None, 2, 0), "--coordinator is missing"),
        (("node1", 2, 0), "--coordinator=node1 must be HOST:PORT"),
        (("node1:99999", 2, 0), "must be HOST:PORT"),
        (("node1:1234", "auto", None), "finds --coordinator and --process itself"),
    ],
)
def test_a_wrong_place_is_told(given, message):
    with pytest.raises(UserError, match=message):
        find_place(*given)


def test_the_environment_says_what_flags_do_not(monkeypatch):
    assert find_place() is find_place(None, 1, None) is None
    monkeypatch.setenv("JAX_COORDINATOR_ADDRESS", "node1:1234")
    monkeypatch.setenv("JAX_NUM_PROCESSES", "4")
    monkeypatch.setenv("JAX_PROCESS_ID", "0")
    assert find_place() == ("node1:1234", 4, 0)
    assert find_place("node2:80", "8", "7") == ("node2:80", 8, 7)
    assert find_place(processes="auto") == (None, None, None)


def test_tensorflow_trains_alone():
    with pytest.raises(UserError, match="several processes need JAX"):
        hosts._join(Place("node1:1234", 2, 0))
    assert (hosts.count(), hosts.index(), hosts.largest(3)) == (1, 0, 3)


ABORTS = r"""
import os, sys
from inpaint_tf.engines.lost_process import replace_native_errors
replace_native_errors()
os.write(2, b"a warning of a library\n")
print("a line of ours", file=sys.stderr)
os.write(2, b"E1126 12 coordination_service_agent.cc:289] Polled an error\n")
os.write(2, b"F1126 12 because the JAX distributed service detected fatal errors\n  @ 0x7f\n")
os.abort()
"""


def test_an_abort_of_the_runtime_is_one_line():
    ended = subprocess.run(
        [sys.executable, "-c", ABORTS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGABRT
    expected = ["a line of ours", "a warning of a library", f"error: {LOST}"]
    assert sorted(ended.stderr.splitlines()) == expected
