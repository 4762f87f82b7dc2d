"""Links of all kinds: each file counts once, and folders that hold themselves end."""

import os
import shutil

import numpy as np
import pytest
from pictures import write_shard

from inpaint_tf.data import open_source, open_train_and_validation, split_source
from inpaint_tf.data.paths import copies as copies_module
from inpaint_tf.data.paths.copies import copies
from inpaint_tf.data.picture_files import list_images
from inpaint_tf.errors import UserError


def names(source):
    return [source.name(index) for index in range(len(source))]


def test_links_back_to_their_own_folder_lead_nowhere(pictures):
    (pictures / "sub").mkdir()
    for link, target in (("loop", "."), ("again", "."), ("sub/up", ".."), ("sub/self", ".")):
        (pictures / link).symlink_to(target)
    found = list_images(pictures)
    assert [path.name for path in found] == [f"{index}.png" for index in range(6)]
    assert names(open_source(pictures)) == [f"{index}.png" for index in range(6)]


def test_folders_are_read_through_links(pictures, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "linked").symlink_to(pictures)
    assert names(open_source(other)) == [f"linked/{index}.png" for index in range(6)]
    (pictures / "back").symlink_to(other)
    assert len(list_images(other)) == 6


def test_each_file_counts_once(pictures, caplog):
    (pictures / "0_hard.png").hardlink_to(pictures / "0.png")
    (pictures / "00_soft.png").symlink_to("1.png")
    (pictures / "sub").symlink_to(pictures / "..")
    expected = ["0.png", *(f"{index}.png" for index in range(1, 6))]
    assert names(open_source(f"{pictures}/*.png")) == expected
    assert "2 of 8 paths lead to files that are there already" in caplog.text
    (pictures / "list.txt").write_text("3.png\n../pictures/3.png\n00_soft.png\n1.png\nno.png\n")
    assert names(open_source(pictures / "list.txt")) == ["3.png", "1.png", "no.png"]


def test_masks_may_be_links_to_one_file(pictures):
    (pictures / "6.png").symlink_to("0.png")
    assert len(list_images(pictures)) == 7


def test_the_split_never_has_the_same_bytes_on_both_sides(pictures, caplog):
    _, held_out = split_source(open_source(pictures), 2)
    assert names(held_out) == ["0.png", "2.png"]
    shutil.copy(pictures / "0.png", pictures / "face.png")
    (pictures / "almost.png").write_bytes((pictures / "2.png").read_bytes()[:-1] + b"\0")
    train, held_out = split_source(open_source(pictures), 2)
    both = {*names(train), *names(held_out)}
    assert "0.png" in names(held_out)
    assert "face.png" not in both
    assert "almost.png" in both
    assert "1 pictures with the bytes of held-out ones, such as face.png of 0.png" in caplog.text


def test_a_packed_cache_is_split_alike(tmp_path):
    rng = np.random.default_rng(0)
    array = rng.integers(0, 256, (6, 8, 8, 3), np.uint8)
    array[4:] = array[:2]
    array[5, 0] += 1  # one row differs
    np.save(tmp_path / "cache.npy", array)
    source = open_source(tmp_path / "cache.npy")
    assert copies(source, [4, 5], source, [0, 1, 2]) == [(4, 0)]


def test_records_are_compared_by_their_pictures(pictures, tmp_path, caplog):
    paths = sorted(pictures.iterdir())
    write_shard(tmp_path / "a.tfrecord", [*paths, paths[1]], "image/encoded", named=True)
    (tmp_path / "b.tfrecord").write_bytes((tmp_path / "a.tfrecord").read_bytes())
    source = open_source(tmp_path / "a.tfrecord")
    for index, path in enumerate(paths):
        shard, offset, length = source.place(index)
        assert shard.read_bytes()[offset : offset + length] == path.read_bytes()
    assert copies(source, [6], source, [0, 1, 2]) == [(6, 1)]
    files = open_source(pictures)
    assert copies(files, [3, 4], source, range(7)) == [(3, 3), (4, 4)]
    train, held_out = split_source(source, 3)
    assert len(train) + len(held_out) in (6, 7)
    shown = {np.asarray(train.read(i)).tobytes() for i in range(len(train))}
    assert not shown & {np.asarray(held_out.read(i)).tobytes() for i in range(3)}


@pytest.mark.parametrize("damage", [0, 1, 7, 30, 60])
def test_damaged_records_have_no_place(pictures, tmp_path, damage):
    write_shard(tmp_path / "a.tfrecord", [pictures / "0.png"])
    data = bytearray((tmp_path / "a.tfrecord").read_bytes())
    data[12 + damage] ^= 0xFF
    (tmp_path / "a.tfrecord").write_bytes(data)
    place = open_source(tmp_path / "a.tfrecord").place(0)
    assert place is None or place[1] + place[2] <= len(data)


def test_copies_in_given_validation_pictures_are_told(pictures, tmp_path, caplog):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(pictures / "3.png", other / "another_name.png")
    train, validation = open_train_and_validation(str(pictures), str(other), 0)
    assert (len(train), len(validation)) == (6, 1)
    assert "1 of the pictures in data.validation are also in data.train" in caplog.text
    assert "another_name.png" in caplog.text


def test_only_files_of_a_size_that_both_parts_have_are_opened(pictures, monkeypatch):
    for index in range(6):
        (pictures / f"{index}.png").write_bytes(bytes(100 + index // 2))
    opened = []
    monkeypatch.setattr(copies_module, "_end", lambda _, index: opened.append(index))
    source = open_source(pictures)
    assert copies(source, [0, 1, 2], source, [3, 4, 5]) == []
    assert sorted(opened) == [2, 3]


def test_copies_alone_are_nothing_to_train_on(pictures):
    for index in range(1, 6):
        shutil.copy(pictures / "0.png", pictures / f"{index}.png")
    with pytest.raises(UserError, match=r"all 5 pictures of .* are copies of held-out ones"):
        split_source(open_source(pictures), 1)


def test_missing_pictures_of_a_list_have_no_copies(pictures):
    (pictures / "list.txt").write_text("0.png\nnone.png\nnothing.png\n" + "x" * 300 + "\n")
    source = open_source(pictures / "list.txt")
    assert copies(source, [0, 1], source, [2, 3]) == []
    assert not os.path.exists(source.paths[3])
