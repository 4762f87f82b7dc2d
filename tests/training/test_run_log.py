import errno

import numpy as np
import pytest

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.training.run_log import MetricsFile, RunLog

COLUMNS = ("g_loss", "images_per_second", "val_psnr")


def test_a_full_disk_under_tensorboard_is_one_line(tmp_path, monkeypatch):
    log = RunLog(tmp_path, COLUMNS, 0)

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(log.events, "flush", full)
    with pytest.raises(UserError, match=r"No space left.*same command again"):
        log.write(1, "coarse", {"g_loss": 1.0})


def test_rows_and_events_are_written_together(tmp_path):
    RunLog(tmp_path, COLUMNS, 0).write(3, "coarse", {"g_loss": 1.5, "images_per_second": 2.0})
    row = (tmp_path / "metrics.csv").read_text().splitlines()[1]
    assert row.startswith("3,coarse,1.5,")
    assert list(tmp_path.glob("events.out.tfevents*"))


def test_tensorboard_reads_what_was_written(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log, picture = RunLog(tmp_path, COLUMNS, 0), np.zeros((4, 6, 3), np.uint8)
    picture[1, 2] = 255, 100, 0
    log.write(3, "coarse", {"g_loss": 1.5, "val_psnr": 20.0})
    log.draw(3, picture, ["original", "completed"])
    log.write(5, "coarse", {"g_loss": 1.25})
    events = EventAccumulator(str(tmp_path)).Reload()
    assert events.summary_metadata["losses/g_loss"].plugin_data.plugin_name == "scalars"
    losses = events.Tensors("losses/g_loss")
    assert [(loss.step, loss.tensor_proto.float_val[0]) for loss in losses] == [(3, 1.5), (5, 1.25)]
    assert events.Tensors("validation/val_psnr")[0].tensor_proto.float_val[0] == 20
    description = events.summary_metadata["pictures"].summary_description
    assert description == "original, completed"
    width, height, png = events.Tensors("pictures")[0].tensor_proto.string_val
    assert (width, height) == (b"6", b"4")
    (tmp_path / "shown.png").write_bytes(png)
    np.testing.assert_array_equal(picture_files.read_image(tmp_path / "shown.png"), picture)


def test_damaged_rows_are_counted_and_a_damaged_first_line_is_told(tmp_path, caplog):
    path = tmp_path / "metrics.csv"
    path.write_text("step,phase,loss\n1,a,1.0\nx1,a,1.0\n\xb2,a,1\n3,a,1.0\n4", encoding="utf-8")
    MetricsFile(tmp_path, ["loss"], step=9)
    assert path.read_text() == "step,phase,loss\n1,a,1.0\n3,a,1.0\n4,,\n"
    assert "metrics.csv: 2 damaged rows are left out" in caplog.text
    path.write_text("stop,phase,loss\n1,a,1.0\n")
    with pytest.raises(UserError, match="its first line names no step"):
        MetricsFile(tmp_path, ["loss"], step=9)
    assert path.read_text() == "stop,phase,loss\n1,a,1.0\n"
