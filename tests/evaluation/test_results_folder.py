"""The folder of a test keeps what is done, and does not touch what is not its own."""

import csv
import json
import math

import pytest

from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.results_folder import Results, columns, describe_inputs, prepare_folder
from inpaint_tf.evaluation.scores import table as score_table

SETTINGS = {"size": 256, "weights": "abc"}


def row(name, value):
    scores = dict.fromkeys(score_table.columns(), value)
    return {
        "image": name,
        "inputs": "",
        "height": 8,
        "width": 9,
        "hole_share": 0.25,
        "seconds": 0.5,
        **scores,
    }


def inputs(*names):
    return dict.fromkeys(names, "as before")


def add(results, name, value):
    (results.folder / name).write_bytes(b"png")
    results.add(row(name, value))


def test_rows_and_summary(tmp_path):
    results = Results(tmp_path, SETTINGS, inputs("a.png", "b.png"))
    add(results, "b.png", 0.1)
    add(results, "a.png", 1 / 3)
    results.add_failure("in/c.jpg", "damaged")
    summary = results.finish(["a.png", "b.png", "c.png"])
    assert json.loads((tmp_path / "summary.json").read_text()) == summary
    tree = {"full", "hole", "fill", "face"}
    assert set(summary) == {"images", "failed", "identical", "confidence", "bands", *tree}
    assert (summary["images"], summary["failed"], summary["identical"]) == (2, 1, 0)
    assert summary["hole"]["raw"]["psnr"] == (1 / 3 + 0.1) / 2
    assert set(summary["confidence"]) == tree
    assert [band["images"] for band in summary["bands"]] == [2]
    assert results.seconds(["a.png", "b.png"]) == 1.0
    with open(tmp_path / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [entry["image"] for entry in rows] == ["a.png", "b.png"]
    assert list(rows[0]) == columns()
    assert (tmp_path / "failed.csv").read_text() == "image,reason\nin/c.jpg,damaged\n"


@pytest.mark.parametrize("cut", [1, 20, 10_000])
def test_goes_on_after_a_kill_in_the_middle_of_a_row(tmp_path, cut):
    names = ["a.png", "b.png"]
    for place in ("whole", "killed"):
        prepare_folder(tmp_path / place)
    whole, killed = (
        Results(tmp_path / place, SETTINGS, inputs(*names)) for place in ("whole", "killed")
    )
    for results in (whole, killed):
        add(results, "a.png", math.inf)
        add(results, "b.png", 2 / 7)
    expected = whole.finish(names)
    path = tmp_path / "killed" / "metrics.csv"
    text = path.read_text()
    last_row = text.index("b.png")
    path.write_text(text[: max(len(text) - cut, last_row)] if cut < 10_000 else text[:30])
    again = Results(tmp_path / "killed", SETTINGS, inputs(*names))
    assert again.is_done("a.png") == (cut < 10_000)
    assert not again.is_done("b.png")
    for name, value in (("a.png", math.inf), ("b.png", 2 / 7)):
        if not again.is_done(name):
            add(again, name, value)
    assert again.finish(names) == expected
    assert path.read_text() == (tmp_path / "whole" / "metrics.csv").read_text()


def test_a_picture_whose_png_is_gone_is_not_done(tmp_path):
    results = Results(tmp_path, SETTINGS, inputs("a.png"))
    add(results, "a.png", 1.0)
    assert results.is_done("a.png")
    (tmp_path / "a.png").unlink()
    assert not Results(tmp_path, SETTINGS, inputs("a.png")).is_done("a.png")


def test_other_settings_are_refused_unless_overwritten(tmp_path):
    add(Results(tmp_path, SETTINGS, inputs("a.png")), "a.png", 1.0)
    with pytest.raises(UserError, match=r"size 256 \(now None\); add --overwrite"):
        Results(tmp_path, {**SETTINGS, "size": None}, inputs("a.png"))
    anew = Results(tmp_path, {**SETTINGS, "size": None}, inputs("a.png"), overwrite=True)
    assert not anew.is_done("a.png")


def test_files_of_others_are_not_written_over(tmp_path):
    (tmp_path / "a.png").write_bytes(b"my picture")
    Results(tmp_path, SETTINGS, inputs("b.png"))  # no clash
    (tmp_path / "settings.json").unlink()
    with pytest.raises(UserError, match="not from a test"):
        Results(tmp_path, SETTINGS, inputs("a.png"))
    assert not (tmp_path / "settings.json").exists()


def test_failures_are_tried_again(tmp_path):
    results = Results(tmp_path, SETTINGS, inputs("a.png"))
    results.add_failure("a.jpg", "no mask")
    assert results.finish(["a.png"])["full"]["raw"]["psnr"] is None
    again = Results(tmp_path, SETTINGS, inputs("a.png"))
    add(again, "a.png", 1.0)
    assert again.finish(["a.png"])["failed"] == 0
    assert not (tmp_path / "failed.csv").exists()


def test_output_must_be_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is a file"):
        prepare_folder(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        prepare_folder(tmp_path / "file" / "below")


def test_a_picture_whose_files_changed_is_done_again(tmp_path):
    results = Results(tmp_path, SETTINGS, inputs("a.png", "b.png"))
    for name in ("a.png", "b.png"):
        add(results, name, 1.0)
    changed = Results(tmp_path, SETTINGS, {"a.png": "other", "b.png": "as before"})
    assert not changed.is_done("a.png")
    assert changed.is_done("b.png")
    add(changed, "a.png", 2.0)
    assert changed.is_done("a.png")
    assert changed.finish(["a.png", "b.png"])["full"]["raw"]["l1"] == 1.5


def test_inputs_change_with_their_files(tmp_path):
    file = tmp_path / "a.png"
    missing = describe_inputs([file, None])
    file.write_bytes(b"one")
    before = describe_inputs([file, None])
    assert describe_inputs([file, None]) == before != missing
    file.write_bytes(b"three")
    assert describe_inputs([file, None]) != before


def test_settings_of_a_test_without_results_may_change(tmp_path):
    Results(tmp_path, SETTINGS, inputs("a.png"))
    Results(tmp_path, {**SETTINGS, "size": 8}, inputs("a.png"))
    assert json.loads((tmp_path / "settings.json").read_text())["size"] == 8


def test_a_damaged_row_is_told(tmp_path):
    add(Results(tmp_path, SETTINGS, inputs("a.png")), "a.png", 1.0)
    path = tmp_path / "metrics.csv"
    path.write_text(path.read_text().replace(",8,9,", ",8 pixels,9,"))
    with pytest.raises(UserError, match="damaged in line 2"):
        Results(tmp_path, SETTINGS, inputs("a.png"))


def test_names_need_not_be_utf_8(tmp_path):
    name = b"caf\xe9.png".decode("utf-8", "surrogateescape")
    results = Results(tmp_path, SETTINGS, inputs(name))
    add(results, name, 1.0)
    assert results.finish([name])["images"] == 1
    assert Results(tmp_path, SETTINGS, inputs(name)).is_done(name)


def test_another_batch_size_or_device_does_not_go_on(tmp_path):
    settings = {"weights": "abc", "batch_size": 8, "device": "cpu"}
    Results(tmp_path, settings, {"a.png": ""}).add(row("a.png", 1.0))
    Results(tmp_path, settings, {"a.png": ""})
    for name, value in (("batch_size", 4), ("device", "gpu")):
        with pytest.raises(UserError, match=rf"{name} .* \(now {value}\)"):
            Results(tmp_path, {**settings, name: value}, {"a.png": ""})
    (tmp_path / "settings.json").write_text(json.dumps({"weights": "abc"}))  # of version 0.2
    Results(tmp_path, {**settings, "batch_size": 4}, {"a.png": ""})
