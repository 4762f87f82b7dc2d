"""The generator as its ports to PyTorch compute it, against numbers that their code gave."""

import math
from pathlib import Path

import keras
import numpy as np
import pytest
import pytorch_files

from inpaint_tf.networks import generators
from inpaint_tf.networks.generators import coarse_to_fine, dialects
from inpaint_tf.networks.original_names import as_rgb
from inpaint_tf.weights import generator_file

GOLDENS = Path(__file__).parents[2] / "goldens" / "deepfill_v1_ports.npz"
WIDTH = 8
STAGES = {
    "conv": ("stage1.encoder", "stage1.dilation_neck", "stage1.decoder"),
    "xconv": ("stage2.encoder_conv", "stage2.dilation_neck", None),
    "pmconv": ("stage2.encoder_attention", "stage2.contextual_attention_neck", None),
    "allconv": (None, None, "stage2.decoder"),
}


def drawn():
    """({layer: (kernel as PyTorch lays it out, bias)}, picture, mask) of the goldens."""
    c = coarse_to_fine
    last = c.Conv("conv17", 0), c.Conv("allconv17", 0)
    rng = np.random.default_rng(5)
    weights, channels = {}, None
    for start, table in (
        (5, (*c.COARSE, last[0])),
        (5, c.CONVOLUTION_BRANCH),
        (5, c.ATTENTION_BRANCH),
        (4 * WIDTH, c.AFTER_ATTENTION),
        (8 * WIDTH, (*c.REFINEMENT_DECODER, last[1])),
    ):
        channels = start
        for layer in table:
            filters = int(layer.width * WIDTH) or 3
            scale = (1.25 if layer.width else 0.4) / math.sqrt(channels * layer.kernel**2)
            shape = (filters, channels, layer.kernel, layer.kernel)
            kernel = (rng.standard_normal(shape) * scale).astype("float32")
            weights[layer.name] = kernel, (rng.standard_normal(filters) * 0.01).astype("float32")
            channels = filters
    picture = rng.uniform(-1, 1, (1, 3, 80, 104)).astype("float32").transpose(0, 2, 3, 1)
    mask = np.zeros((1, 80, 104, 1), "float32")
    mask[:, 19:53, 30:77] = 1
    return weights, picture, mask


def port_name(layer):
    """Such as fine_generator.conv3.conv, of xconv3."""
    network = "coarse_generator" if layer.startswith("conv") else "fine_generator"
    short = layer.removeprefix("x").removesuffix("_upsample_conv")
    return f"{network}.{short}.conv"


def mmagic_name(layer):
    """Such as state_dict.generator.stage2.encoder_conv.enc3.conv, of xconv3."""
    kind, _, number = layer.split("_")[0].rpartition("conv")
    number = int(number)
    encoder, neck, decoder = STAGES[f"{kind}conv"]
    if number < 7:
        part = f"{encoder}.enc{number}"
    elif number > 10:
        part = f"{decoder}.dec{number - 10}"
    elif kind == "pm":
        part = f"{neck}.conv{number - 8}"
    else:
        part = f"{neck}.dilation_convs.{number - 7}"
    return f"state_dict.generator.{part}.conv"


def load(tmp_path, monkeypatch, name_of, bgr=False, **more):
    weights, picture, mask = drawn()
    state = {}
    for layer, (kernel, bias) in weights.items():
        if bgr:
            kernel = as_rgb(layer, kernel.transpose(2, 3, 1, 0)).transpose(3, 2, 0, 1)
            bias = as_rgb(layer, bias)
        state[f"{name_of(layer)}.weight"], state[f"{name_of(layer)}.bias"] = kernel, bias
    path = tmp_path / "weights.pth"
    pytorch_files.write_state(path, {**state, **more}, pytorch_files.torch_names(monkeypatch))
    generator, settings = generator_file.load_generator(path)
    return generator, settings, picture, mask


def compare(generator, picture, mask, name):
    masked = picture * (1 - mask)
    attention = generator.get_layer("contextual_attention").output[0]
    inner = keras.Model(generator.inputs, {**generator.output, "attended": attention})
    found = {key: np.asarray(value) for key, value in inner([masked, mask]).items()}
    with np.load(GOLDENS) as goldens:
        golden = {key: goldens[f"{name}_{key}"] for key in ("coarse", "attended", "refined")}
    steps = {"coarse": found["coarse"][:, ::4, ::4], "refined": found["refined"][:, ::2, ::2]}
    steps["attended"] = found["attended"][..., ::8]
    for key, values in golden.items():
        error = np.abs(steps[key] - values).max() / np.abs(values).max()
        assert error < 2e-5, (key, error)


def test_the_port_computes_as_its_own_code(tmp_path, monkeypatch):
    generator, settings, *pictures = load(tmp_path, monkeypatch, port_name)
    assert (settings["kind"], settings["width"]) == ("contextual_attention_port", WIDTH)
    compare(generator, *pictures, "port")


def test_mmagic_computes_as_its_own_code(tmp_path, monkeypatch):
    """Its files hold critics and a buffer too, and their channels are blue, green, red."""
    more = {
        "state_dict.disc.global_disc.fc.weight": np.ones((1, 4)),
        "state_dict.generator.stage2.contextual_attention_neck.contextual_attention.fuse_kernel": (
            np.eye(3)[None, None]
        ),
    }
    generator, settings, *pictures = load(tmp_path, monkeypatch, mmagic_name, bgr=True, **more)
    assert (settings["kind"], settings["hole_fill"]) == ("contextual_attention_mmagic", "grey")
    compare(generator, *pictures, "mmagic")


@pytest.mark.parametrize("kind", ["contextual_attention_port", "contextual_attention_mmagic"])
def test_attention_in_blocks_gives_the_same(kind):
    whole = generators.build(kind, 4)
    blocks = generators.build(kind, 4, score_bytes=4 * 10 * 13**2 * 6)
    blocks.set_weights(whole.get_weights())
    _, picture, mask = drawn()
    expected, found = (np.asarray(net([picture, mask])["refined"]) for net in (whole, blocks))
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_a_hole_over_everything_is_finite():
    generator = generators.build("contextual_attention_mmagic", 4)
    picture = np.zeros((1, 80, 80, 3), "float32")
    refined = np.asarray(generator([picture, np.ones((1, 80, 80, 1), "float32")])["refined"])
    assert np.isfinite(refined).all()


def test_mirrored_borders_need_a_picture_that_is_large_enough():
    generator = generators.build("contextual_attention_mmagic", 4)
    assert generator.least_side == dialects.MMAGIC_LEAST_SIDE
    shape = (1, 72, 72)
    generator([np.zeros((*shape, 3), "float32"), np.zeros((*shape, 1), "float32")])
