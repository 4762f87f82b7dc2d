"""One evaluation from Python: what it returns, what it writes, and what can be added to it."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from absl import flags
from fake_faces import FakeFaces

import inpaint_tf
from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation import statistics
from inpaint_tf.evaluation.methods.baselines import BASELINES
from inpaint_tf.evaluation.scores import table
from inpaint_tf.evaluation.settings import EvaluationSettings
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.weights import generator_file


def brightness(view):
    """A score: the mean of the picture in its region."""
    pixels = view.image if view.mask is None else view.image[view.mask != 0]
    return float(pixels.mean())


def level(features):
    """A score of sets."""
    return float(features.completed.mean())


def fill_with_seven(image, mask):
    """A baseline."""
    return np.where(mask[..., None] == 1, np.uint8(7), image)


@pytest.fixture
def seven(monkeypatch):
    monkeypatch.setitem(BASELINES, "seven", f"{__name__}:fill_with_seven")


@pytest.fixture
def places(pictures, tmp_path):
    return {"images": pictures, "output": tmp_path / "out"}


def test_evaluate_returns_what_the_command_prints(places, monkeypatch):
    monkeypatch.setattr(flags, "FLAGS", None)  # there are none outside the commands
    found = inpaint_tf.evaluate(**places, baselines=["telea", "mean"], limit=4)
    assert list(found.summaries) == ["telea", "mean"]
    assert found.failures == {}
    assert found.settings.weights == ()
    assert [(one.name, len(one.pairs)) for one in found.tested] == [("telea", 4), ("mean", 4)]
    assert found.tables.scores[0].title == "Hole, composite"
    assert found.tables.paper is None  # four small pictures say nothing beside the paper
    written = json.loads((places["output"] / "summary.json").read_text())
    assert written["methods"] == found.summaries
    assert (places["output"] / "report.html").is_file()
    assert (places["output"] / "telea" / "3.png").is_file()


def test_a_network_is_tested_blended_and_not(places, tmp_path):
    small, found = tmp_path / "small.weights.h5", {}
    settings = {"width": 4, "hole_fill": "grey", "size": 64}
    generator_file.save_generator(build_generator(4), small, settings)
    for blend in ("none", "membrane"):
        fields = {**places, "output": places["output"] / blend, "weights": small}
        evaluation = inpaint_tf.evaluate(**fields, blend=blend, limit=2)
        found[blend] = evaluation.summaries
        said = any("--blend=membrane" in line for line in evaluation.tables.remarks)
        assert said == (blend == "membrane")
    assert found["none"]["small"]["hole"]["raw"] == found["membrane"]["small"]["hole"]["raw"]
    seams = [each["small"]["fill"]["seam"] for each in found.values()]
    assert seams[1] < 0.7 * seams[0]
    with pytest.raises(UserError, match="blend"):
        inpaint_tf.evaluate(**fields, blend="none", limit=2)


def test_evaluate_prints_nothing_but_its_progress(places, capsys):
    inpaint_tf.evaluate(**places, baselines="mean")
    assert capsys.readouterr().out == ""


def test_settings_may_be_given_whole_and_changed(places):
    settings = EvaluationSettings(**places, baselines="mean", limit=5)
    found = inpaint_tf.evaluate(settings, limit=2)
    assert found.summaries["mean"]["images"] == 2
    assert found.settings.limit == 2


def test_failures_are_returned(places):
    (places["images"] / "text.jpg").write_text("hello")
    found = inpaint_tf.evaluate(**places, baselines="mean")
    assert list(found.failures) == ["mean"]
    [(path, reason)] = found.failures["mean"].items()
    assert Path(path).name == "text.jpg"
    assert "not a picture" in reason


def test_nothing_completed_gives_no_comparison(places):
    for path in places["images"].iterdir():
        path.write_bytes(b"hello")
    found = inpaint_tf.evaluate(**places, baselines="mean")
    assert (found.comparison, found.tables, found.summaries) == (None, None, {})
    assert len(found.failures["mean"]) == 6


def test_unknown_fields_and_methods_are_rejected_before_anything_is_made(places):
    with pytest.raises(TypeError, match="image_folder"):
        inpaint_tf.evaluate(**places, image_folder="x")
    with pytest.raises(UserError, match="none of telea"):
        inpaint_tf.evaluate(**places, baselines="patchmatch")
    assert not places["output"].exists()


def test_importing_evaluate_loads_no_engine():
    script = "import sys, inpaint_tf; inpaint_tf.evaluate; "
    script += "print(sorted({'tensorflow', 'jax', 'keras', 'skimage'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(inpaint_tf.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_each_method_is_bootstrapped_once(places, monkeypatch):
    counts, confidence = [], statistics.confidence
    monkeypatch.setattr(
        statistics, "confidence", lambda rows: counts.append(len(rows)) or confidence(rows)
    )
    inpaint_tf.evaluate(**places, baselines=["mean", "telea"])
    assert counts == [6, 6]


def test_a_line_of_the_table_adds_a_score(places, monkeypatch, seven):
    score = table.Score("brightness", 1, table.EVERYWHERE, f"{__name__}:brightness")
    monkeypatch.setitem(table.SCORES, "brightness", score)
    found = inpaint_tf.evaluate(**places, baselines="seven")
    with open(places["output"] / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        assert float(row["hole_composite_brightness"]) == 7.0
        assert float(row["full_raw_brightness"]) > 7.0
    columns = list(rows[0])
    assert columns.index("hole_raw_brightness") == columns.index("hole_raw_tv") + 1
    summary = json.loads((places["output"] / "summary.json").read_text())
    assert summary["hole"]["composite"]["brightness"] == 7.0
    assert summary["confidence"]["hole"]["composite"]["brightness"] == [7.0, 7.0]
    [hole] = [each for each in found.tables.scores if each.title == "Hole, composite"]
    assert (hole.header[-1], hole.rows[0][-1]) == ("brightness", "7.0")


def test_a_line_of_the_table_adds_a_score_of_sets(monkeypatch, places):
    class Inception:
        def __init__(self, path):
            self.path = path

        def features(self, images):
            return np.stack([image.mean(axis=(0, 1)) for image in images])

    monkeypatch.setattr(
        "inpaint_tf.evaluation.scores.feature_networks.Inception", Inception, raising=True
    )
    monkeypatch.setitem(
        table.SCORES, "level", table.Score("level", 1, table.SET, f"{__name__}:level")
    )
    weights = places["images"].parent / "weights.h5"
    weights.write_bytes(b"")
    found = inpaint_tf.evaluate(**places, baselines="mean", inception=weights)
    of_set = json.loads((places["output"] / "summary.json").read_text())["set"]
    assert list(of_set) == ["fid", "kid", "kid_deviation", "level"]
    assert found.summaries["mean"]["set"] == of_set
    assert 0 < of_set["level"] < 255
    assert found.tables.scores[-1].header == ["", "FID", "KID", "level"]


def test_recognition_adds_scores_of_faces_and_of_their_set(places, monkeypatch):
    from inpaint_tf.evaluation.scores.face_descriptors import dlib_faces

    monkeypatch.setattr(dlib_faces, "check_installed", lambda: None)
    monkeypatch.setattr(dlib_faces, "DlibFaces", FakeFaces)
    monkeypatch.setattr(
        "inpaint_tf.evaluation.scores.face_descriptors.of_a_set.FEWEST", 4, raising=True
    )
    settings = {**places, "baselines": "covered", "recognition": True}
    found = inpaint_tf.evaluate(**settings)
    summary = places["output"] / "summary.json"
    written = summary.read_bytes()
    scores = json.loads(written)
    assert list(scores["face"]) == [
        *("distance", "tight_distance", "same_person_percent", "landmarks_percent")
    ]
    assert scores["face"]["distance"] == pytest.approx(2 * scores["face"]["tight_distance"])
    assert 0 < scores["face"]["landmarks_percent"] < 100
    assert list(scores["face_set"]) == ["told_apart", "spread", "frechet"]
    assert 0 < scores["face_set"]["spread"] < 1  # grey in each hole makes them alike
    titles = [each.title for each in found.tables.scores]
    assert titles[-2:] == [
        "The completed face, by a recogniser",
        "The completed faces as a set, by a recogniser",
    ]
    inpaint_tf.evaluate(**settings)  # goes on: there is nothing left to do
    assert summary.read_bytes() == written
    with pytest.raises(UserError, match=r"recognition True \(now None\)"):
        inpaint_tf.evaluate(**{**settings, "recognition": False})


def test_recognition_without_its_packages_is_refused_before_anything_is_written(
    places, monkeypatch
):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(UserError, match="pip install dlib-bin"):
        inpaint_tf.evaluate(**places, baselines="mean", recognition=True)
    assert not places["output"].exists()


def test_a_line_of_the_table_adds_a_baseline(places, seven):
    found = inpaint_tf.evaluate(**places, baselines=["mean", "seven"])
    filled = picture_files.read_image(places["output"] / "seven" / "0.png")
    assert (filled[16:48, 16:48] == 7).all()
    assert [row[0] for row in found.tables.scores[0].rows] == ["mean", "seven"]
    assert found.comparison.differences["seven"][2] == 6
