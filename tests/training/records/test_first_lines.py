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
