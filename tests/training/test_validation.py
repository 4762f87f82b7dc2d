import numpy as np
import pytest
from fake_faces import FakeFaces
from keras import ops

from inpaint_tf.evaluation.scores import fill_quality, psnr_and_ssim
from inpaint_tf.evaluation.scores.of_validation import SCORES
from inpaint_tf.masks.hole_drawer import HoleDrawer
from inpaint_tf.training.validation import Validation


class AllGrey:
    """Stands for a generator: paints everything mid-grey and copies nothing from elsewhere."""

    variables = ()

    def __call__(self, inputs):
        masked, mask = inputs
        batch, height, width = mask.shape[:3]
        return {
            "coarse": ops.zeros_like(masked),
            "refined": ops.zeros_like(masked),
            "offsets": ops.zeros((batch, height // 8, width // 8, 2), "int32"),
        }


@pytest.fixture
def batches():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (count, 32, 32, 3)).astype("uint8") for count in (2, 1)]


def test_scores_are_those_of_the_composites(batches):
    scores, _ = Validation(batches, HoleDrawer("center", size=16), "grey", rows=2).run(AllGrey())
    hole = np.zeros((32, 32), bool)
    hole[8:24, 8:24] = True
    expected, steps = [], []
    for truth in (picture for batch in batches for picture in batch):
        completed = np.where(hole[..., None], 128, truth).astype("uint8")
        expected.append(
            [
                score(truth, completed, mask)
                for mask in (None, hole)
                for score in (psnr_and_ssim.psnr, psnr_and_ssim.ssim, psnr_and_ssim.l1)
            ]
        )
        steps.append(fill_quality.clipped_step(completed, truth, hole))
    assert tuple(scores) == SCORES
    *means, sharpness, specks = scores.values()
    np.testing.assert_allclose(means, np.mean(expected, axis=0), rtol=1e-6)
    assert sharpness == np.mean(steps) == 0  # the filling is flat
    assert specks == 0


def test_rows_show_truth_hole_coarse_refined_completed_attention(batches):
    _, rows = Validation(batches, HoleDrawer("center", size=16), "white", rows=2).run(AllGrey())
    assert {kind: len(faces) for kind, faces in rows.items()} == {"center": 2}
    row = rows["center"][0]
    assert set(row) == {"truth", "hole", "coarse", "refined", "completed", "attention"}
    np.testing.assert_array_equal(row["truth"], batches[0][0])
    assert (row["hole"][8:24, 8:24] == 255).all()
    np.testing.assert_array_equal(row["hole"][:8], row["truth"][:8])
    assert (row["coarse"] == 128).all()
    assert (row["refined"] == 128).all()
    assert (row["completed"][8:24, 8:24] == 128).all()
    np.testing.assert_array_equal(row["completed"][24:], row["truth"][24:])
    assert (row["attention"] == 0).all()  # every place copies itself


def test_the_same_pictures_are_drawn_with_the_holes_of_training(batches):
    centre, boxes = HoleDrawer("center", size=16), HoleDrawer("random_box", size=8, max_shrink=0)
    alone, _ = Validation(batches, centre, "white", rows=3).run(AllGrey())
    scores, rows = Validation(batches, centre, "white", rows=3, drawn=boxes).run(AllGrey())
    assert scores == alone
    assert list(rows) == ["center", "random_box"]
    for ours, theirs in zip(*rows.values(), strict=True):
        np.testing.assert_array_equal(ours["truth"], theirs["truth"])
        assert ((theirs["hole"] == 255).all(axis=2)).sum() == 8 * 8


def test_faces_are_scored_where_there_is_a_recogniser(batches):
    holes = HoleDrawer("center", size=16)
    scores, _ = Validation(batches, holes, "grey", rows=1, faces=FakeFaces()).run(AllGrey())
    # Three faces are too few for scores of the set.
    assert tuple(scores) == (*SCORES, "val_descriptor_distance", "val_landmarks")


def test_the_same_holes_every_time(batches):
    validation = Validation(batches, HoleDrawer("freeform", size=32), "grey", rows=3)
    first, second = validation.run(AllGrey()), validation.run(AllGrey())
    assert first[0] == second[0]
    for one, other in zip(first[1]["freeform"], second[1]["freeform"], strict=True):
        np.testing.assert_array_equal(one["completed"], other["completed"])
