"""The test command from its options to its exit status and messages."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf import files
from inpaint_tf.commands.test import run_test
from inpaint_tf.errors import UserError
from inpaint_tf.networks.generator import build_generator
from inpaint_tf.weights import save_generator

ROOT = Path(inpaint_tf.__file__).parent.parent


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    keras.utils.set_random_seed(7)
    path = tmp_path_factory.mktemp("weights") / "small.weights.h5"
    settings = {"width": 8, "hole_fill": "white", "size": 64, "step": 1}
    save_generator(build_generator(width=8), path, settings)
    return path


@pytest.fixture(scope="module")
def inpainter(weights):
    return inpaint_tf.Inpainter.load(weights, device="cpu")


@pytest.fixture(autouse=True)
def load_once(inpainter, monkeypatch):
    """Making the graph takes a second: all tests share one."""
    monkeypatch.setattr(inpaint_tf.Inpainter, "load", lambda weights, **options: inpainter)


@pytest.fixture
def args(tmp_path, weights):
    rng = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    for index, size in enumerate([(64, 64), (40, 56), (64, 64)]):
        files.write_png(
            tmp_path / "in" / f"{index}.png", rng.integers(0, 256, (*size, 3), np.uint8)
        )
    return SimpleNamespace(
        images=str(tmp_path / "in"),
        masks="center",
        invert_masks=False,
        weights=str(weights),
        output=str(tmp_path / "out"),
        size=None,
        batch_size=8,
        limit=None,
        overwrite=False,
        device="cpu",
        precision="float32",
        attention_mb=256,
    )


def test_writes_everything_and_says_the_scores(args, inpainter, capsys):
    assert run_test(args) == 0
    output = Path(args.output)
    assert sorted(path.name for path in output.iterdir()) == [
        "0.png",
        "1.png",
        "2.png",
        "contact_sheet.png",
        "metrics.csv",
        "settings.json",
        "summary.json",
    ]
    assert json.loads((output / "summary.json").read_text())["images"] == 3
    truth = files.read_image(Path(args.images) / "1.png")
    mask = np.zeros((40, 56), bool)
    mask[10:30, 14:42] = True
    written = files.read_image(output / "1.png")
    np.testing.assert_array_equal(written, inpainter.complete(truth, mask))
    shown = capsys.readouterr().out
    assert "Paper (2022)" in shown
    assert "hole, composite" in shown


def test_a_second_run_does_nothing_and_says_the_same(args):
    run_test(args)
    output = Path(args.output)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in output.iterdir()}
    assert run_test(args) == 0
    for path in output.iterdir():
        assert path.read_bytes() == before[path.name][0]
        if path.name[0].isdigit():
            assert path.stat().st_mtime_ns == before[path.name][1]


def test_failures_are_named_and_the_exit_status_is_1(args, capsys):
    (Path(args.images) / "text.jpg").write_text("hello")
    assert run_test(args) == 1
    shown = capsys.readouterr().err
    assert "failed pictures: 1" in shown
    assert "text.jpg: not a picture" in shown
    assert json.loads((Path(args.output) / "summary.json").read_text())["failed"] == 1


def test_other_weights_or_size_need_overwrite(args):
    run_test(args)
    args.size = 32
    with pytest.raises(UserError, match=r"size None \(now 32\)"):
        run_test(args)
    args.overwrite = True
    assert run_test(args) == 0
    assert files.read_image(Path(args.output) / "1.png").shape == (32, 32, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": "nowhere"}, "no such folder"),
        ({"masks": "nowhere"}, "no such folder"),
        ({"weights": "nowhere"}, "no weights at nowhere"),
        ({"output": "IN/below"}, "choose a folder outside"),
        ({"output": "IN/0.png"}, "lies in --output"),
        ({"images": "IN/0.png", "output": "IN"}, "lies in --output"),
        ({"images": "IN/*.png", "output": "IN", "overwrite": True}, "lies in --output"),
    ],
)
def test_mistakes_are_told_before_anything_is_made(args, change, message):
    folder, before = Path(args.images), sorted(Path(args.images).rglob("*"))
    for key, value in change.items():
        setattr(args, key, value.replace("IN", str(folder)) if isinstance(value, str) else value)
    with pytest.raises(UserError, match=message):
        run_test(args)
    assert sorted(folder.rglob("*")) == before
    assert not (folder.parent / "out").exists()


def test_help_is_quick():
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "test.py", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert time.perf_counter() - started < 5  # a loaded machine is slow, TensorFlow slower
    assert "tensorflow" not in done.stderr
    assert "keras" not in done.stderr
