import pytest

from inpaint_tf.errors import UserError
from inpaint_tf.records import Records


def test_a_full_disk_under_tensorboard_is_one_line(tmp_path, monkeypatch):
    import tensorflow as tf

    records = Records(tmp_path, 0)

    def full():
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(records.writer, "flush", full)
    with pytest.raises(UserError, match=r"No space left.*same command again"):
        records.write(1, "coarse", {"g_loss": 1.0})


def test_rows_and_events_are_written_together(tmp_path):
    Records(tmp_path, 0).write(3, "coarse", {"g_loss": 1.5, "images_per_second": 2.0})
    row = (tmp_path / "metrics.csv").read_text().splitlines()[1]
    assert row.startswith("3,coarse,1.5,")
    assert list(tmp_path.glob("events.out.tfevents*"))
