"""The contact sheet and the tables."""

import numpy as np

from inpaint_tf import metrics, report


def summary(psnr):
    scores = {"psnr": psnr, "ssim": 0.9, "l1": 1.0, "l2": 2.0}
    means = {region: dict.fromkeys(metrics.OUTPUTS, scores) for region in metrics.REGIONS}
    return {"images": 3, "failed": 0, "seconds": 1.0, **means}


def test_contact_sheet_shows_input_completed_truth_and_error():
    truth, completed = np.full((224, 224, 3), 50, np.uint8), np.full((224, 224, 3), 50, np.uint8)
    mask = np.zeros((224, 224), np.uint8)
    mask[:112] = 1
    completed[:112] = 200
    wide = (np.zeros((10, 40, 3), np.uint8),) * 2
    entries = [("a.png", truth, completed, mask), ("b.png", *wide, np.zeros((10, 40), np.uint8))]
    sheet = report.contact_sheet(entries, 128)
    assert sheet.shape == (2 * 252 + 36, 4 * 232 + 8, 3)
    top = report.TITLE_HEIGHT
    cells = [sheet[top : top + 224, 8 + 232 * column :][:, :224] for column in range(4)]
    assert (cells[0][:112] == 128).all()
    assert (cells[0][112:] == 50).all()
    np.testing.assert_array_equal(cells[1], completed)
    np.testing.assert_array_equal(cells[2], truth)
    assert cells[3][:112].min() > cells[3][112:].max()
    assert (sheet[-20:, -100:] == 255).all()  # the second picture is 56 pixels high and centred


def test_evenly_spaced():
    assert report.evenly_spaced(list(range(3)), 8) == [0, 1, 2]
    assert report.evenly_spaced(list(range(15)), 8) == [0, 2, 4, 6, 8, 10, 12, 14]


def test_paper_table_says_what_differs():
    row = {"width": 256, "height": 256, "hole_share": 0.25}
    like_the_paper = report.paper_table(summary(26.5), [row], central=True)
    assert "26.11    0.85" in like_the_paper
    assert "128x128 of 256x256       26.50  0.9000" in like_the_paper
    assert "other holes or sizes" not in like_the_paper
    small = report.paper_table(summary(26.5), [row | {"width": 64}], central=True)
    assert "32x128 of 64x256" in small
    assert "other holes or sizes" in small
    masks = report.paper_table(summary(None), [row, row | {"hole_share": 0.35}], central=False)
    assert "mask pictures       30 % of 256x256              -  0.9000" in masks
    mixed = report.paper_table(summary(None), [row, row | {"height": 8}], central=False)
    assert "25 % of area, mixed" in mixed


def test_score_table_has_a_line_for_each_region_and_output():
    lines = report.score_table(summary(None)).splitlines()
    assert len(lines) == 1 + 2 * 2
    assert lines[4].split() == ["hole,", "raw", "-", "0.9000", "1.00", "2.0"]
