"""Small training runs by train.py on several devices, and what two of them must have in common."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

from inpaint_tf.training.loop import SPEEDS

ROOT = Path(__file__).parents[1]
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
    "--config.train.steps=3",
    "--config.train.log_every=1",
    # The critics' last biases have gradients that are zero but for rounding. With the usual 1e-8
    # Adam makes whole steps of them.
    "--config.optimizer.epsilon=1e-4",
    "--config.train.validate_every=2",
    "--precision=float32",
]
TENSORFLOW_DEVICES = """
import runpy, sys
import tensorflow as tf
devices = [tf.config.LogicalDeviceConfiguration()] * int(sys.argv.pop(1))
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], devices)
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def train(pictures, workdir, *more, devices=4, engine="jax"):
    """Run train.py where the engine sees so many devices, all of them this CPU."""
    environment = os.environ | {
        "KERAS_BACKEND": engine,
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    start = ["-c", TENSORFLOW_DEVICES, str(devices)] if engine == "tensorflow" else []
    return subprocess.run(
        [
            *(sys.executable, *start, "train.py", *SETTINGS, f"--config.data.train={pictures}"),
            *(f"--workdir={workdir}", *more),
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_alike(found, expected):
    """Two runs' numbers of each step and their last weights are equal but for rounding."""
    with open(found / "metrics.csv") as one, open(expected / "metrics.csv") as other:
        for row, wanted in zip(csv.DictReader(one), csv.DictReader(other), strict=True):
            for name in row.keys() - {"phase", *SPEEDS}:
                numbers = [float(values[name] or 0) for values in (row, wanted)]
                np.testing.assert_allclose(*numbers, rtol=1e-5, atol=1e-7, err_msg=name)
    file = "checkpoints/step_00000003/trainer.weights.h5"
    weights, wanted = arrays(found / file), arrays(expected / file)
    assert weights.keys() == wanted.keys()
    for name, weight in weights.items():
        # Moments are of gradients, in which a pixel of an L1 changes its sign at rounding's mercy.
        near = 1e-4 if "optimizer" in name else 1e-6
        # Statistics are sums of activations that every layer before them has rounded.
        share = 1e-5 if "batch_norm" in name else 2e-6
        np.testing.assert_allclose(weight, wanted[name], rtol=share, atol=near, err_msg=name)


def arrays(path):
    """{name: array} of an HDF5 file."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return found
