"""Checkpoints as TensorFlow 1's Saver writes them for the published 2018 code."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators, original_names
from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic
from inpaint_tf.weights import generator_file, locate


def save(folder, values, step=0):
    """Write variables with TensorFlow 1's own Saver; returns the prefix."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = [
            tf.compat.v1.get_variable(name, initializer=value) for name, value in values.items()
        ]
        session.run(tf.compat.v1.global_variables_initializer())
        assert {variable.op.name for variable in variables} == set(values)
        saver = tf.compat.v1.train.Saver(variables)
        return saver.save(session, str(folder / "snap"), global_step=step)


@pytest.fixture(scope="module")
def networks():
    return (
        generators.build("contextual_attention", 4),
        build_local_critic((16, 16), 8),
        build_global_critic((32, 32), 8),
    )


@pytest.fixture
def values(networks):
    """What a released checkpoint holds: all networks, Adam's averages, the step and the rate."""
    variables = original_names.variables_by_original_name(*networks)
    values = {name: np.asarray(variable) for name, variable in variables.items()}
    slots = {
        f"{name}/{slot}": value for name, value in values.items() for slot in ("Adam", "Adam_1")
    }
    return {**values, **slots, "beta1_power": np.float32(0.5), "global_step": np.int32(7)}


def outputs(generator, picture, mask):
    found = generator([picture, mask])
    return [np.asarray(found[stage]) for stage in ("coarse", "refined")]


def test_a_checkpoint_works_on_red_green_blue(networks, values, tmp_path):
    prefix = save(tmp_path, values)
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 32, 40, 3)).astype("float32")
    mask = np.zeros((1, 32, 40, 1), "float32")
    mask[:, 8:24, 8:24] = 1
    picture = picture * (1 - mask)
    expected = outputs(networks[0], picture[..., ::-1], mask)
    for path in (tmp_path, prefix, prefix + ".index"):
        assert str(locate.find_weights(path)) == str(path)
        loaded, settings = generator_file.load_generator(path)
        assert (settings["kind"], settings["width"]) == ("contextual_attention", 4)
        for found, stage in zip(outputs(loaded, picture, mask), expected, strict=True):
            np.testing.assert_allclose(found, stage[..., ::-1], atol=1e-5)


def test_a_folder_means_its_latest_checkpoint(networks, values, tmp_path):
    only = {name: value for name, value in values.items() if name.startswith("inpaint_net/")}
    save(tmp_path, only, step=1)
    later = {name: value + 1 for name, value in only.items()}
    prefix = save(tmp_path, later, step=2)
    import os

    os.utime(prefix + ".index", (2e9, 2e9))
    loaded, _ = generator_file.load_generator(tmp_path)
    name = "inpaint_net/conv2_downsample/kernel"
    np.testing.assert_array_equal(loaded.get_layer("conv2_downsample").kernel, later[name])


def test_another_networks_checkpoint_is_a_line(tmp_path):
    save(tmp_path, {"vgg/conv1/kernel": np.ones((3, 3), "float32")})
    with pytest.raises(UserError, match=r"no generator of the 2018 code .* but vgg/conv1/kernel"):
        generator_file.load_generator(tmp_path)


def test_every_variable_is_needed_and_known(values, tmp_path):
    (tmp_path / "less").mkdir()
    less = {name: value for name, value in values.items() if "conv17" not in name}
    save(tmp_path / "less", less)
    with pytest.raises(UserError, match="no allconv17/bias"):
        generator_file.load_generator(tmp_path / "less")
    (tmp_path / "more").mkdir()
    save(tmp_path / "more", {**values, "inpaint_net/gate/kernel": np.ones(3, "float32")})
    with pytest.raises(UserError, match="an unknown gate/kernel"):
        generator_file.load_generator(tmp_path / "more")


def test_a_damaged_checkpoint_is_a_line(values, tmp_path):
    prefix = save(tmp_path, values)
    with open(prefix + ".index", "r+b") as file:
        file.truncate(100)
    with pytest.raises(UserError, match="damaged TensorFlow checkpoint"):
        generator_file.load_generator(tmp_path)


def test_convert_writes_what_is_read(values, tmp_path):
    prefix, output = save(tmp_path, values), tmp_path / "ours.weights.h5"
    command = [sys.executable, "-m", "inpaint_tf", "convert"]
    command += [f"--weights={prefix}", f"--output={output}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "contextual_attention, width 4" in done.stdout
    (read, _), (converted, settings) = (
        generator_file.load_generator(path) for path in (prefix, output)
    )
    assert settings["kind"] == "contextual_attention"
    for found, expected in zip(converted.get_weights(), read.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "is there already; choose another --output or add --overwrite" in again.stderr
