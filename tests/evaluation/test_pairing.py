"""Pictures find their masks, and results their names."""

from pathlib import Path

import numpy as np
import pytest
from pictures import write_shard

from inpaint_tf.data import open_source, picture_files
from inpaint_tf.data.pack import pack
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation import pairing


def write(path, height=8, width=8, value=200):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture_files.write_png(path, np.full((height, width, 3), value, np.uint8))


def write_mask(path, height=8, width=8):
    path.parent.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((height, width), np.uint8)
    mask[: height // 2] = 255
    picture_files.write_png(path, mask)


def test_center_mask_is_half_of_each_side():
    mask = pairing.center_mask(256, 256)
    assert mask.sum() == 128 * 128
    assert mask[64:192, 64:192].all()
    assert pairing.center_mask(7, 10).sum() == 3 * 5
    assert pairing.center_mask(2, 2).sum() == 1
    with pytest.raises(UserError, match="1x1 pixels is too small"):
        pairing.center_mask(1, 1)


def test_names_stay_apart():
    assert pairing.output_names([Path("a.jpg"), Path("s/a.png")]) == ["a.png", "s/a.png"]
    assert pairing.output_names([Path("a.jpg"), Path("a.png"), Path("b.jpg")]) == [
        "a.jpg.png",
        "a.png.png",
        "b.png",
    ]
    # The longer name of the first is taken by the third, which must give way too.
    names = pairing.output_names([Path("a.jpg"), Path("a.webp"), Path("a.jpg.webp")])
    assert names == ["a.jpg.png", "a.webp.png", "a.jpg.webp.png"]
    assert pairing.output_names([Path("A.jpg"), Path("a.png")]) == ["A.jpg.png", "a.png.png"]


def test_folder_glob_and_file(tmp_path):
    for name in ("b.png", "a.png", "sub/c.png"):
        write(tmp_path / name)
    assert [pair.name for pair in pairing.find_pairs(tmp_path)] == ["a.png", "b.png", "sub/c.png"]
    assert [pair.name for pair in pairing.find_pairs(tmp_path, limit=1)] == ["a.png"]
    assert [pair.name for pair in pairing.find_pairs(tmp_path / "sub" / "c.png")] == ["c.png"]
    recursive = pairing.find_pairs(f"{tmp_path}/**/*.png")
    assert [pair.name for pair in recursive] == ["a.png", "b.png", "sub/c.png"]
    with pytest.raises(UserError, match="matches no pictures"):
        pairing.find_pairs(f"{tmp_path}/*.jpg")
    with pytest.raises(UserError, match="no such folder"):
        pairing.find_pairs(tmp_path / "nowhere")


def test_masks_pair_by_name(tmp_path):
    images, masks = tmp_path / "images", tmp_path / "masks"
    for name in ("a.png", "sub/a.png", "lonely.png"):
        write(images / name)
    for name in ("a.bmp", "sub/a.png", "other.png"):
        write_mask((masks / name).with_suffix(".png"))
    found = {pair.name: pair.mask for pair in pairing.find_pairs(images, masks)}
    assert found == {
        "a.png": masks / "a.png",
        "sub/a.png": masks / "sub" / "a.png",
        "lonely.png": None,
    }
    lonely = next(pair for pair in pairing.find_pairs(images, masks) if pair.mask is None)
    with pytest.raises(UserError, match="no mask of the name lonely"):
        lonely.read()
    one = pairing.find_pairs(images, masks / "other.png")
    assert {pair.mask for pair in one} == {masks / "other.png"}


def test_a_whole_name_goes_before_its_stem(tmp_path):
    write(tmp_path / "images" / "a.png")
    write_mask(tmp_path / "masks" / "a.png.png")
    write_mask(tmp_path / "masks" / "a.png")
    [pair] = pairing.find_pairs(tmp_path / "images", tmp_path / "masks")
    assert pair.mask == tmp_path / "masks" / "a.png.png"


def test_masks_of_other_pictures_are_refused_at_once(tmp_path):
    write(tmp_path / "images" / "a.png")
    write_mask(tmp_path / "masks" / "b.png")
    with pytest.raises(UserError, match=r"the first one would be a\.png"):
        pairing.find_pairs(tmp_path / "images", tmp_path / "masks")


def test_read_checks_and_resizes(tmp_path):
    write(tmp_path / "a.png", 8, 12)
    write_mask(tmp_path / "m.png", 16, 16)
    pair = pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "m.png")
    with pytest.raises(UserError, match=r"16x16 pixels and the picture 12x8 pixels.*--size"):
        pair.read()
    image, mask = pair.read(size=8)
    assert image.shape == (8, 8, 3)
    np.testing.assert_array_equal(mask[:, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    _, inverted = pair.read(size=8, invert_masks=True)
    np.testing.assert_array_equal(inverted, 1 - mask)


def test_a_hole_over_everything_is_refused(tmp_path):
    write(tmp_path / "a.png", value=255)
    pair = pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "a.png")
    with pytest.raises(UserError, match="covers the whole picture"):
        pair.read()


def test_a_list_names_the_pictures_to_test(tmp_path):
    for name in ("b/x.png", "a/y.png", "a/z.png"):
        write_mask(tmp_path / name, 8, 8)
    (tmp_path / "held_out.txt").write_text("b/x.png\na/y.png\n")
    pairs = pairing.find_pairs(tmp_path / "held_out.txt")
    assert [pair.name for pair in pairs] == ["a/y.png", "b/x.png"]
    assert all(pair.image.is_file() for pair in pairs)


def test_a_picture_called_like_the_contact_sheet_keeps_a_name_of_its_own():
    assert pairing.output_names([Path("contact_sheet.jpg"), Path("a.jpg")]) == [
        "contact_sheet.jpg.png",
        "a.png",
    ]


def test_masks_of_the_name_with_mask001(tmp_path):
    for name in ("a.png", "b.png", "c_mask.png"):
        write(tmp_path / "in" / name)
    for name in ("a_mask001.png", "b_mask001.png", "b_mask002.png", "c_mask.png"):
        write(tmp_path / "masks" / name)
    pairs = pairing.find_pairs(tmp_path / "in", tmp_path / "masks")
    masks = {pair.name: pair.mask for pair in pairs}
    assert masks["a.png"].name == "a_mask001.png"
    assert masks["b.png"] is None  # which of the two?
    assert masks["c_mask.png"].name == "c_mask.png"


def test_masks_by_turns_are_brought_to_each_picture(tmp_path):
    for name in ("a.png", "b.png", "c.png"):
        write(tmp_path / "in" / name, 20, 30)
    for name in ("1.png", "2.png"):
        write_mask(tmp_path / "masks" / name)
    pairs = pairing.find_pairs(tmp_path / "in", tmp_path / "masks", cycle=True)
    assert [pair.mask.name for pair in pairs] == ["1.png", "2.png", "1.png"]
    image, mask = pairs[0].read()
    assert mask.shape == image.shape[:2] == (20, 30)
    assert mask[:10].all()
    assert not mask[10:].any()


def test_a_mask_without_a_hole_is_told(tmp_path):
    write(tmp_path / "in" / "a.png")
    write(tmp_path / "masks" / "a.png", value=0)
    [pair] = pairing.find_pairs(tmp_path / "in", tmp_path / "masks")
    with pytest.raises(UserError, match="has no hole"):
        pair.read()


def test_a_list_that_names_a_picture_twice_names_it_once(tmp_path):
    write(tmp_path / "in" / "a.png")
    (tmp_path / "list.txt").write_text(f"{tmp_path}/in/a.png\n{tmp_path}/in/../in/a.png\n")
    assert len(pairing.find_pairs(tmp_path / "list.txt")) == 1


def test_a_packed_cache_is_tested_under_the_names_of_its_pictures(tmp_path):
    for name, value in (("sub/b.png", 20), ("a.png", 10)):
        write(tmp_path / "in" / name, value=value)
        write_mask(tmp_path / "masks" / name, 8, 8)
    cache = tmp_path / "faces.npy"
    pack(open_source(tmp_path / "in"), cache, 8, progress=False)
    pairs = pairing.find_pairs(cache, tmp_path / "masks")
    assert [pair.name for pair in pairs] == ["a.png", "sub/b.png"]
    assert [pair.mask.name for pair in pairs] == ["a.png", "b.png"]
    assert [str(pair.image) for pair in pairs] == [f"{cache}#0", f"{cache}#1"]
    assert pairs[0].files() == [cache, tmp_path / "masks" / "a.png"]
    image, mask = pairs[1].read()
    assert (image == 20).all()
    assert mask.sum() == 32
    (tmp_path / "held_out.txt").write_text("faces.npy#1\n")
    [pair] = pairing.find_pairs(tmp_path / "held_out.txt")
    assert pair.name == "sub/b.png"
    assert (pair.read()[0] == 20).all()


def test_names_in_a_cache_do_not_lead_out_of_the_output(tmp_path):
    cache = tmp_path / "faces.npy"
    np.save(cache, np.zeros((3, 8, 8, 3), np.uint8))
    (tmp_path / "faces.npy.names.txt").write_text("/etc/a.jpg\n../b.jpg\n../b.jpg\n")
    assert [pair.name for pair in pairing.find_pairs(cache)] == [
        "b-1.png",
        "b-2.png",
        "etc/a.png",
    ]


def test_records_are_tested(tmp_path):
    write(tmp_path / "a.png", value=10)
    write_shard(tmp_path / "x.tfrecord", [tmp_path / "a.png"] * 2)
    pairs = pairing.find_pairs(tmp_path / "x.tfrecord")
    assert [pair.name for pair in pairs] == [
        "x.tfrecord-000000.png",
        "x.tfrecord-000001.png",
    ]
