"""The test command from its options to its exit status and messages."""

import contextlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.commands.test import run_test, settings_from_flags
from inpaint_tf.data import open_source, picture_files
from inpaint_tf.data.pack import pack
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.settings import apply_protocol
from inpaint_tf.masks import mask_files
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.weights.generator_file import save_generator

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
        picture_files.write_png(
            tmp_path / "in" / f"{index}.png", rng.integers(0, 256, (*size, 3), np.uint8)
        )
    return SimpleNamespace(
        images=str(tmp_path / "in"),
        masks="center",
        invert_masks=False,
        mask_colour=None,
        tolerance=40,
        grow=0,
        mask_pairing="name",
        predictions=None,
        baseline=None,
        blend="none",
        protocol=None,
        recogniser=None,
        recognition=False,
        lpips=None,
        inception=None,
        weights=str(weights),
        output=str(tmp_path / "out"),
        size="native",
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
        "report.html",
        "settings.json",
        "summary.json",
        "table.md",
        "table.tex",
    ]
    assert json.loads((output / "summary.json").read_text())["images"] == 3
    truth = picture_files.read_image(Path(args.images) / "1.png")
    mask = np.zeros((40, 56), bool)
    mask[10:30, 14:42] = True
    written = picture_files.read_image(output / "1.png")
    np.testing.assert_array_equal(written, inpainter.complete(truth, mask))
    shown = capsys.readouterr().out
    assert "Hole, composite" in shown
    assert "Shah et al." not in shown  # three small pictures say nothing beside the paper


def test_pictures_are_brought_to_the_size_of_the_training(args, inpainter, capsys):
    args.size = None
    assert run_test(args) == 0
    truth = picture_files.read_image(Path(args.images) / "1.png")  # 40 x 56
    resized = picture_files.resize(truth, 64, 90)  # 56 * 64 / 40 = 89.6
    mask = np.zeros((64, 90), bool)
    mask[16:48, 22:67] = True
    written = picture_files.read_image(Path(args.output) / "1.png")
    np.testing.assert_array_equal(written, inpainter.complete(resized, mask))
    row = (Path(args.output) / "metrics.csv").read_text().splitlines()[2].split(",")
    assert row[0] == "1.png"
    assert row[2:4] == ["64", "90"]
    shown = capsys.readouterr().out
    assert "small: 3 pictures at 64x64 to 90x64, trained at 64x64, in" in shown
    assert "each is brought to a shorter side of 64 pixels" in shown
    assert "is tested at" not in shown


def test_another_size_is_tested_and_its_cost_said(args, capsys):
    assert run_test(args) == 0
    shown = capsys.readouterr().out
    assert "small was trained at 64 pixels and is tested at 56x40 to 64x64, where faces" in shown
    assert "leave --size out" in shown
    assert shown.count("resized") == 0


def test_a_second_run_does_nothing_and_says_the_same(args):
    run_test(args)
    output = Path(args.output)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in output.iterdir()}
    assert run_test(args) == 0
    for path in output.iterdir():
        if path.name != "report.html":  # which says how it was called
            assert path.read_bytes() == before[path.name][0]
        if path.name[0].isdigit():
            assert path.stat().st_mtime_ns == before[path.name][1]


def test_failures_are_named_and_the_exit_status_is_1(args, capsys):
    (Path(args.images) / "text.jpg").write_text("hello")
    with contextlib.redirect_stdout(sys.stderr):
        assert run_test(args) == 1
    shown = capsys.readouterr().err
    assert "failed pictures: 1" in shown
    assert "text.jpg: not a picture" in shown
    *before, last = shown.splitlines()
    assert f"Results: {args.output}" in before
    assert last.startswith("error: 1 picture was not completed, for the reason above; mend or")
    assert json.loads((Path(args.output) / "summary.json").read_text())["failed"] == 1


def test_other_weights_or_size_need_overwrite(args):
    run_test(args)
    args.size = 32
    with pytest.raises(UserError, match=r"size None \(now 32\)"):
        run_test(args)
    args.overwrite = True
    assert run_test(args) == 0
    assert picture_files.read_image(Path(args.output) / "1.png").shape == (32, 32, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": "10k"}, "--size=10k must be a number of pixels, or native"),
        ({"images": "nowhere"}, "no such folder"),
        (
            {"masks": "nowhere"},
            "--masks=nowhere: no such file or folder; .* words center, eyes",
        ),
        ({"masks": "glases"}, r"--masks=glases: no such file or folder; did you mean glasses\?"),
        ({"invert_masks": True}, "--invert_masks is for mask pictures"),
        ({"mask_pairing": "cycle"}, "--mask_pairing is for mask pictures"),
        ({"predictions": [""]}, "--predictions is empty"),
        ({"baseline": [",", " "]}, "--baseline is empty"),
        ({"weights": "nowhere"}, "no weights at nowhere"),
        ({"output": "IN/below"}, "choose a folder outside"),
        ({"output": "IN/0.png"}, "lies in --output"),
        ({"images": "IN/0.png", "output": "IN"}, "lies in --output"),
        ({"images": "IN/*.png", "output": "IN", "overwrite": True}, "lies in --output"),
        ({"weights": ""}, "--weights is empty"),
        ({"baseline": ["patchmatch"]}, "none of telea, ns, mean, covered, biharmonic"),
        ({"predictions": ["nowhere"]}, "no such folder"),
        ({"recogniser": "nowhere"}, "no file at --recogniser=nowhere"),
        ({"protocol": "shah2022", "size": "64"}, "sets --size=256; leave --size=64 out"),
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


def test_several_methods_give_one_table_and_one_page(args, capsys):
    completed = Path(args.output).parent / "theirs"
    completed.mkdir()
    for index, size in enumerate([(64, 64), (40, 56)]):  # and none for picture 2
        picture_files.write_png(
            completed / f"{index}_mask001.png", np.full((*size, 3), 90, np.uint8)
        )
    args.predictions, args.baseline = [str(completed)], ["telea", "mean"]
    assert run_test(args) == 1
    output = Path(args.output)
    found = json.loads((output / "summary.json").read_text())
    assert list(found["methods"]) == ["small", "theirs", "telea", "mean"]
    assert found["methods"]["theirs"]["images"] == 2
    assert found["differences"]["theirs"]["images"] == 2
    assert found["differences"]["mean"]["images"] == 2
    # Side by side over the two pictures that all completed; each folder has all of its own.
    assert {summary["images"] for summary in found["methods"].values()} == {2}
    counts = [
        json.loads((output / name / "summary.json").read_text())["images"]
        for name in found["methods"]
    ]
    assert counts == [3, 2, 3, 3]
    shown = capsys.readouterr()
    assert "theirs has no prediction of the name 2" in shown.err
    page, table = (output / "report.html").read_text(), (output / "table.md").read_text()
    for name in found["methods"]:
        assert f"<td>{name}</td>" in page
        assert f"| {name} |" in table
    assert "Scores are of the 2 pictures that every method completed" in page
    assert "Scores are of the 2 pictures that every method completed" in table
    truth = picture_files.read_image(Path(args.images) / "0.png")
    filled = picture_files.read_image(output / "theirs" / "0.png")
    assert (filled[16:48, 16:48] == 90).all()
    np.testing.assert_array_equal(filled[:16], truth[:16])


def test_methods_without_a_picture_in_common(args, capsys):
    args.weights, args.predictions = None, []
    for index in (0, 2):
        folder = Path(args.output).parent / f"of_{index}"
        folder.mkdir()
        picture_files.write_png(folder / f"{index}.png", np.zeros((64, 64, 3), np.uint8))
        args.predictions.append(str(folder))
    assert run_test(args) == 1
    assert "nothing to compare" in capsys.readouterr().out
    found = json.loads((Path(args.output) / "of_2" / "summary.json").read_text())
    assert (found["images"], found["failed"]) == (1, 2)


def test_a_word_that_means_another_hole_is_told(args, capsys):
    args.masks, args.baseline, args.weights = "centre", ["mean"], None
    run_test(args)
    shown = capsys.readouterr().out
    assert "the paper's hole, is --masks=center" in shown
    assert "No network was tested; to set one beside: --weights=faces256" in shown


def test_baselines_alone_need_no_network(args, monkeypatch):
    monkeypatch.setattr(inpaint_tf.Inpainter, "load", None)
    args.weights, args.baseline = None, ["ns"]
    assert run_test(args) == 0
    settings = json.loads((Path(args.output) / "settings.json").read_text())
    assert settings["baseline"] == "ns"
    assert "precision" not in settings


def test_one_method_and_several_do_not_share_a_folder(args):
    args.baseline, args.weights = ["mean"], None
    run_test(args)
    args.baseline = ["mean", "ns"]
    with pytest.raises(UserError, match="holds a test of one method"):
        run_test(args)
    args.output += "2"
    assert run_test(args) == 0
    args.baseline = ["mean"]
    with pytest.raises(UserError, match="holds a test of several methods"):
        run_test(args)


def test_a_report_of_somebody_else_is_not_written_over(args):
    page = Path(args.output) / "report.html"
    page.parent.mkdir()
    page.write_text("mine")
    args.baseline, args.weights = ["mean"], None
    for methods in (["mean"], ["mean", "ns"]):
        args.baseline = methods
        with pytest.raises(UserError, match=r"report\.html is there already and not from a test"):
            run_test(args)
    assert page.read_text() == "mine"
    args.overwrite = True
    assert run_test(args) == 0


def test_outputs_and_predictions_lie_apart(args):
    theirs = Path(args.output).parent / "theirs"
    theirs.mkdir()
    for index, size in enumerate([(64, 64), (40, 56), (64, 64)]):
        picture_files.write_png(theirs / f"{index}.png", np.zeros((*size, 3), np.uint8))
    args.predictions, args.overwrite = [str(theirs)], True
    before = {path: path.read_bytes() for path in theirs.iterdir()}
    for output in (theirs, theirs / "scores", theirs.parent):
        args.output = str(output)
        with pytest.raises(UserError, match=r"lie in one another|lies in --output"):
            run_test(args)
    assert {path: path.read_bytes() for path in theirs.iterdir()} == before


def test_mended_predictions_are_scored_without_more_ado(args):
    theirs = Path(args.output).parent / "theirs"
    theirs.mkdir()
    picture_files.write_png(theirs / "0.png", np.zeros((64, 64, 3), np.uint8))
    args.weights, args.predictions = None, f"{theirs},"
    assert run_test(args) == 1
    picture_files.write_png(theirs / "1.png", np.zeros((40, 56, 3), np.uint8))
    picture_files.write_png(theirs / "2.png", np.zeros((64, 64, 3), np.uint8))
    assert run_test(args) == 0
    first = json.loads((Path(args.output) / "summary.json").read_text())
    assert first["images"] == 3
    picture_files.write_png(theirs / "2.png", np.full((64, 64, 3), 128, np.uint8))
    assert run_test(args) == 0
    second = json.loads((Path(args.output) / "summary.json").read_text())
    assert second["hole"]["raw"]["l1"] < first["hole"]["raw"]["l1"]


def test_masks_that_are_all_black_are_told_and_inverted_ones_then_taken(args, capsys):
    mask = Path(args.output).parent / "mask.png"
    picture_files.write_png(mask, np.zeros((64, 64), np.uint8))
    args.masks, args.baseline, args.weights, args.limit = str(mask), ["mean"], None, 1
    assert run_test(args) == 1
    assert "has no hole (white)" in capsys.readouterr().err
    assert not (Path(args.output) / "report.html").exists()
    white = np.full((64, 64), 255, np.uint8)
    white[:8] = 0
    picture_files.write_png(mask, white)
    args.invert_masks = True
    assert run_test(args) == 0


def test_methods_may_be_added_to_a_comparison(args):
    args.weights, args.baseline = None, ["mean,telea"]
    assert run_test(args) == 0
    args.baseline = ["ns", "mean"]
    assert run_test(args) == 0
    found = json.loads((Path(args.output) / "summary.json").read_text())["methods"]
    assert list(found) == ["ns", "mean"]


def test_baselines_and_predictions_need_no_engine(tmp_path):
    """TensorFlow and JAX take seconds, and print."""
    (tmp_path / "in").mkdir()
    picture_files.write_png(tmp_path / "in" / "a.png", np.zeros((16, 16, 3), np.uint8))
    script = "import sys; from inpaint_tf.commands.test import cli; import atexit; "
    script += (
        "atexit.register(lambda: print(sorted({'tensorflow', 'jax'} & set(sys.modules)))); cli()"
    )
    flags = [f"--images={tmp_path}/in", "--baseline=mean", f"--output={tmp_path}/out"]
    done = subprocess.run(
        [sys.executable, "-c", script, *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_papers_protocol_is_one_flag(args):
    args.protocol, args.baseline, args.weights, args.size = "shah2022", ["mean"], None, None
    limit = apply_protocol(settings_from_flags(args)).limit
    assert run_test(args) == 0
    settings = json.loads((Path(args.output) / "settings.json").read_text())
    assert (settings["size"], settings["masks"], limit) == (256, "center", 2000)
    assert picture_files.read_image(Path(args.output) / "0.png").shape == (256, 256, 3)
    assert "128x128 of 256x256" in (Path(args.output) / "table.md").read_text()


def test_irregular_masks_by_turns_give_rows_by_hole_size(args):
    masks = Path(args.output).parent / "masks"
    masks.mkdir()
    for share in (0.15, 0.55):
        mask = np.zeros((100, 100), np.uint8)
        mask[: int(100 * share)] = 255
        picture_files.write_png(masks / f"{share}.png", mask)
    args.masks, args.mask_pairing = str(masks), "cycle"
    args.baseline, args.weights = ["mean"], None
    assert run_test(args) == 0
    summary = json.loads((Path(args.output) / "summary.json").read_text())
    assert [(band["from"], band["images"]) for band in summary["bands"]] == [(0.1, 2), (0.5, 1)]
    assert "10-20 %" in (Path(args.output) / "table.md").read_text()


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


def test_other_rules_for_masks_are_other_tests(args, tmp_path):
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 1
    picture_files.write_png(tmp_path / "m.png", mask)
    args.masks, args.baseline, args.weights, args.limit = str(tmp_path / "m.png"), ["mean"], None, 1
    assert run_test(args) == 0
    args.grow = 2
    with pytest.raises(UserError, match="mask_grow"):
        run_test(args)
    args.output = str(tmp_path / "grown")
    assert run_test(args) == 0
    [row] = (tmp_path / "grown" / "metrics.csv").read_text().splitlines()[1:]
    grown = mask_files.read_mask(args.masks, mask_files.MaskRule(grow=2))
    assert grown[20:40, 18:42].all()
    assert str(grown.mean()) in row.split(",")
    args.grow = 0
    with pytest.raises(UserError, match="mask_grow"):
        run_test(args)


def test_pictures_of_the_training_are_told_beside_the_headline(args, weights, tmp_path, capsys):
    checkpoint = tmp_path / "run" / "checkpoints" / "step_00000001"
    checkpoint.mkdir(parents=True)
    shutil.copy(weights, checkpoint / "generator.weights.h5")
    pack(open_source(args.images), tmp_path / "faces.npy", 32, progress=False)
    settings = {"data": {"train": str(tmp_path / "faces.npy")}}
    (tmp_path / "run" / "config.json").write_text(json.dumps(settings))
    args.weights, args.size = str(tmp_path / "run"), 48
    assert run_test(args) == 0
    shown = capsys.readouterr().out
    line = "run was trained on 3 of these 3 pictures, by their names"
    assert line in shown
    assert "1 of 3 pictures had to be enlarged to 48 pixels, the smallest from 40" in shown
    page = (Path(args.output) / "report.html").read_text()
    assert page.index(line) < page.index("<h2>")
