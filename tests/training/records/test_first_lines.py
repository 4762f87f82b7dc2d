from inpaint_tf.default_config import default_config
from inpaint_tf.training.loop import SHORT, Schedule
from inpaint_tf.training.records.first_lines import LEGEND, NO_VALIDATION, first_lines


class Pictures(list):
    where = "faces"


def lines(held_out=None, step=0, **data):
    config = default_config()
    config.data.update(data)
    schedule = Schedule(0, 3000, 300, critic_updates=5)
    return list(first_lines(config, Pictures(range(1200)), held_out, schedule, step, "held.txt"))


def test_what_was_found_and_what_will_be_done():
    assert lines(Pictures(range(100)), test_count=100) == [
        "1,200 pictures to train on, of faces; 100 others held out, listed in held.txt",
        "holes of kind random_box in boxes of 128x128 pixels, one for each batch; pictures of "
        "256x256",
        "iterations: reconstruction 3,000, then adversarial 300",
        "scores and pictures come first at step 2,000 of 3,300; more often by a smaller "
        "--config.train.validate_every, now 2,000",
        LEGEND,
    ]
    found = lines(Pictures(range(7)), step=120, validation="others")
    assert "; 7 to validate on, of faces" in found[0]
    assert (
        found[2] == "iterations: reconstruction 3,000, then adversarial 300, of which 120 are done"
    )


def test_the_values_beside_the_bar_are_explained():
    words = LEGEND.replace(",", "").split()
    assert set(SHORT) <= set(words)


def test_a_run_without_validation_says_what_it_misses():
    assert NO_VALIDATION in lines()
    assert "--config.data.test_count=100" in NO_VALIDATION


def scores_line(step=0, coarse=0, **train):
    """The lines that say when scores and pictures come."""
    config = default_config()
    config.train.update(train)
    schedule = Schedule(coarse, 60, 40, critic_updates=1)
    found = first_lines(config, Pictures([1]), Pictures([2]), schedule, step, "held.txt")
    return [line for line in found if line.startswith("scores and pictures")]


def test_it_is_said_when_the_first_scores_come():
    [line] = scores_line(validate_every=20)
    assert "come first at step 20 of 100" in line
    [line] = scores_line(validate_every=20, step=20)
    assert "come first at step 40 of 100" in line
    [line] = scores_line(validate_every=20, coarse=20)  # whose last step is coarse, too
    assert "come first at step 40 of 120" in line
    [line] = scores_line(validate_every=200)
    assert "come at the last step alone; sooner by a smaller --config.train.validate_every" in line
    assert scores_line(step=100) == []
    assert scores_line(validation_count=0) == []
