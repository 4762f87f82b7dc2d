"""A new kind of critics or of generator is one file and one line in a table."""

import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators
from inpaint_tf.training import critics

CRITICS = """
    import keras
    from keras import ops

    from inpaint_tf.training.critics.base import Critics


    def build(config):
        return LeastSquares(config.data.size, config.critics.width)


    class LeastSquares(Critics):
        terms = ("d_loss", "d_real")

        def __init__(self, size, width):
            pictures = keras.Input((size, size, 3))
            features = keras.layers.Conv2D(width, 4, 4, name="patches")(pictures)
            scores = keras.layers.Conv2D(1, 1, name="scores")(features)
            self.network = keras.Model(pictures, scores, name="patch_critic")
            self.networks = {"patch_critic": self.network}

        def loss(self, real, completed, hole, prepared):
            real_loss = ops.mean(ops.square(self.network(real) - 1.0))
            total = real_loss + ops.mean(ops.square(self.network(completed)))
            return total, {"d_loss": total, "d_real": real_loss}

        def adversarial(self, real, completed, hole):
            return ops.mean(ops.square(self.network(completed) - 1.0))
"""

GENERATOR = """
    import keras
    from keras import ops


    def build(width, name="generator", **options):
        masked, mask = keras.Input((None, None, 3)), keras.Input((None, None, 1))
        features = ops.concatenate([masked, mask], axis=-1)
        features = keras.layers.Conv2D(width, 3, padding="same", name="only1")(features)
        refined = keras.layers.Conv2D(3, 3, padding="same", name="only2")(features)
        return keras.Model([masked, mask], {"refined": refined}, name=name)
"""


def small_config(pictures):
    config = default_config()
    config.data.train = str(pictures)
    config.data.validation = ""
    config.data.size, config.data.batch_size = 32, 2
    config.masks.size, config.masks.max_shrink = 16, 2
    config.generator.width, config.critics.width = 4, 8
    config.train.reconstruction_steps, config.train.steps = 1, 2
    config.train.critic_updates = 1
    config.train.log_every = config.train.checkpoint_every = 1
    return config


def train(config, workdir):
    return inpaint_tf.train(config, workdir, device="cpu", precision="float32")


def test_a_new_kind_of_critics_trains_logs_and_resumes(tmp_path, pictures, new_file, monkeypatch):
    module = new_file("least_squares_critics", CRITICS)
    monkeypatch.setitem(critics.KINDS, "least_squares", f"{module}:build")
    config = small_config(pictures)
    config.critics.kind = "least_squares"
    result = train(config, tmp_path / "run")
    assert (result.finished, result.step, result.steps) == (True, 3, 3)
    header, *rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    place = header.split(",").index("d_real")
    assert [row.split(",")[place] != "" for row in rows] == [False, True, True]
    assert "critic_local" not in header
    assert train(config, tmp_path / "run").step == 3  # restores, and has nothing left to do


def test_a_new_kind_of_generator_trains_and_its_weights_complete(
    tmp_path, pictures, new_file, monkeypatch
):
    module = new_file("one_stage_generator", GENERATOR)
    monkeypatch.setitem(generators.KINDS, "one_stage", f"{module}:build")
    config = small_config(pictures)
    config.generator.kind = "one_stage"
    config.data.test_count = 2
    config.train.validate_every = 2
    result = train(config, tmp_path / "run")
    assert result.finished
    assert len(result.held_out.read_text().split()) == 2
    inpainter = inpaint_tf.Inpainter.load(tmp_path / "run", device="cpu")
    image = np.full((24, 40, 3), 90, np.uint8)
    mask = np.zeros((24, 40), np.uint8)
    mask[8:16, 8:16] = 255
    completed = inpainter.complete(image, mask)
    assert (completed[mask == 0] == 90).all()
    assert (completed[mask > 0] != 90).any()


def test_a_generator_without_a_coarse_network_cannot_train_it_alone(
    tmp_path, pictures, new_file, monkeypatch
):
    module = new_file("another_generator", GENERATOR)
    monkeypatch.setitem(generators.KINDS, "one_stage", f"{module}:build")
    config = small_config(pictures)
    config.generator.kind, config.train.coarse_steps = "one_stage", 1
    with pytest.raises(UserError, match=r"no coarse network; set --config.train.coarse_steps=0"):
        train(config, tmp_path / "run")


@pytest.mark.parametrize("field", ["generator", "critics"])
def test_an_unknown_kind_is_told_before_anything_is_made(tmp_path, pictures, field):
    config = small_config(pictures)
    config[field].kind = "nothing"
    with pytest.raises(UserError, match=rf"--config.{field}.kind must be one of .*; got 'nothing'"):
        train(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()
