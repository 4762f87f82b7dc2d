"""Lines about settings and pictures that do not suit each other."""

import numpy as np

from inpaint_tf.data import open_source, split_source
from inpaint_tf.default_config import default_config
from inpaint_tf.training.records import first_warnings as module
from inpaint_tf.training.records.first_warnings import first_warnings


def lines(training, validation=None, **data):
    config = default_config()
    config.data.update({"batch_size": 2, **data})
    return list(first_warnings(config, training, validation))


def packed(folder, side, count=6):
    """The source of a packed cache of different pictures."""
    path = folder / f"faces_{side}.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8))
    return open_source(path)


def test_a_batch_of_more_pictures_than_there_are(pictures):
    source = open_source(pictures)
    [line] = lines(source, batch_size=7)
    assert line.startswith("--config.data.batch_size=7 is more than the 6 pictures to train on")
    assert lines(source, batch_size=6) == []


def test_packed_pictures_that_training_enlarges(tmp_path):
    small = packed(tmp_path, 64)
    [line] = lines(small, size=96)
    assert "packed at 64x64 pixels and enlarged to 96x96" in line
    assert "set --config.data.size=64, or pack them anew" in line
    assert line.endswith("--size=96")
    assert lines(*split_source(small, 2), size=96) == [line]  # of both parts, said once
    assert lines(small, size=64) == lines(small, size=32) == []
    [line] = lines(packed(tmp_path, 96), small, size=96)
    assert line.startswith("the validation pictures are packed at 64x64")
    [line] = lines(packed(tmp_path, 60), size=96)  # 60 is no multiple of 8
    assert "--config.data.size" not in line


def test_a_batch_that_no_memory_holds(pictures, monkeypatch):
    source = open_source(pictures)
    monkeypatch.setattr(module, "available_bytes", lambda: 400_000_000)
    assert lines(source, batch_size=2, size=256) == []
    [line] = lines(source, batch_size=6, size=256)
    assert line.startswith("a step with 6 pictures of 256x256 pixels takes 1 GB of memory and more")
    assert "0.4 GB are free" in line
    monkeypatch.setattr(module, "available_bytes", lambda: None)
    assert lines(source, batch_size=6, size=256) == []
