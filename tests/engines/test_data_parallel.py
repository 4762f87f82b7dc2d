"""Devices that share batches give what one device gives. JAX simulates them on a CPU."""

import pytest
from small_runs import assert_alike, train

from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError


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


@pytest.mark.parametrize(
    ("asked", "message"),
    [("many", "auto or a number"), ("0", "auto or a number"), ("2", "set KERAS_BACKEND=jax")],
)
def test_tensorflow_leaves_it_to_jax(asked, message):
    with pytest.raises(UserError, match=message):
        runtime.share_batches(asked, 4)


def test_one_device_shares_nothing():
    assert runtime.share_batches("auto", 4) == runtime.share_batches("1", 4) == 1
