import numpy as np

from inpaint_tf.engines.step_random import DRAWS_PER_STEP, StepRandom


def test_a_step_can_be_drawn_again():
    random = StepRandom(3)
    random.restart(7)
    first = [np.asarray(random.uniform((4,))) for _ in range(3)]
    random.restart(8)
    other = np.asarray(random.uniform((4,)))
    random.restart(7)
    again = [np.asarray(random.uniform((4,))) for _ in range(3)]
    np.testing.assert_array_equal(first, again)
    assert (other != first[0]).all()
    assert (first[0] != first[1]).all()


def test_seeds_differ_and_steps_do_not_overlap():
    def draws(seed, step, count):
        random = StepRandom(seed)
        random.restart(step)
        return [float(random.uniform(())) for _ in range(count)]

    assert draws(0, 1, 3) != draws(1, 1, 3)
    assert draws(0, 0, DRAWS_PER_STEP)[-1] != draws(0, 1, 1)[0]


def test_integers_reach_both_ends():
    random = StepRandom(0)
    random.restart(0)
    found = np.asarray(random.integers((500,), -2, 3))
    assert found.dtype == "int32"
    assert set(found.tolist()) == {-2, -1, 0, 1, 2, 3}


def test_more_draws_than_a_step_has_do_not_repeat_those_of_the_next():
    def draws(step, count):
        random = StepRandom(0)
        random.restart(step)
        return [float(random.uniform(())) for _ in range(count)]

    first, second = draws(0, 2 * DRAWS_PER_STEP + 5), draws(1, DRAWS_PER_STEP)
    assert len({*first, *second}) == len(first) + len(second)
    assert draws(0, DRAWS_PER_STEP) == first[:DRAWS_PER_STEP]
