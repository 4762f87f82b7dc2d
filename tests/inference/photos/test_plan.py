"""Each pixel of the holes is in one job, and in the window that suits it."""

import numpy as np

from inpaint_tf.inference.photos.faces import Face
from inpaint_tf.inference.photos.framing import Framing
from inpaint_tf.inference.photos.plan import covers, plan

FRAMING = Framing()


def face(x, y, distance=22.3):
    """A face whose window is about 100 pixels wide where the distance is 22.3."""
    return Face(np.array([x - distance / 2, y]), np.array([x + distance / 2, y]))


def hole_at(*boxes, height=400, width=600):
    hole = np.zeros((height, width), bool)
    for top, left, rows, columns in boxes:
        hole[top : top + rows, left : left + columns] = True
    return hole


def check(jobs, hole):
    total = np.sum([job.area for job in jobs], axis=0)
    np.testing.assert_array_equal(total, hole)


def test_each_face_gets_the_hole_in_its_window():
    hole = hole_at((90, 90, 20, 20), (90, 390, 30, 30))
    faces = [face(100, 100), face(400, 100)]
    jobs = plan(hole, faces, FRAMING, 32)
    check(jobs, hole)
    assert [job.window.side for job in jobs] == [100, 100]
    assert [job.area.sum() for job in jobs] == [400, 900]
    assert covers(hole, faces, FRAMING)


def test_a_hole_over_two_faces_is_shared_by_the_nearer_middle():
    hole = hole_at((95, 80, 10, 100))
    jobs = plan(hole, [face(100, 100), face(160, 100)], FRAMING, 32)
    check(jobs, hole)
    left, right = (np.nonzero(job.area)[1] for job in jobs)
    assert left.max() < right.min()
    assert abs(left.max() - 130) <= 2


def test_what_no_face_holds_has_a_window_of_its_own():
    hole = hole_at((90, 90, 20, 20), (300, 500, 40, 30))
    faces = [face(100, 100)]
    assert not covers(hole, faces, FRAMING)
    jobs = plan(hole, faces, FRAMING, 32)
    check(jobs, hole)
    window = jobs[1].window
    assert (window.side, window.x, window.y) == (80, 514.5, 319.5)


def test_a_window_without_a_face_is_at_least_as_large_as_the_networks():
    [job] = plan(hole_at((300, 500, 40, 30)), [], FRAMING, 256)
    assert job.window.side == 256


def test_a_spot_away_from_faces_has_no_window():
    hole = hole_at((300, 500, 20, 20), (90, 90, 20, 20))
    [on_face, spot] = plan(hole, [face(100, 100)], FRAMING, 32)
    assert spot.window is None
    assert on_face.window.side == 100


def test_where_no_face_is_found_a_spot_may_hide_one():
    [job] = plan(hole_at((300, 500, 20, 20)), [], FRAMING, 32)
    assert job.window.side == 40


def test_a_scratch_on_a_face_has_the_faces_window():
    [job] = plan(hole_at((100, 80, 3, 40)), [face(100, 100)], FRAMING, 256)
    assert job.window.side == 100
