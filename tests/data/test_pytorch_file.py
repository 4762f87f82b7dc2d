"""PyTorch files of both layouts, made here by hand: arrays come out, and no code runs."""

import collections
import os
import pickle
import zipfile

import numpy as np
import pytest
import pytorch_files
from pytorch_files import Stored, pickled

from inpaint_tf.data import pytorch_file
from inpaint_tf.data.pytorch_file import read_arrays
from inpaint_tf.errors import UserError

MATRIX = np.arange(6, dtype="<f4").reshape(2, 3)
COUNT = np.array(7, "<i8")


@pytest.fixture
def torch(monkeypatch):
    return pytorch_files.torch_names(monkeypatch)


def state(torch):
    transposed = Stored(torch.FloatStorage, "0", 6, (3, 2), (1, 3))
    return collections.OrderedDict(
        matrix=Stored(torch.FloatStorage, "0", 6, (2, 3), (3, 1)),
        nested={"transposed": transposed, "name": "text"},
        count=Stored(torch.LongStorage, "1", 1, (), ()),
    )


def write_zip(path, content):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", content)
        archive.writestr("archive/data/0", MATRIX.tobytes())
        archive.writestr("archive/data/1", COUNT.tobytes())


def write_older(path, content):
    parts = [pickle.dumps(part, 2) for part in (pytorch_file.MAGIC, 1001, {"little_endian": True})]
    parts += [content, pickle.dumps(["0", "1"], 2)]
    for array in (MATRIX, COUNT):
        parts += [np.int64(array.size).tobytes(), array.tobytes()]
    path.write_bytes(b"".join(parts))


@pytest.mark.parametrize("write", [write_zip, write_older])
def test_arrays_by_their_names(tmp_path, torch, write):
    path = tmp_path / "weights.pth"
    write(path, pickled(state(torch)))
    arrays = read_arrays(path)
    assert set(arrays) == {"matrix", "nested.transposed", "count"}
    np.testing.assert_array_equal(arrays["matrix"], MATRIX)
    np.testing.assert_array_equal(arrays["nested.transposed"], MATRIX.T)
    assert arrays["count"] == 7
    assert arrays["count"].dtype == np.int64


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("write", [write_zip, write_older])
def test_a_file_that_would_run_something_is_not_read(tmp_path, torch, write):
    path, made = tmp_path / "weights.pth", tmp_path / "made"
    write(path, pickled({"matrix": Evil(made)}))
    with pytest.raises(UserError, match=r"holds (posix|nt)\.mkdir, which is no array"):
        read_arrays(path)
    assert not made.exists()
    pickle.loads(pickle.dumps(Evil(made)))
    assert made.exists()  # as it would have


@pytest.mark.parametrize("content", [b"", b"hello", pickle.dumps({"a": 1}), b"PK\x03\x04broken"])
def test_other_files_are_one_line(tmp_path, content):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is not a PyTorch file, or is damaged"):
        read_arrays(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"none\.pth: No such file"):
        read_arrays(tmp_path / "none.pth")


def test_a_tensor_cannot_look_beyond_its_numbers(tmp_path, torch):
    path = tmp_path / "weights.pth"
    tensor = Stored(torch.FloatStorage, "0", 6, (2, 3), (3, 1), offset=1)
    write_zip(path, pickled({"matrix": tensor}))
    with pytest.raises(UserError, match="reaches beyond its numbers"):
        read_arrays(path)


def test_a_small_archive_cannot_unpack_to_more_than_it_holds(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}.")
        archive.writestr("a/data/0", bytes(10**7))
    with pytest.raises(UserError, match="unpacks to 10,000,004 bytes"):
        read_arrays(tmp_path / "a.pt")
