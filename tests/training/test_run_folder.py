import json

import pytest

from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.training.run_folder import open_run_folder
from inpaint_tf.training.run_log import MetricsFile


def test_the_folder_tells_what_ran(tmp_path):
    config = default_config()
    config.data.train = "faces"
    open_run_folder(tmp_path / "run", config)
    saved = json.loads((tmp_path / "run" / "config.json").read_text())
    assert saved["data"]["train"] == "faces"
    assert saved["losses"]["discount"] == 0.9
    environment = json.loads((tmp_path / "run" / "environment.json").read_text())
    assert environment[0]["packages"]["tensorflow"]
    assert {"command", "git_commit", "python", "platform"} <= set(environment[0])


def test_other_settings_do_not_continue_a_run(tmp_path):
    config = default_config()
    open_run_folder(tmp_path, config)
    config.losses.discount = 0.5
    with pytest.raises(UserError, match=r"losses.discount=0.9, now 0.5.*--workdir"):
        open_run_folder(tmp_path, config)


def test_more_steps_do(tmp_path):
    config = default_config()
    open_run_folder(tmp_path, config)
    config.train.steps += 1
    open_run_folder(tmp_path, config)
    assert json.loads((tmp_path / "config.json").read_text())["train"]["steps"] == 1_000_001


def test_more_steps_do_not_where_the_rate_depends_on_them(tmp_path):
    config = default_config()
    config.optimizer.schedule = "cosine"
    open_run_folder(tmp_path, config)
    config.train.steps += 1
    with pytest.raises(UserError, match=r"train\.steps"):
        open_run_folder(tmp_path, config)


def test_every_start_is_remembered(tmp_path):
    for _ in range(2):
        open_run_folder(tmp_path, default_config())
    assert len(json.loads((tmp_path / "environment.json").read_text())) == 2


def test_another_precision_or_other_pictures_do_not_continue_a_run(tmp_path):
    first = {"precision": "float32", "training_pictures": "5 (abc)"}
    open_run_folder(tmp_path, default_config(), **first)
    for name, value in (("precision", "mixed_bfloat16"), ("training_pictures", "6 (abd)")):
        with pytest.raises(UserError, match=f"run.{name}"):
            open_run_folder(tmp_path, default_config(), **{**first, name: value})


def test_a_damaged_config_is_named(tmp_path):
    open_run_folder(tmp_path, default_config())
    for damaged in ("", '{"data": ', "[]"):
        (tmp_path / "config.json").write_text(damaged)
        with pytest.raises(UserError, match=r"config.json is damaged.*delete it"):
            open_run_folder(tmp_path, default_config())
    (tmp_path / "config.json").unlink()
    open_run_folder(tmp_path, default_config())


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(UserError, match="--workdir"):
        open_run_folder(tmp_path / "run", default_config())


def test_rows_after_the_checkpoint_go_and_a_cut_row_too(tmp_path):
    first = MetricsFile(tmp_path, ("a", "b"), step=0)
    for step in (10, 20, 30):
        first.append(step, "coarse", {"a": step / 10})
    path = tmp_path / "metrics.csv"
    path.write_text(path.read_text() + "40,coa")
    MetricsFile(tmp_path, ("a", "b"), step=20).append(30, "reconstruction", {"b": 7.5})
    assert path.read_text().splitlines() == [
        "step,phase,a,b",
        "10,coarse,1.0,",
        "20,coarse,2.0,",
        "30,reconstruction,,7.5",
    ]
