"""Means, intervals, differences and bands over pictures."""

import json
import math

import numpy as np
import pytest

from inpaint_tf.evaluation import statistics
from inpaint_tf.evaluation.scores import table as score_table


def row(name, value=1.0, hole_share=0.25, **scores):
    return {
        "image": name,
        "hole_share": hole_share,
        **dict.fromkeys(score_table.columns(), value),
        **scores,
    }


def test_means_are_a_tree_with_percentages():
    means = statistics.average([row("a", 2.0), row("b", 4.0)])
    assert set(means) == {"full", "hole", "fill", "face"}
    assert means["full"]["composite"]["ms_ssim"] == 3.0
    assert "ms_ssim" not in means["hole"]["raw"]
    assert means["hole"]["raw"]["l1"] == 3.0
    assert means["hole"]["raw"]["l1_percent"] == pytest.approx(300 / 255)
    assert means["hole"]["raw"]["l2_percent"] == pytest.approx(300 / 255**2)
    assert means["hole"]["raw"]["tv_percent"] == pytest.approx(300 / 255)
    assert means["fill"]["face_found"] == 3.0
    assert means["fill"]["specks_percent"] == 300.0
    assert "specks" not in means["fill"]
    assert means["face"]["landmarks_percent"] == 300.0


def test_sharpness_and_seam_are_ratios_of_means():
    flat = {
        "fill_energy": 4.0,
        "fill_truth_energy": 0.001,
        "fill_clipped_step": 1.0,
        "fill_truth_clipped_step": 0.0,
        "fill_step": 1.0,
        "fill_truth_step": 0.0,
    }
    face = {
        "fill_energy": 2.0,
        "fill_truth_energy": 11.999,
        "fill_clipped_step": 1.0,
        "fill_truth_clipped_step": 8.0,
        "fill_step": 3.0,
        "fill_truth_step": 8.0,
    }
    fill = statistics.average([row("a", **flat), row("b", **face)])["fill"]
    assert fill["sharpness"] == pytest.approx(0.5)  # and not 2000
    assert fill["robust_sharpness"] == pytest.approx(0.25)
    assert fill["seam"] == pytest.approx(0.5)
    assert "energy" not in fill
    nothing = dict.fromkeys(flat, 0.0)
    assert statistics.average([row("a", **nothing)])["fill"]["sharpness"] is None
    blurred = [row(str(i), **face) for i in range(3)]
    sharp = [row(str(i), **(face | {"fill_energy": 11.999})) for i in range(3)]
    means, intervals, _ = statistics.difference(blurred, sharp)
    assert means["fill"]["sharpness"] == pytest.approx(2 / 11.999 - 1)
    assert intervals["fill"]["sharpness"] == pytest.approx([2 / 11.999 - 1] * 2)


def test_what_is_not_finite_is_left_out_and_the_tree_stays_valid_json():
    rows = [
        row("a", full_composite_psnr=math.inf, fill_identity=math.nan),
        row("b", full_composite_psnr=30.0, fill_identity=math.nan),
    ]
    means = statistics.average(rows)
    assert means["full"]["composite"]["psnr"] == 30.0
    assert means["fill"]["identity"] is None
    intervals = statistics.confidence(rows)
    assert intervals["fill"]["identity"] is None
    assert intervals["full"]["composite"]["psnr"] is None  # of one value
    json.dumps([means, intervals, statistics.average([])], allow_nan=False)


def test_intervals_cover_the_mean_as_theory_says():
    rng = np.random.default_rng(0)
    rows = [row(str(i), hole_composite_psnr=v) for i, v in enumerate(rng.normal(20, 3, 400))]
    low, high = statistics.confidence(rows)["hole"]["composite"]["psnr"]
    mean = statistics.average(rows)["hole"]["composite"]["psnr"]
    assert low < mean < high
    expected = 1.96 * 3 / math.sqrt(400)  # of a normal distribution's mean
    assert (high - low) / 2 == pytest.approx(expected, rel=0.15)
    assert statistics.confidence(rows)["hole"]["composite"]["psnr"] == [low, high]


def test_intervals_equal_scipy_within_the_noise_of_resampling():
    stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")
    values = np.random.default_rng(1).gamma(2.0, 3.0, 80)
    rows = [row(str(i), hole_raw_l2=value) for i, value in enumerate(values)]
    found = statistics.confidence(rows)["hole"]["raw"]["l2"]
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=9999, method="percentile", random_state=0
    ).confidence_interval
    assert found == pytest.approx(list(expected), abs=0.1)


def test_differences_pair_by_picture():
    ours = [row("a", 5.0), row("b", 7.0), row("only ours", 100.0)]
    theirs = [row("b", 4.0), row("a", 3.0), row("only theirs", -100.0)]
    means, intervals, count = statistics.difference(ours, theirs)
    assert count == 2
    assert means["hole"]["composite"]["psnr"] == (2.0 + 3.0) / 2
    low, high = intervals["hole"]["composite"]["psnr"]
    assert 2.0 <= low <= high <= 3.0
    nothing = statistics.difference(ours, [row("z")])
    assert nothing[2] == 0
    assert nothing[0]["full"]["raw"]["ssim"] is None


def test_bands_hold_their_upper_end():
    rows = [row("a", 1.0, 0.1), row("b", 3.0, 0.05), row("c", 9.0, 0.1001), row("d", 5.0, 0.6)]
    bands = statistics.by_hole_size(rows)
    assert [(b["from"], b["to"], b["images"]) for b in bands] == [
        (0.0, 0.1, 2),
        (0.1, 0.2, 1),
        (0.5, 0.6, 1),
    ]
    assert bands[0]["hole"]["composite"]["psnr"] == 2.0


def test_the_order_of_the_pictures_changes_no_bit_of_a_mean():
    values = np.random.default_rng(2).normal(size=300)
    rows = [row(str(i), float(v)) for i, v in enumerate(values)]
    assert statistics.average(rows) == statistics.average(rows[::-1])


def test_holes_that_are_flat_in_every_picture_have_no_ratio():
    """A ratio to a truth of zero is no number, however many pictures there are."""
    flat = {"fill_energy": 1.0, "fill_truth_energy": 0.0, "fill_step": 1.0, "fill_truth_step": 0.0}
    rows = [row(str(index), **flat) for index in range(3)]
    found = statistics.confidence(rows)["fill"]
    assert found["sharpness"] is None
    assert found["seam"] is None
    assert found["face_found"] == [1.0, 1.0]
    assert statistics.difference(rows, rows)[1]["fill"]["sharpness"] is None
