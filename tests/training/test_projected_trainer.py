"""Trainers with critics on frozen features: balance, shared passes, and exact resuming."""

import numpy as np
import pytest
from keras import ops
from small import small_batches

import inpaint_tf
from inpaint_tf import compositing
from inpaint_tf.default_config import default_config
from inpaint_tf.masks import Hole
from inpaint_tf.networks import efficientnet_lite0
from inpaint_tf.networks.projected_critic import activations
from inpaint_tf.training.build_from_config import build_trainer
from inpaint_tf.training.critics.projected import _distance


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
