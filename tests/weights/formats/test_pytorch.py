"""AOT-GAN's files: every array finds its place, and other networks get a line."""

import numpy as np
import pytest
import pytorch_files

from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators
from inpaint_tf.weights import generator_file, locate


@pytest.fixture
def torch(monkeypatch):
    return pytorch_files.torch_names(monkeypatch)


def state_of(generator):
    """The generator's weights as the published code names them and lays them out."""
    state = {}
    for layer in generator.layers:
        for weight in layer.weights:
            values = np.asarray(weight)
            kind = "weight" if weight.name == "kernel" else weight.name
            state[f"{layer.name}.{kind}"] = (
                values.transpose(3, 2, 0, 1) if kind == "weight" else values
            )
    return state


def test_a_file_of_aot_gan_is_weights(tmp_path, torch):
    generator = generators.build("aot", 8)
    path = tmp_path / "G0000100.pt"
    pytorch_files.write_state(path, state_of(generator), torch)
    assert locate.find_weights(path) == path
    loaded, settings = generator_file.load_generator(path)
    assert (settings["kind"], settings["width"], settings["hole_fill"]) == ("aot", 8, "white")
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 40, 48, 3)).astype("float32")
    mask = np.zeros((1, 40, 48, 1), "float32")
    expected, found = (np.asarray(net([picture, mask])["refined"]) for net in (generator, loaded))
    np.testing.assert_array_equal(found, expected)


def test_every_array_is_used(tmp_path, torch):
    state = state_of(generators.build("aot", 8))
    path = tmp_path / "G.pt"
    pytorch_files.write_state(path, {**state, "extra.weight": np.ones((1, 1, 1, 1))}, torch)
    with pytest.raises(UserError, match="an unknown extra/kernel"):
        generator_file.load_generator(path)
    del state["decoder.4.bias"]
    pytorch_files.write_state(path, state, torch)
    with pytest.raises(UserError, match=r"no decoder\.4/bias"):
        generator_file.load_generator(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("coarse_generator.conv1.conv.weight", r"gen_00430000\.pt .*no allconv11/bias"),
        ("fc.weight", r"no generator that is known here, but fc\.weight"),
    ],
)
def test_other_networks_are_told_in_a_line(tmp_path, torch, name, message):
    path = tmp_path / "gen_00430000.pt"
    pytorch_files.write_state(path, {name: np.ones((4, 5, 5, 5))}, torch)
    with pytest.raises(UserError, match=message):
        generator_file.load_generator(path)
