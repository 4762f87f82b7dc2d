"""The table of kinds: a new kind is one file and one line, and checks its settings early."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from inpaint_tf import masks
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.errors import UserError, look_up
from inpaint_tf.masks.mask_pictures import turn

COLUMN = """
    from inpaint_tf.masks.kind import Kind, refuse


    class Column(Kind):
        @classmethod
        def check(cls, masks, picture_size):
            super().check(masks, picture_size)
            if masks.size % 2:
                refuse("size", masks.size, "must be even")

        def draw_inside(self, random, count):
            from keras import ops

            left = ops.arange(self.size) < self.size // 2
            return ops.tile(ops.cast(left, "float32")[None, None, :, None], (1, self.size, 1, 1))
"""


@pytest.fixture
def column(new_file, monkeypatch):
    """A kind of hole in a new file, and its line in the table."""
    new_file("column_hole", COLUMN)
    monkeypatch.setitem(masks.KINDS, "column", "column_hole:Column")


def test_a_new_kind_is_a_file_and_a_line(column):
    random = StepRandom(0)
    random.restart(0)
    drawer = masks.HoleDrawer(kind="column", size=8, per_image=True)
    mask, boxes, size = drawer.draw(random, 3, 16, 24)
    mask, boxes = np.asarray(mask), np.asarray(boxes)
    assert size == (8, 8)
    assert len({tuple(box) for box in boxes.tolist()}) == 3
    for drawn, (top, left) in zip(mask[..., 0], boxes, strict=True):
        expected = np.zeros((16, 24))
        expected[top : top + 8, left : left + 4] = 1
        np.testing.assert_array_equal(drawn, expected)


def test_training_checks_the_settings_of_a_new_kind(column):
    from inpaint_tf.default_config import default_config
    from inpaint_tf.training.check_config import check_config

    config = default_config()
    config.masks.kind, config.masks.size = "column", 128
    check_config(config)
    config.masks.size = 127
    with pytest.raises(UserError, match=r"--config\.masks\.size must be even; got 127"):
        check_config(config)


def test_settings_are_checked_without_keras():
    program = (
        "import sys; from inpaint_tf.errors import look_up; from inpaint_tf.masks import KINDS\n"
        "from inpaint_tf.default_config import default_config\n"
        "masks = default_config().unlock().masks; masks.pictures = 'folder'\n"
        "for kind in KINDS: look_up(KINDS, kind).check(masks, 256)\n"
        "print(len(KINDS), 'keras' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["8", "False"]


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("center", {"size": 64}, "(half is usual: --config.masks.size=32); got 64"),
        ("random_box", {"size": 64}, "size must be below --config.data.size=64 (half is usual"),
        (
            "random_box",
            {"max_shrink": 16},
            "--config.masks.max_shrink must be below half of --config.masks.size=32; got 16",
        ),
        ("freeform", {"size": 65}, "size must not exceed --config.data.size=64 (half is usual"),
        ("mixed", {"size": 65}, "size must not exceed --config.data.size=64 (half is usual"),
        ("pictures", {"size": 65}, "size must not exceed --config.data.size=64 (half is usual"),
        ("turned_pictures", {"pictures": ""}, "need --config.masks.pictures=FOLDER"),
        ("pictures", {"pictures": ""}, "need --config.masks.pictures=FOLDER"),
    ],
)
def test_settings_that_cannot_work_are_named(kind, changes, message):
    settings = {"size": 32, "max_shrink": 15, "pictures": "folder"}
    check = look_up(masks.KINDS, kind).check
    check(SimpleNamespace(**settings), 64)
    with pytest.raises(UserError) as error:
        check(SimpleNamespace(**{**settings, **changes}), 64)
    assert message in str(error.value)


def test_masks_turn_left_about_their_middle():
    mask = np.random.default_rng(0).integers(0, 2, (1, 33, 33, 1)).astype("float32")
    mask = np.kron(mask[:, :11, :11], np.ones((1, 3, 3, 1), "float32"))  # blocks of 3x3
    angles = np.float32([0, np.pi / 2, np.pi / 6])
    found = np.asarray(turn(np.repeat(mask, 3, axis=0), angles))
    np.testing.assert_array_equal(found[0], mask[0])
    np.testing.assert_array_equal(found[1, ..., 0], np.rot90(mask[0, ..., 0]))
    by_pillow = np.asarray(Image.fromarray(mask[0, ..., 0]).rotate(30, Image.Resampling.NEAREST))
    assert (found[2, ..., 0] == by_pillow).mean() > 0.99
    assert not found[2, 0, 0, 0]  # from outside


def test_turned_pictures_are_turned_by_up_to_45_degrees():
    bar = np.zeros((1, 64, 64), np.uint8)
    bar[:, 30:34, 8:56] = 1
    drawer = masks.HoleDrawer("turned_pictures", size=64, per_image=True, pictures=bar)
    random = StepRandom(0)
    random.restart(0)
    drawn = np.asarray(drawer.draw(random, 40, 64, 64).mask)[..., 0]
    heights = drawn.any(axis=2).sum(axis=1)
    assert heights.min() < 12  # hardly turned
    assert 30 < heights.max() <= 40  # 48 * sin(45 degrees) and the bar's own 4
    for each in drawn:
        rows, columns = np.nonzero(each)
        assert np.corrcoef(rows, columns)[0, 1] < 0.1  # to the left: right ends go up
