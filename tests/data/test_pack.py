import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from inpaint_tf.data import in_order, open_source, picture_files
from inpaint_tf.data.pack import pack
from inpaint_tf.errors import UserError


def make_many(folder, count, bad=()):
    folder.mkdir()
    for index in range(count):
        path = folder / f"{index:03d}.png"
        picture_files.write_png(path, np.full((4, 6, 3), index, np.uint8))
        if index in bad:
            path.write_text("no picture")
    return open_source(folder)


def test_cache_holds_what_the_folder_shows(pictures, tmp_path):
    source = open_source(pictures)
    assert pack(source, tmp_path / "a.npy", 32, progress=False) == (6, 0, 0)
    packed = open_source(tmp_path / "a.npy")
    ((names, images),) = in_order(source, 32, 6)
    assert np.array_equal(np.load(tmp_path / "a.npy"), images)
    assert [packed.name(index) for index in range(6)] == names


def test_cache_from_tfrecord_and_from_a_cache(pictures, tmp_path):
    from pictures import write_shard

    write_shard(tmp_path / "a.tfrecord", sorted(pictures.iterdir()))
    pack(open_source(tmp_path / "a.tfrecord"), tmp_path / "a.npy", 32, progress=False)
    pack(open_source(pictures), tmp_path / "b.npy", 32, progress=False)
    assert np.array_equal(np.load(tmp_path / "a.npy"), np.load(tmp_path / "b.npy"))
    pack(open_source(tmp_path / "b.npy"), tmp_path / "c.npy", 16, progress=False)
    assert np.load(tmp_path / "c.npy").shape == (6, 16, 16, 3)


def test_unreadable_pictures_leave_no_gap(tmp_path):
    source = make_many(tmp_path / "many", 101, bad=[0, 50])
    assert pack(source, tmp_path / "a.npy", 2, progress=False) == (99, 2, 0)
    array = np.load(tmp_path / "a.npy")
    assert array[:, 0, 0, 0].tolist() == [i for i in range(101) if i not in (0, 50)]
    assert open_source(tmp_path / "a.npy").name(0) == "001.png"


def test_enlarged_pictures_are_counted(tmp_path):
    source = make_many(tmp_path / "many", 3)
    assert pack(source, tmp_path / "a.npy", 4, progress=False).enlarged == 0
    assert pack(source, tmp_path / "b.npy", 5, progress=False).enlarged == 3


def test_many_unreadable_pictures_leave_nothing(tmp_path):
    source = make_many(tmp_path / "many", 20, bad=[1, 2])
    with pytest.raises(UserError, match="2 of the 20 pictures"):
        pack(source, tmp_path / "a.npy", 2, progress=False)
    assert os.listdir(tmp_path) == ["many"]


def test_interruption_leaves_the_old_cache(tmp_path):
    source = make_many(tmp_path / "many", 3)
    pack(source, tmp_path / "a.npy", 2, progress=False)
    before = (tmp_path / "a.npy").read_bytes()

    def interrupted(index):
        raise KeyboardInterrupt

    source.read = interrupted
    with pytest.raises(KeyboardInterrupt):
        pack(source, tmp_path / "a.npy", 8, overwrite=True, progress=False)
    assert (tmp_path / "a.npy").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["a.npy", "a.npy.names.txt", "many"]


def test_overwrite_must_be_asked_for(tmp_path):
    source = make_many(tmp_path / "many", 3)
    pack(source, tmp_path / "a.npy", 2, progress=False)
    with pytest.raises(UserError, match="add --overwrite"):
        pack(source, tmp_path / "a.npy", 4, progress=False)
    pack(source, tmp_path / "a.npy", 4, overwrite=True, progress=False)
    assert np.load(tmp_path / "a.npy").shape == (3, 4, 4, 3)


def test_unfit_output_is_refused(tmp_path):
    source = make_many(tmp_path / "many", 3)
    with pytest.raises(UserError, match=r"must end in \.npy"):
        pack(source, tmp_path / "a.npz", 2)
    with pytest.raises(UserError, match="there is no folder"):
        pack(source, tmp_path / "nowhere" / "a.npy", 2)


def test_full_disk_is_seen_before_and_during(tmp_path, monkeypatch):
    source = make_many(tmp_path / "many", 3)
    with pytest.raises(UserError, match=r"needs 818\.5 TiB .* free; free some space"):
        pack(source, tmp_path / "a.npy", 10**7, progress=False)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(picture_files.os, "replace", full)
    with pytest.raises(OSError, match="No space left") as caught:
        pack(source, tmp_path / "a.npy", 2, progress=False)
    assert str(tmp_path / "a.npy") in str(caught.value.filename)
    assert os.listdir(tmp_path) == ["many"]


def run(*flags):
    return subprocess.run(
        [sys.executable, "-m", "inpaint_tf", "pack", *map(str, flags)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_command(pictures, tmp_path):
    flags = [f"--images={pictures}", f"--output={tmp_path}/a.npy", "--size=16"]
    done = run(*flags)
    assert done.returncode == 0, done.stderr
    assert "6 pictures" in done.stdout
    assert "packing: 100%" in done.stderr
    assert np.load(tmp_path / "a.npy").shape == (6, 16, 16, 3)
    again = run(*flags)
    assert again.returncode == 1
    assert (
        again.stderr == f"error: --output={tmp_path}/a.npy exists; add --overwrite to replace it\n"
    )


def test_command_names_a_missing_folder(tmp_path):
    done = run(f"--images={tmp_path}/nowhere", f"--output={tmp_path}/a.npy")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {tmp_path}/nowhere: no such file or folder")
    assert done.stderr.count("\n") == 1
