"""What is odd about a machine's Keras, processes and devices is told in one line."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError

ROOT = Path(__file__).parents[2]
OURS = ("KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS")


def run(program, **variables):
    inherited = {key: value for key, value in os.environ.items() if key not in OURS}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


TELLS = """
from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError
try:
    runtime.load_engine()
    import keras
    print(keras.backend.backend(), keras.config.image_data_format(), keras.config.floatx())
except UserError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("settings", "variables", "line"),
    [
        ({}, {"KERAS_BACKEND": "theano"}, "KERAS_BACKEND=theano is no engine of Keras; set it to"),
        ({"backend": "theano"}, {}, "keras.json names a backend that Keras does not have; set"),
        (
            {"backend": "tensorflow", "image_data_format": "channels_first", "floatx": "float16"},
            {},
            "tensorflow channels_last float32",
        ),
    ],
)
def test_an_old_keras_json_and_odd_backends(settings, variables, line, tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"floatx": "float32", **settings}))
    told = run(TELLS, KERAS_HOME=str(tmp_path), **variables)
    assert line in told.stdout, told.stderr


HIDES = """
import os
from inpaint_tf.engines.runtime import _native_stderr_hidden
with _native_stderr_hidden():
    os.write(2, b"F0000 check failed: the driver is too old\\n")
    {inside}
os.write(2, b"after\\n")
"""


def test_what_a_library_says_before_it_aborts_is_shown():
    died = run(HIDES.format(inside="os.abort()"))
    assert died.returncode != 0
    assert died.stderr.count("F0000 check failed: the driver is too old") == 1


def test_what_a_library_says_otherwise_is_hidden():
    ended = run(HIDES.format(inside="pass"))
    assert (ended.returncode, ended.stderr) == (0, "after\n")


def test_a_forked_child_is_told_at_once():
    told = run(
        """
import os, sys
import numpy as np
import inpaint_tf
inpainter = inpaint_tf.Inpainter.load(device="cpu")
image, mask = np.zeros((16, 16, 3), np.uint8), np.eye(16, dtype=np.uint8)
if os.fork() == 0:
    for use in (lambda: inpainter.complete(image, mask), lambda: inpaint_tf.Inpainter.load()):
        try:
            use()
        except inpaint_tf.errors.UserError as error:
            print(error, flush=True)
    os._exit(0)
os.wait()
"""
    )
    line = "TensorFlow hangs in a forked process; start processes by"
    assert [found[: len(line)] for found in told.stdout.splitlines()] == [line, line], told.stderr


class Engine:
    """Stands in for an engine that computes on a device already."""

    def __init__(self, device):
        self.device = device

    def choose_device(self, device):
        return self.device

    def runs_on_metal(self):
        return False


@pytest.mark.parametrize(("asked", "used"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_a_device_that_cannot_be_had_any_more_is_refused(asked, used, monkeypatch):
    from inpaint_tf.engines import active_engine

    monkeypatch.setattr(active_engine, "engine", Engine(used))
    with pytest.raises(UserError, match=f"device={asked}, but .* on the {used} already, and Ten"):
        runtime.configure(asked, "float32")
    assert runtime.configure("auto", "float32") == (used, "float32")


def test_where_it_computes_is_said_once_for_several_networks(monkeypatch, caplog):
    monkeypatch.setattr(runtime, "_told", [])
    caplog.set_level("INFO", logger="absl")
    for precision in ("float32", "float32", "mixed_bfloat16"):
        with runtime.layers_in("float32"):
            runtime.configure("cpu", precision)
    lines = [line for line in caplog.messages if " on the cpu" in line]
    assert [line.rpartition(" ")[2] for line in lines] == ["float32", "mixed_bfloat16"]


COMPLETES = """
import numpy as np
from inpaint_tf.inference.inpainter import Inpainter
mask = np.zeros((64, 48), bool)
mask[20:40, 20:40] = True
inpainter = Inpainter.load("faces256", device="cpu")
print(inpainter.complete(np.zeros((64, 48, 3), np.uint8), mask).shape)
"""


@pytest.mark.skipif(platform.machine() not in runtime.X86, reason="oneDNN is chosen on x86 alone")
@pytest.mark.parametrize(("chosen", "used"), [({}, "1"), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "0")])
def test_completing_by_onednn_prints_nothing(chosen, used):
    told = run(
        "from inpaint_tf.engines import runtime; runtime.prefer_onednn()"
        + COMPLETES
        + "import os; print(os.environ['TF_ENABLE_ONEDNN_OPTS'])",
        **chosen,
    )
    assert told.stdout.split("\n")[:2] == ["(64, 48, 3)", used]
    assert "oneDNN" not in told.stderr
