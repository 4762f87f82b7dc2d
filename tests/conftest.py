"""What all tests share: quiet TensorFlow on the CPU, real faces where there are some, pictures."""

import os
import sys
import textwrap
from pathlib import Path

# Before anything imports TensorFlow or JAX: results and tolerances here are a CPU's.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if "PYTEST_XDIST_WORKER" in os.environ:  # the workers fill the cores already
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import cv2
import numpy as np
import pytest
from absl import logging


def pytest_configure():
    """Hide a Mac's GPU, for which there is no environment variable."""
    if sys.platform == "darwin":
        import tensorflow as tf

        tf.config.set_visible_devices([], "GPU")


@pytest.fixture(scope="session")
def faces():
    """The folder of real faces: train/ and val/ with JPEGs, named by INPAINT_TF_FACES."""
    folder = os.environ.get("INPAINT_TF_FACES")
    if not folder:
        pytest.skip("INPAINT_TF_FACES names no folder of real faces (train/ and val/)")
    return Path(folder)


@pytest.fixture(autouse=True)
def fresh_log(monkeypatch):
    """What an earlier test set or counted (`log_first_n`) does not keep lines from a later one."""
    before = logging.get_verbosity()
    monkeypatch.setattr(logging, "_log_counter_per_token", {})
    yield
    logging.set_verbosity(before)


@pytest.fixture
def pictures(tmp_path):
    """A folder of six smooth RGB pictures, 0.png to 5.png, 64x64, the same in every run."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(6):
        cv2.imwrite(str(folder / f"{index}.png"), smooth_picture(rng, 64, 64))
    return folder


def smooth_picture(rng, height, width):
    """A random picture without fine detail: uint8 (height, width, 3), using 0 to 255."""
    coarse = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


@pytest.fixture
def new_file(tmp_path, monkeypatch):
    """Writes a module that can be imported, as a new file of the package would be."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return write
