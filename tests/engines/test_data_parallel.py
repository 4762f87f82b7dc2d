"""Devices that share batches give what one device gives. Here all of them are the CPU."""

import pytest
from small_runs import assert_alike, train

from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError
from inpaint_tf.networks import efficientnet_lite0


def test_several_devices_give_what_one_gives(pictures, tmp_path):
    for workdir, count in (("one", "1"), ("two", "2"), ("four", "auto")):
        ended = train(pictures, tmp_path / workdir, f"--data_parallel={count}")
        assert ended.returncode == 0, ended.stderr
    assert "4 devices share each batch of 4 pictures" in ended.stderr
    for workdir in ("two", "four"):
        assert_alike(tmp_path / workdir, tmp_path / "one")


def test_what_cannot_be_shared_is_told(pictures, tmp_path):
    ended = train(pictures, tmp_path / "run", "--data_parallel=3")
    assert ended.returncode == 1
    assert "does not divide --config.data.batch_size=4" in ended.stderr
    ended = train(pictures, tmp_path / "run", "--data_parallel=4", devices=2)
    assert "error: --data_parallel=4, but JAX sees 2 here" in ended.stderr


PROJECTED = [
    "--config.critics.kind=projected",
    "--config.losses.hole=1",
    "--config.losses.ring=1",
    "--config.losses.features=0.5",
    "--config.losses.matching=1",
    "--config.train.shared_pictures",
]
BATCH_NORM = [
    "--config.generator.kind=partial_convolution",
    "--config.data.size=128",
    "--config.train.reconstruction_steps=3",
    "--config.train.steps=0",
]
"""What of a batch is no mean over its pictures: counts and norms; statistics."""


@pytest.mark.parametrize("kind", [[], PROJECTED, BATCH_NORM], ids=["wgan_gp", "projected", "norms"])
def test_tensorflow_mirrors_what_one_device_gives(pictures, tmp_path, kind):
    if kind is PROJECTED:
        pytest.importorskip(efficientnet_lite0.PACKAGE)
    for workdir, devices in (("one", 1), ("two", 2)):
        ended = train(pictures, tmp_path / workdir, *kind, devices=devices, engine="tensorflow")
        assert ended.returncode == 0, ended.stderr
    assert "2 devices share each batch of 4 pictures" in ended.stderr
    assert_alike(tmp_path / "two", tmp_path / "one")


def test_tensorflow_refuses_float16_on_several_devices(pictures, tmp_path):
    half = "--precision=mixed_float16"
    ended = train(pictures, tmp_path, half, devices=2, engine="tensorflow")
    assert ended.returncode == 1
    assert "error: --data_parallel=2 in float16 is for JAX" in ended.stderr


@pytest.mark.parametrize(
    ("asked", "message"),
    [("many", "auto or a number"), ("0", "auto or a number"), ("2", "TensorFlow sees 1 here")],
)
def test_a_wrong_number_of_devices_is_told(asked, message):
    with pytest.raises(UserError, match=message):
        runtime.share_batches(asked, 4)


def test_one_device_shares_nothing():
    assert runtime.share_batches("auto", 4) == runtime.share_batches("1", 4) == 1
