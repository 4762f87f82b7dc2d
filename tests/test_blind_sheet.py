"""Sheets for a blind look: every face once, in random order, with a right key; the count."""

import csv
import runpy
from pathlib import Path

import numpy as np
import pytest

from inpaint_tf.data import picture_files

ROOT = Path(__file__).resolve().parent.parent
BLIND = runpy.run_path(str(ROOT / "scripts" / "blind_sheet.py"), run_name="blind")


@pytest.fixture
def folders(tmp_path):
    """Two folders with the faces 0 to 9: grey of level 10 * face, and the same with 5 more."""
    for kind, more in (("truth", 0), ("ours", 5)):
        (tmp_path / kind).mkdir()
        for face in range(10):
            image = np.full((40, 40, 3), 10 * face + more, np.uint8)
            picture_files.write_png(tmp_path / kind / f"{face}.png", image)
    return [f"{kind}={tmp_path / kind}" for kind in ("truth", "ours")]


def draw(folders, output, *more):
    return BLIND["main"](["draw", *folders, "--each=5", "--size=32", f"--output={output}", *more])


def key(output):
    with open(output / "key.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_the_sheets_show_what_the_key_says(folders, tmp_path):
    output = tmp_path / "look"
    assert draw(folders, output) == 0
    rows = key(output)
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 11)]
    assert sorted(row["kind"] for row in rows) == ["ours"] * 5 + ["truth"] * 5
    assert len({row["picture"] for row in rows}) == 10  # no face twice
    sheets = [picture_files.read_image(output / f"sheet_0{index}.png") for index in (1, 2)]
    assert not (output / "sheet_03.png").exists()
    for index, row in enumerate(rows):
        page, place = sheets[index // 8], index % 8
        top, left = 8 + 24 + place // 4 * (32 + 8 + 24), 8 + place % 4 * (32 + 8)
        level = 10 * int(Path(row["picture"]).stem) + (5 if row["kind"] == "ours" else 0)
        assert (page[top : top + 32, left : left + 32] == level).all()


def test_the_order_is_random_and_the_seeds_own(folders, tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        draw(folders, tmp_path / name, f"--seed={seed}")
    first, same, other = (key(tmp_path / name) for name in "abc")
    assert first == same != other
    kinds = [row["kind"] for row in first]
    assert kinds != sorted(kinds)
    assert kinds != sorted(kinds, reverse=True)


def test_answers_are_counted_by_kind(folders, tmp_path, capsys):
    output = tmp_path / "look"
    draw(folders, output)
    assert (output / "answers.csv").read_text().splitlines()[:2] == ["number,glance,close", "1,,"]
    lines = ["number,glance,close"]
    for row in key(output):
        truth = row["kind"] == "truth"
        face = int(Path(row["picture"]).stem)
        lines.append(f"{row['number']},{'real' if truth else 'made'}, {'REAL' if face else 'made'}")
    (output / "answers.csv").write_text("\n".join(lines) + "\n")
    assert BLIND["main"](["tally", str(output)]) == 0
    [zero] = [row["kind"] for row in key(output) if row["picture"] == "0.png"]
    told = sorted(capsys.readouterr().out.splitlines())
    close = {kind: 4 if kind == zero else 5 for kind in ("truth", "ours")}
    assert told == [
        f"ours   of 5: real at a glance 0, close {close['ours']}",
        f"truth  of 5: real at a glance 5, close {close['truth']}",
    ]


def test_mistakes_are_told_in_a_line(folders, tmp_path, capsys):
    def told(*arguments):
        assert BLIND["main"](list(arguments)) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        return error

    inside = f"--output={ROOT / 'look'}"
    assert "lies in the repository" in told("draw", *folders, inside)
    assert not (ROOT / "look").exists()
    output = tmp_path / "look"
    assert "share 10 pictures and 12" in told("draw", *folders, "--each=6", f"--output={output}")
    assert "no NAME=FOLDER" in told("draw", "truth", f"--output={output}")
    draw(folders, output)
    assert "holds sheets already" in told("draw", *folders, f"--output={output}")
    assert "'' for number 1, glance; write real or made" in told("tally", str(output))
    assert "give the folder of `draw`" in told("tally", str(tmp_path / "nowhere"))
