"""A short round of the fuzzer, always over the same files: `python -m fuzz` makes a long one."""

import pytest
from fuzz.run import fuzz
from fuzz.targets import WITHOUT_TENSORFLOW
from fuzz.worker import attempt

from inpaint_tf.errors import UserError

FILES = 40
SLOW = {"weights": 15, "test_folders": 12}


@pytest.mark.parametrize("kind", [*WITHOUT_TENSORFLOW, "weights"])
def test_damaged_files_are_told_in_one_line(kind):
    failures, megabytes = fuzz(kind, seed=0, first=0, count=SLOW.get(kind, FILES))
    assert failures == []
    assert 10 < megabytes < 2000


class Raises:
    def __init__(self, error):
        self.error = error

    def use(self, path):
        raise self.error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyError("step"), "KeyError: 'step'"),
        (AssertionError("a lost result"), "a lost result"),
        (MemoryError(), "MemoryError"),
        (UserError(""), "an empty message"),
    ],
)
def test_the_fuzzer_sees_what_is_wrong(error, told):
    assert told in attempt(Raises(error), None)


@pytest.mark.parametrize("error", [UserError("mend it"), OSError(28, "no space")])
def test_the_fuzzer_takes_one_line_for_right(error):
    assert attempt(Raises(error), None) is None
