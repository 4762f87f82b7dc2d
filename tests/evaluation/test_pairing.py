"""Pictures find their masks, and results their names."""

import unicodedata
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pictures import write_shard
from PIL import Image

from inpaint_tf.data import open_source, picture_files
from inpaint_tf.data.pack import pack
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation import pairing
from inpaint_tf.evaluation.picture_size import ShorterSide
from inpaint_tf.inference.photos import shapes
from inpaint_tf.masks import face_shapes
from inpaint_tf.masks.mask_files import MaskRule


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
    with pytest.raises(UserError, match="16x16 pixels and the picture 12x8 pixels, of another"):
        pair.read()
    with pytest.raises(UserError, match=r"16x16 pixels and the picture 12x8 pixels.*--size"):
        pair.read("native")
    image, mask = pair.read(size=8)
    assert image.shape == (8, 8, 3)
    np.testing.assert_array_equal(mask[:, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    inverting = replace(pair, rule=MaskRule(invert=True))
    _, inverted = inverting.read(size=8)
    np.testing.assert_array_equal(inverted, 1 - mask)


def test_a_hole_over_everything_is_refused(tmp_path):
    write(tmp_path / "a.png", value=254)
    write(tmp_path / "m.png", value=255)
    pair = pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "m.png")
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


def test_a_picture_is_never_its_own_mask(tmp_path, caplog):
    folder = tmp_path / "all"
    write(folder / "a.png")
    write_mask(folder / "a_mask001.png")
    write(folder / "b.png")
    write_mask(folder / "b-mask.png")
    [a, b] = pairing.find_pairs(folder, folder)
    assert (a.name, a.mask.name) == ("a.png", "a_mask001.png")
    assert (b.name, b.mask.name) == ("b.png", "b-mask.png")
    assert a.read()[1].sum() == 32
    assert "masks by their names: a_mask001.png, b-mask.png" in caplog.text
    assert [pair.name for pair in pairing.find_pairs(folder)] == ["a.png", "b.png"]


@pytest.mark.parametrize("cycle", [False, True])
def test_pictures_given_as_their_own_masks_are_refused(tmp_path, cycle):
    write(tmp_path / "all" / "x.png")
    write_mask(tmp_path / "all" / "x.webp.png")  # which of them is the mask?
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "x.png").symlink_to(tmp_path / "all" / "x.png")
    (tmp_path / "links" / "y.png").hardlink_to(tmp_path / "all" / "x.png")
    for masks in ("all", "links"):
        with pytest.raises(UserError, match="nothing but the pictures themselves"):
            pairing.find_pairs(tmp_path / "all", tmp_path / masks, cycle=cycle)


def test_one_mask_among_the_pictures_is_no_picture(tmp_path, caplog):
    write(tmp_path / "x.png")
    write_mask(tmp_path / "x2.png")
    [pair] = pairing.find_pairs(tmp_path, tmp_path / "x2.png")
    assert (pair.name, pair.mask) == ("x.png", tmp_path / "x2.png")
    assert "left out of the pictures, for it is the mask" in caplog.text
    with pytest.raises(UserError, match="is the picture itself"):
        pairing.find_pairs(tmp_path / "x.png", tmp_path / "x.png")


def test_a_copy_of_the_picture_is_no_mask(tmp_path):
    for folder in ("in", "masks"):
        write_mask(tmp_path / folder / "a.png")
    [pair] = pairing.find_pairs(tmp_path / "in", tmp_path / "masks")
    with pytest.raises(UserError, match="the same file as the picture"):
        pair.read()


def test_two_masks_of_one_picture_are_named(tmp_path):
    for name in ("a.jpg.png", "b.png", "c.png"):
        write(tmp_path / "in" / name)
    for name in ("b.png", "b.bmp", "c_mask001.png", "c_mask2.png"):
        write_mask((tmp_path / "masks" / name).with_suffix(".png"))
    (tmp_path / "masks" / "b.bmp").write_bytes((tmp_path / "masks" / "b.png").read_bytes())
    found = {pair.name: pair for pair in pairing.find_pairs(tmp_path / "in", tmp_path / "masks")}
    assert found["b.png"].why_none == "2 masks are called like it: b.bmp, b.png; keep one"
    assert found["c.png"].why_none.startswith("2 masks are called like it: c_mask001.png, c_m")
    with pytest.raises(UserError, match="keep one"):
        found["b.png"].read()


def test_masks_in_a_list_or_a_glob(tmp_path):
    for name in ("a.png", "b.png"):
        write(tmp_path / "in" / name)
        write_mask(tmp_path / "masks" / name)
        write(tmp_path / "masks" / "old" / name)
    (tmp_path / "list.txt").write_text("masks/b.png\nmasks/a.png\n")
    for masks in (tmp_path / "list.txt", f"{tmp_path}/masks/*.png"):
        pairs = pairing.find_pairs(tmp_path / "in", masks)
        assert [pair.mask for pair in pairs] == [tmp_path / "masks" / n for n in ("a.png", "b.png")]
        turns = pairing.find_pairs(tmp_path / "in", masks, cycle=True)
        assert [pair.mask.name for pair in turns] == ["a.png", "b.png"]


def test_accents_pair_however_they_are_written(tmp_path):
    write(tmp_path / "in" / unicodedata.normalize("NFC", "jos\u00e9.png"))
    write_mask(tmp_path / "masks" / unicodedata.normalize("NFD", "jos\u00e9.png"))
    [pair] = pairing.find_pairs(tmp_path / "in", tmp_path / "masks")
    assert pair.read()[1].sum() == 32


@pytest.mark.parametrize("size", [None, 8])
def test_a_mask_on_its_side_is_not_sent_to_size(tmp_path, size):
    write(tmp_path / "a.png", 12, 8)
    write_mask(tmp_path / "m.png", 8, 12)
    with pytest.raises(UserError, match="lies on its side") as caught:
        pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "m.png").read(size)
    assert "--size" not in str(caught.value)


@pytest.mark.parametrize("size", [None, 8])
def test_a_mask_of_another_shape_is_not_sent_to_size(tmp_path, size):
    write(tmp_path / "a.png", 12, 8)
    write_mask(tmp_path / "m.png", 12, 10)
    with pytest.raises(UserError, match="of another shape") as caught:
        pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "m.png").read(size)
    assert "--size" not in str(caught.value)


def test_an_upright_picture_takes_a_mask_drawn_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (12, 8)).save(tmp_path / "a.jpg", exif=exif)
    write_mask(tmp_path / "m.png", 12, 8)
    image, mask = pairing.Pair("a.png", tmp_path / "a.jpg", tmp_path / "m.png").read()
    assert image.shape == (12, 8, 3)
    assert mask.sum() == 48


def test_the_central_hole_grows(tmp_path):
    write(tmp_path / "a.png", 16, 16)
    [pair] = pairing.find_pairs(tmp_path / "a.png", rule=MaskRule(grow=1))
    assert pair.read()[1].sum() == 8 * 8 + 4 * 8


def test_a_shape_lies_on_the_face_or_on_the_mean_face(tmp_path, monkeypatch, caplog):
    write(tmp_path / "in" / "a.png", 64, 64)
    write(tmp_path / "in" / "b.png", 64, 80)
    turned = face_shapes.MEAN_FACE[:, ::-1] * 64
    faces = [[], [SimpleNamespace(landmarks=turned), SimpleNamespace(landmarks=turned + 30)], []]
    monkeypatch.setattr(shapes, "find_faces", lambda image, detector: faces.pop(0))
    a, b = pairing.find_pairs(tmp_path / "in", "glasses")
    on_mean = face_shapes.draw("glasses", face_shapes.MEAN_FACE * 64, 64, 64)
    np.testing.assert_array_equal(a.read()[1], on_mean)
    assert "a.png: no face found, the hole lies on the mean face" in caplog.text
    np.testing.assert_array_equal(b.read()[1], face_shapes.draw("glasses", turned, 64, 80))
    with pytest.raises(UserError, match="no face found in it"):
        b.read()  # it is not square


def test_a_folder_called_like_a_shape_is_a_folder(tmp_path, monkeypatch):
    write(tmp_path / "in" / "a.png")
    monkeypatch.chdir(tmp_path)
    assert pairing.find_pairs("in", "mask")[0].mask == "mask"
    write_mask(tmp_path / "mask" / "a.png")
    assert pairing.find_pairs("in", "mask")[0].mask == Path("mask/a.png")


def test_masks_may_lie_in_a_cache_too(tmp_path):
    for name in ("a.png", "b.png"):
        write(tmp_path / "in" / name)
        write_mask(tmp_path / "masks" / name)
    cache = tmp_path / "masks.npy"
    pack(open_source(tmp_path / "masks"), cache, 8, progress=False)
    for cycle in (False, True):
        pairs = pairing.find_pairs(tmp_path / "in", cache, cycle=cycle)
        assert [str(pair.mask) for pair in pairs] == [f"{cache}#0", f"{cache}#1"]
        assert pairs[0].files() == [tmp_path / "in" / "a.png", cache]
        assert pairs[1].read()[1][:, 0].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]


def test_a_mask_follows_its_picture_to_the_size_of_the_training(tmp_path):
    write(tmp_path / "a.png", 20, 30)
    write_mask(tmp_path / "half.png", 10, 15)
    write_mask(tmp_path / "square.png", 10, 10)
    image, mask = pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "half.png").read(
        ShorterSide(64)
    )
    assert mask.shape == image.shape[:2] == (64, 96)
    assert mask[:32].all()
    assert not mask[32:].any()
    with pytest.raises(UserError, match="make them equal"):
        pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "square.png").read(ShorterSide(64))


@pytest.mark.parametrize("size", [None, "native"])
def test_a_mask_of_the_pictures_shape_follows_it_where_it_keeps_its_size(tmp_path, size, caplog):
    caplog.set_level("INFO", logger="absl")
    write(tmp_path / "a.png", 101, 151)
    write_mask(tmp_path / "m.png", 50, 75)
    pair = pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "m.png")
    for _ in range(2):
        mask = pair.read(size)[1]
    assert mask.shape == (101, 151)
    assert mask[:50].all()
    assert not mask[51:].any()
    assert caplog.text.count("75x50 pixels to 151x101 pixels") == 1


def test_masks_in_a_cache_are_no_pictures(tmp_path, caplog):
    cache = tmp_path / "faces.npy"
    np.save(cache, np.zeros((2, 8, 8, 3), np.uint8))
    (tmp_path / "faces.npy.names.txt").write_text("a.jpg\na_mask.png\n")
    assert [pair.name for pair in pairing.find_pairs(cache)] == ["a.png"]
    assert "masks by their names: a_mask.png" in caplog.text


def test_a_mask_of_the_pictures_shape_follows_the_shorter_side(tmp_path):
    write(tmp_path / "a.png", 12, 18)
    write_mask(tmp_path / "m.png", 24, 36)
    pair = pairing.Pair("a.png", tmp_path / "a.png", tmp_path / "m.png")
    image, mask = pair.read(ShorterSide(8))
    assert image.shape == (8, 12, 3)
    np.testing.assert_array_equal(mask[:, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    write_mask(tmp_path / "square.png", 24, 24)
    with pytest.raises(UserError, match="or give --size"):
        replace(pair, mask=tmp_path / "square.png").read(ShorterSide(8))
