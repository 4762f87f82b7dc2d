import numpy as np

from inpaint_tf.training.records import pictures


def test_attention_colours_tell_directions_and_distances():
    offsets = np.zeros((4, 4, 2), "int32")
    offsets[0, 1] = [0, 2]
    offsets[0, 2] = [2, 0]
    offsets[0, 3] = [0, 1]
    colours = pictures.attention_colours(offsets, 16, 8)
    assert colours.shape == (16, 8, 3)
    cells = colours[2::4, 1::2]
    assert cells[3, 0].tolist() == [0, 0, 0]  # copies itself
    assert cells[0, 1].tolist() != cells[0, 2].tolist()
    assert cells[0, 1].max() > cells[0, 3].max()


def test_the_wheel_has_the_colours_of_the_directions():
    wheel = pictures.colour_wheel(41)
    offsets = np.zeros((4, 4, 2), "int32")
    for place, (down, right) in enumerate([(0, 3), (3, 0), (0, -3), (-3, 0)]):
        offsets[0, place] = down, right
    expected = pictures.attention_colours(offsets, 4, 4)[0].astype(int)
    places = [(20, 39), (39, 20), (20, 1), (1, 20)]  # right, below, left, above
    for colour, place in zip(expected, places, strict=True):
        assert np.abs(wheel[place] - colour).max() < 30
    assert wheel[20, 20].max() < 20  # copies itself: black
    assert (wheel[0, 0] == 255).all()


def test_faces_lie_three_in_a_row_large_enough_to_see():
    faces = [np.full((32, 32, 3), level, "uint8") for level in (10, 20, 30, 40)]
    sheet = pictures.lay_out(faces)
    side = 7 * 32  # 224, the least side
    assert sheet.shape == (2 * side + 4, 3 * side + 2 * 4, 3)
    assert (sheet[:side, -side:] == 30).all()
    assert (sheet[side + 4 :, :side] == 40).all()
    assert (sheet[side + 4 :, side + 4 :] == 255).all()
    assert pictures.lay_out([np.zeros((300, 300, 3), "uint8")]).shape == (300, 300, 3)


def test_a_sheet_for_each_kind_of_picture_and_constant_ones_once():
    grey = np.full((32, 32, 3), 128, "uint8")
    row = {"truth": grey, "hole": grey, "refined": grey, "completed": grey + 64, "attention": grey}
    first = {one.tag: one for one in pictures.sheets([row, row], "mixed", constant=True)}
    assert list(first) == [
        "7_pictures_mixed/1_truth",
        "7_pictures_mixed/2_hole",
        "7_pictures_mixed/4_refined",
        "7_pictures_mixed/5_completed",
        "7_pictures_mixed/6_error",
        "7_pictures_mixed/7_attention",
    ]
    later = {one.tag for one in pictures.sheets([row, row], "mixed", constant=False)}
    assert set(first) - later == {"7_pictures_mixed/1_truth", "7_pictures_mixed/2_hole"}
    error = first["7_pictures_mixed/6_error"].picture[:224, :224]
    assert error.reshape(-1, 3).mean(axis=0).min() > 100  # the end of the scale: pale yellow
    legend = first["7_pictures_mixed/7_attention"]
    assert legend.picture.shape[0] > first["7_pictures_mixed/1_truth"].picture.shape[0] + 88
    assert "Hue: the direction" in legend.description
