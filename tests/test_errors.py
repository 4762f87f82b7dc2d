"""Which errors say that memory has run out."""

import pytest
import tensorflow as tf

from inpaint_tf.errors import is_out_of_memory


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 9 bytes."),
    ],
)
def test_a_full_memory(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        tf.errors.ResourceExhaustedError(None, None, "variables/part-0; No space left on device"),
        tf.errors.InvalidArgumentError(None, None, "shapes"),
        OSError(28, "No space left on device"),
    ],
)
def test_other_errors(error):
    assert not is_out_of_memory(error)
