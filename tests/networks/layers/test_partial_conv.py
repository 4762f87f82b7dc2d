"""The layer against the authors' own, on eight cases that they computed in float64."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.partial_conv import PartialConv2D

GOLDENS = np.load(Path(__file__).parents[2] / "goldens" / "partial_convolution_layer.npz")
CASES = sorted({key.split("/")[0] for key in GOLDENS.files})


def read(case):
    """{key: array} with channels last."""
    found = {key.split("/")[1]: GOLDENS[key] for key in GOLDENS.files if key.startswith(f"{case}/")}
    for name, array in found.items():
        if array.ndim == 4:
            axes = (2, 3, 1, 0) if "w" in name.split("_") else (0, 2, 3, 1)
            found[name] = array.transpose(axes).astype("float32")
    return found


def build(golden):
    kernel, stride, _, dilation, bias, _ = (int(number) for number in golden["cfg"])
    layer = PartialConv2D(
        golden["w_oihw"].shape[-1],
        kernel,
        strides=stride,
        dilation_rate=dilation,
        use_bias=bool(bias),
    )
    layer.build(golden["x"].shape)
    layer.set_weights([golden["w_oihw"], golden["b"]] if bias else [golden["w_oihw"]])
    valid = golden.get("mask", np.ones((1, *golden["x"].shape[1:3], 1), "float32"))
    return layer, valid


def test_there_are_eight_cases():
    assert len(CASES) == 8


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_authors_layer(case):
    golden = read(case)
    layer, valid = build(golden)
    outputs, known = layer(golden["x"], valid)
    np.testing.assert_allclose(outputs, golden["out"], atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(known, golden["mask_out"], atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_its_gradients_are_the_authors(case):
    golden = read(case)
    layer, valid = build(golden)
    (_, _), found = engine.value_and_gradient(
        lambda: (ops.sum(layer(golden["x"], valid)[0] * golden["r"]), None),
        layer.trainable_variables,
    )
    found.append(
        engine.input_gradient(
            lambda x: layer(x, valid)[0] * golden["r"], ops.convert_to_tensor(golden["x"])
        )
    )
    names = ["grad_w", "grad_b", "grad_x"] if layer.use_bias else ["grad_w", "grad_x"]
    for name, gradient in zip(names, found, strict=True):
        scale = max(np.abs(golden[name]).max(), 1.0)
        np.testing.assert_allclose(gradient, golden[name], atol=1e-5 * scale, err_msg=name)


def test_a_mask_for_each_part_is_a_mask_for_each_channel():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(2, 6, 9, 7)).astype("float32")
    valid = rng.integers(0, 2, (2, 6, 9, 2)).astype("float32")
    joined, each = PartialConv2D(3, 3, parts=(5, 2)), PartialConv2D(3, 3)
    found = joined(features, valid)
    each.build(features.shape)
    each.set_weights(joined.get_weights())
    expected = each(features, np.repeat(valid, (5, 2), axis=-1))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_masks_that_fit_no_channels_are_refused():
    features, valid = np.zeros((1, 4, 4, 7), "float32"), np.zeros((1, 4, 4, 2), "float32")
    for layer in (PartialConv2D(3, 3), PartialConv2D(3, 3, parts=(5, 3))):
        with pytest.raises(ValueError, match="`valid` must have a channel for each of"):
            layer(features, valid)
    with pytest.raises(ValueError, match=r"must be odd\. Received: 4"):
        PartialConv2D(3, 4)


def test_counts_are_exact_in_bfloat16():
    """601 known channels of one window; bfloat16 has no 601."""
    layer = PartialConv2D(1, 1, parts=(600, 1), use_bias=False, dtype="mixed_bfloat16")
    features = np.ones((1, 1, 1, 601), "float32")
    valid = np.ones((1, 1, 1, 2), "float32")
    valid[..., 1] = 0
    layer.build(features.shape)
    layer.set_weights([np.full((1, 1, 601, 1), 1 / 512, "float32")])
    outputs, known = layer(features, valid)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    # 600 / 512 * 601 / 600
    assert float(outputs[0, 0, 0, 0]) == pytest.approx(601 / 512, rel=4e-3)
    assert float(known[0, 0, 0, 0]) == 1


def test_it_is_rebuilt_from_its_settings():
    layer = PartialConv2D(4, 5, parts=(2, 1), strides=2, name="a")
    again = PartialConv2D.from_config(layer.get_config())
    assert (again.filters, again.parts, again.strides, again.name) == (4, (2, 1), (2, 2), "a")
    assert again.compute_output_shape((2, 9, None, 3), (1, 9, None, 2)) == (
        (2, 5, None, 4),
        (1, 5, None, 1),
    )
