"""Critics on frozen features: literal losses over stand-ins, heads and projections."""

import keras
import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines import runtime
from inpaint_tf.masks import Hole
from inpaint_tf.networks.projected_critic import (
    PROJECTED,
    build_heads,
    build_projection,
    iterate,
)
from inpaint_tf.training.critics.projected import FrozenNetwork, ProjectedCritics


class Constant:
    """Stands for heads: the score of each place is the mean of its features, twice."""

    trainable_variables = ()

    def __call__(self, features):
        return [2.0 * ops.mean(each[..., :-1], axis=-1, keepdims=True) for each in features]


class Levels:
    """Stands for a network: its features are the pictures' levels at two scales."""

    variables = ()

    def __call__(self, pictures):
        return [ops.average_pool(pictures, size, size) for size in (8, 16)]


class Times:
    """Stands for mixtures of features."""

    variables = ()

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, features):
        return [self.factor * each for each in features]


LEVELS = FrozenNetwork(Levels(), Times(1.0))


def constants(*views):
    return {view: Constant() for view in views}


def test_the_losses_are_hinges_over_the_hole_alone():
    critics = ProjectedCritics(LEVELS, constants("local", "global"), view_size=32)
    mask = np.zeros((1, 32, 32, 1), "float32")
    mask[:, 8:24, 8:24] = 1
    hole = Hole(ops.convert_to_tensor(mask), ops.convert_to_tensor([[8, 8]], "int32"), (16, 16))
    real = np.full((2, 32, 32, 3), 0.25, "float32")
    completed = np.where(mask == 1, -0.1, real).astype("float32")
    total, terms = critics.loss(
        ops.convert_to_tensor(real), ops.convert_to_tensor(completed), hole, None
    )
    # Scores 0.5 and -0.2, where places lie in the hole: relu(1 - 0.5) + relu(1 - 0.2) = 1.3
    # At the coarser scale each place is a quarter hole, which is not more than a quarter.
    assert float(terms["score_real_global"]) == pytest.approx(0.5 / 2, abs=1e-6)
    assert float(terms["critic_global"]) == pytest.approx(1.3 / 2, abs=1e-6)
    assert float(total) == pytest.approx(
        float(terms["critic_global"]) + float(terms["critic_local"]), abs=1e-6
    )
    adversarial = critics.adversarial(
        ops.convert_to_tensor(real), ops.convert_to_tensor(completed), hole
    )
    local = float(terms["score_completed_local"])
    assert float(adversarial) == pytest.approx(-(-0.2 / 2 + local), abs=1e-6)


def test_a_view_of_the_eyes_counts_where_the_hole_covers_them():
    heads = constants("local", "global", "eyes")
    critics = ProjectedCritics(LEVELS, heads, view_size=64)
    real = np.full((1, 64, 64, 3), 0.25, "float32")
    for rows, seen in ((slice(20, 36), True), (slice(40, 60), False)):
        mask = np.zeros((1, 64, 64, 1), "float32")
        mask[:, rows, 16:48] = 1
        hole = Hole(ops.convert_to_tensor(mask), ops.convert_to_tensor([[0, 0]], "int32"), (64, 64))
        completed = np.where(mask == 1, -0.1, real).astype("float32")
        total, terms = critics.loss(*map(ops.convert_to_tensor, (real, completed)), hole, None)
        assert set(terms) == set(critics.terms)
        assert float(terms["score_completed_eyes"]) == pytest.approx(-0.2 * seen, abs=1e-6)
        assert float(terms["critic_eyes"]) == pytest.approx(1.3 * seen, abs=1e-6)
        each = sum(float(terms[f"critic_{view}"]) for view in ("local", "global", "eyes"))
        assert float(total) == pytest.approx(each, abs=1e-6)


class Brightness:
    """Stands for the network of faces: one scale of features, and landmarks that light moves."""

    variables = ()

    def __call__(self, pictures):
        light = ops.mean(pictures, axis=(1, 2, 3))[:, None, None]
        return [pictures, ops.tile(192.0 * light, (1, 468, 3))]


def test_the_distance_of_faces_is_of_features_and_of_landmarks():
    face = FrozenNetwork(Brightness(), Times(1.0))
    critics = ProjectedCritics(LEVELS, constants("local"), face, view_size=64)
    real = np.full((2, 64, 64, 3), 0.5, "float32")
    distance = critics.face_distance(real, real + 0.1)
    # A tenth beside a level of a half, and landmarks off by a tenth of the side.
    level = np.sqrt(0.5**2 + 1e-3)
    assert float(distance) == pytest.approx(0.1 / level + 0.1 / 0.05, rel=1e-5)
    assert float(critics.face_distance(real, real)) == 0.0


def test_the_distance_of_parts_is_of_eyes_nose_and_mouth_alone():
    critics = ProjectedCritics(LEVELS, constants("local"), view_size=64)
    real = np.full((2, 64, 64, 3), 0.5, "float32")
    level = np.sqrt(0.5**2 + 1e-3)
    assert float(critics.parts_distance(real, real + 0.1)) == pytest.approx(
        2 * 2 * 0.1 / level,
        rel=1e-5,  # two parts, two scales
    )
    below, above = real.copy(), real.copy()
    below[:, 54:] += 0.1  # the chin
    above[:, :20] += 0.1  # the forehead
    assert float(critics.parts_distance(real, below)) == 0.0
    assert float(critics.parts_distance(real, above)) == 0.0


def test_the_view_of_the_face_looks_through_the_network_of_faces():
    class OfFaces(Levels):
        def __call__(self, pictures):
            assert pictures.shape[1:3] == (192, 192)
            return super().__call__(pictures)

    face = FrozenNetwork(OfFaces(), Times(2.0))
    critics = ProjectedCritics(LEVELS, constants("global", "face"), face, view_size=64)
    mask = np.zeros((1, 64, 64, 1), "float32")
    mask[:, 16:48, 16:48] = 1
    hole = Hole(ops.convert_to_tensor(mask), ops.convert_to_tensor([[16, 16]], "int32"), (32, 32))
    real = np.full((1, 64, 64, 3), 0.25, "float32")
    completed = np.where(mask == 1, -0.1, real).astype("float32")
    _, terms = critics.loss(*map(ops.convert_to_tensor, (real, completed)), hole, None)
    assert set(terms) == set(critics.terms)
    assert float(terms["score_real_global"]) == pytest.approx(0.5, abs=1e-6)
    assert float(terms["score_real_face"]) == pytest.approx(1.0, abs=1e-6)


def test_bfloat16_is_for_the_layers_and_float32_for_scores_and_weights():
    shapes = [
        (2, side, side, channels + 1)
        for side, channels in zip((16, 8, 4, 2), PROJECTED, strict=True)
    ]
    rng = np.random.default_rng(0)
    features = [rng.normal(size=shape).astype("float32") for shape in shapes]
    exact = build_heads("exact", 8)
    for _ in range(30):
        iterate(exact)
    with runtime.layers_in("mixed_bfloat16"):
        quick = build_heads("quick", 8)
    quick.set_weights(exact.get_weights())
    for true, rounded in zip(exact(features), quick(features), strict=True):
        assert rounded.dtype == "float32"
        assert 0 < np.abs(np.asarray(true) - np.asarray(rounded)).max() < 0.03
    assert all(variable.dtype == "float32" for variable in quick.variables)


def test_the_random_projections_follow_the_seed():
    inputs = keras.Input((None, None, 3))
    levels = [keras.layers.AveragePooling2D(s)(inputs) for s in (4, 8, 16, 32)]
    features = keras.Model(inputs, levels)
    one, same, other = (build_projection(features, seed) for seed in (1, 1, 2))
    picture = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")
    scales = features(picture)
    first, again, third = (np.asarray(model(scales)[0]) for model in (one, same, other))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - third).max() > 0.1
