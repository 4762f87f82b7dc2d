import errno
import importlib
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from inpaint_tf.data import picture_files
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores.of_validation import SCORES
from inpaint_tf.training import generator_loss, loop, trainer
from inpaint_tf.training.critics import KINDS, balanced
from inpaint_tf.training.critics.base import Critics
from inpaint_tf.training.records.scalars import scalar
from inpaint_tf.training.run_log import MetricsFile, RunLog

COLUMNS = ("g_loss", "images_per_second", "val_psnr")


class Named(np.ndarray):
    """Stands for a variable: an array with a name."""

    name = "kernel"


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

    log, picture = RunLog(tmp_path, COLUMNS, 0), np.zeros((224, 224, 3), np.uint8)
    picture[100:, 20:] = 255, 100, 0
    rows = {"center": [{"truth": picture, "hole": picture, "completed": picture}]}
    log.write(3, "coarse", {"g_loss": 1.5, "val_psnr": 20.0})
    log.draw(3, rows)
    log.write(5, "coarse", {"g_loss": 1.25})
    log.draw(5, rows)
    events = EventAccumulator(str(tmp_path)).Reload()
    assert events.summary_metadata["2_losses/g_loss"].plugin_data.plugin_name == "scalars"
    losses = events.Tensors("2_losses/g_loss")
    assert [(loss.step, loss.tensor_proto.float_val[0]) for loss in losses] == [(3, 1.5), (5, 1.25)]
    assert events.Tensors("1_validation/psnr")[0].tensor_proto.float_val[0] == 20
    assert "PSNR in dB" in events.summary_metadata["1_validation/psnr"].summary_description
    tag = "7_pictures_center/5_completed"
    assert events.summary_metadata[tag].summary_description.endswith("Holes of kind center.")
    assert [shown.step for shown in events.Tensors(tag)] == [3, 5]
    assert len(events.Tensors("7_pictures_center/1_truth")) == 1  # it never changes
    width, height, encoded = events.Tensors(tag)[0].tensor_proto.string_val
    assert (width, height) == (b"224", b"224")
    (tmp_path / "shown.jpg").write_bytes(encoded)
    shown = picture_files.read_image(tmp_path / "shown.jpg").astype(int)
    assert np.abs(shown - picture).mean() < 2


def test_the_settings_are_a_text_and_a_line_of_the_table_of_runs(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import plugin_data_pb2

    log, config = RunLog(tmp_path, COLUMNS, 0), default_config()
    config.data.train, config.losses.l1 = "a|b", 0.5
    log.describe(7, config, ["val_psnr"])
    events = EventAccumulator(str(tmp_path)).Reload()
    [text] = events.Tensors("settings")
    assert text.step == 7
    expected = {"| losses.l1 | 0.5 |", "| data.train | a\\|b |", "| masks.pictures | - |"}
    assert expected <= set(_lines(text))
    contents = [
        plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
        for tag, metadata in events.summary_metadata.items()
        if metadata.plugin_data.plugin_name == "hparams"
    ]
    [started] = [c.session_start_info for c in contents if c.HasField("session_start_info")]
    [experiment] = [c.experiment for c in contents if c.HasField("experiment")]
    assert started.group_name == tmp_path.name
    assert [info.name for info in experiment.hparam_infos][:2] == ["data.size", "masks.kind"]
    assert started.hparams["losses.l1"].number_value == 0.5
    assert started.hparams["critics.kind"].string_value == "wgan_gp"
    assert not {"data.train", "train.log_every"} & set(started.hparams)
    assert [metric.name.tag for metric in experiment.metric_infos] == ["1_validation/psnr"]


def _lines(text):
    """Of a text as TensorBoard gives it."""
    return text.tensor_proto.string_val[0].decode().splitlines()


def test_a_run_that_goes_on_shows_its_new_settings(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import plugin_data_pb2

    config = default_config()
    for steps in (20, 50):
        config.train.steps = steps
        log = RunLog(tmp_path, COLUMNS, 0)
        log.describe(steps, config, ["val_psnr"])
        log.write(steps, "coarse", {"g_loss": 1.0})
    events = EventAccumulator(str(tmp_path)).Reload()
    content = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    started = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info
    assert started.hparams["train.steps"].number_value == 50
    texts = events.Tensors("settings")  # of both starts
    assert [text.step for text in texts] == [20, 50]
    assert [f"| train.steps | {text.step} |" in _lines(text) for text in texts] == [True, True]
    assert len(events.Tensors("2_losses/g_loss")) == 2


def test_histograms_of_weights(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    kernel = np.array([-1.0, 1.0, 1.0, np.inf, np.nan]).view(Named)
    network = SimpleNamespace(
        name="generator", layers=[SimpleNamespace(name="conv1", weights=[kernel])]
    )
    log = RunLog(tmp_path, COLUMNS, 0)
    log.draw_histograms(4, network)
    events = EventAccumulator(str(tmp_path)).Reload()
    [drawn] = events.Tensors("8_weights_generator/conv1/kernel")
    buckets = np.reshape(drawn.tensor_proto.double_val, (30, 3))
    assert buckets[0].tolist()[::2] == [-1.0, 1.0]
    assert buckets[-1].tolist()[1:] == [1.0, 2.0]
    assert buckets[:, 2].sum() == 3


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("val_hole_psnr", "1_validation/hole_psnr"),
        ("g_loss", "2_losses/g_loss"),
        ("d_loss", "3_critics/d_loss"),
        ("score_real_local", "3_critics/score_real_local"),
        ("rate_critics", "4_learning_rates/critics"),
        ("gradient_norm_generator", "6_gradients/generator"),
        ("waiting_share", "5_speed/waiting_share"),
    ],
)
def test_groups_follow_what_people_look_at(name, tag):
    assert scalar(name).tag == tag


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_a_run_has_a_description(kind):
    module = importlib.import_module(KINDS[kind].partition(":")[0])
    terms = [
        name
        for critics in vars(module).values()
        if isinstance(critics, type) and issubclass(critics, Critics)
        for name in getattr(critics, "terms", ())
    ]
    assert "d_loss" in terms
    optional = generator_loss.OPTIONAL_TERMS.values()
    names = [*generator_loss.TERMS, *optional, *balanced.TERMS]
    names += [*trainer.GRADIENT_NORMS, *trainer.RATES, *loop.SPEEDS, *SCORES, *terms]
    for name in names:
        assert scalar(name).description.endswith("."), name
        assert len(scalar(name).description.split()) > 4, name


def test_tensorboard_files_need_no_tensorflow(tmp_path):
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from pathlib import Path\n"
        "from inpaint_tf.default_config import default_config\n"
        "from inpaint_tf.training.run_log import RunLog\n"
        "log = RunLog(Path(sys.argv[1]), ('g_loss',), 0)\n"
        "log.describe(0, default_config(), ('val_psnr',))\n"
        "log.write(1, 'coarse', {'g_loss': 1.0})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


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
