"""The ONNX file: the Inpainter's pictures by ONNX Runtime, of any size."""

import subprocess
import sys

import numpy as np
import pytest
from inference.export.models import check, pictures, small_inpainter

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference.export import onnx_file

onnx = pytest.importorskip("onnx", reason="the extra inpaint-tf[onnx] is not installed")
pytest.importorskip("onnxruntime", reason="the extra inpaint-tf[onnx] is not installed")
pytest.importorskip("tf2onnx", reason="the extra inpaint-tf[onnx] is not installed")

ONE_BLOCK = 4096
"""Bytes of scores: of a picture of 32x32 they are 1,024, of one of 64x64 they are 16,384."""

RUN_WITH_ONNXRUNTIME_ALONE = """
import sys
for name in ("keras", "tensorflow", "inpaint_tf", "onnx"):
    sys.modules[name] = None  # importing it raises
import numpy as np, onnxruntime
data = np.load(sys.argv[2])
model = onnxruntime.InferenceSession(sys.argv[1])
np.save(sys.argv[3], model.run(None, {"image": data["image"], "mask": data["mask"]})[0])
"""


@pytest.fixture(scope="module")
def inpainter():
    return small_inpainter(score_bytes=ONE_BLOCK)


@pytest.fixture(scope="module")
def path(inpainter, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    found = inpaint_tf.export(inpainter, path, "onnx")
    assert found.largest <= 1
    assert found.equal > 0.99
    return path


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 37, 53), (2, 64, 64), (1, 8, 9)])
def test_any_batch_and_size_by_one_file(path, inpainter, shape):
    check(onnx_file.load(path), inpainter, *pictures(*shape))


def test_runs_without_this_package(path, inpainter, tmp_path):
    images, masks = pictures(1, 41, 33)
    np.savez(tmp_path / "in.npz", image=images, mask=masks)
    paths = [str(path), str(tmp_path / "in.npz"), str(tmp_path / "out.npy")]
    subprocess.run([sys.executable, "-c", RUN_WITH_ONNXRUNTIME_ALONE, *paths], check=True)
    found = np.load(tmp_path / "out.npy")
    check(lambda image, mask: found, inpainter, images, masks)


def test_masks_of_zero_and_one_are_read_as_by_the_savedmodel(path):
    complete = onnx_file.load(path)
    images, masks = pictures(1, 24, 32)
    expected = complete(images, masks)
    np.testing.assert_array_equal(complete(images, masks // 255), expected)
    assert not np.array_equal(complete(images, masks // 3), expected)  # 85 is known, in a picture


def test_only_standard_operators_and_named_axes(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert {node.domain for node in model.graph.node} == {""}
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 17)]
    for value in (*model.graph.input, *model.graph.output):
        axes = [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        assert axes[:3] == ["batch", "height", "width"]
        assert axes[3] == (1 if value.name == "mask" else 3)
        assert value.type.tensor_type.elem_type == onnx.TensorProto.UINT8


def test_the_aot_kind_at_a_fixed_size(tmp_path):
    inpainter = small_inpainter("aot")
    path = tmp_path / "model.onnx"
    found = inpaint_tf.export(inpainter, path, "onnx", height=44, width=51)
    assert (found.height, found.width) == (44, 51)
    check(onnx_file.load(path), inpainter, *pictures(2, 44, 51))
    with pytest.raises(UserError, match="at least 33 pixels, not 20"):
        inpaint_tf.export(inpainter, tmp_path / "small.onnx", "onnx", height=20)
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_a_file_is_kept_unless_it_is_a_model_to_overwrite(path, tmp_path):
    with pytest.raises(UserError, match="add --overwrite"):
        onnx_file.check_output(path, overwrite=False)
    assert onnx_file.check_output(path, overwrite=True) == path
    mine = tmp_path / "thesis.onnx"
    mine.write_text("years of work")
    with pytest.raises(UserError, match="not an ONNX model"):
        onnx_file.check_output(mine, overwrite=True)
    with pytest.raises(UserError, match=r"must end in \.onnx"):
        onnx_file.check_output(tmp_path / "model", overwrite=False)
