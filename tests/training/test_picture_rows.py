import numpy as np

from inpaint_tf.training import validation


def test_attention_colours_tell_directions_and_distances():
    offsets = np.zeros((4, 4, 2), "int32")
    offsets[0, 1] = [0, 2]
    offsets[0, 2] = [2, 0]
    offsets[0, 3] = [0, 1]
    colours = validation.attention_colours(offsets, 16, 8)
    assert colours.shape == (16, 8, 3)
    cells = colours[2::4, 1::2]
    assert cells[3, 0].tolist() == [0, 0, 0]  # copies itself
    assert cells[0, 1].tolist() != cells[0, 2].tolist()
    assert cells[0, 1].max() > cells[0, 3].max()


def test_grid_lays_rows_out_with_gaps():
    white, black = np.full((2, 3, 3), 255, "uint8"), np.zeros((2, 3, 3), "uint8")
    picture = validation.grid([[black, black], [black, white]])
    assert picture.shape == (2 * 2 + validation.GAP, 2 * 3 + validation.GAP, 3)
    assert (picture[:2, 3:-3] == 255).all()
    assert picture[:2, :3].sum() == 0
