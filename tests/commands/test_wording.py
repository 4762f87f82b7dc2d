"""Counts in sentences."""

from inpaint_tf.commands.wording import counted, not_completed


def test_one_is_not_several():
    assert [counted(count, "photo") for count in (0, 1, 2000)] == [
        *("0 photos", "1 photo", "2,000 photos"),
    ]
    assert not_completed(1, "picture") == "1 picture was not completed"
    assert not_completed(2, "picture") == "2 pictures were not completed"
