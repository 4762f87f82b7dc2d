import numpy as np
import pytest

from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.masks.hole_drawer import HoleDrawer


def draw(drawer, step=0, batch=3, height=32, width=40):
    random = StepRandom(0)
    random.restart(step)
    hole = drawer.draw(random, batch, height, width)
    return np.asarray(hole.mask), np.asarray(hole.boxes), hole.size


def inside(mask, box, size):
    return mask[box[0] : box[0] + size[0], box[1] : box[1] + size[1], 0]


def test_center_is_the_full_box_in_the_middle():
    mask, boxes, size = draw(HoleDrawer("center", size=16), height=32, width=40)
    assert mask.shape == (1, 32, 40, 1)
    assert boxes.tolist() == [[8, 12]]
    assert size == (16, 16)
    assert mask.sum() == 16 * 16
    assert inside(mask[0], boxes[0], size).all()


def test_random_box_is_one_for_the_batch_and_shrunk_evenly():
    drawer = HoleDrawer("random_box", size=16, max_shrink=4)
    heights, places = set(), set()
    for step in range(40):
        mask, boxes, size = draw(drawer, step)
        assert mask.shape == (1, 32, 40, 1)
        drawn = inside(mask[0], boxes[0], size)
        assert drawn.sum() == mask.sum()  # nothing outside the box
        rows, columns = drawn.any(axis=1), drawn.any(axis=0)
        assert drawn.sum() == rows.sum() * columns.sum()  # a rectangle
        np.testing.assert_array_equal(rows, rows[::-1])  # as much from both sides
        np.testing.assert_array_equal(columns, columns[::-1])
        heights.add(int(rows.sum()))
        places.add(tuple(boxes[0].tolist()))
    assert heights == {8, 10, 12, 14, 16}  # 0 .. 4 pixels from each side
    assert len(places) > 30
    assert max(row for row, _ in places) <= 16
    assert max(column for _, column in places) <= 24


def test_a_hole_for_each_image():
    mask, boxes, _ = draw(HoleDrawer("random_box", size=8, max_shrink=0, per_image=True))
    assert mask.shape == (3, 32, 40, 1)
    assert len({tuple(box) for box in boxes.tolist()}) == 3


def test_strokes_stay_in_their_box_and_vary():
    drawer = HoleDrawer("freeform", size=24, per_image=True)
    shares = []
    for step in range(10):
        mask, boxes, size = draw(drawer, step)
        for image in range(3):
            drawn = inside(mask[image], boxes[image], size)
            assert drawn.sum() == mask[image].sum()
            shares.append(drawn.mean())
    assert set(np.unique(mask)) == {0.0, 1.0}
    assert min(shares) > 0.005
    assert max(shares) < 0.95
    assert np.std(shares) > 0.05


def test_strokes_look_alike_at_every_size():
    small, _, _ = draw(HoleDrawer("freeform", size=64), height=64, width=64)
    large, _, _ = draw(HoleDrawer("freeform", size=128), height=128, width=128)
    agreement = (large[0, ::2, ::2] == small[0]).mean()
    assert agreement > 0.95


def test_mixed_holes_are_of_every_kind_in_their_shares():
    drawer = HoleDrawer("mixed", size=16, max_shrink=4, per_image=True)
    centred, boxes_elsewhere, strokes = 0, 0, 0
    for step in range(20):
        mask, boxes, size = draw(drawer, step, batch=16)
        for image in range(16):
            drawn = inside(mask[image], boxes[image], size)
            assert drawn.sum() == mask[image].sum()
            rectangle = drawn.any(axis=1).sum() * drawn.any(axis=0).sum()
            if boxes[image].tolist() == [8, 12] and drawn.all():
                centred += 1
            elif drawn.sum() == rectangle:
                boxes_elsewhere += 1
            else:
                strokes += 1
    assert 120 < centred < 200  # of 320: half, a quarter, a quarter
    assert 50 < boxes_elsewhere < 110
    assert 50 < strokes < 110


def test_one_mixed_hole_for_the_batch():
    mask, boxes, _ = draw(HoleDrawer("mixed", size=16))
    assert mask.shape == (1, 32, 40, 1)
    assert boxes.shape == (1, 2)


def test_mask_pictures_are_chosen_mirrored_and_placed():
    pictures = np.zeros((2, 8, 8), "uint8")
    pictures[0, :2, :3] = 1
    pictures[1, :1, :1] = 1
    drawer = HoleDrawer("pictures", size=8, per_image=True, pictures=pictures)
    sums, corners = set(), set()
    for step in range(10):
        mask, boxes, size = draw(drawer, step)
        for image in range(3):
            drawn = inside(mask[image], boxes[image], size)
            assert drawn.sum() == mask[image].sum()
            sums.add(int(drawn.sum()))
            corners.add((bool(drawn[0].any()), bool(drawn[:, 0].any())))
    assert sums == {6, 1}
    assert len(corners) == 4  # mirrored along both axes


def test_draws_depend_on_the_step_alone():
    drawer = HoleDrawer("random_box", size=16)
    np.testing.assert_array_equal(draw(drawer, 5)[0], draw(drawer, 5)[0])
    assert (draw(drawer, 5)[0] != draw(drawer, 6)[0]).any()


def test_unusable_settings_are_refused():
    with pytest.raises(ValueError, match="must be one of"):
        HoleDrawer("circle")
    with pytest.raises(ValueError, match="pictures"):
        HoleDrawer("pictures")
    with pytest.raises(ValueError, match="exceed the picture"):
        draw(HoleDrawer("center", size=64))


def test_landmark_holes_cover_parts_of_the_mean_face():
    drawer = HoleDrawer("landmarks", size=64, per_image=True)
    mask, boxes, size = draw(drawer, batch=64, height=64, width=64)
    assert boxes.tolist() == [[0, 0]]
    assert size == (64, 64)
    assert set(np.unique(mask)) == {0.0, 1.0}
    shares = mask.mean(axis=(1, 2, 3))
    assert shares.min() > 0.01
    assert shares.max() < 0.3
    often = mask[..., 0].mean(axis=0)
    left_eye, background = often[28, 25], often[:8].max()
    assert left_eye > 0.25  # eyes, glasses, and halves of the face
    assert background == 0


def test_everyday_holes_lie_anywhere_and_are_of_every_part():
    drawer = HoleDrawer("everyday", size=64, max_shrink=4, per_image=True)
    centred, near, others = 0, 0, 0
    for step in range(10):
        mask, _boxes, size = draw(drawer, step, batch=32, height=64, width=64)
        assert mask.shape == (32, 64, 64, 1)
        assert size == (64, 64)
        for drawn in mask[..., 0]:
            assert drawn.any()
            rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
            full = drawn.sum() == rows.size * columns.size == 32 * 32
            centred += bool(full and rows[0] == columns[0] == 16)
            near += bool(full and max(abs(rows[0] - 16), abs(columns[0] - 16)) <= 4)
            others += not full
    # Four in ten are near the middle; half of these and a few of the moved ones are in the middle.
    assert 42 <= centred <= 86
    assert 95 <= near <= 160
    assert 140 <= others <= 215


def test_everyday_holes_are_a_function_of_seed_and_step():
    drawer = HoleDrawer("everyday", size=64, per_image=True)
    first, again, later = (
        draw(drawer, step, batch=8, height=64, width=64)[0] for step in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != later).any()
