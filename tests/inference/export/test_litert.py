"""The LiteRT file: the Inpainter's pictures by LiteRT's interpreter, of one size."""

import subprocess
import sys

import numpy as np
import pytest
from inference.export.models import check, pictures, small_inpainter

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference.export import litert_file
from inpaint_tf.networks import generators

interpreter = pytest.importorskip(
    "ai_edge_litert.interpreter", reason="the extra inpaint-tf[litert] is not installed"
)

RUN_WITH_LITERT_ALONE = """
import sys
for name in ("keras", "tensorflow", "inpaint_tf"):
    sys.modules[name] = None  # importing it raises
import numpy as np
from ai_edge_litert.interpreter import Interpreter
data = np.load(sys.argv[2])
complete = Interpreter(sys.argv[1]).get_signature_runner()
np.save(sys.argv[3], complete(image=data["image"], mask=data["mask"])["completed"])
"""


@pytest.mark.parametrize("kind", generators.KINDS)
def test_completes_like_the_inpainter_without_this_package(kind, tmp_path):
    inpainter = small_inpainter(kind)
    path = tmp_path / "model.tflite"
    found = inpaint_tf.export(inpainter, path, "litert", height=67, width=80)
    assert (found.height, found.width, found.known_equal) == (67, 80, True)
    images, masks = pictures(1, 67, 80)
    np.savez(tmp_path / "in.npz", image=images, mask=masks)
    paths = [str(path), str(tmp_path / "in.npz"), str(tmp_path / "out.npy")]
    subprocess.run([sys.executable, "-c", RUN_WITH_LITERT_ALONE, *paths], check=True)
    completed = np.load(tmp_path / "out.npy")
    check(lambda image, mask: completed, inpainter, images, masks)


def test_the_size_is_the_weights_own_unless_it_is_given(tmp_path):
    found = inpaint_tf.export(small_inpainter(), tmp_path / "model.tflite", "litert", width=40)
    assert (found.height, found.width) == (64, 40)
    model = interpreter.Interpreter(str(tmp_path / "model.tflite"))
    shapes = {detail["name"]: list(detail["shape"]) for detail in model.get_input_details()}
    assert sorted(shapes.values()) == [[1, 64, 40, 1], [1, 64, 40, 3]]


def test_smaller_types_make_smaller_files(tmp_path):
    inpainter = small_inpainter()
    sizes = {}
    for weights_type in litert_file.TOLERANCES:
        path = tmp_path / f"{weights_type}.tflite"
        inpaint_tf.export(inpainter, path, "litert", height=32, width=32, weights_type=weights_type)
        sizes[weights_type] = path.stat().st_size
    assert sizes["int8"] < sizes["float16"] < sizes["float32"]


def test_unknown_types_are_told_before_anything_is_loaded(tmp_path):
    with pytest.raises(UserError, match="unknown type of weights 'float61'; did you mean float16"):
        inpaint_tf.export("no weights", tmp_path / "model.tflite", "litert", weights_type="float61")


def test_a_file_is_kept_unless_it_is_a_model_to_overwrite(tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(b"\x1c\0\0\0TFL3")
    with pytest.raises(UserError, match="add --overwrite"):
        litert_file.check_output(path, overwrite=False)
    assert litert_file.check_output(path, overwrite=True) == path
    path.write_text("years of work")
    with pytest.raises(UserError, match="not a LiteRT model"):
        litert_file.check_output(path, overwrite=True)
