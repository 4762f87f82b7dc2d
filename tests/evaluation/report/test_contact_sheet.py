"""The contact sheet."""

import numpy as np

from inpaint_tf.evaluation.report import contact_sheet


def test_contact_sheet_shows_input_completed_truth_and_error():
    truth, completed = np.full((224, 224, 3), 50, np.uint8), np.full((224, 224, 3), 50, np.uint8)
    mask = np.zeros((224, 224), np.uint8)
    mask[:112] = 1
    completed[:112] = 200
    wide = (np.zeros((10, 40, 3), np.uint8),) * 2
    entries = [("a.png", truth, completed, mask), ("b.png", *wide, np.zeros((10, 40), np.uint8))]
    sheet = contact_sheet.contact_sheet(entries, 128)
    assert sheet.shape == (2 * 252 + 36, 4 * 232 + 8, 3)
    top = contact_sheet.TITLE_HEIGHT
    cells = [sheet[top : top + 224, 8 + 232 * column :][:, :224] for column in range(4)]
    assert (cells[0][:112] == 128).all()
    assert (cells[0][112:] == 50).all()
    np.testing.assert_array_equal(cells[1], completed)
    np.testing.assert_array_equal(cells[2], truth)
    assert cells[3][:112].min() > cells[3][112:].max()
    assert (sheet[-20:, -100:] == 255).all()  # the second picture is 56 pixels high and centred


def test_evenly_spaced():
    assert contact_sheet.evenly_spaced(list(range(3)), 8) == [0, 1, 2]
    assert contact_sheet.evenly_spaced(list(range(15)), 8) == [0, 2, 4, 6, 8, 10, 12, 14]
