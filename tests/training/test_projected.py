"""Critics on frozen features: literal losses, balance, and exact resuming."""

import keras
import numpy as np
import pytest
from keras import ops
from small import small_batches

import inpaint_tf
from inpaint_tf import compositing
from inpaint_tf.default_config import default_config
from inpaint_tf.engines import runtime
from inpaint_tf.masks import Hole
from inpaint_tf.networks import efficientnet_lite0
from inpaint_tf.networks.projected_critic import (
    PROJECTED,
    activations,
    build_heads,
    build_projection,
    iterate,
)
from inpaint_tf.training.build_from_config import build_trainer
from inpaint_tf.training.critics.projected import FrozenNetwork, ProjectedCritics, _distance


def small_config():
    config = default_config()
    config.data.size, config.data.batch_size = 64, 2
    config.masks.size, config.masks.max_shrink = 32, 2
    config.generator.width, config.critics.width = 4, 8
    config.critics.kind = "projected"
    config.losses.adversarial = 1.0
    config.train.critic_updates = 1
    config.train.checkpoint_every = config.train.log_every = 1
    return config


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


@pytest.fixture
def trainer():
    pytest.importorskip(efficientnet_lite0.PACKAGE, reason="the weights' package is not installed")
    return build_trainer(small_config())


def test_the_adversarial_gradient_has_the_norm_of_the_reconstruction(trainer):
    pictures = next(small_batches_64())[0]
    trainer.random.restart(0)
    real, hole = trainer.prepare(pictures)
    _, terms = trainer.generator_loss(real, hole)
    from inpaint_tf.engines.active_engine import engine

    refined = ops.convert_to_tensor(np.asarray(trainer.generate(real, hole)["refined"]))
    added = engine.input_gradient(
        lambda x: trainer.objective.balanced(real, x, hole, trainer.balance)[0], refined
    )
    assert np.linalg.norm(added) == pytest.approx(float(terms["norm_reconstruction"]), rel=1e-3)
    assert float(terms["norm_adversarial"]) > 0


def balanced(trainer, real, refined, hole):
    return trainer.objective.balanced(real, refined, hole, trainer.balance)


@pytest.fixture
def everyday_trainer():
    """With every term that the package's recipe has."""
    pytest.importorskip(efficientnet_lite0.PACKAGE, reason="the weights' package is not installed")
    return build_trainer(everyday_config())


def everyday_config():
    config = small_config()
    config.masks.kind, config.losses.discount, config.masks.per_image = "everyday", 1.0, True
    config.losses.l1, config.losses.ssim = 0.0, 0.4
    config.losses.hole, config.losses.ring, config.losses.features = 0.3, 0.3, 0.5
    return config


def test_the_features_are_a_part_of_the_reconstruction(everyday_trainer):
    trainer = everyday_trainer
    trainer.objective.weights = trainer.objective.weights._replace(adversarial=0.0)
    trainer.random.restart(0)
    real, hole = trainer.prepare(next(small_batches_64())[0])
    refined = ops.convert_to_tensor(np.asarray(trainer.generate(real, hole)["refined"]))
    from inpaint_tf.engines.active_engine import engine

    def distance(picture):
        completed = compositing.composite(picture, real, hole.mask)
        truth, found = map(trainer.critics.frozen.features, (real, completed))
        return 0.5 * _distance(truth, found)

    expected = np.asarray(engine.input_gradient(distance, refined))
    added = engine.input_gradient(
        lambda x: trainer.objective.balanced(real, x, hole, trainer.balance)[0], refined
    )
    np.testing.assert_allclose(added, expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())
    _, terms = balanced(trainer, real, refined, hole)
    # Of these terms the features have nearly all of the gradient.
    assert float(terms["norm_reconstruction"]) == pytest.approx(np.linalg.norm(expected), rel=0.2)


def test_both_updates_may_share_what_the_networks_see(everyday_trainer):
    trainer = everyday_trainer
    trainer.critics.matching = 1.0
    trainer.random.restart(0)
    real, hole = trainer.prepare(next(small_batches_64())[0])
    outputs = trainer.generate(real, hole)
    outputs = {name: ops.convert_to_tensor(np.asarray(outputs[name])) for name in outputs}
    completed = compositing.composite(outputs["refined"], real, hole.mask)
    seen = trainer.critics.see(real, completed, hole)
    from inpaint_tf.engines.active_engine import engine

    losses = [trainer.critics.loss(real, completed, hole, None, *more) for more in ([], [seen])]
    assert float(losses[0][0]) == pytest.approx(float(losses[1][0]), rel=1e-5)
    gradients = []
    for more in ([], [seen]):
        (_, terms), wanted = engine.value_and_output_gradient(
            lambda outputs, more=more: trainer.loss_of_outputs(
                outputs, real, hole, "adversarial", *more
            ),
            {name: outputs[name] for name in ("coarse", "refined")},
        )
        gradients.append(np.asarray(wanted["refined"]))
        assert float(terms["feature_loss"]) > 0
    # Looked at apart: what `balanced.adversarial` did before it was given what is seen.
    critics, fixed = trainer.critics, completed
    alone = engine.input_gradient(lambda x: critics.adversarial(real, x, hole), fixed)
    np.testing.assert_allclose(
        seen.value_and_gradient(critics.score)[1], alone, rtol=1e-4, atol=1e-6
    )
    np.testing.assert_allclose(*gradients, rtol=1e-4, atol=1e-6 * np.abs(gradients[0]).max())


def test_equal_pictures_have_equal_features(everyday_trainer):
    critics = everyday_trainer.critics
    pictures = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype("float32")
    hole = Hole(ops.ones((1, 64, 64, 1)), ops.zeros((1, 2), "int32"), (64, 64))
    same, other = (
        critics.see(*map(ops.convert_to_tensor, (pictures, sign * pictures)), hole)
        for sign in (1, -1)
    )
    assert float(critics.feature_distance(same)) == 0.0
    assert float(critics.feature_distance(other)) > 0.1


def test_feature_matching_is_the_difference_in_the_heads_over_the_hole(everyday_trainer):
    critics = everyday_trainer.critics
    rng = np.random.default_rng(0)
    pictures = rng.uniform(-1, 1, (2, 1, 64, 64, 3)).astype("float32")
    real, completed = map(ops.convert_to_tensor, pictures)
    mask = np.zeros((1, 64, 64, 1), "float32")
    mask[:, 16:48, 16:48] = 1
    hole = Hole(ops.convert_to_tensor(mask), ops.convert_to_tensor([[16, 16]], "int32"), (32, 32))
    plain = [float(critics.adversarial(real, picture, hole)) for picture in (real, completed)]
    critics.matching = 3.0
    matched = [float(critics.adversarial(real, picture, hole)) for picture in (real, completed)]
    assert matched[0] == pytest.approx(plain[0], rel=1e-5)

    expected = 0.0
    for _, heads, network, view in critics._views(hole):
        seen = []
        for picture in (real, completed):
            features = network.projection(network.features(view(picture))[:4])
            share = [block_means(np.asarray(view(mask)), feature.shape[1]) for feature in features]
            joined = [np.concatenate(pair, axis=-1) for pair in zip(features, share, strict=True)]
            seen.append(activations(heads)(joined))
        for true, found in zip(*seen, strict=True):
            covered = block_means(np.asarray(view(mask)), true.shape[1])[..., 0] > 0.25
            difference = np.abs(np.asarray(true) - np.asarray(found)).mean(axis=-1)
            expected += difference[covered].mean() / len(seen[0]) if covered.any() else 0.0
    assert matched[1] - plain[1] == pytest.approx(3 * expected, rel=1e-4)
    assert expected > 1e-3


def block_means(mask, rows):
    side = mask.shape[1] // rows
    return mask.reshape(len(mask), rows, side, rows, side, 1).mean(axis=(2, 4))


def small_batches_64():
    for batch in small_batches(2):
        yield np.kron(batch, np.ones((1, 1, 2, 2, 1), "uint8"))


def test_a_step_trains_heads_and_generator_and_leaves_the_features(trainer):
    frozen = [np.asarray(v) for v in trainer.critics.frozen_variables]
    heads = [np.asarray(v) for v in trainer.critics.trainable_variables]
    results = trainer.train_step(ops.convert_to_tensor(next(small_batches_64())))
    assert set(results) == set(trainer.terms()) - {"ssim_loss"}
    assert all(np.isfinite(float(value)) for value in results.values())
    for before, variable in zip(frozen, trainer.critics.frozen_variables, strict=True):
        np.testing.assert_array_equal(before, np.asarray(variable))
    assert any(
        (before != np.asarray(v)).any()
        for before, v in zip(heads, trainer.critics.trainable_variables, strict=True)
    )
    means = [float(mean) for mean in trainer.balance]
    assert means[1] == pytest.approx(float(results["norm_adversarial"]), rel=1e-6)


def test_an_interrupted_run_ends_in_the_same_weights(tmp_path, pictures):
    pytest.importorskip(efficientnet_lite0.PACKAGE, reason="the weights' package is not installed")
    import shutil

    import h5py

    config = everyday_config()
    config.critics.eyes = config.critics.face = True
    config.losses.face = config.losses.parts = 0.5
    config.optimizer.kind = "muon"
    config.data.train = str(pictures)
    config.train.steps = 4
    whole = inpaint_tf.train(config, tmp_path / "whole", device="cpu", precision="float32")
    parts = tmp_path / "parts"
    shutil.copytree(tmp_path / "whole", parts)
    for step in (3, 4):
        shutil.rmtree(parts / "checkpoints" / f"step_{step:08d}", ignore_errors=True)
    again = inpaint_tf.train(config, parts, device="cpu", precision="float32")

    def arrays(folder):
        found = {}
        with h5py.File(folder / "trainer.weights.h5") as file:
            file.visititems(
                lambda name, item: (
                    found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
                )
            )
        return found

    expected, found = arrays(whole.checkpoint), arrays(again.checkpoint)
    assert expected.keys() == found.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_the_features_are_in_no_checkpoint(trainer, tmp_path):
    trainer.save_weights(tmp_path / "trainer.weights.h5")
    assert (tmp_path / "trainer.weights.h5").stat().st_size < 20e6
    assert sum(int(np.prod(v.shape)) for v in trainer.critics.frozen_variables) > 4e6


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
