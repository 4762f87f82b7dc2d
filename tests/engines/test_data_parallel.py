"""Devices that share batches give what one device gives. JAX simulates them on a CPU."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError

ROOT = Path(__file__).parents[2]
SETTINGS = [
    "--config=quickstart",
    "--config.data.size=32",
    "--config.data.batch_size=4",
    "--config.data.test_count=2",
    "--config.masks.size=16",
    "--config.masks.max_shrink=2",
    "--config.masks.per_image",
    "--config.generator.width=4",
    "--config.critics.width=8",
    "--config.train.critic_updates=1",
    "--config.train.reconstruction_steps=0",
    "--config.train.log_every=1",
    "--config.train.validate_every=2",
]


def train(pictures, workdir, *more, devices=4):
    environment = os.environ | {
        "KERAS_BACKEND": "jax",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    return subprocess.run(
        [
            *(sys.executable, "train.py", *SETTINGS, f"--config.data.train={pictures}"),
            *(f"--workdir={workdir}", *more),
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def losses(workdir):
    with open(workdir / "metrics.csv", newline="") as file:
        return [float(row["g_loss"]) for row in csv.DictReader(file)]


def test_four_devices_give_what_one_gives(pictures, tmp_path):
    steps = "--config.train.steps=2"
    one, four = tmp_path / "one", tmp_path / "four"
    for workdir, count in ((one, "1"), (four, "auto")):
        ended = train(pictures, workdir, steps, f"--data_parallel={count}")
        assert ended.returncode == 0, ended.stderr
    assert "4 devices share each batch of 4 pictures" in ended.stderr
    np.testing.assert_allclose(losses(four), losses(one), rtol=1e-4)
    files = [f / "checkpoints/step_00000002/generator.weights.h5" for f in (one, four)]
    with h5py.File(files[0]) as expected, h5py.File(files[1]) as found:
        for layer in expected:
            if "kernel" in expected[layer]:
                kernels = (file[layer]["kernel"][()] for file in (found, expected))
                np.testing.assert_allclose(*kernels, atol=1e-4)


def test_what_cannot_be_shared_is_told(pictures, tmp_path):
    ended = train(pictures, tmp_path / "run", "--data_parallel=3")
    assert ended.returncode == 1
    assert "does not divide --config.data.batch_size=4" in ended.stderr
    ended = train(pictures, tmp_path / "run", "--data_parallel=4", devices=2)
    assert "error: --data_parallel=4, but JAX sees 2 here" in ended.stderr


@pytest.mark.parametrize(
    ("asked", "message"),
    [("many", "auto or a number"), ("0", "auto or a number"), ("2", "set KERAS_BACKEND=jax")],
)
def test_tensorflow_leaves_it_to_jax(asked, message):
    with pytest.raises(UserError, match=message):
        runtime.share_batches(asked, 4)


def test_one_device_shares_nothing():
    assert runtime.share_batches("auto", 4) == runtime.share_batches("1", 4) == 1
