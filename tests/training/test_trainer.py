import keras
import numpy as np
import pytest
from keras import ops
from small import small_batches, small_trainer

from inpaint_tf import compositing
from inpaint_tf.masks.hole_drawer import HoleDrawer
from inpaint_tf.training import losses
from inpaint_tf.training.generator_loss import LossWeights


def snapshot(variables):
    return [ops.convert_to_numpy(variable) for variable in variables]


def changed(variables, before):
    return [bool((v != b).any()) for v, b in zip(snapshot(variables), before, strict=True)]


def step(trainer, phase="adversarial", position=0):
    pictures = next(small_batches(trainer.batches_per_step(phase), position))
    return trainer.step_for(phase)(ops.convert_to_tensor(pictures))


def test_an_iteration_updates_critics_five_times_for_one_of_the_generator():
    trainer = small_trainer()
    trainer.critic_updates = 5
    results = step(trainer)
    assert trainer.batches_per_step() == 6
    assert int(trainer.critic_optimizer.iterations) == 5
    assert int(trainer.generator_optimizer.iterations) == 1
    assert int(trainer.step) == 1
    assert set(results) == set(trainer.terms()) - {"ssim_loss"}  # which nobody asked for
    assert all(np.isfinite(float(value)) for value in results.values())


@pytest.mark.parametrize(
    ("phase", "coarse", "refinement", "critics"),
    [
        ("coarse", True, False, False),
        ("reconstruction", True, True, False),
        ("adversarial", True, True, True),
    ],
)
def test_each_phase_trains_its_networks(phase, coarse, refinement, critics):
    trainer = small_trainer()
    generator = trainer.generator.trainable_variables
    names = [variable.path.split("/")[-2] for variable in generator]
    before, before_critics = snapshot(generator), snapshot(trainer.critics.trainable_variables)
    step(trainer, phase)
    moved = dict(zip(names, changed(generator, before), strict=True))
    assert moved["conv1"] is coarse
    assert moved["xconv1"] is moved["pmconv9"] is moved["allconv17"] is refinement
    # the critics' last biases shift real and fake alike: no gradient, no change
    assert any(changed(trainer.critics.trainable_variables, before_critics)) is critics


def test_every_update_of_an_iteration_sees_other_pictures_and_another_hole():
    seen, drawer = [], HoleDrawer("random_box", size=16, max_shrink=2)
    trainer = small_trainer(drawer)
    prepare = trainer.prepare

    def remember(pictures):
        real, hole = prepare(pictures)
        seen.append((float(ops.mean(real)), tuple(np.asarray(hole.boxes)[0].tolist())))
        return real, hole

    trainer.prepare = remember
    step(trainer)
    assert len(seen) == 3  # two critic updates and the generator's
    assert len({mean for mean, _ in seen}) == 3
    assert len({box for _, box in seen}) > 1


def test_a_step_is_a_function_of_seed_and_step():
    first, second, other = small_trainer(), small_trainer(), small_trainer(seed=1)
    other.generator.set_weights(first.generator.get_weights())
    results = [step(trainer)["l1_loss"] for trainer in (first, second, other)]
    assert float(results[0]) == float(results[1]) != float(results[2])


def test_generator_loss_is_its_weighted_terms():
    trainer = small_trainer(weights=LossWeights(l1=2.0, ae=3.0, adversarial=0.5))
    real, hole = trainer.prepare(next(small_batches(1))[0])
    total, terms = trainer.generator_loss(real, hole)
    terms = {name: float(value) for name, value in terms.items()}
    expected = 2 * terms["l1_loss"] + 3 * terms["ae_loss"] + 0.5 * terms["g_adversarial"]
    assert float(total) == pytest.approx(expected, rel=1e-5)


def test_critic_loss_is_distances_and_ten_penalties_and_ignores_the_weights_of_the_generator():
    trainer = small_trainer()
    real, hole = trainer.prepare(next(small_batches(1))[0])
    total, terms = trainer.critics.loss(real, real * 0.5, hole, np.full((2, 2, 1, 1, 1), 0.5))
    terms = {name: float(value) for name, value in terms.items()}
    distances = terms["critic_local"] + terms["critic_global"]
    penalties = terms["penalty_local"] + terms["penalty_global"]
    assert float(total) == pytest.approx(distances + 10 * penalties, rel=1e-5)
    assert terms["critic_local"] == pytest.approx(
        terms["score_completed_local"] - terms["score_real_local"], rel=1e-3, abs=1e-6
    )


def test_the_discounted_loss_sees_the_box_and_both_stages():
    trainer = small_trainer(HoleDrawer("center", size=16), weights=LossWeights(discount=0.5))
    real, hole = trainer.prepare(next(small_batches(1))[0])
    outputs = trainer.generate(real, hole)
    discount = losses.spatial_discount(16, 16, 0.5)

    def error(stage):
        return np.mean(np.abs(np.asarray(real - stage))[:, 8:24, 8:24] * discount)

    expected = 1.2 * error(outputs["coarse"]) + error(outputs["refined"])
    _, terms = trainer.generator_loss(real, hole)
    assert float(terms["l1_loss"]) == pytest.approx(expected, rel=1e-5)


def test_the_generator_never_sees_what_the_hole_covers():
    trainer = small_trainer(HoleDrawer("center", size=16))
    pictures = next(small_batches(1))[0]
    changed_inside = pictures.copy()
    changed_inside[:, 8:24, 8:24] = 255 - changed_inside[:, 8:24, 8:24]
    refined = []
    for version in (pictures, changed_inside):
        real, hole = trainer.prepare(version)
        refined.append(np.asarray(trainer.generate(real, hole)["refined"]))
    np.testing.assert_array_equal(*refined)


def test_moving_average_follows_the_generator():
    trainer = small_trainer(average=True, average_decay=0.75)
    before = trainer.average.get_weights()
    step(trainer)
    for average, old, new in zip(
        trainer.average.get_weights(), before, trainer.generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(average, 0.75 * old + 0.25 * new, atol=1e-6)
    assert trainer.best_generator() is trainer.average


def test_flips_mirror_whole_pictures():
    trainer = small_trainer(flip=True)
    pictures = next(small_batches(1, batch=16))[0]
    trainer.random.restart(0)
    real, _ = trainer.prepare(pictures)
    unit = np.asarray(compositing.to_unit(pictures))
    same = [bool((r == u).all()) for r, u in zip(np.asarray(real), unit, strict=True)]
    mirrored = [bool((r == u[:, ::-1]).all()) for r, u in zip(np.asarray(real), unit, strict=True)]
    assert all(a != b for a, b in zip(same, mirrored, strict=True))
    assert 0 < sum(mirrored) < 16


def test_the_ssim_term_is_added_with_its_weight():
    plain, weighted = small_trainer(), small_trainer(weights=LossWeights(ssim=0.5))
    pictures = next(small_batches(1))[0]
    for trainer in (plain, weighted):
        trainer.random.restart(0)
    (total, _), (more, terms) = (
        t.generator_loss(*t.prepare(pictures), "reconstruction") for t in (plain, weighted)
    )
    assert float(terms["ssim_loss"]) > 0.1
    assert float(more) == pytest.approx(float(total) + 0.5 * float(terms["ssim_loss"]), rel=1e-5)


def test_training_lowers_the_reconstruction_loss():
    trainer = small_trainer(HoleDrawer("center", size=16), learning_rate=3e-3)
    from inpaint_tf.engines.runtime import compiled

    run = compiled(trainer.step_for("reconstruction"), trainer.state)
    pictures = next(small_batches(1))
    history = [float(run(pictures)["g_loss"]) for _ in range(60)]
    assert history[-1] < 0.6 * history[0]


def test_fit_works_as_for_any_keras_model():
    import tensorflow as tf

    trainer = small_trainer()
    dataset = tf.data.Dataset.from_tensor_slices(next(small_batches(6))).batch(
        3, drop_remainder=True
    )
    history = trainer.fit(dataset, epochs=1, verbose=0, shuffle=False).history
    assert int(trainer.step) == 2
    assert np.isfinite(history["g_loss"][-1])


def test_float16_scales_its_losses():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        trainer = small_trainer()
    finally:
        keras.config.set_dtype_policy("float32")
    trainer.compile(
        *(
            keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-3), initial_scale=128.0)
            for _ in range(2)
        )
    )
    before = snapshot(trainer.generator.trainable_variables)
    results = step(trainer)
    assert any(changed(trainer.generator.trainable_variables, before))
    # the reported loss is not the scaled one
    assert float(results["g_loss"]) < 50


def test_gradient_norms_are_asked_for():
    names = {"gradient_norm_generator", "gradient_norm_critics"}
    plain, asked = small_trainer(), small_trainer(gradient_norms=True)
    gradients = [ops.array([[3.0, 0.0]]), ops.array([4.0])]
    assert plain._norm("gradient_norm_critics", gradients) == {}
    assert not names & set(plain.terms())
    assert names <= set(asked.terms())
    assert float(asked._norm("a", gradients)["a"]) == 5.0


def test_shared_pictures_give_what_both_updates_give_on_them():
    apart, together = small_trainer(), small_trainer()
    apart.critic_updates = together.critic_updates = 1
    together.shared_pictures = True
    assert together.batches_per_step() == 1
    pictures = ops.convert_to_tensor(next(small_batches(1)))
    apart.random.restart(apart.step)
    real, hole = apart.prepare(pictures[0])
    terms = apart.update_critics(real, hole) | apart.update_generator(real, hole)
    shared = together.train_step(pictures)
    for name, value in terms.items():
        assert float(shared[name]) == pytest.approx(float(value), rel=1e-4, abs=1e-6), name
    for ours, theirs in zip(together.variables, apart.variables, strict=True):
        if ours.path.split("/")[-1] != "step":
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-5, err_msg=ours.path)
    assert any(changed(together.generator.variables, snapshot(small_trainer().generator.variables)))


def test_shared_pictures_are_for_one_critic_update():
    with pytest.raises(ValueError, match="critic_updates=2"):
        small_trainer(shared_pictures=True)
