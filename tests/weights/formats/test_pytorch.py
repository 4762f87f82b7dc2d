"""PyTorch files: every array finds its place, and other networks get a line."""

from pathlib import Path

import numpy as np
import pytest
import pytorch_files

from inpaint_tf import compositing
from inpaint_tf.doctor import conformance_partial
from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators
from inpaint_tf.weights import generator_file, locate

GOLDENS = Path(__file__).parents[2] / "goldens"


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


def test_a_file_of_partial_convolutions_is_weights(tmp_path, torch):
    """The goldens' weights, as the port stores them, give the goldens' picture."""
    with np.load(GOLDENS / "partial_convolution_seed1_compact.npz") as goldens:
        names, expected = goldens[conformance_partial.MARK], goldens["out_eval"]
    network = generators.build("partial_convolution", 64)
    conformance_partial.assign(network, names, seed=1)
    real, mask = conformance_partial.draw_pictures(np.random.default_rng(2001))
    inputs = [compositing.from_imagenet(real * (1.0 - mask)), mask]
    network(inputs, training=True)  # moves the statistics, as the goldens' one step did
    path = tmp_path / "500000.pth"
    state = {"n_iter": np.ones(1, "float32"), **state_of_partial_convolutions(network)}
    pytorch_files.write_state(path, state, torch)
    loaded, settings = generator_file.load_generator(path)
    assert (settings["kind"], settings["width"]) == ("partial_convolution", 64)
    found = compositing.to_imagenet(loaded(inputs, training=False)["refined"])
    check = conformance_partial._outputs("", found, expected)
    assert check.passed, check


def state_of_partial_convolutions(network):
    """Weights as naoto0804's program names them: kernels for sums, and masks' kernels of ones."""
    norm = {"gamma": "weight", "beta": "bias"}
    norm |= {"moving_mean": "running_mean", "moving_variance": "running_var"}
    state = {}
    for layer in network.layers:
        for weight in layer.weights:
            values, name = np.asarray(weight), f"model.{layer.name}"
            if layer.name.endswith(".bn"):
                state[f"{name}.{norm[weight.name]}"] = values
                state[f"{name}.num_batches_tracked"] = np.ones(1, "float32")
            elif weight.name == "kernel":
                values = values.transpose(3, 2, 0, 1) * np.prod(values.shape[:3])
                state[f"{name}.input_conv.weight"] = values.astype("float32")
                state[f"{name}.mask_conv.weight"] = np.ones_like(state[f"{name}.input_conv.weight"])
            else:
                state[f"{name}.input_conv.bias"] = values
    return state


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
