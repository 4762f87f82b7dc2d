"""The table of weights formats: a new one is one file and one line."""

import errno
import io
import subprocess
import sys

import numpy as np
import pytest

from inpaint_tf.errors import UserError
from inpaint_tf.networks import generators
from inpaint_tf.weights import formats, generator_file, locate
from inpaint_tf.weights.formats import hdf5

NPZ = """
    import json

    import numpy as np


    def recognises(path):
        return path.suffix == ".npz"


    def read(path):
        with np.load(path) as file:
            arrays = dict(file)
        return json.loads(str(arrays.pop("settings"))), arrays
"""


@pytest.fixture
def npz(new_file, monkeypatch):
    """A format in a new file, and its line in the table."""
    new_file("npz_weights", NPZ)
    monkeypatch.setitem(formats.FORMATS, "npz", "npz_weights")


def arrays_of(generator):
    return {
        f"{layer.name}/{weight.name}": weight.numpy()
        for layer in generator.layers
        for weight in layer.weights
    }


def test_a_new_format_is_a_file_and_a_line(npz, tmp_path):
    generator = generators.build("contextual_attention", 4)
    path = tmp_path / "mine.npz"
    np.savez(path, settings='{"width": 4, "step": 7}', **arrays_of(generator))
    assert locate.find_weights(path) == path
    loaded, settings = generator_file.load_generator(path)
    assert settings == {**generator_file.DEFAULT_SETTINGS, "width": 4, "step": 7}
    for found, expected in zip(loaded.get_weights(), generator.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_folder_can_be_a_format(tmp_path, monkeypatch):
    folder = tmp_path / "theirs"
    folder.mkdir()
    with pytest.raises(UserError, match="reached a checkpoint"):
        locate.find_weights(folder)
    (tmp_path / "folder_weights.py").write_text("def recognises(path): return path.is_dir()")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(formats.FORMATS, "folder", "folder_weights")
    assert locate.find_weights(folder) == folder


def test_a_damaged_file_of_a_new_format_is_a_users_mistake(npz, tmp_path):
    path = tmp_path / "mine.npz"
    np.savez(path, settings="{")
    with pytest.raises(UserError, match=r"mine.npz is not a readable weights file"):
        generator_file.load_generator(path)
    np.savez(path, settings='{"width": 4}', some=np.zeros(3))
    with pytest.raises(UserError, match=r"mine.npz .* no generator of width 4"):
        generator_file.load_generator(path)


def test_a_file_of_no_format_is_named(tmp_path):
    path = tmp_path / "mine.npz"
    path.write_bytes(b"")
    assert formats.format_of(path) is None
    with pytest.raises(UserError, match=r"not a \*\.weights\.h5 file"):
        generator_file.load_generator(path)


def test_weights_are_found_without_loading_a_reader():
    program = (
        "import sys; from inpaint_tf.weights.locate import find_weights; "
        "find_weights('faces256'); print({'keras', 'h5py'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "set()"


def test_a_full_disk_is_one_error_without_more_noise(capfd):
    """HDF5's own writing into an open file prints tracebacks when that fails."""

    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        hdf5.write(Full(), {"width": 2}, {"conv1/kernel": np.zeros((3, 3), "float32")}, half=True)
    assert capfd.readouterr().err == ""
