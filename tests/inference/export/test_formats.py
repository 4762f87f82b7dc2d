"""The table of export formats: a new one is one file and one line, from Python and as a command."""

import importlib.util
import subprocess
import sys

import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference import export as formats
from inpaint_tf.networks import generators
from inpaint_tf.weights.generator_file import save_generator

NPZ = """
    from pathlib import Path

    import numpy as np

    from inpaint_tf.errors import UserError
    from inpaint_tf.inference.export.comparison import EXACT
    from inpaint_tf.inference.inpainter import Inpainter
    from inpaint_tf.networks import generators

    HOW_TO_CALL = "np.load('{output}')"


    def default_options(size):
        return {"colour": None}


    def tolerance(**options):
        return EXACT


    def check_output(output, overwrite):
        if Path(output).exists() and not overwrite:
            raise UserError(f"{output} exists")
        return Path(output)


    def write(generator, hole_fill, path, colour=None):
        arrays = {str(i): array for i, array in enumerate(generator.get_weights())}
        np.savez(path, hole_fill=colour or hole_fill, **arrays)


    def load(path):
        generator = generators.build("contextual_attention", 4)
        with np.load(path) as found:
            arrays = [found[str(i)] for i in range(len(found) - 1)]
            generator.set_weights(arrays)
            return Inpainter(generator, str(found["hole_fill"])).complete
"""


@pytest.fixture
def npz(new_file, monkeypatch):
    """A format in a new file, and its line in the table."""
    new_file("npz_export", NPZ)
    monkeypatch.setitem(formats.FORMATS, "npz", "npz_export")


@pytest.fixture(scope="module")
def inpainter():
    keras.utils.set_random_seed(1)
    return inpaint_tf.Inpainter(generators.build("contextual_attention", 4), "white", 32)


def check_written(path, inpainter):
    with np.load(path) as found:
        assert str(found["hole_fill"]) == "white"
        for i, expected in enumerate(inpainter.generator.get_weights()):
            np.testing.assert_array_equal(found[str(i)], expected)


def test_a_new_format_is_a_file_and_a_line(npz, tmp_path, inpainter):
    output = tmp_path / "model.npz"
    found = inpaint_tf.export(inpainter, output, "npz")
    assert (found.height, found.width, found.largest, found.equal) == (32, 32, 0, 1.0)
    check_written(output, inpainter)
    with pytest.raises(UserError, match=r"model\.npz exists"):
        inpaint_tf.export(inpainter, output, format="npz")
    inpaint_tf.export(inpainter, output, "npz", overwrite=True)


def test_weights_are_exported_by_their_path(npz, tmp_path, inpainter):
    weights = tmp_path / "x.weights.h5"
    save_generator(inpainter.generator, weights, {"width": 4, "hole_fill": "white"})
    inpaint_tf.export(weights, tmp_path / "model.npz", "npz")
    check_written(tmp_path / "model.npz", inpainter)


def test_the_command_writes_a_new_format(npz, tmp_path, inpainter):
    weights, output = tmp_path / "x.weights.h5", tmp_path / "model.npz"
    save_generator(inpainter.generator, weights, {"width": 4, "hole_fill": "white"})
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from inpaint_tf.inference.export import FORMATS; FORMATS['npz'] = 'npz_export'\n"
        "from inpaint_tf.__main__ import run; run('export', sys.argv[1:])"
    )
    arguments = [f"--weights={weights}", f"--output={output}", "--format=npz", "--device=cpu"]
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert f"np.load('{output}')" in ended.stdout
    assert "largest difference 0 of 255, 100.00 % of the hole's pixels equal" in ended.stdout
    check_written(output, inpainter)


def test_a_model_that_computes_something_else_does_not_appear(npz, tmp_path, inpainter):
    output = tmp_path / "model.npz"
    output.write_text("an earlier model")
    with pytest.raises(
        UserError, match=r"removed.*largest difference [1-9].*100 % must be within 0"
    ):
        inpaint_tf.export(inpainter, output, "npz", overwrite=True, colour="grey")
    assert output.read_text() == "an earlier model"
    assert list(tmp_path.glob(".*")) == []


def test_options_are_those_of_the_format(npz, tmp_path, inpainter):
    for name, options, message in (
        ("npz", {"height": 64}, "npz takes no --height; it is for onnx and litert"),
        ("savedmodel", {"weights_type": "int8"}, "no --weights_type; it is for litert"),
        ("onnx", {"weights_type": "int8"}, "no --weights_type; it is for litert"),
        ("npz", {"depth": 64}, "no --depth; there is no such option"),
    ):
        with pytest.raises(UserError, match=message):
            inpaint_tf.export(inpainter, tmp_path / "model.npz", name, **options)


@pytest.mark.parametrize(
    ("name", "module", "suffix"),
    [("onnx", "tf2onnx", ".onnx"), ("litert", "ai_edge_litert", ".tflite")],
)
def test_a_missing_package_is_named_with_its_extra(name, module, suffix, tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == module else find(name, *rest),
    )
    message = rf'{module}; run: pip install "inpaint-tf\[{name}\]"'
    with pytest.raises(UserError, match=message):
        inpaint_tf.export("no weights", tmp_path / f"model{suffix}", name)


@pytest.mark.parametrize("name", ["onnx", "litert"])
def test_other_precisions_are_refused(name, tmp_path):
    pytest.importorskip("tf2onnx" if name == "onnx" else "ai_edge_litert")
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        generator = generators.build("contextual_attention", 4)
    finally:
        keras.config.set_dtype_policy("float32")
    output = tmp_path / f"model{'.onnx' if name == 'onnx' else '.tflite'}"
    with pytest.raises(UserError, match="set --precision=float32"):
        inpaint_tf.export(inpaint_tf.Inpainter(generator), output, name)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_a_users_mistake(inpainter, tmp_path):
    with pytest.raises(UserError, match="unknown format 'saved_model'; did you mean savedmodel"):
        inpaint_tf.export(inpainter, tmp_path / "model", "saved_model")


def test_formats_are_listed_without_keras():
    program = "import sys, inpaint_tf.inference.export; print('keras' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
