"""The table of scores: its functions exist, and its columns have the names of earlier versions."""

import pytest

from inpaint_tf.evaluation.scores import table


@pytest.mark.parametrize("name", table.SCORES)
def test_every_line_names_a_function(name):
    assert callable(table.SCORES[name].load())
    assert table.SCORES[name].places in (
        *(table.EVERYWHERE, table.WHOLE, table.FILLING, table.FACE, table.SET, table.FACE_SET),
    )


def test_the_columns_of_metrics_csv_keep_their_order():
    distances = ("psnr", "ssim", "l1", "l2", "tv")
    places = ("full_composite", "full_raw", "hole_composite", "hole_raw")
    assert table.columns() == [
        *(f"{place}_{name}" for place in places for name in distances),
        *("full_composite_ms_ssim", "full_composite_lpips", "full_raw_ms_ssim", "full_raw_lpips"),
        *("fill_energy", "fill_truth_energy", "fill_clipped_step", "fill_truth_clipped_step"),
        *("fill_specks", "fill_step", "fill_truth_step"),
        *("fill_face_found", "fill_eyes_found", "fill_identity"),
        *("face_distance", "face_tight_distance", "face_same_person", "face_landmarks"),
    ]


def test_ratios_of_means_come_last():
    assert table.reported()[-3:] == [
        (("fill",), "sharpness", "fill_energy", "fill_truth_energy"),
        (("fill",), "robust_sharpness", "fill_clipped_step", "fill_truth_clipped_step"),
        (("fill",), "seam", "fill_step", "fill_truth_step"),
    ]
    assert len({(each.place, each.score) for each in table.reported()}) == len(table.reported())


def test_scores_of_sets_are_those_of_their_place():
    assert list(table.of_set(table.FACE_SET, Features())) == ["told_apart", "spread", "frechet"]
    assert list(table.of_set(table.SET, Features())) == ["fid", "kid", "kid_deviation"]


class Features:
    def once(self, function):
        return function.__name__
