"""The same step on TensorFlow and on JAX, and on JAX where there is no TensorFlow."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inpaint_tf.networks import efficientnet_lite0, face_landmarks

pytest.importorskip("jax", reason="the extra 'jax' is not installed")

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_TENSORFLOW = "import sys; sys.modules['tensorflow'] = None; "


def run(engine, *command):
    """Run Python with `command` on `engine`; returns what it printed."""
    environment = {
        **os.environ,
        "KERAS_BACKEND": engine,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
    }
    finished = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stdout


def read(path):
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def three_iterations(tmp_path_factory):
    """A folder with what both engines make of the same three iterations."""
    return on_both_engines(tmp_path_factory.mktemp("engines"))


def on_both_engines(folder, *arguments):
    for engine in ("tensorflow", "jax"):
        run(engine, "tests/three_iterations.py", str(folder), *arguments)
    return folder


def test_three_iterations_agree(three_iterations):
    check_agreement(three_iterations)


def test_three_iterations_on_shared_pictures_agree(tmp_path):
    # One of the critics' biases has hardly a gradient, whose rounding Adam makes large: 2e-5.
    check_agreement(on_both_engines(tmp_path, "shared"), atol=5e-5)


@pytest.mark.parametrize("arguments", [["partial"], ["shared", "partial"]])
def test_moving_statistics_agree(tmp_path, arguments):
    """JAX has to carry them out of the derivative."""
    folder = on_both_engines(tmp_path, *arguments)
    ours, theirs = (read(folder / f"{name}.npz") for name in ("tensorflow", "jax"))
    assert set(ours) == set(theirs)
    moving = [name for name in ours if "/moving_" in name]
    # 3 and 3 normalisations, two statistics each, of the generator and of its average
    assert len(moving) == 2 * 6 * 2
    for name in moving:
        assert np.abs(ours[name] - float("variance" in name)).min() > 1e-6, name
        np.testing.assert_allclose(theirs[name], ours[name], rtol=1e-3, atol=1e-4, err_msg=name)
    for name in ours:
        if name.startswith(("l1_loss", "ae_loss")):
            np.testing.assert_allclose(theirs[name], ours[name], rtol=1e-4, err_msg=name)


def test_a_row_of_table_1_agrees(tmp_path):
    """One row: all take minutes. The program does the others too."""
    pytest.importorskip(efficientnet_lite0.PACKAGE)
    for engine in ("tensorflow", "jax"):
        run(engine, "tests/table1_iterations.py", str(tmp_path), "aot_sm_patchgan")
    ours, theirs = (read(tmp_path / f"{name}.npz") for name in ("tensorflow", "jax"))
    assert set(ours) == set(theirs)
    assert {f"aot_sm_patchgan/style_loss/{step}" for step in range(3)} < set(ours)
    for name, value in ours.items():
        np.testing.assert_allclose(theirs[name], value, rtol=1e-4, err_msg=name)


LANDMARKS = """
import sys
import numpy as np
from keras import ops
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks import face_landmarks

network = face_landmarks.build_features()
i, j = np.mgrid[0:192, 0:192]
waves = np.stack([np.sin(i / 17) * np.cos(j / 11), np.sin((i + j) / 23), np.cos(i / 9)], -1)
picture = ops.convert_to_tensor(waves[None], "float32")
gradient = engine.input_gradient(lambda x: ops.mean(network(x)[-1]), picture)
np.savez(sys.argv[1], gradient=gradient, landmarks=network(picture)[-1])
"""


def test_the_network_of_faces_agrees(tmp_path):
    if importlib.util.find_spec(face_landmarks.PACKAGE) is None:
        pytest.skip("the weights' package is not installed")
    for engine in ("tensorflow", "jax"):
        run(engine, "-c", LANDMARKS, str(tmp_path / f"{engine}.npz"))
    ours, theirs = (read(tmp_path / f"{name}.npz") for name in ("tensorflow", "jax"))
    assert ours.keys() == theirs.keys() == {"gradient", "landmarks"}
    for name, value in ours.items():
        near = 1e-5 * np.abs(value).max()
        np.testing.assert_allclose(theirs[name], value, rtol=1e-4, atol=near, err_msg=name)


MUON = """
import sys
import keras
import numpy as np
from inpaint_tf.training.optimizers.muon import Muon

rng = np.random.default_rng(0)
draw = lambda: [rng.normal(size=s).astype("float32") for s in ((3, 3, 8, 24), (3, 3, 8, 3), (24,))]
variables = [keras.Variable(values) for values in draw()]
optimizer = Muon(0.01)
optimizer.build(variables)
for _ in range(3):
    optimizer.apply([keras.ops.convert_to_tensor(each) for each in draw()], variables)
np.savez(sys.argv[1], *[np.asarray(variable) for variable in variables])
"""


def test_updates_of_muon_agree(tmp_path):
    for engine in ("tensorflow", "jax"):
        run(engine, "-c", MUON, str(tmp_path / f"{engine}.npz"))
    ours, theirs = (read(tmp_path / f"{name}.npz") for name in ("tensorflow", "jax"))
    assert len(ours) == 3
    for name, value in ours.items():
        np.testing.assert_allclose(theirs[name], value, rtol=1e-5, atol=1e-6, err_msg=name)


def check_agreement(folder, atol=1e-5):
    ours, theirs = (read(folder / f"{name}.npz") for name in ("tensorflow", "jax"))
    assert set(ours) == set(theirs)
    variables = [name for name in ours if name.startswith("variable/")]
    losses = sorted(set(ours) - set(variables))
    assert len(losses) == 3 * 13
    assert len(variables) > 100
    for name in losses:
        # Scores are differences around zero: relative to what they are the difference of.
        near_zero = name.startswith(("critic_", "score_", "g_adversarial"))
        np.testing.assert_allclose(
            theirs[name], ours[name], rtol=1e-4, atol=1e-5 if near_zero else 0, err_msg=name
        )
    for name in variables:
        np.testing.assert_allclose(theirs[name], ours[name], atol=atol, err_msg=name)


@pytest.mark.parametrize("engine", ["tensorflow", "jax"])
def test_checkpoints_of_one_engine_continue_on_the_other(three_iterations, engine):
    from small import small_trainer

    trainer = small_trainer(average=True, seed=1)
    trainer.load_weights(three_iterations / f"{engine}.weights.h5")
    assert int(trainer.step) == 3
    assert int(trainer.critic_optimizer.iterations) == 3 * 2
    expected = read(three_iterations / f"{engine}.npz")
    for i, variable in enumerate(trainer.variables):
        np.testing.assert_array_equal(variable.numpy(), expected[f"variable/{i}/{variable.path}"])


def test_trains_and_completes_without_tensorflow(tmp_path, pictures):
    workdir, packed = tmp_path / "run", tmp_path / "faces.npy"
    run(
        "jax", "-m", "inpaint_tf", "pack", f"--images={pictures}", f"--output={packed}", "--size=32"
    )
    settings = [
        "--config=configs/quickstart.py",
        f"--config.data.train={packed}",
        "--data_on_device",
        "--config.data.test_count=2",
        "--config.data.size=32",
        "--config.data.batch_size=2",
        "--config.masks.size=16",
        "--config.masks.max_shrink=2",
        "--config.generator.width=4",
        "--config.critics.width=8",
        "--config.train.reconstruction_steps=1",
        "--config.train.steps=1",
        "--config.train.critic_updates=1",
        f"--workdir={workdir}",
    ]
    train = "from inpaint_tf.commands.train import cli; cli()"
    out = run("jax", "-c", WITHOUT_TENSORFLOW + train, *settings)
    assert "finished 2 steps" in out
    assert list(workdir.glob("events.out.tfevents*"))
    test = "from inpaint_tf.commands.test import cli; cli()"
    results = tmp_path / "results"
    run(
        *("jax", "-c", WITHOUT_TENSORFLOW + test, f"--images={pictures}", f"--weights={workdir}"),
        *("--masks=center", f"--output={results}"),
    )
    assert len(list(results.glob("[0-9].png"))) == 6


def test_a_missing_engine_is_one_line():
    program = WITHOUT_TENSORFLOW + (
        "from inpaint_tf.commands.parsing.run_command import run_command; "
        "from inpaint_tf.engines import runtime; run_command(lambda _: runtime.configure())"
    )
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert finished.returncode == 1
    assert finished.stderr.splitlines()[-1].startswith("error: tensorflow is not installed")
