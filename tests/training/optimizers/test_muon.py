"""Muon on kernels of convolutions, against its definition."""

import keras
import numpy as np
import pytest

from inpaint_tf.training.optimizers.adam import Adam
from inpaint_tf.training.optimizers.learning_rate import PhasedLearningRate
from inpaint_tf.training.optimizers.muon import LEAST_CHANNELS, Muon

SHAPES = {"kernel": (3, 3, 8, 24), "wide": (1, 1, 16, 40), "colours": (3, 3, 8, 3), "bias": (24,)}
RATE, MOMENTUM = 0.01, 0.5


def gradients(updates=1):
    rng = np.random.default_rng(0)
    return [
        [rng.normal(size=shape).astype("float32") for shape in SHAPES.values()]
        for _ in range(updates)
    ]


def trained(optimizer, updates):
    """What is added to variables of ones by an update with each list of gradients."""
    variables = [keras.Variable(np.ones(s, "float32"), name=name) for name, s in SHAPES.items()]
    optimizer.build(variables)
    for each in updates:
        optimizer.apply(each, variables)
    moved = (np.asarray(variable) - 1.0 for variable in variables)
    return dict(zip(SHAPES, moved, strict=True)), optimizer


def flat(kernel):
    return kernel.reshape(-1, kernel.shape[-1])


@pytest.mark.parametrize("name", ["kernel", "wide"])
def test_every_direction_of_a_kernel_moves_as_far(name):
    moved, _ = trained(Muon(RATE, MOMENTUM), gradients())
    left, values, right = np.linalg.svd(flat(moved[name]), full_matrices=False)
    step = RATE * 0.2 * np.sqrt(max(flat(moved[name]).shape))
    # The iteration brings the lengths to between 0.68 and 1.14.
    assert 0.6 * step < values.min()
    assert values.max() < 1.2 * step
    # The directions are those of the gradient, the nearest there are.
    gradient = flat(gradients()[0][list(SHAPES).index(name)])
    u, _, v = np.linalg.svd(gradient, full_matrices=False)
    assert np.abs((left @ right) + u @ v).max() < 1e-3


def test_the_momentum_is_beta_1():
    """Two updates by hand: of g + 0.5 m, where m follows the gradients."""
    first, second = (np.stack([flat(g[0]) for g in gradients(2)])).astype("float64")
    expected = np.zeros_like(first)
    momentum = 0.0
    for gradient in (first, second):
        momentum = gradient + MOMENTUM * momentum
        x = gradient + MOMENTUM * momentum
        x = x / np.linalg.norm(x)
        for _ in range(5):
            gram = x.T @ x
            x = x @ (3.4445 * np.eye(24) - 4.7750 * gram + 2.0315 * gram @ gram)
        expected -= RATE * 0.2 * np.sqrt(72) * x
    moved, _ = trained(Muon(RATE, MOMENTUM), gradients(2))
    np.testing.assert_allclose(flat(moved["kernel"]), expected, rtol=1e-3, atol=1e-5)


def test_colours_and_biases_follow_adam():
    assert SHAPES["colours"][-1] < LEAST_CHANNELS
    rate = PhasedLearningRate([(2, 0.1), (4, 0.01)], "cosine")
    found, _ = trained(Muon(rate, 0.5, 0.9, 1e-8), gradients(4))
    expected, _ = trained(Adam(rate, 0.5, 0.9, 1e-8), gradients(4))
    for name in ("colours", "bias"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5, atol=1e-6)
    assert np.abs(found["kernel"] - expected["kernel"]).max() > 1e-3


def test_weights_do_not_decay():
    nothing = [[np.zeros(shape, "float32") for shape in SHAPES.values()]]
    moved, _ = trained(Muon(RATE), nothing)
    assert all((change == 0).all() for change in moved.values())


def test_it_comes_back_from_its_config():
    optimizer = Muon(RATE, MOMENTUM, 0.8, 1e-5)
    again = Muon.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    assert (again.momentum, again.adam_beta_1, again.adam_beta_2, again.epsilon) == (
        *(MOMENTUM, MOMENTUM, 0.8),
        1e-5,
    )
