import json

import pytest

from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.training.run_folder import look_at_run, open_run_folder
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


def test_a_run_goes_on_otherwise_where_the_user_says_so(tmp_path, caplog):
    caplog.set_level("INFO", logger="absl")
    found = {"training_pictures": "5 (abc)"}
    begin(tmp_path, 7, **found)
    config = config_of(steps=50)
    config.losses.ring, config.data.train = 1.5, "others"
    with pytest.raises(UserError, match="add --change_settings"):
        open_run_folder(tmp_path, config, training_pictures="6 (def)")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    look = look_at_run(tmp_path, config, change_settings=True, training_pictures="6 (def)")
    assert (look.reached, look.otherwise["losses.ring"]) == (7, [0.0, 1.5])
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    changed = open_run_folder(tmp_path, config, change_settings=True, training_pictures="6 (def)")
    assert {"losses.ring", "data.train", "train.steps"} < changed
    assert "losses.ring is 1.5 from here on, and was 0.0" in caplog.text
    start = json.loads((tmp_path / "environment.json").read_text())[-1]
    assert start["changed_settings"] == {
        "at_step": 7,
        "losses.ring": [0.0, 1.5],
        "data.train": ["", "others"],
    }
    assert json.loads((tmp_path / "config.json").read_text())["losses"]["ring"] == 1.5
    config.generator.width = 16
    with pytest.raises(UserError, match=r"generator\.width=32, now 16.*another --workdir$"):
        open_run_folder(tmp_path, config, change_settings=True, **found)


def config_of(coarse=0, reconstruction=10, steps=5, schedule="constant"):
    config = default_config()
    config.train.coarse_steps = coarse
    config.train.reconstruction_steps = reconstruction
    config.train.steps = steps
    config.optimizer.schedule = schedule
    return config


def begin(folder, reached, config=None, **resolved):
    """A run's folder whose latest checkpoint is of iteration `reached`."""
    open_run_folder(folder, config or config_of(), **resolved)
    if reached:
        (folder / "checkpoints" / f"step_{reached:08d}").mkdir(parents=True)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize(
    ("reached", "longer"),
    [
        (15, {"steps": 50}),  # finished
        (12, {"steps": 50}),
        (12, {"steps": 2}),  # shorter, and not done yet
        (10, {"reconstruction": 20}),  # at the end of its phase, with no critic trained yet
        (7, {"reconstruction": 20, "steps": 0}),
        (0, {"coarse": 3, "reconstruction": 1, "steps": 9}),
    ],
)
def test_a_run_goes_on_for_longer(tmp_path, schedule, reached, longer):
    begin(tmp_path, reached, config_of(schedule=schedule))
    changed = open_run_folder(tmp_path, config_of(schedule=schedule, **longer))
    assert changed == {f"train.{'steps' if n == 'steps' else f'{n}_steps'}" for n in longer}
    saved = json.loads((tmp_path / "config.json").read_text())["train"]
    assert saved["steps"] == longer.get("steps", 5)


@pytest.mark.parametrize(
    ("reached", "other", "message"),
    [
        (11, {"reconstruction": 20}, "past the 10 iterations of train.reconstruction_steps.*NEW"),
        (11, {"reconstruction": 5, "steps": 50}, "past the 10 iterations of train.reconstruction"),
        (3, {"coarse": 1}, "past the 0 iterations of train.coarse_steps"),
        (
            15,
            {"steps": 2},
            "has done 15 iterations, more than the 12 asked.*10 of recon.* and 2 of steps",
        ),
    ],
)
def test_what_was_learnt_keeps_its_phase(tmp_path, reached, other, message):
    begin(tmp_path, reached)
    before = (tmp_path / "config.json").read_bytes()
    with pytest.raises(UserError, match=message):
        open_run_folder(tmp_path, config_of(**other))
    assert (tmp_path / "config.json").read_bytes() == before


def test_the_same_pictures_at_another_path(tmp_path):
    first, second = config_of(), config_of()
    first.data.train, second.data.train = "a", "/elsewhere/a/"
    first.masks.pictures, second.masks.pictures = "m", "m/"
    found = {"training_pictures": "5 (abc)", "training_bytes": 10, "mask_pictures": "2 (def)"}
    begin(tmp_path, 3, first, **found)
    assert open_run_folder(tmp_path, second, **found) == {"data.train", "masks.pictures"}
    with pytest.raises(UserError, match=r"data\.train='/elsewhere/a/', now 'a'"):
        open_run_folder(tmp_path, first, **{**found, "training_bytes": 11})
    with pytest.raises(UserError, match=r"masks\.pictures='m/', now 'm'"):
        open_run_folder(tmp_path, first, **{**found, "mask_pictures": "2 (aaa)"})
    # At the same path a picture that was mended holds nobody up.
    open_run_folder(tmp_path, second, **{**found, "training_bytes": 11})


def test_validation_may_change_and_what_the_run_began_from_is_kept(tmp_path):
    first, second = config_of(), config_of()
    first.generator.weights = "logs/earlier"
    second.data.validation = "other"
    begin(tmp_path, 3, first, validation_pictures="5 (abc)")
    changed = open_run_folder(tmp_path, second, validation_pictures="6 (abc)")
    assert changed == {"data.validation", "run.validation_pictures"}
    saved = json.loads((tmp_path / "config.json").read_text())
    assert saved["generator"]["weights"] == "logs/earlier"
    assert saved["data"]["validation"] == "other"


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
