"""Other programs' outputs are found by name, and what does not fit is said."""

from pathlib import Path

import numpy as np
import pytest

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.methods.baselines import BaselineMethod
from inpaint_tf.evaluation.methods.method_names import name_apart
from inpaint_tf.evaluation.methods.predictions import Predictions, PredictionsMethod
from inpaint_tf.evaluation.pairing import Pair, center_mask

SHAPE = (8, 10, 3)


def write(path, value=0, shape=SHAPE):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture_files.write_png(path, np.full(shape, value, np.uint8))


def pair(name):
    return Pair(name, Path("in") / name, "center")


@pytest.mark.parametrize(
    "name",
    ["a", "a_mask001", "a_mask", "a_pred", "a_comp", "a-inpainted", "a_mask001_pred", "a_OUT"],
)
def test_the_namings_of_common_programs(tmp_path, name):
    write(tmp_path / "x" / f"{name}.png", 7)
    found = Predictions(tmp_path, [pair("x/a.png")]).read(pair("x/a.png"), SHAPE)
    assert (found == 7).all()


def test_a_picture_that_is_called_so_itself(tmp_path):
    write(tmp_path / "left_out.png", 1)
    write(tmp_path / "left.png", 2)
    pairs = [pair("left_out.png"), pair("left.png")]
    predictions = Predictions(tmp_path, pairs)
    assert [predictions.read(each, SHAPE)[0, 0, 0] for each in pairs] == [1, 2]


def test_missing_doubtful_and_misfitting_ones_are_named(tmp_path):
    write(tmp_path / "b_mask001.png")
    write(tmp_path / "b_mask002.png")
    write(tmp_path / "c.png", shape=(16, 20, 3))
    predictions = Predictions(tmp_path, [pair("a.png"), pair("c.png")])
    for name, message in (
        ("a.png", "no prediction of the name a"),
        ("b.png", "several predictions for b: b_mask001.png, b_mask002.png"),
        ("c.png", "is 20x16 pixels and the picture is tested at 10x8"),
    ):
        with pytest.raises(UserError, match=message):
            predictions.read(pair(name), SHAPE)


def test_a_folder_of_other_pictures_is_refused_at_once(tmp_path):
    write(tmp_path / "z.png")
    with pytest.raises(UserError, match=r"the first would be a\.png, a_mask001\.png or a_pred"):
        Predictions(tmp_path, [pair("a.png")])


def test_a_prediction_is_a_source_of_its_result(tmp_path):
    write(tmp_path / "a_pred.png")
    method = PredictionsMethod(Predictions(tmp_path, [pair("a.png")]))
    assert method.source(pair("a.png")) == tmp_path / "a_pred.png"
    assert method.source(pair("b.png")) is None


def test_a_name_that_ends_like_an_addition(tmp_path):
    write(tmp_path / "img_result_pred.png", 3)
    found = Predictions(tmp_path, [pair("img_result.png")]).read(pair("img_result.png"), SHAPE)
    assert (found == 3).all()


def test_known_pixels_come_from_the_picture(tmp_path):
    write(tmp_path / "a.png", 200)
    method = PredictionsMethod(Predictions(tmp_path, [pair("a.png")]))
    truth, mask = np.full(SHAPE, 50, np.uint8), center_mask(*SHAPE[:2])
    [composite], [raw] = method.complete([pair("a.png")], [truth], [mask])
    assert (raw == 200).all()
    assert (composite[mask == 1] == 200).all()
    assert (composite[mask == 0] == 50).all()


def method_at(folder):
    write(folder / "a.png")
    return PredictionsMethod(Predictions(folder, [pair("a.png")]))


def test_methods_of_one_name_are_told_apart(tmp_path):
    places = ["one/out", "two/out", "x/one-out", "y/z", "y/z"]
    methods = [method_at(tmp_path / place) for place in places]
    methods += [BaselineMethod("telea"), method_at(tmp_path / "their" / "telea")]
    names = [method.name for method in name_apart(methods)]
    assert len(set(names)) == len(names)
    assert names[1] == "two-out"
    assert names[3:5] == ["y-z", "y-z-2"]
    assert names[6] == "their-telea"
    truth, mask = np.full(SHAPE, 50, np.uint8), center_mask(*SHAPE[:2])
    [filled], _ = methods[5].complete([None], [truth], [mask])  # whatever it is called
    assert abs(filled.astype(int) - 50).max() <= 5
