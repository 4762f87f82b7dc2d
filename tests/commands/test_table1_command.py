"""Table I anew: each row gets the same pictures, goes on where it was, and stands in the table."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from configs import table1 as configs
from inpaint_tf.commands import table1
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.report.published_table import PUBLISHED


@pytest.fixture
def typed(monkeypatch):
    """The commands that would run: (name, arguments), and the seconds of each."""
    found = []
    monkeypatch.setattr(
        table1, "run", lambda *arguments, seconds=None: found.append((arguments, seconds))
    )
    return found


def flags(**changes):
    given = {
        **{"train": "FACES", "test": "OTHERS", "pictures": 1000, "hours": None},
        **{"setting": [], "masks": None, "limit": None, "overwrite": False, "size": 256},
    }
    return SimpleNamespace(**{**given, **changes})


def reached(output, row, step, batch_size):
    """A run's folder with a checkpoint of `step`."""
    folder = table1.run_folder(row, output)
    (folder / "checkpoints" / f"step_{step:08d}").mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"data": {"batch_size": batch_size}}))


def test_the_rows_are_those_of_the_config():
    assert set(table1.ROWS) == set(configs.ROWS) - {"partial_convolution_fine"}
    printed = {name for name, *_ in PUBLISHED}
    assert set(table1.ROWS.values()) & printed == printed - {"Peng et al."}


def test_pictures_of_an_iteration():
    # six batches of 16; one batch of 8 for both updates; one of 6 without critics
    assert table1.cost("contextual_attention") == ("steps", 6 * 16)
    assert table1.cost("aot_sm_patchgan") == ("steps", 8)
    assert table1.cost("partial_convolution") == ("reconstruction_steps", 6)
    assert table1.cost("partial_convolution", ["data.batch_size=4"]) == ("reconstruction_steps", 4)


def test_a_row_is_trained_for_its_pictures_and_then_left_alone(typed, tmp_path):
    assert table1.train_row("contextual_attention", tmp_path, flags())
    [(arguments, seconds)] = typed
    assert arguments[:2] == ("train", "--config=table1:contextual_attention")
    assert "--config.train.steps=11" in arguments  # 1000 / 96, upwards
    assert seconds is None
    reached(tmp_path, "contextual_attention", 5, 16)
    assert table1.train_row("contextual_attention", tmp_path, flags())
    reached(tmp_path, "contextual_attention", 11, 16)
    assert not table1.train_row("contextual_attention", tmp_path, flags())
    assert table1.done_of("contextual_attention", tmp_path) == (11, 11 * 96)


def test_smaller_pictures_have_smaller_boxes(typed, tmp_path):
    table1.train_row("contextual_attention", tmp_path, flags(size=64))
    table1.train_row("aot", tmp_path, flags(size=128))
    (boxes, _), (strokes, _) = typed
    assert {
        "--config.data.size=64",
        "--config.masks.size=32",
        "--config.masks.max_shrink=4",
    } <= set(boxes)
    assert {"--config.data.size=128", "--config.masks.size=128"} <= set(strokes)
    table1.score_rows(["aot"], tmp_path, {"central": "center"}, flags(size=64), overwrite=False)
    assert "--size=64" in typed[-1][0]


def test_a_time_is_used_up(typed, tmp_path):
    args = flags(pictures=None, hours=1.0)
    (tmp_path / "seconds.json").write_text('{"aot": 3590}')
    assert table1.train_row("aot", tmp_path, args)
    [(_, seconds)] = typed
    assert seconds == pytest.approx(10)
    (tmp_path / "seconds.json").write_text('{"aot": 3600}')
    assert not table1.train_row("aot", tmp_path, args)


def test_both_kinds_of_holes_are_tested(typed, tmp_path):
    masks = {"central": "center", "irregular": "MASKS"}
    table1.score_rows(["aot", "aot_patchgan"], tmp_path, masks, flags(limit=7), overwrite=True)
    (central, _), (irregular, _) = typed
    assert "--masks=center" in central
    assert {"--masks=MASKS", "--mask_pairing=cycle", "--limit=7", "--overwrite"} <= set(irregular)
    folders = ",".join(str(table1.run_folder(row, tmp_path)) for row in ("aot", "aot_patchgan"))
    assert f"--weights={folders}" in central


def test_the_table_has_printed_scores_where_the_holes_are_the_same():
    scores = {"full": {"composite": {"psnr": 20.5, "ssim": 0.75}}, "images": 4}
    results = {holes: {"contextual_attention": scores} for holes in table1.HOLES}
    done = {"contextual_attention": table1.Done(11, 1056)}
    lines = table1.report(["contextual_attention"], done, results, masks_given=False).splitlines()
    assert (
        "| Shah et al. 2022 (the paper) | central square | 26.11 | 0.85 | 20.50 | 0.7500 | 1,056 |"
    ) in lines
    assert "| Shah et al. 2022 (the paper) | irregular | - | - | 20.50 | 0.7500 | 1,056 |" in lines
    assert any("random strokes drawn here" in line for line in lines)


def test_masks_are_drawn_once(tmp_path, monkeypatch):
    monkeypatch.setattr(table1, "DRAWN_MASKS", 3)
    folder = table1.draw_masks(tmp_path / "masks")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["000.png", "001.png", "002.png"]
    before = (folder / "001.png").read_bytes()
    assert before != (folder / "002.png").read_bytes()
    monkeypatch.setattr("inpaint_tf.data.picture_files.write_png", None)  # not called again
    assert table1.draw_masks(tmp_path / "masks") == folder


def programme(text):
    """What starts a program of ours in place of the command."""
    return lambda command: subprocess.Popen([sys.executable, "-c", text])


def test_a_command_that_fails_stops_and_one_that_is_out_of_time_does_not():
    with pytest.raises(UserError, match="the table stopped, see above"):
        table1.run("train", start=programme("raise SystemExit(1)"))
    saves = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(143)); "
    for begins in (saves, "import time; "):
        table1.run("train", seconds=1.0, start=programme(begins + "time.sleep(60)"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give one of --pictures=N and --hours=H"),
        (["--pictures=5", "--rows=aott"], "unknown row 'aott'; did you mean aot?"),
    ],
)
def test_mistakes_are_told(arguments, message, tmp_path):
    given = ["--train=a", "--test=b", f"--output={tmp_path}", *arguments]
    ended = subprocess.run(
        [sys.executable, "-m", "inpaint_tf", "table1", *given], capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert message in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
