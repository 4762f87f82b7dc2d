"""Files that people exchange run no code: each way that is known to make a reader run some."""

import base64
import io
import json
import marshal
import os
import pickle
import zipfile

import h5py
import numpy as np
import pytest

from inpaint_tf.data import open_source
from inpaint_tf.data.pytorch_file import read_arrays
from inpaint_tf.doctor.conformance import load_goldens
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores.feature_networks import Lpips
from inpaint_tf.weights.generator_file import load_generator


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


@pytest.fixture
def canary(tmp_path):
    """The file that code in a file would write. No test may leave it."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


def test_the_pickle_of_these_tests_does_run_code(tmp_path):
    pickle.loads(pickle.dumps(Evil(tmp_path / "canary")))
    assert (tmp_path / "canary").exists()


def object_array(canary):
    return np.array([Evil(canary)], dtype=object)


def bytes_of(save, *arguments, **named):
    file = io.BytesIO()
    save(file, *arguments, **named)
    return file.getvalue()


def pickled_archive(canary):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps({"w": Evil(canary)}))
    return file.getvalue()


def lambda_of(canary):
    """A model's config with a layer whose code is in the file, as Keras keeps it."""
    code = compile(f"open({str(canary)!r}, 'w')", "", "eval")
    encoded = base64.b64encode(marshal.dumps(code)).decode()
    function = {"class_name": "__lambda__", "config": {"code": encoded}}
    layer = {"class_name": "Lambda", "config": {"function": function, "name": "l"}}
    return json.dumps({"class_name": "Sequential", "config": {"layers": [layer], "name": "s"}})


def keras_archive(canary):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", lambda_of(canary))
        archive.writestr("metadata.json", '{"keras_version": "3.15.0"}')
        archive.writestr("model.weights.h5", b"")
    return file.getvalue()


def keras_h5(canary):
    file = io.BytesIO()
    with h5py.File(file, "w") as h5:
        h5.attrs["model_config"] = lambda_of(canary)
        h5.attrs["inpaint_tf"] = '{"width": 2}'
        h5["conv1/kernel"] = np.zeros((5, 5, 5, 2), "float32")
    return file.getvalue()


def h5_of_objects(canary):
    file = io.BytesIO()
    with h5py.File(file, "w") as h5:
        h5["conv1/kernel"] = np.void(pickle.dumps(Evil(canary)))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "read"),
    [
        ("a.npy", lambda canary: bytes_of(np.save, object_array(canary)), open_source),
        ("a.npy", lambda canary: pickle.dumps(Evil(canary)), open_source),
        ("a.npz", lambda canary: bytes_of(np.savez, head1=object_array(canary)), Lpips),
        ("a.npz", lambda canary: pickle.dumps(Evil(canary)), Lpips),
        ("a.npz", lambda canary: bytes_of(np.savez, x=object_array(canary)), load_goldens),
        ("a.pt", pickled_archive, read_arrays),
        ("a.pt", lambda canary: pickle.dumps(Evil(canary)), read_arrays),
        ("a.pt", pickled_archive, load_generator),
        ("a.pth", lambda canary: pickle.dumps(Evil(canary)), load_generator),
        ("a.weights.h5", pickled_archive, load_generator),
        ("a.weights.h5", lambda canary: pickle.dumps(Evil(canary)), load_generator),
        ("a.weights.h5", keras_archive, load_generator),
        ("a.weights.h5", keras_h5, load_generator),
        ("a.weights.h5", h5_of_objects, load_generator),
        ("a.keras", keras_archive, load_generator),
        ("a.pkl", lambda canary: pickle.dumps(Evil(canary)), load_generator),
    ],
)
def test_no_code_runs(name, make, read, tmp_path, canary):
    (tmp_path / name).write_bytes(make(canary))
    with pytest.raises(UserError):
        read(tmp_path / name)


def test_numbers_do_not_come_from_other_files_of_the_machine(tmp_path):
    """HDF5 can name other files as the place of its numbers."""
    (tmp_path / "secret").write_bytes(bytes(1000))
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        place = [(str(tmp_path / "secret"), 0, 1000)]
        file.create_dataset("conv1/kernel", (250,), "float32", external=place)
    with pytest.raises(UserError, match="not a readable weights file"):
        load_generator(tmp_path / "a.weights.h5")
