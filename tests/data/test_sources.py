import struct
import sys
import types

import cv2
import numpy as np
import pytest
from pictures import write_shard

from inpaint_tf.data import (
    open_source,
    open_train_and_validation,
    source_bytes,
    split_source,
)
from inpaint_tf.data.picture_files import UnreadableImage, read_image
from inpaint_tf.errors import UserError


def all_pictures(source):
    return [source.read(index) for index in range(len(source))]


@pytest.fixture
def arrays(pictures):
    """What the six pictures hold."""
    return [read_image(pictures / f"{index}.png") for index in range(6)]


@pytest.fixture
def shards(tmp_path, pictures):
    """A folder with the six pictures in two shards, named as TFDS names them."""
    folder = tmp_path / "shards"
    folder.mkdir()
    paths = sorted(pictures.iterdir())
    write_shard(folder / "faces-train.tfrecord-00000-of-00002", paths[:4])
    write_shard(folder / "faces-train.tfrecord-00001-of-00002", paths[4:], "image/encoded")
    return folder


def test_folder_glob_and_single_picture(pictures, arrays):
    (pictures / "sub").mkdir()
    (pictures / "5.png").rename(pictures / "sub" / "5.png")
    for spec in (pictures, str(pictures), f"{pictures}/**/*.png"):
        source = open_source(spec)
        assert np.array_equal(all_pictures(source), arrays)
        assert source.name(5) == "sub/5.png"
    assert len(open_source(f"{pictures}/*.png")) == 5
    assert np.array_equal(open_source(pictures / "2.png").read(0), arrays[2])


@pytest.mark.parametrize("suffix", [".txt", ".flist"])
def test_list_relative_to_its_folder_the_current_one_or_absolute(
    pictures, arrays, monkeypatch, tmp_path, suffix
):
    monkeypatch.chdir(tmp_path)
    lines = f"3.png\n\npictures/1.png\r\n{pictures}/0.png\n"
    (pictures / f"list{suffix}").write_text(lines)
    source = open_source(pictures / f"list{suffix}")
    assert np.array_equal(all_pictures(source), [arrays[3], arrays[1], arrays[0]])
    assert source.name(0) == "3.png"


def test_picture_missing_from_a_list_is_unreadable(pictures):
    (pictures / "list.txt").write_text("0.png\nnowhere.png\n")
    with pytest.raises(UnreadableImage, match="nowhere"):
        open_source(pictures / "list.txt").read(1)


def test_tfrecord_folder_glob_and_shard(shards, arrays):
    for spec in (shards, f"{shards}/*.tfrecord*"):
        source = open_source(spec)
        assert np.array_equal(all_pictures(source), arrays)
        assert source.name(5) == "faces-train.tfrecord-00001-of-00002-000001"
    shard = open_source(shards / "faces-train.tfrecord-00001-of-00002")
    assert np.array_equal(shard.read(1), arrays[5])


def test_truncated_shard_is_refused(shards):
    path = shards / "faces-train.tfrecord-00000-of-00002"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(UserError, match="record 3 ends beyond it"):
        open_source(shards)


def test_record_without_a_picture_is_unreadable(tmp_path, pictures):
    write_shard(tmp_path / "a.tfrecord", [pictures / "0.png"], "label")
    with pytest.raises(UnreadableImage, match="has no feature image or image/encoded, but label"):
        open_source(tmp_path / "a.tfrecord").read(0)


def test_record_that_is_no_example_is_unreadable(tmp_path):
    record = b"\xff\xff\xff"
    framed = struct.pack("<Q", len(record)) + bytes(4) + record + bytes(4)
    (tmp_path / "a.tfrecord").write_bytes(framed)
    with pytest.raises(UnreadableImage, match="not a tf"):
        open_source(tmp_path / "a.tfrecord").read(0)


def test_tfds_needs_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(UserError, match="pip install tensorflow-datasets"):
        open_source("tfds:celeb_a_hq/256")


def test_tfds_reads_the_shards_of_a_prepared_data_set(monkeypatch, shards, arrays):
    def builder(name, data_dir=None):
        if name != "celeb_a_hq/256":
            raise ValueError(f"Dataset {name} not found")
        return types.SimpleNamespace(data_dir=data_dir or str(shards))

    fake = types.SimpleNamespace(builder=builder)
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", fake)
    assert np.array_equal(all_pictures(open_source("tfds:celeb_a_hq/256")), arrays)
    with pytest.raises(UserError, match="no split test; there are train"):
        open_source("tfds:celeb_a_hq/256?split=test")
    with pytest.raises(UserError, match="tfds build celeb_a_hq/256"):
        open_source(f"tfds:celeb_a_hq/256?data_dir={shards.parent}")
    with pytest.raises(UserError, match="nothing not found"):
        open_source("tfds:nothing")
    with pytest.raises(UserError, match="unknown option size"):
        open_source("tfds:celeb_a_hq/256?size=3")


def test_packed_cache(tmp_path, arrays):
    np.save(tmp_path / "a.npy", np.stack(arrays))
    source = open_source(tmp_path / "a.npy")
    assert np.array_equal(all_pictures(source), arrays)
    assert source.name(3) == "000003"
    (tmp_path / "a.npy.names.txt").write_text("".join(f"{i}.png\n" for i in range(6)))
    assert open_source(tmp_path / "a.npy").name(3) == "3.png"
    (tmp_path / "a.npy.names.txt").write_text("one\n")
    with pytest.raises(UserError, match="1 names for 6 pictures"):
        open_source(tmp_path / "a.npy")


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 8, 8, 3), np.float32),
        np.zeros((2, 8, 9, 3), np.uint8),
        np.zeros((2, 8, 8), np.uint8),
        np.zeros((0, 8, 8, 3), np.uint8),
        np.array([None]),
    ],
)
def test_unfit_array_is_refused(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(UserError, match=r"a\.npy"):
        open_source(tmp_path / "a.npy")


def test_cut_short_cache_is_refused(tmp_path, arrays):
    np.save(tmp_path / "a.npy", np.stack(arrays))
    for kept in (0, 50, 5000):
        (tmp_path / "a.npy").write_bytes((tmp_path / "a.npy").read_bytes()[:kept] or b"")
        with pytest.raises(UserError, match="not a whole"):
            open_source(tmp_path / "a.npy")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "no such file or folder"),
        ("nowhere.npy", "no such file or folder"),
        ("nowhere/*.png", "matches no pictures"),
        ("empty", "holds no pictures"),
        ("empty.txt", "is empty"),
        ("wrong.txt", "none of its 2 pictures exists"),
        ("empty.tfrecord", "holds no records"),
        ("text.tfrecord", "not a TFRecord"),
        ("model.h5", "is no picture, list"),
    ],
)
def test_unfit_spec_is_named(tmp_path, name, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong.txt").write_text("a.png\nb.png\n")
    (tmp_path / "text.tfrecord").write_text("some text, not a record at all")
    for empty in ("empty.txt", "empty.tfrecord", "model.h5"):
        (tmp_path / empty).touch()
    with pytest.raises(UserError, match=message) as caught:
        open_source(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def names(source):
    return [source.name(index) for index in range(len(source))]


def test_split_is_exact_and_keeps_order(pictures, arrays):
    train, held_out = split_source(open_source(pictures), 2)
    assert (len(train), len(held_out)) == (4, 2)
    assert sorted(names(train) + names(held_out)) == [f"{i}.png" for i in range(6)]
    assert names(train) == sorted(names(train))
    index = int(held_out.name(1)[0])
    assert np.array_equal(held_out.read(1), arrays[index])


def test_split_depends_on_file_names_alone(pictures):
    _, held_out = split_source(open_source(pictures), 2)
    # Fixed for ever: other pictures here would mix training and test faces of older runs.
    assert names(held_out) == ["0.png", "2.png"]
    (pictures / "sub").mkdir()
    for name in ("2.png", "4.png"):
        (pictures / name).rename(pictures / "sub" / name)
    _, moved = split_source(open_source(pictures), 2)
    assert sorted(name.rpartition("/")[2] for name in names(moved)) == names(held_out)


def test_split_moves_at_most_one_picture_when_one_is_added(pictures):
    before = set(names(split_source(open_source(pictures), 3)[1]))
    for number in range(20):
        added = pictures / f"new{number}.png"
        added.write_bytes((pictures / "0.png").read_bytes())
        after = set(names(split_source(open_source(pictures), 3)[1]))
        assert len(before - after) <= 1
        added.unlink()


def test_split_needs_pictures_to_train_on(pictures):
    with pytest.raises(UserError, match=r"data\.test_count=6 must be at least 0 and below 6"):
        split_source(open_source(pictures), 6)


def test_train_and_validation(pictures, tmp_path, caplog):
    train, validation = open_train_and_validation(str(pictures), "", 0)
    assert (len(train), validation) == (6, None)
    train, validation = open_train_and_validation(str(pictures), None, 2)
    assert (len(train), len(validation)) == (4, 2)
    with pytest.raises(UserError, match=r"data\.train and data.validation are both"):
        open_train_and_validation(str(pictures), f"{pictures}/", 2)
    other = tmp_path / "other"
    other.mkdir()
    cv2.imwrite(str(other / "0.png"), np.zeros((8, 8, 3), np.uint8))
    train, validation = open_train_and_validation(str(pictures), str(other), 2)
    assert (len(train), len(validation)) == (6, 1)
    assert not caplog.records
    open_train_and_validation(str(pictures), f"{pictures}/[01].png", 0)
    assert "2 of the pictures in data.validation are also in data.train" in caplog.text


def test_what_is_held_out_of_any_source_can_be_listed_and_opened_again(
    tmp_path, pictures, arrays, shards
):
    cache = tmp_path / "faces.npy"
    np.save(cache, np.stack(arrays))
    for place, spec in enumerate([pictures, cache, shards]):
        _, held_out = split_source(open_source(spec), 3)
        listed = tmp_path / f"{place}.txt"
        entries = [held_out.entry(index) for index in range(3)]
        listed.write_text("\n".join(entries))
        again = open_source(listed)
        assert [again.entry(index) for index in range(3)] == entries
        for found, expected in zip(all_pictures(again), all_pictures(held_out), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_list_may_mix_rows_records_and_files(tmp_path, pictures, arrays):
    np.save(tmp_path / "faces.npy", np.stack(arrays))
    listed = tmp_path / "list.txt"
    listed.write_text(f"faces.npy#5\n{pictures}/0.png\nfaces.npy#1\n")
    source = open_source(listed)
    for found, index in zip(all_pictures(source), (5, 0, 1), strict=True):
        np.testing.assert_array_equal(found, arrays[index])
    assert source.name(0) == "000005"
    assert len(source.paths) == 2
    listed.write_text("faces.npy#6\n")
    with pytest.raises(UserError, match=r"faces\.npy has 6 pictures.*faces\.npy#6.*packed anew"):
        open_source(listed)


def test_the_bytes_of_a_source_are_those_of_its_own_files(tmp_path, pictures, arrays):
    sizes = [(pictures / f"{index}.png").stat().st_size for index in range(6)]
    train, held_out = split_source(open_source(pictures), 2)
    assert source_bytes(train) + source_bytes(held_out) == sum(sizes)
    np.save(tmp_path / "faces.npy", np.stack(arrays))
    train, _ = split_source(open_source(tmp_path / "faces.npy"), 2)
    assert source_bytes(train) == (tmp_path / "faces.npy").stat().st_size


def test_a_list_with_a_byte_order_mark_keeps_its_first_line(pictures):
    (pictures / "list.txt").write_bytes(b"\xef\xbb\xbf4.png\r\n2.png\r\n")
    assert names(open_source(pictures / "list.txt")) == ["4.png", "2.png"]
