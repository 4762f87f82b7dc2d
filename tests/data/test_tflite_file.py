"""TensorFlow Lite files are read without TensorFlow, and wrong ones are told in a line."""

import numpy as np
import pytest

from inpaint_tf.data.tflite_file import read_arrays
from inpaint_tf.errors import UserError


@pytest.fixture(scope="module", params=["float32", "float16"])
def converted(request, tmp_path_factory):
    """(file, weights) of a small network that TensorFlow's converter wrote."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(3, 3, 5, 7)).astype("float32")
    bias = rng.normal(size=7).astype("float32")

    @tf.function(input_signature=[tf.TensorSpec((1, 8, 8, 5))])
    def network(pictures):
        return tf.nn.conv2d(pictures, kernel, 1, "SAME") + bias

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [network.get_concrete_function()], tf.Module()
    )
    if request.param == "float16":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    path = tmp_path_factory.mktemp("lite") / "network.tflite"
    path.write_bytes(converter.convert())
    return path, kernel.astype(request.param), bias.astype(request.param)


def test_arrays_are_those_of_the_network(converted):
    path, kernel, bias = converted
    found = list(read_arrays(path).values())
    (found_kernel,) = (array for array in found if array.ndim == 4)
    (found_bias,) = (array for array in found if array.shape == (7,))
    assert found_kernel.dtype == kernel.dtype
    np.testing.assert_array_equal(found_kernel, kernel.transpose(3, 0, 1, 2))  # TF Lite's order
    np.testing.assert_array_equal(found_bias, bias)


@pytest.mark.parametrize(
    "content", [b"", b"TFL3", b"\0\0\0\0TFL3", b"\x10\0\0\0TFL3" + b"\xff" * 90]
)
def test_another_file_is_told(tmp_path, content):
    path = tmp_path / "other.tflite"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is not a TensorFlow Lite file"):
        read_arrays(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*No such file"):
        read_arrays(tmp_path / "none.tflite")


def test_a_file_that_was_cut_is_told(converted, tmp_path):
    path, _, _ = converted
    content = path.read_bytes()
    cut = tmp_path / "cut.tflite"
    for share in np.linspace(0.02, 0.9, 40):
        cut.write_bytes(content[: int(share * len(content))])
        with pytest.raises(UserError, match="is not a TensorFlow Lite file"):
            read_arrays(cut)
