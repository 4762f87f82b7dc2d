import json
from pathlib import Path

import numpy as np
import pytest
from small import SETTINGS, small_batches, small_trainer

from inpaint_tf.engines.runtime import compiled
from inpaint_tf.errors import UserError
from inpaint_tf.training.checkpoints import CheckpointStore
from inpaint_tf.weights import generator_file, locate


@pytest.fixture(scope="module")
def trained():
    """A trainer after one iteration, so that optimizers and average hold something."""
    trainer = small_trainer(average=True)
    compiled(trainer.train_step, trainer.state)(next(small_batches(trainer.batches_per_step())))
    return trainer


def test_everything_is_restored(tmp_path, trained):
    CheckpointStore(tmp_path, keep=3, settings=SETTINGS).save(trained, 1)
    other = small_trainer(average=True, seed=5)
    assert CheckpointStore(tmp_path, keep=3, settings=SETTINGS).restore(other) == 1
    assert int(other.step) == 1
    for network in ("generator", "average", "local_critic", "global_critic"):
        for expected, found in zip(
            getattr(trained, network).get_weights(),
            getattr(other, network).get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(found, expected)
    for optimizer in ("generator_optimizer", "critic_optimizer"):
        for expected, found in zip(
            getattr(trained, optimizer).variables, getattr(other, optimizer).variables, strict=True
        ):
            np.testing.assert_array_equal(found.numpy(), expected.numpy())
    assert int(other.generator_optimizer.iterations) == 1
    assert int(other.critic_optimizer.iterations) == 2


def test_nothing_to_restore(tmp_path, trained):
    store = CheckpointStore(tmp_path, keep=3, settings=SETTINGS)
    assert store.restore(trained) == 0
    assert "no checkpoint" in store.describe_latest()


def test_only_the_last_few_are_kept(tmp_path, trained):
    store = CheckpointStore(tmp_path, keep=2, settings=SETTINGS)
    for step in (2, 4, 10):
        store.save(trained, step)
    assert [p.name for p in sorted(store.folder.iterdir())] == ["step_00000004", "step_00000010"]
    assert store.latest().name == "step_00000010"


def test_a_surplus_that_a_kill_left_is_removed(tmp_path, trained):
    store = CheckpointStore(tmp_path, keep=5, settings=SETTINGS)
    for step in (2, 4, 10):
        store.save(trained, step)
    assert CheckpointStore(tmp_path, keep=2, settings=SETTINGS).restore(trained) == 10
    assert [p.name for p in sorted(store.folder.iterdir())] == ["step_00000004", "step_00000010"]


def test_what_a_kill_left_behind_is_ignored_and_removed(tmp_path, trained):
    store = CheckpointStore(tmp_path, keep=2, settings=SETTINGS)
    store.save(trained, 1)
    half = store.folder / ".unfinished"
    half.mkdir()
    (half / "trainer.weights.h5").write_bytes(b"half")
    assert store.restore(small_trainer(average=True)) == 1
    assert not half.exists()


def test_a_full_disk_keeps_the_last_good_checkpoint(tmp_path, trained, monkeypatch):
    store = CheckpointStore(tmp_path, keep=1, settings=SETTINGS)
    store.save(trained, 1)

    def full(path):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(trained, "save_weights", full)
    with pytest.raises(UserError, match=r"step 2 .*No space left.*free some.*step_00000001"):
        store.save(trained, 2)
    assert [p.name for p in store.folder.iterdir()] == ["step_00000001"]


def test_a_checkpoint_of_other_networks_is_refused(tmp_path, trained):
    CheckpointStore(tmp_path, keep=1, settings=SETTINGS).save(small_trainer(), 1)
    with pytest.raises(UserError, match="of other networks"):
        CheckpointStore(tmp_path, keep=1, settings=SETTINGS).restore(trained)


def test_the_best_generator_is_kept_and_says_what_it_is(tmp_path, trained):
    store = CheckpointStore(tmp_path, keep=1, settings=SETTINGS)
    store.save_if_best(trained, 5, psnr=20.0)
    store.save_if_best(trained, 6, psnr=19.0)
    generator, settings = generator_file.load_generator(tmp_path / locate.BEST_FILE)
    assert settings == {**SETTINGS, "step": 5}
    expected = trained.best_generator().get_weights()
    for found, weight in zip(generator.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, weight)
    store.save(trained, 6)
    state = json.loads((store.latest() / "state.json").read_text())
    assert state == {"step": 6, "best": {"step": 5, "psnr": 20.0}}
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
