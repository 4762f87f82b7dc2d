"""The table of export formats: a new one is one file and one line, from Python and as a command."""

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

    HOW_TO_CALL = "np.load('{output}')"


    def check_output(output, overwrite):
        if Path(output).exists() and not overwrite:
            raise UserError(f"{output} exists")
        return Path(output)


    def export(generator, hole_fill, output, overwrite=False):
        arrays = {str(i): array for i, array in enumerate(generator.get_weights())}
        np.savez(output, hole_fill=hole_fill, **arrays)
"""


@pytest.fixture
def npz(new_file, monkeypatch):
    """A format in a new file, and its line in the table."""
    new_file("npz_export", NPZ)
    monkeypatch.setitem(formats.FORMATS, "npz", "npz_export")


@pytest.fixture(scope="module")
def inpainter():
    keras.utils.set_random_seed(1)
    return inpaint_tf.Inpainter(generators.build("contextual_attention", 4), "white")


def check_written(path, inpainter):
    with np.load(path) as found:
        assert str(found["hole_fill"]) == "white"
        for i, expected in enumerate(inpainter.generator.get_weights()):
            np.testing.assert_array_equal(found[str(i)], expected)


def test_a_new_format_is_a_file_and_a_line(npz, tmp_path, inpainter):
    output = tmp_path / "model.npz"
    inpaint_tf.export(inpainter, output, "npz")
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
    check_written(output, inpainter)


def test_an_unknown_format_is_a_users_mistake(inpainter, tmp_path):
    with pytest.raises(UserError, match="unknown format 'saved_model'; did you mean savedmodel"):
        inpaint_tf.export(inpainter, tmp_path / "model", "saved_model")


def test_formats_are_listed_without_keras():
    program = "import sys, inpaint_tf.inference.export; print('keras' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
