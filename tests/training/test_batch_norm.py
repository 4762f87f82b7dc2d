"""Moving statistics in training: moved by the generator's update alone, followed, kept."""

import shutil

import h5py
import numpy as np
import pytest
from keras import ops
from small import small_batches, small_trainer

import inpaint_tf
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.training import build_from_config


def statistics(generator):
    return [np.array(ops.convert_to_numpy(v)) for v in generator.non_trainable_variables]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture
def trainer():
    return small_trainer(average=True, kind="partial_convolution")


def step(trainer, phase):
    pictures = next(small_batches(trainer.batches_per_step(phase)))
    return trainer.step_for(phase)(ops.convert_to_tensor(pictures))


def test_a_critic_update_leaves_them(trainer):
    before = statistics(trainer.generator)
    assert len(before) == 6 * 2  # layers 2 to 4 of the encoder, 4 to 2 of the decoder
    [[pictures]] = small_batches(1).__next__()[None]
    trainer.random.restart(0)
    trainer.update_critics(*trainer.prepare(ops.convert_to_tensor(pictures)))
    assert same(before, statistics(trainer.generator))


@pytest.mark.parametrize("phase", ["reconstruction", "adversarial"])
def test_a_step_moves_them_once_and_the_average_copies_them(trainer, phase):
    start = trainer.generator.get_weights()
    seen = []
    generate = trainer.generate

    def watched(real, hole, training=False):
        if training:
            seen.append((real, hole))
        return generate(real, hole, training)

    trainer.generate = watched
    step(trainer, phase)
    moved = statistics(trainer.generator)
    assert same(moved, statistics(trainer.average))
    assert len(seen) == 1
    trainer.generator.set_weights(start)
    generate(*seen[0], training=True)
    for one, other in zip(moved, statistics(trainer.generator), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_shared_pictures_move_them_once():
    trainer = small_trainer(kind="partial_convolution", critic_updates=1, shared_pictures=True)
    name = "enc_2.bn"
    before, *_ = statistics(trainer.generator.get_layer(name))[1:]
    step(trainer, "adversarial")
    after, *_ = statistics(trainer.generator.get_layer(name))[1:]
    assert (before == 1).all()
    assert ((after > 0.9) & (after != 1)).all()  # 0.9 and a tenth of the batch's


def config_of(pictures):
    config = default_config()
    config.data.train = str(pictures)
    config.data.size, config.data.batch_size = 128, 2
    config.masks.size, config.masks.max_shrink = 32, 2
    config.generator.kind, config.generator.width = "partial_convolution", 2
    config.critics.kind, config.critics.width = "patchgan", 8
    config.losses.l1 = config.losses.ae = 0.0
    config.losses.known_mean, config.losses.hole_mean, config.losses.variation = 2.2, 13.2, 0.22
    config.train.steps, config.train.critic_updates, config.train.shared_pictures = 2, 1, True
    config.train.average_decay = 0.9
    config.train.log_every = config.train.checkpoint_every = 1
    return config


RUN = {"device": "cpu", "precision": "float32"}


def test_a_run_is_resumed_to_the_bit(tmp_path, pictures):
    config = config_of(pictures)
    whole = inpaint_tf.train(config, tmp_path / "whole", **RUN)
    assert whole.step == 2
    parts = tmp_path / "parts"
    shutil.copytree(tmp_path / "whole", parts)
    shutil.rmtree(parts / "checkpoints" / "step_00000002")
    again = inpaint_tf.train(config, parts, **RUN)
    for name in ("generator.weights.h5", "trainer.weights.h5"):
        one, other = (arrays_of(run.checkpoint / name) for run in (whole, again))
        assert one.keys() == other.keys()
        for key, values in one.items():
            np.testing.assert_array_equal(values, other[key], err_msg=key)
    moved = arrays_of(whole.checkpoint / "generator.weights.h5")["enc_2.bn/moving_mean"]
    assert np.abs(moved).min() > 0
    header = (tmp_path / "whole" / "metrics.csv").read_text().splitlines()[0].split(",")
    assert {"known_mean_loss", "hole_mean_loss", "variation_loss"} <= set(header)


def arrays_of(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda key, item: (
                found.update({key: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return found


def test_fine_tuning_keeps_the_encoders_statistics(pictures):
    config = config_of(pictures)
    config.generator.freeze_encoder, config.train.average_decay = True, 0.0
    generator = build_from_config.build_trainer(config).generator
    frozen = {layer.name: layer.frozen for layer in generator.layers if hasattr(layer, "frozen")}
    assert len(frozen) == 6 + 6
    assert all(value == name.startswith("enc_") for name, value in frozen.items())


def test_frozen_statistics_stay_while_scale_and_shift_train(trainer):
    for layer in trainer.generator.layers:
        if hasattr(layer, "frozen"):
            layer.frozen = layer.name.startswith("enc_")
    layers = [trainer.generator.get_layer(name) for name in ("enc_3.bn", "dec_3.bn")]
    before = [layer.get_weights() for layer in layers]
    step(trainer, "reconstruction")
    for layer, old, moves in zip(layers, before, (False, True), strict=True):
        gamma, beta, mean, variance = (
            not np.array_equal(a, b) for a, b in zip(old, layer.get_weights(), strict=True)
        )
        assert (gamma, beta, mean, variance) == (True, True, moves, moves)


def test_sizes_that_do_not_halve_often_enough_are_told(tmp_path, pictures):
    config = config_of(pictures)
    config.data.size = 96
    with pytest.raises(UserError, match="multiples of 128 pixels, not 96; change"):
        inpaint_tf.train(config, tmp_path / "run", **RUN)
